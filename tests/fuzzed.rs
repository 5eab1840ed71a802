//! The fuzz targets on samples and on what a few thousand changes make of them. `cargo xtask fuzz` looks further, guided
//! by the code that inputs reach; what it finds becomes a sample.

#[path = "fuzz/targets.rs"]
mod targets;

use std::{env, fs, panic, path::Path};

use targets::Target;

/// Changed inputs of each sample.
const EACH: usize = 2_000;

fn samples(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// One to eight changes: a byte is another, comes, goes, or a part of the input comes again elsewhere.
fn changed(sample: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..random.usize(1..=8) {
        let at = random.usize(0..=bytes.len());
        match random.u8(0..6) {
            0 if at < bytes.len() => bytes[at] = random.u8(..),
            1 if at < bytes.len() => bytes[at] = random.alphanumeric() as u8,
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 => bytes.insert(at, random.u8(..)),
            4 => bytes.insert(at, *random.choice(b"\",:;\r\n\0 -").unwrap()),
            _ => {
                let from = random.usize(0..=at);
                let part = bytes[from..at.min(from + 64)].to_vec();
                let to = random.usize(0..=bytes.len());
                bytes.splice(to..to, part);
            }
        }
    }
    bytes
}

fn tried(name: &str) {
    let seed = env::var("TRACCIA_FUZZ_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap());
    let (_, target): (_, Target) = targets::ALL.into_iter().find(|(target, _)| *target == name).unwrap();
    let mut random = fastrand::Rng::with_seed(seed);
    let samples = samples(name);
    assert!(samples.len() > 2, "no samples of {name}");
    for sample in &samples {
        target(sample);
        for _ in 0..EACH {
            let input = changed(sample, &mut random);
            let held = panic::catch_unwind(|| target(&input));
            assert!(held.is_ok(), "{name}, TRACCIA_FUZZ_SEED={seed}: {}", String::from_utf8_lossy(&input));
        }
    }
}

#[test]
fn any_text_is_a_fiscal_code_or_none() {
    tried("fiscal_code");
}

#[test]
fn any_text_is_a_document_in_one_form_or_none() {
    tried("document");
}

#[test]
fn any_file_is_an_upload_row_by_row_or_none() {
    tried("import");
}
