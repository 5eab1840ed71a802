//! Answers of a row that do not fit together. They are counted and shown; none is a reason to reject.

use serde::{Deserialize, Serialize};
use traccia_application::RowService;
use traccia_domain::{
    document::{Document, DocumentKind, birth, fiscal_code},
    registration::{Gender, Profile},
};

use crate::codes::{self, AgeBand};

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// AN7 against the fiscal code, which wins. Who is non binary or does not say contradicts nothing.
    Gender,
    /// AN8 against the age the fiscal code gives on the day.
    AgeBand,
    /// SE4 against the areas of the competences in SE5.
    Areas,
}

/// Compares what a row says twice. The fiscal code's gender takes the place of a contrary one.
pub(crate) fn findings(
    document: &Document,
    profile: &mut Profile,
    band: AgeBand,
    areas: &str,
    service: &RowService,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let code = (document.kind() == DocumentKind::FiscalCode).then(|| document.number());
    if let Some(born) = code.and_then(fiscal_code::birth) {
        if matches!(profile.gender, Some(Gender::Female | Gender::Male)) && profile.gender != Some(born.gender) {
            profile.gender = Some(born.gender);
            findings.push(Finding::Gender);
        }
        if birth::age_on(&born, service.occurred_on).is_some_and(|age| !band.holds(age)) {
            findings.push(Finding::AgeBand);
        }
    }
    let mut expected: Vec<char> = service.competences.iter().map(|competence| codes::area(*competence)).collect();
    expected.dedup();
    if codes::several(areas, |part| codes::letter_to(part, 'E')) != Some(expected) {
        findings.push(Finding::Areas);
    }
    findings
}
