//! What would be exposed the moment a tranche is authorised.

use super::*;

/// The last certificate, with what a claim holds of citizens now.
fn holding(claim: u64, citizens: u32) -> impl Fn(&MilestoneCertified) -> Option<MilestoneCertified> {
    move |said| (said.claim == Position(claim)).then(|| said.holding(10, citizens))
}

fn foreseen(
    money: &Money,
    facts: &MoneyFacts,
    holds: impl Fn(&MilestoneCertified) -> Option<MilestoneCertified>,
) -> Cents {
    let terms = Terms::of(&id(), facts).unwrap();
    let planned = terms.schedule.iter().find(|planned| planned.id == "T3").unwrap();
    money.exposed_at_once(planned, &terms, holds)
}

/// Project P: M2 was certified on 4,834, and two merges leave 4,832 before T3 is authorised.
#[test]
fn what_a_claim_lost_before_the_authorisation_is_foreseen_to_the_cent() {
    let certified = facts().certified(certificate("M2", 10, 4_834));
    let mut money = Money::default();
    assert_eq!(foreseen(&money, &certified, holding(10, 4_834)), Cents::ZERO);
    assert_eq!(foreseen(&money, &certified, holding(10, 4_832)), euro("27.32"));
    money.does(&authorise("T3", "anna"), &certified).unwrap();
    let [(tranche, rests)] = money.resting(&certified.certificates).try_into().unwrap();
    let now = rests.holding(10, 4_832);
    assert_eq!((tranche.as_str(), money.exposed("T3", &now, &schedule())), ("T3", euro("27.32")));
    assert_eq!(foreseen(&money, &certified, holding(10, 4_832)), Cents::ZERO, "it is exposed already");
}

#[test]
fn what_a_cure_released_rests_on_the_cure() {
    let in_part = facts().certified(certificate("M1", 10, 1_611));
    let mut money = Money::default();
    money.pays("T2", &in_part);
    let claims = |money: &Money, facts: &MoneyFacts| {
        money.resting(&facts.certificates).into_iter().map(|(id, said)| (id, said.claim.0)).collect::<Vec<_>>()
    };
    let cured = in_part.certified(certificate("M1", 20, 2_014)).certified(certificate("M2", 30, 4_834));
    assert_eq!(claims(&money, &cured), [("T2".to_owned(), 10)], "nothing was released on it yet");
    money.does(&authorise("T3", "anna"), &cured).unwrap();
    assert_eq!(claims(&money, &cured), [("T2".to_owned(), 20), ("T3".to_owned(), 30)]);
}
