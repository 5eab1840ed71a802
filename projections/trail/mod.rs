//! Who did what, and why: one row for each commit. The definition is in README.md.

pub mod decided;
pub mod queries;
pub mod tables;

#[cfg(test)]
mod tests;

use traccia_domain::{
    Actor, Commit, Event, Role, StreamId,
    expense::ExpenseEvent,
    facilitator::FacilitatorEvent,
    genesis::LogEvent,
    invoice::InvoiceEvent,
    link::{LinkBasis, LinkEvent},
    milestone::MilestoneEvent,
    number::NumberEvent,
    payments::PaymentsEvent,
    point::PointEvent,
    programme::ProgrammeEvent,
    project::ProjectEvent,
    record::RecordEvent,
    report::ReportEvent,
    service::ServiceEvent,
    tranche::MoneyEvent,
};
use traccia_projector::{At, Changes, Row};

use self::{decided::Decided, tables::TRAIL};

/// The trail: it needs no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trail;

impl Trail {
    /// Writes a commit's row.
    pub(crate) fn take(self, at: &At<'_>, changes: &mut Changes) {
        changes.append(&TRAIL, || row(at));
    }
}

fn row(at: &At<'_>) -> Row {
    let Commit { stream, command, actor: Actor { subject, role }, events, .. } = at.commit;
    let names = match events.as_slice() {
        [event] => event.kind().name.into(),
        several => several.iter().map(|event| event.kind().name).collect::<Vec<_>>().join(" ").into(),
    };
    let mut reasons: Vec<_> = events.iter().filter_map(reason).collect();
    reasons.dedup();
    let [a, b, c, d, e, f, g, h, ..] = command.0;
    vec![
        at.recorded_at.as_microsecond().into(),
        subject.clone().into(),
        role_name(*role).into(),
        stream.shared().into(),
        names,
        (!reasons.is_empty()).then(|| reasons.join("; ")).into(),
        i64::from_be_bytes([a, b, c, d, e, f, g, h]).into(),
        decided(stream, events).into(),
    ]
}

/// A decision is one event.
fn decided(stream: &StreamId, events: &[Event]) -> Option<String> {
    let decided = events.iter().find_map(|event| Decided::by(stream, event))?;
    Some(serde_json::to_string(&decided).expect("texts, numbers and an amount become JSON"))
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Facilitator => "facilitator",
        Role::Capofila => "capofila",
        Role::Region => "region",
        Role::Treasurer => "treasurer",
        Role::Auditor => "auditor",
        Role::Admin => "admin",
    }
}

/// What an event gives as its ground.
fn reason(event: &Event) -> Option<&str> {
    match event {
        Event::Service(ServiceEvent::ServiceRecorded(_)) | Event::Record(RecordEvent::RecordRegistered(_)) => None,
        Event::Record(RecordEvent::RecordErased(erased)) => Some(&erased.legal_basis),
        Event::Number(NumberEvent::NumberPresented(_)) => None,
        Event::Service(ServiceEvent::ServiceDisputed(disputed)) => Some(&disputed.reason),
        Event::Service(ServiceEvent::ServiceUpheld(upheld)) => Some(&upheld.reason),
        Event::Service(ServiceEvent::ServiceVoided(voided)) => Some(&voided.reason),
        Event::Link(LinkEvent::RecordsLinked(linked)) => match linked.basis {
            LinkBasis::PresentedTogether => Some("presented_together"),
        },
        Event::Link(LinkEvent::LinkProposed(proposed)) => Some(&proposed.reason),
        Event::Link(LinkEvent::LinkConfirmed(confirmed)) => Some(&confirmed.reason),
        Event::Link(LinkEvent::LinkRejected(rejected)) => Some(&rejected.reason),
        Event::Link(LinkEvent::BreakProposed(proposed)) => Some(&proposed.reason),
        Event::Link(LinkEvent::LinkBroken(broken)) => Some(&broken.reason),
        Event::Link(LinkEvent::BreakRejected(rejected)) => Some(&rejected.reason),
        Event::Point(PointEvent::PointOpened(opened)) => opened.reduced_hours_reason.as_deref(),
        Event::Point(PointEvent::PointSuspended(suspended)) => Some(&suspended.reason),
        Event::Point(PointEvent::PointResumed(resumed)) => Some(&resumed.reason),
        Event::Point(PointEvent::PointClosed(closed)) => Some(&closed.reason),
        Event::Point(PointEvent::PointVoided(voided)) => Some(&voided.reason),
        Event::Facilitator(FacilitatorEvent::FacilitatorEnrolled(_) | FacilitatorEvent::FacilitatorEnded(_)) => None,
        Event::Project(ProjectEvent::ApplicationSubmitted(_)) => None,
        Event::Project(ProjectEvent::ApplicationApproved(approved)) => Some(&approved.act),
        Event::Project(ProjectEvent::ApplicationRejected(rejected)) => Some(&rejected.reason),
        Event::Project(ProjectEvent::FundingLineSwitched(switched)) => Some(&switched.act),
        Event::Report(ReportEvent::ReportSubmitted(submitted)) => submitted.obstacles.as_deref(),
        Event::Report(ReportEvent::ReportReturned(returned)) => Some(&returned.reason),
        Event::Report(ReportEvent::ReportAccepted(accepted)) => Some(&accepted.act),
        Event::Report(ReportEvent::ReportReopened(reopened)) => Some(&reopened.reason),
        Event::Milestone(MilestoneEvent::MilestoneClaimed(_) | MilestoneEvent::MilestoneCertified(_)) => None,
        Event::Milestone(MilestoneEvent::SampleDrawn(drawn)) => Some(&drawn.public_value),
        Event::Milestone(MilestoneEvent::FindingRecorded(recorded)) => recorded.note.as_deref(),
        Event::Programme(ProgrammeEvent::ProgrammeDefined(_)) => None,
        Event::Programme(ProgrammeEvent::RulesAdopted(adopted)) => Some(&adopted.act),
        Event::Programme(ProgrammeEvent::RedistributionAdopted(adopted)) => Some(&adopted.act),
        Event::Programme(ProgrammeEvent::ReportingWindowSet(set)) => Some(&set.act),
        Event::Invoice(InvoiceEvent::ExpenseDeclared(_) | InvoiceEvent::ExpenseAccepted(_)) => None,
        Event::Invoice(InvoiceEvent::ExpenseRejected(rejected)) => Some(&rejected.reason),
        Event::Expense(ExpenseEvent::ExpenseNamed(_)) => None,
        Event::Money(MoneyEvent::PaymentFailed(failed)) => Some(&failed.reason),
        Event::Money(MoneyEvent::PaymentConfirmed(confirmed)) => Some(&confirmed.reference),
        Event::Money(MoneyEvent::PaymentReconciled(reconciled)) => Some(&reconciled.statement),
        Event::Money(MoneyEvent::TrancheSuspended(suspended)) => Some(&suspended.reason),
        Event::Money(MoneyEvent::TrancheReleased(released)) => Some(&released.reason),
        Event::Money(MoneyEvent::TrancheRevoked(revoked)) => Some(&revoked.reason),
        Event::Money(MoneyEvent::ExposureDecided(decided)) => Some(&decided.act),
        Event::Money(
            MoneyEvent::TrancheAuthorised(_) | MoneyEvent::PaymentOrdered(_) | MoneyEvent::RecoveryRecorded(_),
        ) => None,
        Event::Payments(PaymentsEvent::BatchClosed(_)) => None,
        Event::Log(LogEvent::LogStarted(_) | LogEvent::FingerprintKeyRotated(_)) => None,
    }
}
