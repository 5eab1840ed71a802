//! How a project stood and would stand, side by side.

use std::collections::{BTreeMap, BTreeSet};

use traccia_domain::Cents;

use super::{
    figures::{Amount, Claim, Exposure, Figure, Milestone, Money, Project, Services, Stands, Targets, Tranche},
    stood::{Account, Asked, Claimed, Exposed, Stood},
};
use crate::{targets::Totals, tranches::sums::Sums};

/// Where something differs in a project, what.
pub(super) fn compared([programme, project]: [String; 2], before: &Stood, after: &Stood) -> Option<Project> {
    if before == after {
        return None;
    }
    let figure = |of: fn(&Totals) -> i64| Figure { before: of(&before.totals), after: of(&after.totals) };
    let target = |which: usize| number(before.targets[which], after.targets[which]);
    Some(Project {
        project,
        programme,
        counted: figure(|totals| totals.counted),
        at_risk: figure(|totals| totals.counted - totals.safe),
        services: Services {
            recorded: figure(|totals| totals.recorded),
            qualifying: figure(|totals| totals.qualifying),
        },
        active_points: number(before.active_points, after.active_points),
        targets: Targets { points: target(0), citizens: target(1), services: target(2) },
        milestones: both(&before.milestones, &after.milestones).map(milestone).collect(),
        claims: both(&before.claims, &after.claims).map(claim).collect(),
        money: Some(money(&before.money, &after.money)),
    })
}

/// What is in one or in both, in order.
fn both<'a, K: Ord, V>(
    before: &'a BTreeMap<K, V>,
    after: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = (&'a K, [Option<&'a V>; 2])> {
    let keys: BTreeSet<&K> = before.keys().chain(after.keys()).collect();
    keys.into_iter().map(|key| (key, [before.get(key), after.get(key)]))
}

fn number(before: u32, after: u32) -> Figure {
    Figure { before: before.into(), after: after.into() }
}

fn milestone(((_, id), asked): (&(usize, String), [Option<&Asked>; 2])) -> Milestone {
    let [before, after] = asked.map(|asked| asked.copied().unwrap_or_default());
    let needed = |before: Option<u32>, after: Option<u32>| {
        before.or(after).map(|_| number(before.unwrap_or_default(), after.unwrap_or_default()))
    };
    Milestone {
        milestone: id.clone(),
        points: number(before.points, after.points),
        points_needed: needed(before.points_needed, after.points_needed),
        citizens_needed: needed(before.citizens_needed, after.citizens_needed),
    }
}

fn claim((_, claimed): (&u32, [Option<&Claimed>; 2])) -> Claim {
    let [before, after] = claimed.map(|claimed| claimed.cloned().unwrap_or_default());
    Claim {
        claim: if after.name.is_empty() { before.name } else { after.name },
        units: number(before.units, after.units),
        points: number(before.points, after.points),
        standing: Stands { before: before.standing, after: after.standing },
    }
}

fn money(before: &Account, after: &Account) -> Money {
    let exposures = both(&before.exposures, &after.exposures).filter(|(_, [before, after])| before != after);
    Money {
        award: Amount { before: before.award, after: after.award },
        tranches: both(&before.tranches, &after.tranches).map(tranche).collect(),
        exposures: exposures.map(exposure).collect(),
    }
}

fn tranche(((_, id), [before, after]): (&(usize, String), [Option<&Sums>; 2])) -> Tranche {
    let amount = |of: fn(&Sums) -> Cents| Amount {
        before: before.map(of).unwrap_or_default(),
        after: after.map(of).unwrap_or_default(),
    };
    let state = |sums: Option<&Sums>| sums.map(|sums| sums.state.as_str());
    Tranche {
        tranche: id.clone(),
        planned: amount(|sums| sums.planned),
        payable: amount(|sums| sums.payable),
        amount: amount(|sums| sums.amount),
        state: Stands { before: state(before), after: state(after) },
    }
}

fn exposure((_, exposed): (&u32, [Option<&Exposed>; 2])) -> Exposure {
    let [before, after] = exposed.map(|exposed| exposed.cloned().unwrap_or_default());
    Exposure {
        exposure: if after.name.is_empty() { before.name } else { after.name },
        tranche: if after.tranche.is_empty() { before.tranche } else { after.tranche },
        amount: Amount { before: before.amount, after: after.amount },
        settled: Amount { before: before.settled, after: after.settled },
        state: Stands { before: before.state, after: after.state },
    }
}
