//! A redistribution by pace: proposed to those who would decide it, asked about, and adopted as it is.

use super::*;

impl Server {
    fn deciding(&self, programme: &str) -> String {
        self.token(Role::Region, Scope { programmes: vec![programme.parse().unwrap()], ..Scope::default() })
    }

    /// Beside project `j` of 100 citizens, which has reached one, project `k` of two, which has reached three in a fortnight.
    async fn two_projects(&self) -> u64 {
        self.set_up().await;
        let application = json!({
            "project": "k", "programme": "p", "name": "Progetto veloce", "lead": {"name": "Comune"}, "award": "500.01",
            "targets": {"points": 1, "citizens": 2, "services": 5}, "provinces": ["VA"],
            "starts": "2024-01-01", "ends": "2025-12-31",
        });
        self.command("SubmitApplication", application).await;
        self.command("ApproveApplication", json!({"project": "k", "act": "DGR 2", "on": "2024-01-02"})).await;
        let mut point = open_point("va-2", "VA");
        point["project"] = json!("k");
        self.command("OpenPoint", point).await;
        let enrol = json!({"facilitator": "f-3", "project": "k", "role": "facilitator", "points": ["va-2"], "from": "2024-01-10"});
        self.command("EnrolFacilitator", enrol).await;
        self.serve("AA0000001", "mi-1", "2024-03-01").await;
        let mut last = 0;
        for (document, on) in [("AA0000002", "2024-11-20"), ("AA0000003", "2024-11-21"), ("AA0000004", "2024-11-22")] {
            let citizen = self.register(document).await;
            let mut given = service(&citizen, "va-2", on);
            given["facilitator"] = json!("f-3");
            last = self.command("RecordService", given).await["position"].as_u64().unwrap();
        }
        last
    }
}

const ASKED: &str = "programme=p&on=2024-12-03";

#[tokio::test]
async fn a_proposal_is_adopted_as_it_is() {
    let server = Server::start().await;
    let last = server.two_projects().await;
    let region = server.deciding("p");
    let path = format!("/v1/redistributions/proposal?{ASKED}&min_position={last}");
    let answered = server.get(&path, &region).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
    let found = answered.json();
    assert_eq!((&found["until"], &found["position"]), (&json!("2024-12-31"), &json!(last)));
    // Four weeks before the end, three of k's in the last four: it will have reached six, four beyond its target.
    let rows: Vec<_> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["project"], row["reach"], row["proposed"]["citizens"], row["proposed"]["award"]]))
        .collect();
    assert_eq!(rows, [json!(["j", 1, 96, "960.00"]), json!(["k", 6, 6, "540.01"])]);

    let mut body = found["proposal"].clone();
    body["act"] = json!("D.d.s. 9");
    body["effective_on"] = json!("2025-01-01");
    let head = traccia_log::Log::head(&**server.app.application.log()).await.unwrap();
    let question = json!({"command": "AdoptRedistribution", "data": body});
    let impact = server.post("/v1/impact", &region, question.to_string()).await;
    assert_eq!(impact.status, StatusCode::OK, "{}", impact.text());
    assert_eq!(traccia_log::Log::head(&**server.app.application.log()).await.unwrap(), head, "nothing is written");

    let adopted = server.post("/v1/commands/AdoptRedistribution", &region, body.to_string()).await;
    assert_eq!(adopted.status, StatusCode::OK, "{}", adopted.text());
    let position = adopted.json()["position"].clone();
    let again = server.get(&format!("/v1/redistributions/proposal?{ASKED}&min_position={position}"), &region).await;
    let again = again.json();
    assert_eq!(again["items"][1]["holds"], found["items"][1]["proposed"], "what was proposed is what it has");
    assert_eq!(again.get("proposal"), None, "once adopted, nothing is left to move");
}

