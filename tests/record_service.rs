//! The walk: one service, from the request to the number on the page.

use axum::{body::Body, http::Request};
use serde_json::json;
use traccia_application::{Bearer, IdempotencyKey, Scope};
use traccia_domain::{Actor, Command, Event, Position, Role, service::ServiceEvent};
use traccia_log::Log as _;

use crate::house::{House, citizen, network, service};

#[tokio::test]
async fn a_service_goes_from_the_request_to_the_number_on_the_page() {
    let house = House::start().await;
    network(&house).await;
    let citizen = citizen(&house, "CA1234567").await;

    // 1. A facilitator sends the command, under a token for the point.
    let token = house.token(Role::Facilitator, &["point:mi-0001"]);
    let answer = house.command(&token, "RecordService", service(&citizen, "2024-03-01")).await;
    let done = &answer.body;
    assert_eq!(done["events"], json!(["ServiceRecorded"]), "{}", answer.text);
    assert_eq!((&done["revision"], &done["replayed"]), (&json!(1), &json!(false)));
    let position = Position(done["position"].as_u64().unwrap());

    // 2. The log holds one commit there: who, what, and the age computed at the door from the sealed profile.
    let stored = house.log.at(position).await.unwrap().unwrap();
    assert_eq!(stored.commit.actor.subject, "facilitator");
    assert_eq!(format!("service.{}", done["id"].as_str().unwrap()), stored.commit.stream.to_string());
    let [Event::Service(ServiceEvent::ServiceRecorded(recorded))] = stored.commit.events.as_slice() else {
        panic!("{:?}", stored.commit.events);
    };
    assert_eq!((recorded.age, recorded.minutes), (Some(74), 30));

    // 3. The read models have judged it: the person counts, here.
    let path = format!("/v1/targets?programme=lombardia&by=project&min_position={position}");
    let targets = house.get(&house.token(Role::Auditor, &[]), &path).await.body;
    let row = &targets["items"][0];
    assert_eq!(targets["position"].as_u64(), Some(position.0));
    assert_eq!(row["id"], "rete-milano");
    assert_eq!(row["citizens"], json!({"target": 8055, "counted": 1, "at_risk": 0}));
    assert_eq!(row["services"], json!({"target": 12000, "qualifying": 1, "recorded": 1}));

    // 4. The position before, nobody counted: history is not overwritten.
    let before = house.read(&format!("/v1/targets?programme=lombardia&by=project&known_at={}", position.0 - 1)).await;
    assert_eq!(before["items"][0]["citizens"]["counted"], 0);

    // 5. Everyone can ask why, and who.
    let judged = house.read(&format!("/v1/services/{}", done["id"].as_str().unwrap())).await;
    assert_eq!(judged["qualifies"], true, "{judged}");
    let trail = house.read(&format!("/v1/trail?entity={}", done["stream"].as_str().unwrap())).await;
    assert_eq!(trail["items"][0]["subject"], "facilitator", "{trail}");

    // 6. The page draws the same number and opens it; the public sees nothing yet of a log this short.
    let page = |token: Option<String>| {
        let mut request = Request::get("/");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        house.send(request.body(Body::empty()).unwrap())
    };
    let exact = page(Some(house.admin())).await.text;
    assert!(exact.contains(&format!("posizione <strong>{position}</strong>")), "{exact}");
    let opens = "<a href=\"/conteggio?programme=lombardia\">1</a> <span>su 341.544</span>";
    assert!(exact.contains(opens), "{exact}");
    let public = page(None).await.text;
    assert!(public.contains("ancora un quadro pubblico") && !public.contains("341.544"), "{public}");
}

