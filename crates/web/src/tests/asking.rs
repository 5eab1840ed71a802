//! What a question names has to be there; what is wrong with a question or a command is said in plain words.

use super::*;

/// A programme beside the first, with nothing in it.
async fn beside(server: &Server) {
    let mut other = programme();
    other["id"] = json!("q");
    server.command("DefineProgramme", other).await;
    let application = json!({
        "project": "k", "programme": "q", "name": "Altro", "lead": {"name": "Comune"}, "award": "1000.00",
        "targets": {"points": 2, "citizens": 100, "services": 150}, "provinces": ["MI"],
        "starts": "2024-01-01", "ends": "2025-12-31",
    });
    server.command("SubmitApplication", application).await;
}

const ALL: &str = "min_position=10";

#[tokio::test]
async fn a_question_about_what_is_not_there_is_not_answered_with_nought() {
    let server = Server::start().await;
    server.set_up().await;
    beside(&server).await;
    let token = server.auditor();
    for (path, code) in [
        ("/v1/projects?programme=x", "UnknownProgramme"),
        ("/v1/points?project=x", "UnknownProject"),
        ("/v1/points?province=BG", "UnknownProvince"),
        ("/v1/points?project=k&province=VA", "UnknownProvince"),
        ("/v1/targets?programme=x", "UnknownProgramme"),
        ("/v1/targets?by=project&project=x", "UnknownProject"),
        ("/v1/targets?by=project&programme=q&project=j", "UnknownProject"),
        ("/v1/counting?programme=x", "UnknownProgramme"),
        ("/v1/counting?project=x", "UnknownProject"),
        ("/v1/counting?programme=q&project=j", "UnknownProject"),
        ("/v1/counting?programme=x&project=j", "UnknownProgramme"),
        ("/v1/counting?programme=q&point=mi-1", "UnknownPoint"),
        ("/v1/counting?project=k&point=mi-1", "UnknownPoint"),
        ("/v1/counting/units?programme=x", "UnknownProgramme"),
        ("/v1/counting/units?programme=q&project=j", "UnknownProject"),
        ("/v1/counting/units?province=BG", "UnknownProvince"),
        ("/v1/counting/units?province=MI&point=va-1", "UnknownPoint"),
    ] {
        let answered = server.get(&format!("{path}&{ALL}"), &token).await;
        assert_eq!((answered.status.as_u16(), answered.code().as_str()), (404, code), "{path}: {}", answered.text());
    }
    for path in [
        "/v1/projects?programme=p",
        "/v1/points?project=j&province=MI",
        "/v1/points?province=VA&state=open",
        "/v1/points?project=k",
        "/v1/targets?by=project&programme=p&project=j",
        "/v1/counting?programme=p&project=j&point=mi-1",
        "/v1/counting/units?programme=p&project=j&province=MI&point=mi-1",
    ] {
        let answered = server.get(&format!("{path}&{ALL}"), &token).await;
        assert_eq!(answered.status, StatusCode::OK, "{path}: {}", answered.text());
    }
    let state = server.get("/v1/points?state=opened", &token).await;
    assert_eq!((state.status.as_u16(), state.code().as_str()), (400, "Malformed"));
    assert_eq!(state.json()["detail"], "state is one of open, active, suspended, closed, voided");
}

