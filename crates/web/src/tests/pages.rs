use super::*;

mod behind;
mod browser;

/// A server whose public numbers are those of every position.
async fn published() -> Server {
    Server::with(Limits { published_every: 1, ..Limits::default() }).await
}

/// A cell of a table, by its row's name and the column; the tags within it are left out.
fn cell(page: &str, row: &str, column: usize) -> String {
    let names = [format!("<th scope=\"row\">{row}</th>"), format!(">{row}</a></th>")];
    let from = names.iter().find_map(|name| page.find(name.as_str())).unwrap_or_else(|| panic!("no {row} in {page}"));
    let cells: Vec<&str> = page[from..].split("<td").skip(1).collect();
    plain(cells[column].split_once('>').unwrap().1.split_once("</td>").unwrap().0)
}

/// What is read of a piece of a page.
fn plain(inside: &str) -> String {
    let text: String = inside.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    text.trim().replace("&#60;", "<")
}

/// The rows of the waterfall: what is counted, the number, of what, and how far the bar is filled.
fn waterfall(page: &str) -> Vec<[String; 4]> {
    let table = page.split_once("<table class=\"waterfall\">").unwrap().1.split_once("</table>").unwrap().0;
    let rows = table.split("<th scope=\"row\">").skip(1).map(|row| {
        let (name, cells) = row.split_once("</th>").unwrap();
        let cells: Vec<&str> = cells.split("<td").skip(1).map(|cell| cell.split_once('>').unwrap().1).collect();
        let name = name.split(" <span").next().unwrap().to_owned();
        let filled = cells[2].split_once("value=\"").map_or("", |(_, bar)| bar.split('"').next().unwrap());
        [name, plain(cells[0]), plain(cells[1]), filled.to_owned()]
    });
    rows.collect()
}

/// The log's last position, once the tables have reached it.
async fn caught_up(server: &Server) -> u64 {
    let head = traccia_log::Log::head(&**server.app.application.log()).await.unwrap().0;
    let read = server.get(&format!("/v1/points?min_position={head}"), &server.auditor()).await;
    assert_eq!(read.status, StatusCode::OK);
    head
}

/// Nine persons: two in Varese, seven in Milano. The position of the last.
async fn nine_served(server: &Server) -> u64 {
    for number in 0..9 {
        let point = if number < 2 { "va-1" } else { "mi-1" };
        server.serve(&format!("AA000000{number}"), point, "2024-03-01").await;
    }
    caught_up(server).await
}

#[tokio::test]
async fn before_anything_the_page_says_which_command_begins() {
    let server = Server::start().await;
    let page = server.send(Request::get("/"), "").await;
    assert_eq!(page.status, StatusCode::OK);
    for text in ["Nessun programma", "traccia demo", "DefineProgramme"] {
        assert!(page.text().contains(text), "{text}");
    }
}

#[tokio::test]
async fn the_page_shows_numbers_and_hides_small_ones_from_the_public() {
    let server = published().await;
    server.set_up().await;
    nine_served(&server).await;
    let public = server.send(Request::get("/"), "").await;
    let page = public.text();
    assert_eq!(cell(page, "Varese", 0), "<5", "two persons");
    assert_eq!(cell(page, "Milano", 0), "ris.", "or the two would follow from the total");
    assert_eq!(cell(page, "Varese", 3), "0", "nought is no secret");
    assert!(page.contains("9 <span>su 100</span>"), "{page}");
    assert!(!page.contains("/conteggio"), "the public opens nothing");
    for text in ["M1", "scadenza passata", "1.000,01", "−0,01", "ris.</dt>", "n.d.</dt>", "in ordine alfabetico"] {
        assert!(page.contains(text), "{text}");
    }
    let exact = server.get("/?programme=p", &server.auditor()).await;
    assert_eq!((cell(exact.text(), "Varese", 0), cell(exact.text(), "Milano", 0)), ("2".to_owned(), "7".to_owned()));
    let capofila = server.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() });
    let own = server.get("/", &capofila).await;
    assert_eq!(cell(own.text(), "Varese", 0), "<5", "a project is not the programme");
    assert!(own.text().contains("<a href=\"/progetti/j\">"), "but its own page is one click away");
}

