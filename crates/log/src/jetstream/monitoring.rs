//! What a server tells of itself to whoever may see its monitoring port, and to nobody else: when it syncs.

use std::time::Duration;

use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::BoxError;

/// How long a server may take to tell.
const WITHIN: Duration = Duration::from_secs(3);

/// The most that is read of an answer, in bytes: it has some thousands.
const LARGEST: u64 = 4 << 20;

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    server_name: String,
    jetstream: Stores,
}

#[derive(Default, Deserialize)]
struct Stores {
    config: Option<Store>,
}

#[derive(Deserialize)]
struct Store {
    #[serde(default)]
    sync_always: bool,
}

/// What stands in the way of "acknowledged is on disk", a sentence for each server; none when all sync always.
pub(super) async fn unsynced(monitoring: &[String]) -> Vec<String> {
    if monitoring.is_empty() {
        return vec![
            "it cannot be seen from here whether the server syncs before it acknowledges: name its monitoring address, or \
             see to it that its configuration says sync_interval: always. The default syncs every two minutes, and a power \
             cut then loses what was acknowledged"
                .to_owned(),
        ];
    }
    let mut sentences = Vec::new();
    for address in monitoring {
        match timeout(WITHIN, tell(address)).await.unwrap_or_else(|late| Err(late.into())) {
            Ok((_, true)) => {}
            Ok((name, false)) => sentences.push(format!(
                "the server {name} does not sync before it acknowledges: a power cut loses what it acknowledged in the \
                 last two minutes. Set sync_interval: always in its jetstream block"
            )),
            Err(why) => sentences.push(format!("it cannot be seen at {address} whether the server syncs: {why}")),
        }
    }
    sentences
}

/// A server's name, and whether it syncs always.
async fn tell(address: &str) -> Result<(String, bool), BoxError> {
    let place = address.strip_prefix("http://").ok_or("the address must begin with http://")?.trim_end_matches('/');
    let mut connection = TcpStream::connect(place).await?;
    connection.write_all(format!("GET /varz HTTP/1.0\r\nHost: {place}\r\n\r\n").as_bytes()).await?;
    let mut answer = Vec::new();
    connection.take(LARGEST).read_to_end(&mut answer).await?;
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("the answer is not one of HTTP")?;
    if head.split(' ').nth(1) != Some("200") {
        return Err(format!("it answers {}", head.lines().next().unwrap_or_default()).into());
    }
    let told: Told = serde_json::from_str(body)?;
    Ok((told.server_name, told.jetstream.config.is_some_and(|store| store.sync_always)))
}
