//! A form that was refused, given back as it was filled in: what is wrong is put right and sent again, without typing the
//! rest anew.
//!
//! What sent the form is gone by the time it is refused, so that each form that there is, and each that there will be, is
//! kept here on its way in. What only a person has is not given back: [`masked`].

use std::mem;

use axum::{
    Form,
    body::{Body, Bytes, HttpBody as _, to_bytes},
    extract::{FromRequest as _, Request},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use traccia_domain::reason::{self, UnfitReason};

use super::{
    Frame, Wrong,
    fields::{self, Shape},
};

/// The largest form there is, in bytes: a report's account, every sign of it escaped.
const MOST: usize = 64 << 10;

/// The longest text that is given back, in bytes.
const LONGEST: usize = 8 << 10;

/// The most words among which what only a person has is looked for: as many as an IBAN has signs.
const MOST_WORDS: usize = 34;

/// What stands where something of a text is not given back.
const LEFT_OUT: &str = "[…]";

/// A refusal on its way out, beside the page that says it.
#[derive(Clone)]
pub(super) struct Refused {
    pub(super) frame: Frame,
    pub(super) wrong: Wrong,
}

/// A form as it is given back.
#[derive(Debug)]
pub(super) struct Again {
    /// Where it is sent.
    pub(super) path: String,
    /// What the page had filled in.
    pub(super) hidden: Vec<(String, String)>,
    /// What was typed or chosen.
    pub(super) typed: Vec<Typed>,
    /// The page it stood on.
    pub(super) page: String,
    /// Whether that page is old: what it had filled in would be refused again.
    pub(super) stale: bool,
}

/// A field that people fill in.
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) label: &'static str,
    pub(super) shape: Shape,
    pub(super) value: String,
    /// Whether the refusal is about it.
    pub(super) blamed: bool,
    /// Whether something of it is left out.
    pub(super) masked: bool,
}

/// Gives back the form that a page refused.
pub(crate) async fn given_back(request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let (request, sent) = if is_form(&request) {
        let (parts, body) = request.into_parts();
        let Ok(sent) = to_bytes(body, MOST).await else {
            return Wrong::request("Il modulo si è interrotto.").into_response();
        };
        (Request::from_parts(parts, Body::from(sent.clone())), Some(sent))
    } else {
        (request, None)
    };
    let mut response = next.run(request).await;
    let Some(Refused { frame, wrong }) = response.extensions_mut().remove::<Refused>() else { return response };
    match Again::of(path, sent, &wrong).await {
        Some(again) => wrong.with(&frame, Some(&again)),
        None => response,
    }
}

/// Whether a form comes that can be kept. One with files cannot: it is filled in anew where it stands.
fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let short = request.body().size_hint().upper().is_some_and(|bytes| bytes <= MOST as u64);
    kind.starts_with("application/x-www-form-urlencoded") && short
}

impl Again {
    /// The form; none where it is no form of ours, or where nothing of it could be sent again: who has no right to it, or asks
    /// for what is not there.
    async fn of(path: String, sent: Option<Bytes>, wrong: &Wrong) -> Option<Again> {
        let worth = [
            StatusCode::BAD_REQUEST,
            StatusCode::CONFLICT,
            StatusCode::UNPROCESSABLE_ENTITY,
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::GATEWAY_TIMEOUT,
        ];
        if !worth.contains(&wrong.status) {
            return None;
        }
        let Some(sent) = sent else {
            let page = fields::page(&path, &[]);
            return Some(Again { path, hidden: Vec::new(), typed: Vec::new(), page, stale: true });
        };
        let mut request = Request::post("/").body(Body::from(sent)).ok()?;
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(header::CONTENT_TYPE, kind);
        let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, &()).await.ok()?;
        let page = fields::page(&path, &fields);
        let (mut hidden, mut typed) = (Vec::new(), Vec::new());
        for (name, value) in fields {
            match fields::field(&path, &name)? {
                (_, Shape::Hidden) => hidden.push((name, value)),
                (label, shape) => typed.push(Typed::of(name, label, shape, value, wrong)),
            }
        }
        // A box that was not ticked is not sent: it stands beside the text that it confirms.
        if typed.iter().any(|typed| typed.name == "legal_basis") && typed.iter().all(|typed| typed.shape != Shape::Sure)
        {
            let (label, shape) = fields::field(&path, "sure")?;
            typed.push(Typed::of("sure".to_owned(), label, shape, String::new(), wrong));
        }
        Some(Again { path, hidden, typed, page, stale: wrong.stale })
    }
}

