use std::{collections::BTreeMap, sync::Arc};

use super::{
    command::{
        AuthoriseTranche, ConfirmPayment, DecideExposure, ExposureDecision, FailPayment, OrderPayment,
        ReconcilePayment, RecordRecovery, ReleaseTranche, RevokeTranche, SuspendTranche,
    },
    entry::EntryCode,
    iban::IbanText,
    *,
};
use crate::{
    Hash, ProjectId,
    given::{applied, day, definition},
    money::reduction::Gate,
    programme::{Defined as DefinedProgramme, RedistributionAdopted, command::NewCommitment, rules::Reduction},
    project::{ApplicationApproved, PlannedTranche},
    refusal::{Code, Refuses as _},
};

mod amounts;
mod foreseen;
mod histories;
mod ibans;
mod looked_at;
mod steps;
mod turns;

const IBAN: &str = "IT60 X054 2811 1010 0000 0123 456";

fn euro(text: &str) -> Cents {
    text.replace(',', "").parse().unwrap()
}

fn id() -> ProjectId {
    "project".parse().unwrap()
}

/// Project P with its programme, where nothing is certified, every report is accepted and nothing is exposed.
fn facts() -> MoneyFacts {
    let mut definition = definition();
    let gates =
        [("M1", "2023-12-31", "0.75", "0.25"), ("M2", "2024-12-31", "1", "0.60"), ("M3", "2025-12-31", "1", "1")];
    for (id, deadline, points, citizens) in gates {
        definition.milestones.push(crate::programme::definition::Milestone {
            id: id.to_owned(),
            deadline: day(deadline),
            points_share: points.parse().ok().filter(|_| id != "M3"),
            citizens_share: citizens.parse().ok(),
        });
    }
    let shares: Vec<_> = definition.tranches.iter().map(|rule| rule.share).collect();
    let amounts = crate::money::allocate(applied().award, &shares);
    let tranches = definition.tranches.iter().zip(amounts).map(|(rule, amount)| PlannedTranche {
        id: rule.id.clone(),
        share: rule.share,
        trigger: rule.trigger.clone(),
        amount,
    });
    let approved = ApplicationApproved { act: "act".to_owned(), on: day("2023-06-20"), tranches: tranches.collect() };
    let project = crate::given::after([applied().into(), approved.into()]);
    let defined =
        DefinedProgramme { definition, adopted: vec![], redistributions: vec![], windows: BTreeMap::default() };
    MoneyFacts {
        today: day("2026-07-15"),
        position: Position(1_000),
        project: Arc::new(project),
        programme: Arc::new(Programme::Defined(Box::new(defined))),
        certificates: BTreeMap::default(),
        accepted: (2023..=2026)
            .flat_map(|year| (1..=12).map(move |month| format!("{year}-{month:02}").parse().unwrap()))
            .collect(),
        exposures: Vec::new(),
        curable: BTreeSet::new(),
    }
}

impl MoneyFacts {
    /// What a redistribution from a day on says of the project, too.
    fn redistributed(mut self, from: &str, award: &str) -> MoneyFacts {
        let Programme::Defined(defined) = Arc::make_mut(&mut self.programme) else { panic!("it is defined") };
        let new = NewCommitment { project: id(), award: euro(award), points: 10, citizens: 6_040, services: 1 };
        let act = format!("D.d.u.o. del {from}");
        defined.redistributions.push(RedistributionAdopted {
            act,
            effective_on: day(from),
            projects: vec![new],
            reserve: None,
        });
        self
    }

    fn netting_first(mut self) -> MoneyFacts {
        let Programme::Defined(defined) = Arc::make_mut(&mut self.programme) else { panic!("it is defined") };
        defined.definition.counting.redistribution = crate::programme::rules::RedistributionRule::NetFirst;
        self
    }

    /// And a certificate.
    fn certified(mut self, certificate: MilestoneCertified) -> MoneyFacts {
        self.certificates.insert(certificate.milestone.clone(), certificate);
        self
    }

    /// And an exposure.
    fn exposed(mut self, tranche: &str, amount: &str) -> MoneyFacts {
        let (exposure, tranche) = (format!("{tranche}-900"), tranche.to_owned());
        self.exposures.push(OpenExposure { exposure, tranche, amount: euro(amount), causes: Vec::new() });
        self
    }
}

/// A certificate of project P: what it reached of what it needs.
fn certificate(milestone: &str, claim: u64, citizens: u32) -> MilestoneCertified {
    let (points, needed) = match milestone {
        "M1" => (Some(8), 2_014),
        "M2" => (Some(10), 4_833),
        _ => (None, 8_055),
    };
    MilestoneCertified {
        milestone: milestone.to_owned(),
        claim: Position(claim),
        count: citizens,
        root: Hash::ZERO,
        points: points.map(|points| Gate { reached: points, needed: points }),
        citizens: Some(Gate { reached: citizens, needed }),
        reduction: Reduction::WeakestLink,
        rules: 1,
    }
}

