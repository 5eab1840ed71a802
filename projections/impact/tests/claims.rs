//! What is foretold of claims and exposures is what happens.

use traccia_domain::{
    Cents, Hash, Position, milestone::MilestoneCertified, money::reduction::Gate, programme::rules::Reduction,
    tranche::TrancheAuthorised,
};
use traccia_projector::Value;

use super::*;
use crate::testing::steps::step_of_claims;

fn whole(value: &Value) -> i64 {
    text(value).parse().unwrap()
}

/// What holds of each claim: its project; units and points.
fn claims(history: &History) -> BTreeMap<i64, (String, [i64; 2])> {
    let claim = |row: &&traccia_projector::Row| (text(&row[0]), [whole(&row[8]), whole(&row[7])]);
    history.store.now("claim").iter().map(|(key, row)| (*key, claim(row))).collect()
}

/// How an exposure stands: its amount and what came back, and its state.
type Stood = ([i64; 2], Option<String>);

/// Each exposure: its project and tranche; how it stands.
fn exposures(history: &History) -> BTreeMap<i64, ([String; 2], Stood)> {
    let of = |row: &&traccia_projector::Row| {
        ([text(&row[1]), text(&row[2])], ([whole(&row[3]), whole(&row[4])], Some(text(&row[5]))))
    };
    history.store.now("exposure").iter().map(|(key, row)| (*key, of(row))).collect()
}

/// Of some rows, those that are other than before, as they were and are.
fn moved<N, S: Clone + Default + PartialEq>(
    [before, after]: [&BTreeMap<i64, (N, S)>; 2],
    of: impl Fn(&(N, S)) -> bool,
) -> Vec<(S, S)> {
    let own = after.iter().filter(|(_, row)| of(row));
    let both = own.map(|(key, row)| (before.get(key).map_or_else(S::default, |row| row.1.clone()), row.1.clone()));
    both.filter(|(before, after)| before != after).collect()
}

fn told_of_claim(claim: &Claim) -> ([i64; 2], [i64; 2]) {
    let both = [claim.units, claim.points];
    (both.map(|figure| figure.before), both.map(|figure| figure.after))
}

fn told_of_exposure(Exposure { amount, settled, state, .. }: &Exposure) -> (Stood, Stood) {
    let before = ([amount.before.0, settled.before.0], state.before.map(str::to_owned));
    (before, ([amount.after.0, settled.after.0], state.after.map(str::to_owned)))
}

/// Certifies claims that are new, each as it was frozen, and authorises 100.00 on each.
fn released(history: &mut History, known: usize) {
    let rows = history.store.now("claim");
    let claim = |row: &&traccia_projector::Row| (text(&row[0]), whole(&row[2]), whole(&row[5]));
    let new: Vec<_> = rows.values().skip(known).map(claim).collect();
    for (number, (project, position, count)) in (known..).zip(new) {
        let count = u32::try_from(count).unwrap();
        let certificate = MilestoneCertified {
            milestone: "M1".to_owned(),
            claim: Position(u64::try_from(position).unwrap()),
            count,
            root: Hash::ZERO,
            points: None,
            citizens: Some(Gate { reached: count, needed: count }),
            reduction: Reduction::WeakestLink,
            rules: 1,
        };
        history.say(StreamKind::Milestone, &project, certificate.clone());
        let hundred = Cents(10_000);
        let authorised = TrancheAuthorised {
            tranche: format!("T{number}"),
            by: "anna".to_owned(),
            position: history.commits.last().unwrap().0,
            on: day("2025-01-01"),
            rules: 1,
            certificate: Some(certificate),
            approved: hundred,
            planned: hundred,
            payable: hundred,
            withheld: Cents::ZERO,
            amount: hundred,
            entries: Vec::new(),
        };
        history.say(StreamKind::Money, &project, authorised);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: seeded().cases.max(400), ..seeded() })]

    /// What was foretold of claims and of the money that rests on them is what the tables say once it has happened.
    #[test]
    fn what_was_foretold_of_claims_and_exposures_is_what_happens(
        steps in prop::collection::vec(step_of_claims(), 1..60), together in 1..4_usize,
    ) {
        let mut history = begun();
        (0..5).for_each(|n| history.registered(&format!("r{n}")));
        let mut services = Vec::new();
        for steps in steps.chunks(together) {
            let told = history.commits.len();
            let past = (history.fold.clone(), history.commits.last().unwrap().0);
            let before = (claims(&history), exposures(&history));
            steps.iter().for_each(|step| tell(&mut history, &mut services, step.clone()));
            let commits: Vec<Commit> = history.commits[told..].iter().map(|(_, commit)| commit.clone()).collect();
            let impact = Impact::of(&mut Fork::of_state(past.0, past.1), &commits);
            let after = (claims(&history), exposures(&history));
            for project in ["p", "q", "r", "s"] {
                let found = impact.projects().iter().find(|found| found.project == project);
                let claims = moved([&before.0, &after.0], |(of, _)| of == project);
                let told = found.map_or(&[][..], |found| &found.claims).iter().map(told_of_claim);
                prop_assert_eq!(told.filter(|(before, after)| before != after).collect::<Vec<_>>(), claims);
                let exposures = moved([&before.1, &after.1], |([of, _], _)| of == project);
                let told = found.and_then(|found| found.money.as_ref()).map_or(&[][..], |money| &money.exposures);
                prop_assert_eq!(told.iter().map(told_of_exposure).collect::<Vec<_>>(), exposures);
            }
            released(&mut history, before.0.len());
        }
    }
}

