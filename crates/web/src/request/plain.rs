//! What a reader says is wrong, in plain words and without what was sent: it may be a document's number.

use serde::de::IgnoredAny;

/// The sentence of a JSON reader's error about a body.
pub(crate) fn json(error: &serde_json::Error, body: &[u8]) -> String {
    if !error.is_data() {
        // A number where one of several texts is needed is an error of form to the reader, though the body has its form.
        return match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(_) => "this has to be one of the texts listed for it".to_owned(),
            Err(error) => format!("this is not JSON: line {}, column {}", error.line(), error.column()),
        };
    }
    let text = error.to_string();
    words(text.split(" at line ").next().unwrap_or_default())
}

/// A reader's sentence as whoever sent the value would say it.
pub(crate) fn words(text: &str) -> String {
    if let Some(field) = quoted(text, "missing field `") {
        return format!("{field} is missing");
    }
    if let Some(field) = quoted(text, "duplicate field `") {
        return format!("{field} is given more than once");
    }
    let begins = |start| text.contains(start);
    if begins("unknown field `") {
        return match expected(text) {
            Some("there are no fields") | None => "there is no such field, and none is needed".to_owned(),
            Some(names) => format!("there is no such field; it is {}", list(names)),
        };
    }
    if begins("unknown variant `") {
        return format!("this has to be {}", expected(text).map_or_else(|| "another value".to_owned(), list));
    }
    if begins("invalid type: ") || begins("invalid value: ") || begins("invalid length ") || begins("out of range") {
        return format!("this has to be {}", expected(text).map_or_else(|| "another value".to_owned(), kind));
    }
    if begins("was not `true` or `false`") {
        return "this has to be true or false".to_owned();
    }
    if begins("invalid digit found in string") || begins("cannot parse integer from empty string") {
        return "this has to be a whole number".to_owned();
    }
    if begins("number too large to fit") {
        return "this number is too large".to_owned();
    }
    if begins("did not match any variant") {
        return "this has none of the forms it may have".to_owned();
    }
    // A value's own reader says what it needs; should one quote what it was given, nothing of it is repeated.
    if text.contains('"') { "a value does not have the form it needs".to_owned() } else { text.to_owned() }
}

/// The sentence of a reader of query strings: `name: what is wrong`.
pub(crate) fn parameter(text: &str) -> String {
    match text.split_once(": ") {
        Some((name, wrong)) if !name.contains(' ') => format!("{name}: {}", words(wrong)),
        Some(_) | None => words(text),
    }
}

fn quoted<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split_once('`').map(|(name, _)| name)
}

/// What a reader expected, the last thing it says.
fn expected(text: &str) -> Option<&str> {
    match text.rsplit_once("expected ") {
        Some((_, expected)) => Some(expected.trim()),
        None => text.contains("there are no fields").then_some("there are no fields"),
    }
}

/// `one of `a`, `b`` without the signs of code.
fn list(names: &str) -> String {
    let names = names.replace('`', "");
    match names.split_once(" or ") {
        Some((one, other)) => format!("one of {one}, {other}"),
        None => names,
    }
}

/// A type's name as a person would say it.
fn kind(name: &str) -> String {
    let upto = |last: u64| format!("a whole number from 0 to {last}");
    match name {
        "u8" => upto(u8::MAX.into()),
        "u16" => upto(u16::MAX.into()),
        "u32" => upto(u32::MAX.into()),
        "u64" | "usize" | "i64" | "i32" => "a whole number".to_owned(),
        "f64" | "f32" => "a number".to_owned(),
        "a string" | "a borrowed string" | "string" | "str" => "a text".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a character" => "one character".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" | "map" => "an object".to_owned(),
        "string or map" => "one of the texts that are listed for it".to_owned(),
        // What is Rust's alone; what it has to look like is in the description.
        name if name.starts_with("struct ") => "an object".to_owned(),
        name if name.starts_with("enum ") || name.contains("variant") => "one of the texts listed for it".to_owned(),
        name if name.contains("::") || name.contains("tuple") => "of another form".to_owned(),
        name => list(name),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use traccia_domain::service::ServiceKind;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is wrong with it is read")]
    struct Some {
        small: u8,
        text: String,
        yes: bool,
        letter: char,
        list: Vec<u32>,
        kind: ServiceKind,
        #[serde(default)]
        inner: Option<Box<Some>>,
    }

    #[test]
    fn what_is_wrong_is_said_in_plain_words() {
        let right = r#"{"small":1,"text":"t","yes":true,"letter":"a","list":[1],"kind":"other"}"#;
        assert!(serde_json::from_str::<Some>(right).is_ok());
        for (from, to, said) in [
            ("1,", "256,", "this has to be a whole number from 0 to 255"),
            ("1,", "-1,", "this has to be a whole number from 0 to 255"),
            ("1,", "1.5,", "this has to be a whole number from 0 to 255"),
            ("1,", "\"RSSMRA\",", "this has to be a whole number from 0 to 255"),
            ("\"t\"", "5", "this has to be a text"),
            ("true", "\"RSSMRA\"", "this has to be true or false"),
            ("\"a\"", "\"RSSMRA\"", "this has to be one character"),
            ("[1]", "\"RSSMRA\"", "this has to be a list"),
            (
                "\"other\"",
                "\"RSSMRA\"",
                "this has to be one of reception, individual_facilitation, group_facilitation, classroom_training, \
                 online_training, other",
            ),
            ("\"other\"", "5", "this has to be one of the texts listed for it"),
            ("\"small\":1,", "", "small is missing"),
            ("\"small\":1,", "\"small\":1,\"small\":1,", "small is given more than once"),
            (
                "\"small\":1,",
                "\"small\":1,\"RSSMRA\":1,",
                "there is no such field; it is one of small, text, yes, letter, list, kind, inner",
            ),
            ("}", ",\"inner\":\"RSSMRA\"}", "this has to be an object"),
            ("}", "", "this is not JSON: line 1, column 71"),
        ] {
            let body = right.replacen(from, to, 1);
            let error = serde_json::from_str::<Some>(&body).unwrap_err();
            assert_eq!(json(&error, body.as_bytes()), said, "{error}");
        }
    }
}
