//! One history: lives of processes that end in crashes, over a disk that stays; then peace, and the checker.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use fastrand::Rng;
use jiff::Timestamp;
use tokio::{runtime, task::JoinSet, time};
use traccia_domain::{Position, hash::Hex};
use traccia_projections::Projections;
use traccia_projector::{
    Reading, Tables,
    memory::{Calm, MemoryTables},
    rebuild, verify,
};

use super::{
    chaos::{Chaos, Rates, Spot},
    clients::{Crowd, locked},
    disk::{Disk, Sabotage},
    log::SimLog,
    processes::{SimKeys, Stops, project},
    torn::Torn,
};
use crate::faults::{
    checker::{Broken, Evidence, Finding, check},
    journal::{Answer, Journal},
    rows::Rows,
    world::{World, beginnings},
};

/// What one seed makes.
pub struct History {
    pub disk: Disk,
    pub tables: MemoryTables,
    pub journal: Arc<Mutex<Journal>>,
    /// Why projectors have stopped.
    pub stops: Stops,
    /// Lives that ended in a crash.
    pub crashes: u64,
    world: Arc<Mutex<World>>,
    keys: SimKeys,
    rng: Rng,
}

/// Where the processes of a life are killed.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// Anywhere.
    Anywhere,
    /// When a spot is passed.
    At(Spot),
}

/// Few, so that everybody meets.
const DOCUMENTS: u32 = 6;

/// No life takes longer; one that does waits for something that never comes.
const LONGEST: Duration = Duration::from_secs(3_600);

impl History {
    /// Lives through a seed, in peace at its beginning and its end.
    pub fn of(seed: u64, sabotage: Sabotage, ending: Ending) -> History {
        let rng = Rng::with_seed(seed);
        let world = World::of(DOCUMENTS);
        let journal = Journal { canaries: world.canaries(), ..Journal::default() };
        let mut history = History {
            disk: Disk::new(sabotage),
            tables: MemoryTables::new(Arc::new(Calm)),
            journal: Arc::new(Mutex::new(journal)),
            stops: Stops::default(),
            crashes: 0,
            world: Arc::new(Mutex::new(world)),
            keys: SimKeys::new(),
            rng,
        };
        history.begin();
        for _ in 0..history.rng.u8(1..4) {
            history.live(ending);
        }
        history.resolve();
        history
    }

    /// The log is started and the programme set up.
    fn begin(&mut self) {
        let crowd = self.crowd(Chaos::calm());
        let asked: Vec<usize> = beginnings()
            .into_iter()
            .enumerate()
            .map(|(index, command)| locked(&self.journal).asks("root", &format!("begin-{index}"), command))
            .collect();
        let mut rng = self.rng.fork();
        peace(async move {
            let epoch = Hex([7; 16]);
            traccia_log::start(&crowd.log, epoch, Timestamp::UNIX_EPOCH).await.expect("an empty log is started");
            for request in asked {
                crowd.ask(request, &mut rng).await;
            }
        });
    }

    /// One life: several processes and clients, until the clients have had their day or everything is killed.
    fn live(&mut self, ending: Ending) {
        let rates = Rates::drawn(&mut self.rng);
        let (spot, most) = match ending {
            Ending::Anywhere => (None, 400),
            Ending::At(spot) => (Some(spot), 6),
        };
        // Some lives end in peace, which is a restart.
        let passes = self.rng.u8(..4).ne(&0).then(|| self.rng.u32(..most));
        let chaos = Chaos::new(self.rng.fork(), rates, spot, passes);
        let crowd = self.crowd(chaos);
        let projectors = self.rng.u8(1..3);
        let clients: Vec<(String, Rng, usize)> =
            (0..3).map(|client| (format!("client-{client}"), self.rng.fork(), self.rng.usize(2..8))).collect();
        let stops = self.stops.clone();
        let torn =
            Arc::new(Torn { chaos: crowd.log.chaos.clone(), tables: self.tables.clone(), rows: Mutex::default() });
        let runtime = runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let killed = runtime.block_on(async {
            for _ in 0..projectors {
                tokio::spawn(project(crowd.log.clone(), self.tables.under(torn.clone()), stops.clone()));
            }
            let mut day = JoinSet::new();
            for (subject, rng, wishes) in clients {
                day.spawn(crowd.clone().client(subject, rng, wishes));
            }
            tokio::select! {
                biased;
                () = crowd.log.chaos.ended() => true,
                ended = time::timeout(LONGEST, day.join_all()) => {
                    ended.expect("clients wait for something that never comes");
                    false
                }
            }
        });
        // With the runtime goes every task: nothing is flushed, nothing said.
        drop(runtime);
        if killed {
            self.crashes += 1;
            self.disk.crash(&mut self.rng);
            if self.disk.sabotage == Sabotage::CheckpointOutside {
                torn.tear();
            }
        }
    }

