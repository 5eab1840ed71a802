//! The fold on its way to where the tables stand.

use std::{sync::Arc, vec};

use traccia_domain::{Position, Recorded};
use traccia_log::Log;

use crate::{
    Changes, Checkpoint, Projection, ProjectorError,
    folder::Folder,
    source::{self, Commits},
};

/// A fold that writes nothing yet.
pub(super) struct CatchingUp<P> {
    pub(super) folder: Folder<P>,
    pub(super) commits: Commits,
    /// Read, not yet folded.
    pub(super) read: vec::IntoIter<Recorded>,
}

impl<P: Projection> CatchingUp<P> {
    /// From the log's start.
    pub(super) fn start<L: Log>(log: &Arc<L>) -> CatchingUp<P> {
        CatchingUp::on(log, Folder::start(Changes::ignored()))
    }

    /// From where a fold has come.
    pub(super) fn on<L: Log>(log: &Arc<L>, folder: Folder<P>) -> CatchingUp<P> {
        let commits = source::commits(log.clone(), folder.position, None);
        CatchingUp { folder, commits, read: Vec::new().into_iter() }
    }

    /// Folds up to where the tables stand. `at` is the last position taken in, whatever the outcome.
    pub(super) async fn to(&mut self, checkpoint: &Checkpoint, at: &mut Position) -> Result<(), ProjectorError> {
        while self.folder.position < checkpoint.position {
            let Some(recorded) = self.read.next() else {
                self.read = self.commits.recv().await.ok_or_else(super::reader_ended)??.into_iter();
                tokio::task::yield_now().await;
                continue;
            };
            self.folder.take(&recorded);
            *at = self.folder.position;
        }
        if self.folder.hash != checkpoint.hash {
            return Err(ProjectorError::OtherHistory { at: self.folder.position });
        }
        Ok(())
    }
}
