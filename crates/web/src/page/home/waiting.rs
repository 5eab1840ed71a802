//! What waits for whoever is signed in: the next reports to submit, and the money that is due.

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

use crate::{
    App,
    page::{
        frame::{Asked, Sight, Truth, Wrong, open, today},
        reports::path,
        shown::{Cell, italian},
    },
    read,
};

/// Reports that are named; the others are behind a link.
const NAMED: usize = 3;

/// What waits, of what somebody may see.
pub(super) struct Waiting {
    pub(super) reports: Option<Reports>,
    pub(super) tranches: Option<Due>,
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
    let reports = match permission::reach(who, Read::Reports) {
        Some(reach) => Some(to_submit(app, Sight::Exact(read::within(reach)), asked).await?),
        None => None,
    };
    let tranches = match permission::reach(who, Read::Tranches) {
        Some(reach) => Some(due(app, Sight::Exact(read::within(reach)), asked).await?),
        None => None,
    };
    Ok((reports.is_some() || tranches.is_some()).then_some(Waiting { reports, tranches }))
}

async fn to_submit(app: &App, sight: Sight, asked: &Asked) -> Result<Reports, Wrong> {
    let (reader, truth) = open(app, sight, asked, "/").await?;
    let reader = reader.about(Some(truth.about(None, today(app))));
    let found = waiting(&reader).await?;
    let all = || Cell::link(italian::number(found.overdue), truth.link("/rendicontazione?overdue=true"));
    Ok(Reports {
        next: found.reports.iter().take(NAMED).map(|report| line(report, &truth)).collect(),
        overdue: (found.overdue > 0).then(all),
    })
}

fn line(report: &Report, truth: &Truth) -> Line {
    Line {
        project: Cell::link(&report.project, truth.link(&format!("/progetti/{}", report.project))),
        month: Cell::link(italian::month(report.month), truth.link(&path(&report.project, report.month))),
        due: italian::day(report.due_on),
        overdue: report.overdue,
    }
}

async fn due(app: &App, sight: Sight, asked: &Asked) -> Result<Due, Wrong> {
    let (reader, truth) = open(app, sight, asked, "/").await?;
    let filter = TrancheFilter { state: Some(State::Due), ..TrancheFilter::default() };
    let (mut count, mut sum, mut after) = (0, Cents::ZERO, None);
    loop {
        let page = tranches(&reader, &filter, &Paging::new(after.as_deref(), Some(Paging::MOST))?).await?.body;
        count += page.items.len() as u64;
        page.items.iter().for_each(|tranche| sum += tranche.amount);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(Due {
        count: Cell::link(italian::number(count), truth.link("/erogazioni?state=due")),
        sum: italian::euro(sum.0),
        none: count == 0,
    })
}
