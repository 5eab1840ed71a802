//! A finished history, made by clients of the executable: what is damaged here.

use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _};
use tokio::sync::OnceCell;
use traccia_log::export;

use super::{
    kept::Kept,
    look::opened,
    says::{Says, connected},
};
use crate::{
    faults::{
        journal::{Answer, Journal},
        kills::installation,
        load::{Load, SUBJECT},
    },
    program::Server,
};

/// Commits of a crowd that asks for all there is to ask for. With those of a day on which people are served they are
/// enough for a full tile of the ledger and one that is not.
const COMMITS: u64 = 220;

/// Citizens who are served on that day.
const SERVED: u32 = 30;

/// How long something may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A finished history.
pub struct Whole {
    /// Its folder at rest: nothing waits in a write-ahead log.
    pub rested: Kept,
    /// The same as a killed server has left it: everything waits there.
    pub left: Kept,
    /// The ledger as it was when half of it was signed.
    pub early: Kept,
    /// What its clients know.
    pub journal: Journal,
    /// What it says.
    pub says: Says,
}

/// The history that all tests here damage.
pub async fn whole() -> &'static Whole {
    static WHOLE: OnceCell<Whole> = OnceCell::const_new();
    WHOLE.get_or_init(made).await
}

impl Whole {
    /// Its log as `traccia export` writes it.
    pub async fn exported(&self) -> Vec<u8> {
        let (folder, mut exported) = (self.rested.laid_out(), Vec::new());
        let log = opened(folder.path()).await.expect("it can be opened");
        export::export(&*log, &mut exported, |_| {}).await.expect("it can be exported");
        exported
    }
}

async fn made() -> Whole {
    let (folder, load) = installation(40);
    let server = Server::start(folder.path());
    load.begin(&server.url).await;
    let mut rng = Rng::new();
    let mut early = None;
    loop {
        let known = load.journal().known;
        if known > COMMITS {
            break;
        }
        if early.is_none() && known > COMMITS / 2 {
            signed(&server.url).await;
            early = Some(Kept::of(&folder.path().join("ledger")));
        }
        load.crowd(&server.url, &mut rng, 4, 10).join_all().await;
    }
    for (number, command) in day().into_iter().enumerate() {
        let request = load.journal().asks(SUBJECT, &format!("day-{number}"), command);
        load.ask(&server.url, request).await;
    }
    for citizen in 0..SERVED {
        serve(&load, &server.url, citizen).await;
    }
    load.resolve(&server.url).await;
    load.caught_up(&server.url).await;
    signed(&server.url).await;
    server.kill();
    let left = Kept::of(folder.path());
    // Whoever closes a file last empties its write-ahead log.
    for file in ["log.db", "tables.db", "record-keys.db"] {
        let mut connection = connected(&folder.path().join(file)).await.unwrap();
        connection.execute("pragma wal_checkpoint(truncate)").await.unwrap();
        connection.close().await.unwrap();
    }
    let rested = Kept::of(folder.path());
    let journal = load.journal().clone();
    let says = Says::of(folder.path(), &journal).await.expect("nothing is wrong with it yet");
    assert!(says.answers[0]["counted"].as_u64() >= Some(u64::from(SERVED)), "people count: {:?}", says.answers);
    let early = early.expect("it passed the half");
    Whole { rested, left, early, journal, says }
}

/// A point that the crowd has not closed, and who works there.
fn day() -> Vec<(&'static str, Value)> {
    let point = json!({"point": "p-day", "project": "proj", "name": "Centro", "kind": "fixed", "province": "MI",
        "municipality": "Milano", "opened_on": "2023-03-01", "weekly_hours": 24, "workstations": 2,
        "megabits_per_second": 30, "services": ["individual_facilitation"]});
    let staff = json!({"facilitator": "rita", "project": "proj", "role": "facilitator", "points": ["p-day"],
        "from": "2023-03-01"});
    vec![("OpenPoint", point), ("EnrolFacilitator", staff)]
}

/// Somebody comes for the first time, and is served.
async fn serve(load: &Load, url: &str, citizen: u32) {
    let documents = json!({"documents": [{"kind": "passport", "number": format!("YD{citizen:06}")}]});
    let registered = load.journal().asks(SUBJECT, &format!("citizen-{citizen}"), ("RegisterCitizen", documents));
    load.ask(url, registered).await;
    let answer = load.journal().requests[registered].attempts[0].answer.clone();
    let Answer::Done { stream, .. } = answer else { panic!("{answer:?}") };
    let service = json!({"citizen": stream.strip_prefix("record."), "point": "p-day", "facilitator": "rita",
        "occurred_on": "2024-03-01", "minutes": 30, "kind": "individual_facilitation"});
    let recorded = load.journal().asks(SUBJECT, &format!("service-{citizen}"), ("RecordService", service));
    load.ask(url, recorded).await;
}

/// Waits until everything is signed.
async fn signed(url: &str) {
    let asked = async {
        loop {
            let ready: Value = reqwest::get(format!("{url}/readyz")).await.unwrap().json().await.unwrap();
            if ready["ledger"]["lag"] == 0 {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.expect("it is signed");
}
