//! Turn after turn one thing is done to one place of a whole folder. It is found, or it is nothing.

use std::{collections::BTreeMap, fmt, path::Path};

use fastrand::Rng;

use super::{
    look::{Finder, Found, counted, hangs_together, look, opened},
    says::{Says, rows},
    strike::Strike,
    whole::{Whole, whole},
};
use crate::{
    faults::{raw, size},
    program::run,
};

/// What became of some turns.
#[derive(Debug, Default)]
struct Figures {
    turns: u64,
    found: BTreeMap<Finder, u64>,
    /// Found, where somebody who only reads takes what is there for what was.
    silent: u64,
    harmless: BTreeMap<Strike, u64>,
    unseen: Vec<String>,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found: u64 = self.found.values().sum();
        let harmless: u64 = self.harmless.values().sum();
        let (turns, by, silent, unseen) = (self.turns, &self.found, self.silent, self.unseen.len());
        write!(
            f,
            "{turns} turns, {found} found (first by {by:?}; {silent} of them in silence for who only reads), {harmless} \
             harmless {:?}, {unseen} unseen",
            self.harmless
        )
    }
}

/// Who looks after a strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    /// Whoever calls `verify` and `ledger verify`.
    Whole,
    /// The same without what was signed.
    Unsigned,
    /// Nobody.
    None,
}

impl Guard {
    /// What is found; a panic is not a finding.
    async fn looks(self, folder: &Path) -> Result<Option<Found>, String> {
        let folder = folder.to_owned();
        let looking = tokio::spawn(async move {
            match self {
                Guard::Whole => look(&folder).await.err(),
                Guard::Unsigned => unsigned(&folder).await.err(),
                Guard::None => None,
            }
        });
        looking.await.map_err(|panic| format!("looking at it ends in a panic: {panic}"))
    }
}

async fn unsigned(folder: &Path) -> Result<(), Found> {
    let log = opened(folder).await?;
    hangs_together(&log, folder).await?;
    counted(&log, &traccia_projector::Tables::open_sqlite(folder.join("tables.db"))).await
}

/// One strike; what became of it.
async fn turn(strike: Strike, seed: u64, guard: Guard, whole: &Whole, figures: &mut Figures) {
    let folder = if strike.waiting() { &whole.left } else { &whole.rested }.laid_out();
    let what = strike.falls(folder.path(), whole, &mut Rng::with_seed(seed)).await;
    let told = |why: &str| format!("seed {seed}, {strike:?}: {what}: {why}");
    figures.turns += 1;
    let looked = guard.looks(folder.path()).await;
    if guard == Guard::Whole && figures.turns % 10 == 1 {
        let data = folder.path().to_str().unwrap();
        let holds = [&["verify"][..], &["ledger", "verify"]]
            .map(|call| run(&[call, &["--data", data]].concat()).status.success());
        assert_eq!(
            holds != [true, true],
            !matches!(looked, Ok(None)),
            "{}: {holds:?} {looked:?}",
            told("the executable")
        );
    }
    match looked {
        Ok(Some(found)) => {
            *figures.found.entry(found.by).or_default() += 1;
            figures.silent += u64::from(taken_for_whole(folder.path(), whole).await);
        }
        Ok(None) => match Says::of(folder.path(), &whole.journal).await {
            Ok(says) if says == whole.says => *figures.harmless.entry(strike).or_default() += 1,
            Ok(says) => figures.unseen.push(told(&whole.says.differs(&says))),
            Err(why) => figures.unseen.push(told(&why)),
        },
        Err(panic) => figures.unseen.push(told(&panic)),
    }
}

/// Whether commits and rows can be read as if nothing were wrong, and are not what they were.
async fn taken_for_whole(folder: &Path, whole: &Whole) -> bool {
    let Ok(log) = raw::of_file(&folder.join("log.db")).await else { return false };
    let Ok(rows) = rows(&folder.join("tables.db")).await else { return false };
    let readable = log.iter().all(|stored| raw::commit(stored).is_some());
    readable && (log != whole.says.log || rows != whole.says.rows)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_done_to_the_files_is_found_or_changes_nothing() {
    let whole = whole().await;
    let seed = size::seed().unwrap_or_else(|| fastrand::u64(..u64::MAX / 2));
    let mut figures = Figures::default();
    let strikes = Strike::ALL.into_iter().cycle();
    for (number, strike) in (0..size::damages().max(Strike::ALL.len() as u64)).zip(strikes) {
        turn(strike, seed + number, Guard::Whole, whole, &mut figures).await;
    }
    println!("damage: {figures}");
    let unseen = figures.unseen.join("\n");
    assert!(unseen.is_empty(), "seed {seed}: TRACCIA_SEED={seed} draws the same again\n{unseen}");
    assert!(figures.silent > 0, "whoever only reads sees everything: then nothing is shown here");
}

/// Negative control: where nobody looks, damage is there, and the proof that it is harmless fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_looks_damage_goes_unseen() {
    let (whole, mut figures) = (whole().await, Figures::default());
    for strike in Strike::ALL {
        turn(strike, 7, Guard::None, whole, &mut figures).await;
    }
    println!("control: where nobody looks, {figures}");
    assert!(figures.unseen.len() > Strike::ALL.len() / 2, "the proof takes damage for nothing: {figures:?}");
}

/// Negative control: what was signed is what holds history; hashes alone are made anew by whoever can write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_ledger_a_history_that_was_written_anew_goes_unseen() {
    let (whole, mut with, mut without) = (whole().await, Figures::default(), Figures::default());
    for seed in 0..5 {
        turn(Strike::CommitEditedAndCounted, seed, Guard::Unsigned, whole, &mut without).await;
        turn(Strike::CommitEditedAndCounted, seed, Guard::Whole, whole, &mut with).await;
    }
    println!("control: histories written anew, without the ledger: {without}; with it: {with}");
    assert_eq!((without.unseen.len(), with.found.get(&Finder::Ledger)), (5, Some(&5)));
}