impl Again {
    /// What the field to blame is called: the one that the refusal names, else the one of which something is left out.
    pub(super) fn blamed(&self, field: Option<&str>) -> Option<&'static str> {
        let named = field.and_then(|name| fields::field(&self.path, name)).map(|(label, _)| label);
        named.or_else(|| self.typed.iter().find(|typed| typed.masked).map(|typed| typed.label))
    }
}

impl Typed {
    fn of(name: String, label: &'static str, shape: Shape, value: String, wrong: &Wrong) -> Typed {
        let (value, masked) = match shape {
            Shape::Blank { .. } => (String::new(), false),
            // What a ticked box sends; it is not ticked.
            Shape::Sure => ("yes".to_owned(), false),
            Shape::Act { .. } | Shape::Day | Shape::Decimal | Shape::Choice(_) => masked(&value, reason::check_act),
            Shape::Hidden | Shape::Line { .. } | Shape::Long { .. } => masked(&value, reason::check_account),
        };
        let blamed = masked || wrong.field.as_deref() == Some(name.as_str());
        Typed { name, label, shape, value, blamed, masked }
    }

    /// What its box takes.
    pub(super) fn attributes(&self) -> String {
        match self.shape {
            Shape::Line { most, required: false } => format!("maxlength=\"{most}\" size=\"60\""),
            Shape::Line { most, .. } | Shape::Act { most } | Shape::Blank { most } => {
                format!("required maxlength=\"{most}\" size=\"60\"")
            }
            Shape::Day => "type=\"date\" required".to_owned(),
            Shape::Decimal => "required inputmode=\"decimal\" maxlength=\"20\"".to_owned(),
            Shape::Sure => "type=\"checkbox\" required".to_owned(),
            Shape::Hidden | Shape::Long { .. } | Shape::Choice(_) => String::new(),
        }
    }

    /// The words of what was chosen, or what was typed.
    pub(super) fn said(&self) -> &str {
        match self.shape {
            Shape::Sure => "",
            Shape::Choice(choices) => {
                choices.iter().find(|(value, _)| *value == self.value).map_or("", |(_, said)| said)
            }
            Shape::Hidden
            | Shape::Line { .. }
            | Shape::Act { .. }
            | Shape::Long { .. }
            | Shape::Day
            | Shape::Decimal
            | Shape::Blank { .. } => &self.value,
        }
    }
}

/// What a text may not hold, as the rule for it says.
type Rule = fn(&str) -> Result<(), UnfitReason>;

/// A text without what only a person has, and whether anything was left out: the fewest words that hold it, wherever the text
/// would be refused for them.
fn masked(text: &str, rule: Rule) -> (String, bool) {
    if rule(text).is_ok() {
        return (text.to_owned(), false);
    }
    // No field has room for so much.
    if text.len() > LONGEST {
        return (String::new(), true);
    }
    let (mut kept, mut held, mut left_out) = (Vec::new(), Vec::new(), false);
    for word in text.split(' ') {
        held.push(word);
        let last = held.len().saturating_sub(MOST_WORDS)..held.len();
        if let Some(from) = last.rev().find(|from| rule(&held[*from..].join(" ")).is_err()) {
            kept.extend(mem::take(&mut held).into_iter().take(from));
            kept.push(LEFT_OUT);
            left_out = true;
        }
    }
    kept.extend(held);
    let text = kept.join(" ");
    match rule(&text) {
        Ok(()) | Err(UnfitReason::TooLong { .. }) => (text, left_out),
        Err(_) => (String::new(), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_that_say_who_are_left_out() {
        let account = |text: &str| masked(text, reason::check_account);
        let plain = "Report incompleto: mancano i punti di Varese e Como.";
        assert_eq!(account(plain), (plain.to_owned(), false));
        for who in ["RSSMRA80A01F205X", "R S S M R A 8 0 A 0 1 F 2 0 5 X", "anna@esempio.it", "333 1234567"] {
            let (text, left_out) = account(&format!("Manca la firma di {who} al punto di Varese"));
            assert!(
                left_out && text.starts_with("Manca la firma di […]") && text.ends_with("al punto di Varese"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_given_back_whole_and_one_without_end_is_not() {
        let long = "parola ".repeat(400);
        assert_eq!(masked(&long, reason::check_account), (long.clone(), false));
        let (text, left_out) = masked(&format!("{long}RSSMRA80A01F205X"), reason::check_account);
        assert!(left_out && !text.contains("RSSMRA"), "{text}");
        assert_eq!(masked(&"x ".repeat(10_000), reason::check_account), (String::new(), true));
    }

    #[test]
    fn an_act_keeps_its_numbers() {
        let act = "D.d.s. 3331234567 del 2024";
        assert_eq!(masked(act, reason::check_act), (act.to_owned(), false));
    }
}