/// A citizen claimed at `a`, whose claim is certified and its tranche authorised; the service.
fn authorised() -> (History, traccia_domain::ServiceId) {
    let mut history = begun();
    history.registered("maria");
    let service = history.served("maria", "a", "2024-03-01", |_| {});
    history.report_submitted("p", "2024-03");
    history.report_accepted("p", "2024-03", "2024-04-20");
    history.claimed("p", "M1", "2024-03-31", "2024-04-30");
    released(&mut history, 0);
    (history, service)
}

/// The same, and the commit that would void the service.
fn claimed() -> (History, Vec<Commit>) {
    let (mut history, service) = authorised();
    let (told, fold) = (history.commits.len(), history.fold.clone());
    history.voided(service);
    let commits = history.commits.split_off(told).into_iter().map(|(_, commit)| commit).collect();
    history.fold = fold;
    (history, commits)
}

#[test]
fn a_void_would_open_an_exposure_to_the_cent_and_restate_the_milestone() {
    let (history, commits) = claimed();
    let impact = foretold(&history, &commits);
    let [project] = impact.projects() else { panic!("{impact:?}") };
    let [claim] = &project.claims[..] else { panic!("{project:?}") };
    assert_eq!((claim.units, claim.points), (Figure { before: 1, after: 0 }, Figure { before: 2, after: 2 }));
    assert_eq!(claim.standing, Stands { before: Some("certified"), after: Some("restated") });
    let [exposure] = &project.money.as_ref().unwrap().exposures[..] else { panic!("{project:?}") };
    assert_eq!(exposure.tranche, "T0");
    assert_eq!(exposure.amount, Amount { before: Cents::ZERO, after: Cents(10_000) });
    assert_eq!(exposure.state, Stands { before: None, after: Some("open") });
}

#[test]
fn money_and_claims_are_told_to_who_may_read_them() {
    let (history, commits) = claimed();
    let seen = |readers: &Readers| foretold(&history, &commits).within(Vec::new(), readers, 100).projects;
    let everything = Readers::everything();
    let all = seen(&everything);
    assert!(all[0].money.is_some() && all[0].claims.len() == 1, "{all:?}");
    let no_money = seen(&Readers { tranches: None, ..Readers::everything() });
    assert!(no_money[0].money.is_none() && no_money[0].claims.len() == 1, "{no_money:?}");
    let another = Within { projects: Some(vec!["q".parse().unwrap()]), ..Within::default() };
    let of_another = seen(&Readers { tranches: Some(another), ..Readers::everything() });
    assert_eq!(of_another, no_money, "the right to another project's money is none to this one's");
    let figures = seen(&Readers { tranches: None, milestones: None, ..Readers::everything() });
    assert!(figures[0].money.is_none() && figures[0].claims.is_empty(), "{figures:?}");
    assert_eq!(figures[0].counted, Figure { before: 1, after: 0 });
}

#[test]
fn a_project_of_which_only_money_would_change_is_not_told_to_who_may_not_read_it() {
    let (mut history, service) = authorised();
    history.voided(service);
    let decided = traccia_domain::tranche::ExposureDecided {
        exposure: "T0-1".to_owned(),
        tranche: "T0".to_owned(),
        amount: Cents(10_000),
        causes: Vec::new(),
        position: history.commits.last().unwrap().0,
        decision: traccia_domain::tranche::command::ExposureDecision::Waive,
        act: "atto".to_owned(),
        rests: Vec::new(),
    };
    let waived = [crate::testing::history::commit(StreamKind::Money, "p", decided)];
    let seen = |readers: &Readers| foretold(&history, &waived).within(Vec::new(), readers, 100);
    let all = seen(&Readers::everything());
    let [exposure] = &all.projects[0].money.as_ref().unwrap().exposures[..] else { panic!("{all:?}") };
    assert_eq!(exposure.state, Stands { before: Some("open"), after: Some("waived") });
    let without = seen(&Readers { tranches: None, ..Readers::everything() });
    assert_eq!((without.projects, without.elsewhere), (Vec::new(), 0));
}
