//! Two persons release a tranche from the page.

use super::*;

impl Server {
    pub(super) fn operator(&self, name: &str) -> String {
        let scope = Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() };
        let who = Bearer { actor: Actor { subject: name.to_owned(), role: Role::Treasurer }, scope };
        token::issue(self.vault.secrets().token(), &who, 1).unwrap()
    }
}

/// The fields of the page's first form that releases.
fn fields(page: &str) -> String {
    let page = &page[page.find("action=\"/erogazioni\"").unwrap_or_else(|| panic!("no form in {page}"))..];
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

/// The fields of the form that closes a batch.
fn batch_fields(page: &str) -> String {
    let form = &page[page.find("action=\"/erogazioni/distinte\"").unwrap_or_else(|| panic!("no form in {page}"))..];
    let value = |name: &str| {
        let from = form.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name} in {form}"));
        form[from..].split('"').nth(3).unwrap().to_owned()
    };
    ["programme", "number", "orders", "total"].map(|name| format!("{name}={}", value(name))).join("&")
}

#[tokio::test]
async fn a_treasurer_closes_the_batch_that_the_page_showed_and_takes_its_file() {
    let server = Server::start().await;
    server.set_up().await;
    caught_up(&server).await;
    let anna = server.signed_in(&server.operator("anna")).await;
    let page = server.browse("/erogazioni", &anna).await;
    for text in ["Nessun ordine attende una distinta.", "Nessuna distinta è stata chiusa."] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    let tranche = json!({"project": "j", "tranche": "T1"});
    let order = json!({"project": "j", "tranche": "T1", "iban": "IT60X0542811101000000123456"});
    for (name, command, body) in [("anna", "AuthoriseTranche", tranche), ("bruno", "OrderPayment", order)] {
        let path = format!("/v1/commands/{command}");
        assert_eq!(server.post(&path, &server.operator(name), body.to_string()).await.status, StatusCode::OK);
    }
    caught_up(&server).await;
    let page = server.browse("/erogazioni", &anna).await;
    assert!(page.text().contains("Chiudi la distinta 1: un ordine, 100,00 €"), "{}", page.text());
    let close = batch_fields(page.text());
    let sent = async |body: String| server.send(form("/erogazioni/distinte").header("cookie", &anna), body).await;
    for (wrong, status) in [
        (close.replace("total=100.00", "total=90.00"), StatusCode::CONFLICT),
        (close.replace("orders=1", "orders=2"), StatusCode::CONFLICT),
        (close.replace("number=1", "number=2"), StatusCode::CONFLICT),
        ("programme=p".to_owned(), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(sent(wrong.clone()).await.status, status, "{wrong}");
    }
    for _ in 0..2 {
        let done = sent(close.clone()).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "a second click is the same batch: {}", done.text());
    }
    let page = server.browse("/erogazioni", &anna).await;
    assert!(page.text().contains("Nessun ordine attende una distinta."), "{}", page.text());
    assert!(!page.text().contains("0542811101"));
    for (format, part) in [("pain001", "</Document>"), ("csv", "IT60X0542811101000000123456")] {
        let path = format!("/erogazioni/distinte/p/1?format={format}");
        assert!(page.text().contains(&format!("href=\"{path}\"")), "{path}: {}", page.text());
        let file = server.browse(&path, &anna).await;
        let api = server.get(&format!("/v1/payments/batches/p/1?format={format}"), &server.operator("anna")).await;
        assert!(file.status == StatusCode::OK && file.text().contains(part), "{}", file.text());
        assert_eq!(file.text(), api.text(), "one file, whoever asks for it");
    }
    assert_eq!(server.browse("/erogazioni/distinte/p/2?format=csv", &anna).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.browse("/erogazioni/distinte/p/1", &anna).await.status, StatusCode::BAD_REQUEST);

    // A batch says nothing of a project's money: the form of the next step stands.
    let failed = json!({"project": "j", "tranche": "T1", "reason": "conto chiuso"}).to_string();
    let failed = server.post("/v1/commands/FailPayment", &server.operator("anna"), failed).await;
    assert_eq!(failed.status, StatusCode::OK, "{}", failed.text());
    caught_up(&server).await;
    let bruno = server.signed_in(&server.operator("bruno")).await;
    let again = fields(server.browse("/erogazioni?project=j&state=failed", &bruno).await.text());
    let again = format!("{again}&iban=IT60X0542811101000000123456");
    let again = server.send(form("/erogazioni").header("cookie", &bruno), again).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());

    let auditor = server.signed_in(&server.auditor()).await;
    let page = server.browse("/erogazioni", &auditor).await;
    assert!(page.text().contains("XML per la banca") && !page.text().contains("Chiudi la distinta"), "{}", page.text());
    let region = server.token(Role::Region, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() });
    let region = server.signed_in(&region).await;
    assert!(!server.browse("/erogazioni", &region).await.text().contains("Distinte di pagamento"));
    let file = server.browse("/erogazioni/distinte/p/1?format=csv", &region).await;
    assert_eq!(file.status, StatusCode::FORBIDDEN);
    let body = "programme=p&number=2&orders=1&total=1.00";
    for who in [&region, &auditor] {
        let refused = server.send(form("/erogazioni/distinte").header("cookie", who), body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    }
    assert_eq!(server.payments_closed().await, 1);
}

