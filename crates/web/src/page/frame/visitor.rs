//! Who looks at a page: the bearer of a token, in the header or kept in the browser, or the public.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
    response::{IntoResponse as _, Response},
};
use traccia_application::{
    Bearer,
    permission::{self, Read},
    token,
};
use traccia_domain::Role;

use super::{Frame, Wrong};
use crate::{App, bearer, page::access::cookie};

/// Who looks at a page.
pub(crate) struct Visitor {
    /// Whose token it is; the public has none.
    pub(crate) bearer: Option<Bearer>,
    /// The head of the page for them.
    pub(crate) frame: Frame,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visitor, Response> {
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let bearer = bearer::bearer(parts, app).map_err(|problem| Wrong::from(problem).into_response())?;
            return Ok(Visitor::of(bearer, false));
        }
        let kept = cookie::read(&parts.headers);
        let verified = kept.as_deref().map(|token| token::verify(&app.tokens, token));
        // A browser goes on sending what is valid no more: its page is the public's, and says so.
        Ok(match verified {
            Some(Ok(bearer)) => Visitor::of(Some(bearer), false),
            Some(Err(_)) => Visitor::of(None, true),
            None => Visitor::of(None, false),
        })
    }
}

impl Visitor {
    fn of(bearer: Option<Bearer>, lapsed: bool) -> Visitor {
        let frame = Frame {
            who: bearer.as_ref().map(|who| (who.actor.subject.clone(), role(who.actor.role))),
            role: bearer.as_ref().map(|who| who.actor.role),
            reports: bearer.as_ref().is_some_and(|who| permission::may_read(who, Read::Reports).is_ok()),
            links: bearer.as_ref().is_some_and(|who| permission::may_read(who, Read::Links).is_ok()),
            findings: bearer.as_ref().is_some_and(|who| permission::may_read(who, Read::Findings).is_ok()),
            trail: bearer.as_ref().is_some_and(|who| permission::may_read(who, Read::Trail).is_ok()),
            exports: bearer.as_ref().is_some_and(|who| permission::may_read(who, Read::Exports).is_ok()),
            milestones: bearer.as_ref().is_some_and(|who| permission::may_read(who, Read::Milestones).is_ok()),
            tranches: bearer.as_ref().is_some_and(|who| permission::may_read(who, Read::Tranches).is_ok()),
            uploads: bearer.as_ref().is_some_and(|who| permission::may_record(who).is_ok()),
            lapsed,
        };
        Visitor { bearer, frame }
    }
}

/// Somebody with a token; anyone else is asked to sign in.
pub(crate) struct SignedIn {
    /// Whose token it is.
    pub(crate) who: Bearer,
    /// The head of the page for them.
    pub(crate) frame: Frame,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<SignedIn, Response> {
        let Visitor { bearer, frame } = Visitor::from_request_parts(parts, app).await?;
        match bearer {
            Some(who) => Ok(SignedIn { who, frame }),
            None => {
                let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
                Err(Wrong::sign_in(path).under(&frame))
            }
        }
    }
}

/// A role as pages call it.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Facilitator => "facilitatore",
        Role::Capofila => "capofila",
        Role::Region => "Regione",
        Role::Treasurer => "tesoreria",
        Role::Auditor => "revisione",
        Role::Admin => "amministrazione",
    }
}
