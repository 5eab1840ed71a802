//! What `/erogazioni` tells: what blocks a tranche, on what it rests, what was decided, and what it all comes to.

use super::*;

impl Server {
    /// The page of project `j` as somebody sees it.
    async fn money_of_j(&self, cookie: &str) -> String {
        let page = self.browse("/erogazioni?project=j", cookie).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        page.text().to_owned()
    }
}

/// The address that a page's text opens.
fn opens(page: &str, text: &str) -> String {
    let end = page.find(&format!("\">{text}</a>")).unwrap_or_else(|| panic!("nothing opens {text} in {page}"));
    let start = page[..end].rfind("href=\"").unwrap() + "href=\"".len();
    page[start..end].replace("&#38;", "&")
}

/// The same for the value after a name in a list of facts.
fn opened_by(page: &str, name: &str) -> String {
    let from = page.find(&format!("<dt>{name}</dt>")).unwrap_or_else(|| panic!("no {name} in {page}"));
    page[from..].split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&")
}

#[tokio::test]
async fn what_blocks_a_tranche_is_named_and_opens() {
    let server = Server::start().await;
    server.set_up().await;
    caught_up(&server).await;
    let anna = server.signed_in(&server.operator("anna")).await;
    let page = server.money_of_j(&anna).await;
    assert_eq!(opens(&page, "Milestone M1"), "/milestone?project=j#m-j-M1");
    let report = opens(&page, "Report di gennaio 2024");
    assert_eq!(report, "/rendicontazione/j/2024-01");
    assert!(page.contains("e altri 11 mesi."), "{page}");
    for path in [report.as_str(), "/milestone?project=j"] {
        assert_eq!(server.browse(path, &anna).await.status, StatusCode::OK, "{path}");
    }
    let milestones = server.browse("/milestone?project=j", &anna).await;
    assert!(milestones.text().contains("id=\"m-j-M1\""), "{}", milestones.text());
}

#[tokio::test]
async fn an_undecided_exposure_is_where_what_it_blocks_points() {
    let server = Server::start().await;
    let exposure = server.exposed(false).await;
    let page = server.money_of_j(&server.signed_in(&server.operator("anna")).await).await;
    let anchor = opens(&page, &format!("Esposizione {exposure}"));
    assert_eq!(anchor, format!("#esposizione-j-{exposure}"));
    assert!(page.contains(&format!("id=\"{}\"", &anchor[1..])), "{page}");
}

#[tokio::test]
async fn evidence_opens_into_what_it_rests_on() {
    let server = Server::start().await;
    server.exposed(true).await;
    let auditor = server.signed_in(&server.auditor()).await;
    let page = server.money_of_j(&auditor).await;
    let list = opened_by(&page, "Unità nell&#39;elenco congelato");
    assert!(list.starts_with("/milestone/unita?project=j&milestone=M1&known_at="), "{list}");
    assert_eq!(opened_by(&page, "Radice dell&#39;elenco"), list);
    assert_eq!(opened_by(&page, "Cittadini raggiunti"), list);
    let units = server.browse(&list, &auditor).await;
    assert_eq!(units.text().matches("<th scope=\"row\" class=\"n\">").count(), 2, "{}", units.text());
    assert!(!units.text().contains("<td>no</td>"), "all of it held then: {}", units.text());
    for name in ["Punti raggiunti", "Punti necessari", "Cittadini necessari", "Milestone"] {
        let path = opened_by(&page, name);
        assert!(path.contains("known_at="), "{name}: {path}");
        let path = path.split('#').next().unwrap();
        assert_eq!(server.browse(path, &auditor).await.status, StatusCode::OK, "{path}");
    }
    // Persons are not for who pays: the certificate is.
    let anna = server.signed_in(&server.operator("anna")).await;
    let page = server.money_of_j(&anna).await;
    assert!(!page.contains("/milestone/unita"), "{page}");
    assert!(opened_by(&page, "Radice dell&#39;elenco").starts_with("/milestone?project=j&known_at="), "{page}");
}

