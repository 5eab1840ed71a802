//! What carrying out a command needs from outside, besides the log.

use std::future::Future;

use futures::future::BoxFuture;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use traccia_domain::{
    Position, ProgrammeId, ProjectId, RecordId,
    hash::ShortHash,
    milestone::{Frozen, Standing, Terms},
    payments::Batched,
    tranche::OpenExposure,
};

/// A cause from below.
pub type PortError = Box<dyn std::error::Error + Send + Sync>;

/// A record's own key. It never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordKey(pub [u8; 32]);

impl std::fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordKey(***)")
    }
}

/// The keys of records, kept outside the log. Destroying one is erasure.
pub trait RecordKeys: Send + Sync + 'static {
    /// The keys of records, each drawn and stored durably the first time it is asked for; `None` of a record whose key was
    /// destroyed, for which none is ever drawn again. A crash after this leaves keys that seal nothing: harmless.
    fn obtain(&self, records: &[RecordId]) -> impl Future<Output = Result<Vec<Option<RecordKey>>, PortError>> + Send;

    /// Destroys the keys of records for good, also of those that have none yet: nothing is ever sealed for them again. What
    /// was destroyed before stays so. Once this is answered, no file of the store holds the keys' bytes.
    fn destroy(&self, records: &[RecordId]) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The key of a record, where there is one.
    fn find(&self, record: RecordId) -> impl Future<Output = Result<Option<RecordKey>, PortError>> + Send;
}

/// An earlier commit under the same subject and idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Its place.
    pub position: Position,
}

/// Numbers that only the fold knows. Each is read once the read models have reached a position: later facts may be in it,
/// earlier ones are. Where they do not get there in time it is an error, and nothing is written.
///
/// Where nobody follows the log there are none.
pub trait Figures: Send + Sync + 'static {
    /// What a claim would freeze now, by some terms.
    fn standing<'a>(
        &'a self,
        _: &'a ProjectId,
        _: &'a Terms,
        _: Position,
    ) -> BoxFuture<'a, Result<Standing, PortError>> {
        unfollowed()
    }

    /// What the latest claim of a milestone froze.
    fn frozen<'a>(
        &'a self,
        _: &'a ProjectId,
        _: &'a str,
        _: Position,
    ) -> BoxFuture<'a, Result<Option<Frozen>, PortError>> {
        unfollowed()
    }

    /// The persons' serials at some places of what the latest claim of a milestone froze, from 0.
    fn serials<'a>(
        &'a self,
        _: &'a ProjectId,
        _: &'a str,
        _: &'a [u32],
        _: Position,
    ) -> BoxFuture<'a, Result<Vec<RecordId>, PortError>> {
        unfollowed()
    }

    /// The exposures of a project that nobody had decided on at a position, and no later: money moves on evidence that
    /// names it.
    fn exposures<'a>(&'a self, _: &'a ProjectId, _: Position) -> BoxFuture<'a, Result<Vec<OpenExposure>, PortError>> {
        unfollowed()
    }

    /// The payment orders of a programme that the bank had not answered and that were in no batch at a position, and no
    /// later.
    fn waiting<'a>(&'a self, _: &'a ProgrammeId, _: Position) -> BoxFuture<'a, Result<Vec<Batched>, PortError>> {
        unfollowed()
    }
}

fn unfollowed<T>() -> BoxFuture<'static, Result<T, PortError>> {
    Box::pin(async { Err("nobody follows the log here".into()) })
}

/// What was answered before, by the digest of subject and idempotency key; read from the projections, so perhaps late.
pub trait Answers: Figures {
    /// The first commit that a command wrote, where there is one.
    fn find(&self, command: ShortHash) -> impl Future<Output = Result<Option<Earlier>, PortError>> + Send;
}

/// What time it is.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Today, where the programme runs.
    fn today(&self) -> Date;
}

/// The machine's clock; days are Italy's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn today(&self) -> Date {
        // The rule itself, not the machine's table of zones: a container often has none, and days must not depend on it.
        let italy = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("the rule is well formed");
        self.now().to_zoned(italy).date()
    }
}
