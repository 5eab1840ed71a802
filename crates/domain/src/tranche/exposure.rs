//! Money that no longer rests on enough units: what was decided on it, and how much of it there is.

use super::{
    Decided as Exposed, ExposureDecided, Money, MoneyEvent, MoneyFacts, MoneyRefusal, RecoveryRecorded, Rest, Step,
    Terms,
    account::{newer, paid_by},
    command::{DecideExposure, ExposureDecision, RecordRecovery},
    entry::EntryCode,
    pay::{said, same_person},
};
use crate::{Cents, milestone::MilestoneCertified, project::PlannedTranche};

type Decided = Result<Vec<MoneyEvent>, MoneyRefusal>;

impl Money {
    /// By another than who authorised the tranche where it is waived: nobody alone gives public money away.
    pub(super) fn decide_exposure(
        &self,
        body: &DecideExposure,
        by: &str,
        terms: &Terms<'_>,
        facts: &MoneyFacts,
    ) -> Decided {
        if self.exposures.iter().any(|decided| decided.said.exposure == body.exposure) {
            return Err(MoneyRefusal::AlreadyDecided);
        }
        let open = facts.exposures.iter().find(|open| open.exposure == body.exposure);
        let open = open.ok_or(MoneyRefusal::UnknownExposure)?;
        if body.amount.is_some_and(|looked_at| looked_at != open.amount) {
            let what = "the exposure comes to another amount than was looked at";
            return Err(MoneyRefusal::Outdated { pointer: "/amount", what });
        }
        let tranche = self.tranches.get(&open.tranche);
        let authorised = tranche.is_some_and(|said| said.authorised_by.iter().any(|one| same_person(one, by)));
        if body.decision == ExposureDecision::Waive && authorised {
            return Err(MoneyRefusal::SameActor);
        }
        if body.decision == ExposureDecision::Net && open.amount > self.free_to_net(terms) {
            return Err(MoneyRefusal::wrong(
                "the tranches that are not ordered do not come to so much: it is recovered or waived",
            ));
        }
        said("/act", &body.act)?;
        Ok(vec![
            ExposureDecided {
                exposure: open.exposure.clone(),
                tranche: open.tranche.clone(),
                amount: open.amount,
                causes: open.causes.clone(),
                position: facts.position,
                decision: body.decision,
                act: body.act.clone(),
                rests: self.stranded(&open.tranche, terms.schedule),
            }
            .into(),
        ])
    }

    /// Whether a tranche that was authorised and not ordered would come to less now: an exposure was netted since. It is
    /// authorised anew before anything is ordered, or money known not to be earned would leave first.
    #[must_use]
    pub fn is_less_now(&self, id: &str, terms: &Terms<'_>) -> bool {
        let said = self.tranches.get(id).filter(|said| said.step == Step::Authorised);
        let said = said.and_then(|said| said.authorised.as_ref());
        said.zip(self.account(id, terms)).is_some_and(|(said, now)| now.amount < said.amount)
    }

    /// Whether a tranche that was authorised and not ordered has to be authorised anew: it would come to less, or it is the
    /// last and would come to more, since a cure of an earlier one, or a larger award, has nobody else to give it.
    #[must_use]
    pub fn is_other_now(&self, id: &str, terms: &Terms<'_>) -> bool {
        self.is_less_now(id, terms) || self.is_more_now(id, terms) || self.is_cured(id, terms)
    }

    /// The same where it is authorised in its turn, at so much: what an earlier tranche takes first is not its to lose.
    #[must_use]
    pub fn is_other_in_turn(&self, id: &str, terms: &Terms<'_>, now: Cents) -> bool {
        let said = self.tranches.get(id).filter(|said| said.step == Step::Authorised);
        let said = said.and_then(|said| said.authorised.as_ref());
        said.is_some_and(|said| now < said.amount) || self.is_more_now(id, terms) || self.is_cured(id, terms)
    }