#[tokio::test]
async fn a_repeated_command_gets_the_first_answer_and_writes_nothing() {
    let house = House::start().await;
    network(&house).await;
    let citizen = citizen(&house, "CA1234567").await;
    let send = |key: &'static str, body: serde_json::Value| {
        let request = crate::house::post("/v1/commands/RecordService", &house.admin()).header("idempotency-key", key);
        house.send(request.body(Body::from(body.to_string())).unwrap())
    };
    let first = send("k-1", service(&citizen, "2024-03-01")).await;
    let again = send("k-1", service(&citizen, "2024-03-01")).await;
    assert_eq!(again.body["replayed"], true, "{}", again.text);
    assert_eq!(again.body["position"], first.body["position"]);

    let other_body = send("k-1", service(&citizen, "2024-03-02")).await;
    assert_eq!((other_body.status.as_u16(), &other_body.body["code"]), (409, &json!("IdempotencyKeyReused")));

    let other_key = send("k-2", service(&citizen, "2024-03-01")).await;
    assert_eq!((other_key.status.as_u16(), &other_key.body["code"]), (409, &json!("DuplicateService")));
    let position = first.body["position"].to_string();
    assert!(
        other_key.body["detail"].as_str().unwrap().contains(&position),
        "it names the first one: {}",
        other_key.text
    );
    assert_eq!(house.log.head().await.unwrap().0.to_string(), position);
}

#[tokio::test]
async fn a_citizen_seen_twice_counts_once_and_a_voided_service_not_at_all() {
    let house = House::start().await;
    network(&house).await;
    let citizen = citizen(&house, "CA1234567").await;
    let first = house.done("RecordService", service(&citizen, "2024-03-01")).await;
    let second = house.done("RecordService", service(&citizen, "2024-03-08")).await;
    let counted = async || house.read("/v1/counting?programme=lombardia").await;
    let waterfall = counted().await;
    assert_eq!(
        (&waterfall["qualifying"], &waterfall["persons"], &waterfall["counted"]),
        (&json!(2), &json!(1), &json!(1))
    );

    house.done("VoidService", json!({"service": first["id"], "reason": "errore di registrazione"})).await;
    let waterfall = counted().await;
    assert_eq!((&waterfall["excluded"]["voided"], &waterfall["counted"]), (&json!(1), &json!(1)));
    let units = house.read("/v1/counting/units?programme=lombardia").await;
    assert_eq!(units["items"][0]["service"], second["id"], "the second one carries the unit now");

    house.done("VoidService", json!({"service": second["id"], "reason": "errore di registrazione"})).await;
    assert_eq!(counted().await["counted"], 0);
}

#[tokio::test]
async fn documents_presented_together_are_one_person() {
    let house = House::start().await;
    network(&house).await;
    let both = json!({"documents": [
        {"kind": "identity_card", "number": "CA 1234567"}, {"kind": "passport", "number": "YA-7654321"},
    ]});
    let done = house.done("RegisterCitizen", both.clone()).await;
    let passport = json!({"documents": [{"kind": "passport", "number": "ya7654321"}]});
    let second = house.done("RegisterCitizen", passport).await;
    assert_eq!(second["events"], json!([]), "the passport is known");
    house.done("RecordService", service(done["id"].as_str().unwrap(), "2024-03-01")).await;
    house.done("RecordService", service(second["id"].as_str().unwrap(), "2024-03-08")).await;
    assert_eq!(house.read("/v1/counting?programme=lombardia").await["counted"], 1);

    let again = house.done("RegisterCitizen", both).await;
    assert_eq!(
        (&again["id"], &again["events"]),
        (&done["id"], &json!([])),
        "registering twice is the same registration"
    );
}

#[tokio::test]
async fn a_service_on_29_february_counts_in_a_leap_year_and_there_is_none_in_another() {
    let house = House::start().await;
    network(&house).await;
    let citizen = citizen(&house, "CA1234567").await;
    house.done("RecordService", service(&citizen, "2024-02-29")).await;
    assert_eq!(house.read("/v1/counting?programme=lombardia").await["counted"], 1);
    let months = house.read("/v1/targets?programme=lombardia&by=month").await;
    let february = months["items"].as_array().unwrap().iter().find(|row| row["id"] == "2024-02").unwrap();
    assert_eq!(february["citizens"]["counted"], 1, "{february}");

    let head = house.log.head().await.unwrap();
    let refused = house.command(&house.admin(), "RecordService", service(&citizen, "2023-02-29")).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (400, &json!("Malformed")), "{}", refused.text);
    assert_eq!(refused.body["errors"][0]["pointer"], "/occurred_on", "{}", refused.text);
    assert_eq!(house.log.head().await.unwrap(), head, "nothing is written");
}