impl Server {
    /// How many batches the log has.
    async fn payments_closed(&self) -> usize {
        self.get("/v1/log?stream=payments.p", &self.auditor()).await.text().matches("batch_closed").count()
    }
}

impl Server {
    /// Two citizens are certified of project `j` where 25 are needed: the service of one of them.
    pub(super) async fn certified(&self) -> String {
        let service = self.reported().await;
        let claimed = self.does(&self.admin(), "ClaimMilestone", &json!({"project": "j", "milestone": "M1"})).await;
        let claim = self.reads("/v1/milestones?project=j", claimed).await[0]["claim"].clone();
        let certify = json!({"project": "j", "milestone": "M1", "count": claim["count"], "root": claim["root"]});
        self.does(&self.other_region(), "CertifyMilestone", &certify).await;
        service
    }

    /// The same, and T2 is authorised by anna; then that one is lost.
    pub(super) async fn exposed(&self, paid: bool) -> String {
        let service = self.certified().await;
        let tranche = json!({"project": "j", "tranche": "T2"});
        self.does(&self.operator("anna"), "AuthoriseTranche", &tranche).await;
        if paid {
            let order = json!({"project": "j", "tranche": "T2", "iban": "IT60X0542811101000000123456"});
            self.does(&self.operator("bruno"), "OrderPayment", &order).await;
            let confirm = json!({"project": "j", "tranche": "T2", "paid_on": "2025-02-01", "reference": "TRN 1"});
            self.does(&self.operator("bruno"), "ConfirmPayment", &confirm).await;
        }
        let void = json!({"service": service, "reason": "mai avvenuto"});
        let position = self.does(&self.admin(), "VoidService", &void).await;
        self.reads("/v1/exposures?project=j", position).await;
        format!("T2-{position}")
    }
}

