//! Which step follows which, and which is refused.

use super::*;

fn suspend(tranche: &str) -> MoneyCommand {
    let (tranche, act, reason) = (tranche.to_owned(), "atto".to_owned(), "perché".to_owned());
    MoneyCommand::Suspend(SuspendTranche { project: id(), tranche, act, reason })
}

fn release(tranche: &str) -> MoneyCommand {
    let (tranche, act, reason) = (tranche.to_owned(), "atto".to_owned(), "perché".to_owned());
    MoneyCommand::Release(ReleaseTranche { project: id(), tranche, act, reason })
}

fn state(money: &Money, tranche: &str, facts: &MoneyFacts) -> State {
    let terms = Terms::of(&id(), facts).unwrap();
    money.state(terms.find(tranche).unwrap(), &terms)
}

/// What each step says in each state, as codes; `ok` where it is taken.
#[test]
fn each_step_is_taken_in_its_states_and_refused_in_all_others() {
    let certified = facts().certified(certificate("M1", 10, 2_014));
    let before: [(&str, &[MoneyCommand]); 9] = [
        ("locked", &[]),
        ("due", &[]),
        ("authorised", &[authorise("T2", "anna")]),
        ("ordered", &[authorise("T2", "anna"), order("T2")]),
        ("failed", &[authorise("T2", "anna"), order("T2"), fail("T2")]),
        ("paid", &[authorise("T2", "anna"), order("T2"), confirm("T2")]),
        ("reconciled", &[authorise("T2", "anna"), order("T2"), confirm("T2"), reconcile("T2")]),
        ("suspended", &[suspend("T2")]),
        ("revoked", &[revoke("T2")]),
    ];
    let steps = [
        authorise("T2", "dario"),
        order("T2"),
        confirm("T2"),
        fail("T2"),
        reconcile("T2"),
        suspend("T2"),
        release("T2"),
        revoke("T2"),
    ];
    // Authorise, order, confirm, fail, reconcile, suspend, release, revoke.
    let expected = [
        ("locked", "NotCertified NotCertified WrongState WrongState WrongState WrongState WrongState ok"),
        ("due", "ok WrongState WrongState WrongState WrongState ok WrongState ok"),
        ("authorised", "AlreadyAuthorised ok WrongState WrongState WrongState ok WrongState WrongState"),
        ("ordered", "AlreadyAuthorised WrongState ok ok WrongState WrongState WrongState WrongState"),
        ("failed", "AlreadyAuthorised ok WrongState WrongState WrongState WrongState WrongState WrongState"),
        ("paid", "AlreadyAuthorised AlreadyPaid AlreadyPaid AlreadyPaid ok WrongState WrongState WrongState"),
        (
            "reconciled",
            "AlreadyAuthorised AlreadyPaid AlreadyPaid AlreadyPaid WrongState WrongState WrongState WrongState",
        ),
        ("suspended", "WrongState WrongState WrongState WrongState WrongState WrongState ok WrongState"),
        ("revoked", "WrongState WrongState WrongState WrongState WrongState WrongState WrongState WrongState"),
    ];
    for ((name, commands), (expected_name, expected)) in before.iter().zip(expected) {
        let facts = if *name == "locked" { facts() } else { certified.clone() };
        let mut money = Money::default();
        for command in *commands {
            money.does(command, &facts).unwrap();
        }
        assert_eq!((*name, state(&money, "T2", &facts).as_str()), (expected_name, *name));
        let said: Vec<_> = steps
            .iter()
            .map(|step| match money.decide(step, &facts) {
                Ok(events) => {
                    assert_eq!(events.len(), 1);
                    "ok".to_owned()
                }
                Err(refusal) => format!("{:?}", refusal.code()),
            })
            .collect();
        assert_eq!(said.join(" "), expected, "{name}");
    }
}

