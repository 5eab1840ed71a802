//! Acts dated before the day on which what they accept was submitted, and what counts for a milestone by that date alone.

use std::collections::BTreeMap;

use jiff::{Timestamp, Unit, civil::Date};
use traccia_domain::{ProgrammeId, ProjectId, milestone::Terms, programme::Definition, time::Month};
use traccia_projector::held;

use super::acceptances::{Acceptance, Acceptances};
use crate::answer::{ReadError, Reader, Sql, day_in_italy};

/// The acceptances of one month's report whose acts are dated before its submissions.
pub(crate) struct Early {
    pub(crate) programme: String,
    pub(crate) project: String,
    pub(crate) month: Month,
    /// The most days from an act to the submission it accepts.
    pub(crate) days: u64,
    /// Where the last of them was learned.
    pub(crate) at: u64,
    /// What they carry over a cut-off: no act of the submission's day or later would have accepted it in time.
    pub(crate) carried: Vec<Carried>,
}

/// The services of a month with keys from one up to another, dated up to a deadline.
pub(crate) struct Carried {
    pub(crate) month: Month,
    pub(crate) keys: std::ops::Range<i64>,
    pub(crate) until: Date,
}

/// By project, then by month.
pub(crate) async fn early(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
    project: Option<&ProjectId>,
) -> Result<Vec<Early>, ReadError> {
    let mut found = Vec::new();
    let mut deadlines = BTreeMap::new();
    for ((project, programme), submitted) in submissions(reader, programme, project).await? {
        if !deadlines.contains_key(&programme) {
            deadlines.insert(programme.clone(), of_programme(reader, &programme).await?);
        }
        let acceptances = Acceptances::of(reader, &project).await?;
        let mut months = BTreeMap::<Month, Early>::new();
        for (month, act) in acceptances.all() {
            let Some(submitted_on) = submitted.get(&act.at).copied().filter(|day| act.on < *day) else { continue };
            let early = months.entry(month).or_insert_with(|| Early {
                programme: programme.clone(),
                project: project.clone(),
                month,
                days: 0,
                at: act.at,
                carried: Vec::new(),
            });
            let days = act.on.until((Unit::Day, submitted_on)).map_err(ReadError::damaged)?.get_days();
            early.days = early.days.max(days.unsigned_abs().into());
            early.at = act.at;
            if let Some(until) = deadlines[&programme].iter().filter_map(|of| of.carried(act, submitted_on)).max() {
                let taken = acceptances.taken_in(act.at).into_iter();
                early.carried.extend(taken.map(|(month, keys)| Carried { month, keys, until }));
            }
        }
        found.extend(months.into_values());
    }
    Ok(found)
}

/// Of a milestone: the last day that counts, and the last on which an act accepts it.
struct Deadline {
    counts_until: Date,
    accepted_until: Date,
}

impl Deadline {
    /// The last day that counts, where the act is in time and one of the submission's day would not be.
    fn carried(&self, act: &Acceptance, submitted_on: Date) -> Option<Date> {
        (act.on <= self.accepted_until && self.accepted_until < submitted_on).then_some(self.counts_until)
    }
}

async fn of_programme(reader: &Reader, programme: &str) -> Result<Vec<Deadline>, ReadError> {
    let mut sql = Sql::from(format!("select g.definition from programme g where {} and g.id = ", held("g")));
    sql.arg(programme.to_owned());
    let rows = reader.rows(sql).await?;
    let Some(row) = rows.first() else { return Ok(Vec::new()) };
    let mut definition: Definition = row.json(0)?;
    let mut deadlines = Vec::new();
    for milestone in definition.milestones.clone() {
        reader.adopted().put_in_force(&mut definition, milestone.deadline)?;
        // What a project has promised moves no day.
        let Definition { counting, targets, .. } = &definition;
        let Terms { counts_until, accepted_until, .. } = Terms::by(counting, 0, targets, &milestone, false);
        deadlines.push(Deadline { counts_until, accepted_until });
    }
    Ok(deadlines)
}

/// By project and programme: where an acceptance was learned, and the day in Italy on which what it accepts was submitted.
type Submissions = BTreeMap<(String, String), BTreeMap<u64, Date>>;

async fn submissions(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
    project: Option<&ProjectId>,
) -> Result<Submissions, ReadError> {
    let mut sql = Sql::from(format!(
        "select j.id, j.programme, a.position, t.recorded_at from acceptance a join trail t on t.position = a.submitted
        join project j on j.id = a.project where a.position <= $1 and {}",
        held("j"),
    ));
    sql.equals("j.programme", programme.map(ProgrammeId::as_str)).equals("j.id", project.map(ProjectId::as_str));
    reader.within().whole_projects_of(&mut sql);
    let mut submissions = Submissions::new();
    for row in reader.rows(sql).await? {
        let instant = Timestamp::from_microsecond(row.integer(3)).map_err(ReadError::damaged)?;
        let of_project = submissions.entry((row.text(0), row.text(1))).or_default();
        of_project.insert(row.count(2)?, day_in_italy(instant));
    }
    Ok(submissions)
}
