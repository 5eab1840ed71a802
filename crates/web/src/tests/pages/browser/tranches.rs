//! A tranche is stopped, goes on, is taken away or found on a statement from the page; the bank's file is taken in.

use super::*;

/// The hidden fields of the form that takes a step of a tranche.
fn hidden(page: &str, tranche: &str, step: &str) -> String {
    let section = &page[page.find(&format!("id=\"quota-j-{tranche}\"")).unwrap_or_else(|| panic!("{page}"))..];
    let section = &section[..section.find("</section>").unwrap()];
    let from = section.find(&format!("value=\"{step}\"")).unwrap_or_else(|| panic!("no {step} in {section}"));
    let value = |name: &str| {
        let from = from + section[from..].find(&format!("name=\"{name}\" value=\"")).unwrap();
        section[from..].split('"').nth(3).unwrap().to_owned()
    };
    let fields = ["project", "tranche", "said_at", "amount"].map(|name| format!("{name}={}", value(name)));
    format!("step={step}&{}", fields.join("&"))
}

impl Server {
    async fn sends(&self, cookie: &str, body: &str) -> Answered {
        self.send(form("/erogazioni/passi").header("cookie", cookie), body.to_owned()).await
    }

    async fn page_of_j(&self, cookie: &str) -> String {
        caught_up(self).await;
        self.browse("/erogazioni?project=j", cookie).await.text().to_owned()
    }
}

#[tokio::test]
async fn a_tranche_is_suspended_goes_on_and_is_revoked_from_the_page() {
    let server = Server::start().await;
    server.set_up().await;
    let (anna, bruno) =
        (server.signed_in(&server.operator("anna")).await, server.signed_in(&server.operator("bruno")).await);
    let page = server.page_of_j(&anna).await;
    let grounds = "&act=D.d.s.+7&reason=verifica+in+corso";
    let suspend = format!("{}{grounds}", hidden(&page, "T1", "suspend"));
    let revoke = format!("{}{grounds}", hidden(&page, "T1", "revoke"));
    for (body, status) in [
        (suspend.replace("D.d.s.+7", ""), StatusCode::UNPROCESSABLE_ENTITY),
        (suspend.replace("verifica+in+corso", "scrivere+a+rossi@example.org"), StatusCode::BAD_REQUEST),
        (suspend.replace("step=suspend", "step=authorise"), StatusCode::BAD_REQUEST),
        (revoke.replace("amount=100.00", "amount=90.00"), StatusCode::CONFLICT),
    ] {
        let refused = server.sends(&anna, &body).await;
        assert_eq!(refused.status, status, "{body}: {}", refused.text());
    }
    for _ in 0..2 {
        let done = server.sends(&anna, &suspend).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "a second click is the same step: {}", done.text());
    }
    for (who, body) in [(&bruno, &suspend), (&anna, &revoke)] {
        let stale = server.sends(who, body).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "{body}");
        assert!(stale.text().contains("non è più attuale"), "{}", stale.text());
    }
    let page = server.page_of_j(&bruno).await;
    assert!(page.contains("È sospesa: prima si riammette."), "{page}");
    let release = format!("{}{grounds}", hidden(&page, "T1", "release"));
    assert_eq!(server.sends(&bruno, &release).await.status, StatusCode::SEE_OTHER);
    let page = server.page_of_j(&anna).await;
    let revoke = format!("{}{grounds}", hidden(&page, "T1", "revoke"));
    assert_eq!(server.sends(&anna, &revoke).await.status, StatusCode::SEE_OTHER);
    let page = server.page_of_j(&anna).await;
    assert!(page.contains(", T1: revocata") && page.contains("revoca (D.d.s. 7)"), "{page}");
    let log = server.get("/v1/log?stream=money.j", &server.auditor()).await;
    for event in ["tranche_suspended", "tranche_released", "tranche_revoked"] {
        assert_eq!(log.text().matches(event).count(), 1, "{event}");
    }
}

