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
