//! What every handler is given.

use std::{path::PathBuf, sync::Arc};

use futures::future::BoxFuture;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Semaphore, watch};
use traccia_application::{Answers, Application, Earlier, Figures, PortError, token::TokenKey};
use traccia_domain::{
    Position, ProgrammeId, ProjectId, RecordId,
    hash::ShortHash,
    milestone::{Frozen, Standing, Terms},
    payments::Batched,
    tranche::OpenExposure,
};
use traccia_ledger::Ledger;
use traccia_log::AnyLog;
use traccia_projections::{
    Projections,
    answer::{KnownAt, Reader, Within},
    milestones, trail, tranches,
};
use traccia_projector::{Forks, Reading, Status, Tables};
use traccia_vault::RecordKeyFile;

use crate::{Room, read::WAIT};

/// The application as this executable wires it.
pub type Traccia = Application<AnyLog, RecordKeyFile, Remembered>;

/// What every handler is given. Clones share.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    parts: Parts,
    /// Free places for those who follow the log.
    followers: Arc<Semaphore>,
    /// Free places for uploads: each holds a disk and a writer.
    uploads: Arc<Semaphore>,
    /// Whether those who follow are to be let go.
    closing: watch::Sender<bool>,
}

/// The parts of an [`App`].
pub struct Parts {
    /// Carries out commands.
    pub application: Arc<Traccia>,
    /// The read models.
    pub tables: Tables,
    /// How the projector is doing.
    pub status: watch::Receiver<Status>,
    /// Copies of the fold, for who asks what would be; none where another process follows the log.
    pub forks: Forks<Projections>,
    /// How much room the disk of the log has.
    pub room: watch::Receiver<Room>,
    /// The signed log; a process that only answers reads may have none.
    pub ledger: Option<Ledger>,
    /// Verifies bearer tokens.
    pub tokens: TokenKey,
    /// The installation's folder: results of uploads are kept in it, under `imports`.
    pub imports: PathBuf,
    /// Renders the metrics of the process.
    pub metrics: PrometheusHandle,
    /// Bounds on what a client may send.
    pub limits: Limits,
}

/// Bounds on what clients may send and hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The body of one command, or one line of a batch, in bytes.
    pub command: usize,
    /// A whole batch of commands, in bytes.
    pub batch: usize,
    /// An upload, in bytes.
    pub upload: u64,
    /// How many may follow the log at once.
    pub followers: usize,
    /// How many uploads may be taken in at once.
    pub uploads: usize,
    /// How many positions apart the public's page shows the log: between two of them, nothing.
    pub published_every: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { command: 1 << 20, batch: 64 << 20, upload: 2 << 30, followers: 64, uploads: 4, published_every: 2_500 }
    }
}

impl App {
    /// From its parts.
    #[must_use]
    pub fn new(parts: Parts) -> App {
        let followers = Arc::new(Semaphore::new(parts.limits.followers));
        let uploads = Arc::new(Semaphore::new(parts.limits.uploads));
        App(Arc::new(Shared { parts, followers, uploads, closing: watch::Sender::new(false) }))
    }

    /// Lets go of those who follow the log: they never end by themselves, and a server that stops waits for its answers.
    pub fn let_go(&self) {
        self.0.closing.send_replace(true);
    }

    /// Becomes true when those who follow the log are to be let go.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    pub(crate) fn followers(&self) -> Arc<Semaphore> {
        self.0.followers.clone()
    }

    pub(crate) fn uploads(&self) -> Arc<Semaphore> {
        self.0.uploads.clone()
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

/// Answers given before, looked up in the trail.
#[derive(Clone)]
pub struct Remembered(pub Tables);

impl Remembered {
    /// The tables, once they have come to a position: everything, for what decides does not depend on who asks.
    async fn reached(&self, at_least: Position) -> Result<Reader, PortError> {
        let within = Within::everything();
        Ok(Reader::open(&self.0, KnownAt::Now, Some(at_least), WAIT, within).await?)
    }
}

impl Figures for Remembered {
    fn standing<'a>(
        &'a self,
        project: &'a ProjectId,
        terms: &'a Terms,
        at_least: Position,
    ) -> BoxFuture<'a, Result<Standing, PortError>> {
        Box::pin(
            async move { Ok(milestones::queries::standing(&self.reached(at_least).await?, project, terms).await?) },
        )
    }

    fn frozen<'a>(
        &'a self,
        project: &'a ProjectId,
        milestone: &'a str,
        at_least: Position,
    ) -> BoxFuture<'a, Result<Option<Frozen>, PortError>> {
        Box::pin(
            async move { Ok(milestones::queries::frozen(&self.reached(at_least).await?, project, milestone).await?) },
        )
    }

    fn serials<'a>(
        &'a self,
        project: &'a ProjectId,
        milestone: &'a str,
        places: &'a [u32],
        at_least: Position,
    ) -> BoxFuture<'a, Result<Vec<RecordId>, PortError>> {
        Box::pin(async move {
            let reader = self.reached(at_least).await?;
            Ok(milestones::queries::serials(&reader, project, milestone, places).await?)
        })
    }

    /// What the tables have learned since is left out.
    fn exposures<'a>(
        &'a self,
        project: &'a ProjectId,
        at: Position,
    ) -> BoxFuture<'a, Result<Vec<OpenExposure>, PortError>> {
        Box::pin(async move {
            let reading = Reading { position: Some(at), min_position: Some(at), wait: WAIT };
            Ok(tranches::queries::open_exposures(&self.0.view_at(reading).await?, project).await?)
        })
    }

    /// What the tables have learned since is left out.
    fn waiting<'a>(
        &'a self,
        programme: &'a ProgrammeId,
        at: Position,
    ) -> BoxFuture<'a, Result<Vec<Batched>, PortError>> {
        Box::pin(async move {
            let reading = Reading { position: Some(at), min_position: Some(at), wait: WAIT };
            let reader = Reader::of(self.0.view_at(reading).await?, Within::everything()).await?;
            Ok(tranches::queries::waiting(&reader, programme).await?)
        })
    }
}

impl Answers for Remembered {
    async fn find(&self, command: ShortHash) -> Result<Option<Earlier>, PortError> {
        // Tables that were never built hold no answer; the stream's own commits still tell a repeated key.
        if self.0.checkpoint().await?.is_none() {
            return Ok(None);
        }
        let view = self.0.view_at(Reading::default()).await?;
        let position = trail::queries::position_of(&view, command).await?;
        Ok(position.map(|position| Earlier { position }))
    }
}
