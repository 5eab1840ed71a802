//! What a project's tranches follow from, gathered from the tables.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use traccia_domain::{
    Cents, ProgrammeId, ProjectId,
    milestone::{MilestoneCertified, curable},
    programme::{Definition, definition::Milestone, rules::CountingRules},
    project::{PlannedTranche, command::Organisation},
    time::Month,
    tranche::{Award, Money, State, Terms},
};
use traccia_projector::held;

use crate::{
    answer::{ReadError, Reader, Sql},
    milestones::queries::{certified, held_by_claims},
    points::queries::commitments::Commitments,
    tranches::Hands,
};

/// An approved project, and all its money rests on.
pub(super) struct Paid {
    pub(super) id: String,
    pub(super) programme: String,
    pub(super) award: Cents,
    pub(super) days: [Date; 2],
    pub(super) detail: Detail,
    pub(super) money: Money,
    /// By tranche: who took the last steps of its payment.
    pub(super) hands: BTreeMap<String, Hands>,
    /// By tranche: the batch that its order is in.
    pub(super) batches: BTreeMap<String, u32>,
    /// The position of what was said of it last.
    pub(super) said_at: u64,
    pub(super) certificates: BTreeMap<String, MilestoneCertified>,
    pub(super) accepted: BTreeSet<Month>,
    /// The open exposures of the project.
    pub(super) exposed: Vec<Exposed>,
    /// The milestones that a cure may still pay more of.
    pub(super) curable: BTreeSet<String>,
}

/// An open exposure.
pub(super) struct Exposed {
    pub(super) id: String,
    pub(super) tranche: String,
    pub(super) amount: Cents,
}

/// What is needed of an application.
#[derive(Deserialize)]
pub(super) struct Detail {
    pub(super) lead: Organisation,
    #[serde(default)]
    pub(super) cup: Option<String>,
    #[serde(default)]
    pub(super) tranches: Vec<PlannedTranche>,
}

/// The projects within, and the programmes they are of with the rules in force on the day.
pub(super) struct Projects {
    pub(super) paid: Vec<Paid>,
    pub(super) definitions: BTreeMap<String, Definition>,
    commitments: Commitments,
    /// By project and position of a claim: points and citizens that it holds now.
    held: BTreeMap<(String, u64), [u32; 2]>,
    on: Date,
}

impl Projects {
    pub(super) async fn of(
        reader: &Reader,
        programme: Option<&ProgrammeId>,
        project: Option<&ProjectId>,
    ) -> Result<Projects, ReadError> {
        let mut sql = Sql::from(format!(
            "select j.id, j.programme, j.award, j.starts, j.ends, j.detail, g.definition
            from project j join programme g on g.id = j.programme where {} and {} and j.state = 'approved'",
            held("j"),
            held("g"),
        ));
        sql.equals("j.programme", programme.map(ProgrammeId::as_str));
        sql.equals("j.id", project.map(ProjectId::as_str));
        reader.within().whole_projects_of(&mut sql);
        sql.push(" order by j.id");
        let mut said = said(reader).await?;
        let mut hands = hands(reader).await?;
        let mut batches = batched(reader).await?;
        let mut certificates = certificates(reader).await?;
        let mut accepted = accepted(reader).await?;
        let mut exposed = exposed(reader).await?;
        let claimed = certified(reader).await?;
        let mut projects = Projects {
            paid: Vec::new(),
            definitions: BTreeMap::new(),
            commitments: Commitments::of(reader).await?,
            held: held_by_claims(reader).await?,
            on: reader.on(),
        };
        let mut rules = BTreeMap::new();
        for row in reader.rows(sql).await? {
            let (id, programme) = (row.text(0), row.text(1));
            if !projects.definitions.contains_key(&programme) {
                let mut definition: Definition = row.json(6)?;
                rules.insert(programme.clone(), by_milestone(reader, &definition)?);
                reader.adopted().put_in_force(&mut definition, reader.on())?;
                projects.definitions.insert(programme.clone(), definition);
            }
            let (said_at, money) = said.remove(&id).unwrap_or_default();
            let open = |(which, rules): &&(Milestone, CountingRules)| {
                let claims = claimed.get(&(id.clone(), which.id.clone()));
                claims.is_some_and(|claims| curable(rules, which, *claims, reader.on()))
            };
            let curable = rules[&programme].iter().filter(open).map(|(which, _)| which.id.clone()).collect();
            projects.paid.push(Paid {
                programme,
                award: Cents(row.integer(2)),
                days: [row.parsed(3)?, row.parsed(4)?],
                detail: row.json(5)?,
                said_at,
                money,
                hands: hands.remove(&id).unwrap_or_default(),
                batches: batches.remove(&id).unwrap_or_default(),
                certificates: certificates.remove(&id).unwrap_or_default(),
                accepted: accepted.remove(&id).unwrap_or_default(),
                exposed: exposed.remove(&id).unwrap_or_default(),
                curable,
                id,
            });
        }
        Ok(projects)
    }

