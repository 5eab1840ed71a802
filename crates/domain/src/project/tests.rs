use std::sync::Arc;

use cqrs_es::test::TestFramework;

use super::{command::*, *};
use crate::{
    Cents,
    given::{TODAY, applied, approved, day, definition, programme, seen},
    programme::{Definition, definition::Trigger},
    refusal::Code,
};

fn facts() -> ProjectFacts {
    ProjectFacts { today: day(TODAY), programme: programme() }
}

fn given(events: impl IntoIterator<Item = ProjectEvent>) -> cqrs_es::test::AggregateTestExecutor<Project> {
    TestFramework::<Project>::with(facts()).given(events.into_iter().collect())
}

fn submit() -> SubmitApplication {
    let ApplicationSubmitted { programme, name, cup, lead, partners, award, targets, provinces, starts, ends } =
        applied();
    let project = "project".parse().unwrap();
    SubmitApplication { project, programme, name, cup, lead, partners, award, targets, provinces, starts, ends }
}

fn approve() -> ApproveApplication {
    ApproveApplication { project: "project".parse().unwrap(), act: "act 1".to_owned(), on: day("2023-06-20") }
}

fn reject() -> RejectApplication {
    RejectApplication { project: "project".parse().unwrap(), reason: "late".to_owned(), on: day("2023-06-20") }
}

fn switch(from: &str, funding: Funding) -> SwitchFundingLine {
    let project = "project".parse().unwrap();
    SwitchFundingLine { project, from: day(from), funding, source: "Region".to_owned(), act: "act 2".to_owned() }
}

fn switched(from: &str, funding: Funding) -> ProjectEvent {
    let (source, act) = ("Region".to_owned(), "act 2".to_owned());
    FundingLineSwitched { from: day(from), funding, source, act }.into()
}

fn refused(events: &[ProjectEvent], command: ProjectCommand) -> (Code, String) {
    let refusal = given(events.to_vec()).when(command).inspect_result().unwrap_err();
    let (code, pointer) = seen(&refusal);
    (code, pointer.unwrap_or_default())
}

#[test]
fn a_partnership_applies_once() {
    given([]).when(ProjectCommand::Submit(submit())).then_expect_events(vec![applied().into()]);
    given([applied().into()]).when(ProjectCommand::Submit(submit())).then_expect_error(ProjectRefusal::AlreadyExists);
}

#[test]
fn an_approval_fixes_tranches_that_sum_to_the_award() {
    let events = given([applied().into()]).when(ProjectCommand::Approve(approve())).inspect_result().unwrap();
    let [ProjectEvent::ApplicationApproved(approved)] = events.as_slice() else { panic!("one event") };
    let amounts: Vec<String> = approved.tranches.iter().map(|tranche| tranche.amount.to_string()).collect();
    assert_eq!(amounts, ["44005.91", "110014.78", "132017.73", "145219.50", "8801.18"]);
    assert_eq!(approved.tranches.iter().map(|tranche| tranche.amount.0).sum::<i64>(), applied().award.0);
    assert_eq!(approved.tranches[4].trigger, Trigger::Day(day("2026-06-30")));
}

#[test]
fn an_application_says_what_is_wrong_with_it() {
    let wrong = |change: fn(&mut SubmitApplication)| {
        let mut command = submit();
        change(&mut command);
        refused(&[], ProjectCommand::Submit(command))
    };
    let invalid = |pointer: &str| (Code::Invalid, pointer.to_owned());
    assert_eq!(wrong(|c| c.name = " ".to_owned()), invalid("/name"));
    assert_eq!(wrong(|c| c.lead.name.clear()), invalid("/lead/name"));
    assert_eq!(
        wrong(|c| c.partners.push(Organisation { name: String::new(), tax_id: None })),
        invalid("/partners/0/name")
    );
    assert_eq!(wrong(|c| c.award = Cents(0)), invalid("/award"));
    assert_eq!(wrong(|c| c.provinces.clear()), invalid("/provinces"));
    assert_eq!(wrong(|c| c.provinces.push("FI".parse().unwrap())), invalid("/provinces/1"));
    assert_eq!(wrong(|c| c.ends = day("2023-06-30")), invalid("/ends"));
    assert_eq!(wrong(|c| c.starts = day("2022-12-31")), invalid("/starts"));
    assert_eq!(wrong(|c| c.ends = day("2026-07-01")), invalid("/ends"));
}

#[test]
fn a_programme_without_a_table_by_province_takes_any() {
    let definition = Definition { provinces: vec![], ..definition() };
    let defined =
        crate::programme::Defined { definition, adopted: vec![], redistributions: vec![], windows: Default::default() };
    let programme = Arc::new(Programme::Defined(Box::new(defined)));
    let command = SubmitApplication { provinces: vec!["FI".parse().unwrap()], ..submit() };
    let decided = Project::Unknown.decide(&ProjectCommand::Submit(command), &ProjectFacts { programme, ..facts() });
    assert!(decided.is_ok());
}

