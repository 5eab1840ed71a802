use jiff::civil::Date;
use traccia_domain::{
    Event, StreamKind,
    report::{ReportAccepted, ReportReopened, ReportReturned, ReportSubmitted},
};

use crate::{day::Day, testing::history::History};

impl History {
    /// The partnership of project `p` submits a month's report.
    pub(crate) fn submitted(&mut self, month: &str) {
        let (project, month) = ("p".parse().unwrap(), month.parse().unwrap());
        let submitter = "capofila-1".to_owned();
        self.of_report(month, ReportSubmitted { project, month, obstacles: None, submitter });
    }

    pub(crate) fn returned(&mut self, month: &str) {
        let (project, month) = ("p".parse().unwrap(), month.parse().unwrap());
        self.of_report(month, ReportReturned { project, month, reason: "why".to_owned() });
    }

    pub(crate) fn accepted(&mut self, month: &str, on: &str) {
        let (project, month) = ("p".parse().unwrap(), month.parse().unwrap());
        self.of_report(month, ReportAccepted { project, month, on: on.parse().unwrap(), act: "act 7".to_owned() });
    }

    pub(crate) fn reopened(&mut self, month: &str) {
        let (project, month) = ("p".parse().unwrap(), month.parse().unwrap());
        self.of_report(month, ReportReopened { project, month, reason: "why".to_owned() });
    }

    fn of_report(&mut self, month: traccia_domain::time::Month, event: impl Into<Event>) {
        self.say(StreamKind::Report, format_args!("p-{month}"), event);
    }

    /// The day of the act that accepted what happened on a day and was recorded as the n-th service, from 0.
    fn accepted_on(&self, on: &str, service: u32) -> Option<String> {
        let on: Date = on.parse().unwrap();
        self.fold.reports().accepted(0, Day::from(on), service).map(|day| day.to_string())
    }
}

/// A month later than the point opened: one service in March, then its report.
fn begun() -> History {
    let mut history = History::begun();
    history.registered("one");
    history.served("one", "a", "2024-03-01", |_| {});
    history
}

#[test]
fn a_service_is_accepted_with_the_report_of_its_month() {
    let mut history = begun();
    assert_eq!(history.accepted_on("2024-03-01", 0), None);
    history.submitted("2024-03");
    assert_eq!(history.accepted_on("2024-03-01", 0), None, "the Region has not accepted it");
    history.accepted("2024-03", "2024-04-20");
    assert_eq!(history.accepted_on("2024-03-01", 0).as_deref(), Some("2024-04-20"));
    assert_eq!(history.accepted_on("2024-02-29", 0), None, "nobody has reported on February");
    assert_eq!(history.accepted_on("2024-04-01", 0), None, "a report takes nothing from a later month");
}

#[test]
fn what_was_recorded_after_the_submission_waits_for_the_next_report() {
    let mut history = begun();
    history.submitted("2024-03");
    history.served("one", "a", "2024-03-02", |_| {});
    history.accepted("2024-03", "2024-04-20");
    assert_eq!(history.accepted_on("2024-03-02", 1), None, "it was not in what was accepted");
    history.submitted("2024-04");
    history.served("one", "a", "2024-03-03", |_| {});
    history.accepted("2024-04", "2024-05-20");
    assert_eq!(history.accepted_on("2024-03-02", 1).as_deref(), Some("2024-05-20"), "an adjustment");
    assert_eq!(history.accepted_on("2024-03-01", 0).as_deref(), Some("2024-04-20"), "the first acceptance stays");
    assert_eq!(history.accepted_on("2024-03-03", 2), None, "it came after that submission too");
}

#[test]
fn a_later_report_takes_nothing_from_a_month_that_has_its_own_report_to_come() {
    let mut history = begun();
    history.submitted("2024-04");
    history.accepted("2024-04", "2024-05-20");
    assert_eq!(history.accepted_on("2024-03-01", 0), None, "March has a report of its own to come");
    history.submitted("2024-03");
    history.accepted("2024-03", "2024-05-21");
    assert_eq!(history.accepted_on("2024-03-01", 0).as_deref(), Some("2024-05-21"));
}

#[test]
fn a_later_report_takes_in_a_month_only_if_that_was_accepted_before_its_submission() {
    let mut history = begun();
    history.submitted("2024-03");
    history.served("one", "a", "2024-03-02", |_| {});
    history.submitted("2024-04");
    history.accepted("2024-03", "2024-04-20");
    history.accepted("2024-04", "2024-05-20");
    assert_eq!(history.accepted_on("2024-03-02", 1), None, "March was open when April was submitted");
}

#[test]
fn a_reopening_takes_no_acceptance_back() {
    let mut history = begun();
    history.submitted("2024-03");
    history.accepted("2024-03", "2024-04-20");
    history.reopened("2024-03");
    history.served("one", "a", "2024-03-02", |_| {});
    assert_eq!(history.accepted_on("2024-03-01", 0).as_deref(), Some("2024-04-20"));
    history.submitted("2024-03");
    history.accepted("2024-03", "2024-06-01");
    assert_eq!(history.accepted_on("2024-03-01", 0).as_deref(), Some("2024-04-20"));
    assert_eq!(history.accepted_on("2024-03-02", 1).as_deref(), Some("2024-06-01"), "by the next acceptance");
}

#[test]
fn a_report_that_came_back_covers_what_was_recorded_until_it_was_submitted_again() {
    let mut history = begun();
    history.submitted("2024-03");
    history.returned("2024-03");
    history.served("one", "a", "2024-03-02", |_| {});
    history.submitted("2024-03");
    history.accepted("2024-03", "2024-04-20");
    assert_eq!(history.accepted_on("2024-03-02", 1).as_deref(), Some("2024-04-20"));
}

#[test]
fn an_acceptance_without_a_submission_accepts_nothing() {
    let mut history = begun();
    history.accepted("2024-03", "2024-04-20");
    assert_eq!(history.accepted_on("2024-03-01", 0), None);
}
