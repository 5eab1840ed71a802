//! A wire between two that speak TCP, which a seed disturbs: it delays, it cuts, and it swallows answers to requests
//! that have passed.

mod passing;
#[cfg(test)]
mod tests;
mod weather;

use std::{
    net::TcpListener as Bound,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use fastrand::Rng;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{AbortHandle, JoinSet},
};

use self::weather::{Fate, Fates};
pub use self::weather::{Trap, Weather};

/// A wire in place. What goes over it is cut when it is dropped.
pub struct Wire {
    port: u16,
    shared: Arc<Shared>,
    accepting: AbortHandle,
}

struct Shared {
    state: Mutex<State>,
    /// How often everything that is connected was cut.
    cuts: watch::Sender<u64>,
    /// Whether the trap was met.
    met: watch::Sender<bool>,
    exchanges: AtomicU64,
    disturbed: AtomicU64,
    swallowed: AtomicU64,
}

struct State {
    /// The port at the other end.
    to: u16,
    down: bool,
    fates: Fates,
}

/// What a wire has seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    pub exchanges: u64,
    /// Delayed, cut or swallowed.
    pub disturbed: u64,
    /// The requests that passed and whose answers did not.
    pub swallowed: u64,
}

impl std::ops::AddAssign for Seen {
    fn add_assign(&mut self, other: Seen) {
        self.exchanges += other.exchanges;
        self.disturbed += other.disturbed;
        self.swallowed += other.swallowed;
    }
}

impl Wire {
    /// A wire to a port of the loopback, which nothing disturbs yet. It listens on a port of its own.
    pub fn to(port: u16, rng: &mut Rng) -> Wire {
        let listener = Bound::bind(("127.0.0.1", 0)).expect("a port is free");
        listener.set_nonblocking(true).expect("it is a socket");
        let here = listener.local_addr().expect("it is bound").port();
        let shared = Arc::new(Shared {
            state: Mutex::new(State { to: port, down: false, fates: Fates::of(rng.fork()) }),
            cuts: watch::Sender::default(),
            met: watch::Sender::default(),
            exchanges: AtomicU64::new(0),
            disturbed: AtomicU64::new(0),
            swallowed: AtomicU64::new(0),
        });
        let listener = TcpListener::from_std(listener).expect("a runtime is here");
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared))).abort_handle();
        Wire { port: here, shared, accepting }
    }

    /// Where it is taken up.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on it leads elsewhere.
    pub fn lead_to(&self, port: u16) {
        self.shared.state().to = port;
    }

    pub fn weather(&self, weather: Weather) {
        self.shared.state().fates.weather = weather;
    }

    /// Cuts whatever is connected, and lets nobody connect.
    pub fn cut(&self) {
        self.shared.state().down = true;
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Lets everybody connect again; who still waits behind a trap is cut.
    pub fn mend(&self) {
        self.shared.state().down = false;
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Waits for the next request that holds a text, and keeps it or its answer for ever.
    pub fn set(&self, trap: Trap) {
        self.shared.met.send_replace(false);
        self.shared.state().fates.trap = Some(trap);
    }

    /// Waits until the trap was met.
    pub async fn met(&self) {
        let mut met = self.shared.met.subscribe();
        met.wait_for(|met| *met).await.expect("the wire is there");
    }

    pub fn seen(&self) -> Seen {
        let Shared { exchanges, disturbed, swallowed, .. } = &*self.shared;
        let [exchanges, disturbed, swallowed] = [exchanges, disturbed, swallowed].map(|n| n.load(Ordering::Relaxed));
        Seen { exchanges, disturbed, swallowed }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What becomes of a request, and of its answer.
    fn fate(&self, rng: &mut Rng, request: &[u8]) -> Fate {
        let fate = self.state().fates.of_request(rng, request);
        let count = |counter: &AtomicU64, so: bool| counter.fetch_add(u64::from(so), Ordering::Relaxed);
        count(&self.exchanges, true);
        count(&self.disturbed, !matches!(fate, Fate::Passes));
        count(&self.swallowed, matches!(fate, Fate::Swallowed(_)));
        fate
    }
}

/// Everything that is connected ends with this task.
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        while connections.try_join_next().is_some() {}
        let (to, rng) = {
            let mut state = shared.state();
            if state.down {
                continue;
            }
            (state.to, state.fates.fork())
        };
        connections.spawn(passing::connect(client, to, rng, Arc::clone(&shared), shared.cuts.subscribe()));
    }
}
