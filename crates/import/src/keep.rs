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
use traccia_domain::{ProgrammeId, ProjectId, hash::ShortHash};

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
    /// The programmes their right was limited to.
    #[serde(default)]
    pub programmes: Vec<ProgrammeId>,
    /// The projects their right was limited to.
    #[serde(default)]
    pub projects: Vec<ProjectId>,
    /// When it ended.
    pub at: Timestamp,
    /// How it ended.
    pub ending: Ending,
    /// What it came to.
    pub report: Report,
}

/// The folder of results. The same file again takes the place of its results before.
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

    /// Keeps a result: the rejected rows first, so that a report that is shown has its rows.
    ///
    /// # Errors
    /// When the disk refuses; the import itself stands.
    pub fn store(&self, kept: &Kept, rejected: RejectedFile) -> io::Result<()> {
        let rejected = rejected.into_inner().map_err(io::IntoInnerError::into_error)?;
        rejected.as_file().sync_all()?;
        rejected.persist(self.rejected_path(kept.report.id))?;
        let mut report = NamedTempFile::with_prefix_in(".new-", &self.folder)?;
        serde_json::to_writer(&mut report, kept)?;
        report.flush()?;
        report.as_file().sync_all()?;
        report.persist(self.report_path(kept.report.id))?;
        File::open(&self.folder)?.sync_all()
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
