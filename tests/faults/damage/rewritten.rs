//! What somebody does to the log who can write its file: commits removed, swapped, forged; with everything mended that
//! they can mend.

use std::{collections::HashMap, path::Path};

use fastrand::Rng;
use sqlx::Connection as _;
use traccia_domain::{Actor, Commit, Hash, Position, Recorded, Role, hash::Hex, service::ServiceVoided};

use super::says::connected;
use crate::faults::raw::Stored;

/// Puts other commits in the place of those that a log's file holds, and makes its index anew.
pub async fn rewrite(file: &Path, log: &[Stored]) {
    let mut connection = connected(file).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    sqlx::raw_sql("delete from commits; delete from streams; delete from recent")
        .execute(&mut *transaction)
        .await
        .unwrap();
    for (position, text) in log {
        let stream = stream_of(text);
        let Hash { 0: [a, b, c, d, e, f, g, h, ..] } = Hash::of(stream.as_bytes());
        sqlx::query("insert into commits (position, stream, text) values (?, ?, ?)")
            .bind(position.cast_signed())
            .bind(stream)
            .bind(text)
            .execute(&mut *transaction)
            .await
            .unwrap();
        sqlx::query("insert into recent (key, position) values (?, ?)")
            .bind(i64::from_be_bytes([a, b, c, d, e, f, g, h]))
            .bind(position.cast_signed())
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
    connection.close().await.unwrap();
}

/// The stream that a commit's text names.
pub fn stream_of(text: &str) -> &str {
    text.split('"').nth(3).expect("a commit begins with its stream")
}

/// Texts at positions without a gap.
pub fn placed(texts: Vec<String>) -> Vec<Stored> {
    (1..).zip(texts).collect()
}

/// The texts alone.
pub fn texts(log: &[Stored]) -> Vec<String> {
    log.iter().map(|(_, text)| text.clone()).collect()
}

/// Somebody's service is void, says a commit that goes on rightly from the one before it in its stream, and that stands
/// among older ones.
pub fn inserted(log: &[Stored], rng: &mut Rng) -> (Vec<Stored>, String) {
    let (at, forged) = forged_void(log, rng);
    let before = rng.usize(at..log.len());
    let mut texts = texts(log);
    texts.insert(before, forged);
    (placed(texts), format!("a commit inserted at {}", before + 1))
}

/// A commit that voids a service, right in all that it says of the log; the position after which it may stand.
pub fn forged_void(log: &[Stored], rng: &mut Rng) -> (usize, String) {
    let mut last: HashMap<&str, &Stored> = HashMap::new();
    let services = log[..log.len() - 1].iter().filter(|(_, text)| stream_of(text).starts_with("service."));
    last.extend(services.map(|stored| (stream_of(&stored.1), stored)));
    let mut ends: Vec<&Stored> = last.into_values().filter(|(_, text)| !text.contains("service_voided")).collect();
    ends.sort();
    let (position, text) = *rng.choice(&ends).expect("somebody was served");
    let Recorded { commit, hash, .. } = Recorded::decode(Position(*position), text).unwrap();
    let forged = Commit {
        first: commit.last() + 1,
        command: Hex(rng.u128(..).to_be_bytes()),
        body: Hex(rng.u128(..).to_be_bytes()),
        prev: hash,
        actor: Actor { subject: "load".into(), role: Role::Admin },
        events: vec![ServiceVoided { reason: "r".into() }.into()],
        ..commit
    };
    (usize::try_from(*position).unwrap(), forged.encode())
}

/// Changes what a commit behind some others says, and mends every later hash in its stream.
pub fn edited(log: &[Stored], behind: usize, rng: &mut Rng) -> (Vec<Stored>, String) {
    let mut texts = texts(log);
    loop {
        let index = rng.usize(behind..texts.len());
        let Some((text, what)) = another(&texts[index], rng) else { continue };
        let (stream, mut before) = (stream_of(&text).to_owned(), Hash::of(texts[index].as_bytes()));
        let mut now = Hash::of(text.as_bytes());
        texts[index] = text;
        for later in texts[index + 1..].iter_mut().filter(|later| stream_of(later) == stream) {
            let old = std::mem::replace(&mut before, Hash::of(later.as_bytes()));
            *later = later.replacen(&old.to_string(), &now.to_string(), 1);
            now = Hash::of(later.as_bytes());
        }
        return (placed(texts), format!("{what} in the commit at {}, and the chain after it", index + 1));
    }
}

/// The same commit with something else in it that can be read as well; what.
fn another(text: &str, rng: &mut Rng) -> Option<(String, &'static str)> {
    let (what, said, instead) = *rng.choice(&EDITS)?;
    if instead.is_empty() {
        // One digit of what follows.
        let at = text.find(said)? + said.len();
        let digit = if text.as_bytes()[at] == b'7' { "3" } else { "7" };
        return Some((format!("{}{digit}{}", &text[..at], &text[at + 1..]), what));
    }
    text.contains(said).then(|| (text.replacen(said, instead, 1), what))
}

/// What is changed, the words before or instead of it, and the new words; without these, one digit.
const EDITS: [(&str, &str, &str); 9] = [
    ("the digest of the command", "\"body\":\"", ""),
    ("the command", "\"command\":\"", ""),
    ("the instant", "\"recorded_at\":\"20", ""),
    ("who asked", "\"subject\":\"load\"", "\"subject\":\"loud\""),
    ("a reason", "\"reason\":\"r\"", "\"reason\":\"s\""),
    ("minutes", "\"minutes\":30", "\"minutes\":45"),
    ("a day", "\"occurred_on\":\"2024-0", ""),
    ("a kind", "\"individual_facilitation\"", "\"group_facilitation\""),
    ("a name", "\"name\":\"Centro\"", "\"name\":\"Centra\""),
];
