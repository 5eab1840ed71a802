//! Two records that may be one person's: from the proposal to the number, and back.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use traccia_domain::Role;

use crate::house::{House, citizen, network, service};

/// Two citizens served at one point, and what is said of them under the tokens of an admin and of the Region.
struct Two {
    house: House,
    region: String,
    pair: Value,
}

impl Two {
    async fn served() -> Two {
        let house = House::start().await;
        network(&house).await;
        let citizens = [citizen(&house, "CA1234567").await, citizen(&house, "CA7654321").await];
        house.done("RecordService", service(&citizens[0], "2024-03-01")).await;
        house.done("RecordService", service(&citizens[1], "2024-03-08")).await;
        let region = house.token(Role::Region, &["programme:lombardia"]);
        Two { house, region, pair: json!({"citizens": citizens, "reason": "due documenti di una persona"}) }
    }

    /// Counted, and at risk.
    async fn citizens(&self) -> Value {
        let targets = self.house.read("/v1/targets?programme=lombardia&by=project").await;
        let citizens = &targets["items"][0]["citizens"];
        json!([citizens["counted"], citizens["at_risk"]])
    }

    /// The Region says something of the pair; it is done.
    async fn region(&self, name: &str) -> Value {
        let answer = self.house.command(&self.region, name, self.pair.clone()).await;
        assert_eq!(answer.status.as_u16(), 200, "{name}: {}", answer.text);
        answer.body
    }

    async fn state(&self) -> Value {
        self.house.read("/v1/links").await["items"][0]["state"].clone()
    }
}

#[tokio::test]
async fn a_link_goes_from_the_proposal_to_the_number_and_back() {
    let two = Two::served().await;
    let proposed = two.region("ProposeLink").await;
    assert_eq!(two.citizens().await, json!([2, 1]), "one of them is at risk");
    let alone = two.house.command(&two.region, "ConfirmLink", two.pair.clone()).await;
    assert_eq!((alone.status.as_u16(), &alone.body["code"]), (422, &json!("SameActor")));

    let confirmed = two.house.done("ConfirmLink", two.pair.clone()).await;
    assert_eq!((&confirmed["id"], two.citizens().await), (&proposed["id"], json!([1, 0])));
    let again = two.house.command(&two.region, "RejectLink", two.pair.clone()).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("AlreadyDecided")));

    two.region("BreakLink").await;
    assert_eq!((two.state().await, two.citizens().await), (json!("break_proposed"), json!([1, 0])));
    two.house.done("ConfirmBreak", two.pair.clone()).await;
    assert_eq!((two.state().await, two.citizens().await), (json!("unlinked"), json!([2, 0])));

    // What was known at each position is still there.
    let position = proposed["position"].as_u64().unwrap();
    let then = two.house.read(&format!("/v1/links?known_at={position}")).await;
    assert_eq!(then["items"][0]["state"], "proposed", "{then}");
}