#[tokio::test]
async fn a_proposal_is_read_as_csv_and_on_a_page() {
    let server = Server::start().await;
    let last = server.two_projects().await;
    let region = server.deciding("p");
    let request = Request::get(format!("/v1/redistributions/proposal?{ASKED}&limit=1&min_position={last}"))
        .header("authorization", format!("Bearer {region}"))
        .header("accept", "text/csv");
    let csv = server.send(request, "").await;
    assert!(
        csv.text().starts_with("project,counted,last_four_weeks,reach,certified,released,holds.award,"),
        "{}",
        csv.text()
    );
    assert!(csv.headers.contains_key("traccia-next") && csv.headers.contains_key("traccia-position"));

    let page = server.get("/rimodulazione?programme=p", &region).await;
    assert!(page.text().contains("non scrive nulla") && page.text().contains("/progetti/k"), "{}", page.text());
    assert!(page.text().contains("AdoptRedistribution"), "k is beyond its target already: {}", page.text());
    let pace = |page: &Answered, pace: &str| {
        let row = format!(">k</a></th><td class=\"n\">3</td><td class=\"n\">{pace}</td>");
        assert!(page.text().contains(&row), "{row}: {}", page.text());
    };
    pace(&page, "0");
    let then = server.get("/rimodulazione?programme=p&on=2024-12-03", &region).await;
    pace(&then, "3");
    assert!(then.text().contains("name=\"on\" type=\"date\" value=\"2024-12-03\""), "{}", then.text());
    assert_eq!(server.get("/rimodulazione?programme=p&on=ieri", &region).await.status, StatusCode::BAD_REQUEST);
    let programme = server.get("/programmi/p", &region).await;
    assert!(programme.text().contains("/rimodulazione?programme=p"));
    let capofila = server.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() });
    assert!(!server.get("/programmi/p", &capofila).await.text().contains("/rimodulazione"));
    assert_eq!(server.get("/rimodulazione", &region).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(server.get("/rimodulazione?programme=p", &server.deciding("q")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_proposal_is_denied_unless_allowed() {
    let server = Server::start().await;
    let last = server.two_projects().await;
    let path = format!("/v1/redistributions/proposal?{ASKED}&min_position={last}");
    assert_eq!(server.get(&path, &server.auditor()).await.status, StatusCode::OK);
    assert_eq!(server.get(&path, &server.deciding("q")).await.code(), "UnknownProgramme");
    let scope = Scope {
        programmes: vec!["p".parse().unwrap()],
        projects: vec!["j".parse().unwrap()],
        points: vec!["mi-1".parse().unwrap()],
    };
    for role in [Role::Facilitator, Role::Capofila, Role::Treasurer] {
        assert_eq!(server.get(&path, &server.token(role, scope.clone())).await.code(), "Forbidden", "{role:?}");
    }
    assert_eq!(server.get("/v1/redistributions/proposal", &server.auditor()).await.code(), "Malformed");
}

#[tokio::test]
async fn awards_beyond_the_programmes_are_named_where_its_plan_is() {
    let server = Server::start().await;
    let last = server.two_projects().await;
    let read = async |token: String| server.get(&format!("/v1/programmes/p?min_position={last}"), &token).await.json();
    let named = |programme: &Value| {
        let found = programme["differences"].as_array().unwrap().iter().find(|one| one["name"] == "projects.award");
        found.map(|one| json!([one["stated"], one["sum"], one["difference"]]))
    };
    assert_eq!(named(&read(server.deciding("p")).await), Some(json!(["1000.01", "1500.01", "500.00"])));
    let own = server.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() });
    assert_eq!(named(&read(own).await), None, "what all projects have together is for those who see all of them");
    let elsewhere = server.token(Role::Region, Scope { programmes: vec!["q".parse().unwrap()], ..Scope::default() });
    assert_eq!(named(&read(elsewhere).await), None);
    let told = "programma e somma dei progetti approvati";
    let page = server.get("/?programme=p", &server.deciding("p")).await;
    assert!(page.text().contains(told), "{}", page.text());
    let public = server.send(Request::get("/?programme=p"), "").await;
    assert!(!public.text().contains(told), "{}", public.text());
}
