//! Public money over HTTP: what is due, released by two, taken to the bank and back.

use super::*;

const IBAN: &str = "IT60X0542811101000000123456";

impl Server {
    pub(super) fn treasurer(&self, name: &str) -> String {
        let scope = Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() };
        let who = Bearer { actor: Actor { subject: name.to_owned(), role: Role::Treasurer }, scope };
        token::issue(self.vault.secrets().token(), &who, 1).unwrap()
    }

    pub(super) async fn pay(&self, who: &str, name: &str, body: Value) -> Answered {
        self.post(&format!("/v1/commands/{name}"), &self.treasurer(who), body.to_string()).await
    }

    /// Both tranches of the project, as everybody who may reads them now.
    async fn tranches(&self) -> Vec<Value> {
        let head = traccia_log::Log::head(&**self.app.application.log()).await.unwrap();
        let read = self.get(&format!("/v1/tranches?project=j&min_position={head}"), &self.treasurer("anna")).await;
        assert_eq!(read.status, StatusCode::OK, "{}", read.text());
        read.json()["items"].as_array().unwrap().clone()
    }

    pub(super) async fn ordered(&self) {
        let tranche = json!({"project": "j", "tranche": "T1"});
        assert_eq!(self.pay("anna", "AuthoriseTranche", tranche).await.status, StatusCode::OK);
        let order = json!({"project": "j", "tranche": "T1", "iban": IBAN});
        let ordered = self.pay("bruno", "OrderPayment", order).await;
        assert_eq!(ordered.status, StatusCode::OK, "{}", ordered.text());
    }
}

#[tokio::test]
async fn what_is_due_is_shown_with_what_holds_the_rest_back() {
    let server = Server::start().await;
    server.set_up().await;
    let tranches = server.tranches().await;
    let shown: Vec<_> = tranches
        .iter()
        .map(|t| json!([t["tranche"], t["state"], t["planned"], t["payable"], t["amount"], t["blocked"]]))
        .collect();
    assert_eq!(shown[0], json!(["T1", "due", "100.00", "100.00", "100.00", []]));
    assert_eq!(shown[1], json!(["T2", "locked", "900.00", "0.00", "0.00", ["NotCertified", "ReportsMissing"]]));
    let due = server.get("/v1/tranches?programme=p&state=due", &server.treasurer("anna")).await.json();
    assert_eq!(due["items"].as_array().unwrap().len(), 1);
    assert_eq!(server.get("/v1/tranches?state=nonsense", &server.treasurer("anna")).await.code(), "Malformed");
    assert_eq!(server.get("/v1/exposures?state=nonsense", &server.treasurer("anna")).await.code(), "Malformed");
    assert_eq!(server.get("/v1/exposures?project=none", &server.treasurer("anna")).await.code(), "UnknownProject");
}

