//! Where the results of imports are kept: a folder with two files for each, its report and its rejected rows.
//!
//! Nothing in them is personal. Both are written under another name and renamed: a crash at any line leaves the results
//! of the import before, or rejected rows without a report, which nobody is shown.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use traccia_domain::{ProgrammeId, hash::ShortHash};

use crate::report::Report;

/// How an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It ran to its end.
    Done,
    /// Too many rows were wrong: nothing was written.
    MostlyWrong,
    /// The log went away in the middle: the counts are those up to there, and the same file again completes it.
    Stopped,
}

/// A kept result, with what tells who may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Whose import it was.
    pub subject: String,
    /// The programmes of the points that its rows named.
    #[serde(default)]
    pub programmes: Vec<ProgrammeId>,
    /// When it ended.
    pub at: Timestamp,
    /// How it ended.
    pub ending: Ending,
    /// What it came to.
    pub report: Report,
}

/// The folder of results. Each run has its own: nobody's report takes the place of another.
#[derive(Clone, Debug)]
pub struct Keep {
    folder: PathBuf,
}

/// Rejected rows on their way to the folder. Dropped before they are kept, they are gone.
pub type RejectedFile = BufWriter<NamedTempFile>;

impl Keep {
    /// The folder `imports` in a data folder, made where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(data: &Path) -> io::Result<Keep> {
        let folder = data.join("imports");
        fs::create_dir_all(&folder)?;
        Ok(Keep { folder })
    }

    /// A place for rejected rows, under no name that anyone is shown.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn rejected_file(&self) -> io::Result<RejectedFile> {
        Ok(BufWriter::new(NamedTempFile::with_prefix_in(".new-", &self.folder)?))
    }

    /// Keeps a result under the name of its run, which is given back: the rejected rows first, so that a report that is
    /// shown has its rows.
    ///
    /// # Errors
    /// When the disk refuses; the import itself stands.
    pub fn store(&self, kept: &mut Kept, rejected: RejectedFile) -> io::Result<ShortHash> {
        let rejected = rejected.into_inner().map_err(io::IntoInnerError::into_error)?;
        rejected.as_file().sync_all()?;
        kept.report.id = self.name(kept, rejected)?;
        let mut report = NamedTempFile::with_prefix_in(".new-", &self.folder)?;
        serde_json::to_writer(&mut report, kept)?;
        report.flush()?;
        report.as_file().sync_all()?;
        report.persist_noclobber(self.report_path(kept.report.id))?;
        File::open(&self.folder)?.sync_all()?;
        Ok(kept.report.id)
    }

    /// Finds the first free name for a run of this file by this subject, by putting its rejected rows there: of two at
    /// once each gets its own. Nothing of it is a secret; who may read it is asked when it is read.
    fn name(&self, kept: &Kept, mut rejected: NamedTempFile) -> io::Result<ShortHash> {
        for run in 1_u64.. {
            let parts = [kept.report.file.0.as_slice(), kept.subject.as_bytes(), &run.to_be_bytes()];
            let id = ShortHash::of_parts(parts);
            match rejected.persist_noclobber(self.rejected_path(id)) {
                Ok(_) => return Ok(id),
                Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => rejected = taken.file,
                Err(failed) => return Err(failed.error),
            }
        }
        Err(io::Error::other("there are no more names"))
    }

    /// A result, where there is one.
    ///
    /// # Errors
    /// When the disk refuses, or what is there is not a result.
    pub fn find(&self, id: ShortHash) -> io::Result<Option<Kept>> {
        match fs::read(self.report_path(id)) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The rejected rows of a result, as CSV.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn rejected(&self, id: ShortHash) -> io::Result<Option<File>> {
        match File::open(self.rejected_path(id)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn report_path(&self, id: ShortHash) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    fn rejected_path(&self, id: ShortHash) -> PathBuf {
        self.folder.join(format!("{id}-rejected.csv"))
    }
}
