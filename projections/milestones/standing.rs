//! How a milestone stands by its last claim, once that is certified.

/// How a certified claim stands: whether it is a cure, whether what was needed was met, whether all that it froze still
/// holds, and whether the days for a cure are over.
pub(crate) fn certified(cure: bool, met: bool, holds: bool, cure_over: bool) -> &'static str {
    match (cure, met) {
        (_, true) if !holds => "restated",
        (false, true) => "certified",
        (true, true) => "cured",
        (true, false) => "failed",
        (false, false) if cure_over => "failed",
        (false, false) => "partially_met",
    }
}
