use jiff::civil::date;
use serde_json::json;

use super::{command::*, *};
use crate::{
    ProjectId,
    given::{citizen, definition, project, seen},
    hash::Hex,
    programme::{Defined, rules::CountingRules},
    refusal::Code,
};

const COUNT: u32 = 2_014;

/// M1 at the end of 2023 asks for 8 of 10 points and 2,014 of 8,055 citizens; acts count until the 30th of January.
fn programme(cure_days: u16) -> Arc<Programme> {
    let milestones = json!([
        {"id": "M1", "deadline": "2023-12-31", "points_share": "0.75", "citizens_share": "0.25"},
        {"id": "M3", "deadline": "2025-12-31", "citizens_share": "1.00"},
    ]);
    let mut definition = definition();
    definition.milestones = serde_json::from_value(milestones).unwrap();
    definition.counting = CountingRules { cure_days, ..CountingRules::default() };
    let defined = Defined { definition, adopted: vec![], redistributions: vec![], windows: Default::default() };
    Arc::new(Programme::Defined(Box::new(defined)))
}

fn facts(today: Date, standing: Standing) -> MilestoneFacts {
    MilestoneFacts {
        today,
        project: project(),
        programme: programme(0),
        claimant: Some("capofila-1".to_owned()),
        standing,
        frozen: Some(frozen(COUNT)),
        drawn: vec![citizen("anna"), citizen("bruno")],
    }
}

fn frozen(count: u32) -> Frozen {
    Frozen { position: Position(9), points: 8, count, root: Hex([7; 32]) }
}

fn id() -> ProjectId {
    "project".parse().unwrap()
}

fn claim(milestone: &str) -> MilestoneCommand {
    MilestoneCommand::Claim(ClaimMilestone { project: id(), milestone: milestone.to_owned() })
}

fn certify(count: u32) -> MilestoneCommand {
    certified_by("region-1", count)
}

fn certified_by(by: &str, count: u32) -> MilestoneCommand {
    let said = CertifyMilestone { project: id(), milestone: "M1".to_owned(), count, root: Hex([7; 32]) };
    MilestoneCommand::Certify { said, by: by.to_owned() }
}

fn draw(size: Option<u32>) -> MilestoneCommand {
    let public_value = "11 22 33".to_owned();
    MilestoneCommand::Draw(DrawSample { project: id(), milestone: "M1".to_owned(), public_value, size })
}

fn find(unit: &str) -> MilestoneCommand {
    let (unit, finding) = (citizen(unit), Checked::Confirmed);
    MilestoneCommand::Find(RecordFinding { project: id(), milestone: "M1".to_owned(), unit, finding, note: None })
}

const REACHED: Standing = Standing { points: 8, citizens: COUNT };
const DURING: Date = date(2024, 1, 30);
const AFTER: Date = date(2024, 1, 31);

fn carry_out(state: &mut Milestone, command: &MilestoneCommand, facts: &MilestoneFacts) -> Vec<MilestoneEvent> {
    let events = state.decide(command, facts).unwrap();
    events.iter().for_each(|event| state.evolve(event));
    events
}

fn refused(state: &Milestone, command: &MilestoneCommand, facts: &MilestoneFacts) -> (Code, Option<String>) {
    seen(&state.decide(command, facts).unwrap_err())
}

/// A state with M1 claimed and certified on some units.
fn certified(count: u32, facts: &MilestoneFacts) -> Milestone {
    let mut state = Milestone::default();
    carry_out(&mut state, &claim("M1"), facts);
    carry_out(&mut state, &certify(count), &MilestoneFacts { frozen: Some(frozen(count)), ..facts.clone() });
    state
}

#[test]
fn the_terms_are_thresholds_rounded_up_and_the_days_of_the_rules() {
    let mut state = Milestone::default();
    let [MilestoneEvent::MilestoneClaimed(claimed)] = &carry_out(&mut state, &claim("M1"), &facts(DURING, REACHED))[..]
    else {
        panic!("one event");
    };
    let Terms { counts_until, accepted_until, points_needed, citizens_needed, .. } = claimed.terms.clone();
    assert_eq!((counts_until, accepted_until), (date(2023, 12, 31), date(2024, 1, 30)));
    assert_eq!((points_needed, citizens_needed, claimed.cure), (Some(8), Some(2_014), false));
}

#[test]
fn what_is_not_reached_is_claimed_as_it_stands_only_after_the_cut_off() {
    for short in [Standing { points: 7, ..REACHED }, Standing { citizens: COUNT - 1, ..REACHED }] {
        let state = Milestone::default();
        assert_eq!(refused(&state, &claim("M1"), &facts(DURING, short)), (Code::MilestoneNotReached, None));
        assert!(state.decide(&claim("M1"), &facts(AFTER, short)).is_ok());
    }
}

