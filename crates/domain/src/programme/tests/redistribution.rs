//! New awards and targets for projects, and nothing won or lost between them.

use std::sync::Arc;

use super::*;
use crate::{
    given::{applied, approved},
    programme::command::{AdoptRedistribution, NewCommitment},
    refusal::Code,
};

/// What a project has: award, points, citizens, services.
type Has = (&'static str, &'static str, u32, u32, u32);

/// As two projects applied.
const P: Has = ("p", "440059.10", 10, 8_055, 12_000);
const Q: Has = ("q", "440059.10", 10, 8_055, 12_000);

fn redistribute(on: &str, reserve: Option<&str>, projects: &[Has]) -> AdoptRedistribution {
    let new = |(project, award, points, citizens, services): &Has| NewCommitment {
        project: project.parse().unwrap(),
        award: award.parse().unwrap(),
        points: *points,
        citizens: *citizens,
        services: *services,
    };
    AdoptRedistribution {
        programme: "programme".parse().unwrap(),
        act: "D.d.s. 9".to_owned(),
        effective_on: on.parse().unwrap(),
        projects: projects.iter().map(new).collect(),
        reserve: reserve.map(str::to_owned),
    }
}

/// A programme after some redistributions between two approved projects.
fn after(adopted: &[AdoptRedistribution]) -> Programme {
    let mut programme = (*crate::given::programme()).clone();
    for command in adopted {
        for event in decide(&programme, command).unwrap() {
            programme.evolve(&event);
        }
    }
    programme
}

fn decide(programme: &Programme, command: &AdoptRedistribution) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
    decide_of(programme, command, crate::given::project())
}

fn decide_of(
    programme: &Programme,
    command: &AdoptRedistribution,
    project: Arc<Project>,
) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
    let projects = command.projects.iter().map(|_| project.clone()).collect();
    let facts = ProgrammeFacts { projects, ..ProgrammeFacts::default() };
    programme.decide(&ProgrammeCommand::Redistribute(command.clone()), &facts)
}

/// What is refused where `q` keeps all it had, `p` gets something else, and these are the floors of `p`.
fn refused_above(floor: Floor, p: Has) -> Option<(Code, String, String)> {
    let command = redistribute("2025-01-01", Some("riserva"), &[Q, p]);
    let facts = ProgrammeFacts { projects: vec![crate::given::project(); 2], floors: vec![Floor::default(), floor] };
    let refusal = after(&[]).decide(&ProgrammeCommand::Redistribute(command), &facts).err()?;
    Some((refusal.code(), refusal.pointer().unwrap(), refusal.to_string()))
}

fn refused(programme: &Programme, command: &AdoptRedistribution) -> (Code, String, String) {
    let refusal = decide(programme, command).unwrap_err();
    (refusal.code(), refusal.pointer().unwrap(), refusal.to_string())
}

#[test]
fn what_one_project_loses_another_gains() {
    let command = redistribute(
        "2025-01-01",
        None,
        &[("p", "329976.03", 8, 6_040, 9_000), ("q", "550142.17", 12, 10_070, 15_000)],
    );
    let [event] = decide(&after(&[]), &command).unwrap().try_into().unwrap();
    let ProgrammeEvent::RedistributionAdopted(adopted) = event else { panic!("{event:?}") };
    assert_eq!((adopted.projects, adopted.reserve), (command.projects.clone(), None));
    assert_eq!(decide(&after(std::slice::from_ref(&command)), &command).unwrap(), [], "the same again");
}

#[test]
fn sums_are_conserved_in_each_of_their_parts() {
    for (changed, name) in [
        (
            ("q", "440059.11", 10, 8_055, 12_000),
            "award: these projects had 880118.20 together and would have 880118.21",
        ),
        (("q", "440059.10", 9, 8_055, 12_000), "points: these projects had 20 together and would have 19"),
        (("q", "440059.10", 10, 8_056, 12_000), "citizens: "),
        (("q", "440059.10", 10, 8_055, 0), "services: "),
    ] {
        let (code, pointer, text) = refused(&after(&[]), &redistribute("2025-01-01", None, &[P, changed]));
        assert_eq!((code, pointer.as_str()), (Code::Invalid, "/projects"));
        assert!(text.starts_with(name), "{text}");
    }
}

#[test]
fn a_reserve_takes_the_difference_and_gives_no_more_than_it_holds() {
    let cut = redistribute("2025-01-01", Some("riserva"), &[("p", "329976.03", 10, 6_040, 9_060)]);
    let [event] = decide(&after(&[]), &cut).unwrap().try_into().unwrap();
    let ProgrammeEvent::RedistributionAdopted(RedistributionAdopted { reserve: Some(kept), .. }) = event else {
        panic!()
    };
    assert_eq!(
        (kept.award.to_string(), kept.points, kept.citizens, kept.services),
        ("110083.07".to_owned(), 0, 2_015, 2_940)
    );

    let programme = after(std::slice::from_ref(&cut));
    let back = |award| redistribute("2025-02-01", Some("riserva"), &[("q", award, 10, 10_070, 12_000)]);
    assert_eq!(decide(&programme, &back("550142.17")).unwrap().len(), 1);
    assert_eq!(refused(&programme, &back("550142.18")).1, "/reserve", "one cent more than it holds");
    let other = redistribute("2025-02-01", Some("altra"), &[("q", "440059.11", 10, 8_055, 12_000)]);
    assert_eq!(refused(&programme, &other).1, "/reserve");
}

