//! Looking around when a document is registered for the first time: which records may be the same person's. The document
//! is in hand only now, so that its near forms can be fingerprinted; nobody can do it later.
//!
//! What is found becomes a proposal of the program, on which a person decides. Nothing is linked here.

use traccia_domain::{
    Commit, Decide as _, Event, Position, RecordId, StreamId,
    document::Document,
    link::{self, Link, LinkCommand, LinkFacts, Proposer},
    number::{Number, NumberCommand},
    record::Record,
    registration::Profile,
};
use traccia_log::{Log, LogError};

use crate::{
    Answers, Application, Failure, RecordKeys,
    append::{append_many_resolved, append_resolved},
    sealing::Known,
    stored::{Stored as _, load},
};

/// How often a number is told of a record again because others were faster.
const ATTEMPTS: usize = 8;

/// A record that is new, and what it was registered with.
#[derive(Clone, Copy)]
pub(crate) struct Newcomer<'a> {
    pub(crate) record: RecordId,
    pub(crate) document: &'a Document,
    pub(crate) profile: Option<&'a Profile>,
}

/// Two records that may be one person's, and why.
struct Near {
    newcomer: usize,
    other: RecordId,
    ground: Ground,
}

#[derive(Clone, Copy)]
enum Ground {
    Omocodia,
    Transposition,
    Issuer,
}

impl Ground {
    /// What whoever decides reads.
    fn as_str(self) -> &'static str {
        match self {
            Ground::Omocodia => "Un codice di omocodia e il suo codice base: di regola sono due persone",
            Ground::Transposition => {
                "Due codici fiscali che differiscono per due caratteri scambiati, e lo stesso profilo"
            }
            Ground::Issuer => "Lo stesso tipo e numero di documento, con un altro ente di rilascio",
        }
    }
}

