//! A service (*servizio*): one act of facilitation or training given to one record.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub mod command;
mod decide;
pub mod details;
mod event;
mod identity;
mod kind;
mod refusal;
#[cfg(test)]
mod tests;

pub use event::{ServiceDisputed, ServiceEvent, ServiceRecorded, ServiceUpheld, ServiceVoided};
pub use identity::{id_of, identity, replacement};
pub use kind::ServiceKind;
pub use refusal::ServiceRefusal;

use self::command::{DisputeService, RecordService, UpholdService, VoidService};
use crate::{
    ServiceId,
    aggregate::{Decide, cqrs_aggregate},
    facilitator::Facilitator,
    point::Point,
    programme::Programme,
    project::Project,
    record::Record,
};

/// A service's situation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Service {
    /// Nothing has been said of it yet.
    #[default]
    Unknown,
    /// It was recorded.
    Recorded {
        /// The hash of what happened, whatever it refers to.
        identity: ServiceId,
    },
    /// Somebody doubts it.
    Disputed {
        /// The hash of what happened, whatever it refers to.
        identity: ServiceId,
    },
    /// It counts no more. Final.
    Voided {
        /// The hash of what happened, whatever it refers to.
        identity: ServiceId,
    },
}

/// What can be asked of a service.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceCommand {
    /// Record it.
    Record(Box<RecordService>),
    /// Doubt it.
    Dispute(DisputeService),
    /// Settle the doubt in its favour.
    Uphold(UpholdService),
    /// Void it.
    Void(VoidService),
}

/// What must be known to decide on a service. The things are `Unknown` where there are none.
///
/// For the commands that come after the recording, `today` alone is looked at.
#[derive(Clone, Debug)]
pub struct ServiceFacts {
    /// The day it is decided.
    pub today: Date,
    /// The citizen's record.
    pub record: Arc<Record>,
    /// The point.
    pub point: Arc<Point>,
    /// The point's project.
    pub project: Arc<Project>,
    /// The project's programme.
    pub programme: Arc<Programme>,
    /// Who gave it.
    pub facilitator: Arc<Facilitator>,
    /// The facilitator who was there with a volunteer, where one is named.
    pub supporter: Option<Arc<Facilitator>>,
    /// The service it takes the place of, where one is named.
    pub replaced: Option<Service>,
    /// The age in whole years on the day, where something tells it.
    pub age: Option<u8>,
    /// Whether a volunteer may stand alone: only in the national layout, which cannot name the facilitator beside.
    pub volunteer_alone: bool,
}

impl Decide for Service {
    type Command = ServiceCommand;
    type Event = ServiceEvent;
    type Refusal = ServiceRefusal;
    type Facts = ServiceFacts;

    fn decide(&self, command: &ServiceCommand, facts: &ServiceFacts) -> Result<Vec<ServiceEvent>, ServiceRefusal> {
        match command {
            ServiceCommand::Record(command) => self.record(command, facts),
            ServiceCommand::Dispute(command) => self.dispute(command),
            ServiceCommand::Uphold(command) => self.uphold(command),
            ServiceCommand::Void(command) => self.void(command),
        }
    }

    fn evolve(&mut self, event: &ServiceEvent) {
        *self = match (*self, event) {
            (_, ServiceEvent::ServiceRecorded(service)) => Service::Recorded { identity: service.identity() },
            // Nothing is said of a service before it is recorded; were it in the log, it would change nothing.
            (Service::Unknown, _) => Service::Unknown,
            (Service::Recorded { identity } | Service::Disputed { identity } | Service::Voided { identity }, said) => {
                match said {
                    ServiceEvent::ServiceDisputed(_) => Service::Disputed { identity },
                    ServiceEvent::ServiceRecorded(_) | ServiceEvent::ServiceUpheld(_) => Service::Recorded { identity },
                    ServiceEvent::ServiceVoided(_) => Service::Voided { identity },
                }
            }
        };
    }
}

cqrs_aggregate!(Service, "service");
