//! Why a number is what it is, and what makes two of them differ.

use super::*;

/// One person served at mi-1, then by an earlier service at va-1: the position between the two, the last, the two services.
async fn moved(server: &Server) -> (String, [String; 2], [u64; 2]) {
    server.set_up().await;
    let (citizen, later, before) = server.serve("AA0000001", "mi-1", "2024-03-02").await;
    let (_, earlier, after) = server.serve("AA0000001", "va-1", "2024-03-01").await;
    server.get(&format!("/v1/points?min_position={after}"), &server.auditor()).await;
    (citizen, [earlier, later], [before, after])
}

#[tokio::test]
async fn a_difference_names_the_commit_that_caused_it() {
    let server = Server::start().await;
    let (citizen, [earlier, later], [before, after]) = moved(&server).await;
    let path = format!("/v1/counting/difference?from={before}&point=");
    for (point, counted, change, service) in [("va-1", [0, 1], "gained", &earlier), ("mi-1", [1, 0], "lost", &later)] {
        let found = server.get(&format!("{path}{point}"), &server.auditor()).await.json();
        assert_eq!([&found["counted"]["before"], &found["counted"]["after"]], counted.each_ref(), "{found}");
        assert_eq!((&found["from"], &found["to"]), (&json!(before), &json!(after)));
        let item = &found["items"][0];
        assert_eq!(
            (&item["person"], &item["change"], &item["service"]),
            (&json!(citizen), &json!(change), &json!(service))
        );
        let cause = &item["cause"];
        assert_eq!(
            (&cause["position"], &cause["events"], &cause["role"]),
            (&json!(after), &json!(["ServiceRecorded"]), &json!("admin"))
        );
    }
    let whole = format!("/v1/counting/difference?from={before}&programme=p");
    let found = server.get(&whole, &server.auditor()).await.json();
    assert_eq!((&found["gained"], &found["lost"], &found["items"]), (&json!(0), &json!(0), &json!([])));
    let request = Request::get(format!("{path}va-1&to={after}"))
        .header("authorization", format!("Bearer {}", server.auditor()))
        .header("accept", "text/csv");
    let csv = server.send(request, "").await;
    assert!(
        csv.text().starts_with("person,service,point,project,occurred_on,change,cause.position,"),
        "{}",
        csv.text()
    );
    assert_eq!(csv.headers["traccia-position"], after.to_string());
}

#[tokio::test]
async fn whoever_may_not_see_the_trail_is_told_the_position_alone() {
    let server = Server::start().await;
    let (_, _, [before, after]) = moved(&server).await;
    let own = server.token(Role::Facilitator, Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() });
    let found = server.get(&format!("/v1/counting/difference?from={before}&point=mi-1"), &own).await.json();
    let cause = &found["items"][0]["cause"];
    assert_eq!((&cause["position"], &cause["subject"], &cause["stream"]), (&json!(after), &Value::Null, &Value::Null));
    let foreign = server.get(&format!("/v1/counting/difference?from={before}&point=va-1"), &own).await;
    assert_eq!(foreign.code(), "UnknownPoint");
}

#[tokio::test]
async fn positions_that_cannot_be_compared_are_refused() {
    let server = Server::start().await;
    let (_, _, [before, after]) = moved(&server).await;
    for question in [
        "programme=p".to_owned(),
        format!("from={before}"),
        format!("from={after}&to={before}&programme=p"),
        format!("from={before}&to={after}&known_at={after}&programme=p"),
        format!("from={}&programme=p", after + 1),
        format!("from={before}&province=MI"),
    ] {
        let answered = server.get(&format!("/v1/counting/difference?{question}"), &server.auditor()).await;
        assert_eq!((answered.status.as_u16(), answered.code().as_str()), (400, "Malformed"), "{question}");
    }
}

