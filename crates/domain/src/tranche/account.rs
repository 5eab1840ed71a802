//! What a tranche comes to, to the cent, and every line that leads there.

use std::collections::BTreeMap;

use super::{
    Money, Step, Terms, Tranche, TrancheAuthorised,
    command::ExposureDecision,
    entry::{Entry, EntryCode},
    terms::milestone,
};
use crate::{
    Cents, Share,
    milestone::MilestoneCertified,
    money::{allocate, reduction},
    programme::rules::RedistributionRule,
    project::PlannedTranche,
};

/// What a tranche would be authorised with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What is planned.
    pub planned: Cents,
    /// What of it the certificate pays; nothing before there is one.
    pub payable: Cents,
    /// What it holds back.
    pub withheld: Cents,
    /// What leads from the approved amount to `amount`.
    pub entries: Vec<Entry>,
    /// What is to be paid.
    pub amount: Cents,
}

impl Money {
    /// What is planned of a tranche and is split no more, and how much of that cannot be taken back any more: what left, and
    /// nothing of what nobody ordered yet.
    fn fixed(&self, id: &str) -> Option<Fixed> {
        let tranche = self.tranches.get(id)?;
        let planned = |said: &TrancheAuthorised| Fixed {
            planned: said.planned,
            released: said.payable + self.cured(id),
            left: tranche.left(),
        };
        match &tranche.revoked {
            Some(revoked) => Some(Fixed { planned: revoked.planned, released: Cents::ZERO, left: true }),
            None => tranche.authorised.as_deref().map(planned),
        }
    }

    /// The least award that covers what was released.
    #[must_use]
    pub fn committed(&self) -> Cents {
        self.tranches.keys().filter_map(|id| self.fixed(id)).map(|fixed| fixed.released).sum()
    }

    /// Whether a tranche was ordered or revoked: nothing more is paid with it.
    #[must_use]
    pub fn is_spent(&self, id: &str) -> bool {
        self.fixed(id).is_some_and(|fixed| fixed.left)
    }

    /// What each tranche is planned to be: they sum to the award, to the cent. What was authorised or revoked stays; the
    /// residual is split by the shares of the others, or the difference is netted from the next of them, as the programme
    /// says. An award below what stays takes what certificates held back, then what nobody ordered, the last first; more of it
    /// when no tranche is open goes to the last that nobody ordered. What comes to another sum so is authorised anew.
    #[must_use]
    pub fn planned(&self, terms: &Terms<'_>) -> Vec<Cents> {
        let fixed: Vec<_> = terms.schedule.iter().map(|tranche| self.fixed(&tranche.id)).collect();
        let planned = |(tranche, fixed): (&PlannedTranche, &Option<Fixed>)| match fixed {
            Some(fixed) => fixed.planned,
            None => tranche.amount,
        };
        let mut plan: Vec<Cents> = terms.schedule.iter().zip(&fixed).map(planned).collect();
        let difference = terms.award.amount - plan.iter().sum();
        let open: Vec<usize> = (0..plan.len()).filter(|index| fixed[*index].is_none()).collect();
        let residual = difference + open.iter().map(|index| plan[*index]).sum();
        if residual < Cents::ZERO {
            open.iter().for_each(|index| plan[*index] = Cents::ZERO);
            let released = |index: usize| fixed[index].map_or(Cents::ZERO, |fixed| fixed.released);
            let rest = take(&mut plan, (0..fixed.len()).rev(), -residual, released);
            let kept =
                |index: usize| fixed[index].filter(|fixed| fixed.left).map_or(Cents::ZERO, |fixed| fixed.released);
            take(&mut plan, (0..fixed.len()).rev(), rest, kept);
        } else if open.is_empty() {
            let last = fixed.iter().rposition(|fixed| fixed.is_some_and(|fixed| !fixed.left));
            if let Some(last) = last {
                plan[last] += difference;
            }
        } else if difference != Cents::ZERO {
            match terms.rule {
                RedistributionRule::ReSplit => {
                    let shares: Vec<Share> = open.iter().map(|index| terms.schedule[*index].share).collect();
                    for (index, part) in open.iter().zip(allocate(residual, &shares)) {
                        plan[*index] = part;
                    }
                }
                RedistributionRule::NetFirst if difference < Cents::ZERO => {
                    take(&mut plan, open.into_iter(), -difference, |_| Cents::ZERO);
                }
                RedistributionRule::NetFirst => {
                    if let Some(next) = open.first() {
                        plan[*next] += difference;
                    }
                }
            }
        }
        plan
    }

    /// What a tranche would be authorised with now; none where the schedule does not have it. Before there is a certificate
    /// where one is needed, nothing is payable.
    #[must_use]
    pub fn account(&self, id: &str, terms: &Terms<'_>) -> Option<Account> {
        self.account_after(id, terms, &BTreeMap::new())
    }