#[tokio::test]
async fn a_document_that_expired_is_still_the_same_record() {
    let house = House::start().await;
    network(&house).await;
    let card = json!({"kind": "identity_card", "number": "CA1234567"});
    let known = house.done("RegisterCitizen", json!({"documents": [card]})).await;
    // An identity card is valid for ten years at most.
    let later = house.in_days(11 * 366).await;
    let who = Bearer { actor: Actor { subject: "desk".to_owned(), role: Role::Admin }, scope: Scope::default() };
    let again = Command::read("RegisterCitizen", json!({"documents": [card]})).unwrap().unwrap();
    let again = later.carry_out(&who, None::<IdempotencyKey>, again).await.unwrap();
    assert_eq!((again.id.as_str(), again.events.len()), (known["id"].as_str().unwrap(), 0));

    let mut dated = card;
    dated["expires_on"] = json!("2020-01-01");
    let refused = house.command(&house.admin(), "RegisterCitizen", json!({"documents": [dated]})).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (400, &json!("Malformed")), "nobody asks for the day");
}

#[tokio::test]
async fn one_key_used_for_many_commands_at_once_writes_one() {
    let house = House::start().await;
    crate::house::project(&house).await;
    let before = house.log.head().await.unwrap().0;
    let sent = (0..24).map(|number| {
        let request = crate::house::post("/v1/commands/OpenPoint", &house.admin()).header("idempotency-key", "k-1");
        house.send(request.body(Body::from(crate::house::point(&format!("mi-{number:04}")).to_string())).unwrap())
    });
    let answers = futures::future::join_all(sent).await;
    let told = |code: &str| answers.iter().filter(|answer| answer.body["code"] == code).count();
    assert_eq!((told("IdempotencyKeyReused"), house.log.head().await.unwrap().0), (23, before + 1));
}

#[tokio::test]
async fn the_same_service_sent_by_many_at_once_is_recorded_once() {
    let house = House::start().await;
    network(&house).await;
    let citizen = citizen(&house, "CA1234567").await;
    let before = house.log.head().await.unwrap().0;
    let token = house.admin();
    let sent = (0..64).map(|_| house.command(&token, "RecordService", service(&citizen, "2024-03-01")));
    let answers = futures::future::join_all(sent).await;
    let duplicates = answers.iter().filter(|answer| answer.body["code"] == "DuplicateService").count();
    assert_eq!((duplicates, house.log.head().await.unwrap().0), (63, before + 1));
}

#[tokio::test]
async fn a_person_registered_at_two_desks_at_once_is_one_record() {
    let house = House::start().await;
    network(&house).await;
    let before = house.log.head().await.unwrap().0;
    let desks = [house.admin(), house.token(Role::Facilitator, &["point:mi-0001"])];
    let body = || json!({"documents": [{"kind": "passport", "number": "YA1234567"}], "profile": {"birth_year": 1950}});
    let sent = (0..32).map(|n| house.command(&desks[n % 2], "RegisterCitizen", body()));
    let answers = futures::future::join_all(sent).await;
    let registered = answers.iter().filter(|answer| answer.body["events"] == json!(["RecordRegistered"])).count();
    assert_eq!((registered, house.log.head().await.unwrap().0), (1, before + 1));
    assert!(answers.iter().all(|answer| answer.body["id"] == answers[0].body["id"]), "one record, whoever was first");
}

#[tokio::test]
async fn one_document_however_it_is_spelled_is_one_record() {
    let house = House::start().await;
    let register = async |number: &str, issuer: &str| {
        let body = json!({"documents": [{"kind": "identity_card", "number": number, "issuer": issuer}]});
        house.command(&house.admin(), "RegisterCitizen", body).await
    };
    let first = register("ca 12345-AE", "Comune di Forlì").await.body;
    for (number, issuer) in [("CA12345AE", "COMUNE DI FORLI\u{300}"), ("ca\u{a0}12345/ae", "comune di forlì")] {
        assert_eq!(register(number, issuer).await.body["id"], first["id"], "{number} {issuer}");
    }
    for look_alike in ["CA12345\u{410}E", "\u{ff23}A12345AE", "CA12345A\u{c9}", "CA12345AE\u{301}"] {
        let answer = register(look_alike, "Comune di Forlì").await;
        assert_eq!(answer.body["code"], "InvalidDocument", "{look_alike}: {}", answer.text);
    }
}
