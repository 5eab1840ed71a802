//! A log put back from an older copy, beside tables that know more.

use traccia_domain::Position;

use super::{
    disk::Sabotage,
    history::{Ending, History},
};
use crate::faults::{checker::Broken, checker::listed, size};

#[test]
fn a_restored_log_is_never_taken_for_the_one_that_was_lost() {
    let (seeds, mut missed) = (size::seeds() / 50, 0);
    for seed in 0..seeds {
        let mut history = History::of(seed, Sabotage::Honest, Ending::Anywhere);
        let findings = history.findings();
        assert!(findings.is_empty(), "seed {seed}: {}", listed(&findings));
        let head = history.head();
        history.disk.restore(Position(head.0 - 1 - seed % 5));
        let alarm = history.alarm();
        assert!(alarm.contains("the log was restored from an older backup"), "seed {seed}: {alarm}");
        assert!(alarm.contains("Restore the whole log") && alarm.contains("`traccia rebuild`"), "seed {seed}: {alarm}");

        // It goes on, and gives the lost positions to others.
        while history.head() <= head {
            history.go_on(5);
        }
        let alarm = history.alarm();
        assert!(alarm.contains("is not the one that the tables were built from"), "seed {seed}: {alarm}");
        history.rebuild();
        let findings = history.findings();
        // Only the clients know what was lost.
        let lost = [Broken::AnsweredIsThere, Broken::RefusedIsAbsent];
        assert!(findings.iter().all(|found| lost.contains(&found.broken)), "seed {seed}: {}", listed(&findings));
        missed += u64::from(!findings.is_empty());
    }
    // What is lost may be what nobody was answered about.
    assert!(missed * 10 >= seeds * 9, "of {seeds} losses the clients miss something in {missed}");
}
