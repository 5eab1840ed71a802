//! What waits for the Region's decision: applications, reports, claims.

use traccia_application::{
    Bearer,
    permission::{self, Extent, Read, extent},
};
use traccia_domain::CommandKind;
use traccia_projections::{
    answer::{Paging, Reader},
    milestones::queries::{Milestone, milestones},
    points::queries::projects,
    reports::queries::Report,
};

use crate::page::{
    frame::{Truth, Wrong},
    reports::path,
    shown::{Cell, Task, italian},
};

/// What waits for a decision that who looks may take.
pub(super) async fn found(
    reader: &Reader,
    who: &Bearer,
    truth: &Truth,
    submitted: &[Report],
) -> Result<Vec<Task>, Wrong> {
    let may = |command, read| {
        !truth.past()
            && extent(who.actor.role, command) != Extent::Nowhere
            && permission::reach(who, read).is_some_and(|reach| reach.projects.is_none() && reach.points.is_none())
    };
    let mut tasks = Vec::new();
    if may(CommandKind::ApproveApplication, Read::Projects) {
        tasks.extend(Task::of("Candidature da decidere", applications(reader).await?));
    }
    if may(CommandKind::AcceptReport, Read::Reports) {
        let line = |report: &Report| {
            let text = format!("{}, {}", italian::month(report.month), report.project);
            Cell::link(text, path(&report.project, report.month))
        };
        tasks.extend(Task::of("Report mensili da accettare o restituire", submitted.iter().map(line).collect()));
    }
    if may(CommandKind::CertifyMilestone, Read::Milestones) {
        tasks.extend(Task::of("Richieste di milestone da certificare", claims(reader).await?));
    }
    Ok(tasks)
}

async fn applications(reader: &Reader) -> Result<Vec<Cell>, Wrong> {
    let all = Paging::new(None, Some(Paging::MOST))?;
    let found = projects(reader, None, &all).await?.body.items;
    let waiting = found.into_iter().filter(|project| project.state == "submitted");
    Ok(waiting.map(|project| Cell::link(project.name, format!("/progetti/{}", project.id))).collect())
}

async fn claims(reader: &Reader) -> Result<Vec<Cell>, Wrong> {
    let all = Paging::new(None, Some(Paging::MOST))?;
    let found = milestones(reader, None, None, &all).await?.body.items;
    Ok(found.iter().filter(|milestone| milestone.state == "claimed").map(claim).collect())
}

fn claim(found: &Milestone) -> Cell {
    let Milestone { project, milestone, .. } = found;
    let to = format!("/milestone?project={project}#m-{project}-{milestone}");
    Cell::link(format!("{project}, {milestone}"), to)
}
