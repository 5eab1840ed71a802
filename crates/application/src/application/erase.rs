//! Erasing what is known of a record's person: the event first, then the key.

use traccia_domain::record::{EraseRecord, Record, RecordCommand};
use traccia_log::Log;

use super::{Application, Done, dispatch::Start, request::Request};
use crate::{Answers, Failure, RecordKeys, stored::Stored as _};

impl<L: Log, K: RecordKeys, A: Answers> Application<L, K, A> {
    /// A crash after the event leaves a log that says erased and a key that is still there; the other way round it would
    /// leave a profile lost and nobody who did it. Whoever comes first destroys the key then: this command again, whatever
    /// its key; a process that starts or follows the log; a service recorded for the record.
    pub(super) async fn erase(&self, request: &Request<'_>, command: EraseRecord) -> Result<Done, Failure> {
        let record = command.citizen;
        let command = RecordCommand::Erase(command);
        let done = self.dispatch::<Record>(request, Record::stream(record), &command, Start::Loaded).await?;
        // The answer promises that nothing opens the profile any more: without that, the outcome is unknown.
        let destroyed = self.keys.destroy(&[record]).await.map_err(Failure::Unavailable);
        destroyed.map_err(|failure| failure.after_a_part(request.key.as_str()))?;
        Ok(done)
    }
}
