//! That an export is being restored into the stream, said on the stream itself: whoever opens it from elsewhere sees it.

use super::{JetStreamLog, OpenError, configuration};

impl JetStreamLog {
    /// Says that a restore begins. What is written from now on is a part, and nobody opens it until [`restored`] is said.
    ///
    /// A crash here leaves the stream marked or not, and nothing written.
    ///
    /// # Errors
    /// When the server is away, or our user may not update streams.
    ///
    /// [`restored`]: JetStreamLog::restored
    pub async fn restoring(&self) -> Result<(), OpenError> {
        self.mark(true).await
    }

    /// The log is whole.
    ///
    /// # Errors
    /// As [`JetStreamLog::restoring`].
    pub async fn restored(&self) -> Result<(), OpenError> {
        self.mark(false).await
    }

    async fn mark(&self, restoring: bool) -> Result<(), OpenError> {
        let shared = &self.shared;
        let info = shared.info().await.map_err(|no| shared.no_log(no))?;
        if configuration::restoring(&info.config) == restoring {
            return Ok(());
        }
        let marked = configuration::marked(&info.config, restoring);
        let updated = shared.link.storing.update_stream(&marked).await;
        let stream = shared.options.stream.clone();
        updated.map(drop).map_err(|error| OpenError::NotMarked { stream, cause: error.into() })
    }
}
