//! The fault runs of `tests/faults`, in the sizes that `tests/README.md` reports.

use crate::cargo;

const USAGE: &str =
    "cargo xtask gauntlet [--long] [FAMILY], FAMILY as in tests/faults: sim, kills, site::killed, damage ...";

/// Runs every family of faults, or one; `--long` as before a release, which takes hours.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (long, family) = match arguments {
        [] => (false, None),
        [only] if only == "--long" => (true, None),
        [first, family] if first == "--long" && !family.starts_with('-') => (true, Some(family)),
        [family] if !family.starts_with('-') => (false, Some(family)),
        _ => return Err(USAGE.to_owned()),
    };
    let filter = family.map_or_else(|| "faults".to_owned(), |family| format!("faults::{family}"));
    let mut tests = cargo();
    tests.args(["test", "--locked", "-p", "traccia-tests", "--test", "tests", &filter, "--", "--nocapture"]);
    if long {
        tests.envs([
            ("TRACCIA_GAUNTLET_SEEDS", "200000"),
            ("TRACCIA_GAUNTLET_KILLS", "1000"),
            ("TRACCIA_GAUNTLET_CUTS", "50"),
            ("TRACCIA_GAUNTLET_WIRE", "60"),
            ("TRACCIA_GAUNTLET_KILLS_OF_EACH", "250"),
            ("TRACCIA_GAUNTLET_LEADERS", "50"),
            ("TRACCIA_GAUNTLET_MOMENTS", "100"),
            ("TRACCIA_GAUNTLET_FULL_DISKS", "10"),
            ("TRACCIA_GAUNTLET_DAMAGES", "5000"),
        ]);
    }
    crate::run(&mut tests)
}
