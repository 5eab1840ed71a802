//! What is said of expenses and of who declares them.

use serde_json::json;

use super::{Written, record};

impl Written {
    /// Another project applies and is approved, with a CUP of its own.
    pub(crate) async fn apply_with_cup(&mut self, project: &str, programme: &str, cup: &str) {
        let application = json!({"programme": programme, "name": project, "cup": cup, "lead": {"name": "Comune"},
            "award": "1000.00", "targets": {"points": 3, "citizens": 30, "services": 50}, "provinces": ["MI"],
            "starts": "2024-01-01", "ends": "2025-12-31"});
        self.say(&format!("project.{project}"), "application_submitted", application).await;
        let approval = json!({"act": "D.d.s. 1", "on": "2024-01-01", "tranches": []});
        self.say(&format!("project.{project}"), "application_approved", approval).await;
    }

    /// A project claims a share of an invoice over 1,000 euro; anna declares it.
    pub(crate) async fn declare(&mut self, expense: &str, project: &str, item: &str, invoice: u64, share: &str) {
        let declared = json!({"expense": expense, "project": project, "item": item, "supplier": {"vat": "12345678903"},
            "number": invoice.to_string(), "date": "2024-03-01", "amount": "1000.00", "share": share,
            "declared_by": "anna"});
        self.say(
            &format!("expense.{expense}"),
            "expense_named",
            json!({"project": project, "invoice": record(invoice)}),
        )
        .await;
        self.say(&format!("invoice.{}", record(invoice)), "expense_declared", declared).await;
    }

    /// The Region decides on an expense.
    pub(crate) async fn decide(&mut self, expense: &str, invoice: u64, event: &str) {
        let mut said = json!({"expense": expense});
        if event == "expense_rejected" {
            said["reason"] = json!("prova");
        }
        self.say(&format!("invoice.{}", record(invoice)), event, said).await;
    }
}
