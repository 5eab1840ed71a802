//! An answer that says no. It ends the program with 1; what could not be done at all ends it with 2.

use std::fmt;

use serde_json::Value;

/// A refusal, with the problem document where a server or the routes gave one.
#[derive(Debug)]
pub(crate) struct Refused {
    text: String,
    /// The counts of an upload that was refused.
    pub(crate) report: Value,
}

impl Refused {
    /// A refusal in a sentence.
    pub(crate) fn new(text: String) -> Refused {
        Refused { text, report: Value::Null }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Refused {}

/// A problem document as an error: refused where the request is to blame, a failure where the server is.
pub(crate) fn problem(status: u16, problem: &Value) -> anyhow::Error {
    let text = match (problem["detail"].as_str(), problem["code"].as_str(), problem["why"].as_str()) {
        (Some(detail), Some(code), _) => format!("{detail} ({code})"),
        (_, _, Some(why)) => format!("the server is not ready: {why}"),
        _ => format!("the server answered {status}, and not as traccia does: is this its address?"),
    };
    if (400..500).contains(&status) {
        Refused { text, report: problem["report"].clone() }.into()
    } else {
        anyhow::anyhow!(text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_refused_is_told_from_what_failed() {
        let unknown = problem(404, &json!({"detail": "there is no such programme", "code": "UnknownProgramme"}));
        assert_eq!(unknown.to_string(), "there is no such programme (UnknownProgramme)");
        assert!(unknown.downcast_ref::<Refused>().is_some());
        let waiting = problem(503, &json!({"ready": false, "why": "the log cannot be read"}));
        assert_eq!(waiting.to_string(), "the server is not ready: the log cannot be read");
        assert!(problem(503, &json!({"detail": "d", "code": "LogUnavailable"})).downcast_ref::<Refused>().is_none());
        assert!(problem(200, &Value::Null).to_string().contains("is this its address?"));
    }
}
