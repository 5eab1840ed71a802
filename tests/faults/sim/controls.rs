//! Negative controls: whatever promise is broken on purpose, the checker says so. A checker that never fails shows nothing.

use traccia_domain::{Actor, Commit, Position, Role, StreamId, StreamKind, hash::Hex, point::PointSuspended};
use traccia_projections::counting::tables::UNIT;
use traccia_projector::{Cell, Cells};

use super::{
    disk::Sabotage,
    history::{Ending, History},
};
use crate::faults::{
    checker::{Broken, Evidence, Finding, check, listed},
    rows::Rows,
};

/// Looks for a seed in which the checker finds a broken promise; how many it took.
fn found(sabotage: Sabotage, broken: Broken) -> u64 {
    const MOST: u64 = 200;
    let finds = |seed: &u64| {
        let findings = History::of(*seed, sabotage, Ending::Anywhere).findings();
        findings.iter().any(|finding| finding.broken == broken)
    };
    let seed = (0..MOST).find(finds).unwrap_or_else(|| panic!("{MOST} seeds of {sabotage:?}, and no {broken:?}"));
    println!("control: {sabotage:?} is found as {broken:?} by {} seeds", seed + 1);
    seed
}

#[test]
fn without_the_expectation_streams_fork() {
    found(Sabotage::ExpectationOff, Broken::Chain);
}

#[test]
fn without_sync_answered_commands_are_gone() {
    found(Sabotage::SyncOff, Broken::AnsweredIsThere);
}

#[test]
fn a_lost_answer_taken_for_a_failure_makes_a_command_happen_twice() {
    found(Sabotage::BlindRetry, Broken::Once);
}

#[test]
fn a_log_that_denies_what_it_has_stored_is_caught() {
    found(Sabotage::SaysItDidNot, Broken::RefusedIsAbsent);
}

#[test]
fn a_checkpoint_outside_the_transaction_loses_rows() {
    found(Sabotage::CheckpointOutside, Broken::Counted);
}

/// A history in which nothing is wrong.
fn whole() -> History {
    let history = History::of(1, Sabotage::Honest, Ending::Anywhere);
    let findings = history.findings();
    assert!(findings.is_empty(), "{}", listed(&findings));
    history
}

fn finds(history: &History, broken: Broken) {
    let findings = history.findings();
    has(&findings, broken);
}

fn has(findings: &[Finding], broken: Broken) {
    assert!(findings.iter().any(|finding| finding.broken == broken), "no {broken:?}: {}", listed(findings));
}

#[test]
fn a_flip_that_nobody_noticed_breaks_the_chain_or_the_count() {
    let history = whole();
    let texts = history.disk.seen();
    let approved = texts.iter().find(|(_, text)| text.contains("application_approved")).unwrap().0;
    // The application stands before its approval, in the same stream: the approval holds its hash.
    history.disk.damage(Position(approved - 1), |text| text.replace("\"MI\"", "\"MY\""));
    finds(&history, Broken::Chain);

    // Nothing stands behind the approval; what the tables say of it does.
    let history = whole();
    history.disk.damage(Position(approved), |text| text.replace("\"act\":\"A\"", "\"act\":\"B\""));
    finds(&history, Broken::Counted);
}

#[test]
fn a_commit_that_is_gone_leaves_a_gap() {
    let history = whole();
    let mut log = history.disk.seen();
    log.remove(4);
    let journal = history.journal.lock().unwrap();
    let findings = check(&Evidence { log: &log, journal: &journal, rows: None });
    has(&findings, Broken::Positions);
    has(&findings, Broken::AnsweredIsThere);
}

#[test]
fn what_nobody_sent_is_found_and_so_is_a_document() {
    let history = whole();
    let canary = history.journal.lock().unwrap().canaries[2].clone();
    let forged = Commit {
        stream: StreamId::new(StreamKind::Point, "forged"),
        first: 1,
        command: Hex([5; 16]),
        body: Hex([5; 16]),
        prev: Hex([0; 32]),
        recorded_at: "2024-06-30T10:00:00Z".parse().unwrap(),
        actor: Actor { subject: "nobody".into(), role: Role::Admin },
        events: vec![PointSuspended { on: jiff::civil::date(2024, 1, 1), reason: canary }.into()],
    };
    let position = history.disk.write(&forged, None).unwrap();
    history.disk.sync(position);
    finds(&history, Broken::Sent);
    finds(&history, Broken::Canary);
}

#[test]
fn a_citizen_who_counts_twice_is_found() {
    let history = whole();
    {
        let mut content = history.tables.content();
        let units = content.as_mut().unwrap().rows.get_mut(UNIT.name).unwrap();
        let counted_on = 3 + UNIT.columns.iter().position(|column| column.name == "counted_on").unwrap();
        let counted = |row: &&Cells| *row.cell(2) == Cell::Null && *row.cell(counted_on) != Cell::Null;
        let unit = units.values().find(counted).expect("somebody counts").clone();
        units.insert((9_999, 1), unit);
    }
    let journal = history.journal.lock().unwrap();
    let rows = Rows::of_memory(&history.tables);
    let findings = check(&Evidence { log: &history.disk.seen(), journal: &journal, rows: Some(&rows) });
    has(&findings, Broken::CitizenOnce);
}