#[tokio::test]
async fn who_does_not_pay_sees_no_step_and_takes_none() {
    let server = Server::start().await;
    server.set_up().await;
    caught_up(&server).await;
    let region = server.token(Role::Region, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() });
    for token in [server.auditor(), region] {
        let cookie = server.signed_in(&token).await;
        let page = server.page_of_j(&cookie).await;
        assert!(!page.contains("/erogazioni/passi") && !page.contains("/erogazioni/esiti"), "{page}");
        let body = "step=suspend&project=j&tranche=T1&said_at=0&amount=100.00&act=a&reason=b";
        assert_eq!(server.sends(&cookie, body).await.status, StatusCode::FORBIDDEN);
        let file = server.upload_to("/erogazioni/esiti", &cookie, &chosen("order,failed\n")).await;
        assert_eq!(file.status, StatusCode::FORBIDDEN, "{}", file.text());
    }
    assert_eq!(server.get("/v1/log?stream=money.j", &server.auditor()).await.text(), "");
}

#[tokio::test]
async fn what_the_bank_did_is_taken_in_and_found_on_a_statement_from_the_page() {
    let server = Server::start().await;
    server.set_up().await;
    server.ordered().await;
    caught_up(&server).await;
    let anna = server.signed_in(&server.operator("anna")).await;
    let tranches = server.get("/v1/tranches?project=j", &server.operator("anna")).await.json();
    let order = tranches["items"][0]["order"]["order"].as_str().unwrap().to_owned();
    let unchosen = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n".to_owned();
    for (parts, text) in
        [(unchosen, "Non è stato scelto un file."), (chosen("a;b\n"), "order,paid_on,reference,failed")]
    {
        let refused = server.upload_to("/erogazioni/esiti", &anna, &parts).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text());
        assert!(refused.text().contains(text), "{text}: {}", refused.text());
    }
    for (paid_on, amount, why) in [
        ("2024-03-01", "99.99", "È stato ordinato un altro importo"),
        ("2024-03-01", "-5", "non è negativo"),
        ("1999-03-01", "100.00", "non era ancora approvata"),
    ] {
        let file = format!("order,paid_on,reference,amount\n{order},{paid_on},TRN 7,{amount}\n");
        let answered = server.upload_to("/erogazioni/esiti", &anna, &chosen(&file)).await;
        assert!(answered.text().contains(why), "{why}: {}", answered.text());
        assert!(answered.text().contains("<dt>Pagamenti confermati</dt><dd>0</dd>"), "{}", answered.text());
    }
    let file =
        format!("order,paid_on,reference\n{order},2024-03-01,TRN 7\nnonsense,2024-03-01,TRN 8\n{order},ieri,TRN 9\n");
    for (taken, outcome) in [("1", "pagamento confermato"), ("0", "già presa: non aggiunge nulla")] {
        let answered = server.upload_to("/erogazioni/esiti", &anna, &chosen(&file)).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        assert!(answered.text().contains(&format!("<dt>Pagamenti confermati</dt><dd>{taken}</dd>")));
        for text in [outcome, "Nessuna quota ha un ordine con questo nome", "un giorno che esiste"] {
            assert!(answered.text().contains(text), "{text}: {}", answered.text());
        }
    }
    let page = server.page_of_j(&anna).await;
    assert!(page.contains(", T1: pagata"), "{page}");
    let reconcile = format!("{}&statement=Estratto+3", hidden(&page, "T1", "reconcile"));
    for _ in 0..2 {
        assert_eq!(server.sends(&anna, &reconcile).await.status, StatusCode::SEE_OTHER);
    }
    assert!(server.page_of_j(&anna).await.contains(", T1: riconciliata"));
    let log = server.get("/v1/log?stream=money.j", &server.auditor()).await;
    assert_eq!(log.text().matches("payment_reconciled").count(), 1);
}
