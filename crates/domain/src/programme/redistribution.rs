//! A redistribution (*rimodulazione*): new awards and targets for projects, and nothing won or lost between them.

use jiff::civil::Date;

use super::{
    Defined, Definition, ProgrammeEvent, ProgrammeFacts, ProgrammeRefusal, RedistributionAdopted, Reserve,
    command::{AdoptRedistribution, NewCommitment},
    floor, validate,
};
use crate::{
    Cents, ProjectId,
    project::{Application, Project},
};

/// What is conserved, summed over projects: cents, points, citizens, services.
pub(super) type Sums = [i64; 4];

pub(super) const NAMES: [&str; 4] = ["award", "points", "citizens", "services"];

/// Sums are conserved, or the difference goes to a reserve by name, from which a later act may draw.
pub(super) fn adopt(
    defined: &Defined,
    command: &AdoptRedistribution,
    facts: &ProgrammeFacts,
) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
    let known = known(command, &facts.projects)?;
    validate::act(&command.act)?;
    validate::need(!command.projects.is_empty(), "/projects", "a redistribution names the projects it is about")?;
    let ids = || command.projects.iter().map(|new| &new.project);
    for (index, id) in ids().enumerate() {
        let pointer = format!("/projects/{index}");
        validate::need(ids().take(index).all(|before| before != id), &pointer, "a project is named once")?;
    }
    let Definition { starts, ends, .. } = &defined.definition;
    let within = (starts..=ends).contains(&&command.effective_on);
    validate::need(within, "/effective_on", "the day lies outside the programme's dates")?;
    let last = defined.redistributions.last();
    if let Some(last) = last.filter(|last| command.effective_on < last.effective_on) {
        let why =
            format!("an act adopted before holds from {}: this one from that day or a later one", last.effective_on);
        return Err(ProgrammeRefusal::Invalid { pointer: "/effective_on".to_owned(), why });
    }
    let before = command.projects.iter().zip(known);
    let before: Vec<_> = before.map(|(new, application)| defined.committed(&new.project, application)).collect();
    floor::check(command, &before, &facts.floors)?;
    let reserve = reserve(defined, command, before.into_iter().fold(Sums::default(), plus))?;
    let AdoptRedistribution { programme: _, act, effective_on, projects, reserve: _ } = command.clone();
    let adopted = RedistributionAdopted { act, effective_on, projects, reserve };
    // The same said again, and nothing said since: there is nothing to write.
    if last == Some(&adopted) {
        return Ok(Vec::new());
    }
    Ok(vec![adopted.into()])
}

/// The applications of the projects named, approved and of this programme.
fn known<'a>(
    command: &AdoptRedistribution,
    projects: &'a [std::sync::Arc<Project>],
) -> Result<Vec<&'a Application>, ProgrammeRefusal> {
    let of = |(index, project): (usize, &'a std::sync::Arc<Project>)| {
        let unknown = || ProgrammeRefusal::UnknownProject { index };
        let application = project.application().filter(|application| application.programme == command.programme);
        let application = application.ok_or_else(unknown)?;
        match &**project {
            Project::Approved(_) => Ok(application),
            Project::Unknown | Project::Submitted(_) | Project::Rejected(_) => {
                Err(ProgrammeRefusal::NotApproved { index, state: project.state() })
            }
        }
    };
    projects.iter().enumerate().map(of).collect()
}

/// Where the difference goes, or comes from.
fn reserve(
    defined: &Defined,
    command: &AdoptRedistribution,
    before: Sums,
) -> Result<Option<Reserve>, ProgrammeRefusal> {
    let refused = |pointer: &str, why: String| Err(ProgrammeRefusal::Invalid { pointer: pointer.to_owned(), why });
    let after = command.projects.iter().map(NewCommitment::sums).fold(Sums::default(), plus);
    let kept: Sums = std::array::from_fn(|n| before[n] - after[n]);
    let Some(name) = &command.reserve else {
        let Some(n) = (0..4).find(|n| kept[*n] != 0) else { return Ok(None) };
        let [before, after] =
            [before[n], after[n]].map(|sum| if n == 0 { Cents(sum).to_string() } else { sum.to_string() });
        let name = NAMES[n];
        return refused(
            "/projects",
            format!(
                "{name}: these projects had {before} together and would have {after}; name the reserve of the difference"
            ),
        );
    };
    validate::need(!crate::aggregate::blank(name), "/reserve", "a reserve has a name")?;
    if let Err(unfit) = crate::reason::check_act(name) {
        return refused("/reserve", unfit.to_string());
    }
    let held = defined.reserve(name);
    let holds: Sums = std::array::from_fn(|n| held[n] + kept[n]);
    if let Some(n) = (0..4).find(|n| holds[*n] < 0) {
        return refused("/reserve", format!("{}: the reserve does not hold what these projects would gain", NAMES[n]));
    }
    let [_, points, citizens, services] = holds.map(i64::unsigned_abs);
    Ok(Some(Reserve { name: name.clone(), award: Cents(holds[0]), points, citizens, services }))
}

fn plus(sum: Sums, more: Sums) -> Sums {
    std::array::from_fn(|n| sum[n].saturating_add(more[n]))
}

impl NewCommitment {
    pub(super) fn sums(&self) -> Sums {
        [self.award.0, self.points.into(), self.citizens.into(), self.services.into()]
    }
}

impl Defined {
    /// What redistributions awarded a project, in the order they were adopted: from which day, how much, by which act.
    #[must_use]
    pub fn awards(&self, project: &ProjectId) -> Vec<(Date, Cents, &str)> {
        let mut awards = Vec::new();
        for adopted in &self.redistributions {
            let new = adopted.projects.iter().find(|new| new.project == *project);
            awards.extend(new.map(|new| (adopted.effective_on, new.award, adopted.act.as_str())));
        }
        awards
    }

    /// What a project has been awarded and has committed to, as it was said last.
    fn committed(&self, project: &ProjectId, application: &Application) -> Sums {
        let mut redistributed = self.redistributions.iter().rev().flat_map(|adopted| &adopted.projects);
        match redistributed.find(|new| new.project == *project) {
            Some(new) => new.sums(),
            None => {
                let targets = application.targets;
                [application.award.0, targets.points.into(), targets.citizens.into(), targets.services.into()]
            }
        }
    }

    /// What a reserve holds.
    fn reserve(&self, name: &str) -> Sums {
        let mut said = self.redistributions.iter().rev().filter_map(|adopted| adopted.reserve.as_ref());
        let Some(last) = said.find(|reserve| reserve.name == name) else { return Sums::default() };
        [last.award.0, last.points.cast_signed(), last.citizens.cast_signed(), last.services.cast_signed()]
    }
}
