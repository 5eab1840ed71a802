use super::*;
use crate::Checkpoint;

/// The sample key, text and note of Go's `golang.org/x/mod/sumdb/note`, from which the format comes.
const SECRET: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn signer() -> Signer {
    let secret = STANDARD.decode(SECRET).unwrap();
    assert_eq!(secret[0], ED25519);
    Signer::new("PeterNeumann", secret[1..].try_into().unwrap()).unwrap()
}

#[test]
fn a_note_is_signed_to_the_byte_as_others_sign_it() {
    let signer = signer();
    assert_eq!(signer.verifier().to_string(), VERIFIER);
    assert_eq!(signer.sign(TEXT), format!("{TEXT}\n{SIGNATURE}"));
    assert_eq!(format!("{signer:?}"), "Signer(PeterNeumann)");
}

#[test]
fn a_note_signed_elsewhere_is_believed_and_those_of_others_are_left_to_them() {
    let peter = Verifier::parse(VERIFIER).unwrap();
    let note = format!("{TEXT}\n{SIGNATURE}");
    assert_eq!(peter.open(&note), Ok(TEXT));
    let witness = Signer::new("witness.example/1", &[9; 32]).unwrap();
    let cosigned = format!("{note}{}", witness.sign(TEXT).split_once("\n\n").unwrap().1);
    assert_eq!(peter.open(&cosigned), Ok(TEXT));
    assert_eq!(witness.verifier().open(&cosigned), Ok(TEXT));
    assert_eq!(witness.verifier().open(&note), Err(NoteError::Unsigned));
    let namesake = Signer::new("PeterNeumann", &[9; 32]).unwrap();
    assert_eq!(namesake.verifier().open(&note), Err(NoteError::Unsigned));
}

#[test]
fn a_note_with_any_bit_flipped_is_not_believed() {
    let peter = Verifier::parse(VERIFIER).unwrap();
    let note = format!("{TEXT}\n{SIGNATURE}").into_bytes();
    for bit in 0..note.len() * 8 {
        let mut changed = note.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        if let Ok(changed) = String::from_utf8(changed) {
            assert!(peter.open(&changed).is_err(), "bit {bit}");
        }
    }
    for cut in 0..note.len() {
        if let Ok(cut) = std::str::from_utf8(&note[..cut]) {
            assert!(peter.open(cut).is_err(), "{cut}");
        }
    }
}

#[test]
fn a_key_with_any_bit_flipped_is_no_key() {
    assert_eq!(Verifier::parse(VERIFIER).unwrap().to_string(), VERIFIER);
    for bit in 0..VERIFIER.len() * 8 {
        let mut changed = VERIFIER.as_bytes().to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        if let Ok(changed) = String::from_utf8(changed) {
            assert_eq!(Verifier::parse(&changed), Err(NoteError::Key), "bit {bit}: {changed}");
        }
    }
    for name in ["", "a b", "a+b", "a\nb"] {
        assert!(Signer::new(name, &[7; 32]).is_err(), "{name:?}");
    }
}

#[test]
fn a_checkpoint_reads_back_and_nothing_else_passes_for_one() {
    let signer = Signer::new("traccia/test", &[7; 32]).unwrap();
    let checkpoint =
        Checkpoint { origin: "traccia/test".to_owned(), size: 20_852_163, root: crate::hash::leaf(b"root") };
    let note = checkpoint.signed(&signer);
    let lines: Vec<&str> = note.split('\n').collect();
    assert_eq!((lines[0], lines[1], lines[3], lines.len()), ("traccia/test", "20852163", "", 6));
    assert_eq!(Checkpoint::open(&note, signer.verifier()), Ok(checkpoint));
    let root = lines[2];
    let texts = [
        format!("traccia/other\n1\n{root}\n"),
        format!("traccia/test\n01\n{root}\n"),
        format!("traccia/test\n-1\n{root}\n"),
        format!("traccia/test\n1\n{}\n", &root[..40]),
        format!("traccia/test\n1\n{root}\nmore\n"),
        "traccia/test\n1\n".to_owned(),
    ];
    for text in texts {
        assert_eq!(Checkpoint::open(&signer.sign(&text), signer.verifier()), Err(NoteError::Form), "{text}");
    }
}
