use traccia_domain::{
    Cents, Hash, Position, StreamKind,
    milestone::MilestoneCertified,
    money::reduction::Gate,
    programme::definition::Trigger,
    programme::rules::Reduction,
    project::{ApplicationApproved, PlannedTranche},
    tranche::{
        Cause, ExposureDecided, OrderId, PaymentOrdered, RecoveryRecorded, Rest, TrancheAuthorised,
        command::ExposureDecision,
        entry::{Difference, Entry, EntryCode},
    },
};

use super::exposure::{Reached, causes};
use crate::testing::history::{History, Said, day, text};

fn euro(text: &str) -> Cents {
    text.parse().unwrap()
}

fn certificate(milestone: &str, claim: u64, reached: u32, needed: u32) -> MilestoneCertified {
    MilestoneCertified {
        milestone: milestone.to_owned(),
        claim: Position(claim),
        count: reached,
        root: Hash::ZERO,
        points: None,
        citizens: Some(Gate { reached, needed }),
        reduction: Reduction::WeakestLink,
        rules: 1,
    }
}

impl History {
    fn head(&self) -> Position {
        self.commits.last().unwrap().0
    }

    /// A tranche of 100.00, authorised on a certificate.
    fn authorised(&mut self, tranche: &str, certificate: Option<MilestoneCertified>, entries: Vec<Entry>) {
        let authorised = TrancheAuthorised {
            tranche: tranche.to_owned(),
            by: "anna".to_owned(),
            position: self.head(),
            on: day("2025-01-01"),
            rules: 1,
            certificate,
            approved: euro("100.00"),
            planned: euro("100.00"),
            payable: euro("100.00"),
            withheld: Cents::ZERO,
            amount: euro("100.00") + entries.iter().map(|entry| entry.amount.0).sum(),
            entries,
        };
        self.say(StreamKind::Money, "p", authorised);
    }

    fn decided(&mut self, exposure: &str, amount: &str, decision: ExposureDecision) {
        self.decided_with(exposure, amount, decision, Vec::new());
    }

    fn decided_with(&mut self, exposure: &str, amount: &str, decision: ExposureDecision, rests: Vec<Rest>) {
        let position = self.head();
        let decided = ExposureDecided {
            exposure: exposure.to_owned(),
            tranche: "T2".to_owned(),
            amount: euro(amount),
            causes: Vec::new(),
            position,
            decision,
            act: "atto".to_owned(),
            rests,
        };
        self.say(StreamKind::Money, "p", decided);
    }

    /// Every exposure: its name, amount, what of it came back, how it stands, and its causes as units and cents.
    fn exposures(&self) -> Vec<String> {
        let rows = self.store.now("exposure");
        let shown = rows.values().map(|row| {
            let causes: Vec<Cause> = serde_json::from_str(&text(&row[6])).unwrap();
            let causes: Vec<_> = causes.iter().map(|cause| format!("{}={}", cause.units, cause.amount)).collect();
            format!("{} {} {} {} {}", text(&row[0]), text(&row[3]), text(&row[4]), text(&row[5]), causes.join(" "))
        });
        shown.collect()
    }
}

/// Four citizens of project `p`, reported and accepted; M1 claimed with them, certified, and its tranche authorised.
fn authorised() -> (History, Vec<traccia_domain::ServiceId>) {
    let mut history = History::begun();
    let mut services = Vec::new();
    for (citizen, on) in [("ada", "2024-03-01"), ("bea", "2024-03-02"), ("cia", "2024-03-03"), ("dea", "2024-03-04")] {
        history.registered(citizen);
        services.push(history.served(citizen, "a", on, |_| {}));
    }
    history.report_submitted("p", "2024-03");
    history.report_accepted("p", "2024-03", "2024-04-20");
    history.claimed("p", "M1", "2024-03-31", "2024-04-30");
    let certificate = certificate("M1", history.head().0, 4, 4);
    history.say(StreamKind::Milestone, "p", certificate.clone());
    history.authorised("T2", Some(certificate), Vec::new());
    (history, services)
}

