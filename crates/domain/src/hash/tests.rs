use proptest::prelude::*;

use super::*;

#[test]
fn a_hash_is_the_one_everybody_computes() {
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(Hash::of(b"abc").to_string(), known);
    assert_eq!(Hash::ZERO.to_string(), "0".repeat(64));
}

#[test]
fn parts_never_run_together() {
    let of = |parts: &[&str]| ShortHash::of_parts(parts.iter().map(|part| part.as_bytes()));
    assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
    assert_ne!(of(&["ab"]), of(&["ab", ""]));
}

#[test]
fn only_lower_case_digits_of_the_right_length_are_read() {
    let right = "0123456789abcdef0123456789abcdef";
    assert_eq!(ShortHash::parse(right).unwrap().to_string(), right);
    for wrong in ["", &right[1..], &right.to_uppercase(), &right.replace('a', "g"), &format!("{right}00")] {
        assert_eq!(ShortHash::parse(wrong), None, "{wrong}");
        assert!(serde_json::from_str::<ShortHash>(&format!("{wrong:?}")).is_err());
    }
}

proptest! {
    #[test]
    fn a_hash_reads_back(bytes in any::<[u8; 32]>()) {
        let hash = Hex(bytes);
        prop_assert_eq!(hash.to_string(), hex::encode(bytes));
        let written = serde_json::to_string(&hash).unwrap();
        prop_assert_eq!(serde_json::from_str::<Hash>(&written).unwrap(), hash);
    }
}
