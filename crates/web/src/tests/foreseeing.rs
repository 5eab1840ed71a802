//! What hangs on a claim and its money is told before a step is taken, to the cent, and then happens.

use super::*;

impl Server {
    pub(in crate::tests) fn other_region(&self) -> String {
        self.token(Role::Region, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() })
    }

    fn payer(&self) -> String {
        self.token(Role::Treasurer, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() })
    }

    async fn would(&self, token: &str, command: &str, data: &Value) -> Value {
        let asked = json!({"command": command, "data": data}).to_string();
        let answered = self.post("/v1/impact", token, asked).await;
        assert_eq!(answered.status, StatusCode::OK, "{command}: {}", answered.text());
        answered.json()
    }

    pub(in crate::tests) async fn does(&self, token: &str, command: &str, data: &Value) -> u64 {
        let answered = self.post(&format!("/v1/commands/{command}"), token, data.to_string()).await;
        assert_eq!(answered.status, StatusCode::OK, "{command}: {}", answered.text());
        answered.json()["position"].as_u64().unwrap()
    }

    /// What is read once a position is reached.
    pub(in crate::tests) async fn reads(&self, path: &str, position: u64) -> Value {
        self.get(&format!("{path}&min_position={position}"), &self.admin()).await.json()["items"].clone()
    }

    /// Two citizens of two points, and every month reported and accepted; the second service.
    pub(in crate::tests) async fn reported(&self) -> String {
        self.set_up().await;
        self.serve("AA0000001", "mi-1", "2024-03-01").await;
        let (_, service, _) = self.serve("AA0000002", "va-1", "2024-03-08").await;
        for month in 1..=12 {
            let month = format!("2024-{month:02}");
            self.command("SubmitReport", json!({"project": "j", "month": month})).await;
            let accept = json!({"project": "j", "month": month, "on": "2025-01-20", "act": "D.d.s. 5"});
            self.does(&self.other_region(), "AcceptReport", &accept).await;
        }
        service
    }
}

fn figure(before: u64, after: u64) -> Value {
    json!({"before": before, "after": after})
}

fn amount(before: &str, after: &str) -> Value {
    json!({"before": before, "after": after})
}

#[tokio::test]
async fn a_claim_its_certificate_and_its_tranche_are_foretold_with_the_folds_own_figures() {
    let server = Server::start().await;
    let service = server.reported().await;
    let (admin, region, payer) = (server.admin(), server.other_region(), server.payer());

    let claim = json!({"project": "j", "milestone": "M1"});
    let foretold = server.would(&admin, "ClaimMilestone", &claim).await;
    let claimed = server.does(&admin, "ClaimMilestone", &claim).await;
    let own = json!({
        "claim": format!("M1-{claimed}"), "units": figure(0, 2), "points": figure(0, 2), "standing": {"after": "claimed"},
    });
    assert_eq!(foretold["projects"][0]["claims"], json!([own]), "{foretold}");

    let milestone = &server.reads("/v1/milestones?project=j", claimed).await[0];
    let certify = json!({
        "project": "j", "milestone": "M1", "count": milestone["claim"]["count"], "root": milestone["claim"]["root"],
    });
    let foretold = server.would(&region, "CertifyMilestone", &certify).await;
    let project = &foretold["projects"][0];
    assert_eq!(project["claims"][0]["standing"], json!({"before": "claimed", "after": "partially_met"}), "{foretold}");
    let second = &project["money"]["tranches"][1];
    assert_eq!(second["payable"], amount("0.00", "72.00"), "two of 25 citizens: {foretold}");
    assert_eq!((&second["planned"], &second["state"]), (&amount("900.00", "900.00"), &amount("locked", "due")));
    let position = server.does(&region, "CertifyMilestone", &certify).await;
    let tranche = &server.reads("/v1/tranches?project=j", position).await[1];
    assert_eq!((&tranche["payable"], &tranche["state"]), (&json!("72.00"), &json!("due")));

    let authorise = json!({"project": "j", "tranche": "T2"});
    let foretold = server.would(&payer, "AuthoriseTranche", &authorise).await;
    let second = &foretold["projects"][0]["money"]["tranches"][1];
    assert_eq!((&second["state"], &second["amount"]), (&amount("due", "authorised"), &amount("72.00", "72.00")));
    server.does(&payer, "AuthoriseTranche", &authorise).await;

    let void = json!({"service": service, "reason": "mai avvenuto"});
    let page = server.get(&format!("/impatto?command=void_service&service={service}"), &admin).await;
    for said in ["Esposizioni che si aprirebbero", "36,00 €", "da decidere", "Richieste di milestone"] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    let foretold = server.would(&admin, "VoidService", &void).await;
    let position = server.does(&admin, "VoidService", &void).await;
    let project = &foretold["projects"][0];
    assert_eq!(project["claims"][0]["units"], figure(2, 1), "{foretold}");
    let exposure = json!([{
        "exposure": format!("T2-{position}"), "tranche": "T2", "amount": amount("0.00", "36.00"),
        "settled": amount("0.00", "0.00"), "state": {"after": "open"},
    }]);
    assert_eq!(project["money"]["exposures"], exposure);
    let opened = &server.reads("/v1/exposures?project=j", position).await[0];
    assert_eq!((&opened["amount"], &opened["exposure"]), (&json!("36.00"), &json!(format!("T2-{position}"))));

    let waive = json!({"project": "j", "exposure": format!("T2-{position}"), "decision": "waive", "act": "D.d.s. 9"});
    let foretold = server.would(&admin, "DecideExposure", &waive).await;
    let exposure = &foretold["projects"][0]["money"]["exposures"][0];
    assert_eq!(exposure["state"], json!({"before": "open", "after": "waived"}), "{foretold}");
}

