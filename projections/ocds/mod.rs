//! Grants, milestones and payments as other public bodies read them: an OCDS 1.1 release package. What is what is in
//! README.md.

pub mod queries;

#[cfg(test)]
mod tests;

use serde::Serialize;
use utoipa::ToSchema;

/// A release package: what is known of a programme's approved projects at a position.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OcdsPackage)]
pub struct Package {
    /// Its name: the programme and the position.
    pub uri: String,
    /// Always `1.1`.
    pub version: &'static str,
    /// When the last thing it tells of was recorded.
    pub published_date: String,
    /// The Region.
    pub publisher: Publisher,
    /// One for each approved project.
    pub releases: Vec<Release>,
}

/// Who publishes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OcdsPublisher)]
pub struct Publisher {
    /// The Region's name.
    pub name: String,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OcdsRelease)]
pub struct Release {
    /// The project's process. Its prefix is not registered, and says so.
    pub ocid: String,
    /// The project and the position.
    pub id: String,
    /// The package's date.
    pub date: String,
    /// Always `implementation`.
    pub tag: [&'static str; 1],
    /// Always `tender`: the standard knows nothing else.
    pub initiation_type: &'static str,
    /// Always `it`.
    pub language: &'static str,
    /// The Region, and the bodies of the partnership.
    pub parties: Vec<Party>,
    /// The Region.
    pub buyer: Reference,
    /// What the money is from.
    pub planning: Planning,
    /// The approval of the application.
    pub awards: [Award; 1],
    /// What was approved, and what became of it.
    pub contracts: [Contract; 1],
}

/// A body, never a person.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OcdsParty)]
pub struct Party {
    /// By which the release refers to it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its tax id, where it is a body's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Identifier>,
    /// What it does: buyer, funder, payer; supplier, payee. Who gave money back is a payer, and who got it a payee.
    pub roles: &'static [&'static str],
}

/// A body's name in a register.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OcdsIdentifier)]
pub struct Identifier {
    /// Which register.
    pub scheme: &'static str,
    /// Its number there.
    pub id: String,
    /// Its name.
    pub legal_name: String,
}

/// One of the parties.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OcdsReference)]
pub struct Reference {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What was planned.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OcdsPlanning)]
pub struct Planning {
    /// What the money is from.
    pub budget: Budget,
}

/// What the money is from.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OcdsBudget)]
pub struct Budget {
    /// The programme's name.
    pub description: String,
    /// The project's name.
    pub project: String,
    /// Its CUP, or its programme's.
    #[serde(rename = "projectID", skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
}

/// The approval of an application.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OcdsAward)]
pub struct Award {
    /// The project's id.
    pub id: String,
    /// The project's name.
    pub title: String,
    /// The day of the act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The award in force.
    pub value: Value,
    /// The bodies of the partnership.
    pub suppliers: Vec<Reference>,
}

/// What was approved, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OcdsContract)]
pub struct Contract {
    /// The project's id.
    pub id: String,
    /// Its award.
    #[serde(rename = "awardID")]
    pub award_id: String,
    /// The project's name.
    pub title: String,
    /// Its days.
    pub period: Period,
    /// The award in force.
    pub value: Value,
    /// Its milestones and payments.
    pub implementation: Implementation,
}

/// From a day to a day, inclusive.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OcdsPeriod)]
pub struct Period {
    /// The first.
    pub start_date: String,
    /// The last.
    pub end_date: String,
}

/// Money.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OcdsValue)]
pub struct Value {
    /// How much: the standard has it as a number.
    pub amount: f64,
    /// Always `EUR`.
    pub currency: &'static str,
}

/// Milestones and payments.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OcdsImplementation)]
pub struct Implementation {
    /// The gates that release money.
    pub milestones: Vec<Milestone>,
    /// What the bank has paid, and what was given back.
    pub transactions: Vec<Transaction>,
}

/// A gate that releases money.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OcdsMilestone)]
pub struct Milestone {
    /// `M1`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Always `delivery`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The deadline.
    pub due_date: String,
    /// When it was certified as met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_met: Option<String>,
    /// scheduled, met, partiallyMet or notMet.
    pub status: &'static str,
}

/// A payment, or money given back.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OcdsTransaction)]
pub struct Transaction {
    /// The payment order; of money given back, its exposure and where the log has it.
    pub id: String,
    /// Its tranche.
    pub source: String,
    /// The day the bank paid, or the money arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// How much; never less than nothing.
    pub value: Value,
    /// The Region; of money given back, the body that leads the partnership.
    pub payer: Reference,
    /// The body that leads the partnership; of money given back, the Region.
    pub payee: Reference,
}