#[tokio::test]
async fn every_line_of_the_waterfall_opens_into_its_list_for_a_province_too() {
    let server = Server::start().await;
    let (citizen, [earlier, later], _) = moved(&server).await;
    let get = async |path: String| server.get(&path, &server.auditor()).await.json();
    for (province, counted, elsewhere) in [("VA", 1, 0), ("MI", 0, 1)] {
        let place = format!("programme=p&province={province}");
        let found = get(format!("/v1/counting?{place}")).await;
        assert_eq!((&found["recorded"], &found["persons"], &found["counted"]), (&json!(1), &json!(1), &json!(counted)));
        assert_eq!(found["attributed_elsewhere"], elsewhere);
        for (line, expected) in [("counted", counted), ("distinct", 1), ("elsewhere", elsewhere)] {
            let persons = get(format!("/v1/counting/persons?{place}&persons={line}")).await;
            assert_eq!(persons["items"].as_array().unwrap().len(), expected, "{province} {line}: {persons}");
            assert!(persons["items"].as_array().unwrap().iter().all(|one| one["person"] == citizen));
        }
        let services = get(format!("/v1/counting/services?{place}&judged=qualifying")).await;
        assert_eq!(services["items"][0]["id"], *if province == "VA" { &earlier } else { &later });
    }
    assert_eq!(get("/v1/counting/services?programme=p&judged=voided".to_owned()).await["items"], json!([]));
    for wrong in ["services?judged=good", "persons?persons=all", "services?programme=x"] {
        let answered = server.get(&format!("/v1/counting/{wrong}"), &server.auditor()).await;
        assert!([400, 404].contains(&answered.status.as_u16()), "{wrong}");
    }
}

#[tokio::test]
async fn a_person_says_what_would_count_next_and_why_the_rest_would_not() {
    let server = Server::start().await;
    let (citizen, [_, later], _) = moved(&server).await;
    let mut reception = service(&citizen, "mi-1", "2024-03-01");
    reception["kind"] = json!("reception");
    let position = server.command("RecordService", reception).await["position"].as_u64().unwrap();
    let path = format!("/v1/citizens/{citizen}?min_position={position}");
    let found = server.get(&path, &server.auditor()).await.json();
    let next = &found["attributions"][0]["next"];
    assert_eq!((&next[0]["qualifies"], &next[0]["reason"]), (&json!(false), &json!("kind")), "{next}");
    assert_eq!((&next[1]["counts"], &next[1]["service"]), (&json!(true), &json!(later)), "{next}");
    let page = server.get(&format!("/cittadini/{citizen}"), &server.auditor()).await;
    for text in ["Se quel servizio fosse annullato: p", "Non conterebbe. Il tipo di servizio", "Conterebbe questo."] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
}

#[tokio::test]
async fn the_page_compares_with_a_position_or_the_end_of_a_day() {
    let server = Server::start().await;
    let (citizen, _, [before, after]) = moved(&server).await;
    let page = |path: String| {
        let token = server.auditor();
        let server = &server;
        async move { server.get(&path, &token).await }
    };
    let asked = page("/conteggio/differenze?point=mi-1".to_owned()).await;
    assert!(asked.text().contains("name=\"from\""), "{}", asked.text());
    let shown = page(format!("/conteggio/differenze?point=mi-1&from={before}")).await;
    for text in
        ["erano <strong>1</strong>", "sono <strong>0</strong>", "−1", "servizio registrato, da admin (amministrazione)"]
    {
        assert!(shown.text().contains(text), "{text}: {}", shown.text());
    }
    assert!(shown.text().contains(&format!("/cittadini/{citizen}")));
    let ever = page("/conteggio/differenze?project=j&dal=2023-01-01".to_owned()).await;
    assert!(ever.text().contains("erano <strong>0</strong>"), "{}", ever.text());
    for wrong in [
        format!("from={after}&known_at={before}"),
        "from=x".to_owned(),
        "dal=ieri".to_owned(),
        "dal=2999-01-01".to_owned(),
    ] {
        let refused = page(format!("/conteggio/differenze?point=mi-1&{wrong}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let counting = page("/conteggio?programme=p&province=MI".to_owned()).await;
    assert!(counting.text().contains("/conteggio/differenze?programme=p&#38;province=MI"), "{}", counting.text());
}
