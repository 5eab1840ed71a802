use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::{
    change::{CountingChange, PointsChange},
    definition::{Targets, from_json},
    rules::{CountingRules, MilestoneScope, PointRules},
    *,
};
use crate::{Cents, Decide, Event, ProgrammeId};

mod redistribution;

pub(crate) fn lombardia() -> Definition {
    file(include_str!("../../../../schemas/programmes/lombardia.toml"))
}

pub(crate) fn toscana() -> Definition {
    file(include_str!("../../../../schemas/programmes/toscana.toml"))
}

fn file(text: &str) -> Definition {
    from_json(as_json(toml::from_str(text).unwrap())).unwrap()
}

/// TOML has days of its own; JSON writes them as texts.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(day) => json!(day.to_string()),
        toml::Value::Array(list) => list.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, as_json(value))).collect(),
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(yes) => json!(yes),
    }
}

fn given(commands: impl IntoIterator<Item = ProgrammeCommand>) -> Programme {
    let mut programme = Programme::default();
    for command in commands {
        for event in programme.decide(&command, &ProgrammeFacts::default()).unwrap() {
            programme.evolve(&event);
        }
    }
    programme
}

fn define(definition: Definition) -> ProgrammeCommand {
    ProgrammeCommand::Define(Box::new(definition))
}

fn id() -> ProgrammeId {
    "lombardia".parse().unwrap()
}

fn adopt(effective_on: Date) -> AdoptRules {
    AdoptRules {
        programme: id(),
        act: "D.g.r. 1/2024".to_owned(),
        effective_on,
        counting: None,
        points: None,
        expense_caps: None,
    }
}

fn from_age(minimum_age: u8, effective_on: Date) -> ProgrammeCommand {
    let counting = Some(CountingChange { minimum_age: Some(minimum_age), ..CountingChange::default() });
    ProgrammeCommand::AdoptRules(AdoptRules { counting, ..adopt(effective_on) })
}

fn window(month: &str, until: Date, act: &str) -> ProgrammeCommand {
    ProgrammeCommand::SetWindow(SetReportingWindow {
        programme: id(),
        month: month.parse().unwrap(),
        until,
        act: act.to_owned(),
    })
}