#[tokio::test]
async fn the_page_draws_bars_the_waterfall_and_when_it_is_true() {
    let server = published().await;
    server.set_up().await;
    nine_served(&server).await;
    server.serve("AA0000008", "mi-1", "2024-03-08").await;
    let (_, twice, _) = server.serve("AA0000007", "mi-1", "2024-03-08").await;
    server.command("VoidService", json!({"service": twice, "reason": "errore di registrazione"})).await;
    let head = caught_up(&server).await;
    let exact = server.get("/?programme=p", &server.auditor()).await;
    let page = exact.text();
    let rows = [
        ["Servizi registrati", "11", "servizi", "1000"],
        ["annullati", "−1", "servizi", "91"],
        ["Servizi validi", "10", "servizi", "909"],
        ["Cittadini distinti", "9", "cittadini", "1000"],
        ["Cittadini conteggiati", "9", "cittadini", "1000"],
    ];
    assert_eq!(waterfall(page), rows, "{page}");
    // The whole programme's bar, and a province's.
    for bar in [
        "value=\"90\" aria-label=\"Cittadini raggiunti: 9,0 %\"",
        "value=\"140\" aria-label=\"raggiunti su obiettivo: 14,0 %\"",
    ] {
        assert!(page.contains(&format!("<progress max=\"1000\" {bar}>")), "{bar}: {page}");
    }
    let log = server.app.application.log();
    let last = traccia_log::Log::at(&**log, traccia_domain::Position(head)).await.unwrap().unwrap();
    let when = crate::page::shown::italian::instant(last.commit.recorded_at);
    let truth =
        format!("Dati alla posizione <strong>{head}</strong> del registro, registrata il {when}: i più recenti.");
    assert!(page.contains(&truth), "{truth}: {page}");
}

#[tokio::test]
async fn a_province_that_the_plan_does_not_name_has_its_name_and_no_target() {
    let server = published().await;
    let mut without = programme();
    without.as_object_mut().unwrap().remove("provinces");
    without["id"] = "q".into();
    server.command("DefineProgramme", without).await;
    let application = json!({
        "project": "k", "programme": "q", "name": "Rete", "lead": {"name": "Comune"}, "award": "10.00",
        "targets": {"points": 1, "citizens": 1, "services": 1}, "provinces": ["SI"], "starts": "2024-01-01", "ends": "2025-12-31",
    });
    server.command("SubmitApplication", application).await;
    server.command("ApproveApplication", json!({"project": "k", "act": "DGR 2", "on": "2024-01-02"})).await;
    let mut point = open_point("si-1", "SI");
    point["project"] = "k".into();
    server.command("OpenPoint", point).await;
    caught_up(&server).await;
    let page = server.send(Request::get("/?programme=q"), "").await;
    let cells: Vec<String> = (0..6).map(|column| cell(page.text(), "Siena", column)).collect();
    assert_eq!(cells, ["0", "n.d.", "n.d.", "0", "0", "n.d."], "{}", page.text());
}

#[tokio::test]
async fn the_public_sees_published_positions_only_so_that_neighbours_cannot_be_compared() {
    let server = Server::with(Limits { published_every: 6, ..Limits::default() }).await;
    server.set_up().await;
    let last = nine_served(&server).await;
    let at = |position: u64| {
        let server = &server;
        async move { server.send(Request::get(format!("/?known_at={position}")), "").await }
    };
    for position in 1..=last {
        let page = at(position).await;
        let cut = position / 6 * 6;
        match cut {
            // Before the first there is nothing; at it, the programme.
            0 => assert_eq!(page.status, StatusCode::BAD_REQUEST),
            cut => assert!(page.text().contains(&format!("<strong>{cut}</strong>")), "{position}: {}", page.text()),
        }
    }
    let now = server.send(Request::get("/"), "").await;
    assert!(now.text().contains(&format!("<strong>{}</strong>", last / 6 * 6)), "nor is the newest shown");
    let exact = server.get("/", &server.auditor()).await;
    assert!(exact.text().contains(&format!("<strong>{last}</strong>")));
}

#[tokio::test]
async fn before_the_first_published_position_the_page_says_when_there_will_be_one() {
    let server = Server::start().await;
    server.set_up().await;
    caught_up(&server).await;
    let page = server.send(Request::get("/"), "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("ogni 2.500 posizioni") && page.text().contains("name=\"token\""), "{}", page.text());
}

