//! Which tranche takes what is netted: shown on the one whose turn it is, and on no other.

use std::collections::BTreeMap;

use super::{Account, Money, Step, Terms, entry::EntryCode};
use crate::Cents;

/// What a tranche would be authorised with in its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InTurn {
    /// Without what an earlier tranche will take of netted exposures.
    pub account: Account,
    /// The earlier tranche, where one will: until it is authorised, this one would take that itself.
    pub after: Option<String>,
}

impl Money {
    /// What each tranche of the schedule would be authorised with if they were authorised in its order: what is netted is
    /// taken once, by the first of those that can be authorised now. A suspended one has what these leave.
    #[must_use]
    pub fn in_turn(&self, terms: &Terms<'_>) -> BTreeMap<String, InTurn> {
        let ids = terms.schedule.iter().map(|tranche| tranche.id.as_str());
        let (ready, others): (Vec<_>, Vec<_>) = ids.partition(|id| self.goes_on(id));
        let (mut taken, mut first) = (BTreeMap::<String, Cents>::new(), None);
        let mut in_turn = BTreeMap::new();
        for id in ready.iter().chain(&others).copied() {
            let alone = self.account(id, terms);
            let Some(account) = self.account_after(id, terms, &taken) else { continue };
            let waits = matches!(self.step(id), Step::Open | Step::Authorised) && alone.as_ref() != Some(&account);
            let after = first.clone().filter(|_| waits);
            let nets = account.entries.iter().filter(|entry| entry.code == EntryCode::Netting && self.goes_on(id));
            for entry in nets {
                let anew = (-entry.amount.0 - self.takes(id, &entry.origin)).max(Cents::ZERO);
                if anew > Cents::ZERO {
                    first.get_or_insert_with(|| id.to_owned());
                    *taken.entry(entry.origin.clone()).or_default() += anew;
                }
            }
            in_turn.insert(id.to_owned(), InTurn { account, after });
        }
        in_turn
    }

    /// Whether a tranche can be authorised, as far as what was said of it goes.
    fn goes_on(&self, id: &str) -> bool {
        let suspended = self.tranche(id).is_some_and(|said| said.suspended);
        !suspended && matches!(self.step(id), Step::Open | Step::Authorised)
    }

    /// What a tranche's authorisation takes of an exposure.
    fn takes(&self, id: &str, exposure: &str) -> Cents {
        let said = self.tranche(id).and_then(|said| said.authorised.as_ref());
        let entries = said.into_iter().flat_map(|said| &said.entries);
        let of = entries.filter(|entry| entry.code == EntryCode::Netting && entry.origin == exposure);
        of.map(|entry| -entry.amount.0).sum()
    }
}
