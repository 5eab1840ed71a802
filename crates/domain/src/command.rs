//! All that can be asked: one variant a command, named as the API names it.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

pub use crate::{
    expense::command::{AcceptExpense, DeclareExpense, RejectExpense},
    facilitator::command::{EndFacilitator, EnrolFacilitator},
    link::command::{BreakLink, ConfirmBreak, ConfirmLink, ProposeLink, RejectBreak, RejectLink},
    milestone::command::{CertifyMilestone, ClaimMilestone, DrawSample, RecordFinding},
    payments::command::CloseBatch,
    point::command::{ClosePoint, OpenPoint, ResumePoint, SuspendPoint, VoidPoint},
    programme::{
        command::{AdoptRedistribution, AdoptRules, SetReportingWindow},
        definition::Definition,
    },
    project::command::{ApproveApplication, RejectApplication, SubmitApplication, SwitchFundingLine},
    record::EraseRecord,
    registration::RegisterCitizen,
    report::command::{AcceptReport, ReopenReport, ReturnReport, SubmitReport},
    service::command::{DisputeService, RecordGroupSession, RecordService, UpholdService, VoidService},
    tranche::command::{
        AuthoriseTranche, ConfirmPayment, DecideExposure, FailPayment, OrderPayment, ReconcilePayment, RecordRecovery,
        ReleaseTranche, RevokeTranche, SuspendTranche,
    },
};

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($body:ty),)+) => {
        /// A command with its body. It can hold documents in clear: it is never stored, and never printed whole.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "command", content = "data")]
        pub enum Command {
            $($(#[$doc])* $name($body),)+
        }

        /// A command without its body: what a right is a right to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum CommandKind {
            $($(#[$doc])* $name,)+
        }

        impl CommandKind {
            /// Every command there is.
            pub const ALL: &'static [CommandKind] = &[$(CommandKind::$name),+];

            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(CommandKind::$name => stringify!($name),)+
                }
            }
        }

        $(impl From<$body> for Command {
            fn from(body: $body) -> Self {
                Command::$name(body)
            }
        })+

        impl Command {
            /// The names of all commands.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// What it is, without its body.
            #[must_use]
            pub fn kind(&self) -> CommandKind {
                match self {
                    $(Command::$name(_) => CommandKind::$name,)+
                }
            }

            /// Its name.
            #[must_use]
            pub fn name(&self) -> &'static str {
                self.kind().name()
            }

            /// Reads the body of a command from any format; `None` when there is no command of that name.
            pub fn read<'de, D: serde::Deserializer<'de>>(name: &str, body: D) -> Option<Result<Command, D::Error>> {
                match name {
                    $(stringify!($name) => Some(<$body>::deserialize(body).map(Command::from)),)+
                    _ => None,
                }
            }

            /// The JSON Schema of a command's body.
            #[must_use]
            pub fn schema(name: &str, generator: &mut SchemaGenerator) -> Option<Schema> {
                match name {
                    $(stringify!($name) => Some(<$body>::json_schema(generator)),)+
                    _ => None,
                }
            }
        }
    };
}

commands! {
    /// Enters a programme.
    DefineProgramme(Box<Definition>),
    /// Changes its rules.
    AdoptRules(AdoptRules),
    /// Gives projects new awards and targets.
    AdoptRedistribution(AdoptRedistribution),
    /// Sets a month's reporting window.
    SetReportingWindow(SetReportingWindow),
    /// Applies for a part of it.
    SubmitApplication(SubmitApplication),
    /// Approves.
    ApproveApplication(ApproveApplication),
    /// Turns down.
    RejectApplication(RejectApplication),
    /// Changes who pays.
    SwitchFundingLine(SwitchFundingLine),
    /// Reports on a month.
    SubmitReport(SubmitReport),
    /// Sends the report back.
    ReturnReport(ReturnReport),
    /// Accepts it.
    AcceptReport(AcceptReport),
    /// Reopens it.
    ReopenReport(ReopenReport),
    /// Opens a point.
    OpenPoint(OpenPoint),
    /// Suspends it.
    SuspendPoint(SuspendPoint),
    /// Resumes it.
    ResumePoint(ResumePoint),
    /// Closes it.
    ClosePoint(ClosePoint),
    /// Says it never was.
    VoidPoint(VoidPoint),
    /// Enrols a facilitator.
    EnrolFacilitator(EnrolFacilitator),
    /// Ends them.
    EndFacilitator(EndFacilitator),
    /// Registers a citizen.
    RegisterCitizen(RegisterCitizen),
    /// Proposes that two records are one person's.
    ProposeLink(ProposeLink),
    /// Decides that they are.
    ConfirmLink(ConfirmLink),
    /// Decides that they are not.
    RejectLink(RejectLink),
    /// Proposes to break a link.
    BreakLink(BreakLink),
    /// Breaks it.
    ConfirmBreak(ConfirmBreak),
    /// Leaves it.
    RejectBreak(RejectBreak),
    /// Erases what is known of a citizen.
    EraseRecord(EraseRecord),
    /// Records a service.
    RecordService(RecordService),
    /// Records a service for each of several citizens.
    RecordGroupSession(RecordGroupSession),
    /// Doubts a service.
    DisputeService(DisputeService),
    /// Settles the doubt in its favour.
    UpholdService(UpholdService),
    /// Voids it.
    VoidService(VoidService),
    /// Claims a milestone.
    ClaimMilestone(ClaimMilestone),
    /// Certifies the claim.
    CertifyMilestone(CertifyMilestone),
    /// Draws units of it to look at.
    DrawSample(DrawSample),
    /// Says what was found of one.
    RecordFinding(RecordFinding),
    /// Claims a share of an invoice.
    DeclareExpense(DeclareExpense),
    /// Accepts an expense.
    AcceptExpense(AcceptExpense),
    /// Rejects it.
    RejectExpense(RejectExpense),
    /// Authorises a tranche.
    AuthoriseTranche(AuthoriseTranche),
    /// Orders its payment.
    OrderPayment(OrderPayment),
    /// Confirms it.
    ConfirmPayment(ConfirmPayment),
    /// Says that it failed.
    FailPayment(FailPayment),
    /// Finds it on a statement.
    ReconcilePayment(ReconcilePayment),
    /// Closes a batch of payment orders.
    CloseBatch(CloseBatch),
    /// Suspends a tranche.
    SuspendTranche(SuspendTranche),
    /// Lets it go on.
    ReleaseTranche(ReleaseTranche),
    /// Revokes it.
    RevokeTranche(RevokeTranche),
    /// Decides on an exposure.
    DecideExposure(DecideExposure),
    /// Records money given back.
    RecordRecovery(RecordRecovery),
}

#[cfg(test)]
mod tests;