#[tokio::test]
async fn a_page_goes_back_to_a_position_or_the_end_of_a_day() {
    let server = published().await;
    server.set_up().await;
    nine_served(&server).await;
    let before = server.get("/?programme=p&known_at=8", &server.auditor()).await;
    assert_eq!(cell(before.text(), "Milano", 0), "0");
    assert!(before.text().contains("com'erano allora"));
    assert!(before.text().contains("programme=p&#38;known_at=8"), "what it opens is true at the same position");
    let today = traccia_projections::answer::day_in_italy(Timestamp::now());
    let page = server.get(&format!("/?giorno={today}"), &server.auditor()).await;
    assert_eq!(cell(page.text(), "Milano", 0), "7", "today has no end yet: it is now");
    let tomorrow = today.tomorrow().unwrap();
    assert_eq!(server.get(&format!("/?giorno={tomorrow}"), &server.auditor()).await.status, StatusCode::BAD_REQUEST);
    let then = server.get("/?giorno=2020-01-01", &server.auditor()).await;
    assert_eq!(then.status, StatusCode::BAD_REQUEST);
    assert!(then.text().contains("non conteneva ancora il programma"), "{}", then.text());
}

#[tokio::test]
async fn what_a_page_cannot_show_it_says_in_italian() {
    let server = published().await;
    server.set_up().await;
    let head = caught_up(&server).await;
    for (path, status, text) in [
        ("/?programme=x".to_owned(), 404, "Il programma non esiste"),
        ("/?programme=X%20X".to_owned(), 400, "«programma» non va bene"),
        ("/?known_at=mai".to_owned(), 400, "è una posizione del registro"),
        ("/?giorno=ieri".to_owned(), 400, "è un giorno"),
        ("/?known_at=5&giorno=2024-01-01".to_owned(), 400, "non tutti e due"),
        (format!("/?known_at={}", head + 1), 400, "viene dopo"),
        ("/?known_at=2999-01-01T00:00:00Z".to_owned(), 400, "deve ancora venire"),
        ("/?known_at=1".to_owned(), 400, "non conteneva ancora il programma"),
        ("/?x=1".to_owned(), 400, "parametro che questa pagina non conosce"),
        ("/?known_at=5&known_at=6".to_owned(), 400, "due volte"),
    ] {
        let page = server.send(Request::get(&path), "").await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(page.text().contains(text), "{path}: {}", page.text());
        assert!(page.text().contains("<html lang=\"it\">"));
    }
}

#[tokio::test]
async fn a_path_that_is_not_there_is_a_page_for_browsers_and_a_problem_for_programs() {
    let server = Server::start().await;
    let page = server.send(Request::get("/nulla").header("accept", "text/html,*/*"), "").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("A questo indirizzo non c"), "{}", page.text());
    let signed_in = Request::get("/nulla")
        .header("accept", "text/html")
        .header("authorization", format!("Bearer {}", server.auditor()));
    assert!(server.send(signed_in, "").await.text().contains("action=\"/uscita\""), "whoever is signed in stays so");
    assert_eq!(server.send(Request::get("/nulla"), "").await.code(), "UnknownPath");
}

#[tokio::test]
async fn the_docs_list_operations_and_codes_without_markdown() {
    let server = Server::start().await;
    let page = server.send(Request::get("/docs"), "").await;
    for text in ["id=\"PointNotOpen\"", "/v1/commands/OpenPoint", "id=\"schema-OpenPoint\"", "min_position"] {
        assert!(page.text().contains(text), "{text}");
    }
    assert!(!page.text().contains("<script"));
    // What was marked in the code is rendered; the schemas for programs stay as they are published.
    let prose: String = page.text().split("<pre>").map(|part| part.split("</pre>").last().unwrap_or("")).collect();
    assert!(!prose.contains('`'), "{}", prose.split('`').nth(1).unwrap_or_default());
    assert!(prose.contains("<em>punto di facilitazione digitale</em>"));
}

/// Tables say what they are and what their columns are, fields have labels, ids are unique.
#[tokio::test]
async fn every_page_can_be_read_aloud() {
    let server = published().await;
    server.set_up().await;
    nine_served(&server).await;
    for path in [
        "/",
        "/programmi/p",
        "/progetti/j",
        "/punti/mi-1",
        "/punti?project=j",
        "/conteggio?project=j",
        "/caricamenti",
        "/accesso",
    ] {
        let page = server.get(path, &server.admin()).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
        let text = page.text();
        assert_eq!(text.matches("<table").count(), text.matches("<caption").count(), "{path}");
        assert!(!text.contains("<th>"), "{path}: every header says its scope");
        assert_eq!(text.matches("<h1").count(), 1, "{path}");
        let ids: Vec<&str> = text.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{path}: {ids:?}");
        for labelled in text.split("aria-labelledby=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(ids.contains(&labelled), "{path}: {labelled} labels nothing");
        }
        for label in text.split("<label for=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(ids.contains(&label), "{path}: {label}");
        }
        assert!(!text.contains("<script") && !text.contains("style=\""), "{path}");
    }
}
