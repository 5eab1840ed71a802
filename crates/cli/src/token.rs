//! `traccia token`: makes a bearer token.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use traccia_application::{Bearer, Scope, token};
use traccia_domain::{Actor, PointId, ProgrammeId, ProjectId, Role};
use traccia_vault::Secrets;

use crate::installation::Data;

/// Makes a bearer token and prints it. Its scope need not exist yet; the installation must.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia token --subject anna --role facilitator --point mi-0042
  traccia token --subject rete-milano --role capofila --project lombardia-mi > capofila.token
  traccia token --subject corte --role auditor --days 30")]
pub(crate) struct Token {
    #[command(flatten)]
    data: Data,
    /// Who it is for: an account's name, which the trail will show.
    #[arg(long, value_name = "NAME")]
    subject: String,
    /// What they are trusted with.
    #[arg(long)]
    role: RoleName,
    /// A programme they may act in; may be repeated.
    #[arg(long, value_name = "P")]
    programme: Vec<ProgrammeId>,
    /// A project; may be repeated.
    #[arg(long, value_name = "J")]
    project: Vec<ProjectId>,
    /// A point; may be repeated.
    #[arg(long, value_name = "T")]
    point: Vec<PointId>,
    /// For how many days it is valid, 1 to 3650.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: u32,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    Facilitator,
    Capofila,
    Region,
    Treasurer,
    Auditor,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Role {
        match name {
            RoleName::Facilitator => Role::Facilitator,
            RoleName::Capofila => Role::Capofila,
            RoleName::Region => Role::Region,
            RoleName::Treasurer => Role::Treasurer,
            RoleName::Auditor => Role::Auditor,
            RoleName::Admin => Role::Admin,
        }
    }
}

impl Token {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let role = Role::from(self.role);
        let scope = Scope { programmes: self.programme, projects: self.project, points: self.point };
        let limited = match role {
            Role::Facilitator => (scope.points.is_empty(), "--point"),
            Role::Capofila => (scope.projects.is_empty(), "--project"),
            Role::Region | Role::Treasurer => (scope.programmes.is_empty(), "--programme"),
            Role::Auditor | Role::Admin => (false, ""),
        };
        anyhow::ensure!(!limited.0, "a token of this role reaches nothing without {}: give at least one", limited.1);
        let subject = self.subject.trim();
        anyhow::ensure!(!subject.is_empty() && subject == self.subject, "a subject is a name without spaces around it");
        // A folder mistyped would get keys of its own, and the token would be valid nowhere.
        self.data.with_keys()?;
        let secrets = Secrets::open(&self.data.data)?;
        let bearer = Bearer { actor: Actor { subject: self.subject, role }, scope };
        println!("{}", token::issue(secrets.token(), &bearer, self.days)?);
        Ok(ExitCode::SUCCESS)
    }
}
