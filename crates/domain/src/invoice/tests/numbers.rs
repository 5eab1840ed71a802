//! Numbers of invoices: one paper however it is written, and two where there are two.

use proptest::prelude::*;

use super::*;
use crate::document::{FingerprintKey, FingerprintKeys, KeyVersion};

fn written(supplier: &str, number: &str) -> DeclareExpense {
    serde_json::from_value(serde_json::json!({"project": "p", "expense": "e", "item": "training",
        "supplier_tax_id": supplier, "invoice": number, "date": "2024-03-01", "amount": "1.00"}))
    .unwrap()
}

fn keys(versions: &[u8]) -> FingerprintKeys {
    FingerprintKeys::new(versions.iter().map(|n| FingerprintKey::new(KeyVersion((*n).into()), &[*n; 32]))).unwrap()
}

fn paper(supplier: &str, number: &str) -> Paper {
    Paper::of(&written(supplier, number)).unwrap()
}

fn id(supplier: &str, number: &str) -> crate::InvoiceId {
    keys(&[1]).newest().invoice(&paper(supplier, number))
}

#[test]
fn one_paper_is_one_invoice_however_it_is_written() {
    let one = id("12345678903", "FT 1/23");
    for number in [
        "ft1/23",
        "FT-1-23",
        "F.T. 1 / 23",
        "FT 0001/23",
        "\u{ff26}\u{ff34}\u{ff11}\u{2013}23",
        "FT1\u{2212}23",
        "(FT) 1_23.",
    ] {
        assert_eq!(id("IT12345678903", number), one, "{number}");
    }
    for (supplier, number) in [("12345678903", "FT1/2"), ("12345678903", "FT12/3"), ("DE123456789", "FT1/23")] {
        assert_ne!(id(supplier, number), one);
    }
    let older: Vec<_> = keys(&[1, 2]).older_invoices(&paper("12345678903", "FT 1/23")).collect();
    assert_eq!(older, [one], "what an older key made is still found");
    assert_ne!(keys(&[2]).newest().invoice(&paper("12345678903", "FT 1/23")), one, "nobody finds it without the key");
}

/// What is stored under it is found again by no other.
#[test]
fn an_invoices_id_is_the_same_for_ever() {
    assert_eq!(id("12345678903", "FT 0012-2026").to_string(), "e32f6bb8f6dfad24311b0b1cf207acf1");
}

#[test]
fn a_number_is_written_one_way() {
    for (text, number) in [
        ("12/2026", "12/2026"),
        ("12 - 2026", "12/2026"),
        ("/12.2026/", "12/2026"),
        ("0012/2026", "12/2026"),
        ("12\u{2011}2026", "12/2026"),
        ("1\u{ad}2/2026", "12/2026"),
        ("n\u{ba} 12", "N12"),
        ("Fatt\u{e9}-7/b", "FATTE7B"),
        ("fatte\u{301} 7/B", "FATTE7B"),
        ("0/2026", "0/2026"),
        ("000", "0"),
        ("1/0/0", "1/0/0"),
        ("A010B", "A10B"),
    ] {
        assert_eq!(super::super::number::written_one_way(text).as_deref(), Ok(number), "{text}");
    }
    let shown = paper("12345678903", "ft 0012-2026").declared(&written("12345678903", "1"), "anna".to_owned()).number;
    assert_eq!(shown, "FT0012-2026", "who has the paper in hand finds what is printed");
}

/// Letters and digits as they follow each other on a paper: two groups of digits with a sign between, at least.
fn groups() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[1-9][0-9]{0,4}|[A-Z]{1,3}|0", 0..4).prop_flat_map(|before| {
        ("[1-9][0-9]{0,4}", Just(before)).prop_map(|(last, mut groups)| {
            groups.push(last);
            groups
        })
    })
}

const SIGNS: &str = "[-/._ \u{a0}\u{2010}-\u{2015}\u{2212}\u{ff0d}\u{ff0f}]{1,2}";

/// The groups, with signs of any kind between them, some zeros more and in any case.
fn written_anyhow(groups: Vec<String>) -> impl Strategy<Value = String> {
    let ways = proptest::collection::vec((SIGNS, "0{0,2}", any::<bool>()), groups.len());
    (ways, "[-/. ]{0,2}").prop_map(move |(ways, end)| {
        let digits = |group: &str| group.starts_with(|c: char| c.is_ascii_digit());
        let mut text = String::new();
        for (i, (group, (sign, zeros, small))) in groups.iter().zip(ways).enumerate() {
            let two = i > 0 && digits(group) && digits(&groups[i - 1]);
            if two || small {
                text.push_str(&sign);
            }
            if digits(group) {
                text.push_str(&zeros);
            }
            text.push_str(&if small { group.to_lowercase() } else { group.clone() });
        }
        text + &end
    })
}

proptest! {
    #[test]
    fn no_signs_make_two_papers_of_one(
        (one, other) in groups().prop_flat_map(|groups| (written_anyhow(groups.clone()), written_anyhow(groups)))
    ) {
        prop_assert_eq!(id("12345678903", &one), id("12345678903", &other));
    }

    #[test]
    fn other_digits_are_another_paper(
        (one, a) in groups().prop_flat_map(|groups| (Just(groups.clone()), written_anyhow(groups))),
        (other, b) in groups().prop_flat_map(|groups| (Just(groups.clone()), written_anyhow(groups))),
    ) {
        let digits = |groups: &[String]| -> Vec<String> {
            groups.iter().filter(|group| group.starts_with(|c: char| c.is_ascii_digit())).cloned().collect()
        };
        prop_assume!(digits(&one) != digits(&other));
        prop_assert_ne!(id("12345678903", &a), id("12345678903", &b));
    }
}

#[test]
fn a_persons_fiscal_code_is_in_no_event_and_never_prints() {
    let command = written("RSSMRA80A01H501U", "1");
    let paper = Paper::of(&command).unwrap();
    let event = serde_json::to_string(&paper.declared(&command, "anna".to_owned())).unwrap();
    for text in [event, format!("{command:?}"), format!("{paper:?}")] {
        assert!(!text.contains("RSSMRA80A01H501U"), "{text}");
    }
}

#[test]
fn an_invoices_number_is_a_short_text_of_nobody() {
    for number in
        ["  ".to_owned(), "Mario Rossi".to_owned(), "1".repeat(41), "\u{410}1".to_owned(), "\u{661}".to_owned()]
    {
        let refusal = Paper::of(&written("12345678903", &number)).unwrap_err();
        assert_eq!(seen(&refusal), at(Code::Invalid, "/invoice"));
    }
    let mut body = serde_json::to_value(written("12345678903", "1")).unwrap();
    body["invoice"] = "RSSMRA80A01H501U".into();
    assert!(serde_json::from_value::<DeclareExpense>(body).is_err());
}
