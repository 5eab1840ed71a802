//! The business day an event is about. Only some have one.

use jiff::civil::Date;

use super::Event;
use crate::{
    expense::ExpenseEvent, facilitator::FacilitatorEvent, genesis::LogEvent, invoice::InvoiceEvent, link::LinkEvent,
    number::NumberEvent, payments::PaymentsEvent, point::PointEvent, programme::ProgrammeEvent, project::ProjectEvent,
    record::RecordEvent, report::ReportEvent, service::ServiceEvent, tranche::MoneyEvent,
};

impl Event {
    /// The day on which it happened, or from which it holds: the client's, not the log's clock.
    #[must_use]
    pub fn on(&self) -> Option<Date> {
        match self {
            Event::Service(ServiceEvent::ServiceRecorded(recorded)) => Some(recorded.occurred_on),
            Event::Service(
                ServiceEvent::ServiceDisputed(_) | ServiceEvent::ServiceUpheld(_) | ServiceEvent::ServiceVoided(_),
            ) => None,
            Event::Point(PointEvent::PointOpened(opened)) => Some(opened.opened_on),
            Event::Point(PointEvent::PointSuspended(suspended)) => Some(suspended.on),
            Event::Point(PointEvent::PointResumed(resumed)) => Some(resumed.on),
            Event::Point(PointEvent::PointClosed(closed)) => Some(closed.on),
            Event::Point(PointEvent::PointVoided(voided)) => Some(voided.on),
            Event::Facilitator(FacilitatorEvent::FacilitatorEnrolled(enrolled)) => Some(enrolled.from),
            Event::Facilitator(FacilitatorEvent::FacilitatorEnded(ended)) => Some(ended.on),
            Event::Project(ProjectEvent::ApplicationSubmitted(_)) => None,
            Event::Project(ProjectEvent::ApplicationApproved(approved)) => Some(approved.on),
            Event::Project(ProjectEvent::ApplicationRejected(rejected)) => Some(rejected.on),
            Event::Project(ProjectEvent::FundingLineSwitched(switched)) => Some(switched.from),
            Event::Report(ReportEvent::ReportAccepted(accepted)) => Some(accepted.on),
            Event::Report(
                ReportEvent::ReportSubmitted(_) | ReportEvent::ReportReturned(_) | ReportEvent::ReportReopened(_),
            ) => None,
            Event::Programme(ProgrammeEvent::RulesAdopted(adopted)) => Some(adopted.effective_on),
            Event::Programme(ProgrammeEvent::RedistributionAdopted(adopted)) => Some(adopted.effective_on),
            Event::Programme(ProgrammeEvent::ProgrammeDefined(_) | ProgrammeEvent::ReportingWindowSet(_)) => None,
            Event::Record(RecordEvent::RecordRegistered(_) | RecordEvent::RecordErased(_)) => None,
            Event::Number(NumberEvent::NumberPresented(_)) => None,
            Event::Link(
                LinkEvent::RecordsLinked(_)
                | LinkEvent::LinkProposed(_)
                | LinkEvent::LinkConfirmed(_)
                | LinkEvent::LinkRejected(_)
                | LinkEvent::BreakProposed(_)
                | LinkEvent::LinkBroken(_)
                | LinkEvent::BreakRejected(_),
            ) => None,
            Event::Milestone(_) => None,
            Event::Invoice(InvoiceEvent::ExpenseDeclared(declared)) => Some(declared.date),
            Event::Invoice(InvoiceEvent::ExpenseAccepted(_) | InvoiceEvent::ExpenseRejected(_)) => None,
            Event::Expense(ExpenseEvent::ExpenseNamed(_)) => None,
            Event::Money(MoneyEvent::TrancheAuthorised(authorised)) => Some(authorised.on),
            Event::Money(MoneyEvent::PaymentOrdered(ordered)) => Some(ordered.on),
            Event::Money(MoneyEvent::PaymentConfirmed(confirmed)) => Some(confirmed.paid_on),
            Event::Money(MoneyEvent::RecoveryRecorded(recovered)) => Some(recovered.received_on),
            Event::Money(
                MoneyEvent::PaymentFailed(_)
                | MoneyEvent::PaymentReconciled(_)
                | MoneyEvent::TrancheSuspended(_)
                | MoneyEvent::TrancheReleased(_)
                | MoneyEvent::TrancheRevoked(_)
                | MoneyEvent::ExposureDecided(_),
            ) => None,
            Event::Payments(PaymentsEvent::BatchClosed(closed)) => Some(closed.on),
            Event::Log(LogEvent::LogStarted(_) | LogEvent::FingerprintKeyRotated(_)) => None,
        }
    }
}