    /// Whether its own milestone was certified again since: what the cure earned would find no other tranche.
    fn is_cured(&self, id: &str, terms: &Terms<'_>) -> bool {
        let said = self.tranches.get(id).filter(|said| said.step == Step::Authorised);
        let certificate =
            terms.schedule.iter().find(|tranche| tranche.id == id).and_then(|tranche| terms.certificate(tranche));
        said.and_then(|said| said.authorised.as_ref()).zip(certificate).is_some_and(|(said, last)| newer(last, said))
    }

    fn is_more_now(&self, id: &str, terms: &Terms<'_>) -> bool {
        let said = self.tranches.get(id).filter(|said| said.step == Step::Authorised);
        let Some(said) = said.and_then(|said| said.authorised.as_ref()) else { return false };
        let cured = || terms.schedule.iter().any(|tranche| self.unreleased(&tranche.id, terms) > Cents::ZERO);
        self.account(id, terms).is_some_and(|now| now.planned > said.planned)
            || (!self.others_open(id, terms) && cured())
    }

    /// What netted exposures can still take from tranches that were not ordered: what is planned of them, less what is to be
    /// taken already, which is more once a tranche it was to be taken from was revoked. What is netted beyond it would be
    /// taken from nothing.
    fn free_to_net(&self, terms: &Terms<'_>) -> Cents {
        let plan = terms.schedule.iter().zip(self.planned(terms));
        let left = |(tranche, planned): (&PlannedTranche, Cents)| match self.step(&tranche.id) {
            Step::Open => planned,
            Step::Authorised => self.account(&tranche.id, terms).map_or(Cents::ZERO, |now| now.payable),
            Step::Ordered | Step::Failed | Step::Paid | Step::Reconciled | Step::Revoked => Cents::ZERO,
        };
        plan.map(left).sum::<Cents>() - self.unordered()
    }

    /// What netted exposures have not taken from tranches that were ordered: they may still be taken from the others.
    fn unordered(&self) -> Cents {
        let ordered = self.tranches.values().filter(|tranche| tranche.order.is_some());
        let entries = ordered.filter_map(|tranche| tranche.authorised.as_ref()).flat_map(|said| &said.entries);
        let taken: Cents = entries.filter(|entry| entry.code == EntryCode::Netting).map(|entry| entry.amount.0).sum();
        let netted = self.exposures.iter().filter(|decided| decided.said.decision == ExposureDecision::Net);
        netted.map(Exposed::kept).sum::<Cents>() + taken
    }

    /// In one go or in several, never more than what was decided.
    pub(super) fn recover(&self, body: &RecordRecovery, facts: &MoneyFacts) -> Decided {
        let decided = self.exposures.iter().find(|decided| decided.said.exposure == body.exposure);
        let Some(decided) = decided else {
            let open = facts.exposures.iter().any(|open| open.exposure == body.exposure);
            return Err(if open {
                MoneyRefusal::ExposureUndecided { exposure: body.exposure.clone() }
            } else {
                MoneyRefusal::UnknownExposure
            });
        };
        match decided.said.decision {
            ExposureDecision::Recover => {}
            ExposureDecision::Net | ExposureDecision::Waive => {
                return Err(MoneyRefusal::wrong("this exposure is netted or waived: the project gives nothing back"));
            }
        }
        let said = self.tranches.get(&decided.said.tranche);
        // What netting took whole is never ordered: its money left with the tranche that the netted exposure is of.
        let taken = said.and_then(|said| said.authorised.as_ref()).is_some_and(|said| said.amount <= Cents::ZERO);
        if !taken && !matches!(self.step(&decided.said.tranche), Step::Paid | Step::Reconciled) {
            return Err(MoneyRefusal::wrong("the tranche was not paid: there is nothing to give back yet"));
        }
        if body.settled.is_some_and(|settled| settled != decided.recovered) {
            let what = "another sum was given back of this exposure since";
            return Err(MoneyRefusal::Outdated { pointer: "/settled", what });
        }
        let left = decided.said.amount - decided.recovered;
        if left == Cents::ZERO {
            return Err(MoneyRefusal::wrong("all of this exposure was given back"));
        }
        if body.received_on > facts.today {
            return Err(MoneyRefusal::InTheFuture { pointer: "/received_on" });
        }
        let paid = said.and_then(|said| said.paid.as_ref());
        if paid.is_some_and(|paid| body.received_on < paid.paid_on) {
            let why = "the tranche was not paid yet: look at the day again";
            return Err(MoneyRefusal::Invalid { pointer: "/received_on", why });
        }
        if body.amount <= Cents::ZERO || body.amount > left {
            let why = "what is given back is more than nothing, and at most what is left of the exposure";
            return Err(MoneyRefusal::Invalid { pointer: "/amount", why });
        }
        let (exposure, tranche) = (body.exposure.clone(), decided.said.tranche.clone());
        Ok(vec![RecoveryRecorded { exposure, tranche, received_on: body.received_on, amount: body.amount }.into()])
    }

