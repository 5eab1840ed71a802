//! Refusals and failures as problem documents (RFC 9457). The one place where they are mapped.

pub(crate) mod codes;
mod failures;

pub(crate) use failures::tell;

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, Serializer};
use traccia_application::Existing;
use traccia_domain::refusal::Code;
use traccia_import::Report;
use utoipa::ToSchema;

/// An answer that says no, or that something is down.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    existing: Option<Existing>,
    report: Option<Box<Report>>,
}

/// A problem as it is written.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/docs#PointNotOpen", "title": "Point not open", "status": 422, "code": "PointNotOpen",
    "detail": "the point was closed on that day", "errors": [{"pointer": "/point", "detail": "the point was closed on that day"}]
}))]
pub(crate) struct Document<'a> {
    /// Where the code is explained.
    #[serde(rename = "type")]
    kind: String,
    /// The code in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong, and where it helps what to do.
    detail: &'a str,
    /// A stable name.
    code: &'static str,
    /// The fields to blame.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    /// With `DuplicateService`, the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<FirstOne>)]
    existing: Option<&'a Existing>,
    /// The counts of an upload that was refused or broke off.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report>,
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document {
            kind: format!("/docs#{}", self.code),
            title: words(self.code),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            errors: &self.errors,
            existing: self.existing.as_ref(),
            report: self.report.as_deref(),
        }
        .serialize(serializer)
    }
}

/// What is there already.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes `Existing`, which knows nothing of this crate's description")]
pub(crate) struct FirstOne {
    /// Its id.
    id: String,
    /// Where it was recorded.
    position: u64,
}

/// A field to blame.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// A JSON pointer into the request's body, or to a parameter of its path or query.
    pointer: String,
    /// What is wrong with it.
    detail: String,
}

impl Problem {
    /// A problem with a code of its own.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Problem {
        Problem { status, code, detail: detail.into(), errors: Vec::new(), existing: None, report: None }
    }

    /// What is wrong, in words.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The first field to blame: the last part of its pointer that is a name.
    pub(crate) fn field(&self) -> Option<&str> {
        let pointer = self.errors.first()?.pointer.as_str();
        pointer.rsplit('/').find(|part| !part.is_empty() && !part.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The same, with a field to blame.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Problem {
        self.errors.push(FieldError { pointer: pointer.into(), detail: self.detail.clone() });
        self
    }

    /// The same, where the fields to blame are part of something larger: `under` is its place in the body.
    #[must_use]
    pub(crate) fn under(mut self, under: &str) -> Problem {
        for error in &mut self.errors {
            error.pointer.insert_str(0, under);
        }
        self
    }

    /// The same, with what is there already.
    pub(crate) fn with_existing(mut self, existing: Option<Existing>) -> Problem {
        self.existing = existing;
        self
    }

    /// The same, with the counts of an upload.
    pub(crate) fn with_report(mut self, report: Box<Report>) -> Problem {
        self.report = Some(report);
        self
    }

    /// The request does not have its form.
    pub fn malformed(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "Malformed", detail)
    }

    /// Nobody says who asks.
    pub(crate) fn unauthorized() -> Problem {
        let detail = "this needs a bearer token; `traccia token` makes one";
        Problem::new(StatusCode::UNAUTHORIZED, "Unauthorized", detail)
    }

    /// The bearer has no right to it.
    pub fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "Forbidden", detail)
    }

    /// Nothing has this name.
    pub fn not_found(code: &'static str, detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// More than is taken.
    pub(crate) fn too_large(limit: u64) -> Problem {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", format!("this may have at most {limit} bytes"))
    }

    /// Its stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status;
        let mut response = (status, Json(self)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
        }
        response
    }
}

/// `PointNotOpen` as `Point not open`.
fn words(code: &str) -> String {
    let mut text = String::new();
    for letter in code.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
            text.extend(letter.to_lowercase());
        } else {
            text.push(letter);
        }
    }
    text
}

