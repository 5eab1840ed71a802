//! A partnership reports on its months, the Region accepts them, and money waits for those it has not.

use serde_json::Value;
use traccia_log::memory::MemoryLog;

use super::*;
use crate::{Bearer, Done, Scope};

fn capofila(subject: &str) -> Bearer {
    let scope = Scope { projects: vec!["proj".parse().unwrap()], ..Scope::default() };
    Bearer { scope, ..bearer(subject, Role::Capofila) }
}

fn region(subject: &str) -> Bearer {
    let scope = Scope { programmes: vec!["prog".parse().unwrap()], ..Scope::default() };
    Bearer { scope, ..bearer(subject, Role::Region) }
}

async fn say(app: &App, who: &Bearer, name: &str, month: &str, more: Value) -> Result<Done, Failure> {
    let mut body = json!({"project": "proj", "month": month});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.carry_out(who, None, command(name, body)).await
}

#[tokio::test]
async fn a_report_is_one_stream_that_two_roles_write() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let act = json!({"on": "2024-06-15", "act": "D.d.s. 1"});
    let why = json!({"reason": "r"});
    let (carla, rita) = (capofila("carla"), region("rita"));
    let mut streams = Vec::new();
    for (who, name, more, event) in [
        (&carla, "SubmitReport", json!({"obstacles": "Sede chiusa due settimane"}), "ReportSubmitted"),
        (&rita, "ReturnReport", why.clone(), "ReportReturned"),
        (&carla, "SubmitReport", json!({}), "ReportSubmitted"),
        (&rita, "AcceptReport", act.clone(), "ReportAccepted"),
        (&rita, "ReopenReport", why.clone(), "ReportReopened"),
        (&carla, "SubmitReport", json!({}), "ReportSubmitted"),
    ] {
        let done = say(&app, who, name, "2024-03", more).await.unwrap_or_else(|failure| panic!("{name}: {failure}"));
        assert_eq!((done.events.as_slice(), done.id.as_str()), ([event].as_slice(), "proj-2024-03"));
        streams.push(done.stream.to_string());
    }
    streams.dedup();
    assert_eq!(streams, ["report.proj-2024-03"]);
    for (who, name, more) in [
        (&carla, "AcceptReport", act),
        (&carla, "ReturnReport", why.clone()),
        (&carla, "ReopenReport", why),
        (&rita, "SubmitReport", json!({})),
    ] {
        let refused = say(&app, who, name, "2024-03", more).await.unwrap_err();
        assert!(matches!(refused, Failure::Forbidden { .. }), "{name}: {refused}");
    }
}

#[tokio::test]
async fn an_admin_who_submitted_does_not_accept_either() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    say(&app, &admin(), "SubmitReport", "2024-03", json!({})).await.unwrap();
    let act = json!({"on": "2024-06-15", "act": "D.d.s. 1"});
    let refused = say(&app, &admin(), "AcceptReport", "2024-03", act.clone()).await.unwrap_err();
    assert_eq!(code(refused), Code::SameActor);
    let body = json!({"project": "proj", "month": "2024-03", "on": "2024-06-15", "act": "a"});
    let foreseen = app.foresee(&admin(), command("AcceptReport", body)).await.unwrap();
    assert_eq!(foreseen.commits.len(), 1, "what comes of it can be asked all the same");
    say(&app, &region("rita"), "AcceptReport", "2024-03", act).await.unwrap();
}

#[tokio::test]
async fn of_two_acceptances_at_once_one_is_written() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    say(&app, &capofila("carla"), "SubmitReport", "2024-03", json!({})).await.unwrap();
    let before = all(&log).await.len();
    let act = json!({"on": "2024-06-15", "act": "D.d.s. 1"});
    let (rita, remo) = (region("rita"), region("remo"));
    let (one, other) = tokio::join!(
        say(&app, &rita, "AcceptReport", "2024-03", act.clone()),
        say(&app, &remo, "AcceptReport", "2024-03", act)
    );
    assert_eq!(one.is_ok(), other.is_err());
    assert_eq!(all(&log).await.len(), before + 1);
}
