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

impl Role {
    /// Every role.
    pub const ALL: [Role; 6] =
        [Role::Facilitator, Role::Capofila, Role::Region, Role::Treasurer, Role::Auditor, Role::Admin];

    /// As a token names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Facilitator => "facilitator",
            Role::Capofila => "capofila",
            Role::Region => "region",
            Role::Treasurer => "treasurer",
            Role::Auditor => "auditor",
            Role::Admin => "admin",
        }
    }
}

/// Who a commit is by. A subject is an account's name, never a citizen's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Actor {
    /// The account, as the token names it.
    pub subject: String,
    /// The role it acted in.
    pub role: Role,
}
