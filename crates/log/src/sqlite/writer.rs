//! The task that owns the writing connection.

use std::{mem, path::Path, path::PathBuf, sync::Arc};

use sqlx::{ConnectOptions as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot, watch};
use traccia_domain::Position;

use super::{
    batch::{self, Decision, Failed, LARGEST, Pending, Statements},
    schema,
};
use crate::LogError;

type Outcome = Result<Position, LogError>;

/// Calls that may wait before callers do.
const WAITING: usize = 1_024;

/// The way to the writing task. It ends when the last of these is gone and what waits is stored.
#[derive(Clone, Debug)]
pub(super) struct Writer(mpsc::Sender<Call>);

#[derive(Debug)]
struct Call {
    pending: Vec<Pending>,
    answer: oneshot::Sender<Vec<Outcome>>,
}

impl Writer {
    /// Connects, and starts the task. It announces each new head.
    pub(super) async fn open(path: &Path, head: watch::Sender<Position>) -> Result<Writer, LogError> {
        let connection =
            schema::writing(path).connect().await.map_err(|error| super::failure(error, Position::START))?;
        let (sender, calls) = mpsc::channel(WAITING);
        let task = Task { path: path.to_owned(), connection: Some(connection), statements: Statements::new(), head };
        tokio::spawn(task.run(calls));
        Ok(Writer(sender))
    }

    /// Stores the commits of one call, each with its own outcome. Whoever stops waiting changes nothing.
    pub(super) async fn store(&self, pending: Vec<Pending>) -> Vec<Outcome> {
        let asked = pending.len();
        if asked == 0 {
            return Vec::new();
        }
        let (answer, answered) = oneshot::channel();
        if self.0.send(Call { pending, answer }).await.is_err() {
            return all(asked, || LogError::Unavailable("the log was closed".into()));
        }
        // From here on the task has it: an answer that does not come says nothing about what was stored.
        answered.await.unwrap_or_else(|_| all(asked, || LogError::Unknown("the log was closed meanwhile".into())))
    }
}

struct Task {
    path: PathBuf,
    /// None after a failure: a connection whose state is doubtful is not used again.
    connection: Option<SqliteConnection>,
    statements: Statements,
    head: watch::Sender<Position>,
}

impl Task {
    async fn run(mut self, mut calls: mpsc::Receiver<Call>) {
        while let Some(first) = calls.recv().await {
            let mut waiting = vec![first];
            let mut commits = waiting[0].pending.len();
            while commits < LARGEST
                && let Ok(call) = calls.try_recv()
            {
                commits += call.pending.len();
                waiting.push(call);
            }
            self.answer(waiting).await;
        }
    }

    /// One transaction for all that waits, then the answers. A crash between the two is what `Unknown` is for.
    async fn answer(&mut self, mut waiting: Vec<Call>) {
        let sizes: Vec<usize> = waiting.iter().map(|call| call.pending.len()).collect();
        let pending = waiting.iter_mut().flat_map(|call| mem::take(&mut call.pending)).collect();
        let stored = self.store(pending).await;
        if let Ok((_, head)) = &stored {
            self.head.send_replace(*head);
        }
        let mut outcomes = outcomes(stored, sizes.iter().sum()).into_iter();
        for (call, size) in waiting.into_iter().zip(sizes) {
            // A caller who has gone is told nothing; what was stored stays.
            let _ = call.answer.send(outcomes.by_ref().take(size).collect());
        }
    }

    async fn store(&mut self, pending: Vec<Pending>) -> Result<(Vec<Decision>, Position), Failed> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => schema::writing(&self.path).connect().await.map_err(Failed::Before)?,
        };
        let stored = batch::store(&mut connection, &self.statements, pending).await;
        match &stored {
            Ok(_) => self.connection = Some(connection),
            Err(Failed::Before(error)) => tracing::warn!(%error, "nothing was stored"),
            Err(Failed::Committing(_, error)) => tracing::warn!(%error, "what was stored is unknown"),
        }
        stored
    }
}

fn all(number: usize, error: impl Fn() -> LogError) -> Vec<Outcome> {
    (0..number).map(|_| Err(error())).collect()
}

/// What each caller is told. One cause is shared by all who hear of it.
fn outcomes(stored: Result<(Vec<Decision>, Position), Failed>, asked: usize) -> Vec<Outcome> {
    match stored {
        Ok((decisions, _)) => decisions
            .into_iter()
            .map(|decision| match decision {
                Decision::Store(position) => Ok(position),
                Decision::Conflict => Err(LogError::Conflict),
            })
            .collect(),
        Err(Failed::Before(error)) => {
            let error = Arc::new(error);
            all(asked, || LogError::Unavailable(Box::new(Arc::clone(&error))))
        }
        Err(Failed::Committing(decisions, error)) => {
            let error = Arc::new(error);
            let told = |decision| match decision {
                Decision::Store(_) => LogError::Unknown(Box::new(Arc::clone(&error))),
                // Perhaps a conflict with a commit of the same batch, which perhaps is not there. This much is certain:
                Decision::Conflict => LogError::Unavailable(Box::new(Arc::clone(&error))),
            };
            decisions.into_iter().map(|decision| Err(told(decision))).collect()
        }
    }
}