#[test]
fn the_next_act_starts_from_what_the_last_one_left() {
    let first = redistribute(
        "2025-01-01",
        None,
        &[("p", "400000.00", 10, 8_000, 12_000), ("q", "480118.20", 10, 8_110, 12_000)],
    );
    let programme = after(&[first]);
    assert_eq!(refused(&programme, &redistribute("2025-03-01", None, &[P])).1, "/projects", "it no longer has that");
    let next = redistribute(
        "2025-01-01",
        None,
        &[("p", "399999.99", 10, 8_000, 12_000), ("q", "480118.21", 10, 8_110, 12_000)],
    );
    assert_eq!(decide(&programme, &next).unwrap().len(), 1, "of the same day");
    let earlier = AdoptRedistribution { effective_on: date(2024, 12, 31), ..next };
    assert_eq!(refused(&programme, &earlier).1, "/effective_on");
}

#[test]
fn no_award_falls_below_what_was_paid_and_no_target_below_what_was_certified() {
    let floor = Floor { award: "154020.69".parse().unwrap(), spent: false, points: 8, citizens: 2_014 };
    for (least, below, field) in [
        (("p", "154020.69", 10, 8_055, 12_000), ("p", "154020.68", 10, 8_055, 12_000), "award"),
        (("p", "440059.10", 8, 8_055, 12_000), ("p", "440059.10", 7, 8_055, 12_000), "points"),
        (("p", "440059.10", 10, 2_014, 12_000), ("p", "440059.10", 10, 2_013, 12_000), "citizens"),
    ] {
        assert_eq!(refused_above(floor, least), None, "{field}: as much is left");
        let (code, pointer, _) = refused_above(floor, below).expect(field);
        assert_eq!((code, pointer), (Code::Invalid, format!("/projects/1/{field}")));
    }
    let (.., why) = refused_above(floor, ("p", "100.00", 10, 8_055, 12_000)).unwrap();
    assert!(why.starts_with("154020.69 was paid"), "{why}");
    // Certified above its target, it keeps that target, and none lower.
    let above = Floor { citizens: 9_000, ..floor };
    assert_eq!(refused_above(above, ("p", "400000.00", 10, 8_055, 12_000)), None);
    assert!(refused_above(above, ("p", "400000.00", 10, 8_054, 12_000)).is_some());
}

#[test]
fn no_award_is_raised_that_no_tranche_is_left_to_pay() {
    let spent = Floor { award: "440059.10".parse().unwrap(), spent: true, ..Floor::default() };
    let (code, pointer, why) = refused_above(spent, ("p", "440059.11", 10, 8_055, 12_000)).unwrap();
    assert_eq!((code, pointer.as_str()), (Code::Invalid, "/projects/1/award"), "{why}");
    assert_eq!(refused_above(spent, ("p", "440059.10", 10, 8_054, 12_000)), None);
}

#[test]
fn the_floor_is_what_was_released_and_the_most_that_was_certified() {
    let mut milestones = crate::milestone::Milestone::default();
    for (milestone, count, points) in [("M1", 2_014, Some(8)), ("M2", 4_834, Some(9)), ("M3", 4_000, None)] {
        let claimed = json!({"milestone": milestone, "cure": false, "terms": {"counts_until": "2023-12-31",
            "accepted_until": "2024-01-30", "points_on": "2023-12-31", "points_basis": "active_on_date",
            "reduction": "weakest_link", "rules": 1}});
        let claimed: crate::milestone::MilestoneClaimed = serde_json::from_value(claimed).unwrap();
        let certified = crate::milestone::MilestoneCertified {
            milestone: milestone.to_owned(),
            claim: crate::Position(1),
            count,
            root: crate::Hash::ZERO,
            points: points.map(|reached| crate::money::reduction::Gate { reached, needed: 10 }),
            citizens: None,
            reduction: rules::Reduction::WeakestLink,
            rules: 1,
        };
        milestones.evolve(&claimed.into());
        milestones.evolve(&certified.into());
    }
    let floor = Floor::of(&crate::tranche::Money::default(), &milestones, &crate::given::project());
    assert_eq!(floor, Floor { award: crate::Cents::ZERO, spent: false, points: 9, citizens: 4_834 });
}

#[test]
fn a_redistribution_says_what_is_wrong_with_it() {
    let ok = redistribute("2025-01-01", None, &[P, Q]);
    let none = AdoptRedistribution { projects: vec![], ..ok.clone() };
    let blank = AdoptRedistribution { act: " ".to_owned(), ..ok.clone() };
    let twice = redistribute("2025-01-01", None, &[P, P]);
    let [early, late] = ["2022-12-31", "2026-07-01"].map(|on| redistribute(on, None, &[P, Q]));
    let person = AdoptRedistribution { reserve: Some("di RSSMRA85T10A562S".to_owned()), ..ok.clone() };
    let unnamed = AdoptRedistribution { reserve: Some(" ".to_owned()), ..ok.clone() };
    for (command, pointer) in [
        (none, "/projects"),
        (blank, "/act"),
        (twice, "/projects/1"),
        (unnamed, "/reserve"),
        (person, "/reserve"),
        (early, "/effective_on"),
        (late, "/effective_on"),
    ] {
        assert_eq!(refused(&after(&[]), &command).1, pointer);
    }
    let of = |project: Project| decide_of(&after(&[]), &ok, Arc::new(project)).unwrap_err();
    assert_eq!(
        (of(Project::Unknown).code(), of(Project::Unknown).pointer().unwrap()),
        (Code::UnknownProject, "/projects/0/project".to_owned())
    );
    assert_eq!(of(crate::given::after([applied().into()])).code(), Code::WrongState);
    let foreign = crate::project::ApplicationSubmitted { programme: id(), ..applied() };
    assert_eq!(of(crate::given::after([foreign.into(), approved().into()])).code(), Code::UnknownProject);
    assert_eq!(decide(&Programme::Unknown, &ok).unwrap_err().code(), Code::UnknownProgramme);
}
