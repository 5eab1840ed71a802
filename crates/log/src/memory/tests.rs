//! The contract, in memory.

use super::MemoryLog;

crate::contract_suite!(std::future::ready(Some((MemoryLog::default(), ()))));
