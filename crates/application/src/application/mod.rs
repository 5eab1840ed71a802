//! The one way in: a command, from permission to position.

mod dispatch;
mod document;
mod done;
mod erase;
mod expense;
mod foresee;
mod register;
mod request;
mod route;
mod session;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use traccia_domain::{Command, Position, Recorded, document::FingerprintKeys};
use traccia_log::Log;
use tracing::{Instrument as _, field::Empty};

use self::request::Request;
pub use self::{done::Done, foresee::Foreseen};
use crate::{
    Answers, Bearer, Clock, Desk, Failure, IdempotencyKey, RecordKeys,
    courtesy::Courtesy,
    facts::World,
    idempotency::{InUse, Recent},
    permission,
};

/// Carries out commands on a log.
pub struct Application<L, K, A> {
    log: Arc<L>,
    keys: Arc<K>,
    answers: Arc<A>,
    fingerprint: FingerprintKeys,
    clock: Arc<dyn Clock>,
    courtesy: Courtesy,
    recent: Recent,
    in_use: InUse,
}

impl<L: Log, K: RecordKeys, A: Answers> Application<L, K, A> {
    /// From a log, the keys of records, what was answered before, and the secrets that make records of documents.
    pub fn new(
        log: Arc<L>,
        keys: K,
        answers: A,
        fingerprint: impl Into<FingerprintKeys>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Application {
            log,
            keys: Arc::new(keys),
            answers: Arc::new(answers),
            fingerprint: fingerprint.into(),
            clock,
            courtesy: Courtesy::default(),
            recent: Recent::default(),
            in_use: InUse::default(),
        }
    }

    /// The log.
    pub fn log(&self) -> &Arc<L> {
        &self.log
    }

    /// The secrets that make records of documents.
    pub fn fingerprint(&self) -> &FingerprintKeys {
        &self.fingerprint
    }

    /// What time it is.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn keys(&self) -> &K {
        &self.keys
    }

    /// A desk for many rows, which loads each point, facilitator and project once.
    pub fn desk<'a>(&'a self, who: &'a Bearer) -> Desk<'a, L, K, A> {
        Desk::new(self, who)
    }

    /// Carries out one command. Without a key one is drawn, and told.
    ///
    /// # Errors
    /// When the bearer has no right, the rules say no, or it is down or unknown what became of it.
    pub async fn carry_out(
        &self,
        who: &Bearer,
        key: Option<IdempotencyKey>,
        command: Command,
    ) -> Result<Done, Failure> {
        let name = command.name();
        let span = tracing::info_span!("command", command = name, stream = Empty, position = Empty);
        let outcome = self.remembering(who, key, command).instrument(span.clone()).await;
        let word = match &outcome {
            Ok(done) => {
                span.record("stream", done.stream.as_str());
                span.record("position", done.position.0);
                if done.replayed { "replayed" } else { "done" }
            }
            Err(failure) => failure.word(),
        };
        metrics::counter!("traccia_commands_total", "command" => name, "outcome" => word).increment(1);
        outcome
    }

    async fn remembering(&self, who: &Bearer, key: Option<IdempotencyKey>, command: Command) -> Result<Done, Failure> {
        let extent = permission::may_ask(who, &command)?;
        let client_chose = key.is_some();
        let key = match key {
            Some(key) => key,
            None => IdempotencyKey::fresh().map_err(Failure::Unavailable)?,
        };
        let request = Request::new(who, extent, key, &command, &self.fingerprint);
        // Held to the end: between looking for an answer and remembering one, nobody else uses the key in this process.
        let _turn = match client_chose {
            true => Some(self.in_use.hold(request.command).await),
            false => None,
        };
        if client_chose && let Some(done) = self.answered(&request, &command).await? {
            return Ok(done);
        }
        let done = self.route(&request, command).await?;
        // What was committed is remembered; that an effect was already there is judged anew.
        if !done.events.is_empty() {
            self.recent.remember(request.command, request.body, &done);
        }
        Ok(done)
    }

    /// The answer given under the same key before, wherever it was written.
    ///
    /// What another process wrote under this key to another stream is found once the projections have seen it. Until
    /// then only the stream's own commits tell a repeated key, which is all that safety needs.
    async fn answered(&self, request: &Request<'_>, command: &Command) -> Result<Option<Done>, Failure> {
        if let Some(done) = self.recent.find(request.command, request.body)? {
            // Of several commits the last may be another command's, whose effect was there.
            let last = self.commit_at(done.position, request).await?;
            if last.commit.command == request.command || goes_on(command) {
                return Ok(Some(done));
            }
            return Err(request.elsewhere(format!("the log in sight has another commit at {}", done.position)));
        }
        let Some(earlier) = self.answers.find(request.command).await.map_err(Failure::Unavailable)? else {
            return Ok(None);
        };
        let earlier = self.commit_at(earlier.position, request).await?;
        let whole = request.wrote(&earlier)? && !goes_on(command);
        Ok(whole.then(|| Done::replayed(&earlier, request)))
    }

    /// A commit that we or the read models know. Cut off with a server that led the log, we may see one that ends before it:
    /// that is no damage, and the same key tells later. A log that was put back from an older backup is noticed by whoever
    /// writes to it, by the projector, which stops, and by the ledger.
    async fn commit_at(&self, position: Position, request: &Request<'_>) -> Result<Recorded, Failure> {
        let found = self.log.at(position).await.map_err(Failure::reading)?;
        found.ok_or_else(|| {
            request.elsewhere(format!("a commit at {position} is known, and the log in sight ends before it"))
        })
    }

    pub(crate) fn world(&self, leader: bool) -> World<'_, L, K> {
        let (now, today) = (self.clock.now(), self.clock.today());
        World {
            log: &*self.log,
            keys: &*self.keys,
            figures: &*self.answers,
            courtesy: &self.courtesy,
            now,
            today,
            leader,
        }
    }
}