#[tokio::test]
async fn every_refusal_has_its_code() {
    let server = Server::start().await;
    server.set_up().await;
    let of = |tranche: &str| json!({"project": "j", "tranche": tranche});
    let to = |tranche: &str, iban: &str| json!({"project": "j", "tranche": tranche, "iban": iban});
    for (name, body, expected) in [
        ("AuthoriseTranche", of("T2"), (422, "NotCertified")),
        ("AuthoriseTranche", of("T9"), (404, "UnknownTranche")),
        ("AuthoriseTranche", json!({"project": "none", "tranche": "T1"}), (404, "UnknownProject")),
        ("AuthoriseTranche", json!({"project": "j"}), (400, "Malformed")),
        ("OrderPayment", to("T1", "IT61X0542811101000000123456"), (422, "InvalidIban")),
        ("OrderPayment", to("T1", IBAN), (409, "WrongState")),
        (
            "DecideExposure",
            json!({"project": "j", "exposure": "T1-1", "decision": "net", "act": "a"}),
            (404, "UnknownExposure"),
        ),
        (
            "RecordRecovery",
            json!({"project": "j", "exposure": "T1-1", "received_on": "2024-01-01", "amount": "-1.00"}),
            (400, "Malformed"),
        ),
        (
            "RecordRecovery",
            json!({"project": "j", "exposure": "T1-1", "received_on": "2024-01-01", "amount": "1.005"}),
            (400, "Malformed"),
        ),
    ] {
        let refused = server.pay("anna", name, body.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), expected, "{name} {body}: {}", refused.text());
        assert!(!refused.text().contains("0542811101"), "an account is not repeated");
    }
    let refused = server.pay("anna", "OrderPayment", to("T1", "IT61X0542811101000000123456")).await.json();
    assert_eq!(refused["errors"][0]["pointer"], "/iban");
    server.ordered().await;
    for (who, name, body, expected) in [
        ("carla", "AuthoriseTranche", of("T1"), (409, "AlreadyAuthorised")),
        ("carla", "OrderPayment", to("T1", IBAN), (409, "WrongState")),
        (
            "carla",
            "ConfirmPayment",
            json!({"project": "j", "tranche": "T1", "paid_on": "2999-01-01", "reference": "r"}),
            (422, "InTheFuture"),
        ),
        ("carla", "ReconcilePayment", json!({"project": "j", "tranche": "T1", "statement": "s"}), (409, "WrongState")),
    ] {
        let refused = server.pay(who, name, body).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), expected, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_requests_at_once_release_a_tranche_once() {
    let server = Arc::new(Server::start().await);
    server.set_up().await;
    let steps = [
        ("AuthoriseTranche", json!({"project": "j", "tranche": "T1"}), ["anna", "anna"]),
        ("OrderPayment", json!({"project": "j", "tranche": "T1", "iban": IBAN}), ["bruno", "carla"]),
    ];
    for (name, body, who) in steps {
        let asked = (0..200).map(|number| {
            let (server, body) = (Arc::clone(&server), body.clone());
            tokio::spawn(async move { server.pay(who[number % 2], name, body).await })
        });
        let answers = futures::future::join_all(asked).await;
        let done = answers.iter().filter(|answer| answer.as_ref().unwrap().status == StatusCode::OK).count();
        let codes: Vec<_> = answers.iter().map(|answer| answer.as_ref().unwrap().code()).collect();
        assert_eq!(done, 1, "{name}: {codes:?}");
        let no = ["AlreadyAuthorised", "WrongState", "Conflict", ""];
        assert!(codes.iter().all(|code| no.contains(&code.as_str())), "{codes:?}");
    }
    let log = server.get("/v1/log?stream=money.j", &server.auditor()).await;
    assert_eq!(
        (log.text().matches("tranche_authorised").count(), log.text().matches("payment_ordered").count()),
        (1, 1)
    );
}