    /// What a project's tranches are and sum to on the day of the answer.
    pub(super) fn terms<'a>(&'a self, paid: &'a Paid) -> Terms<'a> {
        let said = self.commitments.all(&paid.id).iter();
        let said: Vec<_> = said.map(|said| (said.effective_on, said.award, said.act.as_str())).collect();
        Terms {
            schedule: &paid.detail.tranches,
            award: Award::from(self.on, paid.award, &said),
            rule: self.definitions.get(&paid.programme).map_or_else(
                || CountingRules::default().redistribution,
                |definition| definition.counting.redistribution,
            ),
            certificates: &paid.certificates,
            today: self.on,
        }
    }
}

impl Projects {
    /// How much of a tranche would be exposed at once if it were authorised now; nothing where it cannot be.
    pub(super) fn foreseen(&self, paid: &Paid, terms: &Terms<'_>, planned: &PlannedTranche, state: State) -> Cents {
        if state != State::Due {
            return Cents::ZERO;
        }
        paid.money.exposed_at_once(planned, terms, |certificate| {
            let [points, citizens] = *self.held.get(&(paid.id.clone(), certificate.claim.0))?;
            Some(certificate.holding(points, citizens))
        })
    }
}

/// The milestones of a programme, each with the rules that hold on its deadline.
fn by_milestone(reader: &Reader, definition: &Definition) -> Result<Vec<(Milestone, CountingRules)>, ReadError> {
    let on_deadline = |which: &Milestone| {
        let mut then = definition.clone();
        reader.adopted().put_in_force(&mut then, which.deadline)?;
        Ok((which.clone(), then.counting))
    };
    definition.milestones.iter().map(on_deadline).collect()
}

/// By project: what was said of its money, and where last.
pub(crate) async fn said(reader: &Reader) -> Result<BTreeMap<String, (u64, Money)>, ReadError> {
    let sql = Sql::from(format!("select m.project, m.said, m.since from money m where {}", held("m")));
    reader.rows(sql).await?.iter().map(|row| Ok((row.text(0), (row.count(2)?, row.json(1)?)))).collect()
}

/// By project and tranche: who took the last steps of its payment.
async fn hands(reader: &Reader) -> Result<BTreeMap<String, BTreeMap<String, Hands>>, ReadError> {
    let sql = Sql::from(format!("select m.project, m.hands from money m where {}", held("m")));
    reader.rows(sql).await?.iter().map(|row| Ok((row.text(0), row.json(1)?))).collect()
}

/// By project and tranche: the batch that an order is in since it was given last.
async fn batched(reader: &Reader) -> Result<BTreeMap<String, BTreeMap<String, u32>>, ReadError> {
    let sql = Sql::from(format!("select b.project, b.batches from batched b where {}", held("b")));
    reader.rows(sql).await?.iter().map(|row| Ok((row.text(0), row.json(1)?))).collect()
}

/// By project: the last certificate of each milestone.
pub(crate) async fn certificates(
    reader: &Reader,
) -> Result<BTreeMap<String, BTreeMap<String, MilestoneCertified>>, ReadError> {
    let text =
        "select c.project, c.milestone, c.detail from certificate c where c.position <= $1 order by c.position, c.line";
    let mut certificates = BTreeMap::<String, BTreeMap<_, _>>::new();
    for row in reader.rows(Sql::from(text)).await? {
        certificates.entry(row.text(0)).or_default().insert(row.text(1), row.json(2)?);
    }
    Ok(certificates)
}

async fn accepted(reader: &Reader) -> Result<BTreeMap<String, BTreeSet<Month>>, ReadError> {
    let sql =
        Sql::from(format!("select r.project, r.month from report r where {} and r.state = 'accepted'", held("r")));
    let mut accepted = BTreeMap::<String, BTreeSet<Month>>::new();
    for row in reader.rows(sql).await? {
        accepted.entry(row.text(0)).or_default().insert(row.parsed(1)?);
    }
    Ok(accepted)
}

async fn exposed(reader: &Reader) -> Result<BTreeMap<String, Vec<Exposed>>, ReadError> {
    let text = format!(
        "select e.project, e.id, e.tranche, e.amount from exposure e where {} and e.state = 'open' order by e.key",
        held("e")
    );
    let mut exposed = BTreeMap::<String, Vec<Exposed>>::new();
    for row in reader.rows(Sql::from(text)).await? {
        let open = Exposed { id: row.text(1), tranche: row.text(2), amount: Cents(row.integer(3)) };
        exposed.entry(row.text(0)).or_default().push(open);
    }
    Ok(exposed)
}
