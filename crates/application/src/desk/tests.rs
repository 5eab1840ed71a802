use serde_json::json;
use traccia_domain::{
    Event, Position, Role,
    document::{Document, DocumentKind, DocumentNumber},
    hash::ShortHash,
    refusal::Code,
    registration::Profile,
    service::{ServiceEvent, ServiceKind, ServiceRecorded},
};
use traccia_log::memory::MemoryLog;

use super::*;
use crate::testing::*;

fn row(number: u32, passport: &str, on: &str) -> Row {
    Row {
        key: ShortHash::of_parts([b"file".as_slice(), &number.to_be_bytes()]),
        document: Document::new(DocumentKind::Passport, None, &DocumentNumber(passport.into())).unwrap(),
        profile: Some(Profile { birth_year: Some(1950), ..Profile::default() }),
        service: RowService {
            point: "point".parse().unwrap(),
            facilitator: "fac".parse().unwrap(),
            occurred_on: on.parse().unwrap(),
            start_time: None,
            minutes: 30,
            kind: ServiceKind::IndividualFacilitation,
            mode: None,
            competences: vec![],
            domains: vec![],
            questionnaire: None,
        },
    }
}

async fn services(log: &MemoryLog) -> Vec<ServiceRecorded> {
    let mut services = Vec::new();
    for event in all(log).await.into_iter().flat_map(|recorded| recorded.commit.events) {
        if let Event::Service(ServiceEvent::ServiceRecorded(recorded)) = event {
            services.push(recorded);
        }
    }
    services
}

fn recorded(outcome: &RowOutcome) -> Option<bool> {
    match outcome {
        RowOutcome::Recorded { new_citizen, .. } => Some(*new_citizen),
        RowOutcome::Duplicate { .. } | RowOutcome::Refused(_) => None,
    }
}

fn is_duplicate(outcome: &RowOutcome) -> bool {
    matches!(outcome, RowOutcome::Duplicate { .. })
}

#[tokio::test]
async fn an_upload_records_what_the_same_commands_one_by_one_would() {
    let (by_hand, by_desk) = (MemoryLog::default(), MemoryLog::default());
    let app = running(&by_hand).await;
    for (passport, on) in [("YA0000001", "2024-03-01"), ("YA0000002", "2024-03-01"), ("YA0000001", "2024-03-02")] {
        let citizen = registered(&app, passport).await;
        let mut body = service(&citizen);
        body["occurred_on"] = json!(on);
        carry(&app, "RecordService", body).await.unwrap();
    }
    let app = running(&by_desk).await;
    let who = admin();
    let rows =
        [row(1, "YA0000001", "2024-03-01"), row(2, "YA0000002", "2024-03-01"), row(3, "YA0000001", "2024-03-02")];
    let outcomes = app.desk(&who).record(&rows).await.unwrap();
    assert_eq!(outcomes.iter().map(recorded).collect::<Vec<_>>(), [Some(true), Some(true), Some(false)]);
    assert_eq!(services(&by_desk).await, services(&by_hand).await);
    assert_eq!(all(&by_desk).await.len(), all(&by_hand).await.len());
}

#[tokio::test]
async fn the_same_file_again_adds_nothing() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let who = admin();
    let rows =
        [row(1, "YA0000001", "2024-03-01"), row(2, "YA0000001", "2024-03-01"), row(3, "YA0000002", "2024-03-01")];
    let mut desk = app.desk(&who);
    let first = desk.record(&rows).await.unwrap();
    let RowOutcome::Recorded { position, .. } = first[0] else { panic!("recorded") };
    assert_eq!(first[1], RowOutcome::Duplicate { position: Some(position) });
    let before = all(&log).await.len();
    assert!(desk.record(&rows).await.unwrap().iter().all(is_duplicate));
    assert!(app.desk(&who).record(&rows).await.unwrap().iter().all(is_duplicate));
    assert_eq!(all(&log).await.len(), before);
}

#[tokio::test]
async fn a_refused_row_registers_nobody() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let before = all(&log).await.len();
    let who = admin();
    let mut elsewhere = row(2, "YA0000002", "2024-03-01");
    elsewhere.service.point = "none".parse().unwrap();
    let mut desk = app.desk(&who);
    let rows = [row(1, "YA0000001", "2024-07-01"), elsewhere];
    let outcomes = desk.record(&rows).await.unwrap();
    for (outcome, expected) in outcomes.iter().zip([Code::InTheFuture, Code::UnknownPoint]) {
        let RowOutcome::Refused(RowRefusal::Refused(refusal)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(refusal.code(), expected);
    }
    assert!(desk.check(&rows[0]).await.unwrap().is_err());
    assert!(desk.check(&row(3, "YA0000003", "2024-03-01")).await.unwrap().is_ok());
    assert_eq!(all(&log).await.len(), before);
}

#[tokio::test]
async fn a_row_of_another_point_is_forbidden() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let mut who = bearer("f", Role::Facilitator);
    who.scope.points = vec!["another".parse().unwrap()];
    for who in [who, bearer("r", Role::Region)] {
        let outcomes = app.desk(&who).record(&[row(1, "YA0000001", "2024-03-01")]).await.unwrap();
        assert!(matches!(outcomes[0], RowOutcome::Refused(RowRefusal::Forbidden { .. })));
    }
}

#[tokio::test]
async fn rows_that_were_interrupted_are_completed_by_the_same_rows() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let who = admin();
    let rows = [row(1, "YA0000001", "2024-03-01"), row(2, "YA0000002", "2024-03-01")];
    // The first record and no second; then both records, and the first service alone.
    for next in [vec![Next::Works, Next::IsAway], vec![Next::Works, Next::Works, Next::Works, Next::IsAway]] {
        app.log().will(next);
        assert!(matches!(app.desk(&who).record(&rows).await, Err(Failure::Unknown { .. })));
    }
    // A lost answer is looked up, and changes nothing.
    app.log().will([Next::Works, Next::Works, Next::Works, Next::StoresAndLosesTheAnswer]);
    let outcomes = app.desk(&who).record(&rows).await.unwrap();
    assert!(is_duplicate(&outcomes[0]));
    assert!(matches!(outcomes[1], RowOutcome::Recorded { position: Position(9), new_citizen: false }));
    assert_eq!(services(&log).await.len(), 2);
}
