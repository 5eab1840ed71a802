use std::io::{Read as _, Seek as _};

use proptest::prelude::*;
use traccia_domain::Hash;

use crate::spool::{IN_MEMORY, PIECE, Spool, SpoolError};

fn spooled(content: &[u8], step: usize) -> crate::spool::Spooled {
    let mut spool = Spool::default();
    for bytes in content.chunks(step) {
        spool.write(bytes).unwrap();
    }
    spool.finish().unwrap()
}

fn read(spooled: &crate::spool::Spooled) -> Vec<u8> {
    let mut content = Vec::new();
    spooled.reader().read_to_end(&mut content).unwrap();
    content
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn what_waits_comes_back_as_it_was(
        len in prop_oneof![0..200usize, IN_MEMORY - 2..IN_MEMORY + 3, IN_MEMORY..IN_MEMORY + 3 * PIECE],
        step in 1_000..200_000usize,
        seed in any::<u8>(),
    ) {
        let content: Vec<u8> = (0..len).map(|i| (i * 31 + i / 251) as u8 ^ seed).collect();
        let spooled = spooled(&content, step);
        prop_assert_eq!(spooled.hash(), Hash::of(&content));
        prop_assert_eq!(spooled.len(), len as u64);
        prop_assert!(read(&spooled) == content);
        prop_assert!(read(&spooled) == content, "a second time");
    }
}

#[test]
fn two_readers_do_not_disturb_each_other() {
    let content = vec![7; IN_MEMORY + PIECE + 1];
    let spooled = spooled(&content, PIECE);
    let mut first = spooled.reader();
    first.read_exact(&mut vec![0; PIECE + 10]).unwrap();
    assert!(read(&spooled) == content);
    let mut rest = Vec::new();
    first.read_to_end(&mut rest).unwrap();
    assert_eq!(rest.len(), content.len() - PIECE - 10);
}

#[test]
fn what_waits_on_disk_cannot_be_read() {
    let mut spool = Spool::default();
    let line = b"Canarino,RSSMRA,canarino@example.org\n";
    while spool.bytes_on_disk() < 2 * PIECE as u64 {
        spool.write(&line.repeat(1_000)).unwrap();
    }
    let mut file = spool.file().unwrap();
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    assert!(bytes.len() > 2 * PIECE);
    assert!(!bytes.windows(8).any(|window| window == b"Canarino" || window == b"example."));
}

#[test]
fn an_upload_without_end_is_refused() {
    let mut spool = Spool::new(10);
    spool.write(&[0; 10]).unwrap();
    assert!(matches!(spool.write(&[0]), Err(SpoolError::TooLarge { limit: 10 })));
}
