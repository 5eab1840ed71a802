//! What of money waits for whoever is signed in, as the first page says it: only the steps that they may take themselves.

use traccia_application::{
    Bearer,
    permission::{Extent, Read, extent, reach},
};
use traccia_domain::{Cents, CommandKind, tranche::State};
use traccia_projections::{
    answer::{Paging, Reader},
    tranches::queries::{self, Exposure, ExposureFilter, Tranche, orders},
};

use super::{
    euro, exposures,
    tranche::{Drawn, anchor},
};
use crate::page::{
    frame::{Truth, Wrong},
    shown::{Cell, Task},
};

/// The steps that wait, of all tranches that who looks may see.
pub(crate) async fn found(
    reader: &Reader,
    who: &Bearer,
    truth: &Truth,
    tranches: &[Tranche],
) -> Result<Vec<Task>, Wrong> {
    let may = |command| !truth.past() && extent(who.actor.role, command) != Extent::Nowhere;
    let mut tasks = Vec::new();
    if may(CommandKind::DecideExposure) {
        tasks.extend(Task::of_money("Esposizioni da decidere", undecided(reader).await?));
    }
    if may(CommandKind::AuthoriseTranche) || may(CommandKind::OrderPayment) {
        tasks.extend(steps(tranches, who, truth));
    }
    if may(CommandKind::CloseBatch) && reach(who, Read::Payments).is_some() {
        let orders = orders(reader, None).await?.body;
        let (waiting, given): (Vec<_>, Vec<_>) = orders.into_iter().partition(|order| order.batch.is_none());
        let drawn = |orders: Vec<queries::PaymentOrder>| {
            orders.iter().map(|order| line(&order.project, &order.tranche, order.amount)).collect()
        };
        tasks.extend(Task::of_money("Ordini che attendono una distinta", drawn(waiting)));
        tasks.extend(Task::of_money("Ordini in una distinta che attendono l'esito della banca", drawn(given)));
    }
    Ok(tasks)
}

async fn undecided(reader: &Reader) -> Result<Vec<(Cell, Cents)>, Wrong> {
    let filter = ExposureFilter { states: &["open"], ..ExposureFilter::default() };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let paging = Paging::new(after.as_deref(), Some(Paging::MOST))?;
        let page = queries::exposures(reader, &filter, &paging).await?.body;
        found.extend(page.items.iter().map(exposed));
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

fn exposed(found: &Exposure) -> (Cell, Cents) {
    let Exposure { project, exposure, amount, .. } = found;
    let to = format!("/erogazioni?project={project}#{}", exposures::anchor(project, exposure));
    (Cell::link(format!("{project}, {exposure}: {}", euro(*amount)), to), *amount)
}

/// What the page of tranches offers who looks, and what is due that it offers nobody.
fn steps(tranches: &[Tranche], who: &Bearer, truth: &Truth) -> Vec<Task> {
    let (mut authorise, mut held, mut order) = (Vec::new(), Vec::new(), Vec::new());
    for found in tranches {
        let due = found.state == State::Due.as_str();
        let amount = |amount| line(&found.project, &found.tranche, amount);
        match Drawn::of(found, who, truth).step {
            Some(step) if step.order => order.push(amount(step.amount)),
            Some(step) => authorise.push(amount(step.amount)),
            None if due => held.push(amount(found.amount)),
            None => {}
        }
    }
    let tasks = [
        Task::of_money("Quote che può autorizzare ora", authorise),
        Task::of_money("Quote esigibili che qualcosa ferma", held),
        Task::of_money("Quote autorizzate da altri, che può ordinare", order),
    ];
    tasks.into_iter().flatten().collect()
}

fn line(project: &str, tranche: &str, amount: Cents) -> (Cell, Cents) {
    let to = format!("/erogazioni?project={project}#{}", anchor(project, tranche));
    (Cell::link(format!("{project}, {tranche}: {}", euro(amount)), to), amount)
}
