//! Clients: they wish for something, ask, wait or lose patience, and ask again under the same key.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use fastrand::Rng;
use tokio::time;
use traccia_domain::Command;
use traccia_projector::memory::MemoryTables;

use super::{
    log::SimLog,
    processes::{Api, SimKeys},
};
use crate::faults::{
    journal::{Answer, Journal},
    world::World,
};

/// What all clients of one life share.
pub struct Crowd {
    pub apis: Mutex<Vec<Arc<Api>>>,
    pub journal: Arc<Mutex<Journal>>,
    pub world: Arc<Mutex<World>>,
    pub log: SimLog,
    pub keys: SimKeys,
    pub tables: MemoryTables,
}

pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Crowd {
    pub fn start_api(&self) -> Arc<Api> {
        Arc::new(Api::start(&self.log, &self.keys, &self.tables))
    }

    fn api(&self, rng: &mut Rng) -> Arc<Api> {
        let mut apis = locked(&self.apis);
        let index = rng.usize(..apis.len());
        if rng.f64() < self.log.chaos.rates.api_killed {
            // Killed with everything it was doing; another takes its place.
            apis[index].kill();
            apis[index] = self.start_api();
        }
        apis[index].clone()
    }

    /// One client's day: so many wishes, each until it is answered or given up.
    pub async fn client(self: Arc<Self>, subject: String, mut rng: Rng, wishes: usize) {
        for _ in 0..wishes {
            let command = locked(&self.world).wish(&mut rng);
            let key = format!("{:08x}", rng.u32(..));
            let request = locked(&self.journal).asks(&subject, &key, command);
            match rng.u8(..8) {
                // A double click: twice at once, perhaps in two processes.
                0 => {
                    let mut other = rng.fork();
                    tokio::join!(self.ask(request, &mut rng), self.ask(request, &mut other));
                }
                _ => self.ask(request, &mut rng).await,
            }
            for _ in 0..rng.usize(..3) {
                if !locked(&self.journal).requests[request].settled() || rng.u8(..8) == 0 {
                    self.ask(request, &mut rng).await;
                }
            }
            time::sleep(Duration::from_millis(rng.u64(..20))).await;
        }
    }

    /// Asks once; the journal knows before and after.
    pub async fn ask(&self, request: usize, rng: &mut Rng) {
        let (subject, key, (name, body), attempt) = {
            let mut journal = locked(&self.journal);
            let attempt = journal.tries(request, self.log.disk.head().0);
            let request = &journal.requests[request];
            (request.subject.clone(), request.key.clone(), request.command.clone(), attempt)
        };
        let command = Command::read(name, body).unwrap().unwrap();
        let patience = match rng.f64() < self.log.chaos.rates.impatient {
            true => Duration::from_millis(rng.u64(1..400)),
            false => Duration::from_secs(60),
        };
        let api = self.api(rng);
        let answer = time::timeout(patience, api.carry_out(&subject, &key, command)).await;
        let Some(answer) = answer.ok().flatten() else { return };
        if let Answer::Done { stream, .. } = &answer {
            locked(&self.world).hears(stream);
        }
        locked(&self.journal).answered(request, attempt, answer);
    }
}
