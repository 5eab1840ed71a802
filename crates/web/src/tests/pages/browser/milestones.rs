//! A milestone is claimed by one and certified by another from the page; a sample is drawn and looked at.

use super::*;

impl Server {
    pub(super) fn of(&self, name: &str, role: Role) -> String {
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
    for text in [
        "non raggiunta entro i termini",
        "2 su 25",
        "2 su 2",
        "Richiedi M1",
        "Raggiunta solo in parte: 2 cittadini su 25 e 2 punti attivi su 2. Parte pagabile della quota T2: 8,00 %.",
        "Il programma non prevede una sanatoria",
    ] {
        assert!(plain(page.text()).contains(text), "{text}: {}", page.text());
    }
    let claim = "step=claim&project=j&milestone=M1&said_at=0";
    for _ in 0..2 {
        let done = sent(&carla, claim.to_owned()).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "a second click is the same step: {}", done.text());
    }

    let page = server.browse(path, &rita).await;
    assert!(page.text().contains("richiesta, da certificare") && page.text().contains("Certifica M1 su 2 unità"));
    assert!(page.text().contains("Nessun campione è stato estratto"), "{}", page.text());
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

#[tokio::test]
async fn what_was_looked_at_is_said_beside_the_certificate_and_opens() {
    let server = Server::start().await;
    server.two_reported().await;
    let claim = json!({"project": "j", "milestone": "M1"});
    server.post("/v1/commands/ClaimMilestone", &server.of("carla", Role::Capofila), claim.to_string()).await;
    server.command("DrawSample", json!({"project": "j", "milestone": "M1", "public_value": "11 22 33"})).await;
    caught_up(&server).await;
    let rita = server.of("rita", Role::Region);
    let page = server.get("/milestone?project=j", &rita).await;
    let none =
        "Campione: unità estratte 2, verificate 0, errate 0. Nessuna unità è stata verificata: si può certificare";
    assert!(page.text().contains(none) && page.text().contains("Certifica M1"), "{}", page.text());

    let unit =
        page.text().split("<option value=\"").nth(1).unwrap_or_else(|| panic!("{}", page.text()))[..32].to_owned();
    let found = json!({"project": "j", "milestone": "M1", "unit": unit, "finding": "error"});
    server.command("RecordFinding", found).await;
    caught_up(&server).await;
    let page = server.get("/milestone?project=j", &rita).await;
    assert!(page.text().contains("unità estratte 2, verificate 1, errate 1.</p>"), "{}", page.text());
    let list = "/milestone/unita?project=j&milestone=M1";
    for (part, rows) in [("&drawn=true", 2), ("&finding=error", 1), ("&finding=confirmed", 0), ("&holding=true", 2)] {
        let path = format!("{list}{part}");
        let figure = format!("<a href=\"{}\">{rows}</a>", path.replace('&', "&#38;"));
        assert!(page.text().contains(&figure), "{figure}: {}", page.text());
        let opened = server.get(&path, &rita).await;
        assert_eq!(opened.text().matches("<tr><th scope=\"row\"").count(), rows, "{path}: {}", opened.text());
    }
    let drawn = server.get(&format!("{list}&drawn=true"), &rita).await;
    for text in [&*format!("<a href=\"/cittadini/{unit}\">"), "estratta, errata", "estratta, non ancora verificata"] {
        assert!(drawn.text().contains(text), "{text}: {}", drawn.text());
    }
    let answer = server.get("/v1/milestones/units?project=j&milestone=M1&finding=error", &rita).await.json();
    assert_eq!((&answer["items"][0]["person"], &answer["items"][0]["finding"]), (&json!(unit), &json!("error")));
    for (path, token) in
        [("/v1/milestones/units?project=j&milestone=M1&finding=x", &rita), (&*format!("{list}&drawn=x"), &rita)]
    {
        assert_eq!(server.get(path, token).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    let treasurer = server.get("/milestone?project=j", &server.of("teo", Role::Treasurer)).await;
    assert!(
        treasurer.status == StatusCode::OK && !treasurer.text().contains("/milestone/unita"),
        "{}",
        treasurer.text()
    );
}

#[tokio::test]
async fn what_was_claimed_opens_as_it_was_known_on_its_deadline() {
    let server = Server::start().await;
    server.two_reported().await;
    let claim = json!({"project": "j", "milestone": "M1"}).to_string();
    let carla = server.of("carla", Role::Capofila);
    let claimed = server.post("/v1/commands/ClaimMilestone", &carla, claim).await.json()["position"].as_u64().unwrap();
    // What comes later: a point that was open by mistake, and a void.
    server.command("VoidPoint", json!({"point": "va-1", "on": "2024-12-01", "reason": "aperto per errore"})).await;
    caught_up(&server).await;
    let rita = server.of("rita", Role::Region);
    let page = server.get("/milestone?project=j", &rita).await;
    let (points, units) = ("/punti?project=j&on=2024-12-31", "/milestone/unita?project=j&milestone=M1");
    for (figure, to) in [
        (2, format!("{points}&known_at={claimed}")),
        (2, format!("{units}&known_at={claimed}")),
        (1, points.to_owned()),
        (1, format!("{units}&holding=true")),
        (25, format!("/progetti/j?known_at={claimed}")),
    ] {
        let link = format!("<a href=\"{}\">{figure}</a>", to.replace('&', "&#38;"));
        assert!(page.text().contains(&link), "{link}: {}", page.text());
        let opened = server.get(&to, &rita).await;
        assert_eq!(opened.status, StatusCode::OK, "{to}");
        if figure < 25 {
            assert_eq!(opened.text().matches("<tr><th scope=\"row\"").count(), figure, "{to}: {}", opened.text());
        }
    }
    assert!(plain(page.text()).contains("Cittadini: 2 su 25") && plain(page.text()).contains("Punti: 2 su 2"));
    assert!(page.text().contains(&format!("/rendicontazione?project=j&#38;known_at={claimed}")), "{}", page.text());
}

#[tokio::test]
async fn the_pace_says_its_arithmetic_and_the_day_on_which_enough_were_there() {
    let server = Server::start().await;
    server.two_reported().await;
    caught_up(&server).await;
    let page = server.get("/milestone?project=j&on=2024-03-10", &server.auditor()).await;
    let text = plain(page.text());
    for expected in [
        "Servono 25 cittadini e ne valgono 2: ne mancano 23. Alla scadenza restano 296 giorni: 23 × 7 ÷ 296 = 0,5 a settimana.",
        "dal 12/02/2024 al 10/03/2024 ne sono stati conteggiati 2: 2 ÷ 4 = 0,5 a settimana.",
        "23 × 28 ÷ 2 = 322 giorni, arrotondati per eccesso: dal 10/03/2024 si arriva al 26/01/2025.",
        "A questo passo, raggiunta il26/01/2025",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }

    for number in 3..26 {
        let document = format!("YA00000{number:02}");
        server.serve(&document, "mi-1", &format!("2024-04-{number:02}")).await;
    }
    for (token, name, more) in [
        (server.of("carla", Role::Capofila), "SubmitReport", json!({})),
        (server.of("rita", Role::Region), "AcceptReport", json!({"on": "2024-05-10", "act": "D.d. 4"})),
    ] {
        let mut body = json!({"project": "j", "month": "2024-04"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let done = server.post(&format!("/v1/commands/{name}"), &token, body.to_string()).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    }
    server.serve("YA0000099", "mi-1", "2024-06-03").await;
    caught_up(&server).await;
    let reached = server.get("/milestone?project=j&on=2024-05-20", &server.auditor()).await;
    let text = plain(reached.text());
    for expected in [
        "raggiunta, da richiedere",
        "Cittadini necessari raggiunti il25/04/2024",
        "con i servizi dati fino al 25/04/2024",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("20/05/2024 si arriva") && !text.contains("A questo passo"), "{text}");
    assert!(text.contains("In attesa di un report accettato0"), "June has not come on that day: {text}");
    let june = server.get("/milestone?project=j&on=2024-06-30", &server.auditor()).await;
    assert!(plain(june.text()).contains("In attesa di un report accettato1"), "{}", june.text());
    for (on, rows) in [("2024-05-20", 0), ("2024-06-30", 1)] {
        let list = format!("project=j&milestone=M1&persons=waiting&on={on}");
        let opened = server.get(&format!("/conteggio/cittadini?{list}"), &server.auditor()).await;
        assert_eq!(opened.text().matches("<tr><th scope=\"row\">").count(), rows, "{}", opened.text());
        let answer = server.get(&format!("/v1/counting/persons?{list}"), &server.auditor()).await.json();
        assert_eq!(answer["items"].as_array().map(Vec::len), Some(rows), "{answer}");
    }
    assert!(june.text().contains("persons=waiting&#38;on=2024-06-30"), "{}", june.text());
    let alone = server.get("/v1/counting/persons?project=j&on=2024-06-30", &server.auditor()).await;
    assert_eq!(alone.code(), "Malformed");
    let now = server.get("/milestone?project=j", &server.of("carla", Role::Capofila)).await;
    let whole = "Tutto ciò che serve è raggiunto: 25 cittadini su 25 e 2 punti attivi su 2. La quota T2 si pagherebbe per intero.";
    assert!(now.text().contains(whole), "{}", now.text());
}
