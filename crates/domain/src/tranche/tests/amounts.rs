//! The worked case of domain.md, 6: project P, to the cent.

use super::*;
use crate::{milestone::Milestone, programme::Floor};

fn shown(amounts: &[Cents]) -> Vec<String> {
    amounts.iter().map(ToString::to_string).collect()
}

fn plan(money: &Money, facts: &MoneyFacts) -> Vec<String> {
    shown(&money.planned(&Terms::of(&id(), facts).unwrap()))
}

#[test]
fn tranches_sum_to_the_award() {
    let planned = plan(&Money::default(), &facts());
    assert_eq!(planned, ["44005.91", "110014.78", "132017.73", "145219.50", "8801.18"]);
}

#[test]
fn a_milestone_met_in_part_withholds_the_rest_of_its_tranche() {
    for (reduction, paid, withheld) in [
        (Reduction::WeakestLink, "88000.89", "22013.89"),
        (Reduction::AllOrNothing, "0.00", "110014.78"),
        (Reduction::Mean, "99007.83", "11006.95"),
    ] {
        let facts = facts().certified(MilestoneCertified { reduction, ..certificate("M1", 10, 1_611) });
        let mut money = Money::default();
        money.does(&authorise("T2", "anna"), &facts).unwrap();
        let said = money.evidence("T2");
        assert_eq!(
            shown(&[said.planned, said.payable, said.withheld, said.amount]),
            ["110014.78", paid, withheld, paid]
        );
        assert_eq!(lines(&said), [(EntryCode::Reduction, format!("-{withheld}"), "M1".to_owned())]);
    }
}

#[test]
fn a_cure_is_released_with_the_next_tranche_not_yet_authorised() {
    for (citizens, release, definitive) in [(2_014, "22013.89", "0.00"), (1_900, "15786.63", "6227.26")] {
        let mut money = Money::default();
        let before = facts().certified(certificate("M1", 10, 1_611));
        money.pays("T2", &before);
        let cured = before.certified(certificate("M1", 20, citizens)).certified(certificate("M2", 30, 4_834));
        let said = money.pays("T3", &cured);
        assert_eq!(lines(&said), [(EntryCode::CureRelease, release.to_owned(), "T2".to_owned())]);
        assert_eq!(said.amount, euro("132,017.73") + euro(release));
        assert_eq!((said.planned, said.payable), (euro("132,017.73"), euro("132,017.73")));
        let withheld = money.evidence("T2").withheld - money.cured("T2");
        assert_eq!(withheld, euro(definitive));
        // Once: the tranche after has nothing of it.
        assert_eq!(lines(&money.pays("T5", &cured)), []);
    }
}

/// 88,000.89 were paid on 1,611 of 2,014; 100 were lost and given back for; the cure is certified on all of them.
#[test]
fn a_cure_gives_what_is_new_and_never_what_was_given_back() {
    let mut money = Money::default();
    let before = facts().certified(certificate("M1", 10, 1_611));
    money.pays("T2", &before);
    let holds = |claim, citizens| certificate("M1", claim, citizens);
    let lost = money.exposed("T2", &holds(10, 1_511), &schedule());
    assert_eq!(lost, euro("5,462.50"));
    let open = before.clone().exposed("T2", "5462.50");
    money.does(&decide("T2-900", ExposureDecision::Recover), &open).unwrap();
    money.does(&recover("T2-900", "5462.50"), &before).unwrap();
    // The hundred are back, in the claim that was lost of, and in the cure.
    assert_eq!(money.exposed("T2", &holds(10, 1_611), &schedule()), Cents::ZERO);
    let cured = before.certified(certificate("M1", 20, 2_014)).certified(certificate("M2", 30, 4_833));
    let said = money.pays("T3", &cured);
    assert_eq!(lines(&said), [(EntryCode::CureRelease, "22013.89".to_owned(), "T2".to_owned())]);
    let kept = euro("88,000.89") - euro("5,462.50") + euro("22,013.89");
    assert_eq!(money.paid() - money.recovered() - said.payable, kept);
    assert_eq!(euro("110,014.78") - kept, euro("5,462.50"), "what an act took back no certificate gives");
    // And what is lost next counts against it first: the hundredth by a cent more, since each amount is floored.
    let exposed = |citizens| money.exposed("T2", &holds(20, citizens), &schedule());
    assert_eq!([exposed(2_014), exposed(1_915)], [Cents::ZERO; 2]);
    assert_eq!([exposed(1_914), exposed(1_913)], [euro("0.01"), euro("54.63")]);
}

