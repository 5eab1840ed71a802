//! An import whose result is kept, however it ends.

use jiff::Timestamp;
use traccia_application::{Answers, Bearer, Desk, RecordKeys};
use traccia_log::Log;

use crate::{
    ImportError, Options, Progress, RejectedRows, Report, Source,
    keep::{Ending, Keep, Kept},
    run,
};

impl Keep {
    /// Imports a file as [`run`] does and keeps its report and its rejected rows, also of one that is refused or stopped.
    ///
    /// A crash after the import and before the keeping leaves rows recorded and no report: the same file again writes it,
    /// with those rows as duplicates.
    ///
    /// # Errors
    /// As [`run`].
    pub async fn import<L: Log, K: RecordKeys, A: Answers>(
        &self,
        who: &Bearer,
        desk: &mut Desk<'_, L, K, A>,
        source: &Source,
        options: &Options,
        progress: impl FnMut(Progress) + Send,
    ) -> Result<Report, ImportError> {
        let mut rows = self.rejected_file().and_then(RejectedRows::new).map_err(ImportError::Rejected)?;
        let mut outcome = run(desk, source, options, &mut rows, progress).await;
        let (report, ending) = match &mut outcome {
            Ok(report) => (report, Ending::Done),
            Err(ImportError::MostlyWrong { report, .. }) => (&mut **report, Ending::MostlyWrong),
            Err(ImportError::Stopped { report, .. }) => (&mut **report, Ending::Stopped),
            Err(
                ImportError::Layout(_)
                | ImportError::NoRows
                | ImportError::Quote { .. }
                | ImportError::Read(_)
                | ImportError::Rejected(_),
            ) => return outcome,
        };
        let mut kept = Kept {
            subject: who.actor.subject.clone(),
            programmes: desk.programmes(),
            at: Timestamp::now(),
            ending,
            report: report.clone(),
        };
        let rows = rows.into_inner().map_err(ImportError::Rejected)?;
        report.id = self.store(&mut kept, rows).map_err(ImportError::Rejected)?;
        outcome
    }
}
