//! Which rules hold on a day, as far as they are known: of those adopted with an effective date up to it, part by part, the
//! latest date, of equals the last adopted; before any, the definition's own.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use traccia_domain::programme::Definition;
use traccia_projector::{View, held};
use utoipa::ToSchema;

use crate::answer::{Line, ReadError, Sql, Within};

/// Rules as they were adopted.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RulesVersion {
    /// 1 for the definition's own, one more for each adoption, in the order they were adopted.
    pub version: u64,
    /// The legal act; none for the definition's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// First day they hold; `null` for the definition's own, which hold since ever.
    pub effective_on: Option<String>,
    /// The position at which they were adopted.
    pub adopted_at: u64,
    /// Which of its parts (counting, points, expense_caps) hold on the day of the answer; others have taken the place of
    /// the rest, or it does not hold yet.
    pub in_force: Vec<String>,
    /// The rules, each part whole. A part that is absent stayed as it was.
    #[schema(value_type = Object)]
    pub content: Value,
}

/// The versions of each programme's rules that are known at a position.
#[derive(Clone, Debug, Default)]
pub(crate) struct Adopted(BTreeMap<String, Vec<Version>>);

#[derive(Clone, Debug)]
struct Version {
    number: u64,
    act: Option<String>,
    from: Option<Date>,
    at: u64,
    parts: Map<String, Value>,
}

impl Adopted {
    /// Of the programmes whose definition may be shown.
    pub(crate) async fn of(view: &View, within: &Within) -> Result<Adopted, ReadError> {
        let mut sql = Sql::from(format!(
            "select v.programme, v.version, v.act, v.effective_on, v.position, v.rules from rules v join programme g
            on g.id = v.programme where v.position <= $1 and {}",
            held("g"),
        ));
        within.definitions_of(&mut sql);
        sql.push(" order by v.programme, v.version");
        let mut adopted = Adopted::default();
        for row in sql.rows(view).await? {
            adopted.0.entry(row.text(0)).or_default().push(version(&row)?);
        }
        Ok(adopted)
    }

    /// Each programme's version in force on a day: the last adopted of those a rule in force comes from.
    pub(crate) fn in_force(&self, on: Date) -> BTreeMap<String, u64> {
        let last = |versions: &[Version]| holding(versions, on).into_values().map(|version| version.number).max();
        self.0.iter().map(|(programme, versions)| (programme.clone(), last(versions).unwrap_or(1))).collect()
    }

    /// A definition with the rules in force on a day in place of its own.
    pub(crate) fn put_in_force(&self, definition: &mut Definition, on: Date) -> Result<(), ReadError> {
        let programme = definition.id.to_string();
        for (part, version) in holding(self.versions(&programme), on) {
            let rules = version.parts.get(part).cloned().unwrap_or_default();
            match part {
                "counting" => definition.counting = serde_json::from_value(rules).map_err(ReadError::damaged)?,
                "points" => definition.points = serde_json::from_value(rules).map_err(ReadError::damaged)?,
                "expense_caps" => {
                    definition.expense_caps = serde_json::from_value(rules).map_err(ReadError::damaged)?
                }
                other => return Err(ReadError::damaged(format_args!("{other} is no part of the rules"))),
            }
        }
        Ok(())
    }

    /// A programme's versions, and which of their parts hold on a day.
    pub(super) fn shown(&self, programme: &str, on: Date) -> Vec<RulesVersion> {
        let versions = self.versions(programme);
        let holding = holding(versions, on);
        let shown = |version: &Version| RulesVersion {
            version: version.number,
            act: version.act.clone(),
            effective_on: version.from.map(|day| day.to_string()),
            adopted_at: version.at,
            in_force: holding
                .iter()
                .filter(|(_, held)| held.number == version.number)
                .map(|(part, _)| (*part).to_owned())
                .collect(),
            content: Value::Object(version.parts.clone()),
        };
        versions.iter().map(shown).collect()
    }

    fn versions(&self, programme: &str) -> &[Version] {
        self.0.get(programme).map_or(&[], Vec::as_slice)
    }
}

/// Each part of the rules, and the version it comes from on a day.
fn holding(versions: &[Version], on: Date) -> BTreeMap<&str, &Version> {
    let mut holding = BTreeMap::<&str, &Version>::new();
    for version in versions.iter().filter(|version| version.from.is_none_or(|from| from <= on)) {
        for part in version.parts.keys() {
            // They stand in the order they were adopted: of equal dates, the later takes the earlier's place.
            let held = holding.entry(part).or_insert(version);
            if held.from <= version.from {
                *held = version;
            }
        }
    }
    holding
}

fn version(row: &Line) -> Result<Version, ReadError> {
    Ok(Version {
        number: row.count(1)?,
        act: row.text_or_null(2),
        from: row.text_or_null(3).map(|day| day.parse().map_err(ReadError::damaged)).transpose()?,
        at: row.count(4)?,
        parts: row.json(5)?,
    })
}
