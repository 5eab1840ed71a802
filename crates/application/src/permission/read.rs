//! The right to read.

use traccia_domain::{PointId, ProgrammeId, ProjectId, Role};

use super::{Forbidden, names_nothing};
use crate::Bearer;

/// What can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Definitions, which are published acts.
    Programmes,
    /// Awards, targets, state.
    Projects,
    /// Points with state and history.
    Points,
    /// Facilitators, by id alone.
    Facilitators,
    /// Targets and what was reached.
    Targets,
    /// The waterfall.
    Counting,
    /// Milestones: what is needed, reached, claimed, certified.
    Milestones,
    /// The list behind a count, person by person.
    Units,
    /// What several programmes or lines share.
    Overlaps,
    /// A person: records, services, attribution.
    Citizen,
    /// The record of a document.
    FindCitizen,
    /// A service, its qualification and reason.
    Service,
    /// Monthly reports.
    Reports,
    /// Links between records.
    Links,
    /// Tranches, their evidence, exposures.
    Tranches,
    /// Payment orders and batches, with whole account numbers: of who gives them to the bank, and of auditors, who have to
    /// be able to say where public money went. Everybody else sees four characters.
    Payments,
    /// What an auditor would look at first.
    Findings,
    /// Expenses, their caps and what is left of these.
    Expenses,
    /// What a redistribution by pace would be.
    Redistribution,
    /// Files for other registers: sums alone, nobody's person.
    Exports,
    /// The register of controls, which names pairs of records and the units of samples.
    Controls,
    /// Who did what and why.
    Trail,
    /// Uploads and their rejected rows.
    Imports,
    /// The commits.
    Log,
    /// The machine's own numbers.
    Metrics,
}

impl Read {
    /// Everything that can be read.
    pub const ALL: [Read; 25] = [
        Read::Programmes,
        Read::Projects,
        Read::Points,
        Read::Facilitators,
        Read::Targets,
        Read::Counting,
        Read::Milestones,
        Read::Units,
        Read::Overlaps,
        Read::Citizen,
        Read::FindCitizen,
        Read::Service,
        Read::Reports,
        Read::Links,
        Read::Tranches,
        Read::Payments,
        Read::Findings,
        Read::Expenses,
        Read::Redistribution,
        Read::Exports,
        Read::Controls,
        Read::Trail,
        Read::Imports,
        Read::Log,
        Read::Metrics,
    ];
}

/// What a bearer may see of it: `None` is no limit, a list is a limit, and several limits all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Within these programmes.
    pub programmes: Option<Vec<ProgrammeId>>,
    /// Within these projects.
    pub projects: Option<Vec<ProjectId>>,
    /// At these points.
    pub points: Option<Vec<PointId>>,
}

impl Reach {
    /// Whether nothing limits it.
    #[must_use]
    pub fn everything(&self) -> bool {
        *self == Reach::default()
    }
}

/// A cell of the table below.
#[derive(PartialEq, Eq)]
enum Sight {
    /// Nothing.
    No,
    /// Within the scope of the token.
    Own,
    /// Everything.
    All,
}

use Sight::{All, No, Own};

/// How much of something a role may see.
fn sight(role: Role, read: Read) -> Sight {
    let [facilitator, capofila, region, treasurer] = match read {
        Read::Programmes => [All, All, All, All],
        Read::Projects | Read::Points | Read::Targets | Read::Counting => [Own, Own, Own, Own],
        Read::Facilitators | Read::Units | Read::Citizen | Read::Service | Read::Imports => [Own, Own, Own, No],
        // Whoever registers must find; the Region answers those who ask to be forgotten.
        Read::FindCitizen => [All, All, All, No],
        // They are about whole projects, which a facilitator's right never reaches.
        Read::Reports => [No, Own, Own, Own],
        Read::Links => [No, No, Own, No],
        Read::Tranches => [No, Own, Own, Own],
        // Whoever gives the orders to the bank; an auditor reads them whole too (ADR 0028).
        Read::Payments => [No, No, No, Own],
        // Whoever is looked at is not told by whom: a facilitator reads none.
        Read::Findings => [No, Own, Own, No],
        Read::Milestones | Read::Expenses | Read::Trail => [No, Own, Own, Own],
        // What nobody has decided is for those who would.
        Read::Overlaps | Read::Redistribution => [No, No, Own, No],
        // Whoever pays judges by the same sums; a register with persons in it is not theirs.
        Read::Exports => [No, No, Own, Own],
        Read::Controls => [No, No, Own, No],
        Read::Log | Read::Metrics => [No, No, No, No],
    };
    match role {
        Role::Facilitator => facilitator,
        Role::Capofila => capofila,
        Role::Region => region,
        Role::Treasurer => treasurer,
        Role::Auditor | Role::Admin => All,
    }
}

/// The roles that may see something, each within its own.
pub fn readers(read: Read) -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(move |role| sight(*role, read) != No)
}

/// What a bearer may see of something.
///
/// # Errors
/// When nothing: the role may not, or its token names nothing.
pub fn may_read(who: &Bearer, read: Read) -> Result<Reach, Forbidden> {
    match sight(who.actor.role, read) {
        No => Err(Forbidden::role(|role| sight(role, read) != No)),
        All => Ok(Reach::default()),
        Own if names_nothing(who) => Err(Forbidden::scope(who.actor.role)),
        Own => Ok(own(who)),
    }
}

/// What a bearer may see of something; `None` when nothing.
#[must_use]
pub fn reach(who: &Bearer, read: Read) -> Option<Reach> {
    may_read(who, read).ok()
}

/// The scope of a token as a limit.
fn own(who: &Bearer) -> Reach {
    let scope = who.scope.clone();
    match who.actor.role {
        Role::Facilitator => Reach { points: Some(scope.points), ..Reach::default() },
        Role::Capofila => Reach { projects: Some(scope.projects), ..Reach::default() },
        Role::Region | Role::Treasurer => Reach { programmes: Some(scope.programmes), ..Reach::default() },
        Role::Auditor | Role::Admin => Reach::default(),
    }
}
