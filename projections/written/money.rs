//! What is said of the money of projects.

use serde_json::json;

use super::{Written, record};

impl Written {
    /// A tranche of a project is authorised and ordered.
    pub(crate) async fn order(&mut self, project: &str, tranche: &str, amount: &str) {
        let stream = format!("money.{project}");
        let authorised = json!({"tranche": tranche, "by": "anna", "position": self.head().await, "on": "2025-01-01",
            "rules": 1, "approved": amount, "planned": amount, "payable": amount, "withheld": "0.00", "amount": amount});
        self.say(&stream, "tranche_authorised", authorised).await;
        let ordered = json!({"tranche": tranche, "order": record(1), "amount": amount,
            "iban": "IT60X0542811101000000123456", "on": "2025-01-02"});
        self.say(&stream, "payment_ordered", ordered).await;
    }

    /// The bank has paid it.
    pub(crate) async fn paid(&mut self, project: &str, tranche: &str) {
        let paid = json!({"tranche": tranche, "order": record(1), "paid_on": "2025-01-03", "reference": "CRO 1"});
        self.say(&format!("money.{project}"), "payment_confirmed", paid).await;
    }

    /// A project is to give back a part of a tranche, and gives back a part of that.
    pub(crate) async fn recovered(&mut self, project: &str, tranche: &str, decided: &str, amount: &str) {
        let stream = format!("money.{project}");
        let exposure = format!("{tranche}-1");
        let said = json!({"exposure": exposure, "tranche": tranche, "amount": decided, "causes": [],
            "position": self.head().await, "decision": "recover", "act": "D.d.s. 4"});
        self.say(&stream, "exposure_decided", said).await;
        let given = json!({"exposure": exposure, "tranche": tranche, "received_on": "2025-02-01", "amount": amount});
        self.say(&stream, "recovery_recorded", given).await;
    }
}