#[tokio::test]
async fn a_decided_exposure_stays_on_the_page_with_what_came_of_it() {
    let server = Server::start().await;
    let exposure = server.exposed(false).await;
    let anna = server.signed_in(&server.operator("anna")).await;
    assert!(!server.money_of_j(&anna).await.contains("Esposizioni decise"));
    let body = format!("project=j&exposure={exposure}&amount=36.00&decision=net&act=D.d.s.+9");
    let netted = server.send(form("/erogazioni/esposizioni").header("cookie", &anna), body).await;
    assert_eq!(netted.status, StatusCode::SEE_OTHER, "{}", netted.text());
    // T1 is due, and first: it takes what T2 would have to be authorised anew for.
    let page = server.money_of_j(&anna).await;
    for text in ["Esposizioni decise: 1", "si compensa", "D.d.s. 9", "anna (tesoreria)", "0,00 €"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert_eq!(page.matches("Autorizza 64,00 €").count(), 1, "{page}");
    assert!(!page.contains("Autorizza di nuovo"), "it is offered once: {page}");
    assert!(page.contains("Prima si autorizza T1"), "{page}");
    server.does(&server.operator("anna"), "AuthoriseTranche", &json!({"project": "j", "tranche": "T1"})).await;
    caught_up(&server).await;
    let page = server.money_of_j(&anna).await;
    assert_eq!(opens(&page, "T1: 36,00 €"), "/erogazioni?project=j#quota-j-T1");
    assert!(!page.contains("Prima si autorizza"), "{page}");
    let bruno = server.signed_in(&server.operator("bruno")).await;
    assert!(server.money_of_j(&bruno).await.contains("Ordina il pagamento 72,00 €"), "T2 goes as it was authorised");
}

#[tokio::test]
async fn the_sums_of_a_programme_open_into_the_tranches_behind_them() {
    let server = Server::start().await;
    server.exposed(true).await;
    let anna = server.signed_in(&server.operator("anna")).await;
    let page = server.browse("/erogazioni", &anna).await;
    let line = &page.text()[page.text().find("id=\"denaro\"").unwrap()..];
    let line = &line[line.find("<tbody>").unwrap()..line.find("</tbody>").unwrap()];
    for (figure, amount, path) in [
        ("awarded", "1.000,00 €", "/erogazioni?programme=p"),
        ("authorised", "72,00 €", "/erogazioni?programme=p&figure=authorised"),
        ("recovered", "0,00 €", "/erogazioni?programme=p&figure=recovered"),
        ("exposed", "36,00 €", "/erogazioni?programme=p&figure=exposed"),
    ] {
        assert_eq!(opens(line, amount), path, "{figure}");
    }
    assert_eq!(line.matches("72,00 €").count(), 2, "authorised, and paid: {line}");
    for (figure, shown) in [("authorised", 1), ("paid", 1), ("exposed", 1), ("recovered", 0)] {
        let page = server.browse(&format!("/erogazioni?programme=p&figure={figure}"), &anna).await;
        assert_eq!(page.text().matches("id=\"quota-j-T2\"").count(), shown, "{figure}: {}", page.text());
        assert!(!page.text().contains("id=\"quota-j-T1\""), "{figure}");
    }
    assert_eq!(server.browse("/erogazioni?figure=none", &anna).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn money_that_is_known_not_to_hold_is_named_before_it_is_authorised() {
    let server = Server::start().await;
    let service = server.certified().await;
    let anna = server.signed_in(&server.operator("anna")).await;
    assert!(!server.money_of_j(&anna).await.contains("sono subito esposti"));
    let void = json!({"service": service, "reason": "mai avvenuto"});
    let voided = server.does(&server.admin(), "VoidService", &void).await;
    let foreseen = async |position| {
        let tranches = server.reads("/v1/tranches?project=j", position).await;
        tranches.as_array().unwrap().iter().map(|tranche| tranche["foreseen_exposure"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(foreseen(voided).await, [Value::Null, json!("36.00")]);
    let page = server.money_of_j(&anna).await;
    assert!(page.contains("sono subito esposti") && page.contains("Autorizza 72,00 €"), "{page}");
    assert_eq!(opens(&page, "36,00 €"), "/milestone?project=j#m-j-M1");
    let tranche = json!({"project": "j", "tranche": "T2"});
    let authorised = server.does(&server.operator("anna"), "AuthoriseTranche", &tranche).await;
    assert_eq!(foreseen(authorised).await, [Value::Null, Value::Null], "it is exposed now");
    let exposed = server.reads("/v1/exposures?project=j", authorised).await;
    assert_eq!(json!([exposed[0]["exposure"], exposed[0]["amount"]]), json!([format!("T2-{authorised}"), "36.00"]));
}

#[tokio::test]
async fn a_payment_names_both_persons_and_no_failure_that_is_over() {
    let server = Server::start().await;
    server.certified().await;
    let tranche = json!({"project": "j", "tranche": "T2"});
    server.does(&server.operator("anna"), "AuthoriseTranche", &tranche).await;
    let order = json!({"project": "j", "tranche": "T2", "iban": "IT60X0542811101000000123456"});
    server.does(&server.operator("bruno"), "OrderPayment", &order).await;
    let failed = json!({"project": "j", "tranche": "T2", "reason": "conto chiuso"});
    server.does(&server.operator("dario"), "FailPayment", &failed).await;
    caught_up(&server).await;
    let auditor = server.signed_in(&server.auditor()).await;
    let page = server.money_of_j(&auditor).await;
    assert!(page.contains("conto chiuso") && page.contains("dario"), "{page}");
    server.does(&server.operator("carla"), "OrderPayment", &order).await;
    let confirm = json!({"project": "j", "tranche": "T2", "paid_on": "2025-02-01", "reference": "TRN 1"});
    let paid = server.does(&server.operator("bruno"), "ConfirmPayment", &confirm).await;
    let read = server.reads("/v1/tranches?project=j", paid).await;
    let order = &read[1]["order"];
    assert_eq!(json!([order["times"], order["failed"], order["ordered"]["by"]]), json!([2, null, "carla"]));
    assert_eq!(order["answered"], json!({"by": "bruno", "position": paid}));
    let page = server.money_of_j(&auditor).await;
    assert!(!page.contains("conto chiuso") && !page.contains("dario"), "{page}");
    assert_eq!(opened_by(&page, "Esito registrato da"), format!("/registro/{paid}"));
    let dario = server.money_of_j(&server.signed_in(&server.operator("dario")).await).await;
    assert!(dario.contains("<dt>Ordinato da</dt><dd>carla</dd>"), "no way to a commit they may not read: {dario}");
}

#[tokio::test]
async fn whoever_may_not_take_a_step_learns_nothing_of_the_money() {
    let server = Server::start().await;
    server.exposed(true).await;
    let region = server.signed_in(&server.other_region()).await;
    for (path, body) in [
        ("/erogazioni", "project=j&tranche=T1&said_at=1&amount=1.00"),
        ("/erogazioni/passi", "step=suspend&project=j&tranche=T1&said_at=1&amount=1.00&act=atto&reason=no"),
        ("/erogazioni/restituzioni", "project=j&exposure=T2-1&settled=9.00&received_on=2025-02-01&amount=1,00"),
    ] {
        let refused = server.send(form(path).header("cookie", &region), body.to_owned()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.text());
    }
}

#[tokio::test]
async fn what_no_tranche_could_take_of_a_netted_exposure_says_where_it_went() {
    let server = Server::start().await;
    let first = server.exposed(true).await;
    let net = json!({"project": "j", "exposure": first, "decision": "net", "act": "D.d.s. 9"});
    server.does(&server.operator("bruno"), "DecideExposure", &net).await;
    let revoke = json!({"project": "j", "tranche": "T1", "act": "D.d.s. 10", "reason": "rinuncia"});
    let revoked = server.does(&server.operator("anna"), "RevokeTranche", &revoke).await;
    let recover =
        json!({"project": "j", "exposure": format!("T2-{revoked}"), "decision": "recover", "act": "D.d.s. 11"});
    server.does(&server.operator("bruno"), "DecideExposure", &recover).await;
    caught_up(&server).await;
    let page = server.money_of_j(&server.signed_in(&server.operator("anna")).await).await;
    assert!(page.contains("36,00 € decisi con un&#39;altra esposizione"), "{page}");
}
