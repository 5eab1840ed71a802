//! A service is voided from its page, and an expense is declared from the project's.

use super::*;

#[tokio::test]
async fn who_answers_for_a_service_voids_it_on_its_page_once() {
    let server = Server::start().await;
    server.set_up().await;
    let (_, service, _) = server.serve("YA0000001", "mi-1", "2024-03-04").await;
    caught_up(&server).await;
    let path = format!("/servizi/{service}");
    let carla = server.signed_in(&server.of("carla", Role::Capofila)).await;
    let desk = server.token(Role::Facilitator, Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() });
    let desk = server.signed_in(&desk).await;
    let auditor = server.signed_in(&server.auditor()).await;
    for (who, offered) in [(&carla, true), (&desk, false), (&auditor, false)] {
        let page = server.browse(&path, who).await;
        assert_eq!(page.text().contains("Annulla il servizio"), offered, "{}", page.text());
    }
    let sent = async |who: &str, body: &str| server.send(form(&path).header("cookie", who), body.to_owned()).await;
    assert_eq!(sent(&desk, "state=recorded&reason=mai+avvenuto").await.status, StatusCode::FORBIDDEN);
    let unsaid = sent(&carla, "state=recorded&reason=+").await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.text().contains("Ciò che si decide ha un motivo. Riguarda il campo «Motivo"), "{}", unsaid.text());

    server.command("DisputeService", json!({"service": service, "reason": "firma mancante"})).await;
    let stale = sent(&carla, "state=recorded&reason=mai+avvenuto").await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("non è più attuale") && stale.text().contains("<dd>mai avvenuto</dd>"));
    for _ in 0..2 {
        let done = sent(&carla, "state=disputed&reason=mai+avvenuto").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "a second click is the same: {}", done.text());
        assert_eq!(done.headers["location"], path.as_str());
    }
    let page = server.browse(&path, &carla).await;
    assert!(page.text().contains("annullato") && !page.text().contains("Annulla il servizio"), "{}", page.text());
    let other = sent(&carla, "state=disputed&reason=un+altro").await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text());
}

#[tokio::test]
async fn a_facilitator_voids_what_they_recorded_themselves() {
    let server = Server::start().await;
    server.set_up().await;
    let citizen = server.register("YA0000001").await;
    let desk = server.token(Role::Facilitator, Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() });
    let done =
        server.post("/v1/commands/RecordService", &desk, service(&citizen, "mi-1", "2024-03-04").to_string()).await;
    let path = format!("/servizi/{}", done.json()["id"].as_str().unwrap());
    caught_up(&server).await;
    let desk = server.signed_in(&desk).await;
    assert!(server.browse(&path, &desk).await.text().contains("Annulla il servizio"));
    let sent = server.send(form(&path).header("cookie", &desk), "state=recorded&reason=doppio".to_owned()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
}

#[tokio::test]
async fn an_expense_is_declared_from_the_page_and_decided_on_by_another() {
    let server = Server::start().await;
    server.set_up().await;
    caught_up(&server).await;
    let carla = server.signed_in(&server.of("carla", Role::Capofila)).await;
    let rita = server.signed_in(&server.of("rita", Role::Region)).await;
    let page = server.browse("/spese?project=j", &carla).await;
    for text in ["Dichiara la spesa", "<option value=\"training\">formazione</option>", "tutto quello della fattura"] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    assert!(!server.browse("/spese?project=j", &rita).await.text().contains("Dichiara la spesa"));
    let declare = |amount: &str, share: &str, tax: &str, date: &str| {
        format!(
            "project=j&expense=j-1&item=training&supplier_tax_id={tax}&invoice=FT+7&date={date}&amount={amount}&share={share}"
        )
    };
    let sent =
        async |who: &str, body: String| server.send(form("/spese/dichiarazioni").header("cookie", who), body).await;
    for (body, status, said) in [
        (declare("-5", "1", "12345678903", "2024-03-01"), 400, "un importo non può essere negativo"),
        (declare("0", "1", "12345678903", "2024-03-01"), 422, "Riguarda il campo «Importo in euro»"),
        (declare("1000,00", "1,5", "12345678903", "2024-03-01"), 400, "«quota chiesta, da 0 a 1» non va bene"),
        (declare("1000,00", "1", "RSSMRA80A01H501X", "2024-03-01"), 422, "Riguarda il campo «Partita IVA"),
        (declare("1000,00", "1", "12345678904", "2024-03-01"), 422, "La partita IVA non è possibile"),
        (declare("1000,00", "1", "12345678903", "2999-03-01"), 422, "Riguarda il campo «Data della fattura»"),
        (declare("1000,00", "1", "12345678903", "2024-02-30"), 400, "«data della fattura» non va bene"),
        (
            declare("1000,00", "1", "12345678903", "2024-03-01").replace("j-1", "J_1"),
            400,
            "«nome della spesa» non va bene",
        ),
        (
            declare("1000,00", "1", "12345678903", "2024-03-01").replace("training", "travel"),
            422,
            "non prevede questa voce",
        ),
    ] {
        let refused = sent(&carla, body.clone()).await;
        assert_eq!(refused.status.as_u16(), status, "{body}: {}", refused.text());
        assert!(plain(refused.text()).contains(said), "{said}: {}", refused.text());
        for text in ["RSSMRA", "1234567890"] {
            assert!(!refused.text().contains(text), "{text} does not come back: {}", refused.text());
        }
        assert!(refused.text().contains("name=\"invoice\" required maxlength=\"40\" size=\"60\" value=\"FT 7\""));
    }
    let good = declare("1000,00", "0,5", "12345678903", "2024-03-01");
    assert_eq!(sent(&rita, good.clone()).await.status, StatusCode::FORBIDDEN);
    for _ in 0..2 {
        let done = sent(&carla, good.clone()).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "a second click is the same: {}", done.text());
        assert_eq!(done.headers["location"], "/spese?project=j");
    }
    let taken = sent(&carla, good.replace("0,5", "0,25")).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(taken.text().contains("Invia di nuovo"), "another name may be free: {}", taken.text());
    let page = server.browse("/spese?project=j", &rita).await;
    assert!(
        plain(page.text()).contains("500,00 € (50 %)") && page.text().contains("value=\"accept\""),
        "{}",
        page.text()
    );
}
