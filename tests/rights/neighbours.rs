//! Two networks side by side, each somebody's own and foreign to the other: Lombardia's and Toscana's.

use axum::body::Body;
use serde_json::{Value, json};
use traccia_domain::Role;

use crate::house::{House, citizen, network, post, programme};

/// What stands in one of the two.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) programme: &'static str,
    pub(super) project: &'static str,
    pub(super) point: &'static str,
    pub(super) facilitator: &'static str,
    pub(super) citizen: String,
    pub(super) document: &'static str,
    pub(super) service: String,
}

/// The installation, and both sides of it.
pub(super) struct Neighbours {
    pub(super) house: House,
    pub(super) own: Side,
    pub(super) foreign: Side,
}

/// Every role with a token for the side that is its own.
pub(super) const ROLES: [(Role, &[&str]); 6] = [
    (Role::Facilitator, &["point:mi-0001"]),
    (Role::Capofila, &["project:rete-milano"]),
    (Role::Region, &["programme:lombardia"]),
    (Role::Treasurer, &["programme:lombardia"]),
    (Role::Auditor, &[]),
    (Role::Admin, &[]),
];

/// Two programmes, each with a project, a point, a facilitator, and a citizen served there by that subject.
pub(super) async fn neighbours() -> Neighbours {
    let house = House::start().await;
    network(&house).await;
    let mut toscana = programme("toscana");
    toscana["milestones"] = json!([{"id": "M2", "deadline": "2024-12-31", "citizens_share": "0.60"}]);
    toscana["tranches"] = json!([{"id": "T1", "share": "1.00", "trigger": "approval"}]);
    house.done("DefineProgramme", toscana).await;
    let application = json!({
        "project": "rete-firenze", "programme": "toscana", "name": "Rete Firenze", "lead": {"name": "Comune"},
        "award": "1000.00", "targets": {"points": 1, "citizens": 100, "services": 150}, "provinces": ["FI"],
        "starts": "2023-03-01", "ends": "2025-12-31",
    });
    house.done("SubmitApplication", application).await;
    house.done("ApproveApplication", json!({"project": "rete-firenze", "act": "D.d. 1", "on": "2023-02-15"})).await;
    let mut side = Side {
        programme: "toscana",
        project: "rete-firenze",
        point: "fi-0001",
        facilitator: "carla",
        citizen: citizen(&house, "CA7777777").await,
        document: "CA7777777",
        service: String::new(),
    };
    house.done("OpenPoint", side.opening()).await;
    house.done("EnrolFacilitator", side.enrolment()).await;
    side.service = served(&house, &side).await;
    let foreign = side.clone();
    let mut own = Side {
        programme: "lombardia",
        project: "rete-milano",
        point: "mi-0001",
        facilitator: "anna",
        citizen: citizen(&house, "CA1234567").await,
        document: "CA1234567",
        ..side
    };
    own.service = served(&house, &own).await;
    let caps = json!({"programme": "toscana", "act": "a", "effective_on": "2023-01-01",
        "expense_caps": [{"item": "training", "share": "0.90"}]});
    house.done("AdoptRules", caps).await;
    for side in [&own, &foreign] {
        house.done("DeclareExpense", side.expense(&format!("spesa-{}", side.project), "1")).await;
    }
    // Each may be somebody else, too, whom nobody has served.
    for (side, number) in [(&own, "CA1111111"), (&foreign, "CA2222222")] {
        let pair = json!({"citizens": [side.citizen, citizen(&house, number).await], "reason": "r"});
        house.done("ProposeLink", pair).await;
    }
    // What was served is in an accepted report, and claimed with the milestone whose cut-off has passed.
    let accepting = house.token(Role::Region, &["programme:lombardia", "programme:toscana"]);
    for side in [&own, &foreign] {
        house.done("SubmitReport", json!({"project": side.project, "month": "2024-03"})).await;
        let accept = json!({"project": side.project, "month": "2024-03", "on": "2024-04-10", "act": "D.d. 2"});
        let accepted = house.command(&accepting, "AcceptReport", accept).await;
        assert_eq!(accepted.status, axum::http::StatusCode::OK, "{}", accepted.text);
        house.done("ClaimMilestone", json!({"project": side.project, "milestone": "M2"})).await;
        paid(&house, side).await;
    }
    house.caught_up().await;
    Neighbours { house, own, foreign }
}

/// The first tranche is authorised, ordered and in a batch.
async fn paid(house: &House, side: &Side) {
    let tranche = json!({"project": side.project, "tranche": "T1"});
    let order = json!({"project": side.project, "tranche": "T1", "iban": "IT60X0542811101000000123456"});
    for (name, command, body) in [
        ("anna", "AuthoriseTranche", tranche),
        ("bruno", "OrderPayment", order),
        ("anna", "CloseBatch", json!({"programme": side.programme})),
    ] {
        let token = house.named(name, Role::Treasurer, &[&format!("programme:{}", side.programme)]);
        let answer = house.command(&token, command, body).await;
        assert_eq!(answer.status, axum::http::StatusCode::OK, "{command}: {}", answer.text);
    }
}

/// A service recorded there by the facilitator's own subject, for those who may speak of what they recorded alone.
async fn served(house: &House, side: &Side) -> String {
    let token = house.token(Role::Facilitator, &[&format!("point:{}", side.point)]);
    // So long that somebody may look at it.
    let mut visit = side.visit("2024-03-01");
    visit["minutes"] = json!(800);
    let done = house.command(&token, "RecordService", visit).await;
    done.body["id"].as_str().unwrap_or_else(|| panic!("{}", done.text)).to_owned()
}

impl Side {
    /// The body of `OpenPoint` for its point.
    pub(super) fn opening(&self) -> Value {
        let province = self.point[..2].to_uppercase();
        let mut body = crate::house::point(self.point);
        body["project"] = json!(self.project);
        body["province"] = json!(province);
        body
    }

    /// The body of `EnrolFacilitator` for its facilitator.
    pub(super) fn enrolment(&self) -> Value {
        let mut body = crate::house::facilitator(self.facilitator, &[self.point]);
        body["project"] = json!(self.project);
        body
    }

    /// The body of `RecordService` for its citizen.
    pub(super) fn visit(&self, on: &str) -> Value {
        let mut body = crate::house::service(&self.citizen, on);
        body["point"] = json!(self.point);
        body["facilitator"] = json!(self.facilitator);
        body
    }

    /// The body of `DeclareExpense` for an invoice of its own.
    pub(super) fn expense(&self, id: &str, invoice: &str) -> Value {
        json!({"project": self.project, "expense": id, "item": "training", "supplier_tax_id": "12345678903",
            "invoice": format!("{invoice}/{}", self.project), "date": "2024-03-01", "amount": "100.00"})
    }

    /// An upload of one visit there.
    pub(super) fn upload(&self) -> String {
        let row = format!(
            "{},,{},,Maria,Bianchi,,SI,B,{},C,C,G,A,A,MI,,,,,2024-05-02,00:30,A,B,4,A,,A,F,A,,C,5",
            self.facilitator, self.point, self.document
        );
        format!("{}\n{row}\n", traccia_import::layout::COLUMNS.join(","))
    }
}

/// Sends an upload under a token; its run's id.
pub(super) async fn sent(house: &House, token: &str, side: &Side) -> String {
    let request = post("/v1/imports", token).header("content-type", "text/csv");
    let answer = house.send(request.body(Body::from(side.upload())).unwrap()).await;
    answer.body["id"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned()
}
