//! What is said of money that is released on a claim.

use serde_json::{Value as Json, json};
use traccia_domain::tranche::OrderId;

use super::Written;

impl Written {
    /// A project of 1,000.00 is paid a tenth on approval and the rest on M1.
    pub(crate) async fn schedule(&mut self, project: &str) {
        let approval = json!({"act": "D.d.s. 1", "on": "2024-01-01", "tranches": [
            {"id": "T1", "share": "0.10", "trigger": "approval", "amount": "100.00"},
            {"id": "T2", "share": "0.90", "trigger": "M1", "amount": "900.00"}]});
        self.say(&format!("project.{project}"), "application_approved", approval).await;
    }

    /// Authorises T2 on a claim of four citizens where eight are needed.
    pub(crate) async fn authorise_half(&mut self, project: &str, claim: u64) {
        let position = self.head().await;
        let authorised = json!({"tranche": "T2", "by": "anna", "position": position, "on": "2025-02-10", "rules": 1,
            "certificate": {"milestone": "M1", "claim": claim, "count": 4, "root": "0".repeat(64),
                "points": {"reached": 2, "needed": 3}, "citizens": {"reached": 4, "needed": 8},
                "reduction": "weakest_link", "rules": 1},
            "approved": "900.00", "planned": "900.00", "payable": "450.00", "withheld": "450.00",
            "entries": [{"code": "REDUCTION", "amount": "-450.00", "origin": "M1"}], "amount": "450.00"});
        self.of_money(project, "tranche_authorised", authorised).await;
    }

    /// The bank is ordered to pay T2.
    pub(crate) async fn order_half(&mut self, project: &str) {
        let order = OrderId::of(&project.parse().unwrap(), "T2");
        let ordered = json!({"tranche": "T2", "order": order, "amount": "450.00", "iban": "IT60X0542811101000000123456",
            "on": "2025-02-11"});
        self.of_money(project, "payment_ordered", ordered).await;
    }

    /// It did.
    pub(crate) async fn pay_half(&mut self, project: &str) {
        let order = OrderId::of(&project.parse().unwrap(), "T2");
        let paid = json!({"tranche": "T2", "order": order, "paid_on": "2025-02-12", "reference": "TRN 1"});
        self.of_money(project, "payment_confirmed", paid).await;
    }

    /// Says anything of the payments of programme `p`.
    pub(crate) async fn of_payments(&mut self, event: &str, said: Json) {
        self.say("payments.p", event, said).await;
    }

    /// Says anything else of a project's money.
    pub(crate) async fn of_money(&mut self, project: &str, event: &str, said: Json) {
        self.say(&format!("money.{project}"), event, said).await;
    }
}