/// The field that is to blame when a definition is changed so.
fn blamed(change: impl FnOnce(&mut Definition)) -> String {
    let mut definition = lombardia();
    change(&mut definition);
    match Programme::Unknown.decide(&define(definition), &ProgrammeFacts::default()) {
        Err(ProgrammeRefusal::Invalid { pointer, .. }) => pointer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_programmes_of_two_regions_are_data() {
    for definition in [lombardia(), toscana()] {
        let programme = given([define(definition.clone())]);
        assert_eq!(programme.defined().unwrap().definition, definition);
        let written = serde_json::to_value(&definition).unwrap();
        assert_eq!(from_json(written).unwrap(), definition, "what is written reads back");
    }
    assert_eq!(toscana().counting.cure_days, 0, "what a file leaves out takes its default");
    assert_eq!(toscana().points.award_limit, Some(Cents(3_000_000)));
}

#[test]
fn gates_are_not_monitoring_targets() {
    let plan = lombardia();
    let needed = |i: usize, targets: &Targets| {
        let milestone = &plan.milestones[i];
        (milestone.points_needed(targets), milestone.citizens_needed(targets))
    };
    assert_eq!(needed(0, &plan.targets), (Some(318), Some(85_386)));
    assert_eq!(needed(1, &plan.targets), (Some(424), Some(204_927)));
    assert_eq!(needed(2, &plan.targets), (None, Some(341_544)));
    let monitoring = plan.monitoring_targets.iter().map(|target| target.citizens);
    assert_eq!(monitoring.collect::<Vec<_>>(), [80_000, 210_772, 341_544]);
    let project = Targets::from(&crate::project::command::Commitment { points: 10, citizens: 8_055, services: 0 });
    assert_eq!(needed(0, &project), (Some(8), Some(2_014)));
}

#[test]
fn a_programme_is_defined_once() {
    let twice = given([define(lombardia())]).decide(&define(lombardia()), &ProgrammeFacts::default());
    assert_eq!(twice, Err(ProgrammeRefusal::AlreadyExists));
    let early = Programme::Unknown.decide(&from_age(18, date(2024, 1, 1)), &ProgrammeFacts::default());
    assert_eq!(early, Err(ProgrammeRefusal::Unknown));
}

#[test]
fn a_refused_definition_names_its_field() {
    assert_eq!(blamed(|d| d.name = " ".to_owned()), "/name");
    assert_eq!(blamed(|d| d.currency = "CHF".to_owned()), "/currency");
    assert_eq!(blamed(|d| d.ends = date(2022, 12, 31)), "/ends");
    assert_eq!(blamed(|d| d.region.istat = "3".to_owned()), "/region/istat");
    assert_eq!(blamed(|d| d.milestones[1].id = "M1".to_owned()), "/milestones/1/id");
    assert_eq!(blamed(|d| d.milestones[0].id = "2023-12-31".to_owned()), "/milestones/0/id");
    assert_eq!(blamed(|d| d.milestones[2].deadline = date(2026, 7, 1)), "/milestones/2/deadline");
    assert_eq!(blamed(|d| d.milestones[2].citizens_share = None), "/milestones/2");
    assert_eq!(blamed(|d| d.milestones[0].points_share = "0".parse().ok()), "/milestones/0/points_share");
    assert_eq!(blamed(|d| d.monitoring_targets.swap(0, 1)), "/monitoring_targets/1/by");
    assert_eq!(blamed(|d| d.monitoring_targets[2].by = date(2027, 1, 1)), "/monitoring_targets/2/by");
    assert_eq!(blamed(|d| d.tranches[4].id = "T1".to_owned()), "/tranches/4/id");
    assert_eq!(blamed(|d| d.tranches[1].trigger = definition::Trigger::Named("M9".to_owned())), "/tranches/1/trigger");
    assert_eq!(blamed(|d| d.tranches[1].share = "0.249999".parse().unwrap()), "/tranches");
    assert_eq!(blamed(|d| d.expense_caps[2].item = "training".to_owned()), "/expense_caps/2/item");
    assert_eq!(blamed(|d| d.counting.qualifying_services.clear()), "/counting/qualifying_services");
    assert_eq!(blamed(|d| d.counting.milestone_scope = MilestoneScope::Programme), "/counting/milestone_scope");
    assert_eq!(blamed(|d| d.provinces[1].code = d.provinces[0].code.clone()), "/provinces/1/code");
    assert_eq!(blamed(|d| d.provinces[1].semester_citizens.push(0)), "/provinces/1/semester_citizens");
}

#[test]
fn a_programme_without_tranches_is_complete() {
    assert!(Programme::Unknown.decide(&define(toscana()), &ProgrammeFacts::default()).is_ok());
}

#[test]
fn the_rules_of_a_day_are_those_effective_last() {
    let programme = given([
        define(lombardia()),
        from_age(18, date(2024, 7, 1)),
        from_age(14, date(2024, 1, 1)),
        from_age(16, date(2024, 7, 1)),
    ]);
    let defined = programme.defined().unwrap();
    let age = |day| defined.rules_on(day).minimum_age;
    assert_eq!(age(date(2023, 12, 31)), 0);
    assert_eq!(age(date(2024, 1, 1)), 14);
    assert_eq!(age(date(2024, 6, 30)), 14);
    assert_eq!(age(date(2024, 7, 1)), 16, "of two on one day the later adopted holds");
    assert_eq!(defined.rules_version(), 4);
}

#[test]
fn what_an_adoption_leaves_out_stays_as_it_is() {
    let points = Some(PointsChange { weekly_hours: Some(18), ..PointsChange::default() });
    let change = ProgrammeCommand::AdoptRules(AdoptRules { points, ..adopt(date(2024, 1, 1)) });
    let programme = given([define(lombardia()), from_age(18, date(2023, 6, 1)), change]);
    let defined = programme.defined().unwrap();
    assert_eq!(defined.point_rules_on(date(2024, 1, 1)).weekly_hours, 18);
    assert_eq!(defined.rules_on(date(2024, 1, 1)).minimum_age, 18);
    assert_eq!(defined.expense_caps_on(date(2024, 1, 1)), lombardia().expense_caps);
    let asked = PointRules { weekly_hours: 18, ..lombardia().points };
    assert_eq!(defined.point_rules_on(date(2024, 1, 1)), &asked, "so do the fields of a part that are left out");
}

#[test]
fn the_event_of_an_adoption_holds_whole_what_it_changes_in_part() {
    let first = from_age(18, date(2024, 1, 1));
    let programme = given([define(lombardia()), first, from_age(21, date(2024, 7, 1))]);
    let change = CountingChange { cure_days: Some(60), ..CountingChange::default() };
    let command = AdoptRules { counting: Some(change), ..adopt(date(2024, 3, 1)) };
    let events = programme.decide(&ProgrammeCommand::AdoptRules(command), &ProgrammeFacts::default()).unwrap();
    let [ProgrammeEvent::RulesAdopted(adopted)] = &events[..] else { panic!("{events:?}") };
    let whole = CountingRules { minimum_age: 18, cure_days: 60, ..lombardia().counting };
    assert_eq!(adopted.counting, Some(whole), "what is in force on its own day, not what is in force last");
    assert_eq!(adopted.points, None);
}

#[test]
fn a_limit_is_taken_away_by_null_and_kept_by_silence() {
    let rules = toscana().points;
    assert!(rules.award_limit.is_some());
    let change = |text: &str| serde_json::from_str::<PointsChange>(text).unwrap().onto(&rules);
    assert_eq!(change(r#"{"workstations": 4}"#), PointRules { workstations: 4, ..rules.clone() });
    assert_eq!(change(r#"{"award_limit": null}"#), PointRules { award_limit: None, ..rules.clone() });
}

#[test]
fn rules_and_windows_said_again_are_not_written_again() {
    let programme =
        given([define(lombardia()), from_age(18, date(2024, 1, 1)), window("2024-03", date(2024, 4, 15), "act")]);
    let again = |command: ProgrammeCommand| programme.decide(&command, &ProgrammeFacts::default()).unwrap().len();
    assert_eq!(again(from_age(18, date(2024, 1, 1))), 0);
    assert_eq!(again(from_age(18, date(2024, 1, 2))), 1, "of another day");
    assert_eq!(again(window("2024-03", date(2024, 4, 15), "act")), 0);
    assert_eq!(again(window("2024-03", date(2024, 4, 15), "another act")), 1);
    let undone = given([define(lombardia()), from_age(18, date(2024, 1, 1)), from_age(16, date(2024, 1, 1))]);
    let back = undone.decide(&from_age(18, date(2024, 1, 1)), &ProgrammeFacts::default()).unwrap();
    assert_eq!(back.len(), 1, "something else was said of that day since");
}

#[test]
fn an_adoption_names_its_act_and_changes_something() {
    let programme = given([define(lombardia())]);
    let pointer = |command| {
        programme.decide(&ProgrammeCommand::AdoptRules(command), &ProgrammeFacts::default()).unwrap_err().pointer()
    };
    assert_eq!(pointer(adopt(date(2024, 1, 1))).as_deref(), Some(""));
    assert_eq!(pointer(AdoptRules { act: String::new(), ..adopt(date(2024, 1, 1)) }).as_deref(), Some("/act"));
    let command = AdoptRules { counting: Some(CountingChange::default()), ..adopt(date(2024, 1, 1)) };
    assert_eq!(pointer(command).as_deref(), Some("/counting"));
    let nobody = CountingChange { qualifying_services: Some(vec![]), ..CountingChange::default() };
    let command = AdoptRules { counting: Some(nobody), ..adopt(date(2024, 1, 1)) };
    assert_eq!(pointer(command).as_deref(), Some("/counting/qualifying_services"));
}

#[test]
fn milestones_look_at_a_projects_own_count_and_older_rules_that_say_otherwise_are_read() {
    let mut definition = lombardia();
    definition.counting.milestone_scope = MilestoneScope::Programme;
    let stored = serde_json::to_value(ProgrammeEvent::from(ProgrammeDefined { definition: Box::new(definition) }));
    let mut programme = Programme::default();
    programme.evolve(&serde_json::from_value(stored.unwrap()).unwrap());
    let adopted = |programme: &Programme, counting| {
        let command = AdoptRules { counting: Some(counting), ..adopt(date(2024, 1, 1)) };
        programme.decide(&ProgrammeCommand::AdoptRules(command), &ProgrammeFacts::default())
    };
    let scope = |scope| CountingChange { milestone_scope: Some(scope), ..CountingChange::default() };
    let age = CountingChange { minimum_age: Some(14), ..CountingChange::default() };
    // New rules are stored whole: what they leave out would be said again.
    for change in [scope(MilestoneScope::Programme), age] {
        let refusal = adopted(&programme, change).unwrap_err();
        assert_eq!(refusal.pointer().as_deref(), Some("/counting/milestone_scope"));
        assert!(refusal.to_string().contains("only \"project\""));
    }
    for event in adopted(&programme, scope(MilestoneScope::Project)).unwrap() {
        programme.evolve(&event);
    }
    let rules = programme.defined().unwrap().rules_on(date(2024, 1, 1));
    assert_eq!(rules.milestone_scope, MilestoneScope::Project);
    assert!(adopted(&given([define(lombardia())]), scope(MilestoneScope::Programme)).is_err());
}

#[test]
fn the_window_set_last_holds() {
    let month: Month = "2024-03".parse().unwrap();
    let first = window("2024-03", date(2024, 4, 15), "D.d.u.o. 1/2024");
    let programme = given([define(lombardia()), first, window("2024-03", date(2024, 5, 31), "D.d.u.o. 2/2024")]);
    assert_eq!(programme.window(month), Some(date(2024, 5, 31)));
    assert_eq!(programme.window("2024-04".parse().unwrap()), None, "without a window nothing is refused");
    for (command, pointer) in [
        (window("2022-12", date(2024, 4, 15), "act"), "/month"),
        (window("2024-03", date(2024, 2, 29), "act"), "/until"),
        (window("2024-03", date(2024, 4, 15), ""), "/act"),
    ] {
        assert_eq!(
            programme.decide(&command, &ProgrammeFacts::default()).unwrap_err().pointer().as_deref(),
            Some(pointer)
        );
    }
}

#[test]
fn an_event_finds_its_place_in_the_log() {
    let [event] =
        Programme::Unknown.decide(&define(toscana()), &ProgrammeFacts::default()).unwrap().try_into().unwrap();
    assert_eq!(Event::from(event).kind().stored, "programme_defined");
}
