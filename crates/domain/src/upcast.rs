//! Bringing what older programs wrote to the shapes of today.
//!
//! Only the current shape of an event has a type. A released version stays readable for ever: a new one needs the type,
//! a step here and a sample under `schemas/events/<event>/`, and the tests fail until all three exist.

use serde_json::Value;

#[cfg(test)]
mod tests;

/// One released step: how the data of an event of one version becomes that of the next.
pub struct Step {
    /// The event, as the log names it.
    pub stored: &'static str,
    /// The version it starts from; it leads to the one after.
    pub from: u16,
    /// The change. It cannot fail: what does not have the shape of its version is refused when it is read at last.
    pub bring: fn(Value) -> Value,
}

/// Every step released so far.
pub const STEPS: &[Step] = &[
    // The second version may say which record the next number would have; the first knew of none.
    Step { stored: "record_registered", from: 1, bring: |data| data },
    // The second version may have a code of its own in the register of public investment; the first never had.
    Step { stored: "application_submitted", from: 1, bring: |data| data },
    // The second version may take over what netted exposures can no longer take; the first never did.
    Step { stored: "exposure_decided", from: 1, bring: |data| data },
    // The second version may say how the batch's file is written; those of the first are written as they were.
    Step { stored: "batch_closed", from: 1, bring: |data| data },
];

/// Brings stored data to its current version, one step at a time.
///
/// `None` when the version is not ours to read: a newer program wrote it, or no step leads on from it.
#[must_use]
pub fn upcast(steps: &[Step], stored: &str, version: u16, current: u16, data: Value) -> Option<Value> {
    if version > current {
        return None;
    }
    (version..current).try_fold(data, |data, from| {
        let step = steps.iter().find(|step| step.stored == stored && step.from == from)?;
        Some((step.bring)(data))
    })
}
