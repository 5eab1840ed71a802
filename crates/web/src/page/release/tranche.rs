//! A tranche on `/erogazioni`, with the forms of who may take its next step.

use traccia_application::{
    Bearer,
    permission::{Extent, Read, extent},
};
use traccia_domain::{
    Cents, CommandKind,
    programme::definition::Trigger,
    tranche::{State as Standing, TrancheAuthorised, entry::EntryCode},
};
use traccia_projections::tranches::{
    Hand,
    queries::{Tranche, TrancheEntry},
};

use super::{euro, evidence::grounds, standing_in_italian, steps::Act, why::Why};
use crate::{
    page::{
        frame::Truth,
        shown::{Cell, italian},
    },
    read::right,
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
    /// From the approved amount to the amount, line by line; nothing where they are the same.
    pub(super) entries: Vec<(String, String)>,
    /// What came of it after it was authorised, or instead.
    pub(super) later: Vec<(String, String)>,
    pub(super) evidence: Vec<(&'static str, Cell)>,
    pub(super) order: Vec<(&'static str, Cell)>,
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
    /// What would be exposed at once if it were authorised now, with the way to what its milestone holds.
    pub(super) foreseen: Option<Cell>,
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
            entries: sum(found),
            later: found.entries.iter().filter(|entry| is_later(entry.code)).map(line).collect(),
            evidence: evidence.map_or_else(Vec::new, |said| grounds(&found.project, &said, who, truth)),
            order: payment(found, who),
            step,
            acts: Act::of(state, |command| may(who, truth, command)),
            said_at: found.said_at,
            cents: found.planned,
            own,
            again: found.again,
            waits_for: found.waits_for.clone(),
            foreseen: found.foreseen_exposure.map(|sum| Cell::link(euro(sum), milestone(found, truth))),
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
    let form = |order, words, amount: Cents| {
        // What is netted whole takes its part by being authorised, and is never ordered.
        let none = if amount == Cents::ZERO { ": non resta nulla da pagare" } else { "" };
        Step { amount, order, words: format!("{words} {}{none}", euro(amount)) }
    };
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

/// Where it is seen what the milestone of a tranche holds.
fn milestone(found: &Tranche, truth: &Truth) -> String {
    let project = &found.project;
    truth.link(&match &found.trigger {
        Trigger::Named(milestone) => format!("/milestone?project={project}#m-{project}-{milestone}"),
        Trigger::Day(_) => format!("/milestone?project={project}"),
    })
}

/// The approved amount, what was added and taken, and what it comes to.
fn sum(found: &Tranche) -> Vec<(String, String)> {
    let lines: Vec<&TrancheEntry> = found.entries.iter().filter(|entry| !is_later(entry.code)).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let approved = found.amount - lines.iter().map(|entry| entry.amount.0).sum();
    let first = ("importo approvato".to_owned(), euro(approved));
    let last = ("importo".to_owned(), euro(found.amount));
    [first].into_iter().chain(lines.into_iter().map(line)).chain([last]).collect()
}

/// Whether an entry came after the authorisation, or instead of it.
fn is_later(code: EntryCode) -> bool {
    match code {
        EntryCode::Recovery | EntryCode::Revocation => true,
        EntryCode::Amendment | EntryCode::Reduction | EntryCode::CureRelease | EntryCode::Netting => false,
    }
}

fn line(entry: &TrancheEntry) -> (String, String) {
    let what = match entry.code {
        EntryCode::Amendment => "rimodulazione",
        EntryCode::Reduction => "riduzione per milestone raggiunta in parte",
        EntryCode::CureRelease => "sblocco per milestone sanata",
        EntryCode::Netting => "compensazione di un'esposizione",
        EntryCode::Recovery => "restituzione",
        EntryCode::Revocation => "revoca",
    };
    (format!("{what} ({})", entry.origin), euro(entry.amount.0))
}

fn payment(found: &Tranche, who: &Bearer) -> Vec<(&'static str, Cell)> {
    let Some(order) = &found.order else { return Vec::new() };
    // Whoever reads the log opens the commit.
    let hand = |hand: &Hand| match right(who, Read::Log) {
        Ok(_) => Cell::link(hand.by.clone(), format!("/registro/{}", hand.position)),
        Err(_) => Cell::plain(hand.by.clone()),
    };
    let mut lines = vec![
        ("Ordine", Cell::plain(order.order.clone())),
        ("Ordinato il", Cell::plain(italian::day_of(&order.ordered_on))),
    ];
    lines.extend(order.ordered.as_ref().map(|by| ("Ordinato da", hand(by))));
    lines.extend((order.times > 1).then(|| ("Volte che è stato dato", Cell::plain(order.times.to_string()))));
    lines.push(("Importo", Cell::plain(euro(order.amount))));
    lines.push(("Conto che finisce con", Cell::plain(order.iban.clone())));
    lines.extend(order.failed.as_ref().map(|reason| ("Non riuscito perché", Cell::plain(reason.clone()))));
    lines.extend(order.paid_on.as_ref().map(|day| ("Pagato il", Cell::plain(italian::day_of(day)))));
    lines.extend(order.reference.as_ref().map(|said| ("Riferimento della banca", Cell::plain(said.clone()))));
    lines.extend(order.answered.as_ref().map(|by| ("Esito registrato da", hand(by))));
    lines.extend(order.reconciled.as_ref().map(|by| ("Riconciliato da", hand(by))));
    lines
}
