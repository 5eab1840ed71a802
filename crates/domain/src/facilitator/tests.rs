use std::sync::Arc;

use cqrs_es::test::TestFramework;

use super::{command::*, *};
use crate::{
    given::{after, day, enrolled, facilitator_id, opened, point, point_id, project, seen},
    point::PointOpened,
    refusal::Code,
};

fn facts() -> FacilitatorFacts {
    FacilitatorFacts { project: project(), points: vec![point()] }
}

fn given(events: impl IntoIterator<Item = FacilitatorEvent>) -> cqrs_es::test::AggregateTestExecutor<Facilitator> {
    TestFramework::<Facilitator>::with(facts()).given(events.into_iter().collect())
}

fn enrol() -> EnrolFacilitator {
    EnrolFacilitator {
        facilitator: facilitator_id("facilitator"),
        project: "project".parse().unwrap(),
        name: Some("never stored".to_owned()),
        role: FacilitatorRole::Facilitator,
        points: vec![point_id("point")],
        from: day("2024-01-08"),
        until: None,
        certificate: None,
        gol_case_manager: false,
    }
}

fn end(on: &str) -> FacilitatorCommand {
    FacilitatorCommand::End(EndFacilitator { facilitator: facilitator_id("facilitator"), on: day(on) })
}

fn facilitator() -> FacilitatorEvent {
    enrolled(FacilitatorRole::Facilitator).into()
}

#[test]
fn a_facilitator_is_enrolled_without_a_name() {
    let events = given([]).when(FacilitatorCommand::Enrol(enrol())).inspect_result().unwrap();
    assert_eq!(events, [facilitator()]);
    assert!(!serde_json::to_string(&events).unwrap().contains("never stored"));
}

#[test]
fn what_is_stated_again_holds_for_all_of_history() {
    let command = EnrolFacilitator { role: FacilitatorRole::ScdVolunteer, from: day("2024-06-01"), ..enrol() };
    let restated = given([facilitator()]).when(FacilitatorCommand::Enrol(command)).inspect_result().unwrap();
    let now: Facilitator = after([vec![facilitator()], restated].concat());
    assert_eq!(now.role(), Some(FacilitatorRole::ScdVolunteer));
    assert!(!now.valid_at(&point_id("point"), day("2024-05-31")));
}

#[test]
fn what_is_stated_again_unchanged_is_not_written_again() {
    given([facilitator()]).when(FacilitatorCommand::Enrol(enrol())).then_expect_events(vec![]);
    let certified = EnrolFacilitator { certificate: Some("DigComp 2.2".to_owned()), ..enrol() };
    let events = given([facilitator()]).when(FacilitatorCommand::Enrol(certified)).inspect_result().unwrap();
    assert_eq!(events.len(), 1);
    let ended = FacilitatorEnded { on: day("2025-01-01") };
    let back = given([facilitator(), ended.into()]).when(FacilitatorCommand::Enrol(enrol())).inspect_result().unwrap();
    assert_eq!(back, [facilitator()], "an end since is taken back");
}

#[test]
fn a_facilitator_is_valid_at_their_points_until_the_day_they_end() {
    let events = given([facilitator()]).when(end("2025-01-01")).inspect_result().unwrap();
    let facilitator: Facilitator = after([vec![facilitator()], events].concat());
    let valid = |point, date| facilitator.valid_at(&point_id(point), day(date));
    assert!(!valid("point", "2024-01-07"));
    assert!(valid("point", "2024-01-08"));
    assert!(valid("point", "2024-12-31"));
    assert!(!valid("point", "2025-01-01"));
    assert!(!valid("elsewhere", "2024-12-31"));
    assert!(!Facilitator::Unknown.valid_at(&point_id("point"), day("2024-12-31")));
}

#[test]
fn an_end_may_be_stated_again_but_never_before_the_start() {
    let ended = FacilitatorEnded { on: day("2025-01-01") };
    let earlier = FacilitatorEnded { on: day("2024-06-01") };
    given([facilitator(), ended.clone().into()]).when(end("2024-06-01")).then_expect_events(vec![earlier.into()]);
    given([facilitator(), ended.into()]).when(end("2025-01-01")).then_expect_events(vec![]);
    let refusal = given([facilitator()]).when(end("2024-01-07")).inspect_result().unwrap_err();
    assert_eq!(seen(&refusal), (Code::Invalid, Some("/on".to_owned())));
    given([]).when(end("2024-06-01")).then_expect_error(FacilitatorRefusal::Unknown);
}

#[test]
fn an_enrolment_says_what_is_wrong_with_it() {
    let refused = |events: Vec<FacilitatorEvent>, change: fn(&mut EnrolFacilitator), facts: FacilitatorFacts| {
        let mut command = enrol();
        change(&mut command);
        let framework = TestFramework::<Facilitator>::with(facts).given(events);
        let refusal = framework.when(FacilitatorCommand::Enrol(command)).inspect_result().unwrap_err();
        let (code, pointer) = seen(&refusal);
        (code, pointer.unwrap_or_default())
    };
    let of = |code, pointer: &str| (code, pointer.to_owned());
    let no_project = FacilitatorFacts { project: Arc::new(Project::Unknown), ..facts() };
    assert_eq!(refused(vec![], |_| {}, no_project), of(Code::UnknownProject, "/project"));
    let no_point = FacilitatorFacts { points: vec![point(), Arc::new(Point::Unknown)], ..facts() };
    let two = |command: &mut EnrolFacilitator| command.points.push(point_id("other"));
    assert_eq!(refused(vec![], two, no_point), of(Code::UnknownPoint, "/points/1"));
    let abroad: Point = after([PointOpened { project: "other".parse().unwrap(), ..opened() }.into()]);
    let foreign = FacilitatorFacts { points: vec![point(), Arc::new(abroad)], ..facts() };
    assert_eq!(refused(vec![], two, foreign), of(Code::OutsideProject, "/points/1"));
    assert_eq!(refused(vec![], |c| c.points.clear(), facts()), of(Code::Invalid, "/points"));
    assert_eq!(refused(vec![], |c| c.until = Some(c.from), facts()), of(Code::Invalid, "/until"));
    let manager = |command: &mut EnrolFacilitator| command.gol_case_manager = true;
    assert_eq!(refused(vec![], manager, facts()), of(Code::FacilitatorNotValid, "/gol_case_manager"));
    let moved = |command: &mut EnrolFacilitator| command.project = "other".parse().unwrap();
    assert_eq!(refused(vec![facilitator()], moved, facts()), of(Code::Invalid, "/project"));
}