#[test]
fn the_approval_and_a_day_need_no_certificate() {
    let early = MoneyFacts { today: day("2026-06-29"), ..facts() };
    let mut money = Money::default();
    assert_eq!((state(&money, "T1", &early), state(&money, "T5", &early)), (State::Due, State::Locked));
    assert_eq!(refused(&mut money, &authorise("T5", "anna"), &early).0, Code::WrongState);
    let due = MoneyFacts { today: day("2026-06-30"), accepted: BTreeSet::new(), ..facts() };
    for tranche in ["T1", "T5"] {
        let said = money.pays_later(tranche, &due);
        assert_eq!(said.certificate, None);
    }
}

impl Money {
    /// Authorised and ordered alone.
    fn pays_later(&mut self, tranche: &str, facts: &MoneyFacts) -> TrancheAuthorised {
        self.does(&authorise(tranche, "anna"), facts).unwrap();
        self.does(&order(tranche), facts).unwrap();
        self.evidence(tranche)
    }
}

#[test]
fn who_authorises_does_not_order_whatever_their_capitals() {
    let mut money = Money::default();
    money.does(&authorise("T1", "Anna"), &facts()).unwrap();
    for subject in ["Anna", "anna", "ANNA"] {
        assert_eq!(refused(&mut money, &order_to("T1", subject, IBAN), &facts()).0, Code::SameActor);
    }
    money.does(&order_to("T1", "anna-2", IBAN), &facts()).unwrap();
    money.does(&fail("T1"), &facts()).unwrap();
    assert_eq!(refused(&mut money, &order_to("T1", "anna", IBAN), &facts()).0, Code::SameActor);
}

#[test]
fn an_order_that_failed_is_given_again_under_its_own_name() {
    let mut money = Money::default();
    money.pays_later("T1", &facts());
    let first = money.tranches["T1"].order.clone().unwrap();
    money.does(&fail("T1"), &facts()).unwrap();
    money.does(&order_to("T1", "bruno", "DE89370400440532013000"), &facts()).unwrap();
    let second = money.tranches["T1"].order.clone().unwrap();
    assert_eq!((first.order, first.amount), (second.order, second.amount));
    assert_eq!(second.order, OrderId::of(&id(), "T1"));
    assert_ne!(second.order, OrderId::of(&"project-2".parse().unwrap(), "T1"));
    assert_ne!(OrderId::of(&id(), "T1"), OrderId::of(&id(), "T2"));
}

#[test]
fn a_month_without_an_accepted_report_holds_the_tranche_back() {
    let mut facts = facts().certified(certificate("M1", 10, 2_014));
    let mut money = Money::default();
    // The project starts in July 2023, and M1 is due on the last of December.
    facts.accepted.retain(|month| month.to_string() != "2023-12");
    assert_eq!(refused(&mut money, &authorise("T2", "anna"), &facts).0, Code::ReportsMissing);
    facts.accepted =
        ["2023-07", "2023-08", "2023-09", "2023-10", "2023-11", "2023-12"].map(|month| month.parse().unwrap()).into();
    money.does(&authorise("T2", "anna"), &facts).unwrap();
}

#[test]
fn what_is_wrong_is_said_in_one_order() {
    let open = MoneyFacts { accepted: BTreeSet::new(), ..facts() }.exposed("T1", "1.00");
    let mut money = Money::default();
    assert_eq!(refused(&mut money, &authorise("T2", "anna"), &open).0, Code::NotCertified);
    let certified = open.certified(certificate("M1", 10, 2_014));
    assert_eq!(refused(&mut money, &authorise("T2", "anna"), &certified).0, Code::ReportsMissing);
    let reported = MoneyFacts { accepted: facts().accepted, ..certified };
    assert_eq!(refused(&mut money, &authorise("T2", "anna"), &reported).0, Code::ExposureUndecided);
    assert_eq!(
        refused(&mut money, &authorise("T9", "anna"), &reported),
        (Code::UnknownTranche, Some("/tranche".into()))
    );
    let nothing = MoneyFacts { project: Arc::default(), ..facts() };
    assert_eq!(
        refused(&mut money, &authorise("T2", "anna"), &nothing),
        (Code::UnknownProject, Some("/project".into()))
    );
    let iban = order_to("T1", "bruno", "IT61X0542811101000000123456");
    assert_eq!(refused(&mut money, &iban, &facts()), (Code::InvalidIban, Some("/iban".into())));
}

