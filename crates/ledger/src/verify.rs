//! Verifying: the tree is made again from the entries, and everything published is compared with it.

use std::{collections::BTreeSet, fs, path::PathBuf};

use futures::StreamExt as _;
use traccia_domain::{Hash, Position, Recorded};
use traccia_log::{Log, LogError, chain::Chain};

use crate::{
    Bundle, Checkpoint, Folder, Ledger, LedgerError, Tile, entries,
    folder::{self, CHECKPOINT, KEY},
    hash,
    note::Verifier,
    tile::FULL,
    tree::Tree,
};

/// Differences that are named; all are counted.
const NAMED: usize = 20;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// The root that the entries give.
    pub root: Hash,
    /// How many differences there are.
    pub count: usize,
    /// The first of them, each a sentence.
    pub differences: Vec<String>,
}

impl Verified {
    /// Whether everything is as it was signed.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.count == 0
    }
}

/// Reads the log up to what was signed, and compares root and tiles; nothing when nothing was signed yet.
///
/// # Errors
/// When log or folder cannot be read, or the checkpoint is not one that the key has signed.
pub async fn verify_log(
    log: &impl Log,
    ledger: &Ledger,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Option<Verified>, LedgerError> {
    let Some(signed) = ledger.signed()? else { return Ok(None) };
    let size = signed.checkpoint.size;
    let mut audit = Audit::new(ledger.folder(), signed.checkpoint);
    // Those who verify elsewhere take it from there.
    let own = format!("{}\n", ledger.key());
    if ledger.folder().bytes(KEY)?.as_deref() != Some(own.as_bytes()) {
        audit.differs(format!("the file {KEY} does not hold the key {}: write it there", ledger.key()));
    }
    let head = log.head().await?;
    if head.0 < size {
        audit.differs(format!("the log ends at position {head}, and {size} commits were signed"));
    }
    let mut chunks = log.read(Position::START);
    while audit.tree.size() < size.min(head.0) {
        let ended = || LogError::Unavailable("the reading ended".into());
        let chunk = chunks.next().await.unwrap_or_else(|| Err(ended()))?;
        for (_, text) in chunk.texts().take_while(|(at, _)| at.0 <= size) {
            audit.take(text)?;
        }
        progress(audit.tree.size());
    }
    audit.finish().map(|(verified, _)| Some(verified))
}

/// Checks an audit pack with nothing but its files and the key, which somebody got from elsewhere: the signature, the root
/// that the entries give, every tile, each commit's place in its stream. No file in it is left out.
///
/// # Errors
/// When a file cannot be read, or the checkpoint is not one that the key has signed.
pub fn verify_pack(pack: &Folder, key: &Verifier, mut progress: impl FnMut(u64)) -> Result<Verified, LedgerError> {
    let missing = || LedgerError::Damaged { path: pack.path(CHECKPOINT), why: "it is missing".into() };
    let signed = Ledger::new(pack.clone(), key.clone()).signed()?.ok_or_else(missing)?;
    let mut audit = Audit::new(pack, signed.checkpoint);
    let mut chain = Chain::default();
    for bundle in Bundle::all(audit.checkpoint.size) {
        let bytes = pack.bytes(&bundle.path())?.unwrap_or_default();
        let Some(texts) = entries::split(&bytes, bundle.width) else {
            // What follows has no place any more.
            audit.differs(format!("{} is missing, or not {} entries", bundle.path(), bundle.width));
            break;
        };
        audit.seen.insert(pack.path(&bundle.path()));
        for text in texts {
            let at = Position(audit.tree.size() + 1);
            if chain.head().next() == at
                && let Err(why) = follows(&mut chain, at, text)
            {
                audit.differs(format!("the commit at position {at}: {why}"));
            }
            audit.take(text)?;
        }
        progress(audit.tree.size());
    }
    let own = format!("{key}\n");
    if pack.text(KEY)?.as_ref() != Some(&own) {
        audit.differs("the pack holds another key".to_owned());
    }
    let folder = pack.clone();
    let (mut verified, mut seen) = audit.finish()?;
    seen.extend([folder.path(CHECKPOINT), folder.path(KEY)]);
    let mut foreign = Vec::new();
    files(&folder.path(""), &mut foreign)?;
    for path in foreign.into_iter().filter(|path| !seen.contains(path)) {
        note(&mut verified, format!("{} was not compared: it does not belong to the pack", path.display()));
    }
    Ok(verified)
}

/// Whether a commit can be read, and hangs together with those before it.
fn follows(chain: &mut Chain, at: Position, text: &str) -> Result<(), String> {
    let recorded = Recorded::decode(at, text).map_err(|error| error.to_string())?;
    match chain.extend(&recorded) {
        Ok(_) => Ok(()),
        Err(LogError::Corrupt { why, .. }) => Err(why),
        Err(error @ (LogError::Conflict | LogError::Unavailable(_) | LogError::Unknown(_))) => Err(error.to_string()),
    }
}

/// A tree made again, beside the one that is published.
struct Audit<'a> {
    folder: &'a Folder,
    checkpoint: Checkpoint,
    tree: Tree,
    /// Files that were compared.
    seen: BTreeSet<PathBuf>,
    count: usize,
    differences: Vec<String>,
}

