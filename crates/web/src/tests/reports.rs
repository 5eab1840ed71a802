//! Monthly reports: submitted by the partnership, accepted by the Region, read, printed.

mod due;

use super::*;

impl Server {
    fn carla(&self) -> String {
        self.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() })
    }

    fn rita(&self) -> String {
        self.token(Role::Region, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() })
    }

    /// A step that nothing speaks against; its position.
    async fn step(&self, token: &str, name: &str, month: &str, more: Value) -> u64 {
        let answered = self.asked_of(token, name, month, more).await;
        assert_eq!(answered.status, StatusCode::OK, "{name}: {}", answered.text());
        answered.json()["position"].as_u64().unwrap()
    }

    async fn asked_of(&self, token: &str, name: &str, month: &str, more: Value) -> Answered {
        let mut body = json!({"project": "j", "month": month});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(&format!("/v1/commands/{name}"), token, body.to_string()).await
    }

    async fn accepted(&self, month: &str) -> u64 {
        self.step(&self.carla(), "SubmitReport", month, json!({})).await;
        self.step(&self.rita(), "AcceptReport", month, json!({"on": "2024-04-20", "act": "D.d.s. 5"})).await
    }
}

#[tokio::test]
async fn a_report_is_submitted_accepted_and_read() {
    let server = Server::start().await;
    server.set_up().await;
    let (_, service, _) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let obstacles = json!({"obstacles": "Una sede chiusa"});
    let submitted = server.step(&server.carla(), "SubmitReport", "2024-03", obstacles).await;
    server.serve("AA0000002", "mi-1", "2024-03-02").await;
    let act = json!({"on": "2024-04-20", "act": "D.d.s. 5"});
    let accepted = server.step(&server.rita(), "AcceptReport", "2024-03", act).await;
    let (_, late, position) = server.serve("AA0000003", "va-1", "2024-03-03").await;

    let read = server.get(&format!("/v1/reports/j/2024-03?min_position={position}"), &server.carla()).await.json();
    assert_eq!((read["state"].as_str(), read["obstacles"].as_str()), (Some("accepted"), Some("Una sede chiusa")));
    assert_eq!((read["content"]["position"].as_u64(), read["submitted"].as_u64()), (Some(submitted), Some(submitted)));
    assert_eq!(read["content"]["bridge"]["citizens"], 1, "what came after the submission is not in it");
    assert_eq!(read["acceptances"][0]["at"], accepted);
    assert_eq!(read["acceptances"][0]["far_apart"], true, "the act is years old");
    let text = server.get("/v1/reports/j/2024-03", &server.carla()).await;
    let from = text.text().find("\"content\":").unwrap() + "\"content\":".len();
    let upto = text.text().find(",\"content_hash\"").unwrap();
    let hash = traccia_domain::Hash::of(&text.body[from..upto]).to_string();
    assert_eq!(read["content_hash"], hash, "anybody can take the hash of the text as it is served");

    let next = server.get("/v1/reports/j/2024-04", &server.carla()).await.json();
    assert_eq!(next["content"]["adjustments"]["late"], 2);
    let of = async |service: &str| server.get(&format!("/v1/services/{service}"), &server.carla()).await.json();
    let first = of(&service).await;
    assert_eq!((first["late"].as_bool(), first["accepted"]["month"].as_str()), (Some(false), Some("2024-03")));
    let last = of(&late).await;
    assert_eq!((last["late"].as_bool(), last["accepted"].as_str()), (Some(true), None));
    let before = server.get(&format!("/v1/reports/j/2024-03?known_at={}", submitted - 1), &server.auditor()).await;
    assert_eq!(before.json()["state"], "open");
}

