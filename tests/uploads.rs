//! Uploads in the national layout, through the API: once, twice, wrongly.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use traccia_domain::{Role, document::fiscal_code};
use traccia_log::Log as _;

use crate::house::{Answer, House, facilitator, network, point, post};

/// An upload of so many good rows: two visits for every citizen, at two points in turn.
pub fn upload(rows: usize) -> String {
    let mut text = traccia_import::layout::COLUMNS.join(",");
    for number in 0..rows {
        let (citizen, visit) = (number / 2, number % 2);
        let (site, staff) = [("mi-0001", "anna"), ("MI-0002", "bea")][visit];
        text.push_str(&format!(
            "\r\n{}",
            row(staff, site, &code(citizen), &format!("2024-0{}-1{}", 1 + visit, citizen % 9))
        ));
    }
    text
}

/// An invented fiscal code with a valid check character.
fn code(number: usize) -> String {
    let letter = |place: u32| char::from(b'A' + u8::try_from(number / 26_usize.pow(place) % 26).unwrap());
    let base = format!("{}{}{}{}BB50A01F205", letter(0), letter(1), letter(2), letter(3));
    ('A'..='Z').map(|check| format!("{base}{check}")).find(|code| fiscal_code::check(code).is_ok()).unwrap()
}

fn row(staff: &str, site: &str, code: &str, day: &str) -> String {
    format!(
        "{staff},Rossi Anna,{site},Punto,Maria,\"Bianchi, detta Mimì\",{code},,,,A,C,C,G,A,Milano,maria@example.org,3331234567,,,\
         {day},00:30,A,B,4,A,\"Aiuto con \"\"SPID\"\"\",A,F,A,,C,5"
    )
}

async fn house() -> House {
    let house = House::start().await;
    network(&house).await;
    house.done("OpenPoint", point("mi-0002")).await;
    house.done("EnrolFacilitator", facilitator("bea", &["mi-0002"])).await;
    house
}

async fn send(house: &House, query: &str, file: &str) -> Answer {
    let token = house.token(Role::Capofila, &["project:rete-milano"]);
    let request = post(&format!("/v1/imports{query}"), &token).header("content-type", "text/csv");
    house.send(request.body(Body::from(file.to_owned())).unwrap()).await
}

#[tokio::test]
async fn the_same_file_twice_adds_nothing() {
    let house = house().await;
    let file = upload(200);
    let first = send(&house, "", &file).await.body;
    assert_eq!(
        (&first["rows"], &first["recorded"], &first["rejected"]),
        (&json!(200), &json!(200), &json!(0)),
        "{first}"
    );
    assert_eq!((&first["new_citizens"], &first["known_citizens"]), (&json!(100), &json!(100)), "{first}");
    let second = send(&house, "", &file).await.body;
    assert_eq!((&second["recorded"], &second["duplicates"]), (&json!(0), &json!(200)), "{second}");
    assert_eq!(house.read("/v1/counting?programme=lombardia").await["counted"], 100);
    let by_point = house.read("/v1/targets?programme=lombardia&by=point").await;
    let counted: u64 =
        by_point["items"].as_array().unwrap().iter().filter_map(|row| row["citizens"]["counted"].as_u64()).sum();
    assert_eq!(counted, 100, "the sum over points is the programme's total");
}

#[tokio::test]
async fn rows_that_may_be_of_one_person_are_proposed() {
    let house = house().await;
    // The second and fourth letter exchanged: the check character is the same.
    let (one, other) = ("BCDFGH80A01F205B", "BFDCGH80A01F205B");
    let mut file = upload(10);
    for code in [one, other] {
        file.push_str(&format!("\r\n{}", row("anna", "mi-0001", code, "2024-03-01")));
    }
    for recorded in [12, 0] {
        let sent = send(&house, "", &file).await.body;
        assert_eq!(sent["recorded"], recorded, "{sent}");
        let links = house.read("/v1/links").await["items"].clone();
        assert_eq!(links.as_array().unwrap().len(), 1, "{links}");
        assert!(links[0]["last"]["reason"].as_str().unwrap().contains("scambiati"), "{links}");
    }
    let targets = house.read("/v1/targets?programme=lombardia").await["items"][0]["citizens"].clone();
    assert_eq!((&targets["counted"], &targets["at_risk"]), (&json!(7), &json!(1)), "{targets}");
}