impl<L: Log, K: RecordKeys, A: Answers> Application<L, K, A> {
    /// Proposes the links of some newcomers, and gives the last position it wrote. `commit` makes the first commit of a
    /// stream, for the newcomer at a place.
    ///
    /// A crash in here leaves pairs that nobody was told of: anybody may still propose them, and nothing is counted
    /// wrongly meanwhile that would not be without us.
    pub(crate) async fn look_around(
        &self,
        newcomers: &[Newcomer<'_>],
        commit: impl Fn(usize, StreamId, Vec<Event>) -> Commit,
    ) -> Result<Position, Failure> {
        let mut near = self.omocodia(newcomers).await?;
        near.extend(self.transposed(newcomers).await?);
        near.extend(self.of_one_number(newcomers, &commit).await?);
        let mut proposals = Vec::with_capacity(near.len());
        for Near { newcomer, other, ground } in near {
            // Nobody can compare what was erased.
            let state =
                load::<Record>(&**self.log(), &Record::stream(other), false).await.map_err(Failure::reading)?.state;
            if state == Record::Erased {
                continue;
            }
            let records = [newcomers[newcomer].record, other];
            let (reason, proposer) = (ground.as_str().to_owned(), Proposer::Program);
            let propose = LinkCommand::Propose { records, reason, proposer };
            let events = Link::default().decide(&propose, &LinkFacts::default()).map_err(Failure::refused)?;
            let events = events.into_iter().map(Into::into).collect();
            proposals.push((commit(newcomer, link::stream(records), events), None));
        }
        let mut last = Position::START;
        let outcomes = append_many_resolved(&**self.log(), &proposals).await;
        for (outcome, (proposal, _)) in outcomes.into_iter().zip(&proposals) {
            match outcome {
                Ok(position) => last = last.max(position),
                // Something was said of the pair before: the program has nothing new to say.
                Err(LogError::Conflict) => {}
                Err(error) => return Err(Failure::writing(error, proposal.stream.id())),
            }
        }
        Ok(last)
    }

    /// A code with omocodia letters, and its base form: registered before, or one day. Nobody is asked until it is.
    async fn omocodia(&self, newcomers: &[Newcomer<'_>]) -> Result<Vec<Near>, Failure> {
        let mut near = Vec::new();
        for (newcomer, Newcomer { document, .. }) in newcomers.iter().enumerate() {
            if let Some(base) = document.base() {
                near.push(Near { newcomer, other: self.record_of(&base).await?, ground: Ground::Omocodia });
            }
        }
        Ok(near)
    }

    /// Codes that differ by a transposition, where what else is known of both is the same.
    async fn transposed(&self, newcomers: &[Newcomer<'_>]) -> Result<Vec<Near>, Failure> {
        let mut wanted = Vec::new();
        for (newcomer, Newcomer { document, profile, .. }) in newcomers.iter().enumerate() {
            if let Some(profile) = profile.filter(|profile| **profile != Profile::default()) {
                let near = document.transposed();
                let near = near.iter().flat_map(|near| self.fingerprint().records(near));
                wanted.extend(near.map(|other| (newcomer, profile, other)));
            }
        }
        let streams: Vec<_> = wanted.iter().map(|(_, _, other)| Record::stream(other)).collect();
        let begun = self.log().begun(&streams).await.map_err(Failure::reading)?;
        let mut near = Vec::new();
        for ((newcomer, profile, other), _) in wanted.into_iter().zip(begun).filter(|(_, begun)| *begun) {
            if self.profile(other).await?.is_some_and(|known| known == *profile) {
                near.push(Near { newcomer, other, ground: Ground::Transposition });
            }
        }
        Ok(near)
    }

    /// What was sealed of a record's person; nothing where that is nothing, or was forgotten.
    async fn profile(&self, record: RecordId) -> Result<Option<Profile>, Failure> {
        let loaded = load::<Record>(&**self.log(), &Record::stream(record), false).await.map_err(Failure::reading)?;
        let Record::Registered { profile: Some(sealed) } = loaded.state else { return Ok(None) };
        let Some(key) = self.keys().find(record).await.map_err(Failure::Unavailable)? else { return Ok(None) };
        let known = Known::open(record, &key, &sealed).map_err(|unopened| Failure::KeyMismatch(unopened.into()))?;
        Ok(known.profile)
    }

    /// The same number from another issuer, or from one that was not named. A number's own stream tells which records
    /// bear it with an issuer; the record without one is found by its fingerprint.
    ///
    /// Of two that come at once, each appends its record before it looks: one of them sees the other.
    async fn of_one_number(
        &self,
        newcomers: &[Newcomer<'_>],
        commit: &impl Fn(usize, StreamId, Vec<Event>) -> Commit,
    ) -> Result<Vec<Near>, Failure> {
        let mut near = Vec::new();
        let mut looked = Vec::new();
        for (newcomer, Newcomer { record, document, .. }) in newcomers.iter().enumerate() {
            let Some(bare) = document.without_issuer() else { continue };
            let newest = self.fingerprint().newest().number(document);
            let issued = bare != **document;
            if issued {
                let number = Number::stream(newest);
                let others = self.under_number(&number, *record, |events| commit(newcomer, number.clone(), events));
                near.extend(others.await?.into_iter().map(|other| (newcomer, other)));
                let records = self.fingerprint().records(&bare);
                looked.extend(records.map(|bare| (newcomer, Record::stream(bare), Some(bare))));
            }
            // Numbers under older keys are told of nobody any more, and still tell.
            let numbers = self.fingerprint().numbers(document).filter(|number| !issued || *number != newest);
            looked.extend(numbers.map(|number| (newcomer, Number::stream(number), None)));
        }
        let streams: Vec<_> = looked.iter().map(|(_, stream, _)| stream.clone()).collect();
        let begun = self.log().begun(&streams).await.map_err(Failure::reading)?;
        for ((newcomer, stream, bare), _) in looked.into_iter().zip(begun).filter(|(_, begun)| *begun) {
            let others = match bare {
                Some(record) => vec![record],
                None => load::<Number>(&**self.log(), &stream, false).await.map_err(Failure::reading)?.state.records,
            };
            near.extend(others.into_iter().map(|other| (newcomer, other)));
        }
        Ok(near.into_iter().map(|(newcomer, other)| Near { newcomer, other, ground: Ground::Issuer }).collect())
    }

    /// Tells a number of a record, if that is news; gives the other records it was told of.
    async fn under_number(
        &self,
        number: &StreamId,
        record: RecordId,
        commit: impl Fn(Vec<Event>) -> Commit,
    ) -> Result<Vec<RecordId>, Failure> {
        for _ in 0..ATTEMPTS {
            let loaded = load::<Number>(&**self.log(), number, true).await.map_err(Failure::reading)?;
            let Ok(events) = loaded.state.decide(&NumberCommand::Present { record }, &());
            let told = match events.is_empty() {
                true => Ok(Position::START),
                false => {
                    let next = loaded.followed_by(commit(events.into_iter().map(Into::into).collect()));
                    append_resolved(&**self.log(), &next, loaded.last()).await
                }
            };
            match told {
                Ok(_) => return Ok(loaded.state.records.into_iter().filter(|other| *other != record).collect()),
                Err(LogError::Conflict) => {}
                Err(error) => return Err(Failure::writing(error, number.id())),
            }
        }
        Err(Failure::Contended)
    }
}
