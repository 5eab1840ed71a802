//! What a milestone met in part leaves of its tranche.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cents, allocation::floored};
use crate::programme::rules::Reduction;

/// How much of something a milestone needs, and how much was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// What was reached.
    pub reached: u32,
    /// What is needed, already rounded up; needing nothing is reaching it.
    pub needed: u32,
}

impl Gate {
    /// A fraction from 0 to 1, as numerator and denominator.
    fn ratio(self) -> (i128, i128) {
        match self.needed {
            0 => (1, 1),
            needed => (self.reached.min(needed).into(), needed.into()),
        }
    }

    /// Whether it holds the tranche back no more.
    #[must_use]
    pub fn met(self) -> bool {
        self.reached >= self.needed
    }
}

/// What is payable of a tranche, downwards to the cent (domain.md, 6). A gate that a milestone does not have is `None`,
/// and neither reduces nor enters a mean.
#[must_use]
pub fn payable(planned: Cents, points: Option<Gate>, citizens: Option<Gate>, reduction: Reduction) -> Cents {
    let gates = || points.into_iter().chain(citizens);
    let (numerator, denominator) = match reduction {
        Reduction::AllOrNothing => (i128::from(gates().all(Gate::met)), 1),
        Reduction::WeakestLink => gates().map(Gate::ratio).fold((1, 1), smaller),
        Reduction::Mean => match (points.map(Gate::ratio), citizens.map(Gate::ratio)) {
            (None, None) => (1, 1),
            (Some(only), None) | (None, Some(only)) => only,
            (Some((a, b)), Some((c, d))) => (a * d + c * b, 2 * b * d),
        },
    };
    floored(i128::from(planned.0) * numerator, denominator)
}

/// The smaller of two fractions, compared crosswise: nothing is divided before the end.
fn smaller(one: (i128, i128), other: (i128, i128)) -> (i128, i128) {
    if other.0 * one.1 < one.0 * other.1 { other } else { one }
}
