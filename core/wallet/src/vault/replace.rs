//! Replacing a small file so that a crash at any moment leaves the old one or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What replacing asks of a file system, so that tests can play one that loses what was not made durable.
pub(crate) trait Files {
    /// The whole file; `None` if there is none.
    fn read(&mut self, path: &Path) -> io::Result<Option<Vec<u8>>>;
    /// Creates or empties the file, writes `bytes` and forces them to the disk. The name itself may not be durable yet.
    fn write_durably(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file another name; what had that name is gone.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;
    /// Forces the names in the folder of `path` to the disk.
    fn sync_dir(&mut self, path: &Path) -> io::Result<()>;
}

/// The machine's own file system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disk;

impl Files for Disk {
    fn read(&mut self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write_durably(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = create_private(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_dir(&mut self, path: &Path) -> io::Result<()> {
        sync_dir(path)
    }
}

/// Writes `bytes` to `path` durably, atomically.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_on(&mut Disk, path, bytes)
}

/// As [`replace`], on any file system.
///
/// The order is: new file beside the old one, rename, directory. The name always points to a whole file once it has
/// pointed to one.
pub(crate) fn replace_on(files: &mut dyn Files, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = with_suffix(path, ".tmp");
    files.write_durably(&temporary, bytes)?;
    files.rename(&temporary, path)?;
    files.sync_dir(path)
}

/// As [`replace_on`], and keeps what was there as `<path>.old`.
pub(crate) fn replace_keeping_old(
    files: &mut dyn Files,
    path: &Path,
    bytes: &[u8],
) -> io::Result<()> {
    if let Some(previous) = files.read(path)? {
        replace_on(files, &old(path), &previous)?;
    }
    replace_on(files, path, bytes)
}

/// `<path>.old`: the generation before.
pub(crate) fn old(path: &Path) -> PathBuf {
    with_suffix(path, ".old")
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
