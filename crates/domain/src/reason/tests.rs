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
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

#[test]
fn a_reason_is_no_report() {
    assert_eq!(check(&"è".repeat(LONGEST)), Ok(()));
    assert_eq!(check(&"è".repeat(LONGEST + 1)), Err(UnfitReason::TooLong { most: LONGEST }));
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
    assert_eq!(check_act(&"x".repeat(LONGEST + 1)), Err(UnfitReason::TooLong { most: LONGEST }));
}

#[test]
fn an_account_is_longer_than_a_reason_and_names_nobody_either() {
    assert_eq!(check_account(&"è".repeat(LONGEST_ACCOUNT)), Ok(()));
    let most = LONGEST_ACCOUNT;
    assert_eq!(check_account(&"è".repeat(most + 1)), Err(UnfitReason::TooLong { most }));
    assert_eq!(check_account("ritardi, chiamare il 333 1234567"), Err(UnfitReason::Telephone));
}
