//! How much room the disk of an installation has, and how much of it is kept.

use std::{io, path::PathBuf, time::Duration};

use clap::Args;
use tokio::sync::watch;
use traccia_web::Room;

use crate::installation::Data;

/// How often the disk is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How much of the disk is kept. A part of a disk alone would be silly on a large one, a number alone on a small one.
#[derive(Args, Clone, Copy)]
pub(crate) struct Floor {
    /// New commands are refused while the disk of an embedded log has less free than this, in MiB, and less than 15 % of its
    /// size; 0 refuses none.
    #[arg(long, env = "TRACCIA_KEEP_FREE_MIB", default_value_t = Floor::default().keep_free_mib, value_name = "MIB")]
    keep_free_mib: u64,
}

impl Default for Floor {
    fn default() -> Self {
        Floor { keep_free_mib: 1_024 }
    }
}

impl Floor {
    fn of(self, size: u64) -> u64 {
        self.keep_free_mib.saturating_mul(1 << 20).min(size / 100 * 15)
    }
}

/// Looks at the disk of the folder, and at that of the log where a link leads to another; the fuller one counts. What is not
/// embedded guards itself: then nothing is kept.
pub(crate) fn look(data: &Data, floor: Floor) -> io::Result<(PathBuf, Room)> {
    let log = data.log.file(&data.data).filter(|log| log.exists());
    let mut fullest = None;
    for place in [data.data.clone()].into_iter().chain(log) {
        let disk = rustix::fs::statvfs(&place)?;
        let [free, size] = [disk.f_bavail, disk.f_blocks].map(|blocks| blocks.saturating_mul(disk.f_frsize));
        let room = Room { free, size, kept: if data.log.embedded() { floor.of(size) } else { 0 } };
        let left = i128::from(room.free) - i128::from(room.kept);
        if fullest.as_ref().is_none_or(|(least, _, _)| left < *least) {
            fullest = Some((left, place, room));
        }
    }
    fullest.map(|(_, place, room)| (place, room)).ok_or_else(|| io::Error::other("there is no folder"))
}

/// Looks again and again, while anybody wants to know.
pub(crate) fn watch(data: Data, floor: Floor) -> watch::Receiver<Room> {
    let (seen, room) = watch::channel(Room::default());
    see(&seen, &data, floor);
    tokio::spawn(async move {
        while !seen.is_closed() {
            tokio::time::sleep(LOOK_EVERY).await;
            see(&seen, &data, floor);
        }
    });
    room
}

/// A disk that cannot be looked at is as it was.
fn see(seen: &watch::Sender<Room>, data: &Data, floor: Floor) {
    match look(data, floor) {
        Ok((place, room)) => {
            let before = seen.send_replace(room);
            room.measure();
            match (before.refuses(), room.refuses()) {
                (false, true) => {
                    tracing::error!(place = %place.display(), free = room.free, kept = room.kept, "new commands are refused: make room")
                }
                (true, false) => tracing::info!(free = room.free, "new commands are taken again"),
                (_, _) => {}
            }
        }
        Err(error) => tracing::warn!(%error, "the disk cannot be looked at"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_small_disk_a_part_is_kept_and_of_a_large_one_a_gibibyte() {
        let floor = Floor::default();
        assert_eq!(floor.of(100 << 20), 15 << 20);
        assert_eq!(floor.of(4 << 40), 1 << 30);
        assert_eq!(Floor { keep_free_mib: 0 }.of(4 << 40), 0);
    }

    #[test]
    fn the_disk_of_a_folder_is_seen() {
        let data = Data::embedded(std::env::temp_dir());
        let (_, room) = look(&data, Floor::default()).expect("it is there");
        assert!(room.size > 0 && room.free <= room.size && room.kept > 0, "{room:?}");
    }
}
