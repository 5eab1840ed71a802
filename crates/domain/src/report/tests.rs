use cqrs_es::test::TestFramework;

use super::{command::*, *};
use crate::{
    given::{TODAY, applied, day, project, seen},
    refusal::Code,
};

fn facts() -> ReportFacts {
    ReportFacts { today: day(TODAY), project: project() }
}

fn given(events: impl IntoIterator<Item = ReportEvent>) -> cqrs_es::test::AggregateTestExecutor<Report> {
    TestFramework::<Report>::with(facts()).given(events.into_iter().collect())
}

fn id() -> ProjectId {
    "project".parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn submit(of: &str) -> ReportCommand {
    let report = SubmitReport { project: id(), month: month(of), obstacles: None };
    ReportCommand::Submit { report, by: "capofila-1".to_owned() }
}

fn accept(by: &str, on: &str) -> ReportCommand {
    let acceptance = AcceptReport { project: id(), month: month("2024-03"), on: day(on), act: "act 7".to_owned() };
    ReportCommand::Accept { acceptance, by: by.to_owned() }
}

fn send_back() -> ReportCommand {
    ReportCommand::Return(ReturnReport { project: id(), month: month("2024-03"), reason: "incomplete".to_owned() })
}

fn reopen() -> ReportCommand {
    ReportCommand::Reopen(ReopenReport { project: id(), month: month("2024-03"), reason: "late facts".to_owned() })
}

fn submitted() -> ReportEvent {
    let (project, month, submitter) = (id(), month("2024-03"), "capofila-1".to_owned());
    ReportSubmitted { project, month, obstacles: None, submitter }.into()
}

fn returned() -> ReportEvent {
    ReportReturned { project: id(), month: month("2024-03"), reason: "incomplete".to_owned() }.into()
}

fn accepted() -> ReportEvent {
    ReportAccepted { project: id(), month: month("2024-03"), on: day("2024-04-20"), act: "act 7".to_owned() }.into()
}

fn reopened() -> ReportEvent {
    ReportReopened { project: id(), month: month("2024-03"), reason: "late facts".to_owned() }.into()
}

fn refused(events: &[ReportEvent], command: ReportCommand) -> (Code, String) {
    let refusal = given(events.to_vec()).when(command).inspect_result().unwrap_err();
    let (code, pointer) = seen(&refusal);
    (code, pointer.unwrap_or_default())
}

#[test]
fn a_report_goes_back_and_forth_until_it_is_accepted() {
    given([]).when(submit("2024-03")).then_expect_events(vec![submitted()]);
    given([submitted()]).when(send_back()).then_expect_events(vec![returned()]);
    given([submitted(), returned()]).when(submit("2024-03")).then_expect_events(vec![submitted()]);
    given([submitted()]).when(accept("region-1", "2024-04-20")).then_expect_events(vec![accepted()]);
    given([submitted(), accepted()]).when(reopen()).then_expect_events(vec![reopened()]);
    given([submitted(), accepted(), reopened()]).when(submit("2024-03")).then_expect_events(vec![submitted()]);
}

#[test]
fn every_other_step_is_refused_and_told_what_can_be_done() {
    let states: [(&[ReportEvent], &str); 5] = [
        (&[], "submitted"),
        (&[submitted()], "returned or accepted"),
        (&[submitted(), returned()], "submitted again"),
        (&[submitted(), accepted()], "reopened"),
        (&[submitted(), accepted(), reopened()], "submitted again"),
    ];
    for (events, next) in states {
        let steps = [
            ("submitted submitted again", submit("2024-03")),
            ("returned or accepted", send_back()),
            ("returned or accepted", accept("region-1", "2024-04-20")),
            ("reopened", reopen()),
        ];
        for (when, command) in steps.into_iter().filter(|(when, _)| !when.contains(next)) {
            let refusal = given(events.to_vec()).when(command).inspect_result().unwrap_err();
            assert_eq!(seen(&refusal), (Code::WrongState, None), "{when} after {events:?}");
            assert!(refusal.to_string().ends_with(&format!("now it can be {next}")), "{refusal}");
        }
    }
}

#[test]
fn who_submitted_a_report_does_not_accept_it() {
    for by in ["capofila-1", "Capofila-1"] {
        assert_eq!(refused(&[submitted()], accept(by, "2024-04-20")).0, Code::SameActor);
    }
}

#[test]
fn a_month_is_one_of_the_projects_and_is_over() {
    assert_eq!(refused(&[], submit("2023-06")), (Code::OutsideProject, "/month".to_owned()));
    assert_eq!(refused(&[], submit("2026-01")), (Code::OutsideProject, "/month".to_owned()));
    assert_eq!(refused(&[], submit("2025-06")), (Code::InTheFuture, "/month".to_owned()));
    given([]).when(submit("2025-05")).inspect_result().unwrap();
    given([]).when(submit("2023-07")).inspect_result().unwrap();
}

#[test]
fn the_last_month_is_over_once_the_project_is() {
    let ended = crate::project::ApplicationSubmitted { ends: day("2025-06-14"), ..applied() };
    let project = crate::given::after([ended.into(), crate::given::approved().into()]);
    let facts = ReportFacts { today: day(TODAY), project: Arc::new(project) };
    assert!(Report::Open.decide(&submit("2025-06"), &facts).is_ok());
}

#[test]
fn only_an_approved_project_reports() {
    let of = |project: Project| {
        let facts = ReportFacts { today: day(TODAY), project: Arc::new(project) };
        seen(&Report::Open.decide(&submit("2024-03"), &facts).unwrap_err())
    };
    assert_eq!(of(Project::Unknown), (Code::UnknownProject, Some("/project".to_owned())));
    assert_eq!(of(crate::given::after([applied().into()])), (Code::WrongState, None));
}

#[test]
fn an_acceptance_names_an_act_of_a_day_that_has_come() {
    assert_eq!(refused(&[submitted()], accept("region-1", "2025-06-16")), (Code::InTheFuture, "/on".to_owned()));
    // March is what is accepted: not while it lasts, nor before.
    for before in ["2024-03-31", "2024-02-10", "1990-01-01"] {
        assert_eq!(refused(&[submitted()], accept("region-1", before)), (Code::Invalid, "/on".to_owned()), "{before}");
    }
    given([submitted()]).when(accept("region-1", TODAY)).inspect_result().unwrap();
    let ReportCommand::Accept { mut acceptance, by } = accept("region-1", TODAY) else { panic!("an acceptance") };
    acceptance.act = " ".to_owned();
    let nameless = ReportCommand::Accept { acceptance, by };
    assert_eq!(refused(&[submitted()], nameless), (Code::Invalid, "/act".to_owned()));
}

#[test]
fn obstacles_that_say_nothing_are_none() {
    let report = SubmitReport { project: id(), month: month("2024-03"), obstacles: Some(" \n".to_owned()) };
    let command = ReportCommand::Submit { report, by: "capofila-1".to_owned() };
    given([]).when(command).then_expect_events(vec![submitted()]);
}

#[test]
fn a_reports_stream_names_its_project_and_month() {
    let stream = stream(&"lombardia-mi".parse().unwrap(), month("2024-03"));
    assert_eq!(stream.as_str(), "report.lombardia-mi-2024-03");
    assert_eq!(of(stream.id()), Some(("lombardia-mi".parse().unwrap(), month("2024-03"))));
    assert_eq!(of("2024-03"), None);
    assert_eq!(of("p-2024-13"), None);
}

#[test]
fn the_months_of_a_project_are_those_of_its_days() {
    let named: Vec<_> = months(day("2023-11-30"), day("2024-02-01")).map(|month| month.to_string()).collect();
    assert_eq!(named, ["2023-11", "2023-12", "2024-01", "2024-02"]);
    assert_eq!(months(day("2024-02-01"), day("2024-01-31")).count(), 0);
}
