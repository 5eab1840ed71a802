//! Storing judged rows: the records first, then the services, each in one durable round trip.

use std::collections::{HashMap, hash_map::Entry};

use jiff::Timestamp;
use traccia_domain::{
    Commit, Decide as _, Event, Hash, Position, RecordId, ServiceId, StreamId,
    hash::ShortHash,
    record::{Record, RecordCommand},
    service::Service,
};
use traccia_log::{Log, LogError};

use super::{Desk, REMEMBERED, Row, RowOutcome, RowRefusal, judge::Judged};
use crate::{Answers, Failure, RecordKeys, append::append_many_resolved, near::Newcomer, stored::Stored as _};

/// A row's place in its call.
type Index = usize;

impl<L: Log, K: RecordKeys, A: Answers> Desk<'_, L, K, A> {
    /// A service is stored only when its record is, so that no crash leaves a service of nobody.
    pub(super) async fn store(
        &mut self,
        rows: &[Row],
        judged: Vec<Result<Judged, RowRefusal>>,
    ) -> Result<Vec<RowOutcome>, Failure> {
        let now = self.app.clock().now();
        let registered = self.register(rows, &judged, now).await?;
        let mut first_of: HashMap<ServiceId, Index> = HashMap::with_capacity(rows.len());
        let mut outcomes: Vec<RowOutcome> = Vec::with_capacity(rows.len());
        let (mut commits, mut indices) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        let mut repeated = Vec::new();
        for (index, (row, judged)) in rows.iter().zip(judged).enumerate() {
            let judged = match judged {
                Ok(judged) => judged,
                Err(refusal) => {
                    outcomes.push(RowOutcome::Refused(refusal));
                    continue;
                }
            };
            outcomes.push(RowOutcome::Duplicate { position: None });
            if let Some(first) = first_of.get(&judged.service) {
                repeated.push((index, *first));
                continue;
            }
            first_of.insert(judged.service, index);
            let commit = self.commit(row, Service::stream(judged.service), judged.service.0, judged.events, now);
            commits.push((commit, None));
            indices.push((index, registered.get(&judged.record) == Some(&index)));
        }
        let stored = append_many_resolved(&**self.app.log(), &commits).await;
        let part = !registered.is_empty() || stored.iter().any(Result::is_ok);
        for ((index, new_citizen), outcome) in indices.into_iter().zip(stored) {
            if let Some(position) = settled(outcome, &rows[index], part)? {
                outcomes[index] = RowOutcome::Recorded { position, new_citizen };
            }
        }
        for (index, first) in repeated {
            if let RowOutcome::Recorded { position, .. } = outcomes[first] {
                outcomes[index] = RowOutcome::Duplicate { position: Some(position) };
            }
        }
        Ok(outcomes)
    }

    /// Registers the citizens that are not known to be, each once, and says which row was the first to bring a new one.
    async fn register(
        &mut self,
        rows: &[Row],
        judged: &[Result<Judged, RowRefusal>],
        now: Timestamp,
    ) -> Result<HashMap<RecordId, Index>, Failure> {
        let mut first_of: HashMap<RecordId, Index> = HashMap::new();
        let mut new: Vec<(Index, &Judged)> = Vec::new();
        for (index, judged) in judged.iter().enumerate() {
            let Ok(judged) = judged else { continue };
            if !self.known.contains(&judged.record)
                && let Entry::Vacant(vacant) = first_of.entry(judged.record)
            {
                vacant.insert(index);
                new.push((index, judged));
            }
        }
        let commits = self.registrations(rows, &new, now).await?;
        let stored = append_many_resolved(&**self.app.log(), &commits).await;
        let part = stored.iter().any(Result::is_ok);
        if self.known.len() > REMEMBERED {
            self.known.clear();
        }
        let mut newcomers: Vec<(Index, Newcomer<'_>)> = Vec::new();
        for ((index, judged), outcome) in new.into_iter().zip(stored) {
            let row = &rows[index];
            if settled(outcome, row, part)?.is_some() {
                let profile = row.profile.as_ref();
                newcomers.push((index, Newcomer { record: judged.record, document: &row.document, profile }));
            } else {
                first_of.remove(&judged.record);
            }
            self.known.insert(judged.record);
        }
        self.propose(rows, &newcomers, now).await?;
        Ok(first_of)
    }

    /// Proposes what may be one person's with the citizens a call has registered. The newcomer's row says who asked.
    async fn propose(&self, rows: &[Row], newcomers: &[(Index, Newcomer<'_>)], now: Timestamp) -> Result<(), Failure> {
        let (indices, newcomers): (Vec<Index>, Vec<Newcomer<'_>>) = newcomers.iter().copied().unzip();
        let commit = |newcomer: usize, stream: StreamId, events: Vec<Event>| {
            self.commit(&rows[indices[newcomer]], stream, newcomers[newcomer].record.0, events, now)
        };
        let Some(first) = indices.first() else { return Ok(()) };
        let looked = self.app.look_around(&newcomers, commit).await;
        looked.map(drop).map_err(|failure| failure.after_a_part(&rows[*first].key.to_string()))
    }

    async fn registrations(
        &self,
        rows: &[Row],
        new: &[(Index, &Judged)],
        now: Timestamp,
    ) -> Result<Vec<(Commit, Option<Position>)>, Failure> {
        let sealing: Vec<RecordId> =
            new.iter().filter(|(_, judged)| judged.known.is_some()).map(|(_, judged)| judged.record).collect();
        // A crash after this line leaves keys that seal nothing.
        let mut keys = match sealing.is_empty() {
            true => Vec::new(),
            false => self.app.keys().obtain(&sealing).await.map_err(Failure::Unavailable)?,
        }
        .into_iter();
        let newest = self.app.fingerprint().newest();
        let mut commits = Vec::with_capacity(new.len());
        for (index, judged) in new {
            let profile = match (&judged.known, judged.known.as_ref().and_then(|_| keys.next())) {
                (Some(known), Some(Some(key))) => Some(known.seal(judged.record, &key).map_err(Failure::Unavailable)?),
                // It was erased, and keeps nothing.
                (Some(_), Some(None)) => None,
                (Some(_), None) => return Err(Failure::Unavailable("a record was given no key".into())),
                (None, _) => None,
            };
            let row = &rows[*index];
            let (key_version, followed_by) = (newest.version(), newest.following(&row.document));
            let command = RecordCommand::Register { document: row.document.kind(), key_version, profile, followed_by };
            let events = Record::default().decide(&command, &()).map_err(Failure::refused)?;
            let events = events.into_iter().map(Into::into).collect();
            commits.push((self.commit(row, Record::stream(judged.record), judged.record.0, events, now), None));
        }
        Ok(commits)
    }

    /// The first commit of a stream. What the row says is all in the stream's id, so that stands for its body.
    fn commit(&self, row: &Row, stream: StreamId, body: ShortHash, events: Vec<Event>, now: Timestamp) -> Commit {
        let actor = self.who.actor.clone();
        let command = ShortHash::of_parts([actor.subject.as_bytes(), row.key.0.as_slice()]);
        Commit { stream, first: 1, command, body, prev: Hash::ZERO, recorded_at: now, actor, events }
    }
}

/// A new position, or `None` when the stream was there before. `part` says whether this call has written anything.
fn settled(outcome: Result<Position, LogError>, row: &Row, part: bool) -> Result<Option<Position>, Failure> {
    match outcome {
        Ok(position) => Ok(Some(position)),
        Err(LogError::Conflict) => Ok(None),
        Err(error) => {
            let key = row.key.to_string();
            let failure = Failure::writing(error, &key);
            Err(if part { failure.after_a_part(&key) } else { failure })
        }
    }
}
