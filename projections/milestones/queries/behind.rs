//! Who is behind a milestone's figures, person by person.

use rustc_hash::FxHashSet;
use traccia_domain::ProjectId;

use super::list::sets;
use crate::{
    answer::{Answer, Page, Paging, ReadError, Reader},
    counting::queries::{Served, UnitFilter, listed},
};

/// Which persons of a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Those who count by its terms.
    Counted,
    /// Those with a service in time, and none accepted in time yet.
    Waiting,
    /// Those who would be missing, or come, if every dispute ended in a void and every proposed link were confirmed.
    AtRisk,
}

impl Standing {
    /// Every list.
    pub const ALL: [Standing; 3] = [Standing::Counted, Standing::Waiting, Standing::AtRisk];

    /// How addresses write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Counted => "counted",
            Standing::Waiting => "waiting",
            Standing::AtRisk => "at_risk",
        }
    }

    /// What is written so.
    #[must_use]
    pub fn named(name: &str) -> Option<Standing> {
        Standing::ALL.into_iter().find(|standing| standing.as_str() == name)
    }
}

/// The persons behind a figure of a project's milestone, by what it asks for now or as its latest claim stated it. The units
/// that a claim froze are [`super::claim_units`]. Of those at risk, who is counted would be missing and who is not would
/// come. None where the project is not within, or its programme has no such milestone.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn persons_of_milestone(
    reader: &Reader,
    project: &ProjectId,
    milestone: &str,
    standing: Standing,
    paging: &Paging,
) -> Result<Option<Answer<Page<Served>>>, ReadError> {
    let Some(found) = sets(reader, project, milestone).await? else { return Ok(None) };
    let without = |all: &FxHashSet<i64>, others: &FxHashSet<i64>| all.difference(others).copied().collect();
    let (counted, coming): (Vec<i64>, Vec<i64>) = match standing {
        Standing::Counted => (found.counted.iter().copied().collect(), Vec::new()),
        Standing::Waiting => (without(&found.in_time, &found.counted), Vec::new()),
        Standing::AtRisk => (without(&found.counted, &found.safe), without(&found.safe, &found.counted)),
    };
    let after = paging.after_number()?;
    let mut all: Vec<i64> = [counted, coming.clone()].concat();
    all.retain(|person| after.is_none_or(|after| *person > after));
    all.sort_unstable();
    let page = paging.page(all, ToString::to_string);
    let (coming, counted): (Vec<i64>, Vec<i64>) = page.items.into_iter().partition(|person| coming.contains(person));
    let place = UnitFilter { project: Some(project.clone()), ..UnitFilter::default() };
    let whole = Paging::new(None, Some(Paging::MOST))?;
    let mut items = listed(reader, &place, &whole, |sql| {
        sql.push(" and ((u.counted_on is not null and u.person in ").list(counted);
        sql.push(") or (u.counted_on is null and u.safe_on is not null and u.person in ").list(coming).push("))");
    })
    .await?
    .items;
    if standing == Standing::AtRisk {
        // A person may be safe as such, and lose every service that was accepted in time.
        items.iter_mut().for_each(|served| served.safe = !served.counted);
    }
    Ok(Some(reader.answer(Page { items, next: page.next })))
}
