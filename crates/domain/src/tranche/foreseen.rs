//! What money rests on now, and what would be exposed the moment a tranche is authorised.

use std::collections::BTreeMap;

use super::{Account, Money, Terms, TrancheAuthorised, entry::EntryCode};
use crate::{Cents, Position, aggregate::Decide as _, milestone::MilestoneCertified, project::PlannedTranche};

impl Money {
    /// The tranches that were authorised on a certificate, each with the one it rests on now: what a cure released since, in
    /// other tranches, rests on the cure's.
    #[must_use]
    pub fn resting(&self, certificates: &BTreeMap<String, MilestoneCertified>) -> Vec<(String, MilestoneCertified)> {
        let authorised = self.tranches.iter().filter_map(|(id, tranche)| Some((id, tranche.authorised.as_ref()?)));
        let on_certificate = authorised.filter_map(|(id, said)| {
            let said = said.certificate.as_ref()?;
            let cured = self.given(id, EntryCode::CureRelease, None) > Cents::ZERO;
            let last = certificates.get(&said.milestone).filter(|_| cured);
            Some((id.clone(), last.unwrap_or(said).clone()))
        });
        on_certificate.collect()
    }

    /// How much would be exposed at once if a tranche were authorised now: a certificate does not fall back, and what its claim
    /// has lost since is decided on before anything is ordered.
    ///
    /// `holds` is a certificate with what its claim holds now.
    #[must_use]
    pub fn exposed_at_once(
        &self,
        tranche: &PlannedTranche,
        terms: &Terms<'_>,
        holds: impl Fn(&MilestoneCertified) -> Option<MilestoneCertified>,
    ) -> Cents {
        let Some(account) = self.account(&tranche.id, terms) else { return Cents::ZERO };
        let exposed = |money: &Money| -> Cents {
            let resting = money.resting(terms.certificates).into_iter();
            let now = resting.filter_map(|(id, said)| Some(money.exposed(&id, &holds(&said)?, terms.schedule)));
            now.sum()
        };
        let mut after = self.clone();
        after.evolve(&as_if(tranche, account, terms).into());
        (exposed(&after) - exposed(self)).max(Cents::ZERO)
    }
}

/// An authorisation that nobody gave.
fn as_if(tranche: &PlannedTranche, account: Account, terms: &Terms<'_>) -> TrancheAuthorised {
    let Account { planned, payable, withheld, entries, amount } = account;
    TrancheAuthorised {
        tranche: tranche.id.clone(),
        by: String::new(),
        position: Position::START,
        on: terms.today,
        rules: 0,
        certificate: terms.certificate(tranche).cloned(),
        approved: tranche.amount,
        planned,
        payable,
        withheld,
        entries,
        amount,
    }
}
