//! A journal in a file: what the service gave, byte for byte, and a checksum over all of it.
//!
//! `scoin-journal/1` and a line feed; for each frame its length (4 bytes, big-endian), the frame, the length of its seal
//! and the seal; then a length of zero, the number of frames (8 bytes) and the SHA-256 of everything before it. There is
//! one way to write a journal, and nothing may follow it. A file holds every command of the city: keep it like the data
//! file of the service.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Chain;
use crate::exit::Exit;
use crate::failure::Failure;
use scoin_ledger::Frame;

const MAGIC: &[u8] = b"scoin-journal/1\n";
/// The longest frame or seal: twice the largest batch the service takes.
const PART_MAX: usize = 8 << 20;

/// A journal being saved. It takes its name only when it is whole.
pub(crate) struct Saved {
    to: PathBuf,
    part: PathBuf,
    out: BufWriter<File>,
    hash: Sha256,
    frames: u64,
}

impl Saved {
    /// Begins. An existing file is not replaced.
    pub(crate) fn create(to: &Path) -> Result<Self, Failure> {
        if to.exists() {
            return Err(Failure::new(
                Exit::Conflict,
                format!("`{}` is there already", to.display()),
            )
            .hint("name a file that does not exist"));
        }
        let mut part = to.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::create(&part).map_err(|error| cannot_write(&part, &error))?;
        let (hash, out) = (Sha256::new(), BufWriter::new(file));
        let mut saved = Self { to: to.to_owned(), part, out, hash, frames: 0 };
        saved.write(MAGIC)?;
        Ok(saved)
    }

    /// Adds a frame and its seal.
    pub(crate) fn push(&mut self, frame: &[u8], seal: &[u8]) -> Result<(), Failure> {
        for part in [frame, seal] {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            self.write(&length.to_be_bytes())?;
            self.write(part)?;
        }
        self.frames = self.frames.saturating_add(1);
        Ok(())
    }

    /// Ends it, and gives it its name.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.write(&0_u32.to_be_bytes())?;
        let frames = self.frames.to_be_bytes();
        self.write(&frames)?;
        let digest = self.hash.finalize();
        let written = self.out.write_all(&digest).and_then(|()| self.out.flush());
        let written = written.and_then(|()| self.out.get_ref().sync_all());
        written
            .and_then(|()| fs::rename(&self.part, &self.to))
            .map_err(|error| cannot_write(&self.to, &error))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.hash.update(bytes);
        self.out.write_all(bytes).map_err(|error| cannot_write(&self.part, &error))
    }
}

/// Reads a journal: checksum first, then every frame through `chain`.
pub(crate) fn read(path: &Path, chain: &mut Chain) -> Result<Vec<Frame>, Failure> {
    let bytes = fs::read(path).map_err(|error| {
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let exit = if missing { Exit::NotFound } else { Exit::Failed };
        Failure::new(exit, format!("cannot read `{}`", path.display()))
            .why(error.to_string())
            .hint("`scoin check --save FILE` makes such a file")
    })?;
    let parts = parts(&bytes).map_err(|why| damaged(path, why))?;
    let frames = (0_u64..).zip(parts);
    frames.map(|(number, (frame, seal))| chain.take(number, frame, seal)).collect()
}

type Part<'a> = (&'a [u8], &'a [u8]);

fn parts(bytes: &[u8]) -> Result<Vec<Part<'_>>, &'static str> {
    let short = "it ends too early";
    let (body, digest) = bytes.split_last_chunk::<32>().ok_or(short)?;
    let mut rest = body.strip_prefix(MAGIC).ok_or("it does not begin as a saved journal does")?;
    let actual: [u8; 32] = Sha256::digest(body).into();
    if actual != *digest {
        return Err("its checksum does not match");
    }
    let mut parts = Vec::new();
    loop {
        let frame = part(&mut rest).ok_or(short)?;
        if frame.is_empty() {
            break;
        }
        parts.push((frame, part(&mut rest).ok_or(short)?));
    }
    let count = u64::try_from(parts.len()).unwrap_or(u64::MAX);
    if rest == count.to_be_bytes() { Ok(parts) } else { Err("it does not hold what it says") }
}

fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok().filter(|n| *n <= PART_MAX)?;
    let (part, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(part)
}

fn damaged(path: &Path, why: &str) -> Failure {
    Failure::new(Exit::Failed, format!("`{}` is not a whole journal", path.display()))
        .why(why)
        .hint("make it again with `scoin check --save FILE`")
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("cannot write `{}`", path.display())).why(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_read_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut saved = Saved::create(&path).unwrap();
        saved.push(b"frame", b"seal").unwrap();
        saved.push(b"another", b"").unwrap();
        assert!(!path.exists(), "half a journal has no name");
        saved.finish().unwrap();
        let bytes = fs::read(&path).unwrap();
        let expected: Vec<Part<'_>> = vec![(b"frame", b"seal"), (b"another", b"")];
        assert_eq!(parts(&bytes), Ok(expected));
        assert!(Saved::create(&path).is_err(), "an existing file is kept");
        for at in 0..bytes.len() {
            let mut bent = bytes.clone();
            bent[at] ^= 1;
            assert!(parts(&bent).is_err(), "byte {at}");
            assert!(parts(&bytes[..at]).is_err(), "cut at {at}");
        }
        assert!(parts(&[bytes.as_slice(), b"x"].concat()).is_err(), "nothing may follow");
    }

    #[test]
    fn a_checksum_does_not_make_nonsense_a_journal() {
        let sealed = |body: &[u8]| {
            let digest: [u8; 32] = Sha256::digest(body).into();
            [body, &digest].concat()
        };
        let one = [MAGIC, &[0, 0, 0, 1, 7], &[0, 0, 0, 0], &[0; 4]].concat();
        assert!(parts(&sealed(&[one.as_slice(), &1_u64.to_be_bytes()].concat())).is_ok());
        assert!(parts(&sealed(&[one.as_slice(), &2_u64.to_be_bytes()].concat())).is_err());
        assert!(parts(&sealed(&one)).is_err());
        assert!(parts(&sealed(&[MAGIC, &[255; 4]].concat())).is_err());
    }
}
