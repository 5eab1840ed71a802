//! What every backend promises, as tests: one list, run against each of them.
//!
//! [`contract_suite!`](crate::contract_suite) turns the list into tests for a backend. The cases assert, because they
//! are tests; they live outside `cfg(test)` because other packages run them too.

mod appending;
mod conflicts;
mod lost;
mod moving;
mod reading;
mod restart;
mod samples;

pub use appending::{
    a_commit_is_stored_once_and_found, a_later_commit_follows_the_earlier, many_commits_have_an_outcome_each,
    positions_follow_one_another, two_commits_of_one_stream_do_not_share_a_call,
};
pub use conflicts::{
    a_new_stream_is_made_once, a_position_of_another_stream_is_no_expectation, a_stale_expectation_conflicts,
    of_many_streams_written_at_once_each_has_its_own, of_many_writers_one_wins_each_round,
    the_same_commit_sent_again_conflicts,
};
pub use lost::{
    LosesAnswers, When, a_conflict_found_behind_a_lost_answer_is_a_conflict,
    a_log_that_stays_silent_leaves_the_outcome_unknown, answers_lost_after_storing_are_found_out,
    answers_lost_before_storing_are_found_out, many_lost_answers_are_found_out,
};
pub use moving::{
    a_damaged_export_is_refused, a_log_moves_whole, a_log_that_does_not_hang_together_is_not_exported,
    a_log_that_holds_something_takes_no_export, a_restore_that_broke_off_goes_on,
};
pub use reading::{
    a_log_shorter_than_its_reader_is_damaged, a_reader_sees_what_is_written_meanwhile, a_started_log_keeps_its_epoch,
    one_position_is_read, streams_are_known_to_have_begun, the_chain_is_whole,
};
pub use restart::a_restart_keeps_everything;
pub use samples::{begin, commit, follow, point};

/// Runs the contract against a backend: one test for each case.
///
/// The expression opens an empty log; awaited, it gives the log (`Log + Clone`) and whatever must live as long, or `None`
/// where its server cannot be had: whoever opens says so.
///
/// A log that outlives its process also calls
/// [`a_restart_keeps_everything`](crate::contract::a_restart_keeps_everything), which needs to know how it is opened again.
#[macro_export]
macro_rules! contract_suite {
    ($open:expr) => {
        $crate::contract_suite! { $open =>
            a_commit_is_stored_once_and_found
            a_later_commit_follows_the_earlier
            many_commits_have_an_outcome_each
            positions_follow_one_another
            two_commits_of_one_stream_do_not_share_a_call
            a_new_stream_is_made_once
            a_position_of_another_stream_is_no_expectation
            a_stale_expectation_conflicts
            of_many_streams_written_at_once_each_has_its_own
            of_many_writers_one_wins_each_round
            the_same_commit_sent_again_conflicts
            a_conflict_found_behind_a_lost_answer_is_a_conflict
            a_log_that_stays_silent_leaves_the_outcome_unknown
            answers_lost_after_storing_are_found_out
            answers_lost_before_storing_are_found_out
            many_lost_answers_are_found_out
            a_log_shorter_than_its_reader_is_damaged
            a_reader_sees_what_is_written_meanwhile
            a_started_log_keeps_its_epoch
            one_position_is_read
            streams_are_known_to_have_begun
            the_chain_is_whole
            a_damaged_export_is_refused
            a_log_moves_whole
            a_log_that_does_not_hang_together_is_not_exported
            a_restore_that_broke_off_goes_on
            a_log_that_holds_something_takes_no_export
        }
    };
    ($open:expr => $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            if let Some((log, _kept)) = $open.await {
                $crate::contract::$case(log).await;
            }
        }
    )+};
}
