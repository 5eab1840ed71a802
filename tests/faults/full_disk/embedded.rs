//! The embedded installation: its folder on a disk that fills, or the log alone, or the read models alone; and where no disk
//! can be had, files that may not grow.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use fastrand::Rng;
use traccia_tests::servers::{NoServer, SmallDisk, had};

use super::{CLIENTS, FULL, Tally, goes_on, newcomer, stands_still, until};
use crate::{
    faults::{
        journal::Answer,
        kills::{holds, installed},
        load::Load,
        size,
    },
    program::Server,
};

/// Room for the write-ahead logs of many rounds.
const SIZE: u64 = 160 << 20;

/// What is on the small disk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// Everything, the traces of the process among it.
    Folder,
    Log,
    Tables,
    /// Nothing: the process may not write files beyond a length, which needs no right to mount.
    Limit,
}

/// An installation that has begun, with a part of it on a small disk.
pub struct Site {
    part: Part,
    _folder: tempfile::TempDir,
    pub data: PathBuf,
    disk: Option<SmallDisk>,
    pub load: Arc<Load>,
}

/// Puts a database on a disk, with its write-ahead log, and a link to it where it was.
fn moved(file: &Path, disk: &Path) {
    let there = disk.join(file.file_name().unwrap());
    for suffix in ["", "-wal"] {
        let [from, to] = [file, &there].map(|file| format!("{}{suffix}", file.display()));
        if fs::exists(&from).unwrap() {
            fs::copy(&from, to).unwrap();
            fs::remove_file(from).unwrap();
        }
    }
    symlink(there, file).unwrap();
}

/// Lets a process write files up to a length.
fn limit(process: u32, length: &str) -> Result<(), NoServer> {
    let limited = Command::new("prlimit").args([format!("--pid={process}"), format!("--fsize={length}:")]).output();
    match limited {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(NoServer::Missing(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        Err(error) => Err(NoServer::Missing(format!("there is no prlimit: {error}"))),
    }
}

impl Site {
    /// `None` where no disk can be had; why is printed.
    pub async fn new(part: Part) -> Option<Site> {
        let what = format!("a full disk ({part:?})");
        let disk = match part {
            Part::Folder | Part::Log | Part::Tables => Some(had(&what, SmallDisk::of(SIZE))?),
            Part::Limit => {
                had(&what, limit(std::process::id(), "unlimited"))?;
                None
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let inside = disk.as_ref().filter(|_| part == Part::Folder).map(|disk| disk.path().join("data"));
        let data = inside.unwrap_or_else(|| folder.path().to_owned());
        let load = installed(&data, 400, &[]);
        let site = Site { part, _folder: folder, data, disk, load };
        let server = site.serve();
        site.load.begin(&server.url).await;
        site.load.caught_up(&server.url).await;
        assert!(server.terminate());
        match (part, &site.disk) {
            (Part::Log, Some(disk)) => moved(&site.data.join("log.db"), disk.path()),
            (Part::Tables, Some(disk)) => moved(&site.data.join("tables.db").canonicalize().unwrap(), disk.path()),
            (_, _) => {}
        }
        Some(site)
    }

    /// A server that writes its traces into the folder, and is told of a file's limit as of a full disk.
    pub fn serve(&self) -> Server {
        let line = format!("trap '' XFSZ; exec 2>>'{}'", self.data.join("traces").display());
        Server::call_after(&line, "serve", &self.data, &["--keep-free-mib", "0"])
    }

    /// Fills the disk, and waits until it shows. Reads go on.
    pub async fn fills(&self, server: &Server, rng: &mut Rng) {
        let but = rng.u64(..64 << 10);
        match &self.disk {
            Some(disk) => disk.fill(but).unwrap(),
            None => limit(server.id(), &but.to_string()).unwrap(),
        }
        match self.part {
            Part::Folder | Part::Log | Part::Limit => stands_still(&self.load, 4 * CLIENTS).await,
            Part::Tables => {
                until("the read models wait", async || {
                    let ready = self.load.ready(&server.url).await.unwrap_or_default();
                    ready["why"].as_str().is_some_and(|why| why.contains("cannot be written since"))
                })
                .await;
                // The log has room.
                goes_on(&self.load, 4 * CLIENTS).await;
            }
        }
        tokio::time::sleep(FULL).await;
        assert_eq!(self.load.read(&server.url).await, Some(200), "reads go on");
    }

    /// Makes room; for a process that has been killed there is nothing to do but on the disk.
    fn make_room(&self, server: Option<&Server>) {
        match (&self.disk, server) {
            (Some(disk), _) => disk.make_room().unwrap(),
            (None, Some(server)) => limit(server.id(), "unlimited").unwrap(),
            (None, None) => {}
        }
    }

    /// That everything goes on by itself: the keys, the log, the read models.
    async fn goes_on(&self, server: &Server, rng: &mut Rng) {
        goes_on(&self.load, 4 * CLIENTS).await;
        let newcomer = newcomer(&self.load, rng);
        let last = || self.load.journal().requests[newcomer].attempts.last().map(|attempt| attempt.answer.clone());
        until("somebody is registered", async || {
            self.load.ask(&server.url, newcomer).await;
            matches!(last(), Some(Answer::Done { .. }))
        })
        .await;
        let head = self.load.journal().known;
        until("the read models follow", async || {
            let ready = self.load.ready(&server.url).await.unwrap_or_default();
            ready["ready"] == true && ready["position"].as_u64() >= Some(head)
        })
        .await;
    }

    async fn holds(&self, when: &str) {
        holds(&self.data, &self.load, when).await;
    }
}

/// Fills the disk of an installation under load: once it gets room while it runs, once after it was killed.
async fn fills(part: Part) {
    let Some(site) = Site::new(part).await else { return };
    let seed = size::seed().unwrap_or_else(|| fastrand::u64(..));
    let mut rng = Rng::with_seed(seed);
    let rounds = size::full_disks();
    for round in 0..rounds {
        let when = |what: &str| format!("seed {seed}, round {round}, {what}");
        let server = site.serve();
        let crowd = site.load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
        goes_on(&site.load, 10 * CLIENTS).await;
        site.fills(&server, &mut rng).await;
        site.make_room(Some(&server));
        site.goes_on(&server, &mut rng).await;
        site.fills(&server, &mut rng).await;
        server.kill();
        crowd.join_all().await;
        site.holds(&when("killed on a full disk")).await;
        site.make_room(None);
        let server = site.serve();
        site.load.resolve(&server.url).await;
        site.load.caught_up(&server.url).await;
        assert!(server.terminate());
        site.holds(&when("with room again")).await;
    }
    let Tally { done, failed } = Tally::of(&site.load);
    let unknown = site.load.journal().unknown();
    println!(
        "full disks: {} of the embedded installation ({part:?}), {done} commands carried out, {failed} not, {unknown} of \
         them unknown, all resolved",
        2 * rounds
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_folders_disk_is_full_nothing_is_lost_and_it_goes_on_with_room() {
    fills(Part::Folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_logs_disk_is_full_nothing_is_lost_and_it_goes_on_with_room() {
    fills(Part::Log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_tables_disk_is_full_commands_go_on_and_the_tables_follow_with_room() {
    fills(Part::Tables).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_files_may_not_grow_nothing_is_lost_and_it_goes_on_when_they_may() {
    fills(Part::Limit).await;
}
