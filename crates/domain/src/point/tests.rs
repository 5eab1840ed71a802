use std::sync::Arc;

use cqrs_es::test::TestFramework;
use proptest::prelude::*;

use super::{command::*, *};
use crate::{
    given::{TODAY, after, applied, day, opened, point_id, programme, project, seen},
    refusal::Code,
    service::ServiceKind,
};

fn facts() -> PointFacts {
    PointFacts { today: day(TODAY), project: project(), programme: programme() }
}

fn given(events: impl IntoIterator<Item = PointEvent>) -> cqrs_es::test::AggregateTestExecutor<Point> {
    TestFramework::<Point>::with(facts()).given(events.into_iter().collect())
}

fn open() -> OpenPoint {
    let opened = opened();
    OpenPoint {
        point: point_id("point"),
        project: opened.project,
        name: opened.name,
        kind: opened.kind,
        province: opened.province,
        municipality: opened.municipality,
        address: opened.address,
        opened_on: opened.opened_on,
        weekly_hours: opened.weekly_hours,
        days_per_week: opened.days_per_week,
        workstations: opened.workstations,
        megabits_per_second: opened.megabits_per_second,
        services: opened.services,
        upgraded: opened.upgraded,
        reduced_hours_reason: opened.reduced_hours_reason,
    }
}

fn suspend(on: Date) -> PointCommand {
    PointCommand::Suspend(SuspendPoint { point: point_id("point"), on, reason: "works".to_owned() })
}

fn resume(on: Date) -> PointCommand {
    PointCommand::Resume(ResumePoint { point: point_id("point"), on, reason: "works ended".to_owned() })
}

fn close(on: Date) -> PointCommand {
    PointCommand::Close(ClosePoint { point: point_id("point"), on, reason: "project over".to_owned() })
}

fn void(on: Date) -> PointCommand {
    PointCommand::Void(VoidPoint { point: point_id("point"), on, reason: "entered twice".to_owned() })
}

/// The events of an opening and then of some commands, all accepted.
fn history(commands: impl IntoIterator<Item = PointCommand>) -> Vec<PointEvent> {
    let mut events = vec![opened().into()];
    for command in commands {
        events.extend(after::<Point>(events.clone()).decide(&command, &facts()).unwrap());
    }
    events
}

fn refused(events: Vec<PointEvent>, command: PointCommand) -> (Code, String) {
    let (code, pointer) = seen(&given(events).when(command).inspect_result().unwrap_err());
    (code, pointer.unwrap_or_default())
}

#[test]
fn a_point_opens_once() {
    given([]).when(PointCommand::Open(open())).then_expect_events(vec![opened().into()]);
    given([opened().into()]).when(PointCommand::Open(open())).then_expect_error(PointRefusal::AlreadyExists);
}

#[test]
fn a_point_belongs_to_an_approved_project() {
    let with = |project| PointFacts { project: Arc::new(project), ..facts() };
    let decide = |project| Point::Unknown.decide(&PointCommand::Open(open()), &with(project)).unwrap_err();
    assert_eq!(seen(&decide(Project::Unknown)), (Code::UnknownProject, Some("/project".to_owned())));
    let submitted = decide(after([applied().into()]));
    assert_eq!(
        submitted.to_string(),
        "the project is submitted; this needs it approved. Now it can be approved or rejected"
    );
}

#[test]
fn an_opening_says_what_is_wrong_with_it() {
    let wrong = |change: fn(&mut OpenPoint)| {
        let mut command = open();
        change(&mut command);
        refused(vec![], PointCommand::Open(command))
    };
    let of = |code, pointer: &str| (code, pointer.to_owned());
    assert_eq!(wrong(|c| c.name.clear()), of(Code::Invalid, "/name"));
    assert_eq!(wrong(|c| c.municipality.clear()), of(Code::Invalid, "/municipality"));
    assert_eq!(wrong(|c| c.weekly_hours = 169), of(Code::Invalid, "/weekly_hours"));
    assert_eq!(wrong(|c| c.days_per_week = Some(8)), of(Code::Invalid, "/days_per_week"));
    assert_eq!(wrong(|c| c.opened_on = day("2025-06-16")), of(Code::InTheFuture, "/opened_on"));
    assert_eq!(wrong(|c| c.opened_on = day("2023-06-30")), of(Code::OutsideProject, "/opened_on"));
    assert_eq!(wrong(|c| c.province = "BG".parse().unwrap()), of(Code::OutsideProject, "/province"));
    assert_eq!(wrong(|c| c.weekly_hours = 23), of(Code::PointRequirementsNotMet, "/weekly_hours"));
    assert_eq!(wrong(|c| c.workstations = 1), of(Code::PointRequirementsNotMet, "/workstations"));
    assert_eq!(wrong(|c| c.megabits_per_second = 29), of(Code::PointRequirementsNotMet, "/megabits_per_second"));
    let reception_only = wrong(|c| c.services = vec![ServiceKind::Reception]);
    assert_eq!(reception_only, of(Code::PointRequirementsNotMet, "/services"));
}

