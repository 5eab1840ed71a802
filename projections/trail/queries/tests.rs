use serde_json::{Value as Json, json};
use traccia_domain::{
    Event, expense::ExpenseEvent, invoice::InvoiceEvent, link::LinkEvent, milestone::MilestoneEvent,
    project::ProjectEvent, report::ReportEvent, schema::samples, tranche::MoneyEvent,
};
use traccia_tests::{Place, on_every_database};

use super::controls::{CONTROLS, Control, controls};
use crate::{
    answer::{KnownAt, Paging},
    trail::decided::Decided,
    written::{FACILITATION, Written, record},
};

on_every_database! {
    the_register_of_controls_says_who_decided_what
    a_decision_on_an_application_names_the_project_its_money_and_the_act
    a_decision_on_a_pair_names_its_two_records
    a_decision_on_a_report_names_project_and_month
    a_certificate_says_whether_it_is_met_and_a_finding_on_which_unit
    a_decision_on_a_tranche_names_it_and_what_it_comes_to
    what_the_bank_says_has_the_amount_of_the_order_it_answers
    a_decision_on_an_exposure_says_what_becomes_of_how_much
    a_decision_on_an_expense_names_its_project_and_its_share
}

/// What the register of programme `p` says of the commits after a position, in fields of their own: those that say something.
async fn decided(written: &Written, after: u64) -> Vec<Json> {
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let found = controls(&reader, &"p".parse().unwrap(), &Paging::default()).await.unwrap().body.items;
    let fields = |control: &Control| {
        let mut fields = serde_json::to_value(&control.decided).unwrap();
        fields.as_object_mut().unwrap().retain(|_, value| !value.is_null() && *value != json!([]));
        fields
    };
    found.iter().filter(|control| control.at > after).map(fields).collect()
}

async fn a_decision_on_an_application_names_the_project_its_money_and_the_act(place: Place) {
    let mut written = Written::network(place).await;
    let before = written.head().await;
    written.apply_with_cup("d", "p", "B39I21001150001").await;
    let rejected = json!({"reason": "prova", "on": "2024-01-03"});
    written.say("project.d", "application_rejected", rejected).await;
    let expected =
        [json!({"project": "d", "amount": "1000.00", "act": "D.d.s. 1"}), json!({"project": "d", "amount": "1000.00"})];
    assert_eq!(decided(&written, before).await, expected);
}

async fn a_decision_on_a_pair_names_its_two_records(place: Place) {
    let mut written = Written::network(place).await;
    for number in [1, 2] {
        written.register(number).await;
        written.serve(number, number, "a-1", "f-a-1", "2024-03-01", FACILITATION).await;
    }
    let before = written.head().await;
    let said = ["link_rejected", "link_confirmed", "break_rejected", "link_broken"];
    for said in said {
        written.of_pair(1, 2, said).await;
    }
    let pair = json!({"records": [record(1), record(2)]});
    assert_eq!(decided(&written, before).await, said.map(|_| pair.clone()));
}

async fn a_decision_on_a_report_names_project_and_month(place: Place) {
    let mut written = Written::network(place).await;
    let before = written.head().await;
    for said in ["report_submitted", "report_returned", "report_submitted", "report_accepted", "report_reopened"] {
        written.of_report("2024-03", said).await;
    }
    let of = |act: Json| {
        let mut said = json!({"project": "a", "month": "2024-03"});
        said.as_object_mut().unwrap().extend(act.as_object().unwrap().clone());
        said
    };
    assert_eq!(decided(&written, before).await, [of(json!({})), of(json!({"act": "D.d.s. 2"})), of(json!({}))]);
}

async fn a_certificate_says_whether_it_is_met_and_a_finding_on_which_unit(place: Place) {
    let mut written = Written::network(place).await;
    let before = written.head().await;
    let root = "0".repeat(64);
    let certified = |count: u64| {
        json!({"milestone": "M1", "claim": before + 1, "count": count, "root": root, "reduction": "weakest_link",
            "citizens": {"reached": count, "needed": 8}, "rules": 1})
    };
    let found = |finding| json!({"milestone": "M1", "claim": before + 1, "unit": record(2), "finding": finding});
    written.claim("a").await;
    written.say("milestone.a", "milestone_certified", certified(7)).await;
    written.say("milestone.a", "milestone_certified", certified(8)).await;
    written.draw("a", before + 1, &root, 8, &[record(1), record(2)]).await;
    written.say("milestone.a", "finding_recorded", found("confirmed")).await;
    written.say("milestone.a", "finding_recorded", found("error")).await;
    let expected = [
        json!({"project": "a", "milestone": "M1", "decision": "partially_met", "count": 7}),
        json!({"project": "a", "milestone": "M1", "decision": "met", "count": 8}),
        json!({"project": "a", "milestone": "M1", "count": 2}),
        json!({"project": "a", "milestone": "M1", "decision": "confirmed", "unit": record(2)}),
        json!({"project": "a", "milestone": "M1", "decision": "error", "unit": record(2)}),
    ];
    assert_eq!(decided(&written, before).await, expected);
}

