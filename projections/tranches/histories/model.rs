//! What every exposure and authorisation has to be, read naively from the commits and the rows of claims.

use super::*;

impl World {
    pub(super) fn holds(&self) {
        self.batched();
        for project in PROJECTS {
            let exposures = self.exposures(project);
            let authorised = self.authorised(project);
            for (tranche, _) in TRANCHES {
                let open: Vec<_> =
                    exposures.iter().filter(|(_, of, _, state, _)| of == tranche && state == "open").collect();
                assert!(open.len() <= 1, "one open exposure a tranche: {open:?}");
                let amount = open.first().map_or(Cents::ZERO, |open| open.2);
                assert_eq!(amount, self.expected(project, &authorised, tranche), "{project} {tranche}");
            }
            for (id, _, amount, state, causes) in &exposures {
                let sum: Cents = causes.iter().map(|cause| cause.amount.0).sum();
                assert_eq!(sum, *amount, "{id} is {state}: its causes sum to it");
                assert!(*amount > Cents::ZERO || state == "closed", "{id} is {state} and nothing");
            }
            let mut total = Cents::ZERO;
            for said in authorised.values() {
                let of = |code| {
                    said.entries.iter().filter(|entry| entry.code == code).map(|entry| entry.amount.0).sum::<Cents>()
                };
                assert_eq!(said.payable, said.planned + of(EntryCode::Reduction));
                assert!(said.amount <= said.payable + of(EntryCode::CureRelease), "{said:?}");
                assert_eq!(said.amount, said.approved + said.entries.iter().map(|entry| entry.amount.0).sum());
                total += said.amount;
            }
            let award = self.award(project);
            assert!(total <= award, "{total} of {award}");
        }
    }

    /// The last authorisation of each tranche, as the log says.
    pub(super) fn authorised(&self, project: &str) -> BTreeMap<String, TrancheAuthorised> {
        let said = self.history.commits.iter().filter(|(_, commit)| commit.stream.id() == project);
        let events = said.flat_map(|(_, commit)| &commit.events).filter_map(|event| {
            let Event::Money(MoneyEvent::TrancheAuthorised(said)) = event else { return None };
            Some((said.tranche.clone(), said.clone()))
        });
        events.collect()
    }

    /// What was released for a tranche less what its claim's numbers now would release, less what was decided of it.
    fn expected(&self, project: &str, authorised: &BTreeMap<String, TrancheAuthorised>, tranche: &str) -> Cents {
        let Some(said) = authorised.get(tranche) else { return Cents::ZERO };
        let Some(mut certificate) = said.certificate.clone() else { return Cents::ZERO };
        let releases = authorised.values().flat_map(|said| &said.entries);
        let releases = releases.filter(|entry| entry.code == EntryCode::CureRelease && entry.origin == tranche);
        let cured: Cents = releases.map(|entry| entry.amount.0).sum();
        if cured > Cents::ZERO {
            certificate = self.certificates(project)[&certificate.milestone].clone();
        }
        let claims = self.history.store.now("claim");
        let claim = claims.values().find(|row| text(&row[2]) == certificate.claim.to_string()).unwrap();
        let now = |gate: Option<Gate>, column: usize| {
            gate.map(|gate| Gate { reached: text(&claim[column]).parse().unwrap(), ..gate })
        };
        let due =
            payable(said.planned, now(certificate.points, 7), now(certificate.citizens, 8), certificate.reduction);
        let decided: Vec<_> = self.decided(project).filter(|decided| decided.tranche == tranche).collect();
        let kept = |decided: &ExposureDecided| {
            let rests = self.decided(project).flat_map(|later| &later.rests);
            let passed = rests.filter(|rest| rest.exposure == decided.exposure).map(|rest| rest.amount);
            decided.amount - passed.sum()
        };
        let taken = |decided: &ExposureDecided| -> Cents {
            let entries = authorised.values().flat_map(|said| &said.entries);
            let netted = entries.filter(|one| one.code == EntryCode::Netting && one.origin == decided.exposure);
            -netted.map(|entry| entry.amount.0).sum::<Cents>()
        };
        let spent = TRANCHES.iter().all(|(id, _)| {
            self.ordered(project, id)
                || self.revoked(project, id)
                || authorised.get(*id).is_some_and(|said| said.amount == Cents::ZERO)
        });
        let settled = decided.into_iter().map(|decided| match decided.decision {
            ExposureDecision::Net if spent => taken(decided),
            ExposureDecision::Net | ExposureDecision::Recover | ExposureDecision::Waive => kept(decided),
        });
        (said.payable + cured - due - settled.sum()).max(Cents::ZERO)
    }

    pub(super) fn said_of_money(&self, project: &str) -> impl Iterator<Item = &MoneyEvent> {
        let own = self.history.commits.iter().filter(move |(_, commit)| commit.stream.id() == project);
        own.flat_map(|(_, commit)| &commit.events).filter_map(|event| {
            let Event::Money(event) = event else { return None };
            Some(event)
        })
    }

    pub(super) fn decided(&self, project: &str) -> impl Iterator<Item = &ExposureDecided> {
        self.said_of_money(project).filter_map(|event| {
            let MoneyEvent::ExposureDecided(decided) = event else { return None };
            Some(decided)
        })
    }

    fn ordered(&self, project: &str, tranche: &str) -> bool {
        self.said_of_money(project)
            .any(|event| matches!(event, MoneyEvent::PaymentOrdered(order) if order.tranche == tranche))
    }
}
