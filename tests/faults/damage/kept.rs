//! A folder kept in memory: every turn begins with a copy that nobody has touched.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// A folder's files, by their names below it.
#[derive(Clone, Debug)]
pub struct Kept(Vec<(PathBuf, Content)>);

#[derive(Clone, Debug)]
enum Content {
    File { bytes: Vec<u8>, mode: u32 },
    Link(PathBuf),
}

impl Kept {
    /// What is in a folder, as it is now. What only running processes share is left out.
    pub fn of(folder: &Path) -> Kept {
        let mut found = Vec::new();
        collect(folder, Path::new(""), &mut found);
        found.sort_by(|one, other| one.0.cmp(&other.0));
        Kept(found)
    }

    /// The same files in a folder of their own.
    pub fn laid_out(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        self.lay_into(folder.path());
        folder
    }

    /// The same files in a folder that is there.
    pub fn lay_into(&self, folder: &Path) {
        for (name, content) in &self.0 {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            match content {
                Content::Link(to) => symlink(to, path).unwrap(),
                Content::File { bytes, mode } => {
                    fs::write(&path, bytes).unwrap();
                    fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
                }
            }
        }
    }
}

fn collect(root: &Path, below: &Path, found: &mut Vec<(PathBuf, Content)>) {
    for entry in fs::read_dir(root.join(below)).unwrap().map(Result::unwrap) {
        let (name, path) = (below.join(entry.file_name()), entry.path());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(root, &name, found);
        } else if kind.is_symlink() {
            found.push((name, Content::Link(fs::read_link(path).unwrap())));
        } else if !path.to_string_lossy().ends_with("-shm") {
            let mode = entry.metadata().unwrap().permissions().mode();
            found.push((name, Content::File { bytes: fs::read(path).unwrap(), mode }));
        }
    }
}
