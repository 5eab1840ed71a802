use std::collections::HashSet;

use crate::{codes, provinces};

#[test]
fn every_province_is_known_by_its_name() {
    let codes: HashSet<_> = provinces::NAMES.iter().map(|(_, code)| *code).collect();
    assert_eq!(codes.len(), 107);
    for (written, code) in [
        ("Firenze", "FI"),
        ("FORLI'-CESENA", "FC"),
        ("forlì cesena", "FC"),
        ("L’Aquila", "AQ"),
        ("Reggio nell'Emilia", "RE"),
        ("Monza e della Brianza", "MB"),
        ("Città metropolitana di Milano", "MI"),
        ("Valle d'Aosta/Vallée d'Aoste", "AO"),
        ("pu", "PU"),
    ] {
        assert_eq!(provinces::by_name(written).map(|code| code.to_string()).as_deref(), Some(code), "{written}");
    }
    assert_eq!(provinces::by_name("Atlantide"), None);
    assert_eq!(provinces::by_name(""), None);
}

#[test]
fn durations_and_days_have_one_writing() {
    for (text, minutes) in [("00:15", Some(15)), ("2:30", Some(150)), ("24:00", Some(1_440)), ("24:01", None)] {
        assert_eq!(codes::minutes(text), minutes, "{text}");
    }
    for text in ["00:00", "1:5", "90", "01:60", "-1:30", "+1:30", "", ":"] {
        assert_eq!(codes::minutes(text), None, "{text}");
    }
    assert_eq!(codes::day("2024-02-29").map(|day| day.to_string()).as_deref(), Some("2024-02-29"));
    for text in ["2023-02-29", "01/02/2024", "2024-2-1", "20240201", "2024-02-01T10:00", "2024-02-0é", "", "+024-02-01"]
    {
        assert_eq!(codes::day(text), None, "{text}");
    }
}

#[test]
fn several_answers_are_kept_once_and_in_order() {
    let competences = |text| codes::several(text, |part| codes::number_to(part, 13));
    assert_eq!(competences("13:2:2: 1 :"), Some(vec![1, 2, 13]));
    assert_eq!(competences("1:14"), None);
    assert_eq!(codes::several("s:a", |part| codes::letter_to(part, 'S')), Some(vec!['A', 'S']));
    assert_eq!(codes::several("T", |part| codes::letter_to(part, 'S')), None);
}