#[test]
fn a_certificate_states_what_was_frozen_and_by_another() {
    let mut state = Milestone::default();
    let facts = facts(DURING, REACHED);
    assert_eq!(refused(&state, &certify(COUNT), &facts), (Code::WrongState, None));
    carry_out(&mut state, &claim("M1"), &facts);
    assert_eq!(refused(&state, &certify(COUNT - 1), &facts), (Code::CertificateMismatch, None));
    assert_eq!(refused(&state, &certified_by("capofila-1", COUNT), &facts), (Code::SameActor, None));
    carry_out(&mut state, &certify(COUNT), &facts);
    assert!(state.certificates("M1").all(MilestoneCertified::met));
    assert_eq!(refused(&state, &certify(COUNT), &facts), (Code::AlreadyDecided, None));
    assert_eq!(refused(&state, &claim("M1"), &facts), (Code::AlreadyClaimed, None));
}

#[test]
fn a_cure_may_pay_more_until_its_days_are_over_and_while_it_waits_for_its_certificate() {
    let curable = |cure_days, state: &Milestone, today| {
        state.curable(programme(cure_days).defined().unwrap(), today).into_iter().collect::<Vec<_>>()
    };
    let none = facts(date(2024, 2, 1), Standing::default());
    let last = date(2024, 3, 30);
    let mut state = certified(1_611, &MilestoneFacts { programme: programme(60), ..none.clone() });
    assert_eq!(curable(60, &state, last), ["M1"]);
    for (days, today) in [(60, last.tomorrow().unwrap()), (0, date(2024, 1, 1))] {
        assert_eq!(curable(days, &state, today), [""; 0]);
    }
    let facts = MilestoneFacts { programme: programme(60), standing: REACHED, ..none };
    for event in state.decide(&claim("M1"), &facts).unwrap() {
        state.evolve(&event);
    }
    assert_eq!(curable(60, &state, date(2026, 1, 1)), ["M1"], "claimed again, and not certified");
    assert_eq!(curable(60, &Milestone::default(), last), [""; 0]);
}

#[test]
fn a_milestone_met_in_part_is_claimed_once_more_where_there_is_a_cure() {
    let short = Standing { citizens: 1_611, ..REACHED };
    let none = facts(AFTER, short);
    assert_eq!(refused(&certified(1_611, &none), &claim("M1"), &none).0, Code::AlreadyClaimed);

    let cure = MilestoneFacts { programme: programme(60), ..none };
    let mut state = certified(1_611, &cure);
    assert_eq!(refused(&state, &claim("M1"), &cure).0, Code::MilestoneNotReached);
    let reached = MilestoneFacts { standing: REACHED, ..cure.clone() };
    let [MilestoneEvent::MilestoneClaimed(second)] = &carry_out(&mut state, &claim("M1"), &reached)[..] else {
        panic!("one event");
    };
    assert!(second.cure);
    assert_eq!(second.terms.counts_until, date(2024, 3, 30));
    carry_out(&mut state, &certify(COUNT), &reached);
    assert_eq!(state.certificates("M1").map(MilestoneCertified::met).collect::<Vec<_>>(), [false, true]);
    assert_eq!(refused(&state, &claim("M1"), &reached).0, Code::AlreadyClaimed);
}

#[test]
fn references_are_looked_at_first() {
    let state = Milestone::default();
    let known = facts(DURING, REACHED);
    assert_eq!(refused(&state, &claim("M9"), &known), (Code::UnknownMilestone, Some("/milestone".to_owned())));
    let nobody = MilestoneFacts { project: Arc::default(), ..known };
    assert_eq!(refused(&state, &claim("M1"), &nobody), (Code::UnknownProject, Some("/project".to_owned())));
}

#[test]
fn a_sample_is_drawn_once_and_its_units_are_looked_at_once() {
    let facts = facts(DURING, REACHED);
    let mut state = certified(COUNT, &facts);
    assert_eq!(refused(&state, &find("anna"), &facts), (Code::WrongState, None));
    assert_eq!(refused(&state, &draw(Some(0)), &facts), (Code::Invalid, Some("/size".to_owned())));
    carry_out(&mut state, &draw(None), &facts);
    assert_eq!(refused(&state, &draw(None), &facts), (Code::AlreadyDecided, None));
    assert_eq!(refused(&state, &find("carla"), &facts), (Code::UnknownCitizen, Some("/unit".to_owned())));
    carry_out(&mut state, &find("anna"), &facts);
    assert_eq!(refused(&state, &find("anna"), &facts), (Code::AlreadyDecided, None));
}

#[test]
fn a_drawing_takes_each_unit_once_and_can_be_drawn_again() {
    let root = Hex([7; 32]);
    let drawn = sample::draw(root, "11 22 33", COUNT, 60);
    assert_eq!(drawn, sample::draw(root, "11 22 33", COUNT, 60));
    assert_ne!(drawn, sample::draw(root, "11 22 34", COUNT, 60));
    let mut places = drawn.clone();
    places.sort_unstable();
    places.dedup();
    assert_eq!((drawn.len(), places.len()), (60, 60));
    assert!(places.iter().all(|place| *place < COUNT));
    let mut all = sample::draw(root, "11 22 33", 5, 60);
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 3, 4]);
    assert!(sample::draw(root, "11 22 33", 0, 60).is_empty());
}

#[test]
fn a_drawing_is_the_one_described() {
    // Taken from a program of its own, which follows the description with a general-purpose library.
    assert_eq!(sample::draw(Hex([7; 32]), "11 22 33", 1_000, 5), PUBLISHED);
}

/// What the description gives.
const PUBLISHED: [u32; 5] = [336, 958, 457, 243, 322];
