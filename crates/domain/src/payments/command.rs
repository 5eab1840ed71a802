//! What the treasury asks of a programme's payments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Cents, ProgrammeId};

/// Closes a batch (*distinta di pagamento*): every order given in the programme that the bank has not answered and that is
/// in no batch yet. Its file is what is taken to the bank, and is the same whenever it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBatch {
    /// The programme.
    pub programme: ProgrammeId,
    /// The batch that was looked at: another one is not closed. Whatever waits, unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

/// A batch as it was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Its number.
    pub number: u32,
    /// How many orders it has.
    pub orders: u32,
    /// What they sum to.
    pub total: Cents,
}
