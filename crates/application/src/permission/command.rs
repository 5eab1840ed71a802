//! The right to write.

use traccia_domain::{Command, CommandKind, PointId, ProgrammeId, ProjectId, Role};

use super::{Forbidden, names_nothing};
use crate::Bearer;

/// How far a role's right to a command reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// It has none.
    Nowhere,
    /// Without limit.
    Anywhere,
    /// In the programmes the token names.
    OwnProgrammes,
    /// In the projects the token names.
    OwnProjects,
    /// At the points the token names.
    OwnPoints,
    /// On what the same subject recorded at the points the token names.
    OwnServices,
}

use Extent::{Anywhere, Nowhere, OwnPoints, OwnProgrammes, OwnProjects, OwnServices};

/// What a command touches, as far as it is known: what does not exist is in no list, and the rules refuse it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Programmes.
    pub programmes: Vec<ProgrammeId>,
    /// Projects.
    pub projects: Vec<ProjectId>,
    /// Points.
    pub points: Vec<PointId>,
    /// The subject that recorded the service.
    pub recorded_by: Option<String>,
}

/// How far a role's right to a command reaches.
#[must_use]
pub fn extent(role: Role, command: CommandKind) -> Extent {
    // A facilitator, a capofila, the Region, a treasurer.
    let row = match command {
        CommandKind::DefineProgramme
        | CommandKind::AdoptRules
        | CommandKind::AdoptRedistribution
        | CommandKind::SetReportingWindow
        | CommandKind::ApproveApplication
        | CommandKind::RejectApplication
        | CommandKind::SwitchFundingLine => [Nowhere, Nowhere, OwnProgrammes, Nowhere],
        CommandKind::SubmitApplication => [Nowhere, OwnProjects, OwnProgrammes, Nowhere],
        // Who reports does not accept.
        CommandKind::SubmitReport => [Nowhere, OwnProjects, Nowhere, Nowhere],
        CommandKind::ReturnReport | CommandKind::AcceptReport | CommandKind::ReopenReport => {
            [Nowhere, Nowhere, OwnProgrammes, Nowhere]
        }
        CommandKind::OpenPoint
        | CommandKind::SuspendPoint
        | CommandKind::ResumePoint
        | CommandKind::ClosePoint
        | CommandKind::VoidPoint
        | CommandKind::EnrolFacilitator
        | CommandKind::EndFacilitator => [Nowhere, OwnProjects, Nowhere, Nowhere],
        // A citizen belongs to no point.
        CommandKind::RegisterCitizen => [Anywhere, Anywhere, Nowhere, Nowhere],
        // Records belong to no programme either: any Region may say whose they are, and it takes two persons.
        CommandKind::ProposeLink
        | CommandKind::ConfirmLink
        | CommandKind::RejectLink
        | CommandKind::BreakLink
        | CommandKind::ConfirmBreak
        | CommandKind::RejectBreak => [Nowhere, Nowhere, Anywhere, Nowhere],
        // Nor may a person's request depend on which Region they wrote to.
        CommandKind::EraseRecord => [Nowhere, Nowhere, Anywhere, Nowhere],
        CommandKind::RecordService | CommandKind::RecordGroupSession => RECORDING,
        CommandKind::DisputeService | CommandKind::VoidService => [OwnServices, OwnProjects, OwnProgrammes, Nowhere],
        CommandKind::ClaimMilestone => [Nowhere, OwnProjects, Nowhere, Nowhere],
        CommandKind::CertifyMilestone | CommandKind::DrawSample => [Nowhere, Nowhere, OwnProgrammes, Nowhere],
        CommandKind::RecordFinding => return of_finding(role),
        // Who answers for a project's services settles doubts about them, as they may void them; who gave one does not.
        CommandKind::UpholdService => [Nowhere, OwnProjects, OwnProgrammes, Nowhere],
        CommandKind::DeclareExpense => [Nowhere, OwnProjects, Nowhere, Nowhere],
        CommandKind::AcceptExpense | CommandKind::RejectExpense => [Nowhere, Nowhere, OwnProgrammes, Nowhere],
        // Who says what is reached does not say what is paid.
        CommandKind::AuthoriseTranche
        | CommandKind::OrderPayment
        | CommandKind::ConfirmPayment
        | CommandKind::FailPayment
        | CommandKind::ReconcilePayment
        | CommandKind::CloseBatch
        | CommandKind::SuspendTranche
        | CommandKind::ReleaseTranche
        | CommandKind::RevokeTranche
        | CommandKind::DecideExposure
        | CommandKind::RecordRecovery => [Nowhere, Nowhere, Nowhere, OwnProgrammes],
    };
    of_role(role, row)
}