    /// Peace: everybody asks again until they know.
    fn resolve(&mut self) {
        let crowd = self.crowd(Chaos::calm());
        let asked = locked(&self.journal).open();
        let mut rng = self.rng.fork();
        peace(async move {
            // What is still under way arrives, or never will.
            for _ in 0..40 {
                crowd.log.disk.operation();
            }
            for request in asked {
                crowd.ask(request, &mut rng).await;
            }
        });
        let unsettled = locked(&self.journal).open();
        // Where the log has lost what the read models know, its keys stay unknown: the checker says what is gone.
        let lost = self.disk.sabotage == Sabotage::SyncOff;
        assert!(lost || unsettled.is_empty(), "in peace every answer comes: {unsettled:?}");
    }

    fn crowd(&self, chaos: Chaos) -> Arc<Crowd> {
        let log = SimLog { disk: self.disk.clone(), chaos: Arc::new(chaos) };
        let crowd = Crowd {
            apis: Mutex::default(),
            journal: self.journal.clone(),
            world: self.world.clone(),
            log,
            keys: self.keys.clone(),
            tables: self.tables.clone(),
        };
        let apis = vec![crowd.start_api(), crowd.start_api()];
        *locked(&crowd.apis) = apis;
        Arc::new(crowd)
    }

    /// Somebody goes on, in peace.
    pub fn go_on(&mut self, wishes: usize) {
        let (crowd, rng) = (self.crowd(Chaos::calm()), self.rng.fork());
        peace(crowd.client("somebody".to_owned(), rng, wishes));
    }

    /// Lets a projector run until it stops for good, with an alarm.
    pub fn alarm(&self) -> String {
        let log = SimLog { disk: self.disk.clone(), chaos: Arc::new(Chaos::calm()) };
        peace(project(log, self.tables.clone(), self.stops.clone()));
        locked(&self.stops.alarms).pop().expect("it stops with an alarm")
    }

    /// Builds the read models anew.
    pub fn rebuild(&self) {
        let log = SimLog { disk: self.disk.clone(), chaos: Arc::new(Chaos::calm()) };
        let tables = Tables::in_memory(self.tables.clone());
        let rebuilt = async move { rebuild::<Projections, _>(&Arc::new(log), &tables, |_| {}).await };
        peace(rebuilt).expect("in peace they can be built");
    }

    /// Lets the read models catch up and looks at everything.
    pub fn findings(&self) -> Vec<Finding> {
        let log = SimLog { disk: self.disk.clone(), chaos: Arc::new(Chaos::calm()) };
        let (memory, stops) = (self.tables.clone(), self.stops.clone());
        let head = self.disk.head();
        let verified = peace(async move {
            let tables = Tables::in_memory(memory.under(Arc::new(Calm)));
            let reading = Reading { min_position: Some(head), wait: LONGEST, ..Reading::default() };
            tokio::select! {
                biased;
                () = project(log.clone(), memory, stops) => {}
                reached = tables.view_at(reading) => drop(reached.expect("in peace the tables reach the log's end")),
            }
            verify::<Projections, _>(&Arc::new(log), &tables, None, |_| {}).await
        });
        let (journal, rows) = (locked(&self.journal), Rows::of_memory(&self.tables));
        let mut findings = check(&Evidence { log: &self.disk.seen(), journal: &journal, rows: Some(&rows) });
        let mut found = |broken, what| findings.push(Finding { broken, what });
        match verified {
            Ok(verified) => verified.differences.iter().for_each(|row| found(Broken::Counted, row.to_string())),
            Err(error) => found(Broken::Whole, error.to_string()),
        }
        locked(&self.stops.alarms).iter().for_each(|alarm| found(Broken::Whole, alarm.clone()));
        findings
    }

    /// What happened, in lines: two runs of one seed give the same.
    pub fn told(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for request in &locked(&self.journal).requests {
            lines.push(format!("{} {} {} {}", request.subject, request.key, request.command.0, request.command.1));
            lines.extend(request.attempts.iter().map(|attempt| format!("    {attempt:?}")));
        }
        for stored in self.disk.seen() {
            // Sealed profiles are drawn from the machine's randomness; nothing depends on them.
            let commit = crate::faults::raw::commit(&stored).expect("it is a commit");
            let events: Vec<&str> = commit.events.iter().map(|event| event.kind.as_str()).collect();
            lines.push(format!("{} {} {} {} {events:?}", commit.position, commit.stream, commit.first, commit.command));
        }
        lines.extend(locked(&self.stops.fair).iter().cloned());
        lines.extend(locked(&self.stops.alarms).iter().cloned());
        lines
    }

    /// Attempts whose outcome was unknown, and whether each command's is known now.
    pub fn unknown(&self) -> usize {
        locked(&self.journal).unknown()
    }

    /// The last position.
    pub fn head(&self) -> Position {
        self.disk.head()
    }

    /// Answers that something was done.
    pub fn done(&self) -> usize {
        let journal = locked(&self.journal);
        let attempts = journal.requests.iter().flat_map(|request| &request.attempts);
        attempts.filter(|attempt| matches!(attempt.answer, Answer::Done { .. })).count()
    }
}

/// Runs to its end with a clock that moves when all wait.
fn peace<F: Future>(future: F) -> F::Output {
    let runtime = runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async { time::timeout(LONGEST, future).await.expect("in peace everything ends") })
}
