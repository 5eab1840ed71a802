//! A copy of the fold for whoever asks what would be. The fold itself goes on with what is.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch},
    task, time,
};
use traccia_domain::{Commit, Hash, Position, Recorded};
use traccia_log::Log;

use crate::{Changes, Progress, Projection, ProjectorError, State, Status, folder::Folder, source};

/// Where copies of the fold are had. One at a time: each takes as much memory as the fold. Clones share.
pub struct Forks<P> {
    asked: mpsc::Sender<Asker<P>>,
    status: watch::Receiver<Status>,
    turn: Arc<Semaphore>,
}

/// Somebody who waits for a copy.
pub(crate) type Asker<P> = oneshot::Sender<Folder<P>>;

/// Those who wait, for whoever follows the log; it outlives one run of it.
pub(crate) type Asked<P> = Arc<Mutex<mpsc::Receiver<Asker<P>>>>;

/// Why there is no copy of the fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoFork {
    /// Another process follows the log.
    #[error("this process does not follow the log: ask the one that writes the read models")]
    Elsewhere,
    /// Others have one, or the fold has not come far enough.
    #[error("others ask the same, or the read models are behind: ask again")]
    NotYet,
}

impl<P> Clone for Forks<P> {
    fn clone(&self) -> Self {
        Forks { asked: self.asked.clone(), status: self.status.clone(), turn: Arc::clone(&self.turn) }
    }
}

impl<P: Projection> Forks<P> {
    /// Of a process that does not follow the log: there are none.
    #[must_use]
    pub fn nowhere() -> Forks<P> {
        Forks::new(watch::channel(Status::unknown()).1).0
    }

    pub(crate) fn new(status: watch::Receiver<Status>) -> (Forks<P>, Asked<P>) {
        let (asked, askers) = mpsc::channel(1);
        (Forks { asked, status, turn: Arc::new(Semaphore::new(1)) }, Arc::new(Mutex::new(askers)))
    }

    /// A copy of the fold once it has come to a position, between two commits.
    ///
    /// # Errors
    /// At once where nobody here follows the log; otherwise when there is none within the wait.
    pub async fn fork(&self, at_least: Position, wait: Duration) -> Result<Fork<P>, NoFork> {
        match &self.status.borrow().state {
            State::CatchingUp | State::Following | State::Waiting { .. } => {}
            State::StandingBy | State::Elsewhere | State::Stopped { .. } => return Err(NoFork::Elsewhere),
        }
        let copy = async {
            let turn = Arc::clone(&self.turn).acquire_owned().await.ok()?;
            // What the tables have, the fold has.
            self.status.clone().wait_for(|status| status.position >= at_least).await.ok()?;
            let (asker, copy) = oneshot::channel();
            self.asked.send(asker).await.ok()?;
            Some(Fork { folder: copy.await.ok()?, _turn: Some(turn) })
        };
        time::timeout(wait, copy).await.ok().flatten().ok_or(NoFork::NotYet)
    }
}

/// A copy of the fold: what it takes in goes no further. The next is made once this one is gone.
pub struct Fork<P> {
    folder: Folder<P>,
    _turn: Option<OwnedSemaphorePermit>,
}

impl<P: Projection> Fork<P> {
    /// Of the whole log as it is now, for whoever has no fold yet.
    ///
    /// # Errors
    /// When the log is away or damaged.
    pub async fn of_log<L: Log>(
        log: &Arc<L>,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<Fork<P>, ProjectorError> {
        let head = log.head().await.map_err(ProjectorError::LogAway)?;
        let mut folder = Folder::<P>::start(Changes::ignored());
        let mut commits = source::commits(Arc::clone(log), Position::START, Some(head));
        while folder.position < head {
            let ended = || ProjectorError::Broken("the log's reader ended".into());
            commits.recv().await.ok_or_else(ended)??.iter().for_each(|recorded| folder.take(recorded));
            progress(Progress { position: folder.position, head });
            task::yield_now().await;
        }
        Ok(Fork { folder, _turn: None })
    }

    /// Of a state that somebody has folded up to a position.
    #[must_use]
    pub fn of_state(state: P, position: Position) -> Fork<P> {
        let mut folder = Folder::start(Changes::ignored());
        (folder.state, folder.position) = (state, position);
        Fork { folder, _turn: None }
    }

    /// How far the log was known.
    #[must_use]
    pub fn position(&self) -> Position {
        self.folder.position
    }

    /// The fold.
    #[must_use]
    pub fn state(&self) -> &P {
        &self.folder.state
    }

    /// Takes in a commit that was not made, as the next one.
    pub fn take(&mut self, commit: &Commit) {
        let position = self.folder.position.next();
        self.folder.take(&Recorded { position, commit: commit.clone(), hash: Hash::ZERO });
    }
}

impl<P: Projection> Folder<P> {
    /// Gives whoever asks a copy. Copying takes its time, which those who serve requests do not spend; the fold is put
    /// back before anything else is done with it.
    pub(crate) async fn copy_for(&mut self, asker: Asker<P>) -> Result<(), ProjectorError> {
        // Whoever asked may have given up.
        if asker.is_closed() {
            return Ok(());
        }
        let state = std::mem::take(&mut self.state);
        let copying = task::spawn_blocking(move || {
            let copy = state.clone();
            (state, copy)
        });
        let (state, copy) = copying.await.map_err(|error| ProjectorError::Broken(error.into()))?;
        self.state = state;
        let _ = asker.send(self.copied(copy));
        Ok(())
    }
}
