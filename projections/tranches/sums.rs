//! What a tranche comes to: as it was authorised, or else as it would be now.

use traccia_domain::{
    Cents,
    tranche::{Money, State, Terms, entry::Entry},
};

/// A tranche's sums.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sums {
    pub(crate) planned: Cents,
    pub(crate) payable: Cents,
    pub(crate) withheld: Cents,
    pub(crate) amount: Cents,
    pub(crate) state: State,
    /// From the approved amount to the amount.
    pub(crate) entries: Vec<Entry>,
}

impl Sums {
    /// Of the tranche at a place in the schedule; none where there is no such place.
    pub(crate) fn of(money: &Money, terms: &Terms<'_>, index: usize) -> Option<Sums> {
        let tranche = terms.schedule.get(index)?;
        let account = money.account(&tranche.id, terms)?;
        let state = money.state(tranche, terms);
        let evidence = money.tranche(&tranche.id).and_then(|said| said.authorised.as_deref());
        let (payable, withheld, amount, entries) = match evidence {
            Some(said) => (said.payable, said.withheld, said.amount, said.entries.clone()),
            None => (account.payable, account.withheld, account.amount, account.entries),
        };
        let none = |amount: Cents| if state == State::Revoked { Cents::ZERO } else { amount };
        Some(Sums {
            planned: money.planned(terms, None).get(index).copied().unwrap_or_default(),
            payable: none(payable),
            withheld: none(withheld),
            amount: none(amount),
            state,
            entries,
        })
    }
}
