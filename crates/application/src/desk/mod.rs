//! A desk for many rows: an upload judged and recorded in few durable round trips.

mod facts;
mod foresee;
mod judge;
mod record;
mod row;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::civil::Date;
use traccia_domain::{
    FacilitatorId, PointId, Position, ProgrammeId, RecordId, facilitator::Facilitator, record::Record,
};
use traccia_log::Log;

pub use self::row::{Row, RowOutcome, RowRefusal, RowService};
use self::{facts::Place, foresee::Foreseen};
use crate::{
    Answers, Application, Bearer, Failure, RecordKeys,
    facts::programme_of,
    permission::{self, Extent, Forbidden},
};

/// How many streams are looked up at once.
const AT_ONCE: usize = 16;

/// How many records a desk remembers as registered; forgetting one costs an append that is refused.
const REMEMBERED: usize = 1_000_000;

/// Judges and records rows. What it knows of points, projects and facilitators is as it was when a row first named
/// them; the fold judges every service again.
pub struct Desk<'a, L, K, A> {
    app: &'a Application<L, K, A>,
    who: &'a Bearer,
    extent: Result<Extent, Forbidden>,
    today: Date,
    places: HashMap<PointId, Place>,
    facilitators: HashMap<FacilitatorId, Arc<Facilitator>>,
    /// Records of documents that rows have named, by the newest key's, where there are older keys.
    records: HashMap<RecordId, RecordId>,
    /// Records known to be registered.
    known: HashSet<RecordId>,
    /// What rows that were only looked at would have written.
    foreseen: Foreseen,
    /// Stands for the record of a row: it is registered with the row, or was before.
    registered: Arc<Record>,
}

impl<'a, L: Log, K: RecordKeys, A: Answers> Desk<'a, L, K, A> {
    pub(crate) fn new(app: &'a Application<L, K, A>, who: &'a Bearer) -> Self {
        Desk {
            app,
            who,
            extent: permission::may_record(who),
            today: app.clock().today(),
            places: HashMap::new(),
            facilitators: HashMap::new(),
            records: HashMap::new(),
            known: HashSet::new(),
            foreseen: Foreseen::default(),
            registered: Arc::new(Record::Registered { profile: None }),
        }
    }

    /// Judges a row without writing: what [`Desk::record`] would refuse. The log is not asked for duplicates.
    ///
    /// # Errors
    /// When the log is away or damaged.
    pub async fn check(&mut self, row: &Row) -> Result<Result<(), RowRefusal>, Failure> {
        self.learn(std::slice::from_ref(row)).await?;
        Ok(self.judge(row).map(|_| ()))
    }

    /// The log's last position.
    ///
    /// # Errors
    /// When the log is away.
    pub async fn head(&self) -> Result<Position, Failure> {
        self.app.log().head().await.map_err(Failure::reading)
    }

    /// The programmes of the points that rows have named, each once.
    #[must_use]
    pub fn programmes(&self) -> Vec<ProgrammeId> {
        let named = self.places.values().filter_map(|place| programme_of(&place.project).cloned());
        named.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Records rows in file order, in two durable round trips; outcomes are in the same order.
    ///
    /// A refused row registers nobody. A crash or a failure leaves some rows recorded, each whole or with its citizen
    /// registered alone; the same rows again add what is missing, and report what is there as duplicates.
    ///
    /// # Errors
    /// When the log or the store of keys is away or damaged, or an outcome remains unknown.
    pub async fn record(&mut self, rows: &[Row]) -> Result<Vec<RowOutcome>, Failure> {
        self.learn(rows).await?;
        let judged = rows.iter().map(|row| self.judge(row)).collect();
        self.store(rows, judged).await
    }
}
