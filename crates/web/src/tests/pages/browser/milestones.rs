//! A milestone is claimed by one and certified by another from the page; a sample is drawn and looked at.

use super::*;

impl Server {
    fn of(&self, name: &str, role: Role) -> String {
        let scope =
            Scope { programmes: vec!["p".parse().unwrap()], projects: vec!["j".parse().unwrap()], points: Vec::new() };
        let who = Bearer { actor: Actor { subject: name.to_owned(), role }, scope };
        token::issue(self.vault.secrets().token(), &who, 1).unwrap()
    }

    /// Two citizens served in March 2024, in a report that the Region has accepted.
    async fn two_reported(&self) {
        self.set_up().await;
        self.serve("YA0000001", "mi-1", "2024-03-04").await;
        self.serve("YA0000002", "va-1", "2024-03-05").await;
        for (token, name, body) in [
            (self.of("carla", Role::Capofila), "SubmitReport", json!({"project": "j", "month": "2024-03"})),
            (
                self.of("rita", Role::Region),
                "AcceptReport",
                json!({"project": "j", "month": "2024-03", "on": "2024-04-10", "act": "D.d. 3"}),
            ),
        ] {
            let done = self.post(&format!("/v1/commands/{name}"), &token, body.to_string()).await;
            assert_eq!(done.status, StatusCode::OK, "{}", done.text());
        }
    }
}

/// What stands in a hidden field of the page.
fn hidden(page: &str, name: &str) -> String {
    let from = page.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name} in {page}"));
    page[from..].split('"').nth(3).unwrap().to_owned()
}

