//! What an auditor would look at first. It accuses nobody and changes no count; the definition is in README.md.

pub mod queries;
pub mod tables;

use traccia_domain::{Event, record::RecordEvent};
use traccia_projector::{At, Changes};

use self::tables::FOLLOW;

/// Minutes of a day that are doubtful for one facilitator.
pub const LONG_DAY: u64 = 12 * 60;
/// Minutes that a day has.
pub const WHOLE_DAY: u64 = 24 * 60;
/// Sittings in the last days of a month below which nothing is said.
pub const FEW: u64 = 10;
/// How many times their share of a month its last days may hold.
pub const TIMES: u64 = 3;
/// The days at the end of a month.
pub const LAST_DAYS: u64 = 3;
/// Records in a run that says nothing: a family's.
pub const FAMILY: u64 = 3;

/// The findings' own fold: it keeps no state, and judges nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Findings;

impl Findings {
    /// Writes down which number follows a new document's.
    pub(crate) fn take(self, at: &At<'_>, event: &Event, changes: &mut Changes) {
        match event {
            Event::Record(RecordEvent::RecordRegistered(registered)) => {
                if let Some(next) = registered.followed_by {
                    let record = at.commit.stream.id();
                    changes.append(&FOLLOW, || vec![record.to_owned().into(), next.to_string().into()]);
                }
            }
            Event::Record(RecordEvent::RecordErased(_))
            | Event::Service(_)
            | Event::Number(_)
            | Event::Link(_)
            | Event::Point(_)
            | Event::Facilitator(_)
            | Event::Project(_)
            | Event::Report(_)
            | Event::Milestone(_)
            | Event::Programme(_)
            | Event::Invoice(_)
            | Event::Expense(_)
            | Event::Money(_)
            | Event::Payments(_)
            | Event::Log(_) => {}
        }
    }
}