impl<'a> Audit<'a> {
    fn new(folder: &'a Folder, checkpoint: Checkpoint) -> Self {
        let tree = Tree::default();
        Audit { folder, checkpoint, tree, seen: BTreeSet::new(), count: 0, differences: Vec::new() }
    }

    fn differs(&mut self, sentence: String) {
        self.count += 1;
        if self.differences.len() < NAMED {
            self.differences.push(sentence);
        }
    }

    fn take(&mut self, text: &str) -> Result<(), LedgerError> {
        let mut full = Vec::new();
        self.tree.push(hash::leaf(text.as_bytes()), |tile, hashes| full.push((tile, hashes)));
        full.into_iter().try_for_each(|(tile, hashes)| self.compare(tile, &hashes))
    }

    /// Compares every file of a tile, whatever its width: the narrower ones were needed by older checkpoints.
    fn compare(&mut self, whole: Tile, hashes: &[Hash]) -> Result<(), LedgerError> {
        let mut found = false;
        for width in widths(self.folder, whole)? {
            let path = Tile { width, ..whole }.path();
            let bytes = self.folder.bytes(&path)?.unwrap_or_default();
            if folder::hashes(&bytes, width).is_none_or(|there| there[..] != hashes[..usize::from(width)]) {
                self.differs(format!("{path} is not what the entries give"));
            }
            self.seen.insert(self.folder.path(&path));
            found |= width == whole.width;
        }
        if !found {
            self.differs(format!("{} is missing", whole.path()));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(Verified, BTreeSet<PathBuf>), LedgerError> {
        let partials: Vec<_> = self.tree.partials().map(|(tile, hashes)| (tile, hashes.to_vec())).collect();
        for (tile, hashes) in partials {
            self.compare(tile, &hashes)?;
        }
        let root = self.tree.root();
        if (self.tree.size(), root) != (self.checkpoint.size, self.checkpoint.root) {
            let signed = self.checkpoint.root;
            self.differs(format!("{} entries give the root {root}; signed is {signed}", self.tree.size()));
        }
        let Audit { checkpoint, count, differences, seen, .. } = self;
        Ok((Verified { checkpoint, root, count, differences }, seen))
    }
}

fn note(verified: &mut Verified, sentence: String) {
    verified.count += 1;
    if verified.differences.len() < NAMED {
        verified.differences.push(sentence);
    }
}

/// The widths of a tile that have a file, up to its own. Wider ones are beyond what is signed.
fn widths(folder: &Folder, whole: Tile) -> Result<Vec<u16>, LedgerError> {
    let exists = |tile: Tile| folder.path(&tile.path()).exists();
    let mut widths: Vec<u16> = exists(whole).then_some(whole.width).into_iter().collect();
    let partial = folder.path(&format!("{}.p", whole.filled().path()));
    if !partial.exists() {
        return Ok(widths);
    }
    for entry in fs::read_dir(&partial).map_err(folder::at(&partial))? {
        let name = entry.map_err(folder::at(&partial))?.file_name();
        let width = name.to_str().and_then(|name| name.parse().ok()).filter(|width| (1..whole.width).contains(width));
        // No other spelling of a number is a tile's.
        widths.extend(width.filter(|width| exists(Tile { width: *width, ..whole })));
    }
    widths.retain(|width| (1..=FULL).contains(width));
    Ok(widths)
}

/// Every file below a folder.
fn files(folder: &PathBuf, found: &mut Vec<PathBuf>) -> Result<(), LedgerError> {
    for entry in fs::read_dir(folder).map_err(folder::at(folder))? {
        let path = entry.map_err(folder::at(folder))?.path();
        if path.is_dir() { files(&path, found)? } else { found.push(path) }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