#[tokio::test]
async fn an_act_dated_before_its_report_was_submitted_is_something_to_look_at_first() {
    let server = Server::start().await;
    server.set_up().await;
    server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let position = server.accepted("2024-03").await;
    let path = format!("/v1/findings?programme=p&kind=early_act&min_position={position}");
    let found = server.get(&path, &server.auditor()).await.json();
    let one = &found["items"][0];
    assert_eq!((&one["id"], &one["about"]), (&json!("early_act.j.2024-03"), &json!("report")), "{found}");
    assert_eq!((&one["month"], &one["position"]), (&json!("2024-03"), &json!(position)));
    // The cut-off of 30 January 2025 lies between the act and the day of this test.
    assert_eq!((&one["services"], &one["units"], &one["counts"]), (&json!(1), &json!(1), &json!("days")), "{found}");
    let behind = server.get("/v1/findings/services?finding=early_act.j.2024-03", &server.auditor()).await.json();
    assert_eq!(behind["items"].as_array().unwrap().len(), 1);
    let page = server.get("/segnalazioni?kind=early_act", &server.auditor()).await;
    for text in ["atto anteriore al report", "/rendicontazione/j/2024-03", "giorni (soglia 0)"] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
}

#[tokio::test]
async fn the_list_has_every_month_and_says_what_is_overdue() {
    let server = Server::start().await;
    server.set_up().await;
    let window = json!({"programme": "p", "month": "2024-02", "until": "2024-04-30", "act": "D.d.s. 1"});
    server.command("SetReportingWindow", window).await;
    let position = server.accepted("2024-01").await;
    let list = format!("/v1/reports?project=j&on=2024-04-20&min_position={position}");
    let answered = server.get(&list, &server.carla()).await.json();
    let told = |item: &Value| format!("{} {} {} {}", item["month"], item["state"], item["due_on"], item["overdue"]);
    let told: Vec<String> = answered["items"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(
        told.join("\n").replace('"', ""),
        "2024-01 accepted 2024-02-15 false\n2024-02 open 2024-04-30 false\n2024-03 open 2024-04-15 true\n2024-04 open \
         2024-05-15 false"
    );
    let request = Request::get(format!("{list}&overdue=true")).header("accept", "text/csv");
    let csv = server.send(request.header("authorization", format!("Bearer {}", server.rita())), "").await;
    assert!(csv.text().lines().nth(1).unwrap().starts_with("j,p,2024-03,open,2024-04-15,"), "{}", csv.text());
    assert_eq!(csv.text().lines().count(), 2);
    let first = server.get(&format!("{list}&limit=2"), &server.carla()).await.json();
    let next = first["next"].as_str().unwrap();
    let rest = server.get(&format!("{list}&limit=2&after={next}"), &server.carla()).await.json();
    assert_eq!((rest["items"][0]["month"].as_str(), rest["next"].as_str()), (Some("2024-03"), None));
}

#[tokio::test]
async fn what_is_wrong_with_a_step_is_said_with_its_code_and_field() {
    let server = Server::start().await;
    server.set_up().await;
    let (carla, rita, admin) = (server.carla(), server.rita(), server.admin());
    let act = |on: &str| json!({"on": on, "act": "D.d.s. 5"});
    let refused = async |token: &str, name: &str, month: &str, more: Value| {
        let answered = server.asked_of(token, name, month, more).await;
        let pointer = answered.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned();
        (answered.status.as_u16(), answered.code(), pointer)
    };
    let said = |status, code: &str, pointer: &str| (status, code.to_owned(), pointer.to_owned());
    assert_eq!(refused(&carla, "SubmitReport", "2024-13", json!({})).await, said(400, "Malformed", "/month"));
    assert_eq!(refused(&carla, "SubmitReport", "2024-3", json!({})).await, said(400, "Malformed", "/month"));
    let long = json!({"obstacles": "x".repeat(2_001)});
    assert_eq!(refused(&carla, "SubmitReport", "2024-03", long).await, said(400, "Malformed", "/obstacles"));
    let named = json!({"obstacles": "chiamare il 333 1234567"});
    assert_eq!(refused(&carla, "SubmitReport", "2024-03", named).await, said(400, "Malformed", "/obstacles"));
    assert_eq!(refused(&carla, "SubmitReport", "2023-12", json!({})).await, said(422, "OutsideProject", "/month"));
    assert_eq!(refused(&rita, "AcceptReport", "2024-03", act("2024-04-20")).await, said(409, "WrongState", ""));
    let unknown = json!({"project": "x", "month": "2024-03"}).to_string();
    let unknown = server.post("/v1/commands/SubmitReport", &admin, unknown).await;
    assert_eq!((unknown.status.as_u16(), unknown.code().as_str()), (404, "UnknownProject"));
    server.step(&admin, "SubmitReport", "2024-03", json!({})).await;
    assert_eq!(refused(&admin, "AcceptReport", "2024-03", act("2024-04-20")).await, said(422, "SameActor", ""));
    assert_eq!(refused(&rita, "AcceptReport", "2024-03", act("2999-04-20")).await, said(422, "InTheFuture", "/on"));
    assert_eq!(refused(&rita, "AcceptReport", "2024-03", act("2024-04-31")).await, said(400, "Malformed", "/on"));
    let nameless = json!({"on": "2024-04-20", "act": " "});
    assert_eq!(refused(&rita, "AcceptReport", "2024-03", nameless).await, said(422, "Invalid", "/act"));
    assert_eq!(refused(&carla, "SubmitReport", "2024-03", json!({})).await, said(409, "WrongState", ""));
    assert_eq!(refused(&rita, "ReopenReport", "2024-03", json!({"reason": "r"})).await, said(409, "WrongState", ""));
    for (path, status, code, pointer) in [
        ("/v1/reports/j/2024-13", 400, "Malformed", "/month"),
        ("/v1/reports/J!/2024-03", 400, "Malformed", "/project"),
        ("/v1/projects/J!", 400, "Malformed", "/id"),
        ("/v1/reports?state=late", 400, "Malformed", "/state"),
        ("/v1/reports/j/2023-12", 404, "UnknownReport", ""),
        ("/v1/reports/x/2024-03", 404, "UnknownReport", ""),
        ("/v1/reports?project=x", 404, "UnknownProject", ""),
        ("/v1/reports?month=2024-03", 400, "Malformed", ""),
    ] {
        let mark = if path.contains('?') { '&' } else { '?' };
        let answered = server.get(&format!("{path}{mark}min_position=9"), &admin).await;
        let blamed = answered.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answered.status.as_u16(), answered.code().as_str(), &*blamed), (status, code, pointer), "{path}");
    }
}

