//! Programmes and the rules in force.

use jiff::civil::Date;
use serde::Serialize;
use traccia_domain::{
    ProgrammeId,
    programme::{
        Definition, RulesAdopted,
        definition::ExpenseCap,
        rules::{CountingRules, PointRules},
    },
};
use traccia_projector::Row;

use crate::{
    day::{Day, Timeline},
    known::Named,
};

/// A programme: its definition, and what was adopted since.
#[derive(Clone, Debug)]
pub(crate) struct Programme {
    id: ProgrammeId,
    definition: Option<Box<Definition>>,
    versions: u32,
    /// The definition's own rules hold from ever; each part is replaced by itself.
    pub(crate) counting: Timeline<CountingRules>,
    pub(crate) points: Timeline<PointRules>,
    pub(crate) projects: Vec<u32>,
}

impl Named for Programme {
    type Id = ProgrammeId;

    fn named(id: &ProgrammeId) -> Programme {
        let mut counting = Timeline::default();
        counting.say(Day::FIRST, CountingRules::default());
        let mut points = Timeline::default();
        points.say(Day::FIRST, PointRules::default());
        Programme { id: id.clone(), definition: None, versions: 0, counting, points, projects: Vec::new() }
    }

    fn shown(&self) -> bool {
        self.definition.is_some()
    }
}

/// One version of the rules, as the table `rules` shows it: what is absent stayed as it was.
#[derive(Serialize)]
struct Rules<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    counting: Option<&'a CountingRules>,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<&'a PointRules>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expense_caps: Option<&'a Vec<ExpenseCap>>,
}

/// What is stored as JSON is text, numbers and lists with text keys.
pub(crate) fn json(what: &impl Serialize) -> String {
    serde_json::to_string(what).expect("it has only text keys and finite numbers")
}

impl Programme {
    pub(crate) fn id(&self) -> &ProgrammeId {
        &self.id
    }

    /// As it was entered.
    pub(crate) fn definition(&self) -> Option<&Definition> {
        self.definition.as_deref()
    }

    /// The rules of counting that hold on a day.
    pub(crate) fn counting_on(&self, day: Day) -> &CountingRules {
        self.counting.on(day).expect("rules of counting hold from ever")
    }

    /// Takes the definition in; the first one stays. Gives the row of its own rules.
    pub(super) fn define(&mut self, definition: &Definition) -> Option<Row> {
        if self.definition.is_some() {
            return None;
        }
        self.counting.say(Day::FIRST, definition.counting.clone());
        self.points.say(Day::FIRST, definition.points.clone());
        self.definition = Some(Box::new(definition.clone()));
        let rules = Rules {
            counting: Some(&definition.counting),
            points: Some(&definition.points),
            expense_caps: Some(&definition.expense_caps),
        };
        Some(self.version(None, None, &rules))
    }

    /// Takes adopted rules in. Gives their row.
    pub(super) fn adopt(&mut self, adopted: &RulesAdopted) -> Row {
        let from = Day::from(adopted.effective_on);
        if let Some(counting) = &adopted.counting {
            self.counting.say(from, counting.clone());
        }
        if let Some(points) = &adopted.points {
            self.points.say(from, points.clone());
        }
        let rules = Rules {
            counting: adopted.counting.as_ref(),
            points: adopted.points.as_ref(),
            expense_caps: adopted.expense_caps.as_ref(),
        };
        self.version(Some(&adopted.act), Some(adopted.effective_on), &rules)
    }

    fn version(&mut self, act: Option<&str>, on: Option<Date>, rules: &Rules<'_>) -> Row {
        self.versions += 1;
        vec![
            self.id.to_string().into(),
            self.versions.into(),
            act.map(str::to_owned).into(),
            on.map(|day| day.to_string()).into(),
            json(rules).into(),
        ]
    }

    /// The definition as it was entered, and how many versions of its rules there are.
    pub(super) fn row(&self) -> Row {
        let Some(definition) = &self.definition else { return Row::new() };
        let name = definition.name.clone();
        vec![self.id.to_string().into(), self.versions.into(), name.into(), json(definition).into()]
    }
}
