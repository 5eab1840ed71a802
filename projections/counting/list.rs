//! Lists that lie inside the things they list: each thing holds the index of the next. No list allocates by itself.

use std::mem::size_of;

/// No index: the end of a list.
pub(super) const NONE: u32 = u32::MAX;

/// The index that the next thing of so many gets.
pub(super) fn index(len: usize) -> u32 {
    u32::try_from(len).ok().filter(|index| *index != NONE).expect("fewer than 2^32 things fit in memory")
}

/// Appends, growing by a quarter: what is reserved and unused stays small.
pub(super) fn push<T>(things: &mut Vec<T>, thing: T) {
    if things.len() == things.capacity() {
        things.reserve_exact((things.len() / 4).max(64));
    }
    things.push(thing);
}

/// The indices of a list.
pub(super) fn walk(first: u32, next: impl Fn(u32) -> u32) -> impl Iterator<Item = u32> {
    let there = |index: u32| (index != NONE).then_some(index);
    std::iter::successors(there(first), move |index| there(next(*index)))
}

/// The head of list `n`, with room made for it.
pub(super) fn head(heads: &mut Vec<u32>, n: u32) -> &mut u32 {
    let n = n as usize;
    if heads.len() <= n {
        heads.resize(n + 1, NONE);
    }
    &mut heads[n]
}

/// What a vector has reserved.
pub(super) fn bytes<T>(things: &Vec<T>) -> usize {
    things.capacity() * size_of::<T>()
}
