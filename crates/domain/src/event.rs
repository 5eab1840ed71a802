//! All that can happen, and how it is written in the log: a type, a version, then the data.
//!
//! Only the current shape of an event has a type here. Older versions are brought up to it by [`upcast`].

mod day;

use serde::{Serialize, Serializer};

use crate::{
    expense::ExpenseEvent,
    facilitator::FacilitatorEvent,
    genesis::LogEvent,
    invoice::InvoiceEvent,
    link::LinkEvent,
    milestone::MilestoneEvent,
    number::NumberEvent,
    payments::PaymentsEvent,
    point::PointEvent,
    programme::ProgrammeEvent,
    project::ProjectEvent,
    record::RecordEvent,
    report::ReportEvent,
    service::ServiceEvent,
    tranche::MoneyEvent,
    upcast::{STEPS, upcast},
};

/// Declares an aggregate's events: each variant's stored name and current version.
macro_rules! events {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $stored:literal $version:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "type", content = "data")]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $stored)] $variant($variant),)+
        }

        $(impl From<$variant> for $name {
            fn from(event: $variant) -> Self {
                $name::$variant(event)
            }
        })+

        $(impl From<$variant> for $crate::Event {
            fn from(event: $variant) -> Self {
                $name::$variant(event).into()
            }
        })+

        impl $name {
            pub(crate) const KINDS: &'static [$crate::event::EventKind] = &[
                $($crate::event::EventKind {
                    name: stringify!($variant),
                    stored: $stored,
                    version: $crate::event::version(stringify!($version)),
                    schema: |generator| generator.root_schema_for::<$variant>(),
                },)+
            ];

            pub(crate) fn kind(&self) -> &'static $crate::event::EventKind {
                #[allow(non_camel_case_types, clippy::enum_variant_names)]
                enum Index { $($variant,)+ }
                match self {
                    $($name::$variant(_) => &Self::KINDS[Index::$variant as usize],)+
                }
            }

            pub(crate) fn read(stored: &str, data: &str) -> Option<serde_json::Result<$crate::Event>> {
                match stored {
                    $($stored => Some(serde_json::from_str::<$variant>(data).map(Into::into)),)+
                    _ => None,
                }
            }

            pub(crate) fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $($name::$variant(event) => serde::Serialize::serialize(event, serializer),)+
                }
            }
        }

        impl cqrs_es::DomainEvent for $name {
            fn event_type(&self) -> String {
                self.kind().stored.to_owned()
            }
            fn event_version(&self) -> String {
                self.kind().version.to_string()
            }
        }
    };
}
pub(crate) use events;

/// What the log must know of a kind of event.
pub struct EventKind {
    /// As the API names it: `PointOpened`.
    pub name: &'static str,
    /// As the log names it: `point_opened`. Never changes.
    pub stored: &'static str,
    /// The version written today.
    pub version: u16,
    /// The JSON Schema of its data.
    pub schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

/// Reads `v12` as 12, when the program is compiled.
pub(crate) const fn version(text: &str) -> u16 {
    let digits = text.as_bytes();
    let mut value = 0;
    let mut i = 1;
    while i < digits.len() {
        value = value * 10 + (digits[i] - b'0') as u16;
        i += 1;
    }
    value
}

macro_rules! all_events {
    ($($(#[$doc:meta])* $variant:ident($events:ident),)+) => {
        /// Anything that happened.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Event {
            $($(#[$doc])* $variant($events),)+
        }

        $(impl From<$events> for Event {
            fn from(event: $events) -> Self {
                Event::$variant(event)
            }
        })+

        impl Event {
            /// Its name, stored name, version and schema.
            #[must_use]
            pub fn kind(&self) -> &'static EventKind {
                match self {
                    $(Event::$variant(event) => event.kind(),)+
                }
            }

            /// The events of each aggregate.
            pub(crate) fn aggregates() -> impl Iterator<Item = (crate::StreamKind, &'static [EventKind])> {
                [$((crate::StreamKind::$variant, $events::KINDS),)+].into_iter()
            }

            /// Every kind of event there is.
            pub fn kinds() -> impl Iterator<Item = &'static EventKind> {
                [$($events::KINDS,)+].into_iter().flatten()
            }

            fn read(stored: &str, data: &str) -> Option<serde_json::Result<Event>> {
                None$(.or_else(|| $events::read(stored, data)))+
            }
        }

        impl Serialize for DataOf<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    $(Event::$variant(event) => event.write(serializer),)+
                }
            }
        }
    };
}

/// An event's data alone, as it is written.
pub(crate) struct DataOf<'a>(pub(crate) &'a Event);

all_events! {
    /// To a service.
    Service(ServiceEvent),
    /// To a record.
    Record(RecordEvent),
    /// To a document's number.
    Number(NumberEvent),
    /// To a pair of records.
    Link(LinkEvent),
    /// To a point.
    Point(PointEvent),
    /// To a facilitator.
    Facilitator(FacilitatorEvent),
    /// To a project.
    Project(ProjectEvent),
    /// To a monthly report.
    Report(ReportEvent),
    /// To a project's milestones.
    Milestone(MilestoneEvent),
    /// To a programme.
    Programme(ProgrammeEvent),
    /// To an invoice.
    Invoice(InvoiceEvent),
    /// To an expense's id.
    Expense(ExpenseEvent),
    /// To the money of a project.
    Money(MoneyEvent),
    /// To a programme's payments.
    Payments(PaymentsEvent),
    /// To the log itself.
    Log(LogEvent),
}

/// Why stored data is not an event.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableEvent {
    /// Nothing here reads this type in this version: a newer program wrote it, or something damaged it.
    #[error("no event {stored} has a version {version} that this program can read")]
    UnknownVersion {
        /// The stored type.
        stored: String,
        /// The stored version.
        version: u16,
    },
    /// The data does not have the shape of its type and version.
    #[error("the data of {stored} version {version} does not have its shape")]
    Shape {
        /// The stored type.
        stored: String,
        /// The stored version.
        version: u16,
        /// What is wrong.
        source: serde_json::Error,
    },
}

impl Event {
    /// Reads an event from its stored type, version and data.
    ///
    /// # Errors
    /// When it cannot be read. Whoever folds stops then; an event is never skipped or defaulted.
    pub fn decode(stored: &str, version: u16, data: &str) -> Result<Event, UnreadableEvent> {
        let unknown = || UnreadableEvent::UnknownVersion { stored: stored.to_owned(), version };
        let shape = |source| UnreadableEvent::Shape { stored: stored.to_owned(), version, source };
        let current = Event::kinds().find(|kind| kind.stored == stored).ok_or_else(unknown)?.version;
        if version == current {
            return Event::read(stored, data).ok_or_else(unknown)?.map_err(shape);
        }
        let old = serde_json::from_str(data).map_err(shape)?;
        let data = upcast(STEPS, stored, version, current, old).ok_or_else(unknown)?;
        Event::read(stored, &data.to_string()).ok_or_else(unknown)?.map_err(shape)
    }
}

#[cfg(test)]
mod tests;
