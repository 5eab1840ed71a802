//! Expenses: declared through the API, decided on the page, read as lines and caps.

use super::*;

fn expense(id: &str, share: &str) -> Value {
    json!({
        "project": "j", "expense": id, "item": "training", "supplier_tax_id": "12345678903", "invoice": "FT 7",
        "date": "2024-03-01", "amount": "1000.00", "share": share,
    })
}

impl Server {
    fn capofila(&self) -> String {
        self.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() })
    }

    fn region(&self) -> String {
        self.token(Role::Region, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() })
    }

    async fn declare(&self, body: Value) -> Answered {
        self.post("/v1/commands/DeclareExpense", &self.capofila(), body.to_string()).await
    }

    async fn decide(&self, form: &str) -> Answered {
        let request = Request::post("/spese")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("authorization", format!("Bearer {}", self.region()));
        self.send(request, form.to_owned()).await
    }
}

#[tokio::test]
async fn an_invoice_is_claimed_once_and_refusals_name_the_field() {
    let server = Server::start().await;
    server.set_up().await;
    let done = server.declare(expense("e-1", "0.75")).await.json();
    assert_eq!((&done["id"], &done["events"]), (&json!("e-1"), &json!(["ExpenseNamed", "ExpenseDeclared"])));
    for (change, status, code, pointer) in [
        (json!({}), 422, "OverClaimed", "/share"),
        (json!({"invoice": "ft-007"}), 422, "OverClaimed", "/share"),
        (json!({"invoice": "\u{424}\u{422} 7"}), 422, "Invalid", "/invoice"),
        (json!({"share": "0.25", "amount": "999.99"}), 422, "Invalid", "/amount"),
        (json!({"share": "0.25", "item": "travel"}), 422, "Invalid", "/item"),
        (json!({"share": "0.25", "supplier_tax_id": "12345678904"}), 422, "Invalid", "/supplier_tax_id"),
        (json!({"share": "0.25", "supplier_tax_id": "RSSMRA80A01H501X"}), 422, "InvalidFiscalCode", "/supplier_tax_id"),
        (json!({"share": "0.25", "date": "2999-01-01"}), 422, "InTheFuture", "/date"),
        (json!({"share": "1.5"}), 400, "Malformed", "/share"),
        (json!({"amount": "10.001"}), 400, "Malformed", "/amount"),
        (json!({"amount": "-1.00"}), 400, "Malformed", "/amount"),
        (json!({"date": "2024-02-30"}), 400, "Malformed", "/date"),
    ] {
        let mut body = expense("e-2", "0.5");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = server.declare(body).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (status, code), "{change}: {}", refused.text());
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{change}");
        assert!(!refused.text().contains("RSSMRA"), "nothing of it is repeated");
    }
    let mut below = expense("e-2", "0.25");
    below["amount"] = json!("-5");
    assert_eq!(server.declare(below).await.json()["detail"], "an amount must not be negative");
    assert_eq!(server.declare(expense("e-1", "0.75")).await.code(), "AlreadyExists");
}

#[tokio::test]
async fn the_region_decides_on_the_page_and_the_lines_say_so() {
    let server = Server::start().await;
    server.set_up().await;
    server.declare(expense("e-1", "0.5")).await;
    let done = server.declare(expense("e-2", "0.5")).await.json();
    let min = format!("min_position={}", done["position"]);
    let page = server.get(&format!("/v1/expenses?project=j&{min}"), &server.region()).await.json();
    assert_eq!(page["items"][0]["claimed"], "500.00");
    assert_eq!(page["caps"][0]["declared"], "1000.00");
    let page = server.get("/spese?project=j", &server.region()).await;
    for item in ["formazione", "dotazioni"] {
        assert!(page.text().contains(&format!("<th scope=\"row\">{item}</th>")), "{item}: {}", page.text());
    }
    assert!(!page.text().contains("training") && !page.text().contains("equipment"), "{}", page.text());
    assert!(page.text().contains("value=\"accept\"") && page.text().contains("FT7 del 01/03/2024"), "{}", page.text());
    let own = server.get("/spese?project=j", &server.capofila()).await;
    assert!(!own.text().contains("<button type=\"submit\" name=\"decision\""), "who declares does not decide");
    assert!(server.get("/progetti/j", &server.capofila()).await.text().contains("/spese?project=j"));

    let accepted = server.decide("project=j&expense=e-1&decision=accept").await;
    assert_eq!((accepted.status.as_u16(), accepted.headers["location"].to_str().unwrap()), (303, "/spese?project=j"));
    assert_eq!(server.decide("project=j&expense=e-2&decision=reject&reason=").await.status, StatusCode::BAD_REQUEST);
    let rejected = server.decide("project=j&expense=e-2&decision=reject&reason=Non+pertinente").await;
    assert_eq!(rejected.status, StatusCode::SEE_OTHER);
    let page = server.get("/spese?project=j", &server.auditor()).await;
    assert!(page.text().contains("accettata") && page.text().contains("respinta: «Non pertinente»"), "{}", page.text());
    let lines = server.get("/v1/expenses?project=j", &server.auditor()).await.json();
    assert_eq!(
        (&lines["items"][0]["state"], &lines["caps"][0]["not_eligible"]),
        (&json!("accepted"), &json!("500.00"))
    );
    assert_eq!(server.declare(expense("e-3", "0.5")).await.status, StatusCode::OK, "the share was given back");
}

