//! What is said of how things were, when they are so no longer.

use super::*;

#[test]
fn an_exposure_that_comes_to_another_amount_than_was_looked_at_is_not_decided_on() {
    let mut money = Money::default();
    money.pays("T1", &facts());
    let open = facts().exposed("T1", "5.00");
    let looked_at = |amount: &str| decide_on(Some(euro(amount)), "carla", "T1-900", ExposureDecision::Recover);
    assert_eq!(refused(&mut money, &looked_at("4.99"), &open), (Code::Outdated, Some("/amount".into())));
    money.does(&looked_at("5.00"), &open).unwrap();
}

#[test]
fn a_failure_of_an_earlier_time_fails_no_order_that_was_given_since() {
    let mut money = Money::default();
    let failed = |attempt| fail_at(attempt, "T1");
    for command in [authorise("T1", "anna"), order("T1"), failed(Some(1)), order("T1")] {
        money.does(&command, &facts()).unwrap();
    }
    for attempt in [Some(1), Some(3)] {
        assert_eq!(refused(&mut money, &failed(attempt), &facts()), (Code::Outdated, Some("/attempt".into())));
    }
    money.does(&failed(Some(2)), &facts()).unwrap();
    money.does(&order("T1"), &facts()).unwrap();
    money.does(&failed(None), &facts()).unwrap();
}

#[test]
fn a_sum_that_two_people_write_down_is_given_back_once() {
    let mut money = Money::default();
    money.pays("T1", &facts());
    money.does(&decide("T1-900", ExposureDecision::Recover), &facts().exposed("T1", "5.00")).unwrap();
    let seen = |settled: &str, amount: &str| recover_beside(Some(euro(settled)), "T1-900", amount);
    money.does(&seen("0.00", "2.00"), &facts()).unwrap();
    assert_eq!(refused(&mut money, &seen("0.00", "2.00"), &facts()), (Code::Outdated, Some("/settled".into())));
    money.does(&seen("2.00", "3.00"), &facts()).unwrap();
    assert_eq!(money.recovered(), euro("5.00"));
}

#[test]
fn nobody_authorises_or_orders_another_amount_than_they_looked_at() {
    let mut money = Money::default();
    let (project, tranche) = (id(), "T1".to_owned());
    let outdated = (Code::Outdated, Some("/amount".into()));
    let authorise = |amount| {
        let body = AuthoriseTranche { project: project.clone(), tranche: tranche.clone(), amount: Some(euro(amount)) };
        MoneyCommand::Authorise(body, "anna".to_owned())
    };
    assert_eq!(refused(&mut money, &authorise("44,005.90"), &facts()), outdated);
    money.does(&authorise("44,005.91"), &facts()).unwrap();
    let order = |amount| {
        let (project, tranche, iban) = (project.clone(), tranche.clone(), IbanText(IBAN.to_owned()));
        MoneyCommand::Order(OrderPayment { project, tranche, iban, amount: Some(euro(amount)) }, "bruno".to_owned())
    };
    assert_eq!(refused(&mut money, &order("44,005.90"), &facts()), outdated);
    money.does(&order("44,005.91"), &facts()).unwrap();
}

#[test]
fn what_the_bank_says_it_paid_is_what_was_ordered_on_a_day_there_was_something_to_pay() {
    let mut money = Money::default();
    for command in [authorise("T1", "anna"), order("T1")] {
        money.does(&command, &facts()).unwrap();
    }
    let paid = |on: &str, amount: Option<&str>| {
        let (project, tranche, reference) = (id(), "T1".to_owned(), "TRN".to_owned());
        let amount = amount.map(euro);
        MoneyCommand::Confirm(ConfirmPayment { project, tranche, paid_on: day(on), reference, amount })
    };
    // Approved on 20 June 2023.
    let early = (Code::Invalid, Some("/paid_on".into()));
    assert_eq!(refused(&mut money, &paid("2023-06-19", None), &facts()), early);
    let other = (Code::Invalid, Some("/amount".into()));
    assert_eq!(refused(&mut money, &paid("2023-06-20", Some("44,005.90")), &facts()), other);
    money.does(&paid("2023-06-20", Some("44,005.91")), &facts()).unwrap();
    money.does(&decide("T1-900", ExposureDecision::Recover), &facts().exposed("T1", "5.00")).unwrap();
    let received = |on: &str| {
        let (project, exposure) = (id(), "T1-900".to_owned());
        let body = RecordRecovery { project, exposure, received_on: day(on), amount: euro("5.00"), settled: None };
        MoneyCommand::Recover(body)
    };
    let early = (Code::Invalid, Some("/received_on".into()));
    assert_eq!(refused(&mut money, &received("2023-06-19"), &facts()), early);
    money.does(&received("2023-06-20"), &facts()).unwrap();
}
