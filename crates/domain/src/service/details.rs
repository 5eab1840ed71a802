//! What a service was about, in codes of the national lists; labels are never stored, and words are dropped.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ServiceRefusal, command::RecordService};

/// Where the citizen was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// At the point.
    InPerson,
    /// Elsewhere.
    Remote,
}

/// The citizen's answers, by the columns of the national layout, version 2024.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Questionnaire {
    /// How they came to know, `A` to `M` (ES1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discovery: Option<char>,
    /// Why they came, `A` to `L` (ES2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<char>,
    /// Whether they would come again, `A` to `E` (ES3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<char>,
    /// What helped most, `A` to `O` (ES5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub helpful: Vec<char>,
    /// How useful, 1 to 5 (ES6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usefulness: Option<u8>,
}

/// Checks a service's own values against the national lists.
pub(super) fn check(command: &RecordService) -> Result<(), ServiceRefusal> {
    ensure((1..=24 * 60).contains(&command.minutes), "/minutes", "a service lasts 1 to 1440 minutes")?;
    let competences = command.competences.iter().all(|competence| (1..=13).contains(competence));
    ensure(competences, "/competences", "a competence is a number from 1 to 13")?;
    ensure(distinct(&command.competences), "/competences", "each competence is named once")?;
    ensure(within(&command.domains, 'S'), "/domains", "a domain is a letter from A to S")?;
    ensure(distinct(&command.domains), "/domains", "each domain is named once")?;
    command.questionnaire.as_ref().map_or(Ok(()), Questionnaire::check)
}

impl Questionnaire {
    fn check(&self) -> Result<(), ServiceRefusal> {
        ensure(within(&self.discovery, 'M'), "/questionnaire/discovery", "this answer is a letter from A to M")?;
        ensure(within(&self.reason, 'L'), "/questionnaire/reason", "this answer is a letter from A to L")?;
        ensure(within(&self.again, 'E'), "/questionnaire/again", "this answer is a letter from A to E")?;
        ensure(within(&self.helpful, 'O'), "/questionnaire/helpful", "these answers are letters from A to O")?;
        ensure(distinct(&self.helpful), "/questionnaire/helpful", "each answer is given once")?;
        let usefulness = self.usefulness.is_none_or(|mark| (1..=5).contains(&mark));
        ensure(usefulness, "/questionnaire/usefulness", "this answer is a number from 1 to 5")
    }
}

fn ensure(holds: bool, pointer: &'static str, why: &'static str) -> Result<(), ServiceRefusal> {
    if holds { Ok(()) } else { Err(ServiceRefusal::Invalid { pointer, why }) }
}

fn within<'a>(letters: impl IntoIterator<Item = &'a char>, last: char) -> bool {
    letters.into_iter().all(|letter| ('A'..=last).contains(letter))
}

fn distinct<T: PartialEq>(values: &[T]) -> bool {
    values.iter().enumerate().all(|(index, value)| !values[..index].contains(value))
}