#[test]
fn a_merge_after_the_authorisation_is_an_exposure_and_its_break_closes_it() {
    let (mut history, _) = authorised();
    assert_eq!(history.exposures(), Vec::<String>::new());
    history.linked("ada", "bea");
    let merged = history.head();
    let open = format!("T2-{merged} 2500 0 open 1=25.00");
    assert_eq!(history.exposures(), [open]);
    history.of_pair("ada", "bea", Said::BreakProposed);
    history.of_pair("ada", "bea", Said::Broken);
    assert_eq!(history.exposures(), [format!("T2-{merged} 0 0 closed 1=25.00 -1=-25.00")]);
    history.linked("cia", "dea");
    let again = history.head();
    assert_eq!(history.exposures()[1], format!("T2-{again} 2500 0 open 1=25.00 -1=-25.00 1=25.00"));
}

#[test]
fn a_later_loss_is_another_cause_of_the_same_exposure() {
    let (mut history, services) = authorised();
    history.linked("ada", "bea");
    let opened = history.head();
    history.voided(services[3]);
    assert_eq!(history.exposures(), [format!("T2-{opened} 5000 0 open 1=25.00 1=25.00")]);
}

#[test]
fn what_is_lost_before_the_authorisation_is_an_exposure_with_it() {
    let (mut history, services) = authorised();
    history.voided(services[0]);
    let claim = history.fold.counting().claims().get(0).position;
    history.authorised("T3", Some(certificate("M1", claim.0, 4, 4)), Vec::new());
    assert_eq!(history.exposures().len(), 2, "{:?}", history.exposures());
    assert_eq!(history.exposures()[1], format!("T3-{} 2500 0 open 1=25.00", history.head()));
}

#[test]
fn what_was_decided_stays_and_what_is_lost_since_is_another_exposure() {
    let (mut history, services) = authorised();
    history.linked("ada", "bea");
    let exposure = format!("T2-{}", history.head());
    history.decided(&exposure, "25.00", ExposureDecision::Net);
    assert_eq!(history.exposures(), [format!("{exposure} 2500 0 netted ")]);
    history.voided(services[3]);
    let next = format!("T2-{}", history.head());
    assert_eq!(history.exposures()[1], format!("{next} 2500 0 open 1=25.00"));
    let netting = Entry { code: EntryCode::Netting, amount: Difference(-euro("25.00")), origin: exposure.clone() };
    history.authorised("T5", None, vec![netting]);
    assert_eq!(history.exposures()[0], format!("{exposure} 2500 2500 netted "));
}