#[test]
fn an_undecided_exposure_stops_orders_too() {
    let mut money = Money::default();
    money.does(&authorise("T1", "anna"), &facts()).unwrap();
    let open = facts().exposed("T2", "1.00");
    assert_eq!(refused(&mut money, &order("T1"), &open).0, Code::ExposureUndecided);
    money.does(&decide("T2-900", ExposureDecision::Waive), &open).unwrap();
    money.does(&order("T1"), &facts()).unwrap();
}

#[test]
fn a_payment_is_not_of_tomorrow() {
    let mut money = Money::default();
    money.pays_later("T1", &facts());
    let early = MoneyFacts { today: day("2026-06-30"), ..facts() };
    assert_eq!(refused(&mut money, &confirm("T1"), &early), (Code::InTheFuture, Some("/paid_on".into())));
    money.does(&confirm("T1"), &MoneyFacts { today: day("2026-07-01"), ..facts() }).unwrap();
}

#[test]
fn an_exposure_is_decided_once() {
    let mut money = Money::default();
    money.pays("T1", &facts());
    let open = facts().exposed("T1", "5.00");
    assert_eq!(
        refused(&mut money, &decide("T1-901", ExposureDecision::Net), &open),
        (Code::UnknownExposure, Some("/exposure".into()))
    );
    assert_eq!(refused(&mut money, &recover("T1-900", "5.00"), &open).0, Code::ExposureUndecided);
    money.does(&decide("T1-900", ExposureDecision::Recover), &open).unwrap();
    for facts in [open, facts()] {
        assert_eq!(refused(&mut money, &decide("T1-900", ExposureDecision::Net), &facts).0, Code::AlreadyDecided);
    }
    assert_eq!(refused(&mut money, &recover("T1-900", "5.01"), &facts()), (Code::Invalid, Some("/amount".into())));
    assert_eq!(refused(&mut money, &recover("T1-900", "0.00"), &facts()).0, Code::Invalid);
    money.does(&recover("T1-900", "2.00"), &facts()).unwrap();
    assert_eq!(refused(&mut money, &recover("T1-900", "3.01"), &facts()).0, Code::Invalid);
    money.does(&recover("T1-900", "3.00"), &facts()).unwrap();
    assert_eq!(refused(&mut money, &recover("T1-900", "0.01"), &facts()).0, Code::WrongState);
    assert_eq!(money.recovered(), euro("5.00"));
}

#[test]
fn what_nothing_is_left_to_be_taken_from_is_not_netted() {
    let mut money = Money::default();
    let all = facts()
        .certified(certificate("M1", 1, 2_014))
        .certified(certificate("M2", 2, 4_834))
        .certified(certificate("M3", 3, 8_055));
    for tranche in ["T1", "T2", "T3", "T4", "T5"] {
        money.pays(tranche, &all);
    }
    assert_eq!(money.paid(), euro("440,059.10"));
    let open = all.exposed("T4", "5.00");
    assert_eq!(refused(&mut money, &decide("T4-900", ExposureDecision::Net), &open).0, Code::WrongState);
    money.does(&decide("T4-900", ExposureDecision::Waive), &open).unwrap();
}

#[test]
fn more_than_what_is_left_to_pay_is_not_netted() {
    let mut money = Money::default();
    let facts = facts().certified(certificate("M1", 100, 2_014)).certified(certificate("M2", 200, 4_833));
    let facts = facts.certified(certificate("M3", 300, 8_055));
    for tranche in ["T1", "T2", "T3", "T4"] {
        money.pays(tranche, &facts);
    }
    // T5 alone is left: 8,801.18.
    let more = facts.clone().exposed("T3", "8801.19");
    assert_eq!(refused(&mut money, &decide("T3-900", ExposureDecision::Net), &more), (Code::WrongState, None));
    let all = facts.clone().exposed("T3", "8801.18");
    money.does(&decide("T3-900", ExposureDecision::Net), &all).unwrap();
    let second = facts.clone().exposed("T2", "0.01");
    assert_eq!(
        refused(&mut money, &decide("T2-900", ExposureDecision::Net), &second).0,
        Code::WrongState,
        "it is taken"
    );
}

