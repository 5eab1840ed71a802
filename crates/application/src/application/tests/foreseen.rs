//! What a command would write is what it writes, and asking writes nothing.

use traccia_domain::Command;
use traccia_log::{Log as _, memory::MemoryLog};

use super::*;
use crate::{Bearer, Foreseen, RecordKeys as _};

async fn foreseen(app: &App, who: &Bearer, name: &str, body: &serde_json::Value) -> Result<Foreseen, Failure> {
    app.foresee(who, command(name, body.clone())).await
}

/// What the commits of a stretch of the log say.
async fn said(log: &MemoryLog, after: usize) -> Vec<(String, u64, Vec<Event>)> {
    let commits = all(log).await.into_iter().skip(after).map(|recorded| recorded.commit);
    commits.map(|commit| (commit.stream.to_string(), commit.first, commit.events)).collect()
}

fn foretold(foreseen: &Foreseen) -> Vec<(String, u64, Vec<Event>)> {
    let commits = foreseen.commits.iter().cloned();
    commits.map(|commit| (commit.stream.to_string(), commit.first, commit.events)).collect()
}

#[tokio::test]
async fn what_is_foreseen_of_every_command_is_what_it_writes() {
    let log = MemoryLog::default();
    let app = app(&log);
    let mut commands = set_up_commands();
    commands.push(("RegisterCitizen", json!({"documents": [{"kind": "passport", "number": "YA0000001"}]})));
    let twice = json!({"documents": [{"kind": "passport", "number": "YA0000001"}, {"kind": "passport", "number": "YA0000002"}]});
    commands.push(("RegisterCitizen", twice));
    let ids = ["YA0000001", "YA0000003"].map(|number| {
        let number = traccia_domain::document::DocumentNumber(number.into());
        let document =
            traccia_domain::document::Document::new(traccia_domain::document::DocumentKind::Passport, None, &number);
        app.fingerprint().newest().record(&document.unwrap()).to_string()
    });
    commands.push(("RecordService", service(&ids[0])));
    let mut session = service(&ids[0]);
    session["citizens"] = json!([ids[0]]);
    session["occurred_on"] = json!("2024-03-02");
    session.as_object_mut().unwrap().remove("citizen");
    commands.push(("RecordGroupSession", session));
    let on_point = |on: &str| json!({"point": "point", "on": on, "reason": "r"});
    commands.extend([
        ("SuspendPoint", on_point("2024-04-01")),
        ("ResumePoint", on_point("2024-05-01")),
        ("ClosePoint", on_point("2024-06-01")),
        ("VoidPoint", on_point("2024-06-01")),
        ("EndFacilitator", json!({"facilitator": "fac", "on": "2024-06-01"})),
        (
            "AdoptRules",
            json!({"programme": "prog", "act": "a", "effective_on": "2024-01-01", "counting": {"minimum_age": 18}}),
        ),
        (
            "AdoptRedistribution",
            json!({"programme": "prog", "act": "a", "effective_on": "2024-06-01", "reserve": "r",
                "projects": [{"project": "proj", "award": "90.00", "points": 1, "citizens": 9, "services": 9}]}),
        ),
        ("EraseRecord", json!({"citizen": ids[0], "legal_basis": "art. 17"})),
    ]);
    for (name, body) in commands {
        let before = all(&log).await.len();
        let foreseen =
            foreseen(&app, &admin(), name, &body).await.unwrap_or_else(|failure| panic!("{name}: {failure}"));
        assert_eq!(foreseen.known.0, before as u64, "{name}");
        assert_eq!(all(&log).await.len(), before, "{name} is only asked");
        carry(&app, name, body).await.unwrap();
        assert_eq!(foretold(&foreseen), said(&log, before).await, "{name}");
    }
}

