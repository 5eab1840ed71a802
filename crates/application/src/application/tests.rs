use std::sync::Arc;

use serde_json::json;
use traccia_domain::{Event, Role, refusal::Code, service::ServiceEvent};
use traccia_log::memory::MemoryLog;

use crate::{Failure, testing::*};

mod batches;
mod erasing;
mod expenses;
mod foreseen;
mod linking;
mod lost;
mod near;
mod old;
mod paying;
mod repeated;
mod reports;
mod reproduced;
mod rotated;

fn code(failure: Failure) -> Code {
    let Failure::Refused { refusal, .. } = failure else { panic!("{failure:?}") };
    refusal.code()
}

#[tokio::test]
async fn every_command_has_its_effect() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let citizen = registered(&app, "YA0000001").await;
    let given = carry(&app, "RecordService", service(&citizen)).await.unwrap();
    assert_eq!((given.events.as_slice(), given.revision), (["ServiceRecorded"].as_slice(), 1));
    let on_service = json!({"service": given.id, "reason": "r"});
    let on_point = |on: &str| json!({"point": "point", "on": on, "reason": "r"});
    let steps = [
        ("DisputeService", on_service.clone(), "ServiceDisputed"),
        ("UpholdService", on_service.clone(), "ServiceUpheld"),
        ("VoidService", on_service, "ServiceVoided"),
        ("SuspendPoint", on_point("2024-04-01"), "PointSuspended"),
        ("ResumePoint", on_point("2024-05-01"), "PointResumed"),
        ("ClosePoint", on_point("2024-06-01"), "PointClosed"),
        ("VoidPoint", on_point("2024-06-01"), "PointVoided"),
        ("EndFacilitator", json!({"facilitator": "fac", "on": "2024-06-01"}), "FacilitatorEnded"),
        (
            "SwitchFundingLine",
            json!({"project": "proj", "from": "2024-06-01", "funding": "other", "source": "s", "act": "a"}),
            "FundingLineSwitched",
        ),
        (
            "AdoptRules",
            json!({"programme": "prog", "act": "a", "effective_on": "2024-01-01", "counting": {"minimum_age": 18}}),
            "RulesAdopted",
        ),
        (
            "AdoptRedistribution",
            json!({"programme": "prog", "act": "a", "effective_on": "2024-06-01", "reserve": "r",
                "projects": [{"project": "proj", "award": "90.00", "points": 1, "citizens": 9, "services": 9}]}),
            "RedistributionAdopted",
        ),
        (
            "SetReportingWindow",
            json!({"programme": "prog", "month": "2024-01", "until": "2024-03-31", "act": "a"}),
            "ReportingWindowSet",
        ),
        ("EraseRecord", json!({"citizen": citizen, "legal_basis": "art. 17"}), "RecordErased"),
    ];
    for (name, body, event) in steps {
        let done = carry(&app, name, body).await.unwrap_or_else(|failure| panic!("{name}: {failure}"));
        assert_eq!(done.events, [event], "{name}");
        assert_eq!(done.position.0, all(&log).await.len() as u64, "{name}");
    }
}

#[tokio::test]
async fn a_text_that_no_commit_holds_is_refused_and_nothing_is_written() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let before = all(&log).await.len();
    let long = |length: usize| {
        json!({"point": "another", "project": "proj", "name": "x".repeat(length), "kind": "fixed", "province": "MI",
            "municipality": "Milano", "opened_on": "2023-03-01", "weekly_hours": 24, "workstations": 2,
            "megabits_per_second": 30, "services": ["individual_facilitation"]})
    };
    let refused = carry(&app, "OpenPoint", long(65_535)).await.unwrap_err();
    assert!(matches!(refused, Failure::TooLong { bytes } if bytes > 65_535), "{refused}");
    assert_eq!(all(&log).await.len(), before);
    carry(&app, "OpenPoint", long(60_000)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_document_is_the_same_citizen_however_many_desks_register_it_at_once() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let desks = (0..64).map(|_| {
        let app = Arc::clone(&app);
        tokio::spawn(async move { registered(&app, "YA 000-0001").await })
    });
    let ids: Vec<String> = futures::future::join_all(desks).await.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(all(&log).await.iter().filter(|r| r.commit.stream.as_str().starts_with("record.")).count(), 1);
    let again = carry(&app, "RegisterCitizen", citizen("ya0000001")).await.unwrap();
    assert!(again.events.is_empty() && !again.replayed);
}

