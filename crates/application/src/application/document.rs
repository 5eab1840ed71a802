//! Which record is a document's, whichever key was the newest when it was first presented.

use traccia_domain::{Position, RecordId, document::Document, record::Record};
use traccia_log::Log;

use super::Application;
use crate::{Answers, Failure, RecordKeys, stored::Stored as _};

impl<L: Log, K: RecordKeys, A: Answers> Application<L, K, A> {
    /// The record that the oldest key made, where there is one; else the one that the newest makes. A document that is new
    /// costs a look for each older key; with one key alone nothing is looked up.
    ///
    /// Older keys make no records any more, for a rotation lets nobody go on without the new key: what is not there now will
    /// not be. A replica of the log may lag, so that the leader is asked.
    pub(crate) async fn record_of(&self, document: &Document) -> Result<RecordId, Failure> {
        for record in self.fingerprint.older_records(document) {
            let found = self.log.load_from_leader(&Record::stream(record), Position::START).await;
            if !found.map_err(Failure::reading)?.is_empty() {
                return Ok(record);
            }
        }
        Ok(self.fingerprint.newest().record(document))
    }

    /// The records of documents, in their order.
    pub(super) async fn records_of(&self, documents: &[Document]) -> Result<Vec<RecordId>, Failure> {
        let mut records = Vec::with_capacity(documents.len());
        for document in documents {
            records.push(self.record_of(document).await?);
        }
        Ok(records)
    }
}