const STEPS: &str = "/rendicontazione/j/2024-03";

fn form(path: &str, token: &str) -> request::Builder {
    Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("host", "127.0.0.1:8172")
        .header("sec-fetch-site", "same-origin")
        .header("authorization", format!("Bearer {token}"))
}

/// What a page's form says of the latest submission.
fn shown(page: &str) -> String {
    let from = page.find("name=\"submitted\" value=\"").unwrap() + "name=\"submitted\" value=\"".len();
    page[from..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_browser_takes_each_step_of_a_report() {
    let server = Server::start().await;
    server.set_up().await;
    server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let (carla, rita) = (server.carla(), server.rita());
    let send = async |token: &str, body: String| server.send(form(STEPS, token), body).await;
    let done = async |token: &str, body: String| {
        let answered = send(token, body.clone()).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{body}: {}", answered.text());
        assert_eq!(answered.headers["location"], STEPS);
        server.get(STEPS, token).await.text().to_owned()
    };
    let head = async || traccia_log::Log::head(&**server.app.application.log()).await.unwrap().0;
    server.get(&format!("/v1/points?min_position={}", head().await), &carla).await;

    let page = server.get(STEPS, &carla).await;
    assert!(page.text().contains("Presenta il report") && !page.text().contains("Accetta:"), "{}", page.text());
    assert!(!server.get(STEPS, &server.auditor()).await.text().contains("<form method=\"post\" action=\"/rend"));
    let page =
        done(&carla, format!("step=submit&submitted={}&obstacles=Sede+chiusa%0D%0Aa+lungo", shown(page.text()))).await;
    assert!(page.contains("presentato, attende la Regione") && page.contains("Sede chiusa\na lungo"), "{page}");

    let page = server.get(STEPS, &rita).await;
    let first = shown(page.text());
    assert!(page.text().contains("Accetta:") && !page.text().contains("Presenta il report"), "{}", page.text());
    let page = done(&rita, format!("step=return&submitted={first}&reason=manca+una+sede")).await;
    assert!(page.contains("restituito, da ripresentare") && page.contains("«manca una sede»"), "{page}");
    done(&carla, format!("step=submit&submitted={first}&obstacles=")).await;
    let stale = send(&rita, format!("step=accept&submitted={first}&act=DDS+5&on=2024-04-20")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "the page showed the report that was returned");
    let second = shown(server.get(STEPS, &rita).await.text());
    assert_ne!(first, second);

    let accept = format!("step=accept&submitted={second}&act=DDS+5&on=2024-04-20");
    let page = done(&rita, accept.clone()).await;
    for text in ["accettato", "DDS 5", "20/04/2024", "più di 30 giorni", "Riapri il mese"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let before = head().await;
    done(&rita, accept).await;
    assert_eq!(head().await, before, "a second click is answered as the first");
    let page = done(&rita, format!("step=reopen&submitted={second}&reason=servizi+tardivi")).await;
    assert!(page.contains("riaperto, da ripresentare"), "{page}");
    assert!(server.get("/rendicontazione?project=j", &carla).await.text().contains("DDS 5"), "it takes none back");

    let before = head().await;
    for body in [
        "step=submit".to_owned(),
        "step=pay&submitted=0".to_owned(),
        format!("step=reopen&submitted={second}&reason=chiamare+333+1234567"),
        format!("step=accept&submitted={second}&act=DDS+5&on=ieri"),
    ] {
        assert_eq!(send(&rita, body.clone()).await.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let mut elsewhere = form(STEPS, &carla);
    elsewhere.headers_mut().unwrap().insert("sec-fetch-site", "cross-site".parse().unwrap());
    let answered = server.send(elsewhere, "step=submit&submitted=0").await;
    assert_eq!(answered.status, StatusCode::FORBIDDEN);
    let answered = send(&carla, format!("step=reopen&submitted={second}&reason=r")).await;
    assert_eq!(answered.status, StatusCode::FORBIDDEN, "the Region reopens");
    assert_eq!(head().await, before, "nothing was written");
}

#[tokio::test]
async fn a_report_is_a_document_that_people_sign() {
    let server = Server::start().await;
    server.set_up().await;
    let (_, _, position) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    server.get(&format!("/v1/points?min_position={position}"), &server.carla()).await;
    let draft = server.get("/report/j/2024-03/stampa", &server.carla()).await;
    let position = server.accepted("2024-03").await;
    server.serve("AA0000002", "mi-1", "2024-03-02").await;
    let read = server.get(&format!("/v1/reports/j/2024-03?min_position={position}"), &server.carla()).await.json();
    assert!(draft.text().contains("Bozza"), "{}", draft.text());
    let page = server.get("/report/j/2024-03/stampa", &server.carla()).await;
    let hash = read["content_hash"].as_str().unwrap();
    for text in ["marzo 2024", "Comune", hash, "Firma", "Per la Regione", "/style.css", "?scarica=1"] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    assert!(!page.text().contains("Bozza"));
    let file = server.get("/report/j/2024-03/stampa?scarica=1", &server.carla()).await;
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"report-j-2024-03.html\"");
    assert!(file.text().contains("<style>") && !file.text().contains("/style.css"), "it stands by itself");
    assert!(file.text().contains(hash) && file.text().starts_with("<!doctype html>"), "{}", file.text());
}

#[tokio::test]
async fn the_page_of_a_service_says_which_report_took_it_in() {
    let server = Server::start().await;
    server.set_up().await;
    let (_, service, _) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    server.accepted("2024-03").await;
    let (_, late, position) = server.serve("AA0000002", "mi-1", "2024-03-02").await;
    server.get(&format!("/v1/points?min_position={position}"), &server.carla()).await;
    let page = server.get(&format!("/servizi/{service}"), &server.carla()).await;
    assert!(page.text().contains("accettato con il report di marzo 2024, atto del 20/04/2024"), "{}", page.text());
    assert!(page.text().contains("href=\"/rendicontazione/j/2024-03\""));
    let page = server.get(&format!("/servizi/{late}"), &server.carla()).await;
    assert!(page.text().contains("registrato a mese chiuso, non ancora accettato"), "{}", page.text());
    let desk = server.token(Role::Facilitator, Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() });
    let page = server.get(&format!("/servizi/{service}"), &desk).await;
    assert!(!page.text().contains("/rendicontazione"), "a facilitator sees no report: {}", page.text());
}

/// The figures of a page that open a list of services or citizens: what each says, and where it leads.
fn opening(page: &str) -> Vec<(u64, String)> {
    let links = page.split("<a href=\"").skip(1).filter_map(|rest| rest.split_once("\">"));
    let lists = links.filter(|(to, _)| to.starts_with("/conteggio/"));
    let figures = lists.filter_map(|(to, text)| {
        let text = text.split("</a>").next().unwrap().trim_start_matches(['+', '\u{2212}']);
        Some((text.parse().ok()?, to.replace("&#38;", "&")))
    });
    figures.collect()
}

#[tokio::test]
async fn every_figure_of_a_report_opens_into_as_many_as_it_says() {
    let server = Server::start().await;
    server.set_up().await;
    let (citizen, voided, _) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    server.serve("AA0000002", "va-1", "2024-03-02").await;
    let mut reception = service(&citizen, "mi-1", "2024-03-03");
    reception["kind"] = json!("reception");
    server.command("RecordService", reception).await;
    server.accepted("2024-03").await;
    server.serve("AA0000003", "mi-1", "2024-03-05").await;
    server.serve("AA0000004", "mi-1", "2024-04-02").await;
    server.command("VoidService", json!({"service": voided, "reason": "errore di registrazione"})).await;
    let submitted = server.step(&server.carla(), "SubmitReport", "2024-04", json!({})).await;
    // What comes later changes neither the report nor what is behind it.
    let (_, _, position) = server.serve("AA0000005", "mi-1", "2024-04-03").await;
    server.get(&format!("/v1/points?min_position={position}"), &server.carla()).await;

    let page = server.get("/rendicontazione/j/2024-04", &server.carla()).await;
    let figures = opening(page.text());
    let of = |line: &str| {
        let found = figures.iter().find(|(_, to)| to.contains(&format!("persons={line}&"))).map(|(figure, _)| *figure);
        found.unwrap_or_else(|| panic!("{line} opens nothing: {}", page.text()))
    };
    assert_eq!(["previous", "new", "adjusted", "lost", "counted", "first_seen"].map(of), [2, 1, 1, 1, 3, 1]);
    assert!(page.text().contains(">+1</a>") && page.text().contains(">−1</a>"), "{}", page.text());
    let named = |part: &str| {
        let found = figures.iter().filter(|(_, to)| to.contains(part));
        found.map(|(figure, _)| *figure).collect::<Vec<_>>()
    };
    assert_eq!(named("adjustment=late"), [1, 1], "of March, all and valid");
    assert_eq!(named("adjustment=voided"), [1]);
    assert_eq!([named("&persons=counted&through=2024-04-30"), named("&since=2024-01-31")], [[3], [3]], "forecast");
    assert!(page.text().contains("3 × 245 ÷ 91, arrotondato per difetto"), "{}", page.text());
    assert_eq!(figures.len(), 6 + 2 * 7 + 2 + 1 + 2, "the bridge, services of every kind, adjustments, forecast");
    for (figure, to) in
        figures.iter().chain(&opening(server.get("/rendicontazione/j/2024-03", &server.carla()).await.text()))
    {
        let list = server.get(to, &server.carla()).await;
        assert_eq!(list.status, StatusCode::OK, "{to}: {}", list.text());
        assert_eq!(list.text().matches("<tr><th scope=\"row\">").count() as u64, *figure, "{to}");
        assert!(!to.contains("2024-04") || to.ends_with(&format!("known_at={submitted}")), "{to}");
    }
    let path = format!("/punti?project=j&#38;on=2024-04-30&#38;known_at={submitted}");
    assert!(page.text().contains(&path), "{}", page.text());
    let points = server.get(&path.replace("&#38;", "&"), &server.carla()).await;
    assert!(points.text().contains("Punti aperti il 30/04/2024: 2 su 2 contavano"), "{}", points.text());
    let before = server.get("/punti?project=j&on=2024-01-09", &server.carla()).await;
    assert!(before.text().contains("Punti aperti il 09/01/2024: 0 su 0 contavano"), "{}", before.text());

    let quiet = server.get("/rendicontazione/j/2024-02", &server.carla()).await;
    assert!(!quiet.text().contains("+0<") && !quiet.text().contains("−0<"), "nought has no sign: {}", quiet.text());
    let last = server.get("/rendicontazione/j/2025-12", &server.carla()).await;
    assert!(last.text().contains("non restano altri giorni"), "the project ends with it: {}", last.text());
    let treasurer = server.token(Role::Treasurer, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() });
    let theirs = server.get("/rendicontazione/j/2024-04", &treasurer).await;
    assert!(theirs.status == StatusCode::OK && !theirs.text().contains("/conteggio/"), "{}", theirs.text());
}

#[tokio::test]
async fn the_lists_behind_a_report_are_read_by_programs_too() {
    let server = Server::start().await;
    server.set_up().await;
    server.serve("AA0000001", "mi-1", "2024-03-01").await;
    server.accepted("2024-03").await;
    let (_, _, position) = server.serve("AA0000002", "mi-1", "2024-03-02").await;
    let read =
        async |path: &str| server.get(&format!("/v1/counting/{path}&min_position={position}"), &server.carla()).await;
    for (path, expected) in [
        ("persons?project=j&report=2024-03&persons=new", 1),
        ("persons?project=j&report=2024-04&persons=previous", 1),
        ("persons?project=j&report=2024-04&persons=lost", 0),
        ("persons?project=j&milestone=M1&persons=counted", 1),
        ("persons?project=j&milestone=M1&persons=waiting", 1),
        ("persons?project=j&since=2024-03-02", 1),
        ("services?project=j&kind=individual_facilitation&through=2024-03-01", 1),
        ("services?project=j&kind=reception", 0),
        ("services?project=j&report=2024-04&adjustment=late", 1),
        ("services?project=j&report=2024-04&adjustment=late&judged=voided", 0),
        ("services?project=j&report=2024-04&adjustment=voided", 0),
    ] {
        let found = read(path).await.json();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(expected), "{path}: {found}");
    }
    for (path, code) in [
        ("persons?project=j&report=2024-03&persons=distinct", "Malformed"),
        ("persons?project=j&report=marzo", "Malformed"),
        ("persons?project=j&report=2024-03&milestone=M1", "Malformed"),
        ("persons?project=j&report=2024-03&since=2024-03-01", "Malformed"),
        ("persons?programme=p&milestone=M1", "Malformed"),
        ("persons?project=j&milestone=M9", "UnknownMilestone"),
        ("persons?project=j&report=2023-03", "UnknownReport"),
        ("services?project=j&kind=prova", "Malformed"),
        ("services?project=j&report=2024-04", "Malformed"),
        ("services?project=j&adjustment=late", "Malformed"),
        ("services?project=j&report=2024-04&adjustment=lost", "Malformed"),
        ("services?project=j&report=aprile&adjustment=late", "Malformed"),
        ("services?programme=p&report=2024-04&adjustment=late", "Malformed"),
        ("services?project=j&report=2023-04&adjustment=late", "UnknownReport"),
    ] {
        assert_eq!(read(path).await.code(), code, "{path}");
    }
}
