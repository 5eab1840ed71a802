//! The form of a command: from JSON text to a command, or to the field that is to blame.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_path_to_error::{Segment, Track};
use traccia_application::IdempotencyKey;
use traccia_domain::Command;

use super::{key, plain};
use crate::Problem;

/// Reads a command's body. Nothing of what was sent is repeated in the problem: it may be a document's number.
///
/// # Errors
/// When there is no such command, or the body does not have its form.
pub fn read_command(name: &str, body: &[u8]) -> Result<Command, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let mut track = Track::new();
    let read = Command::read(name, serde_path_to_error::Deserializer::new(&mut json, &mut track));
    match read {
        None => Err(Problem::not_found(
            "UnknownCommand",
            format!("there is no command of this name; there are {}", Command::NAMES.join(", ")),
        )),
        Some(_) if is_list(body) => Err(Problem::malformed("this has to be an object")),
        Some(Err(error)) => Err(blaming(&track.path(), &error, body)),
        Some(Ok(command)) => match json.end() {
            Ok(()) => Ok(command),
            Err(_) => Err(Problem::malformed("something follows the JSON object")),
        },
    }
}

/// One line of a batch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    /// The command's name.
    command: String,
    /// As the header of a single command.
    #[serde(default)]
    idempotency_key: Option<String>,
    /// The command's fields.
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Reads a line of a batch: the command, and the key to repeat it with where the line gives one. What is wrong with the
/// command is said as if it had been sent alone.
///
/// # Errors
/// When the line does not have its form, there is no such command, or the command does not have its form.
pub fn read_line(line: &[u8]) -> Result<(Option<IdempotencyKey>, Command), Problem> {
    let line: Line<'_> = read_json(line)?;
    let key = line.idempotency_key.as_deref().map(key::read).transpose();
    let key = key.map_err(|problem| problem.at("/idempotency_key"))?;
    Ok((key, read_command(&line.command, line.data.get().as_bytes())?))
}

/// Reads a JSON body of any other request, as strictly.
pub(crate) fn read_json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    if is_list(body) {
        return Err(Problem::malformed("this has to be an object"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let read =
        serde_path_to_error::deserialize(&mut json).map_err(|error| blaming(error.path(), error.inner(), body))?;
    json.end().map_err(|_| Problem::malformed("something follows the JSON object"))?;
    Ok(read)
}

/// Fields have names: a reader would also take them from a list, in the order they happen to be declared in.
fn is_list(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"[")
}

/// The problem, with the field to blame: where the reader stood, or the one of its fields that is missing or repeated.
fn blaming(path: &serde_path_to_error::Path, error: &serde_json::Error, body: &[u8]) -> Problem {
    let mut pointer = pointer(path);
    let text = error.to_string();
    let field = ["missing field `", "duplicate field `"].into_iter().find_map(|start| text.strip_prefix(start));
    if let Some((field, _)) = field.and_then(|rest| rest.split_once('`')) {
        pointer = format!("{pointer}/{field}");
    }
    let problem = Problem::malformed(plain::json(error, body));
    if pointer.is_empty() { problem } else { problem.at(pointer) }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_to_blame_is_named_by_its_pointer() {
        let body = br#"{"documents": [{"kind": "fiscal_code", "number": 12}]}"#;
        let problem = serde_json::to_value(read_command("RegisterCitizen", body).unwrap_err()).unwrap();
        assert_eq!(problem["errors"][0]["pointer"], "/documents/0/number");
        assert_eq!(problem["code"], "Malformed");
    }

    #[test]
    fn the_part_of_a_line_that_is_wrong_is_named_by_its_pointer() {
        let data = r#""data": {"point": "a", "on": "2024-01-01", "reason": "r"}"#;
        assert!(read_line(format!(r#"{{"command": "ClosePoint", {data}}}"#).as_bytes()).is_ok());
        for (line, pointer) in [
            (r#"{"command": "ClosePoint"}"#.to_owned(), "/data"),
            (format!("{{{data}}}"), "/command"),
            (format!(r#"{{"command": "ClosePoint", "key": "k", {data}}}"#), "/key"),
            (format!(r#"{{"command": "ClosePoint", "idempotency_key": 7, {data}}}"#), "/idempotency_key"),
            (format!(r#"{{"command": "ClosePoint", "idempotency_key": "", {data}}}"#), "/idempotency_key"),
            (r#"{"command": "ClosePoint", "data": {"point": "a", "on": "never", "reason": "r"}}"#.to_owned(), "/on"),
        ] {
            let problem = serde_json::to_value(read_line(line.as_bytes()).unwrap_err()).unwrap();
            assert_eq!(
                (&problem["code"], &problem["errors"][0]["pointer"]),
                (&"Malformed".into(), &pointer.into()),
                "{line}"
            );
        }
        assert_eq!(read_line(b"[\"ClosePoint\", null, {}]").unwrap_err().code(), "Malformed");
    }

    #[test]
    fn what_was_sent_is_not_repeated() {
        for (name, body) in [
            ("RegisterCitizen", r#"{"documents": "RSSMRA80A01F205X"}"#),
            ("RegisterCitizen", r#"{"documents": [{"kind": "RSSMRA80A01F205X", "number": "1"}]}"#),
            ("ClosePoint", r#"{"point": "a", "on": "RSSMRA80A01F205X", "reason": "r"}"#),
            ("ClosePoint", r#"{"point": "RSSMRA80A01F205X", "on": "2024-01-01", "reason": "r"}"#),
        ] {
            let problem = read_command(name, body.as_bytes()).unwrap_err();
            assert!(!format!("{problem:?}").contains("RSSMRA"), "{problem:?}");
        }
    }

    #[test]
    fn a_repeated_and_an_unknown_field_are_malformed() {
        for body in [
            r#"{"point":"a","point":"b","on":"2024-01-01","reason":"x"}"#,
            r#"{"pt":"a","on":"2024-01-01","reason":"x"}"#,
        ] {
            assert_eq!(read_command("ClosePoint", body.as_bytes()).unwrap_err().code(), "Malformed");
        }
    }
}