/// All is paid but T5, of which T2 on a milestone met in part.
fn all_but_the_last() -> (Money, MoneyFacts) {
    let mut money = Money::default();
    let facts = facts().certified(certificate("M1", 10, 1_611));
    let facts = facts.certified(certificate("M2", 20, 4_833)).certified(certificate("M3", 30, 8_055));
    for tranche in ["T1", "T2", "T3", "T4"] {
        money.pays(tranche, &facts);
    }
    (money, facts)
}

#[test]
fn the_last_tranche_waits_while_a_cure_may_still_earn_more_of_an_earlier_one() {
    let (mut money, facts) = all_but_the_last();
    let open = MoneyFacts { curable: BTreeSet::from(["M1".to_owned()]), ..facts.clone() };
    assert_eq!(refused(&mut money, &authorise("T5", "anna"), &open).0, Code::CurePending);
    let mut over = money.clone();
    assert_eq!(over.pays("T5", &facts).amount, euro("8,801.18"), "its days are over and nobody claimed it");
    let said = money.pays("T5", &facts.certified(certificate("M1", 40, 2_014)));
    assert_eq!(lines(&said), [(EntryCode::CureRelease, "22013.89".to_owned(), "T2".to_owned())]);
}

#[test]
fn a_cure_certified_once_the_last_tranche_is_authorised_is_given_by_authorising_it_anew() {
    let (mut money, facts) = all_but_the_last();
    money.does(&authorise("T5", "anna"), &facts).unwrap();
    assert_eq!(refused(&mut money, &authorise("T5", "anna"), &facts).0, Code::AlreadyAuthorised);
    let cured = facts.clone().certified(certificate("M1", 40, 2_014));
    assert_eq!(refused(&mut money, &order("T5"), &cured).0, Code::WrongState, "or nobody would give it");
    money.clone().does(&order("T5"), &facts).unwrap();
    money.does(&authorise("T5", "anna"), &cured).unwrap();
    assert_eq!(money.evidence("T5").amount, euro("30,815.07"));
    assert_eq!(refused(&mut money, &authorise("T5", "anna"), &cured).0, Code::AlreadyAuthorised);
    money.does(&order("T5"), &cured).unwrap();
    assert_eq!(money.unreleased("T2", &Terms::of(&id(), &cured).unwrap()), Cents::ZERO);
}

#[test]
fn the_last_tranche_waits_for_a_cure_of_one_that_is_authorised_and_is_not_revoked_meanwhile() {
    let mut money = Money::default();
    let facts = facts().certified(certificate("M1", 10, 1_611));
    let facts = facts.certified(certificate("M2", 20, 4_833)).certified(certificate("M3", 30, 8_055));
    for tranche in ["T1", "T3", "T4"] {
        money.pays(tranche, &facts);
    }
    money.does(&authorise("T2", "anna"), &facts).unwrap();
    let open = MoneyFacts { curable: BTreeSet::from(["M1".to_owned()]), ..facts.clone() };
    assert_eq!(refused(&mut money, &authorise("T5", "anna"), &open).0, Code::CurePending);
    money.does(&order("T2"), &open).unwrap();
    assert_eq!(refused(&mut money, &revoke("T5"), &open).0, Code::CurePending);
    let cured = facts.certified(certificate("M1", 40, 2_014));
    assert_eq!(refused(&mut money, &revoke("T5"), &cured).0, Code::WrongState, "it gives what was earned");
    assert_eq!(money.pays("T5", &cured).amount, euro("30,815.07"));
}

#[test]
fn a_tranche_is_not_ordered_at_what_its_own_cure_has_changed() {
    let mut money = Money::default();
    let before = facts().certified(certificate("M1", 10, 1_611));
    money.does(&authorise("T2", "anna"), &before).unwrap();
    let cured = before.certified(certificate("M1", 20, 2_014));
    assert_eq!(refused(&mut money, &order("T2"), &cured).0, Code::WrongState);
    money.does(&authorise("T2", "anna"), &cured).unwrap();
    money.does(&order("T2"), &cured).unwrap();
    assert_eq!(money.evidence("T2").amount, euro("110,014.78"));
}

