//! A browser signs in, uploads and signs out; other sites do nothing in its name.

mod italian;
mod milestones;
mod money;
mod refused;
mod release;
mod tranches;
mod walk;
mod writing;

use super::*;
use crate::tests::importing::{file, row};

const HERE: (&str, &str) = ("host", "127.0.0.1:8172");
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

fn form(path: &str) -> request::Builder {
    let post = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    post.header(HERE.0, HERE.1).header(OWN.0, OWN.1)
}

impl Server {
    /// The cookie a browser gets for a token.
    async fn signed_in(&self, token: &str) -> String {
        let answered = self.send(form("/accesso"), format!("token={token}&poi=/caricamenti")).await;
        assert_eq!(
            (answered.status, &answered.headers["location"]),
            (StatusCode::SEE_OTHER, &"/caricamenti".parse().unwrap())
        );
        let kept = answered.headers["set-cookie"].to_str().unwrap();
        assert!(kept.contains("HttpOnly") && kept.contains("SameSite=Strict"), "{kept}");
        kept.split(';').next().unwrap().to_owned()
    }

    async fn browse(&self, path: &str, cookie: &str) -> Answered {
        self.send(Request::get(path).header(HERE.0, HERE.1).header("cookie", cookie), "").await
    }

    async fn upload(&self, cookie: &str, parts: &str) -> Answered {
        self.upload_to("/caricamenti", cookie, parts).await
    }

    async fn upload_to(&self, path: &str, cookie: &str, parts: &str) -> Answered {
        let request = Request::post(path)
            .header(HERE.0, HERE.1)
            .header(OWN.0, OWN.1)
            .header("cookie", cookie)
            .header("content-type", "multipart/form-data; boundary=x");
        self.send(request, format!("{parts}--x--\r\n")).await
    }
}

fn chosen(text: &str) -> String {
    format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{text}\r\n")
}

const TRIAL: &str = "--x\r\nContent-Disposition: form-data; name=\"prova\"\r\n\r\n1\r\n";

#[tokio::test]
async fn a_browser_that_signs_in_sees_exactly_until_it_signs_out() {
    let server = published().await;
    server.set_up().await;
    nine_served(&server).await;
    let cookie = server.signed_in(&server.auditor()).await;
    let page = server.browse("/", &cookie).await;
    assert_eq!(cell(page.text(), "Varese", 0), "2");
    assert!(page.text().contains("auditor (revisione)"), "{}", page.text());
    let left = server.send(form("/uscita").header("cookie", &cookie), "").await;
    let forgotten = left.headers["set-cookie"].to_str().unwrap();
    assert!(forgotten.starts_with("traccia=;") && forgotten.contains("Max-Age=0"), "{forgotten}");
    assert_eq!(cell(server.browse("/", "traccia=").await.text(), "Varese", 0), "<5");
}