#[tokio::test]
async fn the_queue_shows_both_sides_and_a_form_decides() {
    let two = Two::served().await;
    two.region("ProposeLink").await;
    let listed = two.house.read("/v1/links?state=proposed").await;
    let link = &listed["items"][0];
    assert_eq!(link["proposal"]["proposer"], "region", "{link}");
    assert_eq!(link["one"]["services"], json!({"recorded": 1, "qualifying": 1}), "{link}");
    assert_eq!((&link["one"]["document"], &link["last"]["event"]), (&json!("identity_card"), &json!("LinkProposed")));

    let page = async |token: &str| two.house.get(token, "/collegamenti").await.text;
    let own = page(&two.region).await;
    assert!(own.contains("La proposta è sua") && !own.contains("value=\"confirm_link\""), "{own}");
    let admin = two.house.admin();
    assert!(page(&admin).await.contains("value=\"confirm_link\""));
    let auditors = page(&two.house.token(Role::Auditor, &[])).await;
    assert!(!auditors.contains("value=\"confirm_link\""), "an auditor decides nothing");

    let proposed = link["last"]["said_at"].to_string();
    let send_on = async |proposed: &str, reason: &str, site: &str| {
        let (one, other) = (link["one"]["citizen"].as_str().unwrap(), link["other"]["citizen"].as_str().unwrap());
        let body = format!("one={one}&other={other}&proposed={proposed}&decision=confirm_link&reason={reason}");
        let request = Request::post("/collegamenti")
            .header("authorization", format!("Bearer {admin}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site);
        two.house.send(request.body(Body::from(body)).unwrap()).await
    };
    let send = async |reason: &str, site: &str| send_on(&proposed, reason, site).await;
    assert_eq!(send("stessa+persona", "cross-site").await.status.as_u16(), 403);
    let named = send("di+RSSMRA85T10A562S", "same-origin").await;
    assert!(named.status.as_u16() == 400 && named.text.contains("codice fiscale"), "{}", named.text);
    let stale = send_on("1", "stessa+persona", "same-origin").await;
    assert!(stale.status.as_u16() == 409 && stale.text.contains("La proposta è cambiata"), "{}", stale.text);
    for _ in 0..2 {
        // A second click gets the first answer.
        assert_eq!(send("stessa+persona", "same-origin").await.status.as_u16(), 303);
    }
    assert!(page(&admin).await.contains("Nessuna coppia"));
    assert_eq!((two.state().await, two.citizens().await), (json!("linked"), json!([1, 0])));
    let late = send("ripensamento", "same-origin").await;
    assert_eq!(late.status.as_u16(), 409, "another body under the same key: {}", late.text);
}

#[tokio::test]
async fn a_proposal_about_an_erased_record_can_only_be_rejected() {
    let two = Two::served().await;
    two.region("ProposeLink").await;
    let citizen = &two.pair["citizens"][1];
    two.house.done("EraseRecord", json!({"citizen": citizen, "legal_basis": "art. 17"})).await;
    let listed = two.house.read("/v1/links").await;
    let sides = ["one", "other"].map(|side| &listed["items"][0][side]);
    let states = sides.map(|side| (side["citizen"] == *citizen, side["state"] == "erased"));
    assert!(states.iter().all(|(named, erased)| named == erased), "{listed}");
    let page = two.house.get(&two.house.admin(), "/collegamenti").await.text;
    assert!(
        page.contains("dati cancellati") && page.contains("reject_link") && !page.contains("confirm_link"),
        "{page}"
    );
    let confirmed = two.house.command(&two.house.admin(), "ConfirmLink", two.pair.clone()).await;
    assert_eq!((confirmed.status.as_u16(), &confirmed.body["code"]), (409, &json!("WrongState")));
    two.house.done("RejectLink", two.pair.clone()).await;
    assert_eq!((two.state().await, two.citizens().await), (json!("distinct"), json!([2, 0])));
}

#[tokio::test]
async fn what_the_program_finds_waits_for_one_person() {
    let house = House::start().await;
    network(&house).await;
    let base = code("BCDFGH80A01F205");
    let register = async |code: &str| {
        let body = json!({"documents": [{"kind": "fiscal_code", "number": code}]});
        house.done("RegisterCitizen", body).await["id"].as_str().unwrap().to_owned()
    };
    let variant = register(&code("BCDFGH80A01F20R")).await;
    house.done("RecordService", service(&variant, "2024-03-01")).await;
    assert_eq!(house.read("/v1/links").await["items"], json!([]), "its base code was never presented");

    let base = register(&base).await;
    house.done("RecordService", service(&base, "2024-03-08")).await;
    let link = house.read("/v1/links?state=proposed").await["items"][0].clone();
    assert_eq!(link["proposal"]["proposer"], Value::Null, "{link}");
    assert!(link["last"]["reason"].as_str().unwrap().contains("omocodia"), "{link}");
    let region = house.token(Role::Region, &["programme:lombardia"]);
    assert!(house.get(&region, "/collegamenti").await.text.contains("Proposta del programma"));
    let two = Two { house, region, pair: json!({"citizens": [variant, base], "reason": "due persone"}) };
    assert_eq!(two.citizens().await, json!([2, 1]));
    two.region("RejectLink").await;
    assert_eq!((two.state().await, two.citizens().await), (json!("distinct"), json!([2, 0])));
}

/// A code that is nobody's, with its check character.
fn code(letters: &str) -> String {
    let is_code = |code: &String| traccia_domain::document::fiscal_code::check(code).is_ok();
    ('A'..='Z').map(|last| format!("{letters}{last}")).find(is_code).unwrap()
}
