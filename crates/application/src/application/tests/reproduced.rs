//! Whoever folds the log again finds the evidence of every authorisation, and no other passes for it.

use traccia_domain::{
    Cents, Hash, Position, StreamId, StreamKind,
    milestone::{MilestoneCertified, MilestoneEvent},
    money::reduction::Gate,
    programme::rules::Reduction,
    report::{self, ReportAccepted, ReportEvent, ReportSubmitted},
    tranche::{MoneyEvent, TrancheAuthorised, entry::EntryCode},
};
use traccia_log::Log as _;

use super::{
    paying::{approved, authorise, order},
    *,
};
use crate::reproduce;

/// The log with other events in it, as who holds the disk could write it: every commit follows the one before.
pub(super) async fn rewritten(log: &MemoryLog, change: impl Fn(&mut Event)) -> MemoryLog {
    let other = MemoryLog::default();
    let mut ends: Vec<(StreamId, Position, Hash)> = Vec::new();
    for recorded in all(log).await {
        let mut commit = recorded.commit;
        for event in &mut commit.events {
            change(event);
        }
        let end = ends.iter().rposition(|(stream, ..)| *stream == commit.stream);
        let expected = end.map(|end| ends[end].1);
        commit.prev = end.map_or(Hash::ZERO, |end| ends[end].2);
        let position = other.append(&commit, expected).await.unwrap();
        ends.push((commit.stream.clone(), position, Hash::of(commit.encode().as_bytes())));
    }
    other
}

/// The same with another evidence of each authorisation.
async fn with_evidence(log: &MemoryLog, change: impl Fn(&mut TrancheAuthorised)) -> MemoryLog {
    rewritten(log, |event| {
        if let Event::Money(MoneyEvent::TrancheAuthorised(said)) = event {
            change(said);
        }
    })
    .await
}

#[tokio::test]
async fn every_authorisation_is_decided_again_from_the_log_alone() {
    let log = MemoryLog::default();
    let app = approved(&log).await;
    app.carry_out(&bearer("anna", Role::Treasurer), None, authorise()).await.unwrap();
    let written = log.head().await.unwrap();
    app.carry_out(&bearer("bruno", Role::Treasurer), None, order()).await.unwrap();
    let head = log.head().await.unwrap();
    let found = reproduce(&log, head).await.unwrap();
    assert_eq!((found.authorisations, found.others), (1, vec![]));
    let same = with_evidence(&log, |_| {}).await;
    assert_eq!(reproduce(&same, head).await.unwrap().others, []);
    let forgeries: [fn(&mut TrancheAuthorised); 8] = [
        |said| said.amount = Cents(said.amount.0 + 1),
        |said| said.planned = Cents(said.planned.0 + 1),
        |said| said.approved = Cents(said.approved.0 + 1),
        |said| said.withheld = Cents(1),
        |said| said.rules += 1,
        |said| said.position = Position(said.position.0 - 1),
        |said| said.position = Position(said.position.0 + 1),
        |said| said.by = "bruno".to_owned(),
    ];
    for (n, forgery) in forgeries.into_iter().enumerate() {
        let others = reproduce(&with_evidence(&log, forgery).await, head).await.unwrap().others;
        let unlike: Vec<_> = others.iter().map(|one| (one.tranche.as_str(), one.position)).collect();
        assert_eq!(unlike, [("T1", written)], "forgery {n}");
    }
    assert_eq!(reproduce(&log, Position(written.0 - 1)).await.unwrap().authorisations, 0);
}

