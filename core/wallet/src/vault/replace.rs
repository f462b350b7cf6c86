//! Replacing a small file so that a crash at any moment leaves the old one or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes `bytes` to `path` durably and keeps what was there as `<path>.old`.
///
/// The order is: previous generation, new file beside the old one, rename, directory. The name always points to a
/// whole file once it has pointed to one.
pub(crate) fn replace_keeping_old(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_stepwise(path, bytes, &mut |_| Ok(()))
}

/// Writes `bytes` to `path` durably, atomically.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, &mut |_| Ok(()))
}

/// `<path>.old`: the generation before.
pub(crate) fn old(path: &Path) -> PathBuf {
    with_suffix(path, ".old")
}

/// A moment between two steps, where tests let the machine die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The new bytes are written but not durable.
    Written,
    /// The new bytes are durable under their temporary name.
    Synced,
    /// The name points to the new bytes.
    Renamed,
    /// So does the directory on the disk.
    DirSynced,
}

/// As [`replace_keeping_old`], asking `go_on` after every step.
pub(crate) fn replace_stepwise(
    path: &Path,
    bytes: &[u8],
    go_on: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    match fs::read(path) {
        Ok(previous) => put(&old(path), &previous, go_on)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    put(path, bytes, go_on)
}

fn put(path: &Path, bytes: &[u8], go_on: &mut dyn FnMut(Step) -> io::Result<()>) -> io::Result<()> {
    let temporary = with_suffix(path, ".tmp");
    let mut file = create_private(&temporary)?;
    file.write_all(bytes)?;
    go_on(Step::Written)?;
    file.sync_all()?;
    go_on(Step::Synced)?;
    fs::rename(&temporary, path)?;
    go_on(Step::Renamed)?;
    sync_dir(path)?;
    go_on(Step::DirSynced)
}

/// Makes the directory entry of `path` durable.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Creates (or empties) a file that only its owner may read.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
