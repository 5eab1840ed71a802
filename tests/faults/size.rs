//! How much is tried: little in every test run, more when the environment says so.

use std::{env, str::FromStr};

/// Seeds of the simulation.
pub fn seeds() -> u64 {
    number("TRACCIA_GAUNTLET_SEEDS", 2_000)
}

/// Processes killed at random times.
pub fn kills() -> u64 {
    number("TRACCIA_GAUNTLET_KILLS", 20)
}

/// Disks filled under load, of each kind.
pub fn full_disks() -> u64 {
    number("TRACCIA_GAUNTLET_FULL_DISKS", 1)
}

/// Cuts of the power under load, of each kind of server.
pub fn cuts() -> u64 {
    number("TRACCIA_GAUNTLET_CUTS", 2)
}

/// Rounds of half a minute on a wire that is disturbed.
pub fn rounds() -> u64 {
    number("TRACCIA_GAUNTLET_WIRE", 1)
}

/// Kills of each: a server, the projector, nats-server, PostgreSQL.
pub fn kills_of_each() -> u64 {
    number("TRACCIA_GAUNTLET_KILLS_OF_EACH", 5)
}

/// How often a cluster's leader is paused and cut off; it is killed twice as often.
pub fn leaders() -> u64 {
    number("TRACCIA_GAUNTLET_LEADERS", 1)
}

/// How often something is killed at each named point of real servers.
pub fn moments() -> u64 {
    number("TRACCIA_GAUNTLET_MOMENTS", 3)
}

/// Things done to files that nobody should.
pub fn damages() -> u64 {
    number("TRACCIA_GAUNTLET_DAMAGES", 50)
}

/// The one seed to run again, as a failure has printed it.
pub fn seed() -> Option<u64> {
    given("TRACCIA_SEED")
}

/// The seed to run again, or one that nobody chose.
pub fn or_drawn() -> u64 {
    seed().unwrap_or_else(|| fastrand::u64(..))
}

fn number<T: FromStr>(name: &str, unless_told: T) -> T {
    given(name).unwrap_or(unless_told)
}

/// A number that is there and is none is a mistake of whoever runs this, not a wish for the usual.
fn given<T: FromStr>(name: &str) -> Option<T> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is {text:?}: it has to be a number")))
}