#[test]
fn what_is_exposed_of_a_tranche_that_netting_took_whole_is_given_back() {
    let mut money = Money::default();
    let facts = facts().certified(certificate("M1", 10, 2_014)).certified(certificate("M2", 20, 100));
    money.pays("T2", &facts);
    let taken = facts.clone().exposed("T2", "90,000.00");
    money.does(&decide("T2-900", ExposureDecision::Net), &taken).unwrap();
    money.does(&authorise("T3", "anna"), &facts).unwrap();
    assert_eq!(money.evidence("T3").amount, Cents::ZERO);
    let exposed = facts.clone().exposed("T3", "1,000.00");
    money.does(&decide("T3-900", ExposureDecision::Recover), &exposed).unwrap();
    money.does(&recover("T3-900", "1,000.00"), &facts).unwrap();
    assert_eq!(money.recovered(), euro("1,000.00"));
}

#[test]
fn a_cure_that_no_tranche_is_left_to_give_is_named() {
    let (mut money, facts) = all_but_the_last();
    money.pays("T5", &facts);
    let cured = facts.certified(certificate("M1", 40, 2_014));
    assert_eq!(money.unreleased("T2", &Terms::of(&id(), &cured).unwrap()), euro("22,013.89"));
    assert_eq!(refused(&mut money, &authorise("T5", "anna"), &cured).0, Code::AlreadyAuthorised);
}

#[test]
fn a_cure_before_the_order_is_authorised_anew() {
    let mut money = Money::default();
    let before = facts().certified(certificate("M1", 10, 1_611));
    money.does(&authorise("T2", "anna"), &before).unwrap();
    assert_eq!(refused(&mut money, &authorise("T2", "carla"), &before).0, Code::AlreadyAuthorised);
    let cured = before.certified(certificate("M1", 20, 2_014)).certified(certificate("M2", 30, 4_834));
    // Before that, the tranche after it does not take what this one still can.
    assert_eq!(money.account("T3", &Terms::of(&id(), &cured).unwrap()).unwrap().amount, euro("132,017.73"));
    money.does(&authorise("T2", "carla"), &cured).unwrap();
    assert_eq!((money.evidence("T2").amount, lines(&money.evidence("T2"))), (euro("110,014.78"), vec![]));
    assert_eq!(refused(&mut money, &order_to("T2", "carla", IBAN), &cured).0, Code::SameActor);
    money.does(&order_to("T2", "anna", IBAN), &cured).unwrap();
}

#[test]
fn persons_lost_after_payment_are_netted_from_the_next_tranche() {
    for (left, payable, exposure, next) in
        [(4_832, "131,990.41", "27.32", "145,192.18"), (4_791, "130,870.46", "1,147.27", "144,072.23")]
    {
        let mut money = Money::default();
        let certified = facts().certified(certificate("M2", 10, 4_834));
        money.pays("T3", &certified);
        let exposed = money.exposed("T3", &certificate("M2", 10, left), &schedule());
        assert_eq!((exposed, euro("132,017.73") - exposed), (euro(exposure), euro(payable)));
        let open = certified.clone().exposed("T3", exposure);
        money.does(&decide("T3-900", ExposureDecision::Net), &open).unwrap();
        assert_eq!(money.exposed("T3", &certificate("M2", 10, left), &schedule()), Cents::ZERO);
        let said = money.pays("T4", &certified.certified(certificate("M3", 20, 8_055)));
        assert_eq!((said.payable, said.amount), (euro("145,219.50"), euro(next)));
        let exposure = euro(exposure);
        assert_eq!(lines(&said), [(EntryCode::Netting, format!("-{exposure}"), "T3-900".to_owned())]);
        assert_eq!(money.netted("T3-900"), exposure);
        assert_eq!(lines(&money.pays("T5", &facts())), []);
    }
}