#[test]
fn a_point_opens_for_fewer_hours_with_a_reason() {
    let command = OpenPoint { weekly_hours: 12, reduced_hours_reason: Some("mountain village".to_owned()), ..open() };
    assert!(Point::Unknown.decide(&PointCommand::Open(command.clone()), &facts()).is_ok());
    let blank = OpenPoint { reduced_hours_reason: Some(" ".to_owned()), ..command };
    assert_eq!(refused(vec![], PointCommand::Open(blank)).0, Code::PointRequirementsNotMet);
}

#[test]
fn every_span_is_half_open() {
    let events = history([
        suspend(day("2024-08-01")),
        resume(day("2024-09-01")),
        suspend(day("2025-02-01")),
        close(day("2025-03-01")),
    ]);
    let point: Point = after(events);
    let on = |date| point.standing_on(day(date));
    assert_eq!(on("2024-01-07"), PointStanding::NotYetOpen);
    assert_eq!(on("2024-01-08"), PointStanding::Open);
    assert_eq!(on("2024-07-31"), PointStanding::Open);
    assert_eq!(on("2024-08-01"), PointStanding::Suspended);
    assert_eq!(on("2024-08-31"), PointStanding::Suspended);
    assert_eq!(on("2024-09-01"), PointStanding::Open);
    assert_eq!(on("2025-02-28"), PointStanding::Suspended);
    assert_eq!(on("2025-03-01"), PointStanding::Closed);
    assert_eq!(Point::Unknown.standing_on(day(TODAY)), PointStanding::NotYetOpen);
}

#[test]
fn a_closure_learned_late_wins_over_a_suspension() {
    let point: Point = after(history([suspend(day("2024-08-01")), close(day("2024-06-01"))]));
    assert_eq!(point.standing_on(day("2024-05-31")), PointStanding::Open);
    assert_eq!(point.standing_on(day("2024-08-01")), PointStanding::Closed);
    assert_eq!(refused(history([]), close(day("2024-01-07"))), (Code::Invalid, "/on".to_owned()));
}

#[test]
fn a_closure_does_not_come_before_a_day_the_point_received_citizens_again() {
    let resumed = history([suspend(day("2024-08-01")), resume(day("2024-09-01"))]);
    let refusal = given(resumed.clone()).when(close(day("2024-08-31"))).inspect_result().unwrap_err();
    let said = "the day has to be 2024-09-01 or later: it received citizens again on that day, after a suspension";
    assert_eq!((refusal.to_string().as_str(), seen(&refusal)), (said, (Code::Invalid, Some("/on".to_owned()))));
    assert!(after::<Point>(resumed).decide(&close(day("2024-09-01")), &facts()).is_ok());
}

#[test]
fn a_wrong_day_of_closure_is_put_right_by_another() {
    let closed = history([close(day("2025-03-01"))]);
    given(closed.clone()).when(close(day("2025-03-01"))).then_expect_events(vec![]);
    let events = given(closed.clone()).when(close(day("2025-04-01"))).inspect_result().unwrap();
    let point: Point = after([closed.clone(), events].concat());
    assert_eq!(point.standing_on(day("2025-03-31")), PointStanding::Open);
    assert_eq!(point.standing_on(day("2025-04-01")), PointStanding::Closed);
    assert_eq!(refused(closed, close(day("2024-01-07"))), (Code::Invalid, "/on".to_owned()), "never before it opened");
}

