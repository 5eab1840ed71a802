//! The cookie that keeps a token: for this site alone, out of reach of scripts, gone with the browser's session.

use axum::http::{HeaderMap, HeaderName, header};

/// Its name where the address is https: browsers then take it from this host alone, and only over https.
const GUARDED: &str = "__Host-traccia";
/// Its name on this machine, where there is no https.
const LOCAL: &str = "traccia";

/// What a proxy that terminates TLS says of the client's connection.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The token a browser brings.
pub(crate) fn read(headers: &HeaderMap) -> Option<String> {
    let name = name(headers);
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(given, _)| *given == name).map(|(_, value)| value.to_owned()).filter(|value| !value.is_empty())
}

/// The header that makes the browser keep a token. A token is letters, digits, `-`, `_` and dots: a cookie as it is.
pub(super) fn keep(headers: &HeaderMap, token: &str) -> String {
    format!("{}={token}; Path=/; HttpOnly; SameSite=Strict{}", name(headers), secure(headers))
}

/// The header that makes the browser forget it.
pub(super) fn forget(headers: &HeaderMap) -> String {
    format!("{}=; Path=/; HttpOnly; SameSite=Strict{}; Max-Age=0", name(headers), secure(headers))
}

fn name(headers: &HeaderMap) -> &'static str {
    if local(headers) { LOCAL } else { GUARDED }
}

fn secure(headers: &HeaderMap) -> &'static str {
    if local(headers) { "" } else { "; Secure" }
}

/// Whether the browser speaks plain http to this machine. Everything else is https, or must become it: elsewhere a token
/// in clear is anybody's on the way.
pub(crate) fn local(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text(header::HOST);
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    ["127.0.0.1", "::1", "localhost"].contains(&name) && !text(FORWARDED).eq_ignore_ascii_case("https")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_this_machine_may_go_without_https() {
        for host in ["127.0.0.1:8172", "localhost", "[::1]:8172"] {
            assert!(local(&headers(&[("host", host)])), "{host}");
        }
        for host in ["traccia.example", "10.0.0.7:8172", "localhost.example", ""] {
            assert!(!local(&headers(&[("host", host)])), "{host}");
        }
        let relayed = headers(&[("host", "127.0.0.1"), ("x-forwarded-proto", "https")]);
        assert_eq!(keep(&relayed, "t"), "__Host-traccia=t; Path=/; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(keep(&headers(&[("host", "localhost")]), "t"), "traccia=t; Path=/; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn a_kept_token_is_found_among_other_cookies() {
        let with = |cookie| headers(&[("host", "traccia.example"), ("cookie", cookie)]);
        assert_eq!(read(&with("a=b; __Host-traccia=x.y.z; c=d")).as_deref(), Some("x.y.z"));
        // What plain http, or a neighbouring host, may have set is not ours.
        assert_eq!(read(&with("traccia=x.y.z")), None);
        assert_eq!(read(&with("__Host-traccia=")), None);
    }
}
