//! Public money, from the first citizen to the payment and back, through the whole program: two projects of a programme that
//! pays a tenth on approval, a quarter on M1 and the rest on M2.

mod bank_file;
mod bank_schema;
mod batched;
mod evidence;
mod exposed;
mod netted;
mod paid;
mod story;

use serde_json::{Value, json};
use traccia_domain::Role;

use crate::house::{Answer, House, citizen};

const IBAN: &str = "IT60X0542811101000000123456";

/// An installation with that programme. The projects `p` and `q` have two points and four citizens to reach, an award of
/// 1,000.00, two points, `p-1` and `p-2`, and two facilitators at each, `p-anna` and `p-vito`.
struct Programme {
    house: House,
}

impl Programme {
    async fn begun() -> Programme {
        let house = House::start().await;
        house.done("DefineProgramme", definition()).await;
        for project in ["p", "q"] {
            let application = json!({
                "project": project, "programme": "prog", "name": "Rete", "lead": {"name": "Comune capofila"},
                "award": "1000.00", "targets": {"points": 2, "citizens": 4, "services": 8}, "provinces": ["MI"],
                "starts": "2024-01-01", "ends": "2025-12-31",
            });
            house.done("SubmitApplication", application).await;
            house.done("ApproveApplication", json!({"project": project, "act": "DGR 1", "on": "2024-01-02"})).await;
            let points = [format!("{project}-1"), format!("{project}-2")];
            for point in &points {
                house.done("OpenPoint", open_point(project, point)).await;
            }
            for name in ["anna", "vito"] {
                house.done("EnrolFacilitator", enrol(project, &format!("{project}-{name}"), "facilitator")).await;
            }
        }
        Programme { house }
    }

    /// Three citizens of `p` by the end of February, as M1 needs; reported, accepted, claimed and certified.
    async fn certified() -> (Programme, Vec<Served>) {
        let programme = Programme::begun().await;
        let mut served = Vec::new();
        for (document, facilitator, on) in [
            ("CA0000001", "p-anna", "2024-01-10"),
            ("CA0000002", "p-anna", "2024-01-11"),
            ("CA0000003", "p-vito", "2024-02-12"),
        ] {
            served.push(programme.serves(document, "p-1", facilitator, on).await);
        }
        programme.reported("p", &["2024-01", "2024-02"], "2024-03-10").await;
        programme.certifies("p", "M1", 3).await;
        (programme, served)
    }

    /// The same, and T2 is paid: 250.00.
    async fn paid() -> (Programme, Vec<Served>) {
        let (programme, served) = Programme::certified().await;
        programme.pays("p", "T2").await;
        (programme, served)
    }

    /// A step by somebody of a role.
    async fn asks(&self, name: &str, role: Role, command: &str, body: Value) -> Answer {
        let scope = if role == Role::Capofila { ["project:p", "project:q"].as_slice() } else { &["programme:prog"] };
        self.house.command(&self.house.named(name, role, scope), command, body).await
    }

    /// The same, and nothing speaks against it.
    async fn does(&self, name: &str, role: Role, command: &str, body: Value) -> Value {
        let answer = self.asks(name, role, command, body).await;
        assert_eq!(answer.status.as_u16(), 200, "{command} by {name}: {}", answer.text);
        answer.body
    }

    /// A step on money by a treasurer; its status and code.
    async fn treasurer(&self, name: &str, command: &str, tranche: &str, more: Value) -> (u16, String) {
        let mut body = json!({"project": "p", "tranche": tranche});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.asks(name, Role::Treasurer, command, body).await;
        (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default().to_owned())
    }

    /// Authorised by anna; or why not.
    async fn authorised(&self, tranche: &str) -> (u16, String) {
        self.treasurer("anna", "AuthoriseTranche", tranche, json!({})).await
    }

    /// Ordered by bruno; or why not.
    async fn ordered(&self, tranche: &str) -> (u16, String) {
        self.treasurer("bruno", "OrderPayment", tranche, json!({"iban": IBAN})).await
    }

    async fn pays(&self, project: &str, tranche: &str) {
        let (of, to) = (json!({"project": project, "tranche": tranche}), json!({"iban": IBAN}));
        let receipt = json!({"paid_on": "2024-06-01", "reference": "TRN 1"});
        for (name, command, more) in [
            ("anna", "AuthoriseTranche", json!({})),
            ("bruno", "OrderPayment", to),
            ("anna", "ConfirmPayment", receipt),
        ] {
            let mut body = of.clone();
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            self.does(name, Role::Treasurer, command, body).await;
        }
    }

    /// The holder of an identity card is served.
    async fn serves(&self, document: &str, point: &str, facilitator: &str, on: &str) -> Served {
        let citizen = citizen(&self.house, document).await;
        let service = self.serves_again(&citizen, point, facilitator, on).await;
        Served { citizen, service }
    }

    async fn serves_again(&self, citizen: &str, point: &str, facilitator: &str, when: &str) -> String {
        let (on, time) = when.split_once(' ').map_or((when, None), |(on, time)| (on, Some(time)));
        let mut body = json!({
            "citizen": citizen, "point": point, "facilitator": facilitator, "occurred_on": on, "minutes": 30,
            "kind": "individual_facilitation",
        });
        if let Some(time) = time {
            body["start_time"] = json!(time);
        }
        self.house.done("RecordService", body).await["id"].as_str().unwrap().to_owned()
    }

