//! The fault runs of `tests/faults`, in the sizes that `tests/README.md` reports.

use crate::cargo;

/// Runs every family of faults; `--long` as before a release.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let long = match arguments {
        [] => false,
        [only] if only == "--long" => true,
        _ => return Err("cargo xtask gauntlet [--long]".to_owned()),
    };
    let mut tests = cargo();
    tests.args(["test", "--locked", "-p", "traccia-tests", "faults", "--", "--nocapture"]);
    if long {
        tests.envs([
            ("TRACCIA_GAUNTLET_SEEDS", "200000"),
            ("TRACCIA_GAUNTLET_KILLS", "1000"),
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
