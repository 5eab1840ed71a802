//! Bearer tokens of an installation: JWT, HS256 and nothing else.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, errors::ErrorKind};
use serde::{Deserialize, Serialize};
use traccia_domain::{Actor, Role};

use crate::{Bearer, Scope};

/// Who issues: this program.
const ISSUER: &str = "traccia";

/// The secret that signs tokens. It never prints.
#[derive(Clone)]
pub struct TokenKey {
    signs: EncodingKey,
    checks: DecodingKey,
}

impl TokenKey {
    /// From 32 secret bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> TokenKey {
        TokenKey { signs: EncodingKey::from_secret(secret), checks: DecodingKey::from_secret(secret) }
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(***)")
    }
}

/// Why a token is not accepted. The texts never quote it.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidToken {
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// It was not issued here, or not so.
    #[error("the token is not one of this installation")]
    Foreign,
    /// It has a subject that cannot stand on a commit.
    #[error("a token's subject has 1 to 128 characters")]
    Subject,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    role: Role,
    #[serde(flatten)]
    scope: Scope,
    iat: u64,
    exp: u64,
}

/// Makes a token that is valid for some days from now.
///
/// # Errors
/// When the subject is empty or too long.
pub fn issue(key: &TokenKey, bearer: &Bearer, valid_days: u32) -> Result<String, InvalidToken> {
    let sub = subject(&bearer.actor.subject)?.to_owned();
    let iat = jsonwebtoken::get_current_timestamp();
    let exp = iat + u64::from(valid_days) * 86_400;
    let claims = Claims { iss: ISSUER.to_owned(), sub, role: bearer.actor.role, scope: bearer.scope.clone(), iat, exp };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key.signs).map_err(|_| InvalidToken::Foreign)
}

/// Reads a token: who asks, and within which scope.
///
/// # Errors
/// When it is damaged, expired, signed otherwise, or not of this installation.
pub fn verify(key: &TokenKey, token: &str) -> Result<Bearer, InvalidToken> {
    // The algorithm is ours to say, never the token's.
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "iss", "sub"]);
    validation.leeway = 0;
    let claims = jsonwebtoken::decode::<Claims>(token, &key.checks, &validation).map_err(|error| {
        if matches!(error.kind(), ErrorKind::ExpiredSignature) { InvalidToken::Expired } else { InvalidToken::Foreign }
    })?;
    let Claims { sub, role, scope, .. } = claims.claims;
    Ok(Bearer { actor: Actor { subject: subject(&sub)?.to_owned(), role }, scope })
}

fn subject(text: &str) -> Result<&str, InvalidToken> {
    let fits = (1..=128).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(InvalidToken::Subject) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer() -> Bearer {
        Bearer {
            actor: Actor { subject: "desk-1".into(), role: Role::Facilitator },
            scope: Scope { points: vec!["mi-0042".parse().unwrap()], ..Scope::default() },
        }
    }

    #[test]
    fn a_token_says_who_asks_and_within_which_scope() {
        let key = TokenKey::new(&[7; 32]);
        let token = issue(&key, &bearer(), 1).unwrap();
        assert_eq!(verify(&key, &token), Ok(bearer()));
    }

    #[test]
    fn a_token_ends_and_is_valid_nowhere_else() {
        let key = TokenKey::new(&[7; 32]);
        let old =
            Claims { iss: ISSUER.into(), sub: "a".into(), role: Role::Admin, scope: Scope::default(), iat: 1, exp: 2 };
        let old = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &old, &key.signs).unwrap();
        assert_eq!(verify(&key, &old), Err(InvalidToken::Expired));
        let token = issue(&key, &bearer(), 1).unwrap();
        assert_eq!(verify(&TokenKey::new(&[8; 32]), &token), Err(InvalidToken::Foreign));
    }

    #[test]
    fn no_other_algorithm_is_accepted() {
        let key = TokenKey::new(&[7; 32]);
        let claims = jsonwebtoken::get_current_timestamp() + 60;
        let claims = Claims {
            iss: ISSUER.into(),
            sub: "a".into(),
            role: Role::Admin,
            scope: Scope::default(),
            iat: 1,
            exp: claims,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims, &key.signs).unwrap();
        assert_eq!(verify(&key, &token), Err(InvalidToken::Foreign));
    }
}
