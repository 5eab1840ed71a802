//! What no tool can know from the files alone, shown as it is: what is behind the last checkpoint is held by nobody's
//! signature yet, and whoever can write the file can write new history, which only its clients can deny.

use std::fs;

use fastrand::Rng;

use super::{
    look::{Finder, look},
    rewritten::{edited, forged_void, placed, rewrite, texts},
    says::Says,
    whole::{Whole, whole},
};
use crate::faults::size;

/// Puts the ledger back to where half of the history was signed.
fn half_signed(whole: &Whole) -> (tempfile::TempDir, usize) {
    let folder = whole.rested.laid_out();
    fs::remove_dir_all(folder.path().join("ledger")).unwrap();
    whole.early.lay_into(&folder.path().join("ledger"));
    let note = fs::read_to_string(folder.path().join("ledger/checkpoint")).unwrap();
    (folder, note.lines().nth(1).unwrap().parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_table_holds_is_held_by_the_ledger_alone_from_its_checkpoint_on() {
    let whole = whole().await;
    let seed = size::seed().unwrap_or_else(|| fastrand::u64(..u64::MAX / 2));
    let (turns, mut by_tables, mut by_ledger_alone) = (size::damages(), 0, 0);
    for turn in 0..turns {
        let mut rng = Rng::with_seed(seed + turn);
        let (half, signed) = half_signed(whole);
        let (forged, what) = edited(&whole.says.log, signed, &mut rng);
        let told = format!("seed {seed}: TRACCIA_SEED={seed} draws the same again: turn {turn}, {what}");
        rewrite(&half.path().join("log.db"), &forged).await;
        match look(half.path()).await {
            Err(found) if found.by == Finder::Tables => by_tables += 1,
            Err(found) => panic!("{told}: {found}"),
            Ok(()) => {
                let says = Says::of(half.path(), &whole.journal).await.unwrap_or_else(|why| panic!("{told}: {why}"));
                assert!(says.counts_as(&whole.says), "{told}: it changes what is counted");
                by_ledger_alone += 1;
            }
        }
        let all = whole.rested.laid_out();
        rewrite(&all.path().join("log.db"), &forged).await;
        let found = look(all.path()).await.expect_err(&told);
        assert_eq!(found.by, Finder::Ledger, "{told}");
    }
    println!(
        "damage behind the last checkpoint: {turns} commits edited and their chain mended, {by_tables} found by the tables, \
         {by_ledger_alone} change no row and no answer and are unseen until they are signed; signed, the ledger finds all"
    );
    assert!(by_tables > 0 && by_ledger_alone > 0, "{by_tables} {by_ledger_alone}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_forged_behind_the_end_is_new_history_that_its_clients_deny() {
    let whole = whole().await;
    let folder = whole.rested.laid_out();
    let mut longer = texts(&whole.says.log);
    longer.push(forged_void(&whole.says.log, &mut Rng::with_seed(1)).1);
    rewrite(&folder.path().join("log.db"), &placed(longer)).await;
    look(folder.path()).await.expect("nothing that was there has changed");
    let denied = Says::of(folder.path(), &whole.journal).await.unwrap_err();
    assert!(denied.contains("Sent is broken: nobody sent what stands at"), "{denied}");
}
