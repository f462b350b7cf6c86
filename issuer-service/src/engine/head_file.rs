//! The last acknowledged frame, in a small file beside the data file.
//!
//! A store that finds its newest root damaged falls back to the one before, and silently forgets the last commit. This
//! file remembers what was acknowledged, so that such a fall-back is refused at start instead of being served. It is
//! written after each commit and never synced: it may lag behind the data file, but is never ahead of it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::{EngineError, Tip};

const MAGIC: &[u8; 8] = b"scoinhd1";
const SLOT: usize = 64;

/// Two checksummed slots, written in turn, so that a torn write costs only one.
#[derive(Debug)]
pub(super) struct HeadFile(File);

impl HeadFile {
    /// Open or create; the newest readable slot, if there is one.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Tip>), EngineError> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = file.map_err(|error| failed(path, &error))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| failed(path, &error))?;
        let tips: Vec<_> = bytes.chunks(SLOT).map(read_slot).collect();
        let newest = tips.iter().flatten().max_by_key(|tip| tip.number).copied();
        if newest.is_none() && !bytes.is_empty() {
            let path = path.display();
            return Err(EngineError::Damaged(format!(
                "`{path}` is unreadable; if the data file is known to be whole, remove it"
            )));
        }
        Ok((Self(file), newest))
    }

    /// Remember a frame as acknowledged.
    pub(super) fn remember(&mut self, tip: Tip) -> Result<(), EngineError> {
        let offset = if tip.number.is_multiple_of(2) { 0 } else { 64 };
        let write =
            self.0.seek(SeekFrom::Start(offset)).and_then(|_| self.0.write_all(&write_slot(tip)));
        write.map_err(|error| EngineError::Store(error.to_string()))
    }
}

fn failed(path: &Path, error: &std::io::Error) -> EngineError {
    EngineError::Store(format!("`{}`: {error}", path.display()))
}

fn write_slot(tip: Tip) -> Vec<u8> {
    let mut slot = Vec::with_capacity(SLOT);
    slot.extend_from_slice(MAGIC);
    slot.extend_from_slice(&tip.number.to_be_bytes());
    slot.extend_from_slice(&tip.hash);
    slot.resize(SLOT.saturating_sub(4), 0);
    let sum = crc32c::crc32c(&slot);
    slot.extend_from_slice(&sum.to_be_bytes());
    slot
}

fn read_slot(slot: &[u8]) -> Option<Tip> {
    let (magic, rest) = slot.split_first_chunk::<8>()?;
    let (number, rest) = rest.split_first_chunk::<8>()?;
    let (hash, _) = rest.split_first_chunk::<32>()?;
    let tip = Tip { number: u64::from_be_bytes(*number), hash: *hash };
    let whole = magic == MAGIC && slot == write_slot(tip);
    whole.then_some(tip)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tip(number: u64) -> Tip {
        Tip { number, hash: [7; 32] }
    }

    #[test]
    fn the_newest_whole_slot_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("head");
        let (mut file, found) = HeadFile::open(&path).unwrap();
        assert_eq!(found, None);
        for number in 0..5 {
            file.remember(tip(number)).unwrap();
        }
        assert_eq!(HeadFile::open(&path).unwrap().1, Some(tip(4)));

        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
            let newest = if at < SLOT { 3 } else { 4 };
            assert_eq!(HeadFile::open(&path).unwrap().1, Some(tip(newest)), "byte {at}");
        }
    }

    #[test]
    fn nothing_readable_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("head");
        std::fs::write(&path, [1; 128]).unwrap();
        assert!(matches!(HeadFile::open(&path), Err(EngineError::Damaged(_))));
    }
}