#[tokio::test]
async fn lines_are_asked_for_by_project_and_as_csv() {
    let server = Server::start().await;
    server.set_up().await;
    server.declare(expense("e-1", "0.5")).await;
    let done = server.declare(expense("e-2", "0.5")).await.json();
    let request = Request::get(format!("/v1/expenses?project=j&limit=1&min_position={}", done["position"]))
        .header("authorization", format!("Bearer {}", server.capofila()))
        .header("accept", "text/csv");
    let csv = server.send(request, "").await;
    assert!(csv.text().starts_with("expense,item,supplier,invoice,date,amount,share,claimed,state,"), "{}", csv.text());
    assert_eq!(csv.text().lines().count(), 2);
    assert!(csv.headers.contains_key("traccia-next") && csv.headers.contains_key("traccia-position"));
    assert_eq!(server.get("/v1/expenses", &server.capofila()).await.code(), "Malformed");
    assert_eq!(server.get("/v1/expenses?project=j&programme=p", &server.region()).await.code(), "Malformed");
    assert_eq!(server.get("/v1/expenses?project=x", &server.capofila()).await.code(), "UnknownProject");
    let facilitator =
        server.token(Role::Facilitator, Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() });
    assert_eq!(server.get("/v1/expenses?project=j", &facilitator).await.code(), "Forbidden");
}

#[tokio::test]
async fn expenses_of_another_programme_are_not_there() {
    let server = Server::start().await;
    server.set_up().await;
    server.declare(expense("e-1", "1")).await;
    let elsewhere = server.token(Role::Region, Scope { programmes: vec!["q".parse().unwrap()], ..Scope::default() });
    assert_eq!(server.get("/v1/expenses?project=j", &elsewhere).await.code(), "UnknownProject");
    assert_eq!(server.get("/spese?project=j", &elsewhere).await.status, StatusCode::NOT_FOUND);
    let accept = server.post("/v1/commands/AcceptExpense", &elsewhere, json!({"expense": "e-1"}).to_string()).await;
    assert_eq!(accept.code(), "Forbidden");
}

#[tokio::test]
async fn the_measures_cap_is_told_of_the_programme_to_those_who_see_all_of_it() {
    let server = Server::start().await;
    server.set_up().await;
    let mut equipment = expense("e-1", "0.5");
    equipment["item"] = json!("equipment");
    server.declare(equipment).await;
    let accepted =
        server.post("/v1/commands/AcceptExpense", &server.region(), json!({"expense": "e-1"}).to_string()).await.json();
    let path = format!("/v1/expenses?programme=p&min_position={}", accepted["position"]);
    let told = server.get(&path, &server.region()).await.json();
    assert_eq!((&told["items"][0]["project"], &told["items"][0]["item"]), (&json!("j"), &json!("equipment")), "{told}");
    let measure = &told["measure"][0];
    assert_eq!(
        ["item", "cap", "accepted", "eligible", "not_eligible"].map(|name| measure[name].as_str().unwrap()),
        ["equipment", "0.00", "500.00", "0.00", "500.00"],
        "nothing was received yet"
    );
    let request = Request::get("/v1/expenses?programme=p")
        .header("authorization", format!("Bearer {}", server.auditor()))
        .header("accept", "text/csv");
    let csv = server.send(request, "").await;
    assert!(csv.text().starts_with("project,received,item,share,cap,declared,accepted,eligible,"), "{}", csv.text());

    let page = server.get("/spese?programme=p", &server.region()).await;
    for text in ["Tetti della misura", "500,00", "/spese?project=j", "A quale progetto tocchi lo dice un atto"] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    assert!(server.get("/spese?project=j", &server.region()).await.text().contains("Tetti della misura"));
    assert!(server.get("/programmi/p", &server.region()).await.text().contains("/spese?programme=p"));
    assert!(!server.get("/programmi/p", &server.capofila()).await.text().contains("/spese?programme=p"));
    assert_eq!(server.get("/v1/expenses?programme=p", &server.capofila()).await.code(), "UnknownProgramme");
    assert_eq!(server.get("/spese?programme=p", &server.capofila()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.get("/spese?programme=x", &server.region()).await.status, StatusCode::NOT_FOUND);
}
