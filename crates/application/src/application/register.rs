//! Registering a citizen: a record for each document, then the links between them.

use traccia_domain::{
    Commit, Decide as _, Position, RecordId,
    document::Document,
    link::{self, Link, LinkCommand},
    record::{Record, RecordCommand, SealedProfile},
    registration::{Profile, RegisterCitizen},
};
use traccia_log::{Log, LogError};

use super::{Application, Done, dispatch::Start, request::Request};
use crate::{
    Answers, Failure, RecordKey, RecordKeys,
    append::append_many_resolved,
    near::Newcomer,
    sealing::Known,
    stored::{Stored as _, load},
};

impl<L: Log, K: RecordKeys, A: Answers> Application<L, K, A> {
    /// The document makes the record, so this can be repeated, and completed, at any point.
    ///
    /// A crash after the keys leaves keys that seal nothing; after the records, records that are not linked yet; after the
    /// links, records that nobody has compared with others.
    pub(super) async fn register(&self, request: &Request<'_>, command: &RegisterCitizen) -> Result<Done, Failure> {
        let documents = command.documents().map_err(Failure::refused)?;
        let profile = command.profile(self.clock.today()).map_err(Failure::refused)?;
        let records = self.records_of(&documents).await?;
        let sealed = self.seal(&records, &documents, profile).await?;
        let mut commits = Vec::with_capacity(records.len());
        for ((record, document), profile) in records.iter().zip(&documents).zip(sealed) {
            commits.push((self.registration(request, *record, document, profile)?, None));
        }
        // Most documents are new: they are appended as such, and a stream is loaded only when that is refused.
        let outcomes = append_many_resolved(&*self.log, &commits).await;
        let mut parts = Vec::with_capacity(records.len());
        let mut failures = Vec::new();
        let mut newcomers = Vec::new();
        for (((record, document), (commit, _)), outcome) in records.iter().zip(&documents).zip(&commits).zip(outcomes) {
            match self.registered(request, *record, commit, outcome).await {
                Ok(part) => {
                    // What this very request wrote before is new still: it may have ended before it looked around.
                    if !part.events.is_empty() {
                        newcomers.push(Newcomer { record: *record, document, profile });
                    }
                    parts.push(part);
                }
                Err(failure) => failures.push(failure),
            }
        }
        let key = request.key.as_str();
        if let Some(failure) = worst(failures) {
            return Err(if parts.is_empty() { failure } else { failure.after_a_part(key) });
        }
        for other in records.iter().skip(1) {
            let pair = [records[0], *other];
            let command = LinkCommand::PresentedTogether { records: pair };
            let linked = self.dispatch::<Link>(request, link::stream(pair), &command, Start::New).await;
            parts.push(linked.map_err(|failure| failure.after_a_part(key))?);
        }
        let now = self.clock.now();
        let looked = self.look_around(&newcomers, |_, stream, events| request.commit(stream, events, now)).await;
        let last = looked.map_err(|failure| failure.after_a_part(key))?;
        let done = Done::together(parts).ok_or(Failure::Contended)?;
        // Whoever waits for this position reads the proposals too.
        Ok(Done { position: done.position.max(last), ..done })
    }

    /// What is known of the person, sealed once for each record; nothing is drawn when nothing is known.
    async fn seal(
        &self,
        records: &[RecordId],
        documents: &[Document],
        profile: Option<&Profile>,
    ) -> Result<Vec<Option<SealedProfile>>, Failure> {
        let Some(known) = Known::of(documents, profile) else { return Ok(vec![None; records.len()]) };
        let keys = self.keys.obtain(records).await.map_err(Failure::Unavailable)?;
        // A record that was erased has no key, and keeps nothing.
        let seal = |(record, key): (&RecordId, &Option<RecordKey>)| {
            key.as_ref().map(|key| known.seal(*record, key)).transpose()
        };
        records.iter().zip(&keys).map(seal).collect::<Result<_, _>>().map_err(Failure::Unavailable)
    }

    fn registration(
        &self,
        request: &Request<'_>,
        record: RecordId,
        document: &Document,
        profile: Option<SealedProfile>,
    ) -> Result<Commit, Failure> {
        let newest = self.fingerprint.newest();
        let (key_version, followed_by) = (newest.version(), newest.following(document));
        let command = RecordCommand::Register { document: document.kind(), key_version, profile, followed_by };
        let events = Record::default().decide(&command, &()).map_err(Failure::refused)?;
        let events = events.into_iter().map(Into::into).collect();
        Ok(request.commit(Record::stream(record), events, self.clock.now()))
    }

    /// What became of one record: new, ours from an earlier attempt, or known before.
    async fn registered(
        &self,
        request: &Request<'_>,
        record: RecordId,
        commit: &Commit,
        outcome: Result<Position, LogError>,
    ) -> Result<Done, Failure> {
        match outcome {
            Ok(position) => Ok(Done::stored(position, commit, request)),
            Err(LogError::Conflict) => {
                let loaded = load::<Record>(&*self.log, &commit.stream, true).await.map_err(Failure::reading)?;
                if loaded.state == Record::Erased {
                    self.world(true).erased(record).await;
                }
                match (loaded.by(request.command), loaded.commits.last()) {
                    (Some(earlier), _) if request.wrote(earlier)? => Ok(Done::replayed(earlier, request)),
                    (_, Some(last)) => Ok(Done::already(last, request)),
                    (_, None) => Err(Failure::Contended),
                }
            }
            Err(error) => Err(Failure::writing(error, request.key.as_str())),
        }
    }
}

/// Of several failures the one to tell: what is unknown goes before what certainly was not written.
pub(super) fn worst(failures: Vec<Failure>) -> Option<Failure> {
    failures.into_iter().max_by_key(|failure| match failure {
        Failure::Damaged(_) | Failure::KeyMismatch(_) => 3,
        Failure::KeyReused => 2,
        Failure::Unknown { .. } => 1,
        Failure::Forbidden { .. }
        | Failure::Refused { .. }
        | Failure::Contended
        | Failure::TooLong { .. }
        | Failure::Unavailable(_) => 0,
    })
}
