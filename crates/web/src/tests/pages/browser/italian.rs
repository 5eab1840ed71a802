//! What people read on the pages is Italian: states, kinds and events have their words.

use std::collections::BTreeSet;

use super::*;

/// States and kinds as commands, answers and the log name them.
const ENGLISH: &[&str] = &[
    "accepted",
    "active",
    "approval",
    "approved",
    "authorised",
    "break",
    "cancelled",
    "certified",
    "claimed",
    "closed",
    "confirmed",
    "cured",
    "declared",
    "disputed",
    "distinct",
    "erased",
    "failed",
    "fixed",
    "linked",
    "locked",
    "missed",
    "mobile",
    "netted",
    "open",
    "ordered",
    "paid",
    "partially",
    "projected",
    "proposed",
    "reached",
    "reception",
    "reconciled",
    "recorded",
    "recovered",
    "recovering",
    "rejected",
    "reopened",
    "restated",
    "returned",
    "revoked",
    "submitted",
    "suspended",
    "together",
    "training",
    "unlinked",
    "upheld",
    "voided",
    "waived",
];

/// What stands on a page for people to read: no tags, no commands to type, no text as it is stored.
fn read_aloud(page: &str) -> String {
    let mut text = page.split_once("<body>").unwrap().1.to_owned();
    for (from, to) in [("<code>", "</code>"), ("<textarea", "</textarea>")] {
        while let Some(start) = text.find(from) {
            let end = start + text[start..].find(to).unwrap();
            text.replace_range(start..end + to.len(), " ");
        }
    }
    text.split('<').map(|part| part.split_once('>').map_or(part, |(_, said)| said)).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn states_and_events_are_read_in_italian_on_every_page() {
    let server = Server::start().await;
    server.exposed(true).await;
    let (one, _, _) = server.serve("YB0000001", "va-1", "2024-03-01").await;
    let (other, _, _) = server.serve("YB0000002", "va-1", "2024-03-02").await;
    let region = server.other_region();
    let capofila = server.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() });
    let citizens = json!([one, other]);
    for (who, name, body) in [
        (&server.admin(), "ProposeLink", json!({"citizens": citizens, "reason": "stesso documento"})),
        (&region, "ConfirmLink", json!({"citizens": citizens, "reason": "verificato"})),
        (&capofila, "SuspendPoint", json!({"point": "va-1", "on": "2024-06-01", "reason": "lavori"})),
        (&capofila, "ClosePoint", json!({"point": "mi-1", "on": "2025-06-30", "reason": "fine attività"})),
        (
            &capofila,
            "DeclareExpense",
            json!({
                "project": "j", "expense": "e-1", "item": "training", "supplier_tax_id": "12345678903",
                "invoice": "FT 7", "date": "2024-03-01", "amount": "10.00",
            }),
        ),
        (&region, "RejectExpense", json!({"expense": "e-1", "reason": "doppia"})),
    ] {
        server.does(who, name, &body).await;
    }
    caught_up(&server).await;
    let admin = server.admin();
    let mut to_see: Vec<String> =
        ["/", "/spese?project=j", "/collegamenti?state=linked", "/punti?project=j"].map(String::from).into();
    to_see.extend([format!("/cittadini/{one}"), "/progetti/j".to_owned(), "/registro".to_owned()]);
    let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
    while let Some(path) = to_see.pop() {
        let page = path.split(['?', '#']).next().unwrap().to_owned();
        // Files and JSON are for programs; a commit's page shows its text as it is stored.
        let others = ["/style.css", "/docs", "/openapi.json", "/regis/"];
        if !seen.insert(path.clone()) || seen.len() > 150 || others.iter().any(|other| page.starts_with(other)) {
            continue;
        }
        let shown = server.get(&path, &admin).await;
        if !shown.headers["content-type"].to_str().unwrap().starts_with("text/html") {
            continue;
        }
        let text = read_aloud(shown.text());
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        let english = |word: &&str| {
            let joined = word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase);
            let parts = word.split('_').any(|part| ENGLISH.contains(&part));
            parts || (joined && traccia_domain::Event::kinds().any(|kind| kind.name == *word))
        };
        found.extend(words.filter(english).map(|word| format!("{page}: {word}")));
        let links =
            shown.text().split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
        to_see.extend(links.filter(|to| to.starts_with('/')));
    }
    assert!(found.is_empty(), "{found:#?}");
    for page in ["/erogazioni", "/milestone", "/rendicontazione", "/registro", "/servizi/", "/segnalazioni"] {
        assert!(seen.iter().any(|path| path.starts_with(page)), "{page} was not seen: {seen:#?}");
    }
}
