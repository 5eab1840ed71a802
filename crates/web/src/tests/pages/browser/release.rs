//! Two persons release a tranche from the page.

use super::*;

impl Server {
    fn operator(&self, name: &str) -> String {
        let scope = Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() };
        let who = Bearer { actor: Actor { subject: name.to_owned(), role: Role::Treasurer }, scope };
        token::issue(self.vault.secrets().token(), &who, 1).unwrap()
    }
}

/// The fields of the page's only form.
fn fields(page: &str) -> String {
    let value = |name: &str| {
        let from = page.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name} in {page}"));
        page[from..].split('"').nth(3).unwrap().to_owned()
    };
    ["project", "tranche", "said_at", "amount"].map(|name| format!("{name}={}", value(name))).join("&")
}

#[tokio::test]
async fn one_authorises_and_another_orders_on_what_the_page_showed() {
    let server = Server::start().await;
    server.set_up().await;
    caught_up(&server).await;
    let (anna, bruno) =
        (server.signed_in(&server.operator("anna")).await, server.signed_in(&server.operator("bruno")).await);
    let page = server.browse("/erogazioni?project=j", &anna).await;
    for text in [
        "esigibile",
        "con l&#39;approvazione",
        "100,00 €",
        "Autorizza 100,00 €",
        "con il certificato di M1",
        "non ha un certificato",
    ] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    let authorise = fields(page.text());
    let sent = async |cookie: &str, body: String| server.send(form("/erogazioni").header("cookie", cookie), body).await;
    for _ in 0..2 {
        let done = sent(&anna, authorise.clone()).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "a second click is the same step: {}", done.text());
    }
    let stale = sent(&bruno, authorise.clone()).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("non è più attuale"), "{}", stale.text());

    let own = server.browse("/erogazioni?project=j&state=authorised", &anna).await;
    assert!(own.text().contains("ordina un'altra persona") && !own.text().contains("name=\"iban\""), "{}", own.text());
    let page = server.browse("/erogazioni?project=j&state=authorised", &bruno).await;
    assert!(page.text().contains("Sul registro fino alla posizione"), "{}", page.text());
    let order = fields(page.text());
    let wrong = sent(&bruno, format!("{order}&iban=IT61X0542811101000000123456")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!wrong.text().contains("0542811101"));
    let changed = order.replace("amount=100.00", "amount=90.00");
    assert_eq!(sent(&bruno, format!("{changed}&iban=IT60X0542811101000000123456")).await.status, StatusCode::CONFLICT);
    let ordered = sent(&bruno, format!("{order}&iban=IT60X0542811101000000123456")).await;
    assert_eq!(ordered.status, StatusCode::SEE_OTHER, "{}", ordered.text());
    let page = server.browse("/erogazioni?project=j&state=ordered", &anna).await;
    assert!(page.text().contains("Conto che finisce con</dt><dd>3456") && !page.text().contains("0542811101"));
}

#[tokio::test]
async fn who_does_not_pay_has_no_form_and_another_site_sends_none() {
    let server = Server::start().await;
    server.set_up().await;
    caught_up(&server).await;
    let auditor = server.signed_in(&server.auditor()).await;
    let page = server.browse("/erogazioni", &auditor).await;
    assert!(page.status == StatusCode::OK && !page.text().contains("name=\"said_at\""), "{}", page.text());
    let body = "project=j&tranche=T1&said_at=0&amount=100.00";
    assert_eq!(server.send(form("/erogazioni").header("cookie", &auditor), body).await.status, StatusCode::FORBIDDEN);
    let anna = server.signed_in(&server.operator("anna")).await;
    let foreign = Request::post("/erogazioni")
        .header("content-type", "application/x-www-form-urlencoded")
        .header(HERE.0, HERE.1)
        .header("sec-fetch-site", "cross-site")
        .header("cookie", &anna);
    assert_eq!(server.send(foreign, body).await.status, StatusCode::FORBIDDEN);
    let log = server.get("/v1/log?stream=money.j", &server.auditor()).await;
    assert_eq!(log.text(), "");
}