    /// Reports of months, submitted by the partnership and accepted by the Region on a day.
    async fn reported(&self, project: &str, months: &[&str], on: &str) {
        for month in months {
            let of = json!({"project": project, "month": month});
            self.does("carla", Role::Capofila, "SubmitReport", of).await;
            let act = json!({"project": project, "month": month, "on": on, "act": "D.d.s. 5"});
            self.does("rita", Role::Region, "AcceptReport", act).await;
        }
    }

    /// A claim of the partnership; its count and root.
    async fn claims(&self, project: &str, milestone: &str) -> Value {
        let of = json!({"project": project, "milestone": milestone});
        self.does("carla", Role::Capofila, "ClaimMilestone", of).await;
        self.milestone(project, milestone).await["claim"].clone()
    }

    /// A claim of so many citizens, and its certificate.
    async fn certifies(&self, project: &str, milestone: &str, count: u32) {
        let claim = self.claims(project, milestone).await;
        assert_eq!(claim["count"], count, "{claim}");
        let said = json!({"project": project, "milestone": milestone, "count": count, "root": claim["root"]});
        self.does("rita", Role::Region, "CertifyMilestone", said).await;
    }

    async fn milestone(&self, project: &str, milestone: &str) -> Value {
        let read = self.house.read(&format!("/v1/milestones?project={project}")).await;
        let items = read["items"].as_array().unwrap();
        items.iter().find(|item| item["milestone"] == milestone).unwrap().clone()
    }

    async fn tranche(&self, tranche: &str) -> Value {
        let read = self.house.read("/v1/tranches?project=p").await;
        read["items"].as_array().unwrap().iter().find(|item| item["tranche"] == tranche).unwrap().clone()
    }

    /// Each exposure of a project: its tranche, amount and state, and its causes in units, points and cents.
    async fn exposures(&self, project: &str) -> Vec<String> {
        let read = self.house.read(&format!("/v1/exposures?project={project}")).await;
        let told = |exposure: &Value| {
            let cause = |cause: &Value| format!(" {}/{}={}", cause["units"], cause["points"], cause["amount"]);
            let causes: String = exposure["causes"].as_array().unwrap().iter().map(cause).collect();
            let [tranche, amount, state] = ["tranche", "amount", "state"].map(|field| &exposure[field]);
            format!("{tranche} {amount} {state}{causes}").replace('"', "")
        };
        read["items"].as_array().unwrap().iter().map(told).collect()
    }

    /// The name of the exposure opened last.
    async fn exposure(&self) -> String {
        let read = self.house.read("/v1/exposures?project=p").await;
        read["items"].as_array().unwrap().last().unwrap()["exposure"].as_str().unwrap().to_owned()
    }

    /// Two citizens turn out to be one, by two persons.
    async fn links(&self, one: &Served, other: &Served) -> u64 {
        self.of_pair(one, other, ["ProposeLink", "ConfirmLink"]).await
    }

    /// They were not.
    async fn breaks(&self, one: &Served, other: &Served) -> u64 {
        self.of_pair(one, other, ["BreakLink", "ConfirmBreak"]).await
    }

    async fn of_pair(&self, one: &Served, other: &Served, [first, second]: [&str; 2]) -> u64 {
        let pair = json!({"citizens": [one.citizen, other.citizen], "reason": "documenti a confronto"});
        self.does("rita", Role::Region, first, pair.clone()).await;
        self.does("ugo", Role::Region, second, pair).await["position"].as_u64().unwrap()
    }

    async fn voids(&self, served: &Served) {
        let body = json!({"service": served.service, "reason": "registrato per errore"});
        self.house.done("VoidService", body).await;
    }

    /// Citizens counted for a project.
    async fn counted(&self, project: &str) -> Value {
        let read = self.house.read("/v1/targets?programme=prog&by=project").await;
        let items = read["items"].as_array().unwrap();
        items.iter().find(|item| item["id"] == project).unwrap()["citizens"]["counted"].clone()
    }
}

/// A citizen and the service they were given first.
struct Served {
    citizen: String,
    service: String,
}

fn definition() -> Value {
    json!({
        "id": "prog", "name": "Programma di prova", "measure": "M1C1-1.7.2", "award": "2000.00", "currency": "EUR",
        "region": {"istat": "03", "name": "Lombardia"}, "starts": "2024-01-01", "ends": "2025-12-31",
        "targets": {"points": 4, "citizens": 8, "services": 16},
        "counting": {"acceptance_cutoff_days": 37},
        "milestones": [
            {"id": "M1", "deadline": "2024-02-29", "points_share": "1.00", "citizens_share": "0.75"},
            {"id": "M2", "deadline": "2024-03-31", "citizens_share": "1.00"},
        ],
        "tranches": [
            {"id": "T1", "share": "0.10", "trigger": "approval"}, {"id": "T2", "share": "0.25", "trigger": "M1"},
            {"id": "T3", "share": "0.65", "trigger": "M2"},
        ],
    })
}

fn open_point(project: &str, point: &str) -> Value {
    json!({
        "point": point, "project": project, "name": format!("Punto {point}"), "kind": "fixed", "province": "MI",
        "municipality": "Milano", "opened_on": "2024-01-02", "weekly_hours": 24, "workstations": 2,
        "megabits_per_second": 100, "services": ["individual_facilitation"],
    })
}

fn enrol(project: &str, facilitator: &str, role: &str) -> Value {
    let points = [format!("{project}-1"), format!("{project}-2")];
    json!({"facilitator": facilitator, "project": project, "role": role, "points": points, "from": "2024-01-02"})
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn done() -> (u16, String) {
    (200, String::new())
}
