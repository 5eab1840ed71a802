//! The transparency log over HTTP: what is published is public and holds hashes only; a proof or the entries behind the
//! hashes are for those who may read the log.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures::StreamExt as _;
use serde::Serialize;
use traccia_application::permission::Read;
use traccia_domain::{Hash, Position};
use traccia_ledger::{Bundle, Ledger, LedgerError, Signed, Tile, entries, hash};
use traccia_log::Log as _;
use utoipa::ToSchema;

use crate::{App, Problem, Traccia, bearer::Who, problem::tell, read::right, request::Named};

/// What is in a tile never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A second later there may be another checkpoint.
const FOR_A_SECOND: &str = "public, max-age=1";

/// The last checkpoint: a signed note with the log's name, its size, and the root of its tree (C2SP `tlog-checkpoint`).
#[utoipa::path(
    get, path = "/checkpoint", tag = "Registro firmato", operation_id = "checkpoint",
    responses((status = 200, description = "A signed note", content_type = "text/plain", body = String)),
)]
pub(crate) async fn checkpoint(State(app): State<App>) -> Result<Response, Problem> {
    let signed = asked(&app, Ledger::signed).await?.ok_or_else(|| not_yet("nothing is signed yet"))?;
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, FOR_A_SECOND)];
    Ok((headers, signed.note).into_response())
}

/// A tile: hashes of a level of the tree, 32 bytes each (C2SP `tlog-tiles`). Tiles that the last checkpoint does not need
/// are not there.
#[utoipa::path(
    get, path = "/tile/{level}/{*index}", tag = "Registro firmato", operation_id = "tile",
    params(
        ("level" = String, Path, description = "From 0, that of the leaves"),
        ("index" = String, Path, description = "The tile's number in groups of three digits, for example `x001/x234/067`, and `.p/8` behind it for one of 8 hashes"),
    ),
    responses((status = 200, description = "Hashes", content_type = "application/octet-stream", body = Vec<u8>)),
)]
pub(crate) async fn tile(
    State(app): State<App>,
    Path((level, index)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let tile = Tile::parse(&level, &index).ok_or_else(no_tile)?;
    let bytes = asked(&app, move |ledger| ledger.tile(tile)).await?.ok_or_else(beyond)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, FOR_EVER)], bytes).into_response())
}

/// A bundle of entries: the commits whose hashes make a tile of level 0, each after its length in two bytes.
#[utoipa::path(
    get, path = "/tile/entries/{*index}", tag = "Registro firmato", operation_id = "entries",
    params(("index" = String, Path, description = "As of a tile")),
    responses((status = 200, description = "Entries", content_type = "application/octet-stream", body = Vec<u8>)),
    security(("token" = [])),
)]
pub(crate) async fn bundle(
    State(app): State<App>,
    Who(who): Who,
    Path(index): Path<String>,
) -> Result<Response, Problem> {
    right(&who, Read::Log)?;
    let bundle = Bundle::parse(&index).ok_or_else(no_tile)?;
    let tile = asked(&app, move |ledger| ledger.tile(bundle.tile())).await?.ok_or_else(beyond)?;
    let (mut bytes, mut leaves) = (Vec::new(), Vec::with_capacity(tile.len()));
    let mut chunks = app.application.log().read(Position(bundle.after()));
    while leaves.len() < tile.len() {
        // The tile is signed, so the log has every one of its commits.
        let chunk = chunks.next().await.ok_or_else(changed)??;
        for (at, text) in chunk.texts().take(usize::from(bundle.width) - leaves.len() / 32) {
            entries::add(&mut bytes, at, text)?;
            leaves.extend(hash::leaf(text.as_bytes()).0);
        }
    }
    if leaves != tile {
        return Err(changed());
    }
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// That a commit is in the log: what joins its hash to the root of a signed checkpoint (RFC 6962, section 2.1.1).
#[derive(Serialize, ToSchema)]
pub(crate) struct Proof {
    /// The commit's position.
    position: u64,
    /// Its leaf: the position less one.
    index: u64,
    /// The size of the signed tree.
    size: u64,
    /// SHA-256 of a zero byte and the commit's text as it is stored.
    #[schema(value_type = String)]
    leaf_hash: Hash,
    /// The hashes beside the way from the leaf up to the root.
    #[schema(value_type = Vec<String>)]
    path: Vec<Hash>,
    /// The signed note that holds the root.
    checkpoint: String,
}

/// The proof that a commit is in the signed log. A commit is signed about a second after it was stored.
#[utoipa::path(
    get, path = "/v1/log/{position}/proof", tag = "Registro firmato", operation_id = "proof",
    params(("position" = u64, Path, description = "The commit's position")),
    responses((status = 200, description = "The proof", body = Proof)),
    security(("token" = [])),
)]
pub(crate) async fn proof(
    State(app): State<App>,
    Who(who): Who,
    Named(position): Named<u64>,
) -> Result<axum::Json<Proof>, Problem> {
    right(&who, Read::Log)?;
    let index = position.checked_sub(1).ok_or_else(unknown)?;
    let leaf_hash = leaf(&app.application, Position(position)).await?;
    let proved = asked(&app, move |ledger| ledger.prove(index)).await?;
    let proved = proved.ok_or_else(|| not_yet("this commit is stored and not signed yet"))?;
    if proved.leaf != leaf_hash {
        return Err(changed());
    }
    let Signed { checkpoint, note } = proved.signed;
    Ok(axum::Json(Proof { position, index, size: checkpoint.size, leaf_hash, path: proved.path, checkpoint: note }))
}

/// The leaf of a commit, from its text in the log.
async fn leaf(application: &Traccia, at: Position) -> Result<Hash, Problem> {
    let log = application.log();
    if at > log.head().await? {
        return Err(unknown());
    }
    let chunk = log.read(Position(at.0 - 1)).next().await.transpose()?.ok_or_else(unknown)?;
    let (_, text) = chunk.texts().next().ok_or_else(unknown)?;
    Ok(hash::leaf(text.as_bytes()))
}

/// Asks the ledger, which reads files, in a thread that may wait.
async fn asked<T: Send + 'static>(
    app: &App,
    question: impl FnOnce(&Ledger) -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, Problem> {
    let ledger = app.ledger.clone().ok_or_else(|| not_yet("this process has no ledger"))?;
    let answer = tokio::task::spawn_blocking(move || question(&ledger)).await;
    Ok(answer.map_err(|error| Problem::internal(&error))??)
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Problem {
        match error {
            LedgerError::Log(error) => error.into(),
            LedgerError::File { .. } | LedgerError::Broken(_) => Problem::internal(&error),
            LedgerError::Damaged { .. }
            | LedgerError::Foreign { .. }
            | LedgerError::LogShorter { .. }
            | LedgerError::OtherHistory { .. }
            | LedgerError::Inconsistent { .. }
            | LedgerError::Overtaken { .. }
            | LedgerError::TooLong { .. } => {
                tell(&error);
                damaged("the ledger is damaged; `traccia ledger verify` says where")
            }
        }
    }
}

fn damaged(detail: &str) -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "LogDamaged", detail)
}

fn changed() -> Problem {
    tracing::error!("the log does not hold what was signed");
    damaged("the log does not hold what was signed; `traccia ledger verify` says where")
}

fn not_yet(detail: &str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "NotYet", detail)
}

fn unknown() -> Problem {
    Problem::not_found("UnknownPosition", "the log has no commit at this position")
}

fn beyond() -> Problem {
    Problem::not_found("UnknownPosition", "the signed log does not reach this tile")
}

fn no_tile() -> Problem {
    Problem::not_found("UnknownPath", "this is not the path of a tile")
}
