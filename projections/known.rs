//! Things by name, numbered from 0 in the order the fold met them, and which of them have a row.

use std::hash::Hash;

use rustc_hash::FxHashMap;
use traccia_projector::{Changes, Row, Table};

/// A kind of thing that has a row once something was said of it, not as soon as another thing names it.
pub(crate) trait Named {
    type Id: Clone + Eq + Hash;
    fn named(id: &Self::Id) -> Self;
    fn shown(&self) -> bool;
}

/// All things of a kind.
#[derive(Clone, Debug)]
pub(crate) struct Known<T: Named> {
    keys: FxHashMap<T::Id, u32>,
    things: Vec<T>,
    /// By key: whether it has a row.
    written: Vec<bool>,
    /// Keys whose row may have changed in this commit.
    touched: Vec<u32>,
}

impl<T: Named> Default for Known<T> {
    fn default() -> Self {
        Known { keys: FxHashMap::default(), things: Vec::new(), written: Vec::new(), touched: Vec::new() }
    }
}

impl<T: Named> Known<T> {
    /// The key of a thing, met now if never before.
    pub(crate) fn meet(&mut self, id: &T::Id) -> u32 {
        if let Some(&key) = self.keys.get(id) {
            return key;
        }
        let key = u32::try_from(self.things.len()).expect("fewer things than commits, which are fewer than 2^32");
        self.keys.insert(id.clone(), key);
        self.things.push(T::named(id));
        self.written.push(false);
        key
    }

    pub(crate) fn find(&self, id: &T::Id) -> Option<u32> {
        self.keys.get(id).copied()
    }

    pub(crate) fn get(&self, key: u32) -> &T {
        &self.things[key as usize]
    }

    /// Every thing with its key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (0..).zip(&self.things)
    }

    /// The thing, whose row may change.
    pub(crate) fn touch(&mut self, key: u32) -> &mut T {
        self.touched.push(key);
        &mut self.things[key as usize]
    }

    /// The thing, in what its row does not show.
    pub(crate) fn quietly(&mut self, key: u32) -> &mut T {
        &mut self.things[key as usize]
    }

    /// Writes the rows of what was touched.
    pub(crate) fn write(&mut self, table: &'static Table, changes: &mut Changes, row: impl Fn(&T) -> Row) {
        if self.touched.is_empty() {
            return;
        }
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        touched.dedup();
        for key in touched {
            let thing = &self.things[key as usize];
            match (thing.shown(), &mut self.written[key as usize]) {
                (false, _) => {}
                (true, true) => changes.replace(table, key.into(), || row(thing)),
                (true, written) => {
                    *written = true;
                    changes.add(table, key.into(), || row(thing));
                }
            }
        }
    }
}