#[tokio::test]
async fn what_a_token_does_not_reach_looks_like_what_is_not_there() {
    let server = Server::start().await;
    server.set_up().await;
    beside(&server).await;
    let scope = Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() };
    let facilitator = server.token(Role::Facilitator, scope);
    let capofila = server.token(Role::Capofila, Scope { projects: vec!["k".parse().unwrap()], ..Scope::default() });
    let same = async |token: &str, foreign: &str, nowhere: &str| {
        let foreign = server.get(&format!("{foreign}&{ALL}"), token).await;
        let nowhere = server.get(&format!("{nowhere}&{ALL}"), token).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", foreign.text());
        assert_eq!(foreign.text(), nowhere.text());
    };
    same(&facilitator, "/v1/counting?point=va-1", "/v1/counting?point=xx-1").await;
    same(&facilitator, "/v1/points?province=BG", "/v1/points?province=CO").await;
    same(&facilitator, "/v1/counting/units?programme=q", "/v1/counting/units?programme=x").await;
    same(&capofila, "/v1/points?project=j", "/v1/points?project=x").await;
    same(&capofila, "/v1/counting?project=j", "/v1/counting?project=x").await;
    same(&capofila, "/v1/counting?programme=p", "/v1/counting?programme=x").await;
    let own = server.get(&format!("/v1/points?project=j&{ALL}"), &facilitator).await.json();
    assert_eq!(own["items"].as_array().unwrap().len(), 1, "a facilitator names the project of their point");
}

#[tokio::test]
async fn targets_come_in_pages_like_every_list() {
    let server = Server::start().await;
    server.set_up().await;
    beside(&server).await;
    let token = server.auditor();
    let whole = server.get(&format!("/v1/targets?by=province&{ALL}"), &token).await.json();
    assert_eq!(whole["next"], Value::Null);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("/v1/targets?by=province&limit=3{after}&{ALL}"), &token).await.json();
        assert!(page["items"].as_array().unwrap().len() <= 3);
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!((seen.len(), json!(seen)), (4, whole["items"].clone()));
    for wrong in ["limit=0", "limit=1001", "after=zz", "after=61"] {
        assert_eq!(server.get(&format!("/v1/targets?{wrong}"), &token).await.code(), "Malformed", "{wrong}");
    }
}

#[tokio::test]
async fn a_programme_is_shown_with_the_rules_of_the_day_asked_for() {
    let server = Server::start().await;
    server.set_up().await;
    let rules =
        json!({"programme": "p", "act": "DGR 2", "effective_on": "2024-07-01", "counting": {"minimum_age": 18}});
    server.command("AdoptRules", rules).await;
    let kinds = json!({"qualifying_services": ["group_facilitation"]});
    let more = json!({"programme": "p", "act": "DGR 3", "effective_on": "2024-09-01", "counting": kinds});
    let position = server.command("AdoptRules", more).await["position"].clone();
    let token = server.auditor();
    for (on, version, age) in [("2024-06-30", 1, 0), ("2024-07-01", 2, 18), ("2024-09-01", 3, 18)] {
        let shown = server.get(&format!("/v1/programmes/p?on={on}&min_position={position}"), &token).await.json();
        assert_eq!((&shown["rules"]["p"], &shown["rules_version"]), (&json!(version), &json!(version)), "{on}");
        assert_eq!(shown["definition"]["counting"]["minimum_age"], age, "{on}");
        assert_eq!(shown["versions"][0]["effective_on"], Value::Null, "the definition's own hold since ever");
        let listed = server.get(&format!("/v1/programmes?on={on}"), &token).await.json();
        assert_eq!((&listed["rules"]["p"], &listed["items"][0]["rules_version"]), (&json!(version), &json!(version)));
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_without_the_words_of_the_program() {
    let server = Server::start().await;
    server.set_up().await;
    let token = server.auditor();
    for (path, detail) in [
        ("/v1/points?limit=x", "limit: this has to be a whole number"),
        ("/v1/points?limit=", "limit: this has to be a whole number"),
        ("/v1/points?limit=99999999999", "limit: this number is too large"),
        ("/v1/log?follow=maybe", "follow: this has to be true or false"),
        ("/v1/points?project=A_B", "project: an id has 1 to 64 characters: small letters a to z, digits and hyphens"),
        ("/v1/points?project=j&project=k", "project is given more than once"),
        ("/v1/targets?by=nation", "totals are by one of programme, province, project, point, semester, month"),
        ("/v1/log/abc", "this has to be a whole number"),
        ("/v1/log/99999999999999999999", "this number is too large"),
    ] {
        let answered = server.get(path, &token).await;
        assert_eq!(answered.code(), "Malformed", "{path}");
        let said = answered.json()["detail"].as_str().unwrap().to_owned();
        assert_eq!(said.strip_prefix("the query string is wrong: ").unwrap_or(&said), detail, "{path}");
    }
    let paths = "targets programmes programmes/p projects projects/j milestones tranches reports reports/j/2024-03 \
                 redistributions/proposal exports/regis";
    let mut answers = Vec::new();
    for path in paths.split_whitespace() {
        answers.push((path, server.get(&format!("/v1/{path}?on=20240301"), &token).await));
    }
    let path = "exports/regis/differences";
    answers.push((path, server.post(&format!("/v1/{path}?on=20240301"), &token, String::new()).await));
    for (path, answered) in answers {
        let said = "on: a date is written YYYY-MM-DD and is in the calendar, for example 2024-03-01";
        assert_eq!(answered.json()["detail"], format!("the query string is wrong: {said}"), "{path}");
    }
}

#[tokio::test]
async fn the_same_service_again_names_the_first() {
    let server = Server::start().await;
    server.set_up().await;
    let (citizen, first, position) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let body = service(&citizen, "mi-1", "2024-03-01").to_string();
    let again = server.post("/v1/commands/RecordService", &server.admin(), body).await;
    assert_eq!(again.code(), "DuplicateService");
    assert_eq!(again.json()["existing"], json!({"id": first, "position": position}));
    let detail = again.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains(&first) && detail.contains(&position.to_string()), "{detail}");
}

#[tokio::test]
async fn a_capofila_settles_a_doubt_about_a_service_of_their_own() {
    let server = Server::start().await;
    server.set_up().await;
    let (_, service, _) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let said = json!({"service": service, "reason": "verificato sul registro"});
    server.command("DisputeService", said.clone()).await;
    let scoped = |project: &str| Scope { projects: vec![project.parse().unwrap()], ..Scope::default() };
    let uphold = async |token: String| server.post("/v1/commands/UpholdService", &token, said.to_string()).await;
    let other = uphold(server.token(Role::Capofila, scoped("k"))).await;
    assert_eq!(other.code(), "Forbidden", "{}", other.text());
    let own = uphold(server.token(Role::Capofila, scoped("j"))).await;
    assert_eq!(own.status, StatusCode::OK, "{}", own.text());
    let facilitator = Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() };
    let refused = uphold(server.token(Role::Facilitator, facilitator)).await;
    assert_eq!(refused.json()["detail"], "this needs one of the roles capofila, region, admin");
}