#[test]
fn what_one_tranche_cannot_give_the_next_one_does() {
    let mut money = Money::default();
    let certified = facts().certified(certificate("M3", 10, 8_055)).certified(certificate("M2", 11, 4_833));
    money.pays("T4", &certified);
    money.does(&decide("T4-900", ExposureDecision::Net), &certified.clone().exposed("T4", "20,000.00")).unwrap();
    money.does(&authorise("T5", "anna"), &certified).unwrap();
    assert_eq!((money.evidence("T5").amount, money.netted("T4-900")), (Cents::ZERO, euro("8,801.18")));
    assert_eq!(refused(&mut money, &order("T5"), &certified).0, Code::WrongState);
    assert_eq!(money.pays("T3", &certified).amount, euro("132,017.73") - euro("11,198.82"));
}

#[test]
fn a_smaller_target_splits_what_is_left_by_what_is_left() {
    let mut money = Money::default();
    let certified = facts().certified(certificate("M1", 10, 2_014));
    money.pays("T1", &certified);
    money.pays("T2", &certified);
    assert_eq!(money.paid(), euro("154,020.69"));
    let cut = certified.redistributed("2025-01-01", "329,976.03");
    assert_eq!(plan(&money, &cut), ["44005.91", "110014.78", "81210.16", "89331.17", "5414.01"]);
    let said = money.pays("T3", &cut.clone().certified(certificate("M2", 20, 4_834)));
    let act = "D.d.u.o. del 2025-01-01".to_owned();
    assert_eq!(lines(&said), [(EntryCode::Amendment, "-50807.57".to_owned(), act)]);
    assert_eq!((said.approved, said.planned), (euro("132,017.73"), euro("81,210.16")));
    assert_eq!(plan(&money, &cut), ["44005.91", "110014.78", "81210.16", "89331.17", "5414.01"]);
    let mut paid = Money::default();
    paid.pays("T1", &facts());
    paid.pays("T2", &facts().certified(certificate("M1", 10, 2_014)));
    assert_eq!(plan(&paid, &cut.netting_first()), ["44005.91", "110014.78", "21934.66", "145219.50", "8801.18"]);
}

#[test]
fn a_larger_award_adds_to_what_is_left() {
    let mut money = Money::default();
    money.pays("T1", &facts());
    let raised = facts().redistributed("2025-01-01", "500,000.00");
    assert_eq!(plan(&money, &raised), ["44005.91", "126665.03", "151998.03", "167197.83", "10133.20"]);
    let next = raised.netting_first();
    assert_eq!(plan(&money, &next), ["44005.91", "169955.68", "132017.73", "145219.50", "8801.18"]);
}

#[test]
fn what_is_authorised_stays_when_another_award_is_split() {
    let mut money = Money::default();
    money.does(&authorise("T1", "anna"), &facts()).unwrap();
    let cut = facts().redistributed("2025-01-01", "329,976.03");
    let split = ["44005.91", "79436.15", "95323.37", "104855.71", "6354.89"];
    assert_eq!(plan(&money, &cut), split);
    // Whoever goes first: T5 is due too.
    money.does(&authorise("T5", "anna"), &cut).unwrap();
    assert_eq!(plan(&money, &cut), split);
    assert_eq!(refused(&mut money, &authorise("T1", "carla"), &cut).0, Code::AlreadyAuthorised);
    money.does(&order("T1"), &cut).unwrap();
}

#[test]
fn an_award_below_what_nobody_has_ordered_takes_from_the_last_of_it() {
    let mut money = Money::default();
    let certified = facts().certified(certificate("M1", 10, 1_611));
    for tranche in ["T1", "T2", "T5"] {
        money.does(&authorise(tranche, "anna"), &certified).unwrap();
    }
    // The act was adopted while T5 was being authorised: what M1 holds back goes first.
    let cut = certified.redistributed("2025-01-01", "135,000.00");
    assert_eq!(plan(&money, &cut), ["44005.91", "88000.89", "0.00", "0.00", "2993.20"]);
    assert_eq!(refused(&mut money, &order("T5"), &cut).0, Code::WrongState);
    money.does(&authorise("T5", "anna"), &cut).unwrap();
    assert_eq!(money.evidence("T5").amount, euro("2,993.20"));
    for tranche in ["T1", "T2", "T5"] {
        money.does(&order(tranche), &cut).unwrap();
    }
    assert_eq!(money.out(), euro("135,000.00"));
}

