//! What somebody's decision was about, and what it was; what the bank did of it, and what came back: what the register of
//! controls says besides who and when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use traccia_domain::{
    Cents, Event, StreamId,
    expense::ExpenseEvent,
    invoice::InvoiceEvent,
    link::LinkEvent,
    milestone::MilestoneEvent,
    project::ProjectEvent,
    report::ReportEvent,
    tranche::{MoneyEvent, command::ExposureDecision},
};
use utoipa::ToSchema;

/// What was checked, and what was decided of it, each in a field of its own: null where there is nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decided {
    /// The project.
    pub project: Option<String>,
    /// The month of a report: `2024-03`.
    pub month: Option<String>,
    /// The milestone.
    pub milestone: Option<String>,
    /// The tranche.
    pub tranche: Option<String>,
    /// The exposure.
    pub exposure: Option<String>,
    /// The expense.
    pub expense: Option<String>,
    /// The two records of a link, the smaller id first.
    pub records: Vec<String>,
    /// The unit of a sample that was looked at: the person's serial.
    pub unit: Option<String>,
    /// Of a certificate, `met` or `partially_met`; of an exposure, `net`, `recover` or `waive`; of a unit, `confirmed` or
    /// `error`.
    pub decision: Option<String>,
    /// How many units were certified, or drawn.
    pub count: Option<u64>,
    /// The money decided on: an award, what a tranche comes to, an exposure, a share of an invoice; what was paid, or not
    /// paid, by an order; what came back.
    #[schema(value_type = Option<String>)]
    pub amount: Option<Cents>,
    /// The legal act.
    pub act: Option<String>,
    /// The day the bank paid, or the money came back.
    #[schema(value_type = Option<String>)]
    pub on: Option<Date>,
}

impl Decided {
    /// What an event decides on what others have said or done, or what became of the money; nothing where it is neither.
    pub(crate) fn by(stream: &StreamId, event: &Event) -> Option<Decided> {
        match event {
            Event::Project(event) => Decided { project: whose(stream), ..Decided::default() }.application(event),
            Event::Link(event) => Decided::default().link(event),
            Event::Report(event) => Decided::default().report(event),
            Event::Milestone(event) => Decided { project: whose(stream), ..Decided::default() }.milestone(event),
            Event::Money(event) => Decided { project: whose(stream), ..Decided::default() }.money(event),
            Event::Invoice(event) => Decided::default().expense(event),
            Event::Payments(_)
            | Event::Expense(ExpenseEvent::ExpenseNamed(_))
            | Event::Service(_)
            | Event::Record(_)
            | Event::Number(_)
            | Event::Point(_)
            | Event::Facilitator(_)
            | Event::Programme(_)
            | Event::Log(_) => None,
        }
    }

    fn application(self, event: &ProjectEvent) -> Option<Decided> {
        match event {
            ProjectEvent::ApplicationApproved(said) => Some(Decided { act: Some(said.act.clone()), ..self }),
            ProjectEvent::ApplicationRejected(_) => Some(self),
            ProjectEvent::ApplicationSubmitted(_) | ProjectEvent::FundingLineSwitched(_) => None,
        }
    }

    fn link(self, event: &LinkEvent) -> Option<Decided> {
        let records = match event {
            LinkEvent::LinkConfirmed(said) => said.records,
            LinkEvent::LinkRejected(said) => said.records,
            LinkEvent::LinkBroken(said) => said.records,
            LinkEvent::BreakRejected(said) => said.records,
            LinkEvent::RecordsLinked(_) | LinkEvent::LinkProposed(_) | LinkEvent::BreakProposed(_) => return None,
        };
        Some(Decided { records: records.map(|record| record.to_string()).into(), ..self })
    }