/// Every place of an object's field within a body, as a JSON pointer.
fn fields(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(inner) => {
            for (name, field) in inner {
                let pointer = format!("{pointer}/{name}");
                fields(field, &pointer, found);
                found.push(pointer);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| fields(item, &format!("{pointer}/{i}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_missing_field_is_pointed_at_wherever_it_is_missing() {
    let citizen = "0".repeat(32);
    let mut missing = 0;
    for (name, body) in [
        ("DefineProgramme", programme()),
        ("OpenPoint", open_point("mi-1", "MI")),
        ("RecordService", service(&citizen, "mi-1", "2024-03-01")),
        ("ApproveApplication", json!({"project": "j", "act": "DGR 1", "on": "2024-01-02"})),
        ("RegisterCitizen", json!({"documents": [{"kind": "passport", "number": "AA0000001"}]})),
    ] {
        let mut pointers = Vec::new();
        fields(&body, "", &mut pointers);
        for pointer in pointers {
            let (parent, field) = pointer.rsplit_once('/').unwrap();
            let mut body = body.clone();
            body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field);
            let Err(problem) = crate::read_command(name, body.to_string().as_bytes()) else { continue };
            let problem = serde_json::to_value(problem).unwrap();
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{name}");
            assert_eq!(problem["detail"], format!("{field} is missing"), "{name}");
            missing += 1;
        }
        let listed = crate::read_command(name, b"[]").unwrap_err();
        assert_eq!(serde_json::to_value(listed).unwrap()["detail"], "this has to be an object");
    }
    assert!(missing > 60, "{missing}");
}
