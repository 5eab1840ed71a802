//! What a programme decides, and how it evolves.

use std::collections::BTreeMap;

use super::{
    Defined, Definition, Programme, ProgrammeCommand, ProgrammeDefined, ProgrammeEvent, ProgrammeRefusal,
    ReportingWindowSet, RulesAdopted,
    command::{AdoptRules, SetReportingWindow},
    validate,
};
use crate::{Decide, time::Month};

impl Decide for Programme {
    type Command = ProgrammeCommand;
    type Event = ProgrammeEvent;
    type Refusal = ProgrammeRefusal;
    type Facts = ();

    fn decide(&self, command: &ProgrammeCommand, (): &()) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
        match (self, command) {
            (Programme::Unknown, ProgrammeCommand::Define(definition)) => define(definition),
            (Programme::Unknown, ProgrammeCommand::AdoptRules(_) | ProgrammeCommand::SetWindow(_)) => {
                Err(ProgrammeRefusal::Unknown)
            }
            (Programme::Defined(_), ProgrammeCommand::Define(_)) => Err(ProgrammeRefusal::AlreadyExists),
            (Programme::Defined(_), ProgrammeCommand::AdoptRules(command)) => adopt(command),
            (Programme::Defined(defined), ProgrammeCommand::SetWindow(command)) => set_window(defined, command),
        }
    }

    fn evolve(&mut self, event: &ProgrammeEvent) {
        match (self, event) {
            (programme, ProgrammeEvent::ProgrammeDefined(event)) => {
                *programme = Programme::Defined(Box::new(Defined {
                    definition: Definition::clone(&event.definition),
                    adopted: Vec::new(),
                    windows: BTreeMap::new(),
                }));
            }
            (Programme::Defined(defined), ProgrammeEvent::RulesAdopted(event)) => defined.adopted.push(event.clone()),
            (Programme::Defined(defined), ProgrammeEvent::ReportingWindowSet(event)) => {
                defined.windows.insert(event.month.to_string(), event.until);
            }
            // No programme decides so: a stream begins with its definition.
            (Programme::Unknown, ProgrammeEvent::RulesAdopted(_) | ProgrammeEvent::ReportingWindowSet(_)) => {}
        }
    }
}

fn define(definition: &Definition) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
    validate::definition(definition)?;
    Ok(vec![ProgrammeDefined { definition: Box::new(definition.clone()) }.into()])
}

fn adopt(command: &AdoptRules) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
    validate::act(&command.act)?;
    let AdoptRules { programme: _, act, effective_on, counting, points, expense_caps } = command.clone();
    validate::need(
        counting.is_some() || points.is_some() || expense_caps.is_some(),
        "",
        "new rules are needed: counting, points or expense_caps",
    )?;
    counting.iter().try_for_each(validate::counting)?;
    points.iter().try_for_each(validate::points)?;
    expense_caps.iter().try_for_each(|caps| validate::expense_caps(caps))?;
    Ok(vec![RulesAdopted { act, effective_on, counting, points, expense_caps }.into()])
}

fn set_window(defined: &Defined, command: &SetReportingWindow) -> Result<Vec<ProgrammeEvent>, ProgrammeRefusal> {
    let SetReportingWindow { programme: _, month, until, act } = command.clone();
    validate::act(&act)?;
    let definition = &defined.definition;
    let months = Month::of(definition.starts)..=Month::of(definition.ends);
    validate::need(months.contains(&month), "/month", "the month lies outside the programme's dates")?;
    validate::need(until >= month.first_day(), "/until", "a window does not end before its month begins")?;
    Ok(vec![ReportingWindowSet { month, until, act }.into()])
}