#[test]
fn what_was_to_be_netted_from_a_tranche_that_is_revoked_is_exposed_again_once_no_other_can_take_it() {
    let mut money = Money::default();
    let facts = facts().certified(certificate("M1", 100, 2_014)).certified(certificate("M2", 200, 4_833));
    let facts = facts.certified(certificate("M3", 300, 8_055));
    for tranche in ["T1", "T2", "T3"] {
        money.pays(tranche, &facts);
    }
    // 43 persons of M2 are lost, and 1,147.27 with them.
    money.does(&decide("T3-900", ExposureDecision::Net), &facts.clone().exposed("T3", "1147.27")).unwrap();
    let exposed = |money: &Money| money.exposed("T3", &certificate("M2", 200, 4_791), &schedule());
    money.does(&revoke("T4"), &facts).unwrap();
    assert_eq!(exposed(&money), Cents::ZERO, "T5 still takes it");
    let more = facts.clone().exposed("T2", "7653.92");
    let net = decide("T2-900", ExposureDecision::Net);
    assert_eq!(refused(&mut money, &net, &more).0, Code::WrongState, "T5 alone comes to 8,801.18");
    money.does(&revoke("T5"), &facts).unwrap();
    assert_eq!(exposed(&money), euro("1,147.27"));
    let again = facts.exposed("T3", "1147.27");
    let again = MoneyFacts {
        exposures: vec![OpenExposure { exposure: "T3-901".to_owned(), ..again.exposures[0].clone() }],
        ..again
    };
    assert_eq!(refused(&mut money, &decide("T3-901", ExposureDecision::Net), &again).0, Code::WrongState);
    money.does(&decide("T3-901", ExposureDecision::Recover), &again).unwrap();
    assert_eq!(exposed(&money), Cents::ZERO, "and it is decided on once");
    money.does(&recover("T3-901", "1147.27"), &again).unwrap();
}

#[test]
fn who_authorised_a_tranche_does_not_waive_what_is_exposed_of_it() {
    let mut money = Money::default();
    money.pays("T1", &facts());
    let open = facts().exposed("T1", "5.00");
    for subject in ["anna", "ANNA"] {
        let waive = decide_as(subject, "T1-900", ExposureDecision::Waive);
        assert_eq!(refused(&mut money, &waive, &open).0, Code::SameActor);
    }
    money.clone().does(&decide_as("anna", "T1-900", ExposureDecision::Recover), &open).unwrap();
    money.does(&decide_as("bruno", "T1-900", ExposureDecision::Waive), &open).unwrap();
}

#[test]
fn who_authorised_a_tranche_before_it_was_authorised_anew_does_not_waive_either() {
    let mut money = Money::default();
    let before = facts().certified(certificate("M1", 10, 1_611));
    money.does(&authorise("T2", "anna"), &before).unwrap();
    let cured = before.certified(certificate("M1", 20, 2_014));
    money.does(&authorise("T2", "bruno"), &cured).unwrap();
    let open = cured.exposed("T2", "5.00");
    for subject in ["anna", "bruno"] {
        let waive = decide_as(subject, "T2-900", ExposureDecision::Waive);
        assert_eq!(refused(&mut money, &waive, &open).0, Code::SameActor);
    }
    money.does(&decide_as("carla", "T2-900", ExposureDecision::Waive), &open).unwrap();
}

