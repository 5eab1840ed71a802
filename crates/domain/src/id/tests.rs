use proptest::prelude::*;

use super::*;

#[test]
fn a_chosen_id_can_stand_in_a_path_a_subject_and_a_file_name() {
    for right in ["mi-0042", "a", "0", &"x".repeat(64)] {
        assert_eq!(right.parse::<PointId>().unwrap().as_str(), right);
    }
    for wrong in ["", "MI-0042", "mi.42", "mi/42", "mi 42", "mi_42", "però", "*", ">", &"x".repeat(65)] {
        assert_eq!(wrong.parse::<PointId>(), Err(InvalidId::Chosen), "{wrong}");
        assert!(serde_json::from_value::<PointId>(wrong.into()).is_err());
    }
}

#[test]
fn a_province_is_two_capital_letters() {
    assert!("MI".parse::<ProvinceCode>().is_ok());
    for wrong in ["mi", "M", "MIL", "M1", "È"] {
        assert_eq!(wrong.parse::<ProvinceCode>(), Err(InvalidId::Province), "{wrong}");
    }
}

proptest! {
    #[test]
    fn a_derived_id_reads_back(bytes in any::<[u8; 16]>()) {
        let id = RecordId(Hex(bytes));
        prop_assert_eq!(id.to_string().parse::<RecordId>(), Ok(id));
        let written = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(serde_json::from_str::<RecordId>(&written).unwrap(), id);
    }

    #[test]
    fn no_text_that_is_not_an_id_becomes_one(text in "\\PC{0,40}") {
        prop_assert!(text.parse::<RecordId>().is_err());
        if let Ok(id) = text.parse::<ProjectId>() {
            prop_assert_eq!(id.as_str(), text);
        }
    }
}