/// The status and the name of a refusal.
pub(crate) fn of_code(code: Code) -> (StatusCode, &'static str) {
    match code {
        Code::Malformed => (StatusCode::BAD_REQUEST, "Malformed"),
        Code::UnknownProgramme => (StatusCode::NOT_FOUND, "UnknownProgramme"),
        Code::UnknownProject => (StatusCode::NOT_FOUND, "UnknownProject"),
        Code::UnknownPoint => (StatusCode::NOT_FOUND, "UnknownPoint"),
        Code::UnknownFacilitator => (StatusCode::NOT_FOUND, "UnknownFacilitator"),
        Code::UnknownCitizen => (StatusCode::NOT_FOUND, "UnknownCitizen"),
        Code::UnknownService => (StatusCode::NOT_FOUND, "UnknownService"),
        Code::UnknownMilestone => (StatusCode::NOT_FOUND, "UnknownMilestone"),
        Code::AlreadyClaimed => (StatusCode::CONFLICT, "AlreadyClaimed"),
        Code::CertificateMismatch => (StatusCode::CONFLICT, "CertificateMismatch"),
        Code::MilestoneNotReached => (StatusCode::UNPROCESSABLE_ENTITY, "MilestoneNotReached"),
        Code::UnknownExpense => (StatusCode::NOT_FOUND, "UnknownExpense"),
        Code::UnknownTranche => (StatusCode::NOT_FOUND, "UnknownTranche"),
        Code::UnknownExposure => (StatusCode::NOT_FOUND, "UnknownExposure"),
        Code::AlreadyExists => (StatusCode::CONFLICT, "AlreadyExists"),
        Code::DuplicateService => (StatusCode::CONFLICT, "DuplicateService"),
        Code::AlreadyDecided => (StatusCode::CONFLICT, "AlreadyDecided"),
        Code::SamePerson => (StatusCode::UNPROCESSABLE_ENTITY, "SamePerson"),
        Code::SameActor => (StatusCode::UNPROCESSABLE_ENTITY, "SameActor"),
        Code::AlreadyAuthorised => (StatusCode::CONFLICT, "AlreadyAuthorised"),
        Code::AlreadyPaid => (StatusCode::CONFLICT, "AlreadyPaid"),
        Code::NotCertified => (StatusCode::UNPROCESSABLE_ENTITY, "NotCertified"),
        Code::ReportsMissing => (StatusCode::UNPROCESSABLE_ENTITY, "ReportsMissing"),
        Code::NoOrders => (StatusCode::UNPROCESSABLE_ENTITY, "NoOrders"),
        Code::ExposureUndecided => (StatusCode::UNPROCESSABLE_ENTITY, "ExposureUndecided"),
        Code::Outdated => (StatusCode::CONFLICT, "Outdated"),
        Code::CurePending => (StatusCode::CONFLICT, "CurePending"),
        Code::InvalidIban => (StatusCode::UNPROCESSABLE_ENTITY, "InvalidIban"),
        Code::WrongState => (StatusCode::CONFLICT, "WrongState"),
        Code::InvalidFiscalCode => (StatusCode::UNPROCESSABLE_ENTITY, "InvalidFiscalCode"),
        Code::InvalidDocument => (StatusCode::UNPROCESSABLE_ENTITY, "InvalidDocument"),
        Code::PointRequirementsNotMet => (StatusCode::UNPROCESSABLE_ENTITY, "PointRequirementsNotMet"),
        Code::PointNotOpen => (StatusCode::UNPROCESSABLE_ENTITY, "PointNotOpen"),
        Code::FacilitatorNotValid => (StatusCode::UNPROCESSABLE_ENTITY, "FacilitatorNotValid"),
        Code::OutsideProject => (StatusCode::UNPROCESSABLE_ENTITY, "OutsideProject"),
        Code::WindowClosed => (StatusCode::UNPROCESSABLE_ENTITY, "WindowClosed"),
        Code::InTheFuture => (StatusCode::UNPROCESSABLE_ENTITY, "InTheFuture"),
        Code::OverClaimed => (StatusCode::UNPROCESSABLE_ENTITY, "OverClaimed"),
        Code::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "Invalid"),
    }
}
