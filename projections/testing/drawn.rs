//! Tests of histories that chance draws.

use std::hash::{BuildHasher as _, RandomState};

use traccia_tests::Place;

/// Histories that are drawn before a test has too little to go on.
const HISTORIES: usize = 5;

/// Draws histories from seeds, each in a place of its own, until they have shown everything that the test names: one alone
/// may have nothing of it. The test gives how often it met each thing.
pub(crate) async fn until_met<const N: usize>(place: Place, what: &str, test: impl AsyncFn(Place, u64) -> [u64; N]) {
    let (mut met, mut place) = ([0; N], Some(place));
    for _ in 0..HISTORIES {
        let Some(here) = place.take() else { return };
        place = here.another();
        let seed = RandomState::new().hash_one("a seed");
        println!("drawn from {seed}");
        for (sum, n) in met.iter_mut().zip(test(here, seed).await) {
            *sum += n;
        }
        if met.iter().all(|n| *n > 0) {
            return;
        }
    }
    panic!("{what}: {met:?}: {HISTORIES} histories say too little");
}
