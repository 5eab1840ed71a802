//! Claims, and what became of them.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::{
    Hash, Position, ProjectId, RecordId,
    hash::Hex,
    milestone::{Frozen, MilestoneCertified, Terms, sample},
};
use traccia_projector::held;
use utoipa::ToSchema;

use crate::answer::{Line, ReadError, Reader, Sql};

/// A claim: what it froze, and what of that still holds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClaimShown {
    /// Where it was made: what was known then is what it froze.
    pub position: u64,
    /// Whether it is the second, after one met in part.
    pub cure: bool,
    /// Points when it was claimed.
    pub points: u64,
    /// Units frozen.
    pub count: u64,
    /// The root hash of their list.
    pub root: String,
    /// Points by what is known now.
    pub points_now: u64,
    /// Units that still count for it.
    pub citizens_now: u64,
    /// What it is judged by.
    #[schema(value_type = Object)]
    pub terms: Terms,
    #[serde(skip)]
    pub(super) key: i64,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Certificate {
    /// Where it was written.
    pub position: u64,
    /// Whether everything needed was reached.
    pub met: bool,
    /// What it states.
    #[schema(value_type = Object)]
    pub evidence: MilestoneCertified,
    /// Whether that is what the fold had frozen.
    pub agrees: bool,
}

/// The units drawn to be looked at, and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SampleShown {
    /// Where it was drawn.
    pub position: u64,
    /// The value made public after the claim.
    pub public_value: String,
    /// The seed that follows from it and the claim's root hash.
    pub seed: String,
    /// The units drawn, in their order.
    pub units: Vec<String>,
    /// Those found to be as claimed.
    pub confirmed: u64,
    /// Those found not to be.
    pub errors: u64,
    /// Whether drawing again gives the same.
    pub agrees: bool,
}

/// Project and milestone.
pub(super) type Of = (String, String);

/// The claims at a position, by project and milestone, in their order.
pub(super) async fn claims(reader: &Reader, project: Option<&str>) -> Result<BTreeMap<Of, Vec<ClaimShown>>, ReadError> {
    let mut sql = Sql::from(format!(
        "select c.project, c.milestone, c.key, c.position, c.cure, c.points, c.count, c.root, c.points_now,
        c.citizens_now, c.terms from claim c where {}",
        held("c"),
    ));
    sql.equals("c.project", project).push(" order by c.key");
    let mut claims = BTreeMap::<_, Vec<_>>::new();
    for row in reader.rows(sql).await? {
        claims.entry((row.text(0), row.text(1))).or_default().push(claim(&row)?);
    }
    Ok(claims)
}

fn claim(row: &Line) -> Result<ClaimShown, ReadError> {
    Ok(ClaimShown {
        key: row.integer(2),
        position: row.count(3)?,
        cure: row.flag(4),
        points: row.count(5)?,
        count: row.count(6)?,
        root: row.text(7),
        points_now: row.count(8)?,
        citizens_now: row.count(9)?,
        terms: row.json(10)?,
    })
}

/// Certificates by the position of their claim.
pub(super) async fn certificates(reader: &Reader) -> Result<BTreeMap<u64, Certificate>, ReadError> {
    let sql = "select c.claim, c.position, c.met, c.detail, c.agrees from certificate c where c.position <= $1";
    let mut certificates = BTreeMap::new();
    for row in reader.rows(sql.into()).await? {
        let (position, met, agrees) = (row.count(1)?, row.flag(2), row.flag(4));
        certificates.insert(row.count(0)?, Certificate { position, met, evidence: row.json(3)?, agrees });
    }
    Ok(certificates)
}

/// By project and milestone: how many claims there are, and whether the last was certified as met; none before it was certified.
pub(crate) async fn certified(reader: &Reader) -> Result<BTreeMap<Of, (usize, Option<bool>)>, ReadError> {
    let certificates = certificates(reader).await?;
    let claims = claims(reader, None).await?.into_iter();
    let met = |claims: &[ClaimShown]| Some(certificates.get(&claims.last()?.position)?.met);
    Ok(claims.map(|(of, claims)| (of, (claims.len(), met(&claims)))).collect())
}

