//! What the national register of the plan publishes of the measure, from our own numbers. The definition is in README.md.

pub mod differences;
pub mod queries;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[cfg(test)]
mod tests;

/// An indicator of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum Indicator {
    /// Points activated or upgraded.
    T0107,
    /// Citizens who took part.
    T0298,
}

impl Indicator {
    /// As the register names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Indicator::T0107 => "T0107",
            Indicator::T0298 => "T0298",
        }
    }

    /// By the register's name.
    #[must_use]
    pub fn named(name: &str) -> Option<Indicator> {
        [Indicator::T0107, Indicator::T0298].into_iter().find(|indicator| indicator.as_str() == name)
    }
}

/// A value of an indicator under a CUP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Value {
    /// The CUP.
    pub cup: String,
    /// The indicator.
    pub indicator: Indicator,
    /// What was reached.
    pub reached: u64,
    /// What was promised; nought where nothing was.
    pub target: u64,
}
