//! A figure and what stands for one that is not shown.

use std::fmt;

use askama::filters::{Html, HtmlSafe, escape};

use super::{hidden::Mask, italian};

/// What is shown of a figure. The legend of the page explains what is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The figure.
    Number(u64),
    /// A difference, with its sign.
    Difference(i64),
    /// From 1 to 4: it could point at somebody.
    Small,
    /// Hidden so that none from 1 to 4 follows from it.
    Withheld,
    /// There is none: the plan does not say, or nothing asks for it.
    Absent,
}

impl Shown {
    /// A figure under a mask.
    pub(crate) fn masked(figure: u64, mask: Mask) -> Shown {
        Shown::Number(figure).under(mask)
    }

    /// The same, hidden where the mask hides.
    pub(crate) fn under(self, mask: Mask) -> Shown {
        match mask {
            Mask::Open => self,
            Mask::Small => Shown::Small,
            Mask::Withheld => Shown::Withheld,
        }
    }

    /// A figure that may be missing.
    pub(crate) fn known(figure: Option<u64>) -> Shown {
        figure.map_or(Shown::Absent, Shown::Number)
    }

    /// With the way to what is behind it.
    pub(crate) fn opening(self, to: Option<String>) -> Cell {
        // What is hidden opens into nothing.
        let to = to.filter(|_| matches!(self, Shown::Number(_) | Shown::Difference(_)));
        Cell { text: self.to_string(), to }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shown::Number(figure) => f.write_str(&italian::number(*figure)),
            Shown::Difference(figure) => f.write_str(&italian::signed(*figure)),
            Shown::Small => f.write_str("<5"),
            Shown::Withheld => f.write_str("ris."),
            Shown::Absent => f.write_str("n.d."),
        }
    }
}

/// A text on a page that opens what is behind it, where there is a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    text: String,
    to: Option<String>,
}

impl Cell {
    /// A text that opens something.
    pub(crate) fn link(text: impl Into<String>, to: String) -> Cell {
        Cell { text: text.into(), to: Some(to) }
    }

    /// The same with a sign before it, where it is a number.
    pub(crate) fn after(self, sign: &str) -> Cell {
        let number = self.text.starts_with(|first: char| first.is_ascii_digit());
        Cell { text: if number { format!("{sign}{}", self.text) } else { self.text }, ..self }
    }

    /// What it says.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// A text that opens nothing.
    pub(crate) fn plain(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), to: None }
    }
}

impl From<Shown> for Cell {
    fn from(shown: Shown) -> Cell {
        Cell::plain(shown.to_string())
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = |text| escape(text, Html).map_err(|_| fmt::Error);
        let text = escaped(&self.text)?;
        match &self.to {
            Some(to) => write!(f, "<a href=\"{}\">{text}</a>", escaped(to)?),
            None => write!(f, "{text}"),
        }
    }
}

/// Everything it writes is escaped above.
impl HtmlSafe for Cell {}

/// How much of a target is reached: a bar and its percentage, or neither where the figure is hidden or has no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    /// Thousandths of the target, at most 1,000; none without a bar.
    pub(crate) filled: Option<u64>,
    /// The percentage.
    pub(crate) text: String,
}

impl Bar {
    /// Of a figure and its target.
    pub(crate) fn of(figure: Shown, target: Option<u64>) -> Bar {
        match (figure, target) {
            (Shown::Number(part), Some(whole)) if whole > 0 => {
                Bar { filled: Some(italian::thousandths(part, whole).min(1_000)), text: italian::percent(part, whole) }
            }
            (Shown::Number(_) | Shown::Difference(_) | Shown::Absent, _) => {
                Bar { filled: None, text: Shown::Absent.to_string() }
            }
            (Shown::Small | Shown::Withheld, _) => Bar { filled: None, text: Shown::Withheld.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_zero_and_absent_are_told_apart() {
        let texts: Vec<String> =
            [Shown::Number(0), Shown::masked(3, Mask::Small), Shown::masked(12, Mask::Withheld), Shown::known(None)]
                .map(|shown| shown.to_string())
                .into();
        assert_eq!(texts, ["0", "<5", "ris.", "n.d."]);
    }

    #[test]
    fn a_cell_is_escaped_and_a_hidden_one_opens_nothing() {
        assert_eq!(Shown::Small.opening(Some("/x".into())).to_string(), "&#60;5");
        assert_eq!(Cell::link("a<b", "/x?a=1&b=\"2".into()).to_string(), "<a href=\"/x?a=1&#38;b=&#34;2\">a&#60;b</a>");
        assert_eq!(Shown::Number(1_200).opening(Some("/x".into())).to_string(), "<a href=\"/x\">1.200</a>");
    }

    #[test]
    fn a_hidden_figure_has_no_bar() {
        assert_eq!(Bar::of(Shown::Small, Some(10)).filled, None);
        assert_eq!(Bar::of(Shown::Number(3), None), Bar { filled: None, text: "n.d.".into() });
        assert_eq!(Bar::of(Shown::Number(15), Some(10)), Bar { filled: Some(1_000), text: "150,0 %".into() });
    }
}