#[tokio::test]
async fn an_exposure_is_decided_and_given_back_from_the_page() {
    let server = Server::start().await;
    let exposure = server.exposed(true).await;
    let (anna, bruno) =
        (server.signed_in(&server.operator("anna")).await, server.signed_in(&server.operator("bruno")).await);
    let page = server.browse("/erogazioni?project=j", &bruno).await;
    assert!(page.text().contains("Decidi su 36,00 €"), "{}", page.text());
    let auditor = server.signed_in(&server.auditor()).await;
    let seen = server.browse("/erogazioni?project=j", &auditor).await;
    assert!(seen.text().contains("da decidere") && !seen.text().contains("Decidi su"), "{}", seen.text());

    let decide = |amount: &str, decision: &str| {
        format!("project=j&exposure={exposure}&amount={amount}&decision={decision}&act=D.d.s.+9")
    };
    let sent = async |cookie: &str, to: &str, body: String| {
        server.send(form(&format!("/erogazioni/{to}")).header("cookie", cookie), body).await
    };
    for (who, body, status, said) in [
        (&anna, decide("36.00", "waive"), StatusCode::UNPROCESSABLE_ENTITY, "altra persona"),
        (&bruno, decide("35.00", "recover"), StatusCode::CONFLICT, "non è più attuale"),
        (&bruno, decide("36.00", "keep"), StatusCode::BAD_REQUEST, "non ha i campi"),
        (&bruno, decide("36.00", "recover").replace("D.d.s.+9", ""), StatusCode::UNPROCESSABLE_ENTITY, ""),
    ] {
        let refused = sent(who, "esposizioni", body.clone()).await;
        assert_eq!(refused.status, status, "{body}: {}", refused.text());
        assert!(refused.text().contains(said), "{said}: {}", refused.text());
    }
    for _ in 0..2 {
        let done = sent(&bruno, "esposizioni", decide("36.00", "recover")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "a second click is the same decision: {}", done.text());
    }
    let other = sent(&anna, "esposizioni", decide("36.00", "net")).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text());

    let give = |settled: &str, amount: &str| {
        format!("project=j&exposure={exposure}&settled={settled}&received_on=2025-03-01&amount={amount}")
    };
    let no_day = sent(&bruno, "restituzioni", give("0.00", "16,00").replace("2025-03-01", "2025-02-30")).await;
    assert_eq!(no_day.status, StatusCode::BAD_REQUEST);
    assert!(no_day.text().contains("«arrivati il» non va bene: è un giorno che esiste"), "{}", no_day.text());
    let below = sent(&bruno, "restituzioni", give("0.00", "-5,00")).await;
    assert_eq!(below.status, StatusCode::BAD_REQUEST);
    assert!(
        below.text().contains("«importo in euro» non va bene: un importo non può essere negativo"),
        "{}",
        below.text()
    );
    let page = server.browse("/erogazioni?project=j", &bruno).await;
    assert!(page.text().contains("0,00 € restituiti su 36,00 €"), "{}", page.text());
    for (body, status) in [
        (give("0.00", "16%2C005"), StatusCode::BAD_REQUEST),
        (give("0.00", "36,01"), StatusCode::UNPROCESSABLE_ENTITY),
        (give("0.00", "16,00"), StatusCode::SEE_OTHER),
        (give("0.00", "16,00"), StatusCode::SEE_OTHER),
    ] {
        let answered = sent(&bruno, "restituzioni", body.clone()).await;
        assert_eq!(answered.status, status, "{body}: {}", answered.text());
    }
    let page = server.browse("/erogazioni?project=j", &bruno).await;
    assert!(page.text().contains("16,00 € restituiti su 36,00 €"), "twice the same form is once: {}", page.text());
    for (who, amount) in [(&anna, "16,00"), (&bruno, "17")] {
        let old = sent(who, "restituzioni", give("0.00", amount)).await;
        assert_eq!(old.status, StatusCode::CONFLICT, "a page of before counts no sum again: {}", old.text());
    }
    let written_otherwise = sent(&bruno, "restituzioni", give("0.00", "16")).await;
    assert_eq!(written_otherwise.status, StatusCode::SEE_OTHER, "{}", written_otherwise.text());
    assert_eq!(sent(&bruno, "restituzioni", give("16.00", "20,00")).await.status, StatusCode::SEE_OTHER);
    let page = server.browse("/erogazioni?project=j", &bruno).await;
    assert!(!page.text().contains("restituiti su"), "{}", page.text());
}

#[tokio::test]
async fn two_treasurers_who_send_one_sum_at_once_record_it_once() {
    let server = Server::start().await;
    let exposure = server.exposed(true).await;
    let (anna, bruno) =
        (server.signed_in(&server.operator("anna")).await, server.signed_in(&server.operator("bruno")).await);
    let decision = format!("project=j&exposure={exposure}&amount=36.00&decision=recover&act=D.d.s.+9");
    let decided = server.send(form("/erogazioni/esposizioni").header("cookie", &bruno), decision).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text());
    for settled in 0..8 {
        let body = format!("project=j&exposure={exposure}&settled={settled}.00&received_on=2025-03-01&amount=1,00");
        let sent = |cookie: &str| server.send(form("/erogazioni/restituzioni").header("cookie", cookie), body.clone());
        let (one, other) = tokio::join!(sent(&anna), sent(&bruno));
        let mut statuses = [one.status, other.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT], "{} {}", one.text(), other.text());
    }
    let page = server.browse("/erogazioni?project=j", &bruno).await;
    assert!(page.text().contains("8,00 € restituiti su 36,00 €"), "{}", page.text());
}

#[tokio::test]
async fn a_tranche_is_authorised_anew_from_the_page_once_its_exposure_is_netted() {
    let server = Server::start().await;
    let exposure = server.exposed(false).await;
    // T1 would take it first.
    let suspend = json!({"project": "j", "tranche": "T1", "act": "D.d.s. 8", "reason": "verifica in corso"});
    server.does(&server.operator("anna"), "SuspendTranche", &suspend).await;
    let anna = server.signed_in(&server.operator("anna")).await;
    let body = format!("project=j&exposure={exposure}&amount=36.00&decision=net&act=D.d.s.+9");
    let netted = server.send(form("/erogazioni/esposizioni").header("cookie", &anna), body).await;
    assert_eq!(netted.status, StatusCode::SEE_OTHER, "{}", netted.text());
    let page = server.browse("/erogazioni?project=j&state=authorised", &anna).await;
    assert!(page.text().contains("Autorizza di nuovo 36,00 €"), "{}", page.text());
    let done = server.send(form("/erogazioni").header("cookie", &anna), fields(page.text())).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = server.browse("/erogazioni?project=j&state=authorised", &anna).await;
    assert!(page.text().contains("36,00 €") && !page.text().contains("Autorizza di nuovo"), "{}", page.text());
}