/// Whether a command does more than write one commit, so that a repeated one runs again and completes what is missing: a
/// stream may still lack its commit, a record's key may still be there.
fn goes_on(command: &Command) -> bool {
    match command {
        Command::EraseRecord(_) => true,
        // The record, its number, its links.
        Command::RegisterCitizen(_) => true,
        Command::RecordGroupSession(session) => session.citizens.len() > 1,
        // The id, then the invoice.
        Command::DeclareExpense(_) => true,
        // They answer with the expense's id, and the commit is the invoice's.
        Command::AcceptExpense(_) | Command::RejectExpense(_) => true,
        Command::DefineProgramme(_)
        | Command::AdoptRules(_)
        | Command::AdoptRedistribution(_)
        | Command::SetReportingWindow(_)
        | Command::SubmitApplication(_)
        | Command::ApproveApplication(_)
        | Command::RejectApplication(_)
        | Command::SwitchFundingLine(_)
        | Command::SubmitReport(_)
        | Command::ReturnReport(_)
        | Command::AcceptReport(_)
        | Command::ReopenReport(_)
        | Command::OpenPoint(_)
        | Command::SuspendPoint(_)
        | Command::ResumePoint(_)
        | Command::ClosePoint(_)
        | Command::VoidPoint(_)
        | Command::EnrolFacilitator(_)
        | Command::EndFacilitator(_)
        | Command::ProposeLink(_)
        | Command::ConfirmLink(_)
        | Command::RejectLink(_)
        | Command::BreakLink(_)
        | Command::ConfirmBreak(_)
        | Command::RejectBreak(_)
        | Command::RecordService(_)
        | Command::DisputeService(_)
        | Command::UpholdService(_)
        | Command::VoidService(_)
        | Command::ClaimMilestone(_)
        | Command::CertifyMilestone(_)
        | Command::DrawSample(_)
        | Command::RecordFinding(_)
        | Command::AuthoriseTranche(_)
        | Command::OrderPayment(_)
        | Command::ConfirmPayment(_)
        | Command::FailPayment(_)
        | Command::ReconcilePayment(_)
        | Command::CloseBatch(_)
        | Command::SuspendTranche(_)
        | Command::ReleaseTranche(_)
        | Command::RevokeTranche(_)
        | Command::DecideExposure(_)
        | Command::RecordRecovery(_) => false,
    }
}