/// By project and position of a claim: points and citizens that it holds now.
pub(crate) async fn held_by_claims(reader: &Reader) -> Result<BTreeMap<(String, u64), [u32; 2]>, ReadError> {
    let text = format!("select c.project, c.position, c.points_now, c.citizens_now from claim c where {}", held("c"));
    let held = |row: &Line| {
        let now = [row.count(2)?, row.count(3)?].map(|count| u32::try_from(count).map_err(ReadError::damaged));
        let [points, citizens] = now;
        Ok(((row.text(0), row.count(1)?), [points?, citizens?]))
    };
    reader.rows(Sql::from(text)).await?.iter().map(held).collect()
}

/// Samples by the position of their claim.
pub(super) async fn samples(reader: &Reader) -> Result<BTreeMap<u64, SampleShown>, ReadError> {
    let found = "select count(*) from sample_finding f where f.position <= $1 and f.claim = s.claim and f.finding =";
    let sql = format!(
        "select s.claim, s.position, s.public_value, s.units, s.agrees, c.root, ({found} 'confirmed'), ({found} 'error')
        from sample s join claim c on c.position = s.claim where s.position <= $1 and {}",
        held("c"),
    );
    let mut samples = BTreeMap::new();
    for row in reader.rows(sql.into()).await? {
        let sample = SampleShown {
            position: row.count(1)?,
            seed: sample::seed(hash(&row.text(5))?, &row.text(2)).to_string(),
            public_value: row.text(2),
            units: row.text(3).split_whitespace().map(str::to_owned).collect(),
            agrees: row.flag(4),
            confirmed: row.count(6)?,
            errors: row.count(7)?,
        };
        samples.insert(row.count(0)?, sample);
    }
    Ok(samples)
}

/// What the latest claim of a milestone froze.
///
/// # Errors
/// When the tables cannot be read.
pub async fn frozen(reader: &Reader, project: &ProjectId, milestone: &str) -> Result<Option<Frozen>, ReadError> {
    latest(reader, project, milestone).await?.map(|claim| of(&claim)).transpose()
}

pub(super) async fn latest(
    reader: &Reader,
    project: &ProjectId,
    milestone: &str,
) -> Result<Option<ClaimShown>, ReadError> {
    let mut claims = claims(reader, Some(project.as_str())).await?;
    Ok(claims.remove(&(project.to_string(), milestone.to_owned())).and_then(|mut claims| claims.pop()))
}

fn of(claim: &ClaimShown) -> Result<Frozen, ReadError> {
    let number = |number: u64| u32::try_from(number).map_err(ReadError::damaged);
    Ok(Frozen {
        position: Position(claim.position),
        points: number(claim.points)?,
        count: number(claim.count)?,
        root: hash(&claim.root)?,
    })
}

fn hash(text: &str) -> Result<Hash, ReadError> {
    Hex::parse(text).ok_or_else(|| ReadError::damaged("a root is a hash"))
}

/// The persons' serials at some places of the list that the latest claim of a milestone froze, in the order asked for.
///
/// # Errors
/// When the tables cannot be read, or the list has no such place.
pub async fn serials(
    reader: &Reader,
    project: &ProjectId,
    milestone: &str,
    places: &[u32],
) -> Result<Vec<RecordId>, ReadError> {
    let Some(claim) = latest(reader, project, milestone).await? else { return Ok(Vec::new()) };
    let mut sql = Sql::from(format!(
        "select n.place, r.id from claim_unit n join record r on r.key = n.record where {} and {} and n.claim = ",
        held("n"),
        held("r"),
    ));
    sql.arg(claim.key).push(" and n.place in ").list(places.iter().copied());
    let mut found = BTreeMap::new();
    for row in reader.rows(sql).await? {
        found.insert(row.integer(0), row.parsed::<RecordId>(1)?);
    }
    let serial = |place: &u32| {
        let serial = found.get(&i64::from(*place)).copied();
        serial.ok_or_else(|| ReadError::damaged(format_args!("a claim's list has no place {place}")))
    };
    places.iter().map(serial).collect()
}
