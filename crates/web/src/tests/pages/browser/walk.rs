//! As each role signs in: every link that is drawn opens, and the first page says what is theirs to do.

use std::collections::BTreeSet;

use super::*;

/// The pages that somebody begins from; each role has some of them.
const PAGES: [&str; 13] = [
    "/",
    "/erogazioni",
    "/milestone",
    "/rendicontazione",
    "/spese?programme=p",
    "/regis",
    "/rimodulazione?programme=p",
    "/punti?programme=p",
    "/conteggio?programme=p",
    "/programmi/p",
    "/progetti/j",
    "/registro",
    "/registro?entity=project.j",
];

impl Server {
    /// A token for each role, within the one programme there is.
    fn everybody(&self) -> [(Role, String); 6] {
        let programmes = || Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() };
        let scoped = |role| match role {
            Role::Facilitator => Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() },
            Role::Capofila => Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() },
            Role::Region | Role::Treasurer => programmes(),
            Role::Auditor | Role::Admin => Scope::default(),
        };
        Role::ALL.map(|role| (role, self.token(role, scoped(role))))
    }

    /// What the first page says is to be done.
    async fn to_do(&self, token: &str) -> String {
        caught_up(self).await;
        let page = self.get("/", token).await;
        let section = page.text().split_once("id=\"da-fare\"").unwrap_or_else(|| panic!("{}", page.text())).1;
        section.split("</section>").next().unwrap().to_owned()
    }
}

fn links(page: &str) -> impl Iterator<Item = String> {
    let found = page.split("<a ").skip(1).filter_map(|link| link.split_once("href=\"")?.1.split('"').next());
    found.filter(|to| to.starts_with('/')).map(|to| to.replace("&#38;", "&").split('#').next().unwrap().to_owned())
}

#[tokio::test]
async fn every_link_that_is_drawn_opens_for_who_sees_it() {
    let server = published().await;
    server.exposed(true).await;
    caught_up(&server).await;
    for (role, token) in server.everybody() {
        let (mut opened, mut closed) = (BTreeSet::new(), Vec::new());
        for page in PAGES {
            let answered = server.get(page, &token).await;
            if answered.status != StatusCode::OK {
                continue;
            }
            for link in links(answered.text()) {
                if opened.insert(link.clone()) {
                    let behind = server.get(&link, &token).await;
                    if behind.status != StatusCode::OK {
                        closed.push(format!("{} {link} on {page}", behind.status));
                    }
                }
            }
        }
        assert!(closed.is_empty(), "{role:?}: {closed:#?}");
        assert!(opened.len() > 8, "{role:?}: {opened:?}");
        let persons = opened.iter().any(|link| link.starts_with("/conteggio/cittadini"));
        assert_eq!(persons, role != Role::Treasurer, "{role:?}: a treasurer sees no person: {opened:?}");
        let regis = opened.contains("/regis/indicatori?programme=p");
        assert_eq!(regis, !matches!(role, Role::Facilitator | Role::Capofila), "{role:?}: {opened:?}");
    }
}

#[tokio::test]
async fn what_an_exposure_comes_from_opens_before_and_after_it_is_decided() {
    let server = Server::start().await;
    let exposure = server.exposed(false).await;
    let lost = exposure.split_once('-').unwrap().1;
    let read = async |token: &str, path: &str, more: &str| {
        let page = server.get("/erogazioni?project=j", token).await;
        let cause = format!("posizione <a href=\"{path}\">{lost}</a>: −1 cittadino");
        assert!(page.text().contains(&cause) && page.text().contains(more), "{cause}: {}", page.text());
        assert_eq!(server.get(&path.replace("&#38;", "&"), token).await.status, StatusCode::OK);
    };
    let milestone = format!("/milestone?project=j&#38;known_at={lost}");
    let commit = format!("/registro/{lost}");
    read(&server.operator("bruno"), &milestone, "da decidere").await;
    read(&server.auditor(), &commit, "da decidere").await;
    let waive = json!({"project": "j", "exposure": exposure, "decision": "waive", "act": "D.d.s. 9"});
    server.does(&server.operator("bruno"), "DecideExposure", &waive).await;
    caught_up(&server).await;
    read(&server.operator("bruno"), &milestone, "da che cosa").await;
    read(&server.auditor(), &commit, "da che cosa").await;
}

