//! Which rules hold on a day.

use jiff::civil::Date;

use super::{
    Defined, RulesAdopted,
    definition::ExpenseCap,
    rules::{CountingRules, PointRules},
};

impl Defined {
    /// The counting rules that hold on a day.
    #[must_use]
    pub fn rules_on(&self, day: Date) -> &CountingRules {
        self.latest(day, |adopted| adopted.counting.as_ref()).unwrap_or(&self.definition.counting)
    }

    /// The requirements on points that hold on a day.
    #[must_use]
    pub fn point_rules_on(&self, day: Date) -> &PointRules {
        self.latest(day, |adopted| adopted.points.as_ref()).unwrap_or(&self.definition.points)
    }

    /// The caps on expenses that hold on a day.
    #[must_use]
    pub fn expense_caps_on(&self, day: Date) -> &[ExpenseCap] {
        self.latest(day, |adopted| adopted.expense_caps.as_deref()).unwrap_or(&self.definition.expense_caps)
    }

    /// Which version of the rules an answer stands on: 1 as defined, one more for each adoption.
    #[must_use]
    pub fn rules_version(&self) -> u32 {
        u32::try_from(self.adopted.len()).map_or(u32::MAX, |adopted| adopted.saturating_add(1))
    }

    /// Whether what was adopted is what holds on its effective date.
    pub(super) fn holds(&self, adopted: &RulesAdopted) -> bool {
        let on = adopted.effective_on;
        adopted.counting.as_ref().is_none_or(|rules| rules == self.rules_on(on))
            && adopted.points.as_ref().is_none_or(|rules| rules == self.point_rules_on(on))
            && adopted.expense_caps.as_ref().is_none_or(|caps| *caps == self.expense_caps_on(on))
    }

    /// Of the adoptions that state a rule, the one effective last by a day; of two on one day, the later adopted.
    fn latest<'a, T: ?Sized>(&'a self, day: Date, rule: impl Fn(&'a RulesAdopted) -> Option<&'a T>) -> Option<&'a T> {
        let by_then = self.adopted.iter().filter(|adopted| adopted.effective_on <= day);
        let stated = by_then.filter_map(|adopted| Some((adopted.effective_on, rule(adopted)?)));
        // Of equal keys `max_by_key` gives the last, and adoptions are kept in the order they were adopted.
        stated.max_by_key(|(effective_on, _)| *effective_on).map(|(_, rule)| rule)
    }
}