#[tokio::test]
async fn asking_draws_no_key_and_remembers_no_answer() {
    let log = MemoryLog::default();
    let keys = MemoryKeys::default();
    let app = app_with(&log, keys.clone(), AllSeen(log.clone()));
    let body = json!({"documents": [{"kind": "fiscal_code", "number": CODE}]});
    let foreseen = app.foresee(&admin(), command("RegisterCitizen", body.clone())).await.unwrap();
    let record = foreseen.commits[0].stream.id().parse().unwrap();
    assert_eq!(keys.find(record).await.unwrap(), None);
    let done = carry(&app, "RegisterCitizen", body).await.unwrap();
    assert!(!done.replayed && done.events == ["RecordRegistered"]);
    let erase = command("EraseRecord", json!({"citizen": record, "legal_basis": "art. 17"}));
    assert_eq!(app.foresee(&admin(), erase).await.unwrap().commits.len(), 1);
    assert!(keys.find(record).await.unwrap().is_some(), "and destroys none");
}

#[tokio::test]
async fn what_would_be_refused_is_refused() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let citizen = registered(&app, "YA0000001").await;
    carry(&app, "RecordService", service(&citizen)).await.unwrap();
    let closing = |point: &str| json!({"point": point, "on": "2024-06-01", "reason": "r"});
    for (name, body) in [
        ("RecordService", service(&citizen)),
        ("ClosePoint", closing("none")),
        ("ResumePoint", closing("point")),
        ("ConfirmLink", json!({"citizens": [citizen, "0".repeat(32)], "reason": "r"})),
    ] {
        let asked = foreseen(&app, &admin(), name, &body).await.unwrap_err();
        let sent = carry(&app, name, body).await.unwrap_err();
        assert_eq!(asked.to_string(), sent.to_string(), "{name}");
        assert_eq!(code(asked), code(sent), "{name}");
    }
    let mut elsewhere = bearer("c", Role::Capofila);
    elsewhere.scope.projects = vec!["other".parse().unwrap()];
    let asked = foreseen(&app, &elsewhere, "ClosePoint", &closing("point")).await;
    assert!(matches!(asked, Err(Failure::Forbidden { .. })), "{asked:?}");
}

#[tokio::test]
async fn who_proposes_may_ask_what_comes_of_it() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let pair = [registered(&app, "YA0000001").await, registered(&app, "YA0000002").await];
    let body = json!({"citizens": pair, "reason": "r"});
    let events = async |name: &str| -> Result<Vec<&str>, Failure> {
        let foreseen = foreseen(&app, &admin(), name, &body).await?;
        Ok(foreseen.commits.iter().flat_map(|commit| &commit.events).map(|event| event.kind().name).collect())
    };
    assert_eq!(code(events("ConfirmLink").await.unwrap_err()), Code::WrongState);
    assert_eq!(events("ProposeLink").await.unwrap(), ["LinkProposed", "LinkConfirmed"]);
    carry(&app, "ProposeLink", body.clone()).await.unwrap();
    for (name, event) in [("ConfirmLink", "LinkConfirmed"), ("RejectLink", "LinkRejected")] {
        assert_eq!(events(name).await.unwrap(), [event]);
        assert_eq!(
            code(carry(&app, name, body.clone()).await.unwrap_err()),
            Code::SameActor,
            "sending is another matter"
        );
    }
    app.carry_out(&bearer("another", Role::Region), None, command("ConfirmLink", body.clone())).await.unwrap();
    assert_eq!(events("BreakLink").await.unwrap(), ["BreakProposed", "LinkBroken"]);
    carry(&app, "BreakLink", body.clone()).await.unwrap();
    assert_eq!(events("ConfirmBreak").await.unwrap(), ["LinkBroken"]);
}

#[tokio::test]
async fn an_auditor_may_ask_what_only_others_may_send() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let closing: Command = command("ClosePoint", json!({"point": "point", "on": "2024-06-01", "reason": "r"}));
    let auditor = bearer("a", Role::Auditor);
    assert_eq!(app.foresee(&auditor, closing.clone()).await.unwrap().commits.len(), 1);
    assert!(matches!(app.carry_out(&auditor, None, closing.clone()).await, Err(Failure::Forbidden { .. })));
    let treasurer = bearer("t", Role::Treasurer);
    assert!(matches!(app.foresee(&treasurer, closing).await, Err(Failure::Forbidden { .. })));
    assert_eq!(log.head().await.unwrap().0 as usize, all(&log).await.len());
}
