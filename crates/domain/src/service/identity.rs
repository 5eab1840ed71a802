//! A service's identity is what happened: two reports of one service have one id.

use jiff::civil::Date;

use super::{Service, ServiceKind, ServiceRecorded, command::RecordService};
use crate::{PointId, RecordId, ServiceId, TimeOfDay, hash::ShortHash};

/// The identity `(record, point, occurred_on, start_time, kind)`: the id of the first service that had it.
///
/// Free text never makes two services different. A service that takes the place of a voided one of the same identity
/// gets [`replacement`] as its id, so that one stream's expectation still holds the rule.
#[must_use]
pub fn identity(
    record: RecordId,
    point: &PointId,
    occurred_on: Date,
    start_time: Option<TimeOfDay>,
    kind: ServiceKind,
) -> ServiceId {
    let day = occurred_on.to_string();
    let time = start_time.map_or_else(String::new, |time| time.to_string());
    ServiceId(ShortHash::of_parts([
        record.0.0.as_slice(),
        point.as_str().as_bytes(),
        day.as_bytes(),
        time.as_bytes(),
        kind.as_str().as_bytes(),
    ]))
}

/// The id of the service that takes the place of a voided one with the same identity.
#[must_use]
pub fn replacement(identity: ServiceId, voided: ServiceId) -> ServiceId {
    ServiceId(ShortHash::of_parts([identity.0.0.as_slice(), voided.0.0.as_slice()]))
}

/// The id, hence the stream, of a service that is to be recorded; `replaced` is the service it refers to.
///
/// A voided service has one replacement of the same identity, which may be voided and replaced in its turn: of all
/// services with one identity only the last of this chain can stand, and each link is held by one stream.
#[must_use]
pub fn id_of(command: &RecordService, replaced: Option<(ServiceId, Service)>) -> ServiceId {
    let own = identity(command.citizen, &command.point, command.occurred_on, command.start_time, command.kind);
    match replaced {
        Some((voided, Service::Voided { identity })) if identity == own => replacement(own, voided),
        // What was not voided, or was another service, gives no right to a second stream.
        Some((_, Service::Unknown | Service::Recorded { .. } | Service::Disputed { .. } | Service::Voided { .. }))
        | None => own,
    }
}

impl ServiceRecorded {
    /// The hash of what happened, whatever it refers to.
    #[must_use]
    pub fn identity(&self) -> ServiceId {
        identity(self.record, &self.point, self.occurred_on, self.start_time, self.kind)
    }
}
