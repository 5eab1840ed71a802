//! What is done to the ledger's folder: tiles cut, exchanged, gone; checkpoints of others, and older ones.

use std::{
    fs,
    path::{Path, PathBuf},
};

use fastrand::Rng;
use traccia_domain::hash::Hex;
use traccia_ledger::{Checkpoint, Signer};

/// Every file that is published.
pub fn files(ledger: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![ledger.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() { folders.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.retain(|file| !file.ends_with("lock"));
    found.sort();
    found
}

/// Any file that is published.
pub fn any(ledger: &Path, rng: &mut Rng) -> PathBuf {
    rng.choice(files(ledger)).expect("something is published")
}

/// Exchanges two tiles.
pub fn swap(ledger: &Path, rng: &mut Rng) -> String {
    let mut tiles = files(&ledger.join("tile"));
    rng.shuffle(&mut tiles);
    let [one, other] = [&tiles[0], &tiles[1]];
    let (here, there) = (fs::read(one).unwrap(), fs::read(other).unwrap());
    fs::write(one, there).unwrap();
    fs::write(other, here).unwrap();
    format!("{} and {} are exchanged", one.display(), other.display())
}

/// Signs another root for as many commits, with a key of the same name.
pub fn forge(ledger: &Path, rng: &mut Rng) -> String {
    let note = fs::read_to_string(ledger.join("checkpoint")).unwrap();
    let (origin, size) = (note.lines().next().unwrap(), note.lines().nth(1).unwrap());
    let mut drawn = [[0; 32]; 2];
    drawn.iter_mut().for_each(|bytes| rng.fill(bytes));
    let signer = Signer::new(origin, &drawn[0]).unwrap();
    let forged = Checkpoint { origin: origin.to_owned(), size: size.parse().unwrap(), root: Hex(drawn[1]) };
    fs::write(ledger.join("checkpoint"), forged.signed(&signer)).unwrap();
    // Whoever forges one would hand out its key as well.
    fs::write(ledger.join("key"), format!("{}\n", signer.verifier())).unwrap();
    "a checkpoint of another key".to_owned()
}