#[tokio::test]
async fn a_milestone_is_claimed_certified_and_sampled_from_the_page() {
    let server = Server::start().await;
    server.two_reported().await;
    caught_up(&server).await;
    let carla = server.signed_in(&server.of("carla", Role::Capofila)).await;
    let rita = server.signed_in(&server.of("rita", Role::Region)).await;
    let path = "/milestone?project=j";
    let sent = async |cookie: &str, body: String| server.send(form("/milestone").header("cookie", cookie), body).await;

    let page = server.browse(path, &carla).await;
    for text in ["non raggiunta entro i termini", "2 su 25", "2 su 2", "Richiedi M1"] {
        assert!(plain(page.text()).contains(text), "{text}: {}", page.text());
    }
    let claim = "step=claim&project=j&milestone=M1&said_at=0";
    for _ in 0..2 {
        let done = sent(&carla, claim.to_owned()).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "a second click is the same step: {}", done.text());
    }

    let page = server.browse(path, &rita).await;
    assert!(page.text().contains("richiesta, da certificare") && page.text().contains("Certifica M1 su 2 unità"));
    let (said_at, root) = (hidden(page.text(), "said_at"), hidden(page.text(), "root"));
    let certify =
        |count: &str| format!("step=certify&project=j&milestone=M1&said_at={said_at}&count={count}&root={root}");
    assert_eq!(sent(&carla, certify("2")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(sent(&rita, certify("3")).await.status, StatusCode::CONFLICT, "not what was frozen");
    assert_eq!(sent(&rita, certify("2")).await.status, StatusCode::SEE_OTHER);
    let draw = format!("step=draw&project=j&milestone=M1&said_at={said_at}&public_value=11+22+33");
    assert_eq!(sent(&rita, draw).await.status, StatusCode::SEE_OTHER);

    let auditor = server.signed_in(&server.auditor()).await;
    let page = server.browse(path, &auditor).await;
    for text in ["certificata in parte", "Il certificato", "11 22 33", "Registra l'esito"] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    assert!(!page.text().contains(">NO<"), "{}", page.text());
    let again = server.browse(path, &carla).await;
    assert!(!again.text().contains("Richiedi M1"), "the programme knows no cure: {}", again.text());
    let unit = page.text().split("<option value=\"").nth(1).unwrap()[..32].to_owned();
    let found = format!("step=find&project=j&milestone=M1&said_at={said_at}&unit={unit}&finding=confirmed&note=");
    assert_eq!(sent(&auditor, found).await.status, StatusCode::SEE_OTHER);
    let list = server.browse("/milestone/unita?project=j&milestone=M1", &auditor).await;
    assert!(list.text().contains(&unit[..8]) && list.text().matches("<td>sì</td>").count() == 2, "{}", list.text());
}

#[tokio::test]
async fn another_site_claims_nothing_and_a_form_without_its_fields_is_refused() {
    let server = Server::start().await;
    server.two_reported().await;
    caught_up(&server).await;
    let carla = server.signed_in(&server.of("carla", Role::Capofila)).await;
    let foreign = Request::post("/milestone")
        .header("content-type", "application/x-www-form-urlencoded")
        .header(HERE.0, HERE.1)
        .header("sec-fetch-site", "cross-site")
        .header("cookie", &carla);
    let body = "step=claim&project=j&milestone=M1&said_at=0";
    assert_eq!(server.send(foreign, body).await.status, StatusCode::FORBIDDEN);
    for body in [
        "",
        "step=claim&project=j",
        "step=pay&project=j&milestone=M1&said_at=0",
        "step=claim&project=J!&milestone=M1&said_at=0",
    ] {
        let answer = server.send(form("/milestone").header("cookie", &carla), body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.text());
    }
    let log = server.get("/v1/log?stream=milestone.j", &server.auditor()).await;
    assert_eq!(log.text(), "");
}

#[tokio::test]
async fn every_figure_of_a_milestone_opens_and_the_pace_is_that_of_the_day_asked_for() {
    let server = Server::start().await;
    server.two_reported().await;
    let (_, disputed, _) = server.serve("YA0000003", "mi-1", "2024-03-06").await;
    server.command("DisputeService", json!({"service": disputed, "reason": "firma mancante"})).await;
    caught_up(&server).await;
    let page = server.get("/milestone?project=j&on=2024-03-10", &server.auditor()).await;
    let text = plain(page.text());
    for expected in ["A questo passo, raggiunta il", "Margine", "Cittadini a settimana, ultime quattro0,8"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(page.text().contains("name=\"on\" type=\"date\" value=\"2024-03-10\""), "{}", page.text());
    let rows = async |path: &str| {
        assert!(page.text().contains(&path.replace('&', "&#38;")), "{path}: {}", page.text());
        let list = server.get(path, &server.auditor()).await;
        assert_eq!(list.status, StatusCode::OK, "{path}: {}", list.text());
        list.text().matches("<tr><th scope=\"row\">").count()
    };
    let of = |which: &str| format!("/conteggio/cittadini?project=j&milestone=M1&persons={which}");
    let behind = [rows(&of("counted")).await, rows(&of("waiting")).await, rows(&of("at_risk")).await];
    assert_eq!(behind, [2, 1, 0]);
    let weeks = "/conteggio/cittadini?project=j&persons=counted&since=2024-02-12&through=2024-03-10";
    assert_eq!(rows(weeks).await, 3, "three in four weeks");
    assert_eq!(rows("/punti?project=j&on=2024-12-31").await, 2);

    let today = server.get("/milestone?project=j", &server.auditor()).await;
    assert!(!today.text().contains("A questo passo"), "the deadline has passed: {}", today.text());
    let wrong = server.get("/milestone?on=ieri", &server.auditor()).await;
    assert!(
        wrong.status == StatusCode::BAD_REQUEST && wrong.text().contains("«giorno» non va bene"),
        "{}",
        wrong.text()
    );
    let carla = server.of("carla", Role::Capofila);
    let past = server.get("/milestone?project=j&on=2024-03-10", &carla).await;
    assert!(!past.text().contains("Richiedi M1"), "nobody acts on another day: {}", past.text());
    let treasurer = server.get("/milestone?project=j", &server.of("teo", Role::Treasurer)).await;
    assert!(treasurer.status == StatusCode::OK && !treasurer.text().contains("/conteggio/"), "{}", treasurer.text());
}
