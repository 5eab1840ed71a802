use proptest::prelude::*;

use super::*;

#[test]
fn a_reason_holds_nothing_that_only_a_person_has() {
    for (text, why) in [
        ("registrato per RSSMRA85T10A562S invece che per altri", UnfitReason::FiscalCode),
        ("rssmra85t10a562s", UnfitReason::FiscalCode),
        ("CF: RSSMRA 85T10 A562S.", UnfitReason::FiscalCode),
        ("doppione di RSS-MRA-85T10-A562-S", UnfitReason::FiscalCode),
        ("segnalato da maria.bianchi@example.org", UnfitReason::Email),
        ("scrivere a info@comune.esempio.it, grazie", UnfitReason::Email),
        ("chiamare il 333 1234567", UnfitReason::Telephone),
        ("chiamare il 3331234567", UnfitReason::Telephone),
        ("tel. +39 333 123 4567", UnfitReason::Telephone),
        ("tel. 0039 02 1234567", UnfitReason::Telephone),
        ("tel. 02/1234567", UnfitReason::Telephone),
        ("tel. 0331-123456", UnfitReason::Telephone),
        ("tel. 055.1234567", UnfitReason::Telephone),
        ("pagato con 4111 1111 1111 1111, rimborsare", UnfitReason::PaymentCard),
        ("carta 4111-1111-1111-1111.", UnfitReason::PaymentCard),
        ("carta 5555555555554444", UnfitReason::PaymentCard),
        ("carta 2223 0000 4841 0010", UnfitReason::PaymentCard),
        ("carta 3782 822463 10005", UnfitReason::PaymentCard),
        ("carta 3056 930902 5904", UnfitReason::PaymentCard),
        ("3 visite 6011 1111 1111 1117", UnfitReason::PaymentCard),
        ("carta 4222222222222", UnfitReason::PaymentCard),
        ("sul conto IT60X0542811101000000123456", UnfitReason::Iban),
        ("it60 x054 2811 1010 0000 0123 456", UnfitReason::Iban),
        ("conto DE89-3704-0044-0532-0130-00, errato", UnfitReason::Iban),
        ("carta CA12345AB smarrita", UnfitReason::IdentityCard),
        ("n.ca00000aa", UnfitReason::IdentityCard),
        ("carta 4111/1111/1111/1111", UnfitReason::PaymentCard),
        ("carta 4111_1111,1111 1111", UnfitReason::PaymentCard),
        ("carta 41111111/11111111, 4111 1111", UnfitReason::PaymentCard),
        ("carta n\u{b0}４１１１　１１１１　１１１１　１１１１", UnfitReason::PaymentCard),
        ("№٤١١١١١١١١١١١١١١١", UnfitReason::PaymentCard),
        ("4111\u{200b}1111\u{ad}1111\u{2060}1111", UnfitReason::PaymentCard),
        ("conto IT60/X054/2811/1010/0000/0123/456", UnfitReason::Iban),
        ("conto ＩＴ６０Ｘ０５４２８１１１０１００００００１２３４５６", UnfitReason::Iban),
        ("RSS_MRA_85T10_A562_S", UnfitReason::FiscalCode),
        ("ＲＳＳＭＲＡ８５Ｔ１０Ａ５６２Ｓ", UnfitReason::FiscalCode),
        ("chiamare il ３３３ １２３４５６７", UnfitReason::Telephone),
        ("scrivere a info＠comune．esempio．it", UnfitReason::Email),
        ("carta ＣＡ１２３４５ＡＢ", UnfitReason::IdentityCard),
    ] {
        assert_eq!(check(text), Err(why), "{text}");
        assert!(!why.to_string().contains(text), "nothing of it is repeated");
    }
}

