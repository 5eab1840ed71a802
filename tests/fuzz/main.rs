//! One target under libFuzzer: `TRACCIA_FUZZ` names it. `cargo xtask fuzz` builds and runs it.

#![no_main]

mod targets;

use std::sync::LazyLock;

static TARGET: LazyLock<targets::Target> = LazyLock::new(|| {
    let name = std::env::var("TRACCIA_FUZZ").unwrap_or_default();
    let named = targets::ALL.into_iter().find(|(target, _)| *target == name);
    named.expect("TRACCIA_FUZZ is fiscal_code, document or import").1
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET(bytes));