#[tokio::test]
async fn a_redistribution_is_foretold_in_targets_award_needs_and_cents() {
    let server = Server::start().await;
    server.set_up().await;
    let adopt = json!({
        "programme": "p", "act": "DGR 7", "effective_on": "2024-06-01", "reserve": "riserva",
        "projects": [{"project": "j", "award": "500.00", "points": 1, "citizens": 40, "services": 60}],
    });
    let foretold = server.would(&server.admin(), "AdoptRedistribution", &adopt).await;
    let project = &foretold["projects"][0];
    let targets = json!({"points": figure(2, 1), "citizens": figure(100, 40), "services": figure(150, 60)});
    assert_eq!(project["targets"], targets, "{foretold}");
    let milestone = &project["milestones"][0];
    assert_eq!((&milestone["points_needed"], &milestone["citizens_needed"]), (&figure(2, 1), &figure(25, 10)));
    assert_eq!(project["money"]["award"], amount("1000.00", "500.00"));
    let position = server.does(&server.admin(), "AdoptRedistribution", &adopt).await;
    let happened = server.reads("/v1/tranches?project=j", position).await;
    for (place, planned) in [("100.00", "50.00"), ("900.00", "450.00")].into_iter().enumerate() {
        assert_eq!(project["money"]["tranches"][place]["planned"], amount(planned.0, planned.1));
        assert_eq!(happened[place]["planned"], planned.1);
    }
}

#[tokio::test]
async fn money_is_told_only_to_who_may_read_tranches() {
    let server = Server::start().await;
    let service = server.reported().await;
    let void = json!({"service": service, "reason": "mai avvenuto"});
    let other = server.token(Role::Region, Scope { programmes: vec!["q".parse().unwrap()], ..Scope::default() });
    let desk = server.token(Role::Facilitator, Scope { points: vec!["va-1".parse().unwrap()], ..Scope::default() });
    let lead = server.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() });
    for (token, told) in
        [(server.other_region(), true), (server.auditor(), true), (lead, true), (desk, false), (other, false)]
    {
        let asked = json!({"command": "VoidService", "data": void}).to_string();
        let answered = server.post("/v1/impact", &token, asked).await;
        assert_eq!(answered.text().contains("\"money\""), told, "{}", answered.text());
    }
}
