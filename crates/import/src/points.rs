//! Points by their names: the fallback where a file's ids are not ours.
//!
//! Facilitators have none: a point's name is a place's, theirs is a person's, and nobody keeps it to compare.

use std::collections::{HashMap, HashSet};

use traccia_domain::PointId;

/// The points somebody may mean, as the read models know them. An empty list knows ids alone.
#[derive(Clone, Debug, Default)]
pub struct PointNames {
    ids: HashSet<PointId>,
    /// `None` where several points share the name: it then names none of them.
    by_name: HashMap<String, Option<PointId>>,
}

impl PointNames {
    /// From names and ids.
    pub fn new(points: impl IntoIterator<Item = (String, PointId)>) -> PointNames {
        let mut names = PointNames::default();
        for (name, id) in points {
            names.ids.insert(id.clone());
            names
                .by_name
                .entry(folded(&name))
                .and_modify(|known| *known = known.take().filter(|known| *known == id))
                .or_insert(Some(id));
        }
        names
    }

    /// The point that is meant. An id wins where it is known; where neither is, the id stands for the rules to refuse:
    /// the read models may be behind the log.
    pub(crate) fn resolve(&self, id: Option<PointId>, name: &str) -> Option<PointId> {
        if self.by_name.is_empty() || id.as_ref().is_some_and(|id| self.ids.contains(id)) {
            return id;
        }
        self.by_name.get(&folded(name)).cloned().flatten().or(id)
    }
}

/// Case and repeated spaces tell no two names apart.
fn folded(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
