use std::collections::BTreeMap;

use traccia_domain::{Cents, programme::definition::ExpenseCap};

use super::caps::{Cap, OfProject, Spent, of_measure, of_project};

fn cents(text: &str) -> Cents {
    text.parse().unwrap()
}

fn lombardia() -> Vec<ExpenseCap> {
    let cap = |item: &str, share: &str, measure: Option<&str>| ExpenseCap {
        item: item.to_owned(),
        share: share.parse().unwrap(),
        measure_share: measure.map(|share| share.parse().unwrap()),
    };
    vec![cap("training", "0.90", None), cap("communication", "0.05", None), cap("equipment", "0.05", Some("0.15"))]
}

fn accepted(spent: &[(&str, &str)]) -> BTreeMap<String, Spent> {
    let one = |(item, accepted): &(&str, &str)| {
        (String::from(*item), Spent { declared: Cents::ZERO, accepted: cents(accepted) })
    };
    spent.iter().map(one).collect()
}

#[test]
fn caps_on_what_was_received_are_those_of_the_worked_case() {
    let caps = of_project(&lombardia(), cents("154020.69"), &BTreeMap::new());
    let reach: Vec<_> = caps.iter().map(|cap| cap.cap.to_string()).collect();
    assert_eq!(reach, ["138618.62", "7701.03", "7701.03"]);
    assert!(caps.iter().all(|cap| cap.headroom == cap.cap && cap.eligible == Cents::ZERO));
}

#[test]
fn what_exceeds_a_cap_is_accepted_as_not_eligible_to_the_cent() {
    let spent = accepted(&[("communication", "7701.03"), ("equipment", "7701.04"), ("training", "0.01")]);
    let caps = of_project(&lombardia(), cents("154020.69"), &spent);
    let told: Vec<_> =
        caps.iter().map(|cap| [cap.eligible, cap.not_eligible, cap.headroom].map(|cents| cents.to_string())).collect();
    assert_eq!(
        told,
        [["0.01", "0.00", "138618.61"], ["7701.03", "0.00", "0.00"], ["7701.03", "0.01", "0.00"]]
            .map(|row| row.map(String::from))
    );
    let later = of_project(&lombardia(), cents("154020.89"), &spent);
    assert_eq!(later[2].not_eligible, Cents::ZERO, "a cap rises with what is received");
}

#[test]
fn an_item_that_the_caps_name_no_more_has_a_cap_of_nothing() {
    let caps = of_project(&lombardia(), cents("100.00"), &accepted(&[("travel", "3.00")]));
    assert_eq!((caps[3].item.as_str(), caps[3].cap, caps[3].not_eligible), ("travel", Cents::ZERO, cents("3.00")));
}

/// A project that has received 100.00, with what was accepted for its equipment.
fn received_100(caps: &[ExpenseCap], equipment: &str) -> OfProject {
    let received = cents("100.00");
    let caps = of_project(caps, received, &accepted(&[("equipment", equipment), ("training", "9.00")]));
    OfProject { received, caps, ..OfProject::default() }
}

#[test]
fn the_measure_caps_equipment_over_all_projects_together() {
    let of = |own: &str, spent: [&str; 2]| {
        let mut caps = lombardia();
        caps[2].share = own.parse().unwrap();
        let projects = spent.map(|equipment| received_100(&caps, equipment));
        let measure = of_measure(&caps, &projects);
        assert_eq!(measure.len(), 1, "the measure caps nothing else");
        let own: Vec<_> = projects.iter().map(|one| one.caps[2].not_eligible.to_string()).collect();
        let Cap { cap, eligible, not_eligible, headroom, .. } = measure[0].clone();
        (own, [cap, eligible, not_eligible, headroom].map(|cents| cents.to_string()))
    };
    let told = |own: [&str; 2], measure: [&str; 4]| (own.map(String::from).to_vec(), measure.map(String::from));
    // No project's cap of 20.00 binds, and the measure's of 30.00 does.
    assert_eq!(of("0.20", ["20.00", "11.00"]), told(["0.00", "0.00"], ["30.00", "30.00", "1.00", "0.00"]));
    // A project's binds, and what it lets through is below the measure's.
    assert_eq!(of("0.20", ["31.00", "2.00"]), told(["11.00", "0.00"], ["30.00", "22.00", "11.00", "8.00"]));
    // Both bind: what one took away is not taken away again.
    assert_eq!(of("0.20", ["31.00", "15.00"]), told(["11.00", "0.00"], ["30.00", "30.00", "16.00", "0.00"]));
}
