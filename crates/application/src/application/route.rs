//! Which aggregate a command is for.

use traccia_domain::{
    Command, ServiceId,
    facilitator::{Facilitator, FacilitatorCommand},
    invoice::InvoiceCommand,
    link::{self, Link, LinkCommand, Proposer},
    milestone::{Milestone, MilestoneCommand},
    payments::Payments,
    point::{Point, PointCommand},
    programme::{Programme, ProgrammeCommand},
    project::{Project, ProjectCommand},
    report::{self, Report, ReportCommand},
    service::{Service, ServiceCommand, command::RecordService, id_of},
    tranche::{Money, MoneyCommand},
};
use traccia_log::Log;

use super::{Application, Done, dispatch::Start, request::Request};
use crate::{
    Answers, Failure, RecordKeys,
    stored::{Stored as _, load},
};

impl<L: Log, K: RecordKeys, A: Answers> Application<L, K, A> {
    pub(super) async fn route(&self, request: &Request<'_>, command: Command) -> Result<Done, Failure> {
        match command {
            Command::DefineProgramme(body) => self.programme(request, ProgrammeCommand::Define(body)).await,
            Command::AdoptRules(body) => self.programme(request, ProgrammeCommand::AdoptRules(body)).await,
            Command::AdoptRedistribution(body) => self.programme(request, ProgrammeCommand::Redistribute(body)).await,
            Command::SetReportingWindow(body) => self.programme(request, ProgrammeCommand::SetWindow(body)).await,
            Command::SubmitApplication(body) => self.project(request, ProjectCommand::Submit(body)).await,
            Command::ApproveApplication(body) => self.project(request, ProjectCommand::Approve(body)).await,
            Command::RejectApplication(body) => self.project(request, ProjectCommand::Reject(body)).await,
            Command::SwitchFundingLine(body) => self.project(request, ProjectCommand::SwitchFunding(body)).await,
            Command::SubmitReport(report) => {
                self.report(request, ReportCommand::Submit { report, by: request.subject() }).await
            }
            Command::ReturnReport(body) => self.report(request, ReportCommand::Return(body)).await,
            Command::AcceptReport(acceptance) => {
                self.report(request, ReportCommand::Accept { acceptance, by: request.subject() }).await
            }
            Command::ReopenReport(body) => self.report(request, ReportCommand::Reopen(body)).await,
            Command::OpenPoint(body) => self.point(request, PointCommand::Open(body)).await,
            Command::SuspendPoint(body) => self.point(request, PointCommand::Suspend(body)).await,
            Command::ResumePoint(body) => self.point(request, PointCommand::Resume(body)).await,
            Command::ClosePoint(body) => self.point(request, PointCommand::Close(body)).await,
            Command::VoidPoint(body) => self.point(request, PointCommand::Void(body)).await,
            Command::EnrolFacilitator(body) => self.facilitator(request, FacilitatorCommand::Enrol(body)).await,
            Command::EndFacilitator(body) => self.facilitator(request, FacilitatorCommand::End(body)).await,
            Command::RegisterCitizen(body) => self.register(request, &body).await,
            Command::ProposeLink(body) => {
                let proposer = Proposer::Person(request.subject());
                let command = LinkCommand::Propose { records: body.citizens, reason: body.reason, proposer };
                self.link(request, command).await
            }
            Command::ConfirmLink(body) => self.link(request, LinkCommand::Confirm(body.by(request.subject()))).await,
            Command::RejectLink(body) => self.link(request, LinkCommand::Reject(body.by(request.subject()))).await,
            Command::BreakLink(body) => self.link(request, LinkCommand::Break(body.by(request.subject()))).await,
            Command::ConfirmBreak(body) => {
                self.link(request, LinkCommand::ConfirmBreak(body.by(request.subject()))).await
            }
            Command::RejectBreak(body) => {
                self.link(request, LinkCommand::RejectBreak(body.by(request.subject()))).await
            }
            Command::EraseRecord(body) => self.erase(request, body).await,
            Command::RecordService(body) => self.record_service(request, body).await,
            Command::RecordGroupSession(body) => self.record_session(request, &body).await,
            Command::DisputeService(body) => self.service(request, body.service, ServiceCommand::Dispute(body)).await,
            Command::UpholdService(body) => self.service(request, body.service, ServiceCommand::Uphold(body)).await,
            Command::VoidService(body) => self.service(request, body.service, ServiceCommand::Void(body)).await,
            Command::ClaimMilestone(body) => self.milestone(request, MilestoneCommand::Claim(body)).await,
            Command::CertifyMilestone(body) => {
                let by = request.subject();
                self.milestone(request, MilestoneCommand::Certify { said: body, by }).await
            }
            Command::DrawSample(body) => self.milestone(request, MilestoneCommand::Draw(body)).await,
            Command::RecordFinding(body) => self.milestone(request, MilestoneCommand::Find(body)).await,
            Command::DeclareExpense(body) => self.declare_expense(request, &body).await,
            Command::AcceptExpense(body) => {
                let (expense, subject) = (body.expense, request.subject());
                let command = InvoiceCommand::Accept { expense: expense.clone(), subject };
                self.decide_expense(request, &expense, command).await
            }
            Command::RejectExpense(body) => {
                let (expense, reason, subject) = (body.expense, body.reason, request.subject());
                let command = InvoiceCommand::Reject { expense: expense.clone(), reason, subject };
                self.decide_expense(request, &expense, command).await
            }
            Command::AuthoriseTranche(body) => {
                self.money(request, MoneyCommand::Authorise(body, request.subject())).await
            }
            Command::OrderPayment(body) => self.money(request, MoneyCommand::Order(body, request.subject())).await,
            Command::ConfirmPayment(body) => self.money(request, MoneyCommand::Confirm(body)).await,
            Command::FailPayment(body) => self.money(request, MoneyCommand::Fail(body)).await,
            Command::ReconcilePayment(body) => self.money(request, MoneyCommand::Reconcile(body)).await,
            Command::CloseBatch(body) => {
                let stream = Payments::stream(&body.programme);
                self.dispatch::<Payments>(request, stream, &body, Start::Loaded).await
            }
            Command::SuspendTranche(body) => self.money(request, MoneyCommand::Suspend(body)).await,
            Command::ReleaseTranche(body) => self.money(request, MoneyCommand::Release(body)).await,
            Command::RevokeTranche(body) => self.money(request, MoneyCommand::Revoke(body)).await,
            Command::DecideExposure(body) => self.money(request, MoneyCommand::Decide(body, request.subject())).await,
            Command::RecordRecovery(body) => self.money(request, MoneyCommand::Recover(body)).await,
        }
    }

