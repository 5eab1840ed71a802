//! The first page says what is to be reported next, and what is due.

use super::*;

#[tokio::test]
async fn whoever_signs_in_is_told_what_to_report_next_and_what_is_due() {
    let server = Server::with(Limits { published_every: 1, ..Limits::default() }).await;
    server.set_up().await;
    let position = server.accepted("2024-01").await;
    server.get(&format!("/v1/points?min_position={position}"), &server.carla()).await;
    let page = server.get("/", &server.carla()).await;
    let (from, text) = (page.text().find("da-fare").unwrap(), page.text());
    let waits = &text[from..text[from..].find("</section>").unwrap() + from];
    let first = waits.find("/rendicontazione/j/2024-02\">febbraio 2024</a>").unwrap_or_else(|| panic!("{waits}"));
    assert!(first < waits.find("/rendicontazione/j/2024-03").unwrap() && !waits.contains("/j/2024-01"), "{waits}");
    assert!(waits.contains("entro il 15/03/2024 <span class=\"tag\">in ritardo</span>"), "{waits}");
    // 23 months of a project that ended in 2025, and the tenth that the approval releases.
    for text in ["/rendicontazione?overdue=true\">23</a>", "/erogazioni?state=due\">1</a>, per 100,00 €"] {
        assert!(waits.contains(text), "{text}: {waits}");
    }
    let late = server.get("/rendicontazione?overdue=true", &server.carla()).await;
    assert_eq!(late.text().matches("class=\"tag\">in ritardo").count(), 23, "{}", late.text());
    let due = server.get("/erogazioni?state=due", &server.carla()).await;
    assert_eq!(due.text().matches(": esigibile</h2>").count(), 1, "{}", due.text());

    let desk = server.token(Role::Facilitator, Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() });
    assert!(!server.get("/", &desk).await.text().contains("da-fare"), "nothing of it is theirs to see");
    let public = server.send(Request::get("/"), "").await;
    assert!(public.status == StatusCode::OK && !public.text().contains("da-fare"));
    let other = server.token(Role::Capofila, Scope { projects: vec!["altro".parse().unwrap()], ..Scope::default() });
    let nothing = server.get("/", &other).await;
    for text in ["Nessun report mensile da presentare.", "Nessuna quota esigibile."] {
        assert!(nothing.text().contains(text), "{text}: {}", nothing.text());
    }
}

#[tokio::test]
async fn the_list_is_narrowed_to_how_reports_stand() {
    let server = Server::start().await;
    server.set_up().await;
    server.accepted("2024-01").await;
    let position = server.step(&server.carla(), "SubmitReport", "2024-02", json!({})).await;
    server.get(&format!("/v1/points?min_position={position}"), &server.carla()).await;
    let page = server.get("/rendicontazione?project=j", &server.carla()).await;
    for (state, expected) in [("accepted", 1), ("submitted", 1), ("returned", 0), ("open", 22)] {
        let path = format!("/rendicontazione?project=j&state={state}");
        assert!(page.text().contains(&format!("<a href=\"{}\">", path.replace('&', "&#38;"))), "{}", page.text());
        let narrowed = server.get(&path, &server.carla()).await;
        assert_eq!(narrowed.text().matches("<tr><td>").count(), expected, "{path}: {}", narrowed.text());
        let answer = server.get(&format!("/v1/reports?project=j&state={state}"), &server.carla()).await.json();
        let states = answer["items"].as_array().unwrap().iter().filter(|report| report["state"] == state);
        assert_eq!((states.count(), answer["items"].as_array().unwrap().len()), (expected, expected), "{answer}");
    }
    let wrong = server.get("/rendicontazione?state=late", &server.carla()).await;
    assert!(
        wrong.status == StatusCode::BAD_REQUEST && wrong.text().contains("«stato» non va bene"),
        "{}",
        wrong.text()
    );
}