#[test]
fn a_wrong_state_says_what_is_possible_in_it() {
    let said = |events, command| given(events).when(command).inspect_result().unwrap_err().to_string();
    let on = day("2025-05-01");
    assert_eq!(
        said(history([]), resume(on)),
        "the point is open; this needs it suspended. Now it can be suspended, closed or voided"
    );
    assert_eq!(
        said(history([close(day("2025-03-01"))]), suspend(on)),
        "the point is closed; this needs it open or suspended. Now it can be voided, or its closure restated with \
         another day"
    );
}

#[test]
fn a_pause_follows_what_was_before_it() {
    let too_early = |events, command, since: &str| {
        let refusal = given(events).when(command).inspect_result().unwrap_err();
        assert!(matches!(refusal, PointRefusal::TooEarly { since: first, .. } if first == day(since)), "{refusal}");
    };
    let suspended = history([suspend(day("2024-08-01"))]);
    let resumed = history([suspend(day("2024-08-01")), resume(day("2024-09-01"))]);
    too_early(history([]), suspend(day("2024-01-07")), "2024-01-08");
    too_early(suspended.clone(), resume(day("2024-08-01")), "2024-08-02");
    too_early(resumed.clone(), suspend(day("2024-08-31")), "2024-09-01");
    let wrong_state = (Code::WrongState, String::new());
    assert_eq!(refused(suspended, suspend(day("2024-10-01"))), wrong_state);
    assert_eq!(refused(resumed, resume(day("2024-10-01"))), wrong_state);
}

#[test]
fn a_change_holds_from_tomorrow_at_the_latest_and_has_a_reason() {
    let (tomorrow, later) = (day("2025-06-16"), day("2025-06-17"));
    assert!(after::<Point>(history([])).decide(&close(tomorrow), &facts()).is_ok());
    for command in [suspend(later), close(later), void(later)] {
        assert_eq!(refused(history([]), command), (Code::InTheFuture, "/on".to_owned()));
    }
    let silent = SuspendPoint { point: point_id("point"), on: tomorrow, reason: " ".to_owned() };
    assert_eq!(refused(history([]), PointCommand::Suspend(silent)), (Code::Invalid, "/reason".to_owned()));
}

#[test]
fn a_closed_point_never_reopens_but_can_be_voided_once() {
    let on = day("2025-05-01");
    let closed = history([close(day("2025-03-01"))]);
    for command in [suspend(on), resume(on)] {
        assert_eq!(refused(closed.clone(), command).0, Code::WrongState);
    }
    assert_eq!(refused(closed, PointCommand::Open(open())).0, Code::AlreadyExists);
    let voided = history([close(day("2025-03-01")), void(on)]);
    let point: Point = after(voided.clone());
    assert_eq!(point.standing_on(day("2024-05-01")), PointStanding::Voided);
    assert_eq!(point.project(), Some(&opened().project));
    for command in [suspend(on), resume(on), close(on), void(on)] {
        assert_eq!(refused(voided.clone(), command).0, Code::WrongState);
    }
}

#[test]
fn nothing_is_said_of_a_point_that_was_never_opened() {
    let on = day("2025-05-01");
    for command in [suspend(on), resume(on), close(on), void(on)] {
        assert_eq!(refused(vec![], command), (Code::UnknownPoint, "/point".to_owned()));
    }
}

fn any_command() -> impl Strategy<Value = PointCommand> {
    let date = (-30..600_i64).prop_map(|days| day("2024-01-08").saturating_add(jiff::Span::new().days(days)));
    (0..5, date).prop_map(|(which, on)| match which {
        0 => PointCommand::Open(OpenPoint { opened_on: on, ..open() }),
        1 => suspend(on),
        2 => resume(on),
        3 => close(on),
        _ => void(on),
    })
}

proptest! {
    #[test]
    fn the_same_command_again_changes_nothing(commands in prop::collection::vec(any_command(), 1..12)) {
        let mut point = Point::default();
        for command in commands {
            for event in point.decide(&command, &facts()).unwrap_or_default() {
                point.evolve(&event);
            }
            let again = point.decide(&command, &facts());
            prop_assert!(again.is_err() || again.is_ok_and(|events| events.is_empty()));
        }
    }
}