/// Findings on a sample are the one thing an auditor writes.
fn of_finding(role: Role) -> Extent {
    match role {
        Role::Auditor | Role::Admin => Anywhere,
        Role::Region => OwnProgrammes,
        Role::Facilitator | Role::Capofila | Role::Treasurer => Nowhere,
    }
}

/// Who records services: a facilitator, a *capofila*, the Region, a treasurer.
const RECORDING: [Extent; 4] = [OwnPoints, OwnProjects, Nowhere, Nowhere];

fn of_role(role: Role, [facilitator, capofila, region, treasurer]: [Extent; 4]) -> Extent {
    match role {
        Role::Facilitator => facilitator,
        Role::Capofila => capofila,
        Role::Region => region,
        Role::Treasurer => treasurer,
        Role::Auditor => Nowhere,
        Role::Admin => Anywhere,
    }
}

/// Whether a bearer may ask for a command at all, before anything it names is looked at.
///
/// # Errors
/// When the role has no right to it, or the token names nothing the right could reach.
pub fn may_ask(who: &Bearer, command: &Command) -> Result<Extent, Forbidden> {
    granted(who, |role| extent(role, command.kind()))
}

/// Whether a bearer may ask what a command would change: who may ask for the command, each within their own, and the
/// auditor, who reads everything and writes nothing.
///
/// # Errors
/// As [`may_ask`].
pub fn may_foresee(who: &Bearer, command: CommandKind) -> Result<Extent, Forbidden> {
    granted(who, |role| foreseeing(role, command))
}

/// The roles that may ask what a command would change.
pub fn foreseers(command: CommandKind) -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(move |role| foreseeing(*role, command) != Nowhere)
}

fn foreseeing(role: Role, command: CommandKind) -> Extent {
    match role {
        Role::Auditor => Anywhere,
        Role::Facilitator | Role::Capofila | Role::Region | Role::Treasurer | Role::Admin => extent(role, command),
    }
}

/// The roles that may ask for a command, each within its own.
pub fn askers(command: CommandKind) -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(move |role| extent(*role, command) != Nowhere)
}

/// As [`may_ask`], for the rows of an upload.
///
/// # Errors
/// As [`may_ask`].
pub fn may_record(who: &Bearer) -> Result<Extent, Forbidden> {
    granted(who, |role| of_role(role, RECORDING))
}

fn granted(who: &Bearer, extent: impl Fn(Role) -> Extent) -> Result<Extent, Forbidden> {
    match extent(who.actor.role) {
        Nowhere => Err(Forbidden::role(|role| extent(role) != Nowhere)),
        _ if names_nothing(who) => Err(Forbidden::scope(who.actor.role)),
        granted @ (Anywhere | OwnProgrammes | OwnProjects | OwnPoints | OwnServices) => Ok(granted),
    }
}

/// Whether what a command touches is within the bearer's reach. What is unknown is left to the rules.
///
/// # Errors
/// When something it touches is another's.
pub fn within(who: &Bearer, extent: Extent, target: &Target) -> Result<(), Forbidden> {
    let scope = &who.scope;
    match extent {
        Nowhere => Err(Forbidden { needed: "another role".to_owned() }),
        Anywhere => Ok(()),
        OwnProgrammes => own("programme", &scope.programmes, &target.programmes),
        OwnProjects => own("project", &scope.projects, &target.projects),
        OwnPoints => own("point", &scope.points, &target.points),
        OwnServices => {
            own("point", &scope.points, &target.points)?;
            match &target.recorded_by {
                Some(subject) if *subject != who.actor.subject => {
                    Err(Forbidden { needed: "the subject that recorded the service".to_owned() })
                }
                Some(_) | None => Ok(()),
            }
        }
    }
}

fn own<T: PartialEq + std::fmt::Display>(what: &str, own: &[T], touched: &[T]) -> Result<(), Forbidden> {
    match touched.iter().find(|thing| !own.contains(thing)) {
        Some(thing) => Err(Forbidden { needed: format!("a token for the {what} {thing}") }),
        None => Ok(()),
    }
}

/// Whether it is known whose the target is, in the terms a right is limited by.
pub(crate) fn reaches(extent: Extent, target: &Target) -> bool {
    match extent {
        Nowhere => false,
        Anywhere => true,
        OwnProgrammes => !target.programmes.is_empty(),
        OwnProjects => !target.projects.is_empty(),
        OwnPoints => !target.points.is_empty(),
        OwnServices => !target.points.is_empty() && target.recorded_by.is_some(),
    }
}
