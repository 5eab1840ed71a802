use traccia_domain::{
    Event, expense::ExpenseEvent, invoice::InvoiceEvent, link::LinkEvent, milestone::MilestoneEvent,
    project::ProjectEvent, report::ReportEvent, schema::samples, tranche::MoneyEvent,
};
use traccia_tests::{Place, on_every_database};

use super::controls::{CONTROLS, controls};
use crate::{
    answer::{KnownAt, Paging},
    written::{FACILITATION, Written},
};

on_every_database! {
    the_register_of_controls_says_who_decided_what
}

async fn the_register_of_controls_says_who_decided_what(place: Place) {
    let mut written = Written::network(place).await;
    for (number, point) in [(1, "a-1"), (2, "c-1"), (3, "c-1"), (4, "c-1")] {
        written.register(number).await;
        written.serve(number, number, point, &format!("f-{point}"), "2024-03-01", FACILITATION).await;
    }
    for (a, b, said) in [(1, 2, "link_rejected"), (3, 4, "link_confirmed")] {
        written.of_pair(a, b, "link_proposed").await;
        written.of_pair(a, b, said).await;
    }
    written.declare("a-1", "a", "training", 1, "0.5").await;
    written.declare("c-1", "c", "training", 1, "0.5").await;
    written.decide("a-1", 1, "expense_rejected").await;
    written.decide("c-1", 1, "expense_accepted").await;
    written.report("a", "2024-03", "2024-04-10").await;
    written.claim("a").await;
    let claim = written.head().await;
    written.certify("a", claim, 1, &"0".repeat(64)).await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let told = async |programme: &str| {
        let found = controls(&reader, &programme.parse().unwrap(), &Paging::default()).await.unwrap().body.items;
        found
            .into_iter()
            .map(|one| format!("{} {} {}", one.what, one.outcome, one.reason.unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    let approved = "application approved D.d.s. 1";
    assert_eq!(
        told("p").await,
        [
            approved,
            approved,
            "link rejected prova",
            "expense rejected prova",
            "report accepted D.d.s. 2",
            "milestone certified "
        ]
    );
    assert_eq!(
        told("q").await,
        [approved, "link rejected prova", "link confirmed prova", "expense accepted "],
        "a pair is each programme's that served one of the two; an expense, one's"
    );
    let first = controls(&reader, &"p".parse().unwrap(), &Paging::new(None, Some(3)).unwrap()).await.unwrap().body;
    let rest = Paging::new(first.next.as_deref(), Some(3)).unwrap();
    let rest = controls(&reader, &"p".parse().unwrap(), &rest).await.unwrap().body;
    assert_eq!((first.items.len(), rest.items.len(), rest.items[0].what.as_str()), (3, 3, "expense"));
}

/// Whether an event is a decision on what others have said or done. Every new kind has to be told here.
fn decides(event: &Event) -> bool {
    match event {
        Event::Project(ProjectEvent::ApplicationApproved(_) | ProjectEvent::ApplicationRejected(_)) => true,
        Event::Project(ProjectEvent::ApplicationSubmitted(_) | ProjectEvent::FundingLineSwitched(_)) => false,
        Event::Link(
            LinkEvent::LinkConfirmed(_)
            | LinkEvent::LinkRejected(_)
            | LinkEvent::LinkBroken(_)
            | LinkEvent::BreakRejected(_),
        ) => true,
        Event::Link(LinkEvent::RecordsLinked(_) | LinkEvent::LinkProposed(_) | LinkEvent::BreakProposed(_)) => false,
        Event::Invoice(InvoiceEvent::ExpenseAccepted(_) | InvoiceEvent::ExpenseRejected(_)) => true,
        Event::Invoice(InvoiceEvent::ExpenseDeclared(_)) | Event::Expense(ExpenseEvent::ExpenseNamed(_)) => false,
        Event::Report(
            ReportEvent::ReportAccepted(_) | ReportEvent::ReportReturned(_) | ReportEvent::ReportReopened(_),
        ) => true,
        Event::Report(ReportEvent::ReportSubmitted(_)) => false,
        Event::Milestone(
            MilestoneEvent::MilestoneCertified(_) | MilestoneEvent::SampleDrawn(_) | MilestoneEvent::FindingRecorded(_),
        ) => true,
        Event::Milestone(MilestoneEvent::MilestoneClaimed(_)) => false,
        Event::Money(
            MoneyEvent::TrancheAuthorised(_)
            | MoneyEvent::PaymentOrdered(_)
            | MoneyEvent::TrancheSuspended(_)
            | MoneyEvent::TrancheReleased(_)
            | MoneyEvent::TrancheRevoked(_)
            | MoneyEvent::ExposureDecided(_),
        ) => true,
        // What the bank says is a fact.
        Event::Money(
            MoneyEvent::PaymentConfirmed(_)
            | MoneyEvent::PaymentFailed(_)
            | MoneyEvent::PaymentReconciled(_)
            | MoneyEvent::RecoveryRecorded(_),
        ) => false,
        Event::Service(_)
        | Event::Record(_)
        | Event::Number(_)
        | Event::Point(_)
        | Event::Facilitator(_)
        | Event::Programme(_)
        | Event::Payments(_)
        | Event::Log(_) => false,
    }
}

#[test]
fn every_decision_is_a_control() {
    let mut decisions: Vec<_> =
        samples().iter().filter(|event| decides(event)).map(|event| event.kind().name).collect();
    let mut controls = CONTROLS.map(|(event, ..)| event).to_vec();
    decisions.sort_unstable();
    controls.sort_unstable();
    assert_eq!(decisions, controls);
}