#[tokio::test]
async fn an_order_goes_to_the_bank_until_the_bank_has_answered() {
    let server = Server::start().await;
    server.set_up().await;
    let orders = async |format: &str| {
        let head = traccia_log::Log::head(&**server.app.application.log()).await.unwrap();
        server
            .get(&format!("/v1/payments/orders?programme=p&min_position={head}{format}"), &server.treasurer("bruno"))
            .await
    };
    server.ordered().await;
    let csv = orders("").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    let order = server.tranches().await[0]["order"]["order"].as_str().unwrap().to_owned();
    assert!(csv.text().contains(&order) && csv.text().contains(IBAN), "{}", csv.text());
    let for_the_bank = orders("&format=pain001").await;
    assert_eq!((for_the_bank.status, for_the_bank.code().as_str()), (StatusCode::BAD_REQUEST, "Malformed"));
    assert!(for_the_bank.text().contains("CloseBatch"), "{}", for_the_bank.text());

    let confirm_as = async |who: &str, file: &str| {
        let answer = server.post("/v1/payments/confirmations", &server.treasurer(who), file.to_owned()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let answer = answer.json();
        ["rows", "confirmed", "failed", "already", "rejected"].map(|field| answer[field].as_u64().unwrap())
    };
    let confirm = async |file: &str| confirm_as("bruno", file).await;
    let failed = format!("order,failed\n{order},conto chiuso\n");
    assert_eq!(confirm(&failed).await, [1, 0, 1, 0, 0]);
    assert_eq!(confirm(&failed).await, [1, 0, 0, 1, 0], "the same file again adds nothing");
    let tranche = &server.tranches().await[0];
    assert_eq!((&tranche["state"], &tranche["order"]["failed"]), (&json!("failed"), &json!("conto chiuso")));
    assert_eq!(orders("").await.text(), "");
    let again = server.pay("bruno", "OrderPayment", json!({"project": "j", "tranche": "T1", "iban": IBAN})).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(server.tranches().await[0]["order"]["order"], order, "given again it has its own name");
    for (who, told) in [("anna", [1, 0, 0, 0, 1]), ("bruno", [1, 0, 0, 1, 0])] {
        assert_eq!(confirm_as(who, &failed).await, told, "the old file fails nothing, whoever sends it");
        assert_eq!(server.tranches().await[0]["state"], "ordered");
    }
    let second = format!("order,failed,attempt\n{order},conto chiuso,2\n");
    assert_eq!(confirm(&second).await, [1, 0, 1, 0, 0], "the second time, in the same words");
    server.pay("bruno", "OrderPayment", json!({"project": "j", "tranche": "T1", "iban": IBAN})).await;
    let paid = format!(
        "order,paid_on,reference\n{order},2024-03-01,TRN 7\nnonsense,2024-03-01,TRN 8\n{order},2024-13-01,TRN 9\n"
    );
    assert_eq!(confirm(&paid).await, [3, 1, 0, 0, 2]);
    assert_eq!(confirm(&paid).await, [3, 0, 0, 1, 2]);
    let bruno = server.treasurer("bruno");
    let said = server.post("/v1/payments/confirmations", &bruno, paid.clone()).await.json();
    let why = said["lines"][2]["detail"].as_str().unwrap();
    assert!(why.contains("2024-13-01") || why.contains("YYYY-MM-DD") || why.contains("day"), "{said}");
    for another in ["", "order;failed\nx;y\n", "ordine,esito\nx,y\n"] {
        let refused = server.post("/v1/payments/confirmations", &bruno, another.to_owned()).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "Malformed"), "{another}");
        assert!(refused.text().contains("order,paid_on,reference,failed"), "{}", refused.text());
    }
    let tranche = &server.tranches().await[0];
    assert_eq!((&tranche["state"], &tranche["order"]["paid_on"]), (&json!("paid"), &json!("2024-03-01")));
    assert_eq!(tranche["order"]["iban"], "3456");
    assert_eq!(orders("").await.text(), "");
}

impl Server {
    /// What a treasurer reads of payments, once everything is in the tables.
    async fn payments(&self, path: &str) -> Answered {
        let head = traccia_log::Log::head(&**self.app.application.log()).await.unwrap();
        let joined = if path.contains('?') { '&' } else { '?' };
        self.get(&format!("/v1/payments/{path}{joined}min_position={head}"), &self.treasurer("anna")).await
    }
}

