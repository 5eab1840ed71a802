//! Accounts: the published examples of the register, and what is wrong with others.

use super::super::iban::{Iban, InvalidIban};

#[test]
fn the_registers_examples_are_accounts() {
    for text in [
        "IT60X0542811101000000123456",
        "it60 x054 2811 1010 0000 0123 456",
        "DE89370400440532013000",
        "FR1420041010050500013M02606",
        "GB29NWBK60161331926819",
        "MT84MALT011000012345MTLCAST001S",
        "NO9386011117947",
        "SM86U0322509800000000270100",
        "VA59001123000012345678",
        "CH9300762011623852957",
    ] {
        assert!(text.parse::<Iban>().is_ok(), "{text}");
    }
}

#[test]
fn what_is_no_account_is_said_to_be_none_and_why() {
    for (text, why) in [
        ("", InvalidIban::Form),
        ("IT", InvalidIban::Form),
        ("60ITX0542811101000000123456", InvalidIban::Form),
        ("IT60-X054-2811-1010-0000-0123-456", InvalidIban::Form),
        ("ITÀ0X0542811101000000123456", InvalidIban::Form),
        ("US60X0542811101000000123456", InvalidIban::Country),
        ("IT60X054281110100000012345", InvalidIban::Length { length: 27 }),
        ("IT60X05428111010000001234567", InvalidIban::Length { length: 27 }),
        ("IT61X0542811101000000123456", InvalidIban::CheckDigits),
        ("IT60X0542811101000000123465", InvalidIban::CheckDigits),
        ("IT60Y0542811101000000123456", InvalidIban::CheckDigits),
    ] {
        assert_eq!(text.parse::<Iban>(), Err(why), "{text}");
    }
}

#[test]
fn an_account_prints_its_end_alone() {
    let iban: Iban = "IT60X0542811101000000123456".parse().unwrap();
    assert_eq!((iban.to_string(), format!("{iban:?}")), ("…3456".to_owned(), "Iban(…3456)".to_owned()));
    let command = super::order("T1");
    assert!(!format!("{command:?}").contains("0000"));
    let wrong = "IT61X0542811101000000123456".parse::<Iban>().unwrap_err();
    assert!(!wrong.to_string().contains("123456"));
}
