//! What goes wrong, when: drawn from a seed, and from nothing else.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use fastrand::Rng;
use futures::future::BoxFuture;
use tokio::time;
use traccia_log::BoxError;
use traccia_projector::memory::{Place, Weather};

use super::watched::Watched;

/// Where something can go wrong: between any two of these a process may be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// After the decision, before the log has heard of it.
    Sending,
    /// The log has it, not yet on its disk.
    Written,
    /// It is stored, and the answer on its way.
    Stored,
    /// A stream is being loaded.
    Loading,
    /// The log is being read.
    Reading,
    /// Keys of records are being fetched.
    Keys,
    /// The tables are being read or written.
    Tables(Place),
}

/// How likely each fault is. A seed leaves some out, so that others are seen by themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rates {
    /// The question is lost: nothing is stored, and nobody says so.
    pub question_lost: f64,
    /// The question is late: it arrives when nobody waits for it any more.
    pub question_late: f64,
    /// The answer is lost: a position or a conflict.
    pub answer_lost: f64,
    /// The log, the keys or the tables are away.
    pub away: f64,
    /// A load answers as things stood a moment ago.
    pub stale: f64,
    /// The reader leaves a commit out.
    pub gap: f64,
    /// The reader finds a commit damaged.
    pub unreadable: f64,
    /// A client stops waiting.
    pub impatient: f64,
    /// An API process is killed.
    pub api_killed: f64,
}

/// What goes wrong in one life of the processes.
pub struct Chaos {
    /// None in the calm.
    rng: Option<Mutex<Rng>>,
    pub rates: Rates,
    /// The spot at which everything ends, and how often it is passed before; `None` for any spot.
    ends_at: Option<Spot>,
    passes_left: Mutex<Option<u32>>,
    ended: Watched<bool>,
}

impl fmt::Debug for Chaos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chaos").field("rates", &self.rates).finish_non_exhaustive()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rates {
    /// Each fault with a chance of being left out altogether.
    pub fn drawn(rng: &mut Rng) -> Rates {
        let mut some = |most: f64| if rng.u8(..3) == 0 { 0.0 } else { most * rng.f64() };
        Rates {
            question_lost: some(0.2),
            question_late: some(0.2),
            answer_lost: some(0.3),
            away: some(0.1),
            stale: some(0.5),
            gap: some(0.05),
            unreadable: some(0.02),
            impatient: some(0.2),
            api_killed: some(0.1),
        }
    }
}

impl Chaos {
    /// Nothing goes wrong.
    pub fn calm() -> Chaos {
        Chaos { rng: None, ..Chaos::new(Rng::with_seed(0), Rates::default(), None, None) }
    }

    /// Faults as likely as `rates`; everything ends at a spot after so many passes.
    pub fn new(rng: Rng, rates: Rates, ends_at: Option<Spot>, passes: Option<u32>) -> Chaos {
        let (rng, passes_left) = (Some(Mutex::new(rng)), Mutex::new(passes));
        Chaos { rng, rates, ends_at, passes_left, ended: Watched::default() }
    }

    /// Ends with the processes.
    pub async fn ended(&self) {
        self.ended.wait_for(|ended| ended).await;
    }

    /// Passes a spot: time goes by, others get their turn. Once everything has ended, nobody gets past.
    pub async fn pass(&self, spot: Spot) {
        if self.ends_here(spot) {
            self.ended.set(true);
        }
        if self.ended.get() {
            std::future::pending::<()>().await;
        }
        if let Some(pause) = self.draw(|rng| rng.bool().then(|| rng.u64(1..4_000))).flatten() {
            time::sleep(Duration::from_micros(pause)).await;
        }
    }

    fn ends_here(&self, spot: Spot) -> bool {
        let mut left = locked(&self.passes_left);
        match (&mut *left, self.ends_at) {
            (Some(_), Some(ends_at)) if ends_at != spot => false,
            (Some(0), _) => true,
            (Some(passes), _) => {
                *passes -= 1;
                false
            }
            (None, _) => false,
        }
    }

    /// Whether something goes wrong that is as likely as this.
    pub fn strikes(&self, rate: f64) -> bool {
        rate > 0.0 && self.draw(|rng| rng.f64() < rate).unwrap_or(false)
    }

    /// Draws something; nothing is drawn in the calm.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> Option<T> {
        self.rng.as_ref().map(|rng| draw(&mut locked(rng)))
    }
}

impl Weather for Chaos {
    fn at(&self, place: Place) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(async move {
            self.pass(Spot::Tables(place)).await;
            if self.strikes(self.rates.away) { Err("the tables are away".into()) } else { Ok(()) }
        })
    }
}
