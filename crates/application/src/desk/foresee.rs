//! What recording rows would come to, without writing: the log is asked what it has.

use std::collections::HashSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use traccia_domain::{Position, RecordId, ServiceId, StreamId, record::Record, service::Service};
use traccia_log::Log;

use super::{AT_ONCE, Desk, Row, RowOutcome};
use crate::{Answers, Failure, RecordKeys, stored::Stored as _};

/// What earlier rows would have recorded and registered: equal rows are one service, and nobody is registered twice.
#[derive(Default)]
pub(super) struct Foreseen {
    services: HashSet<ServiceId>,
    records: HashSet<RecordId>,
}

impl<L: Log, K: RecordKeys, A: Answers> Desk<'_, L, K, A> {
    /// What [`Desk::record`] would answer to the same rows, in the same order; nothing is written. A row that would be
    /// recorded has no position yet.
    ///
    /// # Errors
    /// When the log is away or damaged.
    pub async fn foresee(&mut self, rows: &[Row]) -> Result<Vec<RowOutcome>, Failure> {
        self.learn(rows).await?;
        let judged: Vec<_> = rows.iter().map(|row| self.judge(row)).collect();
        let right = || judged.iter().filter_map(|judged| judged.as_ref().ok());
        let services = self.first_commits(right().map(|judged| Service::stream(judged.service))).await?;
        let records = self.first_commits(right().map(|judged| Record::stream(judged.record))).await?;
        let mut found = services.into_iter().zip(records);
        let mut outcomes = Vec::with_capacity(rows.len());
        for judged in judged {
            let judged = match judged {
                Ok(judged) => judged,
                Err(refusal) => {
                    outcomes.push(RowOutcome::Refused(refusal));
                    continue;
                }
            };
            let (service, record) = found.next().unwrap_or_default();
            outcomes.push(if service.is_some() || !self.foreseen.services.insert(judged.service) {
                RowOutcome::Duplicate { position: service }
            } else {
                let new_citizen = record.is_none() && self.foreseen.records.insert(judged.record);
                RowOutcome::Recorded { position: Position::START, new_citizen }
            });
        }
        Ok(outcomes)
    }

    /// Where each stream begins in the log, in the order given; `None` for a stream that is not there.
    async fn first_commits(&self, streams: impl Iterator<Item = StreamId>) -> Result<Vec<Option<Position>>, Failure> {
        let log = &**self.app.log();
        let lookups: Vec<_> = streams
            .map(|stream| async move {
                let commits = log.load(&stream, Position::START).await?;
                Ok(commits.first().map(|first| first.position))
            })
            .collect();
        stream::iter(lookups).buffered(AT_ONCE).try_collect().await.map_err(Failure::reading)
    }
}