#[test]
fn a_larger_award_goes_to_the_last_that_nobody_has_ordered_and_then_to_none() {
    let mut money = Money::default();
    let certified = ["M1", "M2", "M3"].iter().zip([2_014, 4_833, 8_055]);
    let certified =
        certified.fold(facts(), |facts, (milestone, citizens)| facts.certified(certificate(milestone, 10, citizens)));
    for tranche in ["T1", "T2", "T3", "T4"] {
        money.pays(tranche, &certified);
    }
    money.does(&authorise("T5", "anna"), &certified).unwrap();
    let raised = certified.redistributed("2025-01-01", "440,159.10");
    assert_eq!(refused(&mut money, &order("T5"), &raised).0, Code::WrongState, "it is authorised anew");
    money.does(&authorise("T5", "anna"), &raised).unwrap();
    assert_eq!(money.evidence("T5").amount, euro("8,901.18"));
    let floor = |money: &Money| Floor::of(money, &Milestone::default(), &raised.project);
    assert!(!floor(&money).spent, "T5 can still come to more");
    money.does(&order("T5"), &raised).unwrap();
    assert!(floor(&money).spent);
}

#[test]
fn of_two_that_nobody_has_ordered_the_last_takes_a_larger_award() {
    let mut money = Money::default();
    let certified = ["M1", "M2", "M3"].iter().zip([2_014, 4_833, 8_055]);
    let certified =
        certified.fold(facts(), |facts, (milestone, citizens)| facts.certified(certificate(milestone, 10, citizens)));
    for tranche in ["T1", "T2", "T3", "T4", "T5"] {
        money.does(&authorise(tranche, "anna"), &certified).unwrap();
    }
    let raised = certified.redistributed("2025-01-01", "440,159.10");
    assert_eq!(plan(&money, &raised), ["44005.91", "110014.78", "132017.73", "145219.50", "8901.18"]);
    for tranche in ["T1", "T2", "T3", "T4"] {
        money.does(&order(tranche), &raised).unwrap();
    }
    assert_eq!(refused(&mut money, &order("T5"), &raised).0, Code::WrongState);
}

#[test]
fn what_a_cure_earns_changes_no_tranche_while_another_can_give_it() {
    let mut money = Money::default();
    let met_in_part = facts().certified(certificate("M1", 10, 1_611));
    money.pays("T2", &met_in_part);
    money.does(&authorise("T1", "anna"), &met_in_part).unwrap();
    let cured = met_in_part.certified(certificate("M1", 20, 2_014));
    money.does(&order("T1"), &cured).unwrap();
    assert_eq!(money.unreleased("T2", &Terms::of(&id(), &cured).unwrap()), euro("22,013.89"));
}

#[test]
fn an_award_below_what_was_authorised_takes_what_was_withheld() {
    let mut money = Money::default();
    let certified = facts().certified(certificate("M1", 10, 1_611));
    money.pays("T1", &certified);
    money.pays("T2", &certified);
    let cut = certified.redistributed("2025-01-01", "140,000.00").certified(certificate("M1", 20, 2_014));
    assert_eq!(plan(&money, &cut), ["44005.91", "95994.09", "0.00", "0.00", "0.00"]);
    // What the cure earns stays within the award.
    let said = money.pays("T3", &cut.certified(certificate("M2", 30, 4_834)));
    assert_eq!(said.amount, euro("95,994.09") - euro("88,000.89"));
    assert_eq!(money.paid(), euro("140,000.00"));
}

#[test]
fn a_cut_that_is_announced_holds_back_today_and_a_raise_does_not_pay_early() {
    let paid = |facts: &MoneyFacts| plan(&Money::default(), facts).concat();
    let announced = facts().redistributed("2030-01-01", "100,000.00");
    assert_eq!(plan(&Money::default(), &announced), ["10000.00", "25000.00", "30000.00", "33000.00", "2000.00"]);
    let raised = facts().redistributed("2030-01-01", "900,000.00");
    assert_eq!(paid(&raised), paid(&facts()));
}

#[test]
fn the_award_in_force_never_pays_more_than_it_is() {
    let mut money = Money::default();
    let certified = facts().certified(certificate("M2", 10, 4_834));
    money.does(&authorise("T3", "anna"), &certified).unwrap();
    let cut = certified.redistributed("2025-01-01", "100,000.00");
    assert_eq!(refused(&mut money, &order("T3"), &cut).0, Code::WrongState);
}
