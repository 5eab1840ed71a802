//! What a server tells of itself to whoever may see its monitoring port, and to nobody else: when it syncs.

use std::{collections::BTreeSet, time::Duration};

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

/// The most that is repeated of what a server says, in characters.
const REPEATED: usize = 100;

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

/// What stands in the way of "acknowledged is on disk", a sentence for each server; none when all that hold the log are seen
/// to sync always. `holding` are their names.
pub(super) async fn unsynced(monitoring: &[String], holding: &BTreeSet<String>) -> Vec<String> {
    if monitoring.is_empty() {
        return vec![
            "it cannot be seen from here whether the server syncs before it acknowledges: name its monitoring address, or \
             see to it that its configuration says sync_interval: always. The default syncs every two minutes, and a power \
             cut then loses what was acknowledged"
                .to_owned(),
        ];
    }
    let (mut sentences, mut seen) = (Vec::new(), BTreeSet::new());
    for address in monitoring {
        match timeout(WITHIN, tell(address)).await.unwrap_or_else(|late| Err(late.into())) {
            Ok((name, always)) => {
                if !always {
                    sentences.push(format!(
                        "the server {} does not sync before it acknowledges: a power cut loses what it acknowledged in the \
                         last two minutes. Set sync_interval: always in its jetstream block",
                        repeated(&name)
                    ));
                }
                seen.insert(name);
            }
            Err(why) => sentences.push(format!("it cannot be seen at {address} whether the server syncs: {why}")),
        }
    }
    // Only when all addresses have answered: who does not has said nothing of its name.
    if sentences.is_empty() {
        let unseen = holding.difference(&seen).map(|name| {
            format!(
                "the server {} holds the log, and no monitoring address is its own: whether it syncs before it \
                 acknowledges cannot be seen. Name the monitoring address of every server of the log",
                repeated(name)
            )
        });
        sentences.extend(unseen);
    }
    sentences
}

/// What another has said, short and without signs that a terminal or a log would obey.
fn repeated(said: &str) -> String {
    said.chars().filter(|sign| !sign.is_control()).take(REPEATED).collect()
}

/// Where a monitoring address leads; nothing where it cannot be one.
pub(super) fn place(address: &str) -> Option<&str> {
    let place = address.strip_prefix("http://")?.trim_end_matches('/');
    let (host, port) = place.rsplit_once(':')?;
    let plain = !host.is_empty() && !host.contains(['/', '@', '?', '#']) && port.parse::<u16>().is_ok();
    plain.then_some(place)
}

/// A server's name, and whether it syncs always.
async fn tell(address: &str) -> Result<(String, bool), BoxError> {
    let place = place(address).ok_or("this is not http://host:port")?;
    let mut connection = TcpStream::connect(place).await?;
    connection.write_all(format!("GET /varz HTTP/1.0\r\nHost: {place}\r\n\r\n").as_bytes()).await?;
    let mut answer = Vec::new();
    connection.take(LARGEST).read_to_end(&mut answer).await?;
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("the answer is not one of HTTP")?;
    if head.split(' ').nth(1) != Some("200") {
        return Err(format!("it answers {}", repeated(head.lines().next().unwrap_or_default())).into());
    }
    let told: Told = serde_json::from_str(body)?;
    Ok((told.server_name, told.jetstream.config.is_some_and(|store| store.sync_always)))
}
