//! Who may do what. Everything is denied unless a line here allows it.

mod command;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use command::reaches;
pub use command::{Extent, Target, askers, extent, foreseers, may_ask, may_foresee, may_record, within};
pub use read::{Reach, Read, may_read, reach, readers};

use traccia_domain::Role;

use crate::Bearer;

/// A bearer has no right to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this needs {needed}")]
pub struct Forbidden {
    /// What a token would have to say.
    pub needed: String,
}

impl Forbidden {
    /// That another role is needed, and which ones there are.
    fn role(may: impl Fn(Role) -> bool) -> Forbidden {
        let names: Vec<_> = Role::ALL.into_iter().filter(|role| may(*role)).map(Role::as_str).collect();
        let needed = match names.as_slice() {
            [only] => format!("the role {only}"),
            several => format!("one of the roles {}", several.join(", ")),
        };
        Forbidden { needed }
    }

    /// That a role's token has to say whose it is.
    fn scope(role: Role) -> Forbidden {
        let named = match role {
            Role::Facilitator => "points",
            Role::Capofila => "projects",
            Role::Region | Role::Treasurer | Role::Auditor | Role::Admin => "programmes",
        };
        Forbidden { needed: format!("a token that names {named}") }
    }
}

/// Whether a role that is limited has a token without limits: it reaches nothing.
fn names_nothing(who: &Bearer) -> bool {
    match who.actor.role {
        Role::Facilitator => who.scope.points.is_empty(),
        Role::Capofila => who.scope.projects.is_empty(),
        Role::Region | Role::Treasurer => who.scope.programmes.is_empty(),
        Role::Auditor | Role::Admin => false,
    }
}
