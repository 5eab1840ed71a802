//! Reading the count: what excludes a service, who is counted where, and why.

mod behind;
mod citizens;
mod difference;
mod links;
mod next;
mod overlaps;
mod reasons;
mod services;
mod units;
mod waterfall;

#[cfg(test)]
mod tests;

pub use behind::{Days, Given, Judged, Persons, Served, persons, services};
pub(crate) use behind::{limited, listed};
pub use citizens::{Attribution, Citizen, CitizenLink, CitizenRecord, Why, citizen};
pub use difference::{Cause, Change, Counted, Difference, Moved, difference};
pub use links::{Link, LinkProposal, STATES, Said, Side, SideServices, links};
pub use next::Next;
pub use overlaps::{Overlaps, PreventedDuplicates, overlaps};
pub use services::{Service, ServiceOfPerson, service};
pub(crate) use services::{read_with_person, select};
pub use units::{Unit, UnitFilter, units};
pub use waterfall::{CountingScope, Waterfall, waterfall, whole};
