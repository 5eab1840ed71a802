//! What fails below, as problems. Each failure is logged here, once, with its causes; clients get its sentence only.

use axum::http::StatusCode;
use traccia_application::Failure;
use traccia_log::LogError;
use traccia_projections::answer::ReadError;
use traccia_projector::ReadError as TablesError;

use super::Problem;

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Problem {
        let text = failure.to_string();
        match &failure {
            Failure::Forbidden { .. } => Problem::forbidden(text),
            Failure::Refused { refusal, existing } => {
                let (status, code) = super::of_code(refusal.code());
                let text = match existing {
                    Some(first) => {
                        format!("{text} (the first one is {}, recorded at position {})", first.id, first.position)
                    }
                    None => text,
                };
                let problem = Problem::new(status, code, text).with_existing(existing.clone());
                match refusal.pointer() {
                    Some(pointer) => problem.at(pointer),
                    None => problem,
                }
            }
            Failure::KeyReused => Problem::new(StatusCode::CONFLICT, "IdempotencyKeyReused", text),
            Failure::Contended => Problem::new(StatusCode::CONFLICT, "Conflict", text),
            Failure::TooLong { .. } => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", text),
            Failure::Unavailable(_) => {
                tell(&failure);
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "LogUnavailable", text)
            }
            Failure::Unknown { key, .. } => {
                tell(&failure);
                Problem::new(StatusCode::GATEWAY_TIMEOUT, "OutcomeUnknown", format!("{text}: {key}"))
            }
            Failure::KeyMismatch(_) => {
                tell(&failure);
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "RecordKeyMismatch", text)
            }
            Failure::Damaged(_) => {
                tell(&failure);
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "LogDamaged", text)
            }
        }
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Problem {
        tell(&error);
        match error {
            LogError::Conflict => Problem::new(StatusCode::CONFLICT, "Conflict", error.to_string()),
            LogError::Unavailable(_) | LogError::Unknown(_) => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "LogUnavailable", "the log cannot be reached")
            }
            LogError::Corrupt { .. } => {
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "LogDamaged", error.to_string())
            }
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Problem {
        match &error {
            ReadError::Cursor | ReadError::Limit => Problem::malformed(error.to_string()),
            ReadError::Damaged { .. } => {
                tell(&error);
                let detail = "the read models are damaged; `traccia rebuild` builds them anew from the log";
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "ReadModelsDamaged", detail)
            }
            ReadError::Tables(TablesError::NotYet { .. }) => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "NotYet", error.to_string())
            }
            ReadError::Tables(TablesError::Unavailable(_)) => {
                tell(&error);
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "ReadModelsUnavailable", error.to_string())
            }
        }
    }
}

impl Problem {
    /// Something of our own failed: the chain is for those who run it, the client gets a sentence.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Problem {
        tell(error);
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal",
            "something failed here; nothing of it is the request's fault",
        )
    }
}

/// The whole chain, for those who run it.
pub(crate) fn tell(error: &dyn std::error::Error) {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    tracing::error!(causes = causes.join(": "), "{error}");
}

#[cfg(test)]
mod tests {
    use traccia_domain::Position;

    use super::*;
    use crate::problem::codes::CODES;

    const SECRET: &str = "connecting to db.internal as traccia";

    fn corrupt() -> LogError {
        LogError::Corrupt { at: Position(7), why: "its text is cut".to_owned() }
    }

    /// What fails, and the status, the code and a word of the sentence that a client gets.
    fn failures() -> Vec<(Problem, u16, &'static str, &'static str)> {
        let unknown = Failure::Unknown { key: "k-1".to_owned(), cause: SECRET.into() };
        let unavailable = ReadError::Tables(TablesError::Unavailable(SECRET.into()));
        let not_yet = ReadError::Tables(TablesError::NotYet { reached: Position(7) });
        let damaged = ReadError::Damaged { what: "`seen` is no number".to_owned() };
        vec![
            (Failure::KeyReused.into(), 409, "IdempotencyKeyReused", "another command"),
            (Failure::Contended.into(), 409, "Conflict", "try again"),
            (Failure::TooLong { bytes: 2_000_000 }.into(), 413, "TooLarge", "2000000 bytes"),
            (Failure::Unavailable(SECRET.into()).into(), 503, "LogUnavailable", "nothing was written"),
            (unknown.into(), 504, "OutcomeUnknown", "repeat with the same idempotency key: k-1"),
            (Failure::KeyMismatch(SECRET.into()).into(), 500, "RecordKeyMismatch", "put back the store"),
            (Failure::Damaged(corrupt()).into(), 500, "LogDamaged", "damaged"),
            (LogError::Conflict.into(), 409, "Conflict", "moved on"),
            (LogError::Unavailable(SECRET.into()).into(), 503, "LogUnavailable", "cannot be reached"),
            (LogError::Unknown(SECRET.into()).into(), 503, "LogUnavailable", "cannot be reached"),
            (corrupt().into(), 500, "LogDamaged", "position 7"),
            (ReadError::Cursor.into(), 400, "Malformed", "`after`"),
            (ReadError::Limit.into(), 400, "Malformed", "1 to 1,000"),
            (damaged.into(), 500, "ReadModelsDamaged", "traccia rebuild"),
            (not_yet.into(), 503, "NotYet", "position 7"),
            (unavailable.into(), 503, "ReadModelsUnavailable", "cannot be read"),
            (
                Problem::internal(&std::io::Error::other(SECRET)),
                500,
                "Internal",
                "nothing of it is the request's fault",
            ),
        ]
    }

    #[test]
    fn each_failure_has_its_code_its_status_and_a_sentence_without_the_cause() {
        for (problem, status, code, sentence) in failures() {
            assert_eq!((problem.status.as_u16(), problem.code), (status, code), "{problem:?}");
            assert!(problem.detail.contains(sentence), "{code}: {}", problem.detail);
            assert!(!problem.detail.contains(SECRET), "{code} tells a client what is for those who run it");
            let explained = CODES.iter().find(|(name, ..)| *name == code).map(|(_, status, _)| *status);
            assert_eq!(explained, Some(status), "{code} as /docs explains it");
        }
    }
}