#[tokio::test]
async fn documents_presented_together_are_linked_to_the_first() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let body = json!({"documents": [{"kind": "fiscal_code", "number": CODE}, {"kind": "passport", "number": "YA0000001"},
        {"kind": "identity_card", "number": "CA00001AA"}]});
    let done = carry(&app, "RegisterCitizen", body).await.unwrap();
    assert_eq!(done.events.len(), 5);
    let links: Vec<_> = all(&log).await.into_iter().filter(|r| r.commit.stream.as_str().starts_with("link.")).collect();
    assert_eq!(links.len(), 2);
    assert!(links.iter().all(|link| link.commit.stream.as_str().contains(&done.id)));
    assert_eq!(done.position, links[1].position);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_given_twice_at_once_is_recorded_once_and_names_the_first() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let citizen = registered(&app, "YA0000001").await;
    let desks = (0..64).map(|_| {
        let (app, body) = (Arc::clone(&app), service(&citizen));
        tokio::spawn(async move { carry(&app, "RecordService", body).await })
    });
    let outcomes: Vec<_> = futures::future::join_all(desks).await.into_iter().map(Result::unwrap).collect();
    let first = outcomes.iter().find_map(|outcome| outcome.as_ref().ok()).unwrap().position;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for failure in outcomes.into_iter().filter_map(Result::err) {
        let Failure::Refused { existing: Some(existing), .. } = &failure else { panic!("{failure}") };
        assert_eq!(existing.position, first);
        assert_eq!(code(failure), Code::DuplicateService);
    }
}

#[tokio::test]
async fn the_age_on_the_day_comes_from_the_sealed_profile() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let body = json!({"documents": [{"kind": "fiscal_code", "number": CODE}]});
    let coded = carry(&app, "RegisterCitizen", body).await.unwrap().id;
    let body = json!({"documents": [{"kind": "passport", "number": "YA0000002"}]});
    let silent = carry(&app, "RegisterCitizen", body).await.unwrap().id;
    for (citizen, expected) in [(registered(&app, "YA0000001").await, Some(74)), (coded, Some(44)), (silent, None)] {
        carry(&app, "RecordService", service(&citizen)).await.unwrap();
        let last = all(&log).await.pop().unwrap();
        let [Event::Service(ServiceEvent::ServiceRecorded(recorded))] = last.commit.events.as_slice() else {
            panic!("a service")
        };
        assert_eq!(recorded.age, expected);
    }
}

#[tokio::test]
async fn a_right_ends_where_the_scope_ends() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let citizen = registered(&app, "YA0000001").await;
    let mut elsewhere = bearer("f", Role::Facilitator);
    elsewhere.scope.points = vec!["another".parse().unwrap()];
    let refused = app.carry_out(&elsewhere, None, command("RecordService", service(&citizen))).await;
    assert!(matches!(refused, Err(Failure::Forbidden { .. })));
    let here = bearer("f", Role::Facilitator);
    let given = app.carry_out(&here, None, command("RecordService", service(&citizen))).await.unwrap();
    let void = command("VoidService", json!({"service": given.id, "reason": "r"}));
    let colleague = bearer("g", Role::Facilitator);
    assert!(matches!(app.carry_out(&colleague, None, void.clone()).await, Err(Failure::Forbidden { .. })));
    let mut other = bearer("c", Role::Capofila);
    other.scope.projects = vec!["other".parse().unwrap()];
    assert!(matches!(app.carry_out(&other, None, void.clone()).await, Err(Failure::Forbidden { .. })));
    app.carry_out(&here, None, void).await.unwrap();
    // What does not exist is refused by the rules, which are asked after the right.
    let unknown = command("ClosePoint", json!({"point": "none", "on": "2024-01-01", "reason": "r"}));
    assert_eq!(code(app.carry_out(&other, None, unknown).await.unwrap_err()), Code::UnknownPoint);
}

#[tokio::test]
async fn no_document_leaves_the_door() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let body = json!({"documents": [{"kind": "fiscal_code", "number": CODE}], "profile": {"birth_year": 1980}});
    let register = command("RegisterCitizen", body);
    let done = app.carry_out(&admin(), key("k"), register.clone()).await.unwrap();
    let wrong = CODE.replace('U', "X");
    let body = json!({"documents": [{"kind": "fiscal_code", "number": wrong}]});
    let failure = carry(&app, "RegisterCitizen", body).await.unwrap_err();
    let reused = app.carry_out(&admin(), key("k"), command("RegisterCitizen", citizen("YA0000001"))).await.unwrap_err();
    let stored: String = all(&log).await.iter().map(|recorded| recorded.commit.encode()).collect();
    let seen = format!("{stored} {done:?} {failure:?} {failure} {reused:?} {reused} {register:?}");
    assert!(!seen.contains(CODE) && !seen.contains(&wrong) && !seen.contains("RSSMRA"));
    // Word by word: hashes and sealed bytes hold any four digits now and then.
    assert!(!stored.split(|c: char| !c.is_alphanumeric()).any(|word| word == "1980" || word == "birth_year"));
}