    async fn programme(&self, request: &Request<'_>, command: ProgrammeCommand) -> Result<Done, Failure> {
        let id = match &command {
            ProgrammeCommand::Define(definition) => &definition.id,
            ProgrammeCommand::AdoptRules(adopt) => &adopt.programme,
            ProgrammeCommand::Redistribute(redistribute) => &redistribute.programme,
            ProgrammeCommand::SetWindow(set) => &set.programme,
        };
        self.dispatch::<Programme>(request, Programme::stream(id), &command, Start::Loaded).await
    }

    async fn project(&self, request: &Request<'_>, command: ProjectCommand) -> Result<Done, Failure> {
        let id = match &command {
            ProjectCommand::Submit(submit) => &submit.project,
            ProjectCommand::Approve(approve) => &approve.project,
            ProjectCommand::Reject(reject) => &reject.project,
            ProjectCommand::SwitchFunding(switch) => &switch.project,
        };
        self.dispatch::<Project>(request, Project::stream(id), &command, Start::Loaded).await
    }

    async fn report(&self, request: &Request<'_>, command: ReportCommand) -> Result<Done, Failure> {
        let (project, month) = command.of();
        self.dispatch::<Report>(request, report::stream(project, month), &command, Start::Loaded).await
    }

    async fn milestone(&self, request: &Request<'_>, command: MilestoneCommand) -> Result<Done, Failure> {
        self.dispatch::<Milestone>(request, Milestone::stream(command.project()), &command, Start::Loaded).await
    }

    async fn point(&self, request: &Request<'_>, command: PointCommand) -> Result<Done, Failure> {
        let id = match &command {
            PointCommand::Open(open) => &open.point,
            PointCommand::Suspend(suspend) => &suspend.point,
            PointCommand::Resume(resume) => &resume.point,
            PointCommand::Close(close) => &close.point,
            PointCommand::Void(void) => &void.point,
        };
        self.dispatch::<Point>(request, Point::stream(id), &command, Start::Loaded).await
    }

    async fn facilitator(&self, request: &Request<'_>, command: FacilitatorCommand) -> Result<Done, Failure> {
        let id = match &command {
            FacilitatorCommand::Enrol(enrol) => &enrol.facilitator,
            FacilitatorCommand::End(end) => &end.facilitator,
        };
        self.dispatch::<Facilitator>(request, Facilitator::stream(id), &command, Start::Loaded).await
    }

    async fn money(&self, request: &Request<'_>, command: MoneyCommand) -> Result<Done, Failure> {
        self.dispatch::<Money>(request, Money::stream(command.project()), &command, Start::Loaded).await
    }

    async fn link(&self, request: &Request<'_>, command: LinkCommand) -> Result<Done, Failure> {
        self.dispatch::<Link>(request, link::stream(command.records()), &command, Start::Loaded).await
    }

    async fn record_service(&self, request: &Request<'_>, command: RecordService) -> Result<Done, Failure> {
        let stream = Service::stream(self.service_id(&command).await?);
        // Most services are new: one is appended as such, and its stream is loaded only when that is refused.
        self.dispatch::<Service>(request, stream, &ServiceCommand::Record(command.into()), Start::New).await
    }

    /// The id a service will have, which depends on what it refers to: as it is now, or a retry would look elsewhere.
    pub(super) async fn service_id(&self, command: &RecordService) -> Result<ServiceId, Failure> {
        let replaced = match command.refers_to {
            Some(id) => {
                let replaced = load::<Service>(&*self.log, &Service::stream(id), true).await;
                Some((id, replaced.map_err(Failure::reading)?.state))
            }
            None => None,
        };
        Ok(id_of(command, replaced))
    }

    async fn service(&self, request: &Request<'_>, id: ServiceId, command: ServiceCommand) -> Result<Done, Failure> {
        self.dispatch::<Service>(request, Service::stream(id), &command, Start::Loaded).await
    }
}
