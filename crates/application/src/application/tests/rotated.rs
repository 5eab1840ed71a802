//! After the fingerprint key was rotated a document is the record that it was.

use traccia_domain::{
    document::{DocumentKind, KeyVersion},
    record::RecordEvent,
};
use traccia_log::memory::MemoryLog;

use super::*;
use crate::{RowOutcome, testing::App};

fn after(log: &MemoryLog, rotations: u8) -> Arc<App<FlakyLog, NoneSeen>> {
    app_after(log, rotations, MemoryKeys::default(), NoneSeen)
}

/// The versions of the keys that made the records, in the log's order.
async fn versions(log: &MemoryLog) -> Vec<u16> {
    let events = all(log).await.into_iter().flat_map(|recorded| recorded.commit.events);
    let made = events.filter_map(|event| {
        if let Event::Record(RecordEvent::RecordRegistered(made)) = event { Some(made.key_version) } else { None }
    });
    made.map(|KeyVersion(version)| version).collect()
}

#[tokio::test]
async fn a_document_is_the_record_that_an_older_key_made_and_a_new_one_is_the_newests() {
    let log = MemoryLog::default();
    let first = registered(&*running(&log).await, "YA0000001").await;
    let second = registered(&*after(&log, 1), "YA0000002").await;
    let third = registered(&*after(&log, 2), "YA0000003").await;
    assert_eq!(versions(&log).await, [1, 2, 3]);
    let app = after(&log, 3);
    for (number, id) in [("YA0000001", &first), ("YA 000-0002", &second), ("YA0000003", &third)] {
        let again = carry(&app, "RegisterCitizen", citizen(number)).await.unwrap();
        assert_eq!((&again.id, again.events.len()), (id, 0), "{number}");
    }
    assert_eq!(versions(&log).await, [1, 2, 3], "nobody is registered again");
    let both = json!({"documents": [{"kind": "passport", "number": "YA0000001"}, {"kind": "passport", "number": "YA0000004"}]});
    let linked = carry(&app, "RegisterCitizen", both).await.unwrap();
    assert_eq!((linked.id, linked.events), (first, vec!["RecordRegistered", "RecordsLinked"]));
    assert_eq!(versions(&log).await, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_request_repeated_after_a_rotation_is_the_first_answer() {
    let log = MemoryLog::default();
    let register = || command("RegisterCitizen", citizen("YA0000001"));
    let first = running(&log).await.carry_out(&admin(), key("k"), register()).await.unwrap();
    let closing = |on: &str| command("ClosePoint", json!({"point": "point", "on": on, "reason": "r"}));
    app(&log).carry_out(&admin(), key("c"), closing("2024-06-01")).await.unwrap();
    for seen in [true, false] {
        let again = if seen {
            let app = app_after(&log, 1, MemoryKeys::default(), AllSeen(log.clone()));
            assert!(app.carry_out(&admin(), key("c"), closing("2024-06-01")).await.unwrap().replayed);
            let other = app.carry_out(&admin(), key("c"), closing("2024-06-02")).await;
            assert!(matches!(other, Err(Failure::KeyReused)));
            app.carry_out(&admin(), key("k"), register()).await.unwrap()
        } else {
            after(&log, 1).carry_out(&admin(), key("k"), register()).await.unwrap()
        };
        assert!(again.replayed);
        assert_eq!(crate::Done { replayed: false, ..again }, first);
    }
}

#[tokio::test]
async fn an_upload_sent_again_after_a_rotation_adds_nothing() {
    let log = MemoryLog::default();
    running(&log).await;
    let who = admin();
    let rows = [row(DocumentKind::Passport, "YA0000001"), row(DocumentKind::FiscalCode, CODE)];
    let before = app_after(&log, 0, MemoryKeys::default(), NoneSeen);
    let outcomes = before.desk(&who).record(&rows).await.unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, RowOutcome::Recorded { new_citizen: true, .. })));
    let stored = all(&log).await.len();
    let app = after(&log, 1);
    let more = [rows[0].clone(), rows[1].clone(), row(DocumentKind::Passport, "YA0000002")];
    let foreseen = app.desk(&who).foresee(&more).await.unwrap();
    let recorded = app.desk(&who).record(&more).await.unwrap();
    for outcomes in [foreseen, recorded] {
        assert!(matches!(
            outcomes.as_slice(),
            [
                RowOutcome::Duplicate { .. },
                RowOutcome::Duplicate { .. },
                RowOutcome::Recorded { new_citizen: true, .. }
            ]
        ));
    }
    assert_eq!(all(&log).await.len(), stored + 2);
    assert_eq!(versions(&log).await, [1, 1, 2]);
}

#[tokio::test]
async fn what_an_older_key_made_is_asked_of_the_leader() {
    let log = MemoryLog::default();
    let first = registered(&*running(&log).await, "YA0000001").await;
    let app = after(&log, 1);
    // A replica that has seen nothing yet.
    *app.log().replica.lock().unwrap() = Some(traccia_domain::Position::START);
    assert_eq!(registered(&app, "YA0000001").await, first);
}
