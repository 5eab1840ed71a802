//! A value that others wait for. Tokio's own wakes who waits in an order drawn from the machine; this one in the order in
//! which they came, so that a seed decides everything.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

#[derive(Debug, Default)]
pub struct Watched<T> {
    value: Mutex<T>,
    changed: Notify,
}

impl<T: Copy + PartialEq> Watched<T> {
    pub fn get(&self) -> T {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set(&self, value: T) {
        let before = std::mem::replace(&mut *self.value.lock().unwrap_or_else(PoisonError::into_inner), value);
        if before != value {
            self.changed.notify_waiters();
        }
    }

    /// Waits until it is as wanted, and says what it is.
    pub async fn wait_for(&self, wanted: impl Fn(T) -> bool) -> T {
        loop {
            // From here on no change is missed.
            let changed = self.changed.notified();
            let value = self.get();
            if wanted(value) {
                return value;
            }
            changed.await;
        }
    }
}