#[test]
fn a_project_is_part_of_a_programme_that_exists() {
    let nowhere = ProjectFacts { today: day(TODAY), programme: Arc::new(Programme::Unknown) };
    let refusal = Project::Unknown.decide(&ProjectCommand::Submit(submit()), &nowhere).unwrap_err();
    assert_eq!(seen(&refusal), (Code::UnknownProgramme, Some("/programme".to_owned())));
}

#[test]
fn only_a_submitted_application_is_decided_on() {
    let decided: [ProjectEvent; 2] = [applied().into(), approved().into()];
    let no_project = (Code::UnknownProject, "/project".to_owned());
    let wrong_state = (Code::WrongState, String::new());
    for command in [ProjectCommand::Approve(approve()), ProjectCommand::Reject(reject())] {
        assert_eq!(refused(&[], command.clone()), no_project);
        assert_eq!(refused(&decided, command), wrong_state);
    }
    let again = given(decided.clone()).when(ProjectCommand::Approve(approve())).inspect_result().unwrap_err();
    assert_eq!(
        again.to_string(),
        "the project is approved; this needs it submitted. Now it can be given points, or another funding line"
    );
    let switch = ProjectCommand::SwitchFunding(switch("2024-01-01", Funding::Other));
    assert_eq!(refused(&[], switch.clone()), no_project);
    assert_eq!(refused(&decided[..1], switch), wrong_state);
    let rejected = given([applied().into()]).when(ProjectCommand::Reject(reject())).inspect_result().unwrap();
    let events = [vec![applied().into()], rejected].concat();
    assert_eq!(refused(&events, ProjectCommand::Approve(approve())), wrong_state);
}

#[test]
fn an_act_is_named_and_not_dated_in_the_future() {
    let applied: [ProjectEvent; 1] = [applied().into()];
    let tomorrow = day("2025-06-16");
    let cases = [
        (ProjectCommand::Approve(ApproveApplication { act: String::new(), ..approve() }), Code::Invalid, "/act"),
        (ProjectCommand::Approve(ApproveApplication { on: tomorrow, ..approve() }), Code::InTheFuture, "/on"),
        (ProjectCommand::Reject(RejectApplication { reason: String::new(), ..reject() }), Code::Invalid, "/reason"),
        (ProjectCommand::Reject(RejectApplication { on: tomorrow, ..reject() }), Code::InTheFuture, "/on"),
    ];
    for (command, code, pointer) in cases {
        assert_eq!(refused(&applied, command), (code, pointer.to_owned()));
    }
    let decided: [ProjectEvent; 2] = [applied[0].clone(), approved().into()];
    let line = switch("2024-01-01", Funding::Other);
    let no_source = SwitchFundingLine { source: String::new(), ..line.clone() };
    let no_act = SwitchFundingLine { act: String::new(), ..line };
    assert_eq!(refused(&decided, ProjectCommand::SwitchFunding(no_source)), (Code::Invalid, "/source".to_owned()));
    assert_eq!(refused(&decided, ProjectCommand::SwitchFunding(no_act)), (Code::Invalid, "/act".to_owned()));
}

#[test]
fn the_latest_funding_line_that_holds_pays_and_of_two_the_one_said_last() {
    let decided = [applied().into(), approved().into()];
    given(decided.clone())
        .when(ProjectCommand::SwitchFunding(switch("2025-01-01", Funding::Other)))
        .then_expect_events(vec![switched("2025-01-01", Funding::Other)]);
    let said = [
        switched("2025-01-01", Funding::Other),
        switched("2024-01-01", Funding::Pnrr),
        switched("2025-03-01", Funding::Other),
        switched("2025-03-01", Funding::Pnrr),
    ];
    let again = [decided.to_vec(), vec![switched("2025-01-01", Funding::Other)]].concat();
    given(again).when(ProjectCommand::SwitchFunding(switch("2025-01-01", Funding::Other))).then_expect_events(vec![]);
    let project: Project = crate::given::after(decided.into_iter().chain(said));
    let on = |date| project.funding_on(day(date));
    assert_eq!(on("2023-12-31"), Funding::Pnrr);
    assert_eq!(on("2025-01-01"), Funding::Other);
    assert_eq!(on("2025-02-28"), Funding::Other);
    assert_eq!(on("2025-03-01"), Funding::Pnrr);
    assert_eq!(project.application().unwrap().starts, day("2023-07-01"));
}

#[test]
fn a_projects_own_cup_has_the_form_of_one() {
    let with = |cup: &str| SubmitApplication { cup: Some(cup.to_owned()), ..submit() };
    let refused = Project::Unknown.decide(&ProjectCommand::Submit(with("E81D")), &facts()).unwrap_err();
    assert_eq!(seen(&refused), (Code::Invalid, Some("/cup".to_owned())));
    let told = Project::Unknown.decide(&ProjectCommand::Submit(with("B39I21001150001")), &facts()).unwrap();
    let ProjectEvent::ApplicationSubmitted(submitted) = &told[0] else { panic!() };
    assert_eq!(submitted.cup.as_deref(), Some("B39I21001150001"));
}
