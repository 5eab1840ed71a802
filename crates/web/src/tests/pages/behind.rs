//! Every figure opens what is behind it, at the same position.

use super::*;

/// Where a page's links lead, once each.
fn links(page: &str) -> Vec<String> {
    let found = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
    let mut found: Vec<String> = found.filter(|to| to.starts_with('/')).collect();
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn every_link_of_every_page_leads_to_a_page_at_the_same_position() {
    let server = published().await;
    server.set_up().await;
    let last = nine_served(&server).await;
    let auditor = server.auditor();
    let (mut to_see, mut seen) = (
        vec![
            format!("/?known_at={last}"),
            format!("/rendicontazione?known_at={last}"),
            format!("/milestone?known_at={last}"),
        ],
        std::collections::BTreeSet::new(),
    );
    while let Some(path) = to_see.pop() {
        // The CSS and the JSON are no pages; `docs` is long and has no figures.
        if !seen.insert(path.clone()) || ["/style.css", "/docs", "/openapi.json"].contains(&path.as_str()) {
            continue;
        }
        let page = server.get(&path, &auditor).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
        to_see.extend(links(page.text()).into_iter().filter(|to| to.contains("known_at=")));
    }
    for kind in [
        "/programmi/p",
        "/progetti/j",
        "/punti/mi-1",
        "/punti?",
        "/conteggio?",
        "/conteggio/servizi?",
        "/conteggio/cittadini?",
        "/servizi/",
        "/cittadini/",
        "/rendicontazione/j/2024-03",
        "/conteggio/cittadini?project=j&report=2024-03&persons=new",
        "/conteggio/servizi?project=j&since=2024-03-01&through=2024-03-31&kind=reception",
        "/conteggio/cittadini?project=j&milestone=M1&persons=waiting",
        "/punti?project=j&on=2024-12-31",
    ] {
        let path = seen.iter().find(|path| path.starts_with(kind)).unwrap_or_else(|| panic!("nothing leads to {kind}"));
        assert!(path.ends_with(&format!("known_at={last}")), "{path}");
    }
}

#[tokio::test]
async fn a_list_is_as_long_as_the_figure_that_opens_it() {
    let server = published().await;
    server.set_up().await;
    nine_served(&server).await;
    let rows = |page: &str| page.matches("<tr><th scope=\"row\">").count();
    for (path, expected) in [
        ("/conteggio/servizi?programme=p", 9),
        ("/conteggio/servizi?programme=p&judged=qualifying&province=MI", 7),
        ("/conteggio/servizi?point=va-1&judged=scd", 0),
        ("/conteggio/cittadini?project=j", 9),
        ("/conteggio/cittadini?programme=p&province=VA", 2),
        ("/conteggio/cittadini?programme=p&persons=at_risk", 0),
        ("/punti?programme=p", 2),
        ("/punti?programme=p&province=VA", 1),
    ] {
        let page = server.get(path, &server.auditor()).await;
        assert_eq!((page.status, rows(page.text())), (StatusCode::OK, expected), "{path}: {}", page.text());
    }
}

#[tokio::test]
async fn a_long_list_goes_on_at_the_same_position() {
    let server = published().await;
    server.set_up().await;
    let citizen = server.register("AA0000001").await;
    for number in 0..101 {
        let mut body = service(&citizen, "mi-1", "2024-03-01");
        body["start_time"] = format!("{:02}:{:02}", number / 60 + 8, number % 60).into();
        server.command("RecordService", body).await;
    }
    let position = caught_up(&server).await;
    let first = server.get(&format!("/conteggio/servizi?programme=p&known_at={position}"), &server.auditor()).await;
    let on = links(first.text()).into_iter().find(|to| to.contains("after=")).unwrap();
    assert!(on.ends_with(&format!("&known_at={position}")), "{on}");
    let second = server.get(&on, &server.auditor()).await;
    assert_eq!(second.text().matches("<tr><th scope=\"row\">").count(), 1, "{}", second.text());
}

#[tokio::test]
async fn what_is_anothers_is_not_there_and_without_an_access_nothing_is() {
    let server = published().await;
    server.set_up().await;
    let (citizen, service, _) = server.serve("AA0000001", "va-1", "2024-03-01").await;
    server.serve("AA0000002", "mi-1", "2024-03-01").await;
    caught_up(&server).await;
    let own = server.token(Role::Facilitator, Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() });
    for path in [
        "/punti/va-1".to_owned(),
        format!("/servizi/{service}"),
        format!("/cittadini/{citizen}"),
        "/conteggio?point=va-1".to_owned(),
        "/progetti/j".to_owned(),
        "/punti/nulla".to_owned(),
        "/punti/non%20valido".to_owned(),
    ] {
        let page = server.get(&path, &own).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text().contains("non esiste"), "{path}: {}", page.text());
        let public = server.send(Request::get(&path), "").await;
        assert_eq!(public.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(public.text().contains(&format!("name=\"poi\" value=\"{path}\"")), "{path}: {}", public.text());
    }
    assert_eq!(server.get("/punti/mi-1", &own).await.status, StatusCode::OK);
    let treasurer = server.token(Role::Treasurer, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() });
    assert_eq!(server.get("/conteggio/cittadini?programme=p", &treasurer).await.status, StatusCode::FORBIDDEN);
}
