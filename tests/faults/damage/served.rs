//! The same on JetStream and PostgreSQL: servers that are given back an older copy of their files, and an administrator
//! who removes a message.

use std::{fs, time::Duration};

use async_nats::jetstream::{self as raw, stream::DiscardPolicy};
use reqwest::StatusCode;
use serde_json::json;

use super::{kept::Kept, start::comes_to_nothing};
use crate::{
    production::{Site, until},
    program::{Server, run},
};

/// That a start comes to nothing and that `verify` finds something, each with some of these words.
async fn refuses(site: &Site, words: &[&str]) {
    let log = site.nats.url();
    let place = ["--log", &log, "--tables", &site.tables];
    let verified = run(&[&["verify", "--data", site.folder.path().to_str().unwrap()][..], &place].concat());
    assert!(!verified.status.success(), "verify finds nothing");
    let verified = String::from_utf8_lossy(&[verified.stdout, verified.stderr].concat()).into_owned();
    for said in [comes_to_nothing(site.folder.path(), &place).await, verified] {
        assert!(words.iter().any(|word| said.contains(word)), "{words:?} are not in: {said}");
    }
}

/// Waits until a server is not ready any more, for what it says that its log has lost.
async fn has_lost(site: &Site, server: &Server) {
    let told = ["HISTORY HAS CHANGED: the log ends at position", "the read models stand still at position"];
    until(async || {
        let (status, ready) = site.read(server, "/readyz").await;
        let why = ready["why"].as_str().unwrap_or_default();
        status == StatusCode::SERVICE_UNAVAILABLE && told.iter().any(|told| why.contains(told))
    })
    .await;
}

/// How many persons count, as a server says it at once.
async fn counts(site: &Site, server: &Server) -> u64 {
    let (status, answer) = site.read(server, "/v1/counting?programme=lombardia").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["counted"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_given_back_an_older_copy_of_its_log_counts_nothing_anew_and_does_not_start_again() {
    let Some(mut site) = Site::new() else { return };
    let server = site.start("serve", &[]);
    site.network(&server).await;
    let position = site.serve_somebody(&server, "CA00001AA").await;
    assert_eq!(site.counted(&server, position).await, 1);
    let store = site.nats.folder().join("jetstream");
    site.nats.shut_down().unwrap();
    let older = Kept::of(&store);
    site.nats.restart().unwrap();
    let someone = json!({"documents": [{"kind": "identity_card", "number": "CA00002AA"}]});
    until(async || site.send(&server, "RegisterCitizen", someone.clone()).await.0 == StatusCode::OK).await;
    let position = site.serve_somebody(&server, "CA00002AA").await;
    assert_eq!(site.counted(&server, position).await, 2);

    site.nats.shut_down().unwrap();
    fs::remove_dir_all(&store).unwrap();
    older.lay_into(&store);
    site.nats.restart().unwrap();
    has_lost(&site, &server).await;
    assert_eq!(counts(&site, &server).await, 2, "what was counted stays, and nothing is counted anew");
    server.kill();
    let behind = format!("but the tables have reached {position}: the log was restored from an older backup");
    refuses(&site, &[&behind, "commits were signed"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_an_administrator_removed_ends_writing_and_no_server_is_ready() {
    let Some(site) = Site::new() else { return };
    let server = site.start("serve", &[]);
    site.network(&server).await;
    let position = site.serve_somebody(&server, "CA00001AA").await;
    assert_eq!(site.counted(&server, position).await, 1);

    // The project was submitted before it was approved: of its stream only the last commit is kept for a moment.
    let context = raw::new(async_nats::connect(site.nats.url()).await.unwrap());
    let whole = context.get_stream("traccia").await.unwrap().cached_info().config.clone();
    let shortened = raw::stream::Config { max_messages_per_subject: 1, discard: DiscardPolicy::Old, ..whole.clone() };
    context.update_stream(&shortened).await.unwrap();
    context.update_stream(&whole).await.unwrap();

    let someone = json!({"documents": [{"kind": "identity_card", "number": "CA00002AA"}]});
    let mut last = Default::default();
    let asked = async {
        loop {
            last = site.send(&server, "RegisterCitizen", someone.clone()).await;
            if last.0 == StatusCode::SERVICE_UNAVAILABLE {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asked).await.expect("nothing is written any more");
    assert_eq!(counts(&site, &server).await, 1);
    server.kill();
    refuses(&site, &["cannot be read, and nothing after it is counted", "some that were stored are missing"]).await;
}