fn schedule() -> Vec<PlannedTranche> {
    facts().project.application().unwrap().tranches.clone()
}

fn authorise(tranche: &str, by: &str) -> MoneyCommand {
    MoneyCommand::Authorise(
        AuthoriseTranche { project: id(), tranche: tranche.to_owned(), amount: None },
        by.to_owned(),
    )
}

fn order_to(tranche: &str, by: &str, iban: &str) -> MoneyCommand {
    let iban = IbanText(iban.to_owned());
    MoneyCommand::Order(OrderPayment { project: id(), tranche: tranche.to_owned(), iban, amount: None }, by.to_owned())
}

fn order(tranche: &str) -> MoneyCommand {
    order_to(tranche, "bruno", IBAN)
}

fn confirm(tranche: &str) -> MoneyCommand {
    let (paid_on, reference) = (day("2026-07-01"), "TRN 1".to_owned());
    MoneyCommand::Confirm(ConfirmPayment {
        project: id(),
        tranche: tranche.to_owned(),
        paid_on,
        reference,
        amount: None,
    })
}

fn fail(tranche: &str) -> MoneyCommand {
    fail_at(None, tranche)
}

fn fail_at(attempt: Option<u32>, tranche: &str) -> MoneyCommand {
    let (tranche, reason) = (tranche.to_owned(), "Conto chiuso".to_owned());
    MoneyCommand::Fail(FailPayment { project: id(), tranche, reason, attempt })
}

fn reconcile(tranche: &str) -> MoneyCommand {
    let statement = "Estratto 1".to_owned();
    MoneyCommand::Reconcile(ReconcilePayment { project: id(), tranche: tranche.to_owned(), statement })
}

fn revoke(tranche: &str) -> MoneyCommand {
    let (tranche, act, reason) = (tranche.to_owned(), "atto".to_owned(), "perché".to_owned());
    MoneyCommand::Revoke(RevokeTranche { project: id(), tranche, act, reason })
}

fn decide(exposure: &str, decision: ExposureDecision) -> MoneyCommand {
    decide_as("carla", exposure, decision)
}

fn decide_as(by: &str, exposure: &str, decision: ExposureDecision) -> MoneyCommand {
    decide_on(None, by, exposure, decision)
}

fn decide_on(amount: Option<Cents>, by: &str, exposure: &str, decision: ExposureDecision) -> MoneyCommand {
    let (exposure, act) = (exposure.to_owned(), "atto".to_owned());
    MoneyCommand::Decide(DecideExposure { project: id(), exposure, amount, decision, act }, by.to_owned())
}

fn recover(exposure: &str, amount: &str) -> MoneyCommand {
    recover_beside(None, exposure, amount)
}

fn recover_beside(settled: Option<Cents>, exposure: &str, amount: &str) -> MoneyCommand {
    let (exposure, received_on, amount) = (exposure.to_owned(), day("2026-07-01"), euro(amount));
    MoneyCommand::Recover(RecordRecovery { project: id(), exposure, received_on, amount, settled })
}

impl Money {
    /// What happens is taken in.
    fn does(&mut self, command: &MoneyCommand, facts: &MoneyFacts) -> Result<Vec<MoneyEvent>, MoneyRefusal> {
        let events = Decide::decide(self, command, facts)?;
        events.iter().for_each(|event| self.evolve(event));
        Ok(events)
    }

    /// Authorised by anna, ordered by bruno, paid.
    fn pays(&mut self, tranche: &str, facts: &MoneyFacts) -> TrancheAuthorised {
        for command in [authorise(tranche, "anna"), order(tranche), confirm(tranche)] {
            self.does(&command, facts).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
        }
        self.evidence(tranche)
    }

    fn evidence(&self, tranche: &str) -> TrancheAuthorised {
        *self.tranches[tranche].authorised.clone().unwrap()
    }
}

/// The entries of an authorisation, as the auditor reads them.
fn lines(said: &TrancheAuthorised) -> Vec<(EntryCode, String, String)> {
    said.entries.iter().map(|entry| (entry.code, entry.amount.to_string(), entry.origin.clone())).collect()
}

fn refused(money: &mut Money, command: &MoneyCommand, facts: &MoneyFacts) -> (Code, Option<String>) {
    let refusal = money.does(command, facts).expect_err("it is refused");
    (refusal.code(), refusal.pointer())
}
