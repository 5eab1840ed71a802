//! What a programme decides, and how it evolves.

use std::collections::BTreeMap;

use super::{
    Defined, Definition, Programme, ProgrammeCommand, ProgrammeDefined, ProgrammeEvent, ProgrammeFacts,
    ProgrammeRefusal, ReportingWindowSet, RulesAdopted,
    change::{CountingChange, PointsChange},
    command::{AdoptRules, SetReportingWindow},
    redistribution, validate,
};
use crate::{Decide, time::Month};

impl Decide for Programme {
    type Command = ProgrammeCommand;
    type Event = ProgrammeEvent;
    type Refusal = ProgrammeRefusal;
    type Facts = ProgrammeFacts;

    fn decide(
        &self,
        command: &ProgrammeCommand,
        facts: &ProgrammeFacts,
    ) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
        match (self, command) {
            (Programme::Unknown, ProgrammeCommand::Define(definition)) => define(definition),
            (
                Programme::Unknown,
                ProgrammeCommand::AdoptRules(_) | ProgrammeCommand::Redistribute(_) | ProgrammeCommand::SetWindow(_),
            ) => Err(ProgrammeRefusal::Unknown),
            (Programme::Defined(_), ProgrammeCommand::Define(_)) => Err(ProgrammeRefusal::AlreadyExists),
            (Programme::Defined(defined), ProgrammeCommand::AdoptRules(command)) => adopt(defined, command),
            (Programme::Defined(defined), ProgrammeCommand::Redistribute(command)) => {
                redistribution::adopt(defined, command, facts)
            }
            (Programme::Defined(defined), ProgrammeCommand::SetWindow(command)) => set_window(defined, command),
        }
    }

    fn evolve(&mut self, event: &ProgrammeEvent) {
        match (self, event) {
            (programme, ProgrammeEvent::ProgrammeDefined(event)) => {
                *programme = Programme::Defined(Box::new(Defined {
                    definition: Definition::clone(&event.definition),
                    adopted: Vec::new(),
                    redistributions: Vec::new(),
                    windows: BTreeMap::new(),
                }));
            }
            (Programme::Defined(defined), ProgrammeEvent::RulesAdopted(event)) => defined.adopted.push(event.clone()),
            (Programme::Defined(defined), ProgrammeEvent::RedistributionAdopted(event)) => {
                defined.redistributions.push(event.clone());
            }
            (Programme::Defined(defined), ProgrammeEvent::ReportingWindowSet(event)) => {
                defined.windows.insert(event.month.to_string(), event.clone());
            }
            // No programme decides so: a stream begins with its definition.
            (
                Programme::Unknown,
                ProgrammeEvent::RulesAdopted(_)
                | ProgrammeEvent::RedistributionAdopted(_)
                | ProgrammeEvent::ReportingWindowSet(_),
            ) => {}
        }
    }
}

fn define(definition: &Definition) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
    validate::definition(definition)?;
    Ok(vec![ProgrammeDefined { definition: Box::new(definition.clone()) }.into()])
}

/// The event holds each part that changes whole: what it leaves to the rules in force is looked up now, once.
fn adopt(defined: &Defined, command: &AdoptRules) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
    validate::act(&command.act)?;
    let AdoptRules { programme: _, act, effective_on, counting, points, expense_caps } = command.clone();
    let changes = counting.is_some() || points.is_some() || expense_caps.is_some();
    validate::need(changes, "", "new rules are needed: counting, points or expense_caps")?;
    let stated = "state at least one rule, or leave this out";
    validate::need(counting != Some(CountingChange::default()), "/counting", stated)?;
    validate::need(points != Some(PointsChange::default()), "/points", stated)?;
    let counting = counting.map(|change| change.onto(defined.rules_on(effective_on)));
    let points = points.map(|change| change.onto(defined.point_rules_on(effective_on)));
    counting.iter().try_for_each(validate::counting)?;
    points.iter().try_for_each(validate::points)?;
    expense_caps.iter().try_for_each(|caps| validate::expense_caps(caps))?;
    let adopted = RulesAdopted { act, effective_on, counting, points, expense_caps };
    // The same said again of the same day, and nothing said of it since: there is nothing to write.
    if defined.adopted.contains(&adopted) && defined.holds(&adopted) {
        return Ok(Vec::new());
    }
    Ok(vec![adopted.into()])
}

fn set_window(defined: &Defined, command: &SetReportingWindow) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
    let SetReportingWindow { programme: _, month, until, act } = command.clone();
    validate::act(&act)?;
    let definition = &defined.definition;
    let months = Month::of(definition.starts)..=Month::of(definition.ends);
    validate::need(months.contains(&month), "/month", "the month lies outside the programme's dates")?;
    validate::need(until >= month.first_day(), "/until", "a window does not end before its month begins")?;
    let set = ReportingWindowSet { month, until, act };
    // The same said again: there is nothing to write.
    if defined.windows.get(&month.to_string()) == Some(&set) {
        return Ok(Vec::new());
    }
    Ok(vec![set.into()])
}
