//! How tables are doing that another process writes.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time};
use traccia_log::Log;

use crate::{
    Projection, ProjectorError, State, Status, Tables,
    error::chain,
    runner::together,
    status::{change_and_tell, tell_away},
};

/// How often log and tables are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Looks at log and tables now and then, for whoever serves reads and writes no tables. It ends with its last receiver.
///
/// # Errors
/// When they do not belong together. What is away now is waited for.
pub async fn observe<P: Projection, L: Log>(
    log: Arc<L>,
    tables: Tables,
) -> Result<watch::Receiver<Status>, ProjectorError> {
    match together::<P, L>(&log, &tables).await {
        Ok(()) | Err(ProjectorError::LogAway(_) | ProjectorError::TablesAway(_)) => {}
        Err(apart) => return Err(apart),
    }
    let (sender, receiver) = watch::channel(Status::unknown());
    look(&*log, &tables, &sender).await;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = time::sleep(LOOK_EVERY) => look(&*log, &tables, &sender).await,
                () = sender.closed() => return,
            }
        }
    });
    Ok(receiver)
}

async fn look(log: &impl Log, tables: &Tables, sender: &watch::Sender<Status>) {
    let (head, stored) = tokio::join!(log.head(), tables.checkpoint());
    tell_away(sender, &head);
    change_and_tell(sender, |status| {
        status.log_answers(&head);
        match &stored {
            Ok(Some(stored)) => {
                status.stand_at(stored);
                status.state = State::Elsewhere;
            }
            Ok(None) => status.state = State::Elsewhere,
            Err(error) => status.wait(chain(error)),
        }
    });
    sender.borrow().measure();
}