    /// The same where others have taken of netted exposures first.
    pub(super) fn account_after(
        &self,
        id: &str,
        terms: &Terms<'_>,
        taken: &BTreeMap<String, Cents>,
    ) -> Option<Account> {
        let index = terms.schedule.iter().position(|tranche| tranche.id == id)?;
        let tranche = &terms.schedule[index];
        let planned = self.planned(terms).get(index).copied()?;
        let mut entries = Vec::new();
        let mut add = |code, amount: Cents, origin: &str| {
            if amount != Cents::ZERO {
                entries.push(Entry::new(code, amount, origin));
            }
        };
        add(EntryCode::Amendment, planned - tranche.amount, terms.award.act.unwrap_or_default());
        let (payable, withheld) = match (milestone(tranche), terms.certificate(tranche)) {
            (None, _) => (planned, Cents::ZERO),
            (Some(_), None) => (Cents::ZERO, Cents::ZERO),
            (Some(milestone), Some(certificate)) => {
                // A smaller award takes what the certificate holds back before what it pays.
                let said = self.tranches.get(id).and_then(|said| said.authorised.as_ref());
                let whole = said.map_or(planned, |said| said.planned.max(planned));
                let payable = paid_by(whole, certificate).min(planned);
                add(EntryCode::Reduction, payable - planned, milestone);
                (payable, planned - payable)
            }
        };
        let mut amount = payable;
        if terms.due(tranche) {
            for (other, release) in self.releases(id, terms) {
                add(EntryCode::CureRelease, release, &other);
                amount += release;
            }
            for (exposure, owed) in self.to_be_netted(id) {
                let left = owed - taken.get(&exposure).copied().unwrap_or_default();
                let takes = left.min(amount).max(Cents::ZERO);
                add(EntryCode::Netting, -takes, &exposure);
                amount -= takes;
            }
        }
        Some(Account { planned, payable, withheld, entries, amount })
    }

    /// What a cure earned of a tranche after it was ordered, and no authorisation gives yet.
    #[must_use]
    pub fn unreleased(&self, id: &str, terms: &Terms<'_>) -> Cents {
        let of = self.releases("", terms).into_iter().filter(|(tranche, _)| tranche == id);
        of.map(|(_, release)| release).sum()
    }

    /// Whether a tranche is left to be authorised for the first time, besides one.
    pub(super) fn others_open(&self, but: &str, terms: &Terms<'_>) -> bool {
        terms.schedule.iter().any(|other| other.id != but && self.step(&other.id) == Step::Open)
    }

    /// What earlier tranches earned by a cure after they were ordered, and nobody was given yet.
    fn releases(&self, but: &str, terms: &Terms<'_>) -> Vec<(String, Cents)> {
        let plan = self.planned(terms);
        let earned = |(tranche, planned): (&PlannedTranche, Cents)| {
            let said = self.tranches.get(&tranche.id).filter(|said| tranche.id != but && said.left())?;
            let evidence = said.authorised.as_ref()?;
            let certificate = terms.certificate(tranche)?;
            let before = evidence.payable + self.given(&tranche.id, EntryCode::CureRelease, Some(but));
            let release = paid_by(evidence.planned.min(planned), certificate) - before;
            (release > Cents::ZERO && newer(certificate, evidence)).then(|| (tranche.id.clone(), release))
        };
        terms.schedule.iter().zip(plan).filter_map(earned).collect()
    }

    /// What exposures that are netted still take from the tranches to come.
    fn to_be_netted(&self, but: &str) -> Vec<(String, Cents)> {
        let netted = self.exposures.iter().filter(|decided| decided.said.decision == ExposureDecision::Net);
        let owed = netted.map(|decided| {
            let exposure = &decided.said.exposure;
            (exposure.clone(), decided.kept() + self.given(exposure, EntryCode::Netting, Some(but)))
        });
        owed.filter(|(_, owed)| *owed > Cents::ZERO).collect()
    }

    /// The sum of the entries of a code and an origin in what was authorised.
    pub(super) fn given(&self, origin: &str, code: EntryCode, but: Option<&str>) -> Cents {
        let said = self.tranches.iter().filter(|(id, _)| but != Some(id));
        let entries = said.filter_map(|(_, tranche)| tranche.authorised.as_ref()).flat_map(|said| &said.entries);
        entries.filter(|entry| entry.code == code && entry.origin == origin).map(|entry| entry.amount.0).sum()
    }
}

/// What a certificate pays of what is planned.
pub(super) fn paid_by(planned: Cents, certificate: &MilestoneCertified) -> Cents {
    reduction::payable(planned, certificate.points, certificate.citizens, certificate.reduction)
}

/// Whether a certificate came after the one a tranche was authorised on.
pub(super) fn newer(certificate: &MilestoneCertified, said: &TrancheAuthorised) -> bool {
    said.certificate.as_ref().is_some_and(|before| before.claim < certificate.claim)
}

/// What is planned of a tranche that is split no more.
#[derive(Clone, Copy)]
struct Fixed {
    planned: Cents,
    /// What of it was released.
    released: Cents,
    /// Whether that was ordered, or the tranche revoked.
    left: bool,
}

/// Takes an amount from parts in an order, from none below its least. What cannot be taken is left where it is, and answered.
fn take(
    plan: &mut [Cents],
    order: impl Iterator<Item = usize>,
    amount: Cents,
    least: impl Fn(usize) -> Cents,
) -> Cents {
    let mut rest = amount;
    for index in order {
        let taken = rest.min(plan[index] - least(index)).max(Cents::ZERO);
        plan[index] -= taken;
        rest -= taken;
    }
    rest
}

impl Tranche {
    /// Whether an order was given for it at least once: what it is cannot change any more.
    fn left(&self) -> bool {
        match self.step {
            Step::Ordered | Step::Failed | Step::Paid | Step::Reconciled => true,
            Step::Open | Step::Authorised | Step::Revoked => false,
        }
    }
}
