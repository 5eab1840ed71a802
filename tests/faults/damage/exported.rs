//! An export on its way: bits that flip, lines that are gone, twice, exchanged or forged. It is refused, or what was
//! forged with every hash mended is found where it was signed.

use std::{fs, path::Path};

use fastrand::Rng;
use sha2::{Digest as _, Sha256};
use traccia_log::{Log as _, export};

use super::{
    bytes::{cut, flip_anywhere},
    look::{Finder, look, opened},
    rewritten::edited,
    says::{Says, count_anew},
    whole::{Whole, whole},
};
use crate::{faults::size, program::run};

/// What is done to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strike {
    Bit,
    Cut,
    LineGone,
    LineTwice,
    LinesSwapped,
    /// A commit says something else.
    Forged,
    /// And the chain and the trailer were mended.
    ForgedAndMended,
}

impl Strike {
    const ALL: [Strike; 7] = [
        Strike::Bit,
        Strike::Cut,
        Strike::LineGone,
        Strike::LineTwice,
        Strike::LinesSwapped,
        Strike::Forged,
        Strike::ForgedAndMended,
    ];

    fn falls(self, file: &Path, whole: &Whole, rng: &mut Rng) -> String {
        let text = fs::read_to_string(file).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let (one, other) = (rng.usize(..lines.len()), rng.usize(..lines.len() - 1));
        let other = if other < one { other } else { other + 1 };
        let (forged, said) = edited(&whole.says.log, 1, rng);
        match self {
            Strike::Bit => return flip_anywhere(file, rng),
            Strike::Cut => return cut(file, rng),
            Strike::LineGone => drop(lines.remove(one)),
            Strike::LineTwice => lines.insert(one, lines[other].clone()),
            Strike::LinesSwapped => lines.swap(one, other),
            Strike::Forged => {
                let changed = |(new, old): (&(u64, String), &(u64, String))| (new != old).then(|| new.clone());
                let first = forged.iter().zip(&whole.says.log).find_map(changed).unwrap();
                lines[usize::try_from(first.0).unwrap()] = line(&first);
            }
            Strike::ForgedAndMended => {
                let mut hasher = Sha256::new();
                forged.iter().for_each(|(_, text)| hasher.update(format!("{text}\n")));
                let trailer =
                    format!("{{\"commits\":{},\"sha256\":\"{}\"}}", forged.len(), hex::encode(hasher.finalize()));
                let commits = forged.iter().map(line);
                lines = [lines[0].clone()].into_iter().chain(commits).chain([trailer]).collect();
            }
        }
        fs::write(file, lines.join("\n") + "\n").unwrap();
        format!("lines {} and {}, {said}", one + 1, other + 1)
    }
}

fn line((position, text): &(u64, String)) -> String {
    format!("{{\"position\":{position},\"commit\":{text}}}")
}

/// What became of a damaged export.
enum Outcome {
    Refused,
    /// Restored beside what was signed, and found there.
    NotWhatWasSigned,
    Same,
    Unseen(String),
}

async fn restored(file: &Path, whole: &Whole) -> Outcome {
    let bytes = fs::read(file).unwrap();
    if export::check(&bytes[..], |_| {}).await.is_err() {
        return Outcome::Refused;
    }
    let folder = emptied(whole);
    let log = opened(folder.path()).await.expect("an empty log is made");
    if export::restore(&bytes[..], &*log, |_| {}).await.is_err() {
        return Outcome::Unseen("it was checked, and then not restored".into());
    }
    drop(log);
    count_anew(folder.path()).await;
    match look(folder.path()).await {
        Err(found) if found.by == Finder::Ledger => Outcome::NotWhatWasSigned,
        Err(found) => Outcome::Unseen(format!("it is restored, and then found by others: {found}")),
        Ok(()) => match Says::of(folder.path(), &whole.journal).await {
            Ok(says) if says.log == whole.says.log && says.counts_as(&whole.says) => Outcome::Same,
            Ok(says) => Outcome::Unseen(whole.says.differs(&says)),
            Err(why) => Outcome::Unseen(why),
        },
    }
}

/// The installation without its log and its read models: its keys, and what it has signed.
fn emptied(whole: &Whole) -> tempfile::TempDir {
    let folder = whole.rested.laid_out();
    for entry in fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.starts_with("log.db") || name.starts_with("tables.db") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_export_is_refused_or_restored_as_it_was_or_found_by_what_was_signed() {
    let whole = whole().await;
    let exported = whole.exported().await;
    let seed = size::seed().unwrap_or_else(|| fastrand::u64(..u64::MAX / 2));
    let (folder, turns) = (tempfile::tempdir().unwrap(), size::damages());
    let file = folder.path().join("log.export");
    let (mut refused, mut signed_otherwise, mut same, mut silent) = (0, 0, 0, 0);
    for (turn, strike) in (0..turns).zip(Strike::ALL.into_iter().cycle()) {
        let told = format!("seed {seed}: TRACCIA_SEED={seed} draws the same again: turn {turn}, {strike:?}");
        fs::write(&file, &exported).unwrap();
        let what = strike.falls(&file, whole, &mut Rng::with_seed(seed + turn));
        let outcome = restored(&file, whole).await;
        if turn % 10 == 0 {
            // As the command does it; what is refused leaves nothing behind.
            let empty = tempfile::tempdir().unwrap();
            let done = run(&["restore", file.to_str().unwrap(), "--data", empty.path().to_str().unwrap()]);
            assert_eq!(done.status.success(), !matches!(outcome, Outcome::Refused), "{told}, {what}: {done:?}");
            assert_eq!(done.status.success(), empty.path().join("log.db").exists(), "{told}, {what}");
        }
        // Negative control: whoever takes each line that can be read takes another history.
        let lines = fs::read(&file).unwrap();
        let readable = |line: &&[u8]| serde_json::from_slice::<serde_json::Value>(line).is_ok();
        let all_readable =
            lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).all(|line| readable(&line));
        silent += u64::from(all_readable && !matches!(outcome, Outcome::Same));
        match outcome {
            Outcome::Refused => refused += 1,
            Outcome::NotWhatWasSigned => signed_otherwise += 1,
            Outcome::Same => same += 1,
            Outcome::Unseen(why) => panic!("{told}, {what}: {why}"),
        }
    }
    println!(
        "damage to exports: {turns} turns, {refused} refused, {signed_otherwise} restored and not what was signed, {same} \
         the same history; {silent} of them readable line by line, 0 unseen"
    );
    assert!(silent > 0 && signed_otherwise > 0, "whoever only reads sees everything: then nothing is shown here");
    assert!(opened(emptied(whole).path()).await.unwrap().head().await.unwrap().0 == 0, "it began with an empty log");
}