    /// How much of what was released for a tranche no longer rests on what its certificate counted, and was not decided on:
    /// what was released less what would be payable with what still holds. Nothing before it is authorised.
    ///
    /// `holds` is the certificate it rests on, with what is reached now. What was to be netted and no tranche of the schedule
    /// can take any more was decided on in vain: it is exposed again.
    #[must_use]
    pub fn exposed(&self, tranche: &str, holds: &MilestoneCertified, schedule: &[PlannedTranche]) -> Cents {
        let said = self.tranches.get(tranche).and_then(|tranche| tranche.authorised.as_ref());
        let Some(said) = said else { return Cents::ZERO };
        let released = said.payable + self.given(tranche, EntryCode::CureRelease, None);
        let due = paid_by(said.planned, holds);
        (released - due - (self.settled(tranche) - self.in_vain(tranche, schedule))).max(Cents::ZERO)
    }

    /// What of a tranche's netted exposures no tranche of the schedule can take any more.
    #[must_use]
    pub fn in_vain(&self, tranche: &str, schedule: &[PlannedTranche]) -> Cents {
        self.stranded(tranche, schedule).iter().map(|rest| rest.amount).sum()
    }

    /// What of a tranche's netted exposures is left when no tranche of the schedule can take anything any more: each is
    /// ordered or revoked, or authorised at nothing.
    fn stranded(&self, tranche: &str, schedule: &[PlannedTranche]) -> Vec<Rest> {
        let spent = |id: &str| match self.tranches.get(id) {
            None => false,
            Some(said) => match said.step {
                Step::Ordered | Step::Failed | Step::Paid | Step::Reconciled | Step::Revoked => true,
                Step::Authorised => said.authorised.as_ref().is_some_and(|said| said.amount <= Cents::ZERO),
                Step::Open => false,
            },
        };
        if schedule.is_empty() || !schedule.iter().all(|planned| spent(&planned.id)) {
            return Vec::new();
        }
        let netted = self
            .exposures
            .iter()
            .filter(|decided| decided.said.tranche == tranche && decided.said.decision == ExposureDecision::Net);
        let rests = netted.map(|decided| Rest {
            exposure: decided.said.exposure.clone(),
            amount: decided.kept() - self.netted(&decided.said.exposure),
        });
        rests.filter(|rest| rest.amount > Cents::ZERO).collect()
    }

    /// What was decided of a tranche's exposures.
    #[must_use]
    pub fn settled(&self, tranche: &str) -> Cents {
        let of = self.exposures.iter().filter(|decided| decided.said.tranche == tranche);
        of.map(Exposed::kept).sum()
    }

    /// What of a netted exposure was taken from tranches so far.
    #[must_use]
    pub fn netted(&self, exposure: &str) -> Cents {
        -self.given(exposure, EntryCode::Netting, None)
    }

    /// What a cure of a tranche's milestone released in others.
    #[must_use]
    pub fn cured(&self, tranche: &str) -> Cents {
        self.given(tranche, EntryCode::CureRelease, None)
    }
}

impl Exposed {
    /// What was decided here and not with another since.
    pub(super) fn kept(&self) -> Cents {
        self.said.amount - self.passed_on
    }
}
