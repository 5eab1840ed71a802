//! A tranche on `/erogazioni`, with the forms of who may take its next step.

use traccia_application::{
    Bearer,
    permission::{Extent, extent},
};
use traccia_domain::{
    Cents, CommandKind,
    programme::definition::Trigger,
    tranche::{State as Standing, TrancheAuthorised, entry::EntryCode},
};
use traccia_projections::tranches::queries::{Tranche, TrancheEntry};

use super::{euro, evidence::grounds, standing_in_italian, steps::Act, why::Why};
use crate::page::{
    frame::Truth,
    shown::{Cell, italian},
};

/// Where a tranche stands on the page.
pub(super) fn anchor(project: &str, tranche: &str) -> String {
    format!("quota-{project}-{tranche}")
}

/// A tranche as it is drawn.
pub(super) struct Drawn {
    pub(super) anchor: String,
    pub(super) project: Cell,
    pub(super) name: String,
    pub(super) tranche: String,
    pub(super) state: &'static str,
    pub(super) trigger: String,
    pub(super) planned: String,
    pub(super) payable: String,
    pub(super) withheld: String,
    pub(super) amount: String,
    pub(super) blocked: Vec<Why>,
    pub(super) entries: Vec<(&'static str, String, String)>,
    pub(super) evidence: Vec<(&'static str, Cell)>,
    pub(super) order: Vec<(&'static str, String)>,
    /// The form of the next step, for those who may take it.
    pub(super) step: Option<Step>,
    /// The forms of the steps beside it.
    pub(super) acts: Vec<Act>,
    /// What they carry along.
    pub(super) said_at: u64,
    pub(super) cents: Cents,
    /// Why they may not, where they otherwise could.
    pub(super) own: bool,
    /// It has to be authorised anew.
    pub(super) again: bool,
    /// The tranche that takes first what is netted.
    pub(super) waits_for: Option<String>,
    /// What a cure earned of it, and no authorisation gives yet.
    pub(super) unreleased: Option<String>,
}

/// The form that authorises or orders.
pub(super) struct Step {
    pub(super) amount: Cents,
    /// The account is asked for.
    pub(super) order: bool,
    pub(super) words: String,
}

impl Drawn {
    pub(super) fn of(found: &Tranche, who: &Bearer, truth: &Truth) -> Drawn {
        let evidence = found.evidence.clone().and_then(|evidence| serde_json::from_value(evidence).ok());
        let evidence: Option<TrancheAuthorised> = evidence;
        let state = Standing::ALL.into_iter().find(|state| state.as_str() == found.state);
        let by_me = evidence.as_ref().is_some_and(|said| said.by.to_lowercase() == who.actor.subject.to_lowercase());
        let (step, own) = step(found, state, by_me, |command| may(who, truth, command));
        Drawn {
            anchor: anchor(&found.project, &found.tranche),
            project: Cell::link(&found.project, truth.link(&format!("/progetti/{}", found.project))),
            name: found.project.clone(),
            tranche: found.tranche.clone(),
            state: state.map_or("", standing_in_italian),
            trigger: released_by(&found.trigger),
            planned: euro(found.planned),
            payable: euro(found.payable),
            withheld: euro(found.withheld),
            amount: euro(found.amount),
            blocked: Why::of(found, truth),
            entries: found.entries.iter().map(line).collect(),
            evidence: evidence.map_or_else(Vec::new, |said| grounds(&found.project, &said, who, truth)),
            order: payment(found),
            step,
            acts: Act::of(state, |command| may(who, truth, command)),
            said_at: found.said_at,
            cents: found.planned,
            own,
            again: found.again,
            waits_for: found.waits_for.clone(),
            unreleased: found.unreleased.map(euro),
        }
    }
}

fn may(who: &Bearer, truth: &Truth, command: CommandKind) -> bool {
    !truth.past() && extent(who.actor.role, command) != Extent::Nowhere
}

/// The next step, and whether it is not offered because who looks took the one before. What another tranche goes first for
/// is not offered.
fn step(
    found: &Tranche,
    state: Option<Standing>,
    by_me: bool,
    may: impl Fn(CommandKind) -> bool,
) -> (Option<Step>, bool) {
    if !found.blocked.is_empty() || found.waits_for.is_some() {
        return (None, false);
    }
    let form = |order, words, amount: Cents| Step { amount, order, words: format!("{words} {}", euro(amount)) };
    match state {
        Some(Standing::Due) if may(CommandKind::AuthoriseTranche) => {
            (Some(form(false, "Autorizza", found.amount)), false)
        }
        Some(Standing::Authorised) if may(CommandKind::AuthoriseTranche) && found.again => {
            (found.anew.map(|amount| form(false, "Autorizza di nuovo", amount)), false)
        }
        Some(Standing::Authorised | Standing::Failed)
            if !found.again && found.amount > Cents::ZERO && may(CommandKind::OrderPayment) =>
        {
            (Some(form(true, "Ordina il pagamento", found.amount)).filter(|_| !by_me), by_me)
        }
        _ => (None, false),
    }
}

fn released_by(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Day(day) => format!("dal {}", italian::day(*day)),
        Trigger::Named(name) if name == Trigger::APPROVAL => "con l'approvazione".to_owned(),
        Trigger::Named(milestone) => format!("con il certificato di {milestone}"),
    }
}

fn line(entry: &TrancheEntry) -> (&'static str, String, String) {
    let what = match entry.code {
        EntryCode::Amendment => "rimodulazione",
        EntryCode::Reduction => "riduzione per milestone raggiunta in parte",
        EntryCode::CureRelease => "sblocco per milestone sanata",
        EntryCode::Netting => "compensazione di un'esposizione",
        EntryCode::Recovery => "restituzione",
        EntryCode::Revocation => "revoca",
    };
    (what, euro(entry.amount.0), entry.origin.clone())
}

fn payment(found: &Tranche) -> Vec<(&'static str, String)> {
    let Some(order) = &found.order else { return Vec::new() };
    let mut lines = vec![
        ("Ordine", order.order.clone()),
        ("Ordinato il", italian::day_of(&order.ordered_on)),
        ("Importo", euro(order.amount)),
        ("Conto che finisce con", order.iban.clone()),
    ];
    lines.extend(order.failed.as_ref().map(|reason| ("Non riuscito perché", reason.clone())));
    lines.extend(order.paid_on.as_ref().map(|day| ("Pagato il", italian::day_of(day))));
    lines.extend(order.reference.as_ref().map(|reference| ("Riferimento della banca", reference.clone())));
    lines
}
