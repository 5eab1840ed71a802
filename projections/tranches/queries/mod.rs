//! Tranches, exposures and payment orders, as they stood.

mod batches;
mod blocked;
mod exposures;
mod money;
mod orders;
mod programmes;
mod tranches;

#[cfg(test)]
mod tests;

pub use batches::{Batch, BatchFile, batch, batches, waiting};
pub use exposures::{
    EXPOSURE_STATES, Exposure, ExposureCause, ExposureFilter, ExposureSettled, Netted, exposures, open_exposures,
};
pub(crate) use money::{certificates, said};
pub use orders::{Codes, PaymentOrder, orders, orders_known};
pub use programmes::{Figure, ProgrammeMoney, totals};
pub use tranches::{Order, Tranche, TrancheEntry, TrancheFilter, tranches};
