//! What our user may do beyond what writing takes.

use std::time::Duration;

use async_nats::{Client, Request};
use serde::Deserialize;

/// Where a user is told what it may do.
const WHO_AM_I: &str = "$SYS.REQ.USER.INFO";

/// A user who may not ask is given no answer; then it may do little.
const WITHIN: Duration = Duration::from_millis(500);

/// What can empty or replace a log.
const ADMINISTERING: [&str; 4] = ["UPDATE", "DELETE", "PURGE", "RESTORE"];

#[derive(Deserialize)]
struct Told {
    data: User,
}

#[derive(Deserialize)]
struct User {
    permissions: Option<Permissions>,
}

#[derive(Default, Deserialize)]
struct Permissions {
    publish: Option<Subjects>,
}

/// Patterns of subjects: those allowed, all when there are none, without those denied.
#[derive(Default, Deserialize)]
struct Subjects {
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    deny: Vec<String>,
}

/// A sentence when our user may administer the stream.
pub(super) async fn excessive(client: &Client, stream: &str) -> Option<String> {
    let question = Request::new().timeout(Some(WITHIN));
    let answer = client.send_request(WHO_AM_I, question).await.ok()?;
    let told: Told = serde_json::from_slice(&answer.payload).ok()?;
    let publish = told.data.permissions.unwrap_or_default().publish.unwrap_or_default();
    let may = |right: &&str| publish.include(&format!("$JS.API.STREAM.{right}.{stream}"));
    let rights: Vec<&str> = ADMINISTERING.into_iter().filter(may).collect();
    (!rights.is_empty()).then(|| {
        format!(
            "this user may administer the stream ({}): whoever has its credentials can empty the log. Take from it the right \
             to publish to $JS.API.STREAM.{{UPDATE,DELETE,PURGE,RESTORE}}",
            rights.join(", ")
        )
    })
}

impl Subjects {
    fn include(&self, subject: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| covers(pattern, subject));
        (self.allow.is_empty() || any(&self.allow)) && !any(&self.deny)
    }
}

/// Whether a pattern covers a subject: `*` is one word, `>` all that follow.
fn covers(pattern: &str, subject: &str) -> bool {
    let mut words = subject.split('.');
    for part in pattern.split('.') {
        match (part, words.next()) {
            (">", word) => return word.is_some(),
            ("*", Some(_)) => {}
            (part, Some(word)) if part == word => {}
            (_, _) => return false,
        }
    }
    words.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{Subjects, covers};

    #[test]
    fn patterns_cover_subjects_as_the_server_reads_them() {
        for (pattern, subject, covered) in [
            (">", "$JS.API.STREAM.PURGE.LOG", true),
            ("$JS.API.>", "$JS.API.STREAM.PURGE.LOG", true),
            ("$JS.API.STREAM.*.LOG", "$JS.API.STREAM.PURGE.LOG", true),
            ("$JS.API.STREAM.PURGE", "$JS.API.STREAM.PURGE.LOG", false),
            ("$JS.API.STREAM.PURGE.LOG.>", "$JS.API.STREAM.PURGE.LOG", false),
            ("$JS.API.STREAM.PURGE.OTHER", "$JS.API.STREAM.PURGE.LOG", false),
        ] {
            assert_eq!(covers(pattern, subject), covered, "{pattern}");
        }
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let but = Subjects { allow: texts(&["a.>"]), deny: texts(&["a.b.*"]) };
        assert!(but.include("a.c") && !but.include("a.b.c") && !but.include("b"));
        assert!(Subjects::default().include("anything"));
    }
}
