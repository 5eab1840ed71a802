//! The register of controls (*registro dei controlli*): who checked what, when, with which outcome, and what became of the
//! money.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use traccia_domain::{Cents, ProgrammeId};
use traccia_projector::held;
use utoipa::ToSchema;

use super::recorded;
use crate::{
    answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql},
    trail::decided::Decided,
};

/// The events that are somebody's decision on what others have said or done, or that say what became of the money: each
/// with what was checked, and the outcome.
pub(crate) const CONTROLS: [(&str, &str, &str); 24] = [
    ("ApplicationApproved", "application", "approved"),
    ("ApplicationRejected", "application", "rejected"),
    ("LinkConfirmed", "link", "confirmed"),
    ("LinkRejected", "link", "rejected"),
    ("LinkBroken", "link", "broken"),
    ("BreakRejected", "link", "kept"),
    ("ReportAccepted", "report", "accepted"),
    ("ReportReturned", "report", "returned"),
    ("ReportReopened", "report", "reopened"),
    ("MilestoneCertified", "milestone", "certified"),
    ("SampleDrawn", "milestone", "sampled"),
    ("FindingRecorded", "milestone", "looked_at"),
    ("TrancheAuthorised", "tranche", "authorised"),
    ("PaymentOrdered", "tranche", "ordered"),
    ("PaymentConfirmed", "tranche", "paid"),
    ("PaymentFailed", "tranche", "failed"),
    ("PaymentReconciled", "tranche", "reconciled"),
    ("TrancheSuspended", "tranche", "suspended"),
    ("TrancheReleased", "tranche", "released"),
    ("TrancheRevoked", "tranche", "revoked"),
    ("ExposureDecided", "exposure", "decided"),
    ("RecoveryRecorded", "exposure", "recovered"),
    ("ExpenseAccepted", "expense", "accepted"),
    ("ExpenseRejected", "expense", "rejected"),
];

/// A control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Control {
    /// Its place in the log.
    #[serde(rename = "position")]
    pub at: u64,
    /// When the log learned it, UTC.
    pub recorded_at: String,
    /// Who checked, or wrote it down.
    pub subject: String,
    /// In which role.
    pub role: String,
    /// What was checked: application, link, report, milestone, tranche, exposure or expense.
    pub what: String,
    /// Which one, by its stream.
    pub about: String,
    /// With which outcome.
    pub outcome: String,
    /// Why, or by which act; of a payment, why it failed, the bank's reference, or the statement.
    pub reason: Option<String>,
    /// What was checked and what was decided, in fields of their own.
    #[serde(flatten)]
    pub decided: Decided,
}

/// `GET /v1/exports/controls?programme=`: the controls of a programme, oldest first. A decision on two records is a
/// programme's when one of them was served in it. Whoever asks has seen to it that the whole programme may be shown.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn controls(
    reader: &Reader,
    programme: &ProgrammeId,
    paging: &Paging,
) -> Result<Answer<Page<Control>>, ReadError> {
    let mut sql = Sql::from(format!(
        "select t.position, t.recorded_at, t.subject, t.role, t.stream, t.events, t.reason, t.decided, a.award, x.project,
        x.claimed from trail t
        left join project a on t.stream = 'project.' || a.id and {}
        left join expense x on x.decided_at = t.position and {}
        where t.position <= $1 and t.events in ",
        held("a"),
        held("x"),
    ));
    sql.list(CONTROLS.map(|(event, ..)| event));
    sql.push(" and (");
    of_projects(&mut sql, programme);
    of_milestones(&mut sql, programme);
    of_reports(&mut sql, programme);
    of_expenses(&mut sql, programme);
    of_links(&mut sql, programme);
    sql.push(")");
    if let Some(after) = paging.after_number()? {
        sql.push(" and t.position > ").arg(after);
    }
    sql.push(" order by t.position limit ").arg(paging.rows());
    let mut items = reader.rows(sql).await?.iter().map(control).collect::<Result<Vec<_>, _>>()?;
    of_orders(reader, &mut items).await?;
    Ok(reader.answer(paging.page(items, |control: &Control| control.at.to_string())))
}

fn of_projects(sql: &mut Sql, programme: &ProgrammeId) {
    sql.push(format!("t.stream in (select 'project.' || j.id from project j where {} and j.programme = ", held("j")));
    sql.arg(programme.to_string()).push(")");
}

/// Milestones and money have a stream each project.
fn of_milestones(sql: &mut Sql, programme: &ProgrammeId) {
    for kind in ["milestone", "money"] {
        let held = held("j");
        sql.push(format!(" or t.stream in (select '{kind}.' || j.id from project j where {held} and j.programme = "));
        sql.arg(programme.to_string()).push(")");
    }
}