/// A certificate on half of the citizens it needs, the one report it waits for accepted, and T2 authorised on both.
async fn certified(log: &MemoryLog) -> Position {
    let app = app(log);
    let mut commands = set_up_commands();
    commands[0].1["milestones"] = json!([{"id": "M1", "deadline": "2023-01-31", "citizens_share": "1.00"}]);
    commands[0].1["tranches"] = json!([
        {"id": "T1", "share": "0.40", "trigger": "approval"},
        {"id": "T2", "share": "0.60", "trigger": "M1"},
    ]);
    for (name, body) in commands.into_iter().take(3) {
        carry(&*app, name, body).await.unwrap();
    }
    let (project, month) = ("proj".parse().unwrap(), "2023-01".parse().unwrap());
    let stream = report::stream(&project, month);
    let submitted = ReportSubmitted { project: project.clone(), month, obstacles: None, submitter: "desk".to_owned() };
    let accepted = ReportAccepted { project, month, on: "2023-02-10".parse().unwrap(), act: "D.d.s. 1".to_owned() };
    let events = [ReportEvent::from(submitted), accepted.into()].map(Event::from);
    written(log, stream, events.into()).await;
    let said = MilestoneCertified {
        milestone: "M1".to_owned(),
        claim: Position(3),
        count: 5,
        root: Hash::ZERO,
        points: None,
        citizens: Some(Gate { reached: 5, needed: 10 }),
        reduction: Reduction::WeakestLink,
        rules: 1,
    };
    let claimed = json!({"milestone": "M1", "cure": false, "terms": {"counts_until": "2023-01-31",
        "accepted_until": "2023-03-02", "points_on": "2023-01-31", "points_basis": "active_on_date", "citizens_needed": 10,
        "reduction": "weakest_link", "rules": 1}});
    let claimed = Event::decode("milestone_claimed", 1, &claimed.to_string()).unwrap();
    let stream = StreamId::new(StreamKind::Milestone, "proj");
    written(log, stream, vec![claimed, MilestoneEvent::from(said).into()]).await;
    let authorise = command("AuthoriseTranche", json!({"project": "proj", "tranche": "T2"}));
    app.carry_out(&bearer("anna", Role::Treasurer), None, authorise).await.unwrap();
    log.head().await.unwrap()
}

/// A first commit of a stream, as somebody else's process would have written it.
async fn written(log: &MemoryLog, stream: StreamId, events: Vec<Event>) {
    let mut commit = all(log).await.remove(0).commit;
    (commit.stream, commit.events) = (stream, events);
    log.append(&commit, None).await.unwrap();
}

#[tokio::test]
async fn no_other_certificate_and_no_other_line_passes_for_what_a_tranche_was_authorised_on() {
    let log = MemoryLog::default();
    let head = certified(&log).await;
    let evidence = all(&log).await.into_iter().flat_map(|recorded| recorded.commit.events);
    let evidence: Vec<_> = evidence.filter_map(|event| authorised(&event).cloned()).collect();
    assert_eq!(evidence[0].amount.to_string(), "30.00", "five of ten citizens pay half of 60.00: {evidence:?}");
    assert_eq!(evidence[0].entries[0].code, EntryCode::Reduction);
    assert_eq!(reproduce(&log, head).await.unwrap().others, []);
    fn certificate(said: &mut TrancheAuthorised, change: fn(&mut MilestoneCertified)) {
        change(said.certificate.as_mut().unwrap());
    }
    let forgeries: [fn(&mut TrancheAuthorised); 10] = [
        |said| certificate(said, |it| it.count += 1),
        |said| certificate(said, |it| it.root = Hash::of(b"another list")),
        |said| certificate(said, |it| it.claim = Position(2)),
        |said| certificate(said, |it| it.citizens = Some(Gate { reached: 10, needed: 10 })),
        |said| certificate(said, |it| it.citizens = Some(Gate { reached: 5, needed: 5 })),
        |said| certificate(said, |it| it.reduction = Reduction::Mean),
        |said| certificate(said, |it| it.rules = 2),
        |said| said.certificate = None,
        |said| said.entries.clear(),
        |said| said.payable = said.planned,
    ];
    for (n, forgery) in forgeries.iter().enumerate() {
        let others = reproduce(&with_evidence(&log, forgery).await, head).await.unwrap().others;
        let unlike: Vec<_> = others.iter().map(|one| (one.tranche.as_str(), one.position)).collect();
        assert_eq!(unlike, [("T2", head)], "forgery {n}");
    }
}

fn authorised(event: &Event) -> Option<&TrancheAuthorised> {
    let Event::Money(MoneyEvent::TrancheAuthorised(said)) = event else { return None };
    Some(said)
}
