//! What a command would write. It goes through the same door as a real one, on a log that is only thought of: the same
//! form, right, references and rules say the same no.

use std::sync::Arc;

use traccia_domain::{
    Actor, Command, CommandKind, Commit, Position,
    link::command::{ConfirmBreak, ConfirmLink},
};
use traccia_log::Log;

use super::{Application, request::Request};
use crate::{
    Answers, Bearer, Failure, IdempotencyKey, RecordKeys,
    imagined::{ImaginedLog, NothingAnswered, PassingKeys},
    permission::{self, Extent},
};

/// What a command would write, and how much of the log that was decided by.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreseen {
    /// The commits, in order; none where its effect is already there.
    pub commits: Vec<Commit>,
    /// The log's end: what was decided rests on nothing after it.
    pub known: Position,
}

impl<L: Log, K: RecordKeys, A: Answers> Application<L, K, A> {
    /// What a command would write if it were sent now. Nothing is written: no commit, no key, no answer to remember.
    ///
    /// What takes two persons is foreseen to its end: a proposal with its confirmation, and a decision as if another than
    /// who asks made it, so that whoever proposes learns what comes of it. Sending it is judged as ever.
    ///
    /// # Errors
    /// As the command itself.
    pub async fn foresee(&self, who: &Bearer, command: Command) -> Result<Foreseen, Failure> {
        let extent = permission::may_foresee(who, command.kind())?;
        let log = Arc::new(ImaginedLog::on(Arc::clone(&self.log)));
        let keys = PassingKeys::beside(Arc::clone(&self.keys));
        let (fingerprint, clock) = (self.fingerprint.clone(), Arc::clone(&self.clock));
        let imagined =
            Application::new(Arc::clone(&log), keys, NothingAnswered(Arc::clone(&self.answers)), fingerprint, clock);
        let another = another(who);
        let decides = decided_by_another(command.kind());
        let confirmation = confirmation(&command);
        imagined.imagine(if decides { &another } else { who }, extent, command).await?;
        if let Some(confirmation) = confirmation {
            imagined.imagine(&another, extent, confirmation).await?;
        }
        let known = self.log.head().await.map_err(Failure::reading)?;
        Ok(Foreseen { commits: log.written(), known })
    }

    async fn imagine(&self, who: &Bearer, extent: Extent, command: Command) -> Result<(), Failure> {
        let key = IdempotencyKey::fresh().map_err(Failure::Unavailable)?;
        let request = Request::new(who, extent, key, &command, &self.fingerprint);
        self.route(&request, command).await.map(drop)
    }
}

/// Somebody with the same right. No account has an empty name, so that it is nobody who has proposed anything.
fn another(who: &Bearer) -> Bearer {
    Bearer { actor: Actor { subject: String::new(), role: who.actor.role }, scope: who.scope.clone() }
}

/// What follows a proposal.
fn confirmation(command: &Command) -> Option<Command> {
    if let Command::ProposeLink(said) = command {
        Some(ConfirmLink { citizens: said.citizens, reason: said.reason.clone() }.into())
    } else if let Command::BreakLink(said) = command {
        Some(ConfirmBreak { citizens: said.citizens, reason: said.reason.clone() }.into())
    } else {
        None
    }
}

/// Whether a command decides on what somebody else has proposed.
fn decided_by_another(command: CommandKind) -> bool {
    use CommandKind::{
        AcceptExpense, AcceptReport, CertifyMilestone, ConfirmBreak, ConfirmLink, OrderPayment, RejectBreak,
        RejectExpense, RejectLink,
    };
    matches!(
        command,
        AcceptReport
            | CertifyMilestone
            | ConfirmLink
            | RejectLink
            | ConfirmBreak
            | RejectBreak
            | AcceptExpense
            | RejectExpense
            | OrderPayment
    )
}
