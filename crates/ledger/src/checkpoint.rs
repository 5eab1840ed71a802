//! Checkpoints (C2SP `tlog-checkpoint`): how large the tree of a log is and what its root is, signed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use traccia_domain::{Hash, hash::Hex};
use traccia_log::Epoch;

use crate::note::{NoteError, Signer, Verifier};

/// How large the tree is, and its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log it is of.
    pub origin: String,
    /// Its leaves: the log's last position.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// What the ledger of a log is called, in checkpoints and as the name of its key.
#[must_use]
pub fn origin(epoch: Epoch) -> String {
    format!("traccia/{epoch}")
}

impl Checkpoint {
    /// The signed note.
    #[must_use]
    pub fn signed(&self, signer: &Signer) -> String {
        signer.sign(&format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0)))
    }

    /// Reads a note that the key has signed. The key's name must be the origin: a key signs for one log.
    ///
    /// # Errors
    /// When it is not signed by this key, or is no checkpoint of ours.
    pub fn open(note: &str, key: &Verifier) -> Result<Checkpoint, NoteError> {
        let text = key.open(note)?;
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        let [origin, size, root] = lines[..] else { return Err(NoteError::Form) };
        let size = size.parse().ok().filter(|number: &u64| number.to_string() == size).ok_or(NoteError::Form)?;
        let root = STANDARD.decode(root).ok().and_then(|root| root.try_into().ok()).map(Hex).ok_or(NoteError::Form)?;
        if origin != key.name() {
            return Err(NoteError::Form);
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root })
    }
}