fn of_reports(sql: &mut Sql, programme: &ProgrammeId) {
    sql.push(format!(
        " or t.stream in (select 'report.' || r.project || '-' || r.month from report r join project j on j.id = r.project
        where {} and {} and j.programme = ",
        held("r"),
        held("j"),
    ));
    sql.arg(programme.to_string()).push(")");
}

/// An invoice's stream may hold another programme's expenses too: the decision itself tells whose it is.
fn of_expenses(sql: &mut Sql, programme: &ProgrammeId) {
    sql.push(format!(
        " or t.position in (select e.decided_at from expense e join project j on j.id = e.project
        where {} and {} and j.programme = ",
        held("e"),
        held("j"),
    ));
    sql.arg(programme.to_string()).push(")");
}

fn of_links(sql: &mut Sql, programme: &ProgrammeId) {
    sql.push(format!(
        " or t.stream in (select 'link.' || l.id from link l join record r on r.key in (l.one, l.other)
        join service s on s.person = r.person and s.record = r.key join point p on p.key = s.point
        where {} and {} and {} and {} and p.programme = ",
        held("l"),
        held("r"),
        held("s"),
        held("p"),
    ));
    sql.arg(programme.to_string()).push(")");
}

/// What the bank says of an order has the amount of the order, as it was given last before.
async fn of_orders(reader: &Reader, items: &mut [Control]) -> Result<(), ReadError> {
    let answers = |control: &&Control| ["paid", "failed", "reconciled"].contains(&control.outcome.as_str());
    let streams: BTreeSet<String> = items.iter().filter(answers).map(|control| control.about.clone()).collect();
    let mut given = BTreeMap::<(String, Option<String>), Vec<(u64, Option<Cents>)>>::new();
    for (at, stream, ordered) in said(reader, "PaymentOrdered", streams).await? {
        given.entry((stream, ordered.tranche)).or_default().push((at, ordered.amount));
    }
    for control in items.iter_mut().filter(|control| answers(&&**control)) {
        let orders = given.get(&(control.about.clone(), control.decided.tranche.clone()));
        let last = orders.and_then(|orders| orders.iter().rfind(|(at, _)| *at < control.at));
        control.decided.amount = last.and_then(|(_, amount)| *amount);
    }
    Ok(())
}

/// What was given back by projects, in the order in which it was written down: where, and how much of what, when.
///
/// # Errors
/// When the tables cannot be read.
pub(crate) async fn recoveries(
    reader: &Reader,
    projects: impl IntoIterator<Item = String>,
) -> Result<Vec<(u64, Decided)>, ReadError> {
    let streams = projects.into_iter().map(|project| format!("money.{project}")).collect();
    let said = said(reader, "RecoveryRecorded", streams).await?;
    Ok(said.into_iter().map(|(at, _, decided)| (at, decided)).collect())
}

/// What was said of money by events of a kind, in the log's order: where, in which stream, and what.
async fn said(
    reader: &Reader,
    event: &str,
    streams: BTreeSet<String>,
) -> Result<Vec<(u64, String, Decided)>, ReadError> {
    if streams.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::from("select t.position, t.stream, t.decided from trail t where t.position <= $1");
    sql.equals("t.events", Some(event));
    sql.push(" and t.stream in ").list(streams);
    sql.push(" order by t.position");
    reader.rows(sql).await?.iter().map(|row| Ok((row.count(0)?, row.text(1), row.json(2)?))).collect()
}

fn control(row: &Line) -> Result<Control, ReadError> {
    let event = row.text(5);
    let known = CONTROLS.iter().find(|(name, ..)| *name == event);
    let (_, what, outcome) = known.ok_or_else(|| ReadError::damaged("a control is one of those asked for"))?;
    let decided: Decided = row.json(7)?;
    // What an application asks for and an expense claims stands with them, not in the decision.
    let stands = [8, 10].into_iter().find_map(|column| row.integer_or_null(column)).map(Cents);
    Ok(Control {
        at: row.count(0)?,
        recorded_at: recorded(row.integer(1))?,
        subject: row.text(2),
        role: row.text(3),
        what: (*what).to_owned(),
        about: row.text(4),
        outcome: (*outcome).to_owned(),
        reason: row.text_or_null(6),
        decided: Decided {
            project: decided.project.or_else(|| row.text_or_null(9)),
            amount: decided.amount.or(stands),
            ..decided
        },
    })
}
