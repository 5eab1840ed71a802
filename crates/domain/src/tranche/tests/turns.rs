//! What is netted is shown on the tranche whose turn it is, and on no other.

use super::*;

/// What each tranche would take of what is netted, and after which other.
fn turns(money: &Money, facts: &MoneyFacts) -> Vec<(String, String, Option<String>)> {
    let in_turn = money.in_turn(&Terms::of(&id(), facts).unwrap());
    let taken = |turn: &InTurn| -> Cents {
        let nets = turn.account.entries.iter().filter(|entry| entry.code == EntryCode::Netting);
        nets.map(|entry| entry.amount.0).sum()
    };
    let shown = in_turn.into_iter().map(|(id, turn)| (id, taken(&turn).to_string(), turn.after));
    shown.filter(|(_, taken, after)| taken != "0.00" || after.is_some()).collect()
}

fn turn(id: &str, taken: &str, after: Option<&str>) -> (String, String, Option<String>) {
    (id.to_owned(), taken.to_owned(), after.map(ToOwned::to_owned))
}

/// T1 is paid and so much of it is netted; T2, T3 and T4 are due.
fn netted(amount: &str) -> (Money, MoneyFacts) {
    let mut money = Money::default();
    let facts = facts().certified(certificate("M1", 10, 2_014)).certified(certificate("M2", 20, 4_833));
    money.pays("T1", &facts);
    let open = facts.clone().exposed("T1", amount);
    money.does(&decide("T1-900", ExposureDecision::Net), &open).unwrap();
    (money, facts)
}

#[test]
fn what_is_netted_is_shown_on_the_first_tranche_that_can_take_it_and_on_no_other() {
    let (mut money, facts) = netted("100.00");
    assert_eq!(turns(&money, &facts)[..2], [turn("T2", "-100.00", None), turn("T3", "0.00", Some("T2"))]);
    money.does(&authorise("T2", "anna"), &facts).unwrap();
    assert_eq!(turns(&money, &facts), [turn("T2", "-100.00", None)], "it is taken up: the others wait for nobody");
}

#[test]
fn what_the_first_tranche_cannot_take_is_shown_on_the_next() {
    let (money, facts) = netted("110100.00");
    let shown = turns(&money, &facts);
    assert_eq!(shown[..2], [turn("T2", "-110014.78", None), turn("T3", "-85.22", Some("T2"))]);
}

#[test]
fn a_tranche_that_was_authorised_before_takes_in_its_turn_too() {
    let mut money = Money::default();
    let facts = facts().certified(certificate("M1", 10, 2_014)).certified(certificate("M2", 20, 4_833));
    money.pays("T1", &facts);
    for tranche in ["T2", "T3"] {
        money.does(&authorise(tranche, "anna"), &facts).unwrap();
    }
    money.does(&decide("T1-900", ExposureDecision::Net), &facts.clone().exposed("T1", "100.00")).unwrap();
    let first = turns(&money, &facts);
    assert_eq!(first[..2], [turn("T2", "-100.00", None), turn("T3", "0.00", Some("T2"))]);
    money.does(&authorise("T2", "anna"), &facts).unwrap();
    assert_eq!(turns(&money, &facts), [turn("T2", "-100.00", None)]);
    money.does(&order("T3"), &facts).unwrap();
}

#[test]
fn a_suspended_tranche_takes_nothing_that_another_can_take() {
    let (mut money, facts) = netted("100.00");
    let suspend = SuspendTranche { project: id(), tranche: "T2".into(), act: "atto".into(), reason: "verifica".into() };
    money.does(&MoneyCommand::Suspend(suspend), &facts).unwrap();
    let shown = turns(&money, &facts);
    assert_eq!(shown[..2], [turn("T2", "0.00", Some("T3")), turn("T3", "-100.00", None)]);
}
