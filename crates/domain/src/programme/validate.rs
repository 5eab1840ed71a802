//! What a definition and its rules must be in themselves. Totals that do not add up are no reason to refuse: the plan
//! is kept as printed, and `plan.rs` names the differences.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    ProgrammeRefusal,
    definition::{Definition, ExpenseCap, Milestone, Province, TrancheRule, Trigger},
    plan,
    rules::{CountingRules, MilestoneScope, PointRules},
};
use crate::{Share, cup};

/// Refuses, naming the field as a JSON pointer, unless something holds.
pub(super) fn need(holds: bool, pointer: impl Into<String>, why: &str) -> Result<(), ProgrammeRefusal> {
    if holds { Ok(()) } else { Err(ProgrammeRefusal::Invalid { pointer: pointer.into(), why: why.to_owned() }) }
}

fn named(text: &str, pointer: impl Into<String>) -> Result<(), ProgrammeRefusal> {
    need(!text.trim().is_empty(), pointer, "this cannot be empty")
}

fn once<'a>(names: impl Iterator<Item = &'a str>, list: &str, field: &str) -> Result<(), ProgrammeRefusal> {
    let mut seen = BTreeSet::new();
    for (i, name) in names.enumerate() {
        named(name, format!("{list}/{i}/{field}"))?;
        need(seen.insert(name), format!("{list}/{i}/{field}"), "another in the list has it too")?;
    }
    Ok(())
}

fn digits(text: &str, count: usize, pointer: impl Into<String>) -> Result<(), ProgrammeRefusal> {
    let holds = text.len() == count && text.bytes().all(|c| c.is_ascii_digit());
    need(holds, pointer, &format!("this ISTAT code has {count} digits"))
}

/// A change names its legal act.
pub(super) fn act(act: &str) -> Result<(), ProgrammeRefusal> {
    need(!act.trim().is_empty(), "/act", "the legal act must be named")
}

/// A whole definition.
pub(super) fn definition(definition: &Definition) -> Result<(), ProgrammeRefusal> {
    named(&definition.name, "/name")?;
    named(&definition.measure, "/measure")?;
    need(definition.cup.as_deref().is_none_or(cup::valid), "/cup", cup::FORM)?;
    digits(&definition.region.istat, 2, "/region/istat")?;
    named(&definition.region.name, "/region/name")?;
    need(definition.currency == "EUR", "/currency", "the currency is EUR")?;
    need(definition.starts.year() >= 0, "/starts", "a date is written YYYY-MM-DD")?;
    need(definition.starts <= definition.ends, "/ends", "the last day does not come before the first")?;
    milestones(definition)?;
    monitoring_targets(definition)?;
    tranches(&definition.tranches, &definition.milestones)?;
    expense_caps(&definition.expense_caps)?;
    points(&definition.points)?;
    counting(&definition.counting)?;
    provinces(&definition.provinces, plan::semesters(definition).len())
}

fn milestones(definition: &Definition) -> Result<(), ProgrammeRefusal> {
    once(definition.milestones.iter().map(|milestone| milestone.id.as_str()), "/milestones", "id")?;
    for (i, milestone) in definition.milestones.iter().enumerate() {
        let at = |field: &str| format!("/milestones/{i}/{field}");
        // A tranche's trigger would be read as something else.
        let plain = milestone.id != Trigger::APPROVAL && milestone.id.parse::<Date>().is_err();
        need(plain, at("id"), "a milestone is not called as the approval or a day is")?;
        within(definition, milestone.deadline, at("deadline"))?;
        let Milestone { points_share, citizens_share, .. } = milestone;
        let gates = points_share.is_some() || citizens_share.is_some();
        need(gates, format!("/milestones/{i}"), "a milestone needs a share of points or of citizens")?;
        for (share, field) in [(points_share, "points_share"), (citizens_share, "citizens_share")] {
            need(*share != Some(Share::default()), at(field), "a share of nothing gates nothing: leave it out")?;
        }
    }
    Ok(())
}

fn monitoring_targets(definition: &Definition) -> Result<(), ProgrammeRefusal> {
    let mut before = None;
    for (i, target) in definition.monitoring_targets.iter().enumerate() {
        let pointer = format!("/monitoring_targets/{i}/by");
        within(definition, target.by, &pointer)?;
        need(before < Some(target.by), pointer, "cumulative targets follow each other in time")?;
        before = Some(target.by);
    }
    Ok(())
}

fn within(definition: &Definition, day: Date, pointer: impl Into<String>) -> Result<(), ProgrammeRefusal> {
    let dates = definition.starts..=definition.ends;
    need(dates.contains(&day), pointer, "the day lies outside the programme's dates")
}

fn tranches(tranches: &[TrancheRule], milestones: &[Milestone]) -> Result<(), ProgrammeRefusal> {
    once(tranches.iter().map(|tranche| tranche.id.as_str()), "/tranches", "id")?;
    for (i, tranche) in tranches.iter().enumerate() {
        let known = match &tranche.trigger {
            Trigger::Day(day) => day.year() >= 0,
            Trigger::Named(name) => {
                name == Trigger::APPROVAL || milestones.iter().any(|milestone| milestone.id == *name)
            }
        };
        need(known, format!("/tranches/{i}/trigger"), "a trigger is \"approval\", a milestone's id or a day")?;
    }
    let sum: u64 = tranches.iter().map(|tranche| u64::from(tranche.share.millionths())).sum();
    need(tranches.is_empty() || sum == u64::from(Share::WHOLE), "/tranches", "the shares must sum to exactly 1")
}

/// Caps on expenses; a share is at most the whole by its type, and caps of several items may overlap.
pub(super) fn expense_caps(caps: &[ExpenseCap]) -> Result<(), ProgrammeRefusal> {
    once(caps.iter().map(|cap| cap.item.as_str()), "/expense_caps", "item")
}

/// Requirements on points.
pub(super) fn points(rules: &PointRules) -> Result<(), ProgrammeRefusal> {
    need(rules.weekly_hours <= 7 * 24, "/points/weekly_hours", "a week has 168 hours")?;
    need(rules.days_per_week.is_none_or(|days| days <= 7), "/points/days_per_week", "a week has 7 days")
}

/// Counting rules.
pub(super) fn counting(rules: &CountingRules) -> Result<(), ProgrammeRefusal> {
    let some = !rules.qualifying_services.is_empty();
    need(some, "/counting/qualifying_services", "nobody would count: at least one kind of service must qualify")?;
    match rules.milestone_scope {
        MilestoneScope::Project => Ok(()),
        // Read in old events, and nothing follows from it: a rule in force that does nothing would be a lie.
        MilestoneScope::Programme => need(
            false,
            "/counting/milestone_scope",
            "a milestone looks at its project's own count: only \"project\" is supported",
        ),
    }
}

fn provinces(provinces: &[Province], semesters: usize) -> Result<(), ProgrammeRefusal> {
    once(provinces.iter().map(|province| province.code.as_str()), "/provinces", "code")?;
    once(provinces.iter().map(|province| province.istat.as_str()), "/provinces", "istat")?;
    for (i, province) in provinces.iter().enumerate() {
        digits(&province.istat, 3, format!("/provinces/{i}/istat"))?;
        named(&province.name, format!("/provinces/{i}/name"))?;
        let fits = province.semester_citizens.len() <= semesters;
        need(fits, format!("/provinces/{i}/semester_citizens"), "there are more figures than semesters")?;
    }
    Ok(())
}