#[tokio::test]
async fn a_batch_is_the_same_file_whatever_happens_after_it_was_closed() {
    let server = Server::start().await;
    server.set_up().await;
    let close = json!({"programme": "p"});
    let nothing = server.pay("anna", "CloseBatch", close.clone()).await;
    assert_eq!((nothing.status, nothing.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "NoOrders"));
    server.ordered().await;
    let waiting = server.payments("orders?format=json").await.json();
    assert_eq!(waiting["items"][0]["batch"], Value::Null);
    let closed = server.pay("anna", "CloseBatch", close.clone()).await;
    assert_eq!(closed.status, StatusCode::OK, "{}", closed.text());
    let order = server.tranches().await[0]["order"]["order"].as_str().unwrap().to_owned();
    assert_eq!(server.payments("orders?format=json").await.json()["items"][0]["batch"], 1);
    let files = async || {
        let mut files = Vec::new();
        for format in ["json", "csv", "pain001"] {
            let file = server.payments(&format!("batches/p/1?format={format}")).await;
            assert_eq!(file.status, StatusCode::OK, "{}", file.text());
            files.push(file.text().to_owned());
        }
        files
    };
    let first = files().await;
    for part in [format!("<EndToEndId>{order}</EndToEndId>"), format!("<IBAN>{IBAN}</IBAN>")] {
        assert!(first[2].contains(&part), "{part}: {}", first[2]);
    }
    assert!(first[1].contains(IBAN) && first[2].contains("<InstdAmt Ccy=\"EUR\">100.00</InstdAmt>"));

    // Returned, given again to another account, in another batch, and paid.
    let of = |more: Value| {
        let mut body = json!({"project": "j", "tranche": "T1"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let receipt = json!({"paid_on": "2024-03-01", "reference": "TRN 7"});
    for (name, command, body) in [
        ("anna", "FailPayment", of(json!({"reason": "conto chiuso"}))),
        ("bruno", "OrderPayment", of(json!({"iban": "DE89370400440532013000"}))),
        ("bruno", "CloseBatch", close.clone()),
        ("anna", "ConfirmPayment", of(receipt)),
    ] {
        let done = server.pay(name, command, body).await;
        assert_eq!(done.status, StatusCode::OK, "{command}: {}", done.text());
        assert_eq!(files().await, first, "after {command}");
    }
    let second = server.payments("batches/p/2?format=pain001").await;
    assert!(second.text().contains(&order) && second.text().contains("<IBAN>DE89370400440532013000<"));
    let list = server.payments("batches?programme=p").await.json();
    let told: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|b| json!([b["number"], b["orders"], b["total"]])).collect();
    assert_eq!(told, [json!([2, 1, "100.00"]), json!([1, 1, "100.00"])]);
    let message = list["items"][1]["message"].as_str().unwrap();
    assert!(first[2].contains(&format!("<MsgId>{message}</MsgId>")) && !second.text().contains(message));
    for (path, code) in [("batches/p/3", "UnknownBatch"), ("batches/q/1", "UnknownBatch"), ("batches/p/x", "Malformed")]
    {
        assert_eq!(server.payments(path).await.code(), code, "{path}");
    }
    let before = list["items"][1]["position"].as_u64().unwrap() - 1;
    let then = server.get(&format!("/v1/payments/batches/p/1?known_at={before}"), &server.treasurer("anna")).await;
    assert_eq!(then.code(), "UnknownBatch", "nobody had closed it");
}

#[tokio::test]
async fn an_account_number_is_shown_to_who_pays_and_to_nobody_else() {
    let server = Server::start().await;
    server.set_up().await;
    server.ordered().await;
    let region = server.token(Role::Region, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() });
    let tranches = server.get("/v1/tranches?project=j", &region).await;
    assert!(tranches.status == StatusCode::OK && !tranches.text().contains("0542811101"), "{}", tranches.text());
    server.pay("anna", "CloseBatch", json!({"programme": "p"})).await;
    for path in ["orders", "batches", "batches/p/1"] {
        assert_eq!(server.get(&format!("/v1/payments/{path}"), &region).await.code(), "Forbidden", "{path}");
    }
    assert_eq!(server.post("/v1/payments/confirmations", &region, "order,failed\n").await.code(), "Forbidden");
    assert_eq!(
        server.post("/v1/payments/confirmations", &server.auditor(), "order,failed\n").await.code(),
        "Forbidden"
    );
    server.tranches().await;
    let trail = server.get("/v1/trail?entity=money.j", &server.treasurer("anna")).await;
    assert!(trail.text().contains("PaymentOrdered") && !trail.text().contains("0542811101"), "{}", trail.text());
    let of_orders = |item: &&Value| item["events"][0] == "PaymentOrdered";
    let position = trail.json()["items"].as_array().unwrap().iter().find(of_orders).unwrap()["position"].to_string();
    let commit = server.get(&format!("/registro/{position}"), &server.auditor()).await;
    assert_eq!(commit.status, StatusCode::OK, "{}", commit.text());
    assert!(commit.text().contains("…3456") && !commit.text().contains("0542811101"), "{}", commit.text());
}

#[tokio::test]
async fn what_was_known_then_is_shown_as_it_was() {
    let server = Server::start().await;
    server.set_up().await;
    let before = traccia_log::Log::head(&**server.app.application.log()).await.unwrap();
    server.ordered().await;
    assert_eq!(server.tranches().await[0]["state"], "ordered");
    let then = server.get(&format!("/v1/tranches?project=j&known_at={before}"), &server.treasurer("anna")).await.json();
    assert_eq!((&then["items"][0]["state"], &then["items"][0]["order"]), (&json!("due"), &Value::Null));
}