async fn a_decision_on_a_tranche_names_it_and_what_it_comes_to(place: Place) {
    let mut written = Written::network(place).await;
    let before = written.head().await;
    let because = json!({"tranche": "T2", "act": "D.d.s. 5", "reason": "prova"});
    written.order("a", "T2", "450.00").await;
    written.paid("a", "T2").await;
    written.of_money("a", "tranche_suspended", because.clone()).await;
    written.of_money("a", "tranche_released", because).await;
    let revoked = json!({"tranche": "T3", "planned": "30.00", "act": "D.d.s. 6", "reason": "prova"});
    written.of_money("a", "tranche_revoked", revoked).await;
    let money = json!({"project": "a", "tranche": "T2", "amount": "450.00"});
    let stopped = json!({"project": "a", "tranche": "T2", "act": "D.d.s. 5"});
    let revoked = json!({"project": "a", "tranche": "T3", "amount": "30.00", "act": "D.d.s. 6"});
    let mut paid = money.clone();
    paid["on"] = json!("2025-01-03");
    let expected = [money.clone(), money, paid, stopped.clone(), stopped, revoked];
    assert_eq!(decided(&written, before).await, expected);
}

async fn what_the_bank_says_has_the_amount_of_the_order_it_answers(place: Place) {
    let mut written = Written::network(place).await;
    let before = written.head().await;
    let answered = |more: Json| {
        let mut said = json!({"tranche": "T2", "order": record(1)});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said
    };
    written.order("a", "T2", "450.00").await;
    written.of_money("a", "payment_failed", answered(json!({"reason": "conto chiuso"}))).await;
    written.order("a", "T2", "437.50").await;
    written.order("a", "T1", "100.00").await;
    written.paid("a", "T2").await;
    written.of_money("a", "payment_reconciled", answered(json!({"statement": "estratto 1"}))).await;
    written.recovered("a", "T2", "112.50", "12.50").await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let found = controls(&reader, &"p".parse().unwrap(), &Paging::default()).await.unwrap().body.items;
    let bank = ["paid", "failed", "reconciled", "recovered"];
    let told: Vec<_> = found
        .iter()
        .filter(|control| control.at > before && bank.contains(&control.outcome.as_str()))
        .map(|control| {
            let Decided { tranche, amount, on, .. } = &control.decided;
            json!([control.what, control.outcome, control.reason, tranche, amount, on])
        })
        .collect();
    let expected = [
        json!(["tranche", "failed", "conto chiuso", "T2", "450.00", null]),
        json!(["tranche", "paid", "CRO 1", "T2", "437.50", "2025-01-03"]),
        json!(["tranche", "reconciled", "estratto 1", "T2", "437.50", null]),
        json!(["exposure", "recovered", null, "T2", "12.50", "2025-02-01"]),
    ];
    assert_eq!(told, expected);
}

async fn a_decision_on_an_exposure_says_what_becomes_of_how_much(place: Place) {
    let mut written = Written::network(place).await;
    let before = written.head().await;
    let decisions = ["net", "recover", "waive"];
    for decision in decisions {
        let said = json!({"exposure": "T2-1", "tranche": "T2", "amount": "27.32", "causes": [], "position": before,
            "decision": decision, "act": "D.d.s. 4"});
        written.of_money("a", "exposure_decided", said).await;
    }
    let expected = decisions.map(|decision| {
        json!({"project": "a", "tranche": "T2", "exposure": "T2-1", "decision": decision, "amount": "27.32",
            "act": "D.d.s. 4"})
    });
    assert_eq!(decided(&written, before).await, expected);
}

async fn a_decision_on_an_expense_names_its_project_and_its_share(place: Place) {
    let mut written = Written::network(place).await;
    // Of one invoice, by projects of two programmes.
    for (expense, project, share) in [("a-1", "a", "0.5"), ("c-1", "c", "0.2"), ("b-1", "b", "0.3")] {
        written.declare(expense, project, "training", 1, share).await;
    }
    let before = written.head().await;
    for (expense, said) in [("a-1", "expense_rejected"), ("c-1", "expense_accepted"), ("b-1", "expense_accepted")] {
        written.decide(expense, 1, said).await;
    }
    let expected = [
        json!({"project": "a", "expense": "a-1", "amount": "500.00"}),
        json!({"project": "b", "expense": "b-1", "amount": "300.00"}),
    ];
    assert_eq!(decided(&written, before).await, expected);
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

/// Whether an event is a decision on what others have said or done, or says what became of the money. Every new kind has to be told here.
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
            | MoneyEvent::ExposureDecided(_)
            // What the bank says and money that comes back close what was decided.
            | MoneyEvent::PaymentConfirmed(_)
            | MoneyEvent::PaymentFailed(_)
            | MoneyEvent::PaymentReconciled(_)
            | MoneyEvent::RecoveryRecorded(_),
        ) => true,
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
    let stream = "project.a".parse().unwrap();
    for event in samples() {
        assert_eq!(Decided::by(&stream, &event).is_some(), decides(&event), "{}", event.kind().name);
    }
}