/// T5 was to take 25.00, and comes to 10.00 alone: nobody is left to take the rest from once T2 is ordered.
#[test]
fn what_a_netted_exposure_cannot_take_any_more_is_exposed_again_and_then_it_takes_nothing() {
    let (mut history, services) = authorised();
    let planned = ["T2", "T5"].map(|id| PlannedTranche {
        id: id.to_owned(),
        share: "0.50".parse().unwrap(),
        trigger: Trigger::Named(Trigger::APPROVAL.to_owned()),
        amount: euro("100.00"),
    });
    let approved = ApplicationApproved { act: "act".to_owned(), on: day("2023-07-01"), tranches: planned.into() };
    history.say(StreamKind::Project, "p", approved);
    history.linked("ada", "bea");
    let first = format!("T2-{}", history.head());
    history.decided(&first, "25.00", ExposureDecision::Net);
    let entry =
        |code, amount: &str, origin: &str| Entry { code, amount: Difference(-euro(amount)), origin: origin.to_owned() };
    let entries = vec![entry(EntryCode::Reduction, "90.00", "M3"), entry(EntryCode::Netting, "10.00", &first)];
    history.authorised("T5", None, entries);
    assert_eq!(history.exposures(), [format!("{first} 2500 1000 netted ")]);
    let order = OrderId::of(&"p".parse().unwrap(), "T2");
    let iban = "IT60X0542811101000000123456".parse().unwrap();
    let (tranche, on) = ("T2".to_owned(), day("2025-01-02"));
    history.say(StreamKind::Money, "p", PaymentOrdered { tranche, order, amount: euro("100.00"), iban, on });
    let second = format!("T2-{}", history.head());
    assert_eq!(history.exposures()[1], format!("{second} 1500 0 open 0=15.00"));
    let causes: Vec<Cause> = serde_json::from_str(&text(&history.store.now("exposure")[&1.into()][6])).unwrap();
    let stranded = history.head();
    assert_eq!(causes[0].position, stranded, "since T2 is ordered nothing can take it");
    let rest = Rest { exposure: first.clone(), amount: euro("15.00") };
    history.decided_with(&second, "15.00", ExposureDecision::Waive, vec![rest]);
    assert_eq!(
        history.exposures(),
        [format!("{first} 2500 1000 netted "), format!("{second} 1500 0 waived ")],
        "and nothing else is exposed"
    );
    let causes = |history: &History, key: i64| -> Vec<(Position, Cents)> {
        let causes: Vec<Cause> = serde_json::from_str(&text(&history.store.now("exposure")[&key][6])).unwrap();
        causes.into_iter().map(|cause| (cause.position, cause.amount.0)).collect()
    };
    // What is lost now is netted in vain from the start, and the commit that did so is its own.
    history.voided(services[3]);
    let third = format!("T2-{}", history.head());
    history.decided(&third, "25.00", ExposureDecision::Net);
    let decided = history.head();
    assert_ne!(decided, stranded);
    assert_eq!(causes(&history, 3), [(decided, euro("25.00"))]);
    history.voided(services[2]);
    assert_eq!(causes(&history, 3), [(decided, euro("25.00")), (history.head(), euro("25.00"))], "in their order");
}

#[test]
fn money_given_back_is_counted_until_it_is_all_there() {
    let (mut history, _) = authorised();
    history.linked("ada", "bea");
    let exposure = format!("T2-{}", history.head());
    history.decided(&exposure, "25.00", ExposureDecision::Recover);
    for (amount, shown) in [("10.00", "1000 recovering"), ("15.00", "2500 recovered")] {
        let received_on = day("2025-02-01");
        let (exposure, tranche, amount) = (exposure.clone(), "T2".to_owned(), euro(amount));
        history.say(StreamKind::Money, "p", RecoveryRecorded { exposure, tranche, received_on, amount });
        assert!(history.exposures()[0].contains(shown), "{:?}", history.exposures());
    }
}

/// Project P: M2 needs 10 points and 4,833 citizens, and was certified on 4,834.
#[test]
fn every_cent_of_the_worked_case_has_its_cause() {
    let certificate =
        MilestoneCertified { points: Some(Gate { reached: 10, needed: 10 }), ..certificate("M2", 10, 4_834, 4_833) };
    let held = |position, points, citizens| Reached { position: Position(position), points, citizens };
    let shown = |history: &[Reached], since, amount: &str| {
        let causes = causes(history, &certificate, euro("132017.73"), Position(since), euro(amount), None);
        assert_eq!(causes.iter().map(|cause| cause.amount.0).sum::<Cents>(), euro(amount));
        let shown =
            causes.iter().map(|cause| format!("{} {} {} {}", cause.position, cause.units, cause.points, cause.amount));
        shown.collect::<Vec<_>>()
    };
    let merged = [held(10, 10, 4_834), held(20, 10, 4_833), held(21, 10, 4_832)];
    assert_eq!(shown(&merged, 0, "27.32"), ["20 1 0 0.00", "21 1 0 27.32"]);
    let lost = [held(10, 10, 4_834), held(30, 10, 4_791)];
    assert_eq!(shown(&lost, 0, "1147.27"), ["30 43 0 1147.27"]);
    // Decided at 25; then a point is lost, and weighs more than the citizens.
    let point = [held(10, 10, 4_834), held(21, 10, 4_832), held(30, 9, 4_832)];
    assert_eq!(shown(&point, 25, "13174.46"), ["30 0 1 13174.46"]);
    assert_eq!(shown(&point, 25, "13000.00"), ["25 0 0 -174.46", "30 0 1 13174.46"]);
}
