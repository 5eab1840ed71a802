//! A link is drawn only where who looks may open it. It is held here, for every page and whatever draws it: what opens
//! nothing stays as plain text.

use traccia_domain::Role;

use crate::openapi::may_open;

/// A page with those links alone that a role may open.
pub(super) fn only_open(page: &str, role: Role) -> String {
    let mut kept = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, tag, text, after)) = next(rest) {
        kept.push_str(before);
        if address(tag).is_none_or(|path| may_open(role, path)) {
            kept.push_str(tag);
            kept.push_str(text);
            kept.push_str(END);
        } else {
            kept.push_str(text);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

const END: &str = "</a>";

/// What stands before the next link, its tag, its text and what follows: a value never holds `>`, it is escaped.
fn next(page: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, link) = page.split_at(page.find("<a ")?);
    let (tag, inside) = link.split_at(link.find('>')? + 1);
    let (text, after) = inside.split_once(END)?;
    Some((before, tag, text, after))
}

/// The path a link leads to, where it is one of ours.
fn address(tag: &str) -> Option<&str> {
    let to = tag.split_once("href=\"")?.1.split('"').next()?;
    to.split(['?', '#']).next().filter(|path| path.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_may_not_be_opened_is_its_text() {
        let page = "<p><a class=\"skip\" href=\"#x\">giù</a> <a href=\"/conteggio/cittadini?project=k&#38;persons=counted\">7</a>, \
                    <a href=\"/punti?project=k\">2</a></p>";
        let plain = "<p><a class=\"skip\" href=\"#x\">giù</a> 7, <a href=\"/punti?project=k\">2</a></p>";
        assert_eq!(only_open(page, Role::Treasurer), plain);
        assert_eq!(only_open(page, Role::Capofila), page);
    }
}