#[tokio::test]
async fn a_treasurer_is_told_which_steps_of_money_are_theirs() {
    let server = published().await;
    let exposure = server.exposed(false).await;
    let (anna, bruno) = (server.operator("anna"), server.operator("bruno"));
    let told = server.to_do(&bruno).await;
    let anchor = format!("/erogazioni?project=j#esposizione-j-{exposure}");
    for text in ["Esposizioni da decidere: 1, per 36,00 €", &anchor, "che qualcosa ferma: 1, per 100,00 €"] {
        assert!(told.contains(text), "{text}: {told}");
    }
    assert!(!told.contains("può autorizzare") && !told.contains("può ordinare"), "{told}");

    let waive = json!({"project": "j", "exposure": exposure, "decision": "waive", "act": "D.d.s. 9"});
    server.does(&bruno, "DecideExposure", &waive).await;
    let told = server.to_do(&bruno).await;
    for text in
        ["Quote che può autorizzare ora: 1, per 100,00 €", "autorizzate da altri, che può ordinare: 1, per 72,00 €"]
    {
        assert!(told.contains(text), "{text}: {told}");
    }
    assert!(!told.contains("Esposizioni") && !told.contains("ferma"), "{told}");
    let hers = server.to_do(&anna).await;
    assert!(hers.contains("può autorizzare ora: 1") && !hers.contains("può ordinare"), "{hers}");

    let order = json!({"project": "j", "tranche": "T2", "iban": "IT60X0542811101000000123456"});
    server.does(&bruno, "OrderPayment", &order).await;
    assert!(server.to_do(&anna).await.contains("Ordini che attendono una distinta: 1, per 72,00 €"));
    server.does(&anna, "CloseBatch", &json!({"programme": "p"})).await;
    let told = server.to_do(&bruno).await;
    assert!(told.contains("che attendono l&#39;esito della banca: 1, per 72,00 €"), "{told}");
    assert!(told.contains("href=\"/erogazioni?project=j#quota-j-T2\"") && !told.contains("attendono una distinta"));
    for nobody in [server.auditor(), server.other_region()] {
        let told = server.to_do(&nobody).await;
        assert!(told.contains("Quote esigibili") && !told.contains("<details>"), "{told}");
    }
}

#[tokio::test]
async fn the_region_is_told_what_waits_for_its_decision() {
    let server = published().await;
    server.reported().await;
    let region = server.other_region();
    assert!(!server.to_do(&region).await.contains("<details>"));
    server.command("SubmitReport", json!({"project": "j", "month": "2025-01"})).await;
    server.command("ClaimMilestone", json!({"project": "j", "milestone": "M1"})).await;
    let application = json!({
        "project": "k", "programme": "p", "name": "Rete nuova", "lead": {"name": "Comune"}, "award": "500.00",
        "targets": {"points": 1, "citizens": 2, "services": 5}, "provinces": ["VA"],
        "starts": "2024-01-01", "ends": "2025-12-31",
    });
    server.command("SubmitApplication", application).await;
    let told = server.to_do(&region).await;
    for text in [
        "Candidature da decidere: 1",
        "href=\"/progetti/k\">Rete nuova</a>",
        "Report mensili da accettare o restituire: 1",
        "href=\"/rendicontazione/j/2025-01\"",
        "Richieste di milestone da certificare: 1",
        "href=\"/milestone?project=j#m-j-M1\"",
    ] {
        assert!(told.contains(text), "{text}: {told}");
    }
    let (_, capofila) = &server.everybody()[1];
    assert!(!server.to_do(capofila).await.contains("<details>"), "what is to be decided is the Region's");
}

#[tokio::test]
async fn before_anything_is_public_a_capofila_finds_what_is_theirs() {
    let server = Server::start().await;
    server.set_up().await;
    let everybody = server.everybody();
    let first = async |role: usize| {
        caught_up(&server).await;
        server.get("/", &everybody[role].1).await.text().to_owned()
    };
    let capofila = first(1).await;
    assert!(capofila.contains("il primo quadro non c&#39;è ancora"), "{capofila}");
    assert!(
        capofila.contains("href=\"/progetti/j\"") && capofila.contains("Report mensili da presentare"),
        "{capofila}"
    );
    let facilitator = first(0).await;
    assert!(facilitator.contains("href=\"/punti/mi-1\"") && !facilitator.contains("da-fare"), "{facilitator}");
}
