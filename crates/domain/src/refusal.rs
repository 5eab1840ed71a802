//! Why the rules say no: a stable code, and the field to blame where there is one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A refusal's stable name, as the API prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Code {
    /// The request does not have its form.
    Malformed,
    /// No such programme.
    UnknownProgramme,
    /// No such project.
    UnknownProject,
    /// No such point.
    UnknownPoint,
    /// No such facilitator.
    UnknownFacilitator,
    /// No such record.
    UnknownCitizen,
    /// No such service.
    UnknownService,
    /// The programme has no such milestone.
    UnknownMilestone,
    /// No such expense.
    UnknownExpense,
    /// No such tranche.
    UnknownTranche,
    /// No such exposure.
    UnknownExposure,
    /// It exists.
    AlreadyExists,
    /// The same service is recorded.
    DuplicateService,
    /// Not a fiscal code.
    InvalidFiscalCode,
    /// Not a document's number.
    InvalidDocument,
    /// The point lacks what the programme asks for.
    PointRequirementsNotMet,
    /// The point does not receive citizens that day.
    PointNotOpen,
    /// The facilitator is not valid there that day.
    FacilitatorNotValid,
    /// Outside the project's dates or provinces.
    OutsideProject,
    /// The month's reporting window is over.
    WindowClosed,
    /// A day that has not come.
    InTheFuture,
    /// The two records are one.
    SamePerson,
    /// A second step by who took the first.
    SameActor,
    /// It was decided before.
    AlreadyDecided,
    /// There is a claim.
    AlreadyClaimed,
    /// Not enough is reached yet.
    MilestoneNotReached,
    /// What is certified is not what was frozen.
    CertificateMismatch,
    /// The milestone has no certificate.
    NotCertified,
    /// A month that counts has no accepted report.
    ReportsMissing,
    /// An exposure waits for a decision.
    ExposureUndecided,
    /// What it was decided on is not what was looked at.
    Outdated,
    /// A cure may still earn more of an earlier tranche.
    CurePending,
    /// The tranche is authorised.
    AlreadyAuthorised,
    /// The tranche is paid.
    AlreadyPaid,
    /// No payment order waits for a batch.
    NoOrders,
    /// Not an account that can be paid.
    InvalidIban,
    /// The state of the thing does not allow it.
    WrongState,
    /// More would be claimed of an invoice than there is.
    OverClaimed,
    /// A value breaks a rule of its own.
    Invalid,
}

/// What every refusal can say besides its text.
pub trait Refuses: std::error::Error {
    /// Its stable name.
    fn code(&self) -> Code;

    /// A JSON pointer to the field to blame, where there is one.
    fn pointer(&self) -> Option<String> {
        None
    }
}

/// Any aggregate's refusal.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// A programme's.
    #[error(transparent)]
    Programme(#[from] crate::programme::ProgrammeRefusal),
    /// A project's.
    #[error(transparent)]
    Project(#[from] crate::project::ProjectRefusal),
    /// A monthly report's.
    #[error(transparent)]
    Report(#[from] crate::report::ReportRefusal),
    /// A point's.
    #[error(transparent)]
    Point(#[from] crate::point::PointRefusal),
    /// A facilitator's.
    #[error(transparent)]
    Facilitator(#[from] crate::facilitator::FacilitatorRefusal),
    /// A registration's.
    #[error(transparent)]
    Registration(#[from] crate::registration::RegistrationRefusal),
    /// A record's.
    #[error(transparent)]
    Record(#[from] crate::record::RecordRefusal),
    /// A pair of records'.
    #[error(transparent)]
    Link(#[from] crate::link::LinkRefusal),
    /// A milestone's.
    #[error(transparent)]
    Milestone(#[from] crate::milestone::MilestoneRefusal),
    /// A service's.
    #[error(transparent)]
    Service(#[from] crate::service::ServiceRefusal),
    /// An expense's.
    #[error(transparent)]
    Expense(#[from] crate::expense::ExpenseRefusal),
    /// A project's money's.
    #[error(transparent)]
    Money(#[from] crate::tranche::MoneyRefusal),
    /// A programme's payments'.
    #[error(transparent)]
    Payments(#[from] crate::payments::PaymentsRefusal),
}

impl From<std::convert::Infallible> for Refusal {
    fn from(never: std::convert::Infallible) -> Refusal {
        match never {}
    }
}

impl Refusal {
    fn inner(&self) -> &dyn Refuses {
        match self {
            Refusal::Programme(refusal) => refusal,
            Refusal::Project(refusal) => refusal,
            Refusal::Report(refusal) => refusal,
            Refusal::Point(refusal) => refusal,
            Refusal::Facilitator(refusal) => refusal,
            Refusal::Registration(refusal) => refusal,
            Refusal::Record(refusal) => refusal,
            Refusal::Link(refusal) => refusal,
            Refusal::Milestone(refusal) => refusal,
            Refusal::Service(refusal) => refusal,
            Refusal::Expense(refusal) => refusal,
            Refusal::Money(refusal) => refusal,
            Refusal::Payments(refusal) => refusal,
        }
    }

    /// Its stable name.
    #[must_use]
    pub fn code(&self) -> Code {
        self.inner().code()
    }

    /// A JSON pointer to the field to blame, where there is one.
    #[must_use]
    pub fn pointer(&self) -> Option<String> {
        self.inner().pointer()
    }
}
