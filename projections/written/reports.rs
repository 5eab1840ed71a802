//! What is said of monthly reports.

use serde_json::json;

use super::Written;

impl Written {
    /// Says something of a month's report of project `a`.
    pub(crate) async fn of_report(&mut self, month: &str, event: &str) {
        let mut said = json!({"project": "a", "month": month});
        let more = match event {
            "report_submitted" => json!({"submitter": "capofila"}),
            "report_accepted" => json!({"on": "2025-06-01", "act": "D.d.s. 2"}),
            _ => json!({"reason": "prova"}),
        };
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.say(&format!("report.a-{month}"), event, said).await;
    }

    /// The Region accepts a month's report of project `a` by an act of a day.
    pub(crate) async fn accept(&mut self, month: &str, on: &str) {
        let accepted = json!({"project": "a", "month": month, "on": on, "act": "D.d.s. 2"});
        self.say(&format!("report.a-{month}"), "report_accepted", accepted).await;
    }

    /// Sets a month's reporting window.
    pub(crate) async fn window(&mut self, programme: &str, month: &str, until: &str) {
        let set = json!({"month": month, "until": until, "act": "D.d.s. 3"});
        self.say(&format!("programme.{programme}"), "reporting_window_set", set).await;
    }
}