    fn report(self, event: &ReportEvent) -> Option<Decided> {
        let act = match event {
            ReportEvent::ReportAccepted(said) => Some(said.act.clone()),
            ReportEvent::ReportReturned(_) | ReportEvent::ReportReopened(_) => None,
            ReportEvent::ReportSubmitted(_) => return None,
        };
        let (project, month) = event.of();
        Some(Decided { project: Some(project.to_string()), month: Some(month.to_string()), act, ..self })
    }

    fn milestone(self, event: &MilestoneEvent) -> Option<Decided> {
        let (milestone, decided) = match event {
            MilestoneEvent::MilestoneCertified(said) => {
                let decision = if said.met() { "met" } else { "partially_met" };
                (&said.milestone, Decided { count: Some(said.count.into()), ..self.deciding(decision) })
            }
            MilestoneEvent::SampleDrawn(said) => {
                (&said.milestone, Decided { count: Some(said.units.len() as u64), ..self })
            }
            MilestoneEvent::FindingRecorded(said) => {
                let unit = Some(said.unit.to_string());
                (&said.milestone, Decided { unit, ..self.deciding(said.finding.as_str()) })
            }
            MilestoneEvent::MilestoneClaimed(_) => return None,
        };
        Some(Decided { milestone: Some(milestone.clone()), ..decided })
    }

    fn money(self, event: &MoneyEvent) -> Option<Decided> {
        let (tranche, amount, act) = match event {
            MoneyEvent::TrancheAuthorised(said) => (&said.tranche, Some(said.amount), None),
            MoneyEvent::PaymentOrdered(said) => (&said.tranche, Some(said.amount), None),
            MoneyEvent::TrancheSuspended(said) => (&said.tranche, None, Some(&said.act)),
            MoneyEvent::TrancheReleased(said) => (&said.tranche, None, Some(&said.act)),
            MoneyEvent::TrancheRevoked(said) => (&said.tranche, Some(said.planned), Some(&said.act)),
            MoneyEvent::ExposureDecided(said) => {
                let decided = Decided { exposure: Some(said.exposure.clone()), ..self.deciding(became(said.decision)) };
                return Some(decided.of_tranche(&said.tranche, Some(said.amount), Some(&said.act)));
            }
            // How much is the order's, which the register looks up.
            MoneyEvent::PaymentConfirmed(said) => {
                let on = Some(said.paid_on);
                return Some(Decided { on, ..self }.of_tranche(&said.tranche, None, None));
            }
            MoneyEvent::PaymentFailed(said) => (&said.tranche, None, None),
            MoneyEvent::PaymentReconciled(said) => (&said.tranche, None, None),
            MoneyEvent::RecoveryRecorded(said) => {
                let (exposure, on) = (Some(said.exposure.clone()), Some(said.received_on));
                return Some(Decided { exposure, on, ..self }.of_tranche(&said.tranche, Some(said.amount), None));
            }
        };
        Some(self.of_tranche(tranche, amount, act))
    }

    /// The invoice's stream says which expense; its project and its share are another table's.
    fn expense(self, event: &InvoiceEvent) -> Option<Decided> {
        let expense = match event {
            InvoiceEvent::ExpenseAccepted(said) => &said.expense,
            InvoiceEvent::ExpenseRejected(said) => &said.expense,
            InvoiceEvent::ExpenseDeclared(_) => return None,
        };
        Some(Decided { expense: Some(expense.to_string()), ..self })
    }

    fn deciding(self, decision: &str) -> Decided {
        Decided { decision: Some(decision.to_owned()), ..self }
    }

    fn of_tranche(self, tranche: &str, amount: Option<Cents>, act: Option<&String>) -> Decided {
        Decided { tranche: Some(tranche.to_owned()), amount, act: act.cloned(), ..self }
    }
}

/// Projects, their milestones and their money have a stream each project.
fn whose(stream: &StreamId) -> Option<String> {
    Some(stream.id().to_owned())
}

fn became(decision: ExposureDecision) -> &'static str {
    match decision {
        ExposureDecision::Net => "net",
        ExposureDecision::Recover => "recover",
        ExposureDecision::Waive => "waive",
    }
}