#[tokio::test]
async fn a_dry_run_judges_everything_and_writes_nothing() {
    let house = house().await;
    let head = house.log.head().await.unwrap();
    let answer = send(&house, "?dry_run=true", &upload(50)).await.body;
    assert_eq!((&answer["rows"], &answer["rejected"]), (&json!(50), &json!(0)), "{answer}");
    assert_eq!(house.log.head().await.unwrap(), head);
}

#[tokio::test]
async fn rejected_rows_come_back_with_a_note_in_italian_and_without_the_person() {
    let house = house().await;
    let mut file = upload(20);
    for wrong in [row("anna", "zz-999", &code(50), "2024-03-01"), row("anna", "mi-0001", &code(51), "01/03/2024")] {
        file.push_str(&format!("\r\n{wrong}"));
    }
    let answer = send(&house, "", &file).await.body;
    assert_eq!((&answer["recorded"], &answer["rejected"]), (&json!(20), &json!(2)), "{answer}");
    let path = format!("/v1/imports/{}/rejected", answer["id"].as_str().unwrap());
    let rejected = house.get(&house.token(Role::Capofila, &["project:rete-milano"]), &path).await.text;
    assert_eq!(rejected.lines().count(), 3, "{rejected}");
    assert!(rejected.lines().next().unwrap().ends_with("Numero Riga,Note"), "{rejected}");
    assert!(rejected.contains("SE1"), "the note names the column: {rejected}");
    for personal in ["Maria", "Bianchi", "example.org", "333123", &code(50), "SPID", "Rossi"] {
        assert!(!rejected.contains(personal), "{personal} came back: {rejected}");
    }
    let nobody = house.get(&house.token(Role::Region, &["programme:toscana"]), &path).await;
    assert!(nobody.status.is_client_error(), "an upload is its sender's: {}", nobody.text);
}

#[tokio::test]
async fn a_file_of_another_layout_is_refused_whole_with_the_first_wrong_column() {
    let house = house().await;
    let head = house.log.head().await.unwrap();
    let answer = send(&house, "", &upload(3).replacen("AN7", "Sesso", 1)).await;
    assert!(answer.status.is_client_error(), "{}", answer.text);
    assert!(answer.body["detail"].as_str().unwrap().contains("AN7"), "{}", answer.text);
    let empty = send(&house, "", "").await;
    assert!(empty.status.is_client_error(), "{}", empty.text);
    assert_eq!(house.log.head().await.unwrap(), head, "nothing is written");
}

#[tokio::test]
async fn a_file_that_is_mostly_wrong_is_refused_instead_of_half_imported() {
    let house = house().await;
    let head = house.log.head().await.unwrap();
    let file = upload(30).replace("mi-0001", "zz-999");
    let answer = send(&house, "", &file).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (422, &json!("MostlyWrong")), "{}", answer.text);
    assert_eq!(house.log.head().await.unwrap(), head, "nothing is written, nobody is registered");
    assert_eq!(house.read("/v1/counting?programme=lombardia").await["recorded"], 0);
    let allowed = send(&house, "?max_rejected_share=0.6", &file).await.body;
    assert_eq!((&allowed["recorded"], &allowed["rejected"]), (&json!(15), &json!(15)), "{allowed}");
}

#[tokio::test]
async fn a_browser_sends_a_form() {
    let house = house().await;
    let body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"servizi.csv\"\r\ncontent-type: text/csv\r\n\r\n{}\r\n--x--\r\n",
        upload(10)
    );
    let token = house.token(Role::Capofila, &["project:rete-milano"]);
    let request = Request::post("/v1/imports")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "multipart/form-data; boundary=x");
    let answer = house.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.body["recorded"], json!(10), "{}", answer.text);
}

/// A row of one point under a token of another is nobody's to write.
#[tokio::test]
async fn rows_of_points_out_of_scope_are_rejected() {
    let house = house().await;
    let token = house.token(Role::Facilitator, &["point:mi-0001"]);
    let request = post("/v1/imports?max_rejected_share=1", &token).header("content-type", "text/csv");
    let answer: Value = house.send(request.body(Body::from(upload(10))).unwrap()).await.body;
    assert_eq!((&answer["recorded"], &answer["rejected"]), (&json!(5), &json!(5)), "{answer}");
}
