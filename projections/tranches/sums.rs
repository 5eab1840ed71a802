//! What a tranche comes to: as it was authorised, or else as it would be now.

use traccia_domain::{
    Cents,
    project::PlannedTranche,
    tranche::{InTurn, Money, State, Terms, entry::Entry},
};

/// A tranche's sums.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sums {
    pub(crate) planned: Cents,
    pub(crate) payable: Cents,
    pub(crate) withheld: Cents,
    pub(crate) amount: Cents,
    /// What it would be authorised with now, in its turn.
    pub(crate) now: Cents,
    /// The tranche that takes first what is netted.
    pub(crate) after: Option<String>,
    pub(crate) state: State,
    /// From the approved amount to the amount.
    pub(crate) entries: Vec<Entry>,
}

impl Sums {
    /// Of each tranche of the schedule, in its order.
    pub(crate) fn all(money: &Money, terms: &Terms<'_>) -> Vec<Sums> {
        let mut in_turn = money.in_turn(terms);
        let planned = money.planned(terms);
        let sums = |(tranche, planned): (&PlannedTranche, Cents)| {
            let InTurn { account, after } = in_turn.remove(&tranche.id)?;
            let state = money.state(tranche, terms);
            let evidence = money.tranche(&tranche.id).and_then(|said| said.authorised.as_deref());
            let now = account.amount;
            let (payable, withheld, amount, entries) = match evidence {
                Some(said) => (said.payable, said.withheld, said.amount, said.entries.clone()),
                None => (account.payable, account.withheld, account.amount, account.entries),
            };
            let none = |amount: Cents| if state == State::Revoked { Cents::ZERO } else { amount };
            let [payable, withheld, amount] = [payable, withheld, amount].map(none);
            Some(Sums { planned, payable, withheld, amount, now, after, state, entries })
        };
        terms.schedule.iter().zip(planned).filter_map(sums).collect()
    }
}
