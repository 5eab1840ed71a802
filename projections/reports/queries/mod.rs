//! Reading monthly reports: how each stands, what is due, and what a report says.

mod acceptances;
mod adjustments;
mod behind;
mod bridge;
mod content;
mod early;
mod forecast;
mod late;
mod list;
mod missing;
mod one;

#[cfg(test)]
mod tests;

pub use acceptances::Acceptance;
pub use adjustments::{AdjustedMonth, Adjustment, Adjustments};
pub use behind::{Line, persons_of_report, services_of_report};
pub use bridge::{Bridge, Previous};
pub use content::{Content, OpenPoints, ServicesOfKind, ServicesOfMonth};
pub(crate) use early::{Carried, early};
pub use forecast::Forecast;
pub use late::{AcceptedBy, Reported, of_service};
pub use list::{Report, ReportFilter, STATES, Waiting, reports, waiting};
pub use missing::missing;
pub use one::{ReportInFull, report};
