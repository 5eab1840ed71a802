//! What waits for whoever is signed in: the next reports to submit, the money that is due, and the steps of their role.

use traccia_application::{
    Bearer,
    permission::{self, Read},
};
use traccia_domain::{Cents, tranche::State};
use traccia_projections::{
    answer::Paging,
    reports::queries::{Report, waiting},
    tranches::queries::{TrancheFilter, tranches},
};

use super::decisions;
use crate::{
    App,
    page::{
        frame::{Asked, Sight, Truth, Wrong, open, today},
        release::tasks,
        reports::path,
        shown::{Cell, Task, italian},
    },
    read,
};

/// Reports that are named; the others are behind a link.
const NAMED: usize = 3;

/// What waits, of what somebody may see.
pub(super) struct Waiting {
    pub(super) reports: Option<Reports>,
    pub(super) tranches: Option<Due>,
    /// The steps that they may take themselves.
    pub(super) tasks: Vec<Task>,
}

/// Reports to submit.
pub(super) struct Reports {
    /// The most urgent, what is overdue first.
    pub(super) next: Vec<Line>,
    /// How many are overdue in all, and where they are; nothing where none is.
    pub(super) overdue: Option<Cell>,
}

/// A report to submit.
pub(super) struct Line {
    pub(super) project: Cell,
    pub(super) month: Cell,
    pub(super) due: String,
    pub(super) overdue: bool,
}

/// Tranches that are due.
pub(super) struct Due {
    /// How many; opens their list.
    pub(super) count: Cell,
    pub(super) sum: String,
    pub(super) none: bool,
}

/// Looks at all that somebody may see, whatever programme the page shows.
pub(super) async fn found(app: &App, who: &Bearer, asked: &Asked) -> Result<Option<Waiting>, Wrong> {
    let mut waiting = Waiting { reports: None, tranches: None, tasks: Vec::new() };
    if let Some(reach) = permission::reach(who, Read::Reports) {
        let (reports, tasks) = reported(app, who, Sight::Exact(read::within(reach)), asked).await?;
        waiting.reports = Some(reports);
        waiting.tasks.extend(tasks);
    }
    if let Some(reach) = permission::reach(who, Read::Tranches) {
        let (due, tasks) = money(app, who, Sight::Exact(read::within(reach)), asked).await?;
        waiting.tranches = Some(due);
        waiting.tasks.extend(tasks);
    }
    Ok((waiting.reports.is_some() || waiting.tranches.is_some()).then_some(waiting))
}

/// The reports to submit, and what waits for a decision.
async fn reported(app: &App, who: &Bearer, sight: Sight, asked: &Asked) -> Result<(Reports, Vec<Task>), Wrong> {
    let (reader, truth) = open(app, sight, asked, "/").await?;
    let reader = reader.about(Some(truth.about(None, today(app))));
    let found = waiting(&reader).await?;
    let all = || Cell::link(italian::number(found.overdue), truth.link("/rendicontazione?overdue=true"));
    let reports = Reports {
        next: found.reports.iter().take(NAMED).map(|report| line(report, &truth)).collect(),
        overdue: (found.overdue > 0).then(all),
    };
    Ok((reports, decisions::found(&reader, who, &truth, &found.submitted).await?))
}

fn line(report: &Report, truth: &Truth) -> Line {
    Line {
        project: Cell::link(&report.project, truth.link(&format!("/progetti/{}", report.project))),
        month: Cell::link(italian::month(report.month), truth.link(&path(&report.project, report.month))),
        due: italian::day(report.due_on),
        overdue: report.overdue,
    }
}

/// What is due, and what waits for who looks.
async fn money(app: &App, who: &Bearer, sight: Sight, asked: &Asked) -> Result<(Due, Vec<Task>), Wrong> {
    let (reader, truth) = open(app, sight, asked, "/").await?;
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let paging = Paging::new(after.as_deref(), Some(Paging::MOST))?;
        let page = tranches(&reader, &TrancheFilter::default(), &paging).await?.body;
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let due = all.iter().filter(|tranche| tranche.state == State::Due.as_str());
    let (count, sum) = due.fold((0, Cents::ZERO), |(count, sum), tranche| (count + 1, sum + tranche.amount));
    let due = Due {
        count: Cell::link(italian::number(count), truth.link("/erogazioni?state=due")),
        sum: italian::euro(sum.0),
        none: count == 0,
    };
    Ok((due, tasks::found(&reader, who, &truth, &all).await?))
}
