//! Deterministic simulation: the real application and the real projector over a simulated log and tables, on one thread,
//! with a clock that stands still until all wait. A seed decides everything; a failing one is printed and can be run again.

mod chaos;
mod clients;
mod controls;
mod disk;
mod history;
mod log;
mod processes;
mod restored;
mod seeds;
mod torn;
mod watched;
