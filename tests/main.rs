//! All tests that need more than one crate, in one binary.

#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test that cannot go on ends; nothing outside uses this binary"
)]

mod architecture;
mod bad_requests;
mod canary;
mod command_line;
mod demo;
mod deploy;
mod erasing;
mod faults;
mod fuzzed;
mod help;
mod house;
mod killed;
mod ledger;
mod links;
mod log_jetstream;
mod production;
mod program;
mod programmes;
mod record_service;
mod release;
mod rights;
mod rotation;
mod same_numbers;
mod stopping;
mod upkeep;
mod uploads;