/// A tranche later pays less than was planned when an exposure was netted: the rest is nobody's to take, and exposed again.
#[test]
fn what_no_tranche_is_left_to_take_of_a_netted_exposure_is_exposed_again_and_decided_once_more() {
    let mut money = Money::default();
    let at_first = facts().certified(certificate("M1", 100, 2_014)).certified(certificate("M2", 200, 4_833));
    for tranche in ["T1", "T2", "T3", "T5"] {
        money.pays(tranche, &at_first);
    }
    let before = at_first.clone().exposed("T3", "1147.27");
    money.does(&decide("T3-900", ExposureDecision::Net), &before).unwrap();
    let schedule = &schedule();
    // 42 of them are lost since.
    let held = certificate("M2", 200, 4_791);
    assert_eq!(money.exposed("T3", &held, schedule), Cents::ZERO, "T4 is to come");
    // Nobody was served for M3: T4 is authorised at nothing.
    let nothing = at_first.certified(certificate("M3", 300, 0));
    money.does(&authorise("T4", "anna"), &nothing).unwrap();
    assert_eq!(money.netted("T3-900"), Cents::ZERO);
    assert_eq!(money.exposed("T3", &held, schedule), euro("1147.27"));
    let mut again = nothing.clone();
    again.exposures.push(OpenExposure {
        exposure: "T3-1000".to_owned(),
        tranche: "T3".to_owned(),
        amount: euro("1147.27"),
        causes: Vec::new(),
    });
    assert_eq!(
        refused(&mut money, &decide("T3-1000", ExposureDecision::Net), &again).0,
        Code::WrongState,
        "there is nothing to take it from"
    );
    let decided = money.does(&decide("T3-1000", ExposureDecision::Recover), &again).unwrap();
    let MoneyEvent::ExposureDecided(said) = &decided[0] else { panic!("{decided:?}") };
    assert_eq!(said.rests, [Rest { exposure: "T3-900".to_owned(), amount: euro("1147.27") }]);
    assert_eq!(money.exposed("T3", &held, schedule), Cents::ZERO);
    money.does(&recover("T3-1000", "1147.27"), &nothing).unwrap();
    // A cure of M3 pays T4 after all: nothing is taken from it a second time.
    let cured = nothing.certified(certificate("M3", 400, 8_055));
    money.does(&authorise("T4", "anna"), &cured).unwrap();
    assert!(money.evidence("T4").entries.iter().all(|entry| entry.code != EntryCode::Netting));
}

#[test]
fn what_was_never_paid_is_not_given_back() {
    let mut money = Money::default();
    let facts = facts();
    for command in [authorise("T1", "anna"), order("T1")] {
        money.does(&command, &facts).unwrap();
    }
    let exposed = facts.clone().exposed("T1", "10.00");
    money.does(&decide("T1-900", ExposureDecision::Recover), &exposed).unwrap();
    assert_eq!(refused(&mut money, &recover("T1-900", "10.00"), &facts).0, Code::WrongState);
    money.does(&confirm("T1"), &facts).unwrap();
    money.does(&recover("T1-900", "10.00"), &facts).unwrap();
}

#[test]
fn a_tranche_whose_exposure_is_netted_before_it_is_ordered_is_authorised_anew_at_what_is_left() {
    let mut money = Money::default();
    let facts = facts().certified(certificate("M1", 100, 2_014));
    money.pays("T1", &facts);
    let authorised = money.does(&authorise("T2", "anna"), &facts).unwrap();
    let exposed = facts.clone().exposed("T2", "10.00");
    money.does(&decide("T2-900", ExposureDecision::Net), &exposed).unwrap();
    assert_eq!(refused(&mut money, &order("T2"), &facts).0, Code::WrongState, "it is not earned");
    let again = money.does(&authorise("T2", "anna"), &facts).unwrap();
    let amount = |events: &[MoneyEvent]| {
        let MoneyEvent::TrancheAuthorised(said) = &events[0] else { panic!("{events:?}") };
        said.amount
    };
    assert_eq!(amount(&again), amount(&authorised) - euro("10.00"));
    assert_eq!(refused(&mut money, &authorise("T2", "anna"), &facts).0, Code::AlreadyAuthorised);
    money.does(&order("T2"), &facts).unwrap();
    assert_eq!(money.netted("T2-900"), euro("10.00"), "it is taken once");
    money.does(&confirm("T2"), &facts).unwrap();
    let later = facts.certified(certificate("M2", 200, 4_833));
    money.does(&authorise("T3", "anna"), &later).unwrap();
    assert!(money.evidence("T3").entries.iter().all(|entry| entry.code != EntryCode::Netting));
}
