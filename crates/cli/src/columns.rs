//! A list as people read it in a terminal: the columns they need, always the same, none wider than it can be read.

use crate::ordered::Json;

/// A column: its head, and where its value stands in a row: `order.paid_on`.
pub(crate) type Column = (&'static str, &'static str);

/// The widest that a column gets, in characters. `--json` and `--csv` have everything.
const WIDEST: usize = 40;

/// What ends a text that is cut.
const CUT: char = '…';

/// The text of a table, and whether a value was cut to fit in.
pub(crate) fn table(rows: &[Json], columns: &[Column]) -> (String, bool) {
    let mut cut = false;
    let drawn: Vec<Vec<String>> = columns
        .iter()
        .map(|(head, path)| {
            let values = rows.iter().map(|row| {
                let (text, shorter) = fitting(&value(row, path).to_string());
                cut |= shorter;
                text
            });
            let values: Vec<String> = values.collect();
            aligned(head, values)
        })
        .collect();
    let lines = (0..=rows.len()).map(|line| {
        let cells: Vec<&str> = drawn.iter().map(|column| column[line].as_str()).collect();
        format!("{}\n", cells.join("  ").trim_end())
    });
    (lines.collect(), cut)
}

fn value<'a>(row: &'a Json, path: &str) -> &'a Json {
    path.split('.').fold(row, |value, name| value.get(name))
}

/// A value in one line, cut where it is too wide.
fn fitting(text: &str) -> (String, bool) {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= WIDEST {
        return (line, false);
    }
    (line.chars().take(WIDEST - 1).chain([CUT]).collect(), true)
}

/// A head and its values, all as wide as the widest: numbers and amounts to the right.
fn aligned(head: &str, values: Vec<String>) -> Vec<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let numeric = |text: &String| digits(text.strip_prefix('-').unwrap_or(text));
    let right = values.iter().all(numeric) && values.iter().any(|text| !text.is_empty());
    let width = values.iter().map(|text| text.chars().count()).chain([head.chars().count()]).max().unwrap_or_default();
    let cell = |text: &str| if right { format!("{text:>width$}") } else { format!("{text:<width$}") };
    std::iter::once(head).chain(values.iter().map(String::as_str)).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Json> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn columns_are_those_that_are_asked_for_whatever_the_rows_hold() {
        let rows = rows(
            r#"[{"tranche":"T1","amount":"100.00","order":{"paid_on":"2025-02-01"},"evidence":{"x":1}},
                {"tranche":"T2","amount":"7.00","entries":[{"code":"netting","amount":"-1.00"}]}]"#,
        );
        let (text, cut) = table(&rows, &[("tranche", "tranche"), ("amount", "amount"), ("paid on", "order.paid_on")]);
        assert_eq!(text, "tranche  amount  paid on\nT1       100.00  2025-02-01\nT2         7.00\n");
        assert!(!cut);
    }

    #[test]
    fn a_long_text_is_one_line_and_is_cut() {
        let rows = rows(&format!(r#"[{{"reason":"due\nrighe {}"}}]"#, "x".repeat(80)));
        let (text, cut) = table(&rows, &[("reason", "reason")]);
        let line = text.lines().nth(1).unwrap();
        assert!(
            cut && line.chars().count() == WIDEST && line.ends_with(CUT) && line.starts_with("due righe"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 2);
    }
}