#[tokio::test]
async fn the_api_takes_no_cookie() {
    let server = Server::start().await;
    let cookie = server.signed_in(&server.admin()).await;
    assert_eq!(server.browse("/v1/points", &cookie).await.status, StatusCode::UNAUTHORIZED);
    let post = Request::post("/v1/commands/DefineProgramme").header("cookie", &cookie);
    assert_eq!(server.send(post, programme().to_string()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_that_is_none_is_not_kept() {
    let (server, other) = (Server::start().await, Server::start().await);
    for token in ["", "nonsense", &other.admin()] {
        let answered = server.send(form("/accesso"), format!("token={token}")).await;
        assert_eq!(answered.status, StatusCode::UNAUTHORIZED);
        assert!(!answered.headers.contains_key("set-cookie"));
        assert!(answered.text().contains("non è di questa installazione"), "{}", answered.text());
        assert!(token.is_empty() || !answered.text().contains(token), "it is not repeated");
    }
    let points = (0..400).map(|number| format!("punto-{number}").parse().unwrap()).collect();
    let long = server.token(Role::Facilitator, Scope { points, ..Scope::default() });
    let answered = server.send(form("/accesso"), format!("token={long}")).await;
    assert!(answered.text().contains("troppo lungo") && !answered.headers.contains_key("set-cookie"));
    let lapsed = server.browse("/", &format!("traccia={}", other.admin())).await;
    assert_eq!(lapsed.status, StatusCode::OK);
    assert!(lapsed.text().contains("è scaduto"), "{}", lapsed.text());
}

#[tokio::test]
async fn beyond_this_machine_the_cookie_is_for_https_alone() {
    let server = Server::start().await;
    let post = Request::post("/accesso")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("host", "traccia.example")
        .header("origin", "https://traccia.example");
    let answered = server.send(post, format!("token={}", server.admin())).await;
    let kept = answered.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(kept.starts_with("__Host-traccia=") && kept.ends_with("; Secure"), "{kept}");
}

#[tokio::test]
async fn forms_of_other_sites_do_nothing() {
    let server = Server::start().await;
    server.set_up().await;
    let cookie = server.signed_in(&server.admin()).await;
    let head = traccia_log::Log::head(&**server.app.application.log()).await.unwrap();
    for path in [
        "/accesso",
        "/uscita",
        "/caricamenti",
        "/spese",
        "/spese/dichiarazioni",
        "/servizi/00000000000000000000000000000000",
        "/regis",
        "/milestone",
        "/erogazioni/esiti",
        "/erogazioni/passi",
    ] {
        for foreign in
            [("sec-fetch-site", "cross-site"), ("origin", "https://elsewhere.example"), ("x-nothing", "said")]
        {
            let post =
                Request::post(path).header(HERE.0, HERE.1).header("cookie", &cookie).header(foreign.0, foreign.1);
            let kind = if ["/caricamenti", "/regis", "/erogazioni/esiti"].contains(&path) {
                "multipart/form-data; boundary=x"
            } else {
                "application/x-www-form-urlencoded"
            };
            let body = format!("{}--x--\r\n", chosen(&file(&[row("AA0000001", "mi-1", "2024-03-01")])));
            let answered = server.send(post.header("content-type", kind), body).await;
            assert_eq!(answered.status, StatusCode::FORBIDDEN, "{path} {foreign:?}: {}", answered.text());
            assert!(!answered.headers.contains_key("set-cookie"), "{path}");
        }
    }
    assert_eq!(traccia_log::Log::head(&**server.app.application.log()).await.unwrap(), head);
}

#[tokio::test]
async fn a_month_is_uploaded_from_a_browser_first_as_a_trial() {
    let server = Server::start().await;
    server.set_up().await;
    let capofila = server.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() });
    let cookie = server.signed_in(&capofila).await;
    assert!(server.browse("/caricamenti", &cookie).await.text().contains("type=\"file\""));
    let mut rows: Vec<String> = (0..9).map(|number| row(&format!("AA000000{number}"), "mi-1", "2024-03-01")).collect();
    rows.push(row("AA0000099", "zz-9", "2024-03-01"));
    let head = traccia_log::Log::head(&**server.app.application.log()).await.unwrap();

    let tried = server.upload(&cookie, &format!("{TRIAL}{}", chosen(&file(&rows)))).await;
    assert_eq!(tried.status, StatusCode::SEE_OTHER, "{}", tried.text());
    let report = server.browse(tried.headers["location"].to_str().unwrap(), &cookie).await;
    assert!(report.text().contains("Esito della prova"), "{}", report.text());
    assert_eq!(
        (cell(report.text(), "Sarebbero registrate", 0), cell(report.text(), "Scartate", 0)),
        ("9".into(), "1".into())
    );
    assert_eq!(traccia_log::Log::head(&**server.app.application.log()).await.unwrap(), head, "nothing was written");

    let sent = server.upload(&cookie, &chosen(&file(&rows))).await;
    let path = sent.headers["location"].to_str().unwrap().to_owned();
    let report = server.browse(&path, &cookie).await;
    assert_eq!(cell(report.text(), "Servizi registrati", 0), "9");
    let again = server.upload(&cookie, &chosen(&file(&rows))).await;
    let again = server.browse(again.headers["location"].to_str().unwrap(), &cookie).await;
    assert!(again.text().contains("Nessuna riga ha aggiunto un servizio"), "{}", again.text());
    let rejected = server.browse(&format!("{path}/scartate"), &cookie).await;
    assert_eq!(rejected.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(rejected.text().lines().count(), 2);
    assert!(report.text().contains(&format!("{path}/scartate")));

    let other = server
        .signed_in(&server.token(Role::Region, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() }))
        .await;
    assert_eq!(server.browse(&path, &other).await.status, StatusCode::OK, "it touched the Region's programme alone");
    assert_eq!(server.browse("/caricamenti", &other).await.status, StatusCode::FORBIDDEN);
    assert_eq!(server.upload(&other, &chosen(&file(&rows))).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_file_that_is_refused_says_why_in_italian() {
    let server = Server::start().await;
    server.set_up().await;
    let cookie = server.signed_in(&server.admin()).await;
    let unchosen = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n".to_owned();
    for (parts, text) in [
        (unchosen, "Non è stato scelto un file."),
        (chosen(""), "Il file è vuoto."),
        (chosen("a,b\n1,2\n"), "La colonna 1 dell&#39;intestazione dovrebbe essere IDFacilitatore."),
        (
            chosen(&file(&[]).replace(',', ";")),
            "Le colonne sono separate da punti e virgola e devono esserlo da virgole",
        ),
        (
            chosen(&format!("{},ES7", file(&[]).trim_end())),
            "ha più di 33 colonne: dopo ES6 non ce ne devono essere altre",
        ),
        (chosen(&file(&[])), "Il file ha solo l&#39;intestazione"),
    ] {
        let answered = server.upload(&cookie, &parts).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{}", answered.text());
        assert!(answered.text().contains(text), "{text}: {}", answered.text());
    }
    let wrong = [row("AA0000001", "mi-1", "2024-03-01"), row("AA0000002", "zz-9", "2024-03-01")];
    let answered = server.upload(&cookie, &chosen(&file(&wrong))).await;
    let report = server.browse(answered.headers["location"].to_str().unwrap(), &cookie).await;
    assert!(report.text().contains("Troppe righe sono errate"), "{}", report.text());
}