#[test]
fn days_acts_and_figures_are_no_contacts() {
    for text in [
        "",
        "errore di registrazione",
        "D.d.u.o. 1234/2024 del 01/03/2024",
        "D.g.r. n. 0012345 del 1.3.2024",
        "prot. 0001234/2024",
        "dal 2024-03-01 al 2024-03-31, dalle 09:00 alle 18:30",
        "dal 01-03-2024 al 15.04.2024",
        "3 visite su 10, 45 minuti",
        "spesa di 12.345,00 euro",
        "cittadino assente @ 10:30",
        "codice RSSMRA85T10A562X errato",
        "posizione 471100",
        "prot. 4111111111111112",
        "prot. 2026 0000 0000 0008",
        "prot. 7111111111111116 del 2024",
        "prot. 41111111111111113",
        "pratica A4111111111111111 e 4111111111111111B",
        "importi 4.111,11 e 11.111.111,11, poi 1.111",
        "D.d.s. 4111/2024 n. 1111-11 del 11.11.2011",
        "GR24 del 12 marzo, poi altre parole che non sono un conto",
        "IT60X0542811101000000123457",
        "protocollo PG0123456, PG 12345 DD 01/03/2024",
        "determina AB1234567, avviso CA123456AB, CIG Z3A1B2C3D4",
        "CUP F81H23000750001",
        "D.G.R. n. 1234/2024 del 12/03/2024, D.d.s. 4111/2024, atto n. 5/2023",
        "dal 4/3/2024 all'11/3/2024, poi 4/5/2024, 11/6/2024, 18/6/2024",
        "fatture 4500,00 + 3200,00 + 1000,50 euro; in tutto 4.500,00, 3.200,00 e 12.345.678,90",
        "CUP E81D23000080006, CIG 9876543210, CIG B0A1B2C3D4, prot. 2024/0041111",
        "al 31/12/2024, si 12/03/2024, no 1/2/2024, it 15",
        "determinazione №\u{a0}1234\u{2013}2024 del 1º marzo, ½ giornata, 12 m²",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

#[test]
fn a_number_that_differs_from_a_cards_in_one_digit_is_none() {
    let card = "4539148803436467";
    assert_eq!(check(card), Err(UnfitReason::PaymentCard));
    for place in 4..card.len() {
        for digit in ('0'..='9').filter(|digit| !card[place..].starts_with(*digit)) {
            let other = format!("{}{digit}{}", &card[..place], &card[place + 1..]);
            assert_eq!(check(&other), Ok(()), "{other}");
        }
    }
}

#[test]
fn a_reason_is_no_report() {
    assert_eq!(check(&"è".repeat(LONGEST)), Ok(()));
    assert_eq!(check(&"è".repeat(LONGEST + 1)), Err(UnfitReason::TooLong { most: LONGEST }));
}

/// Signs that people put between digits, one or a few.
const SIGNS: &str = "[\\p{P}\\p{Z}\u{ad}\u{200b}]{1,3}";

/// The digit as another script writes it: full-width, Arabic, Devanagari, mathematical.
fn written(digit: u32, script: usize) -> char {
    let zero = ['0', '０', '\u{660}', '\u{966}', '\u{1d7ce}'][script];
    char::from_u32(u32::from(zero) + digit).unwrap()
}

/// A number with the digit added by which it passes the check for cards.
fn card(first: &str, middle: &str) -> String {
    let plain = format!("{first}{middle}");
    let check = ('0'..='9').find(|check| {
        let digits = format!("{plain}{check}");
        let from_the_right = digits.bytes().rev().map(|byte| u32::from(byte - b'0')).enumerate();
        let sum: u32 = from_the_right
            .map(|(place, digit)| if place % 2 == 0 { digit } else { 2 * digit / 10 + 2 * digit % 10 })
            .sum();
        sum.is_multiple_of(10)
    });
    format!("{plain}{}", check.unwrap())
}

/// An Italian account with the check digits that follow from the rest.
fn account(letter: char, rest: &str) -> String {
    let letter_as_number = u32::from(letter) - u32::from('A') + 10;
    // Behind the rest stand the country, IT, and 00.
    let remainder = format!("{letter_as_number}{rest}182900")
        .bytes()
        .fold(0, |left, byte| (10 * left + u32::from(byte - b'0')) % 97);
    format!("IT{:02}{letter}{rest}", 98 - remainder)
}

/// A code with a sign after each character of which `after` says so, and its digits in a script.
fn disguised(code: &str, after: &[bool], signs: &str, script: usize) -> String {
    let letters = code.chars().zip(after.iter().chain(std::iter::repeat(&false)));
    let mut text = String::new();
    for (letter, signed) in letters {
        text.push(letter.to_digit(10).map_or(letter, |digit| written(digit, script)));
        if *signed {
            text.push_str(signs);
        }
    }
    text
}

proptest! {
    #[test]
    fn a_cards_number_is_refused_in_whatever_digits_and_with_whatever_signs_between(
        first in prop::sample::select(vec!["4539", "5105", "2223", "6011", "3530"]), middle in "[0-9]{11}",
        after in prop::collection::vec(any::<bool>(), 15), signs in SIGNS, script in 0_usize..5,
    ) {
        let text = format!("pagato con {}, rimborsare", disguised(&card(first, &middle), &after, &signs, script));
        prop_assert!(check(&text).is_err(), "{text}");
        prop_assert!(check_account(&text).is_err(), "{text}");
    }

    #[test]
    fn an_accounts_number_is_refused_in_whatever_digits_and_with_whatever_signs_between(
        letter in prop::char::range('A', 'Z'), rest in "[0-9]{22}",
        after in prop::collection::vec(any::<bool>(), 26), signs in SIGNS, script in 0_usize..5,
    ) {
        let text = format!("sul conto {}", disguised(&account(letter, &rest), &after, &signs, script));
        prop_assert!(check(&text).is_err(), "{text}");
        prop_assert!(check_act(&text).is_err(), "{text}");
    }

    #[test]
    fn a_fiscal_code_is_refused_in_whatever_digits_and_with_whatever_signs_between(
        after in prop::collection::vec(any::<bool>(), 15), signs in SIGNS, script in 0_usize..5,
    ) {
        let text = format!("di {}.", disguised("RSSMRA85T10A562S", &after, &signs, script));
        prop_assert!(check(&text).is_err(), "{text}");
        prop_assert!(check_act(&text).is_err(), "{text}");
    }

    #[test]
    fn every_digit_of_every_script_is_one_of_ours(digits in "\\p{Nd}{1,40}") {
        let folded = folded::folded(&digits);
        prop_assert!(folded.len() == digits.chars().count() && folded.bytes().all(|byte| byte.is_ascii_digit()), "{digits}");
    }

    #[test]
    fn an_act_with_its_number_and_day_is_a_reason(
        kind in prop::sample::select(vec!["D.G.R. n.", "D.d.s.", "D.d.u.o. n.", "prot. n.", "determinazione"]),
        number in 1_u32..99_999, year in 2_021_u32..2_027, month in 1_u32..13, day in 1_u32..29,
        euros in 0_u32..999, more in 0_u32..999,
    ) {
        let text = format!("{kind} {number}/{year} del {day:02}/{month:02}/{year}, {euros}.{more:03},00 euro, CUP E81D23000080006");
        prop_assert_eq!(check(&text), Ok(()), "{}", text);
    }
}

proptest! {
    #[test]
    fn any_text_is_judged(text in "\\PC{0,80}|[0-9 +./-]{0,40}|[A-Za-z0-9@. ]{0,60}") {
        let _ = check(&text);
    }
}

#[test]
fn an_act_may_have_a_protocol_number_and_no_persons_code_or_address() {
    assert_eq!(check_act("D.d.s. 9 del 1 marzo 2025, prot. 3471234567"), Ok(()));
    assert_eq!(check_act("DD di RSSMRA85T10A562S"), Err(UnfitReason::FiscalCode));
    assert_eq!(check_act("DD, mario@example.org"), Err(UnfitReason::Email));
    assert_eq!(check_act("DD, conto IT60X0542811101000000123456"), Err(UnfitReason::Iban));
    assert_eq!(check_act("fattura FT12345PA, prot. 4111111111111111"), Ok(()));
    assert_eq!(check_act(&"x".repeat(LONGEST + 1)), Err(UnfitReason::TooLong { most: LONGEST }));
}

#[test]
fn an_account_is_longer_than_a_reason_and_names_nobody_either() {
    assert_eq!(check_account(&"è".repeat(LONGEST_ACCOUNT)), Ok(()));
    let most = LONGEST_ACCOUNT;
    assert_eq!(check_account(&"è".repeat(most + 1)), Err(UnfitReason::TooLong { most }));
    assert_eq!(check_account("ritardi, chiamare il 333 1234567"), Err(UnfitReason::Telephone));
}
