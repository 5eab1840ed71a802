//! Descriptions as they are written in the code, on a page: paragraphs, `code` and *terms*. Nothing more is in them.

use std::fmt::{self, Write as _};

use askama::filters::{Html, HtmlSafe, escape};

/// A description as paragraphs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Prose(pub(super) String);

/// A description within a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line(pub(super) String);

impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for paragraph in self.0.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
            f.write_str("<p>")?;
            inline(paragraph, f)?;
            f.write_str("</p>")?;
        }
        Ok(())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        inline(self.0.trim(), f)
    }
}

/// Both write escaped text and tags of their own.
impl HtmlSafe for Prose {}
impl HtmlSafe for Line {}

fn inline(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*']) {
        let (before, marked) = rest.split_at(at);
        let (mark, tag) = if marked.starts_with('`') { ('`', "code") } else { ('*', "em") };
        plain(before, f)?;
        // A mark that is not closed is a letter.
        let Some((inside, after)) = marked[1..].split_once(mark).filter(|(inside, _)| !inside.is_empty()) else {
            f.write_char(mark)?;
            rest = &marked[1..];
            continue;
        };
        write!(f, "<{tag}>")?;
        plain(inside, f)?;
        write!(f, "</{tag}>")?;
        rest = after;
    }
    plain(rest, f)
}

fn plain(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}", escape(text, Html).map_err(|_| fmt::Error)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_code_and_terms_are_rendered_and_the_rest_is_escaped() {
        let text = "Reads `known_at`, a *posizione*;\nand <b>.\n\nThen `{id}`.";
        let html =
            "<p>Reads <code>known_at</code>, a <em>posizione</em>;\nand &#60;b&#62;.</p><p>Then <code>{id}</code>.</p>";
        assert_eq!(Prose(text.into()).to_string(), html);
    }

    #[test]
    fn a_mark_that_is_not_closed_stays() {
        assert_eq!(Line("2 * 3 and `x".into()).to_string(), "2 * 3 and `x");
        assert_eq!(Line("``".into()).to_string(), "``");
    }
}
