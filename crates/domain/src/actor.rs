//! Who does something.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody is trusted with; `crates/application` holds what each role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Registers citizens and records services at their own points.
    Facilitator,
    /// Leads a partnership (*capofila*).
    Capofila,
    /// The Region, for its own programme.
    Region,
    /// Releases public money (*tesoriere*).
    Treasurer,
    /// Reads everything pseudonymous, writes nothing but findings.
    Auditor,
    /// Sets up, and acts in emergencies; each use is visible in the trail.
    Admin,
}

/// Who a commit is by. A subject is an account's name, never a citizen's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Actor {
    /// The account, as the token names it.
    pub subject: String,
    /// The role it acted in.
    pub role: Role,
}
