//! From ids to keys. Millions are looked up in no order: a place takes eight bytes, and the ids stand in the things alone.

use hashbrown::hash_table::{Entry, HashTable};
use traccia_domain::hash::ShortHash;

/// The keys of things, by their ids. An id is a hash, so that any part of it spreads well: a place holds four bytes of it,
/// and whoever asks says whether a thing has the id.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys(HashTable<(u32, u32)>);

impl Keys {
    /// The key of an id: the one it has, or from now on the next.
    pub(super) fn meet(&mut self, id: ShortHash, next: u32, has: impl Fn(u32) -> bool) -> u32 {
        let part = part(id);
        let same = |(other, key): &(u32, u32)| *other == part && has(*key);
        match self.0.entry(spread(part), same, |(part, _)| spread(*part)) {
            Entry::Occupied(met) => met.get().1,
            Entry::Vacant(new) => new.insert((part, next)).get().1,
        }
    }

    /// The key that an id has.
    pub(super) fn find(&self, id: ShortHash, has: impl Fn(u32) -> bool) -> Option<u32> {
        let part = part(id);
        self.0.find(spread(part), |(other, key)| *other == part && has(*key)).map(|(_, key)| *key)
    }

    /// What is reserved.
    pub(super) fn bytes(&self) -> usize {
        self.0.allocation_size()
    }
}

fn part(id: ShortHash) -> u32 {
    let [a, b, c, d, ..] = id.0;
    u32::from_le_bytes([a, b, c, d])
}

/// Over all the bits that a table looks at.
fn spread(part: u32) -> u64 {
    u64::from(part).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use traccia_domain::hash::Hex;

    use super::*;

    #[test]
    fn ids_that_begin_alike_have_keys_of_their_own() {
        let alike = |last: u8| Hex([1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
        let (mut keys, mut met) = (Keys::default(), Vec::new());
        for last in 0..200 {
            let next = u32::try_from(met.len()).unwrap();
            assert_eq!(keys.meet(alike(last), next, |key| met[key as usize] == alike(last)), next);
            met.push(alike(last));
            assert_eq!(keys.meet(alike(last), next + 1, |key| met[key as usize] == alike(last)), next);
        }
        assert_eq!(keys.find(alike(77), |key| met[key as usize] == alike(77)), Some(77));
        assert_eq!(keys.find(alike(200), |key| met[key as usize] == alike(200)), None);
    }
}
