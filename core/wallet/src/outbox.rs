//! Commands that wait for their answer: an append-only file that survives a crash at any byte.
//!
//! A record is `length (u32), CRC of the length (u32), CRC of the content (u32), content`, little-endian. A command is
//! durable here before its first byte leaves the machine, and stays until its answer is known. So after a crash the same
//! bytes are sent again, and the issuer gives the same answer to the same id.
//!
//! A torn record at the end was never sent (sending waits for the disk) and is dropped. Any other damage is an error: a
//! command may have been sent that is not known any more, and guessing could pay twice.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use minicbor::{Decode, Encode};
use scoin_core::CommandId;
use thiserror::Error;

use crate::vault::replace;

const MAGIC: &[u8; 8] = b"scoutbx1";
/// Length of the three numbers before the content.
const HEAD: usize = 12;
/// A batch is at most 4 MiB on the wire; with the record around it this is ample.
const CONTENT_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Above this size a file in which nothing waits is emptied.
const COMPACT_BYTES: u64 = 64 * 1024;
/// A disk loses whole sectors: a torn record has one that was never written.
const SECTOR: usize = 512;

/// Why the outbox could not be used.
#[derive(Debug, Error)]
pub enum OutboxError {
    /// A record is damaged that had been durable: a command may have been sent that is not known any more.
    #[error(
        "the outbox is damaged at byte {0}: read the history from the issuer before paying again"
    )]
    Damaged(u64),
    /// The id waits already, with other content.
    #[error("command `{}` waits already with other content: use another id", .0.to_hex())]
    IdTaken(CommandId),
    /// The command is larger than anything the issuer takes.
    #[error("the command is too large to be sent")]
    TooLarge,
    /// The file could not be read or written.
    #[error("the outbox could not be read or written: {0}")]
    Io(#[from] io::Error),
}

/// A command that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its id.
    pub id: CommandId,
    /// The signed command, byte for byte as it is sent.
    pub command: Vec<u8>,
}

/// [`Waiting`] as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Entry {
    #[cbor(n(0), with = "minicbor::bytes")]
    id: [u8; 16],
    #[cbor(n(1), with = "minicbor::bytes")]
    command: Vec<u8>,
}

/// The file and what waits in it.
#[derive(Debug)]
pub struct Outbox {
    path: PathBuf,
    file: File,
    end: u64,
    /// How far the file is known to be on the disk.
    synced: u64,
    waiting: Vec<Waiting>,
    /// The count of the last command this device has made, if it knows.
    counter: Option<u64>,
    #[cfg(test)]
    sync_fails: bool,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
enum Record {
    /// These commands wait from now on, and this is the count of the last one; one record, so that a torn batch is gone
    /// as a whole.
    #[n(1)]
    Put(#[n(0)] Vec<Entry>, #[n(1)] Option<u64>),
    /// This command has its answer.
    #[n(2)]
    Answered {
        /// Its id.
        #[cbor(n(1), with = "minicbor::bytes")]
        id: [u8; 16],
    },
    /// The count of the last command this device has made, or that it must be learned.
    #[n(3)]
    Counter(#[n(0)] Option<u64>),
}

/// What a file says.
#[derive(Debug, Default)]
struct Told {
    waiting: Vec<Waiting>,
    counter: Option<u64>,
}

impl Outbox {
    /// Opens the file, creates it if missing, and cuts off a torn end.
    pub fn open(path: &Path) -> Result<Self, OutboxError> {
        if !path.try_exists()? {
            replace::replace(path, MAGIC)?;
        }
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (Told { waiting, counter }, end) = replay(&bytes)?;
        if end < length(&bytes) {
            file.set_len(end)?;
            file.sync_all()?;
        }
        // A program that died before it could force its last record to the disk never sent it. What waits now will be sent,
        // so it must not be only in the system's memory any more.
        if !waiting.is_empty() {
            file.sync_data()?;
        }
        let mut outbox = Self {
            path: path.to_owned(),
            file,
            end,
            synced: end,
            waiting,
            counter,
            #[cfg(test)]
            sync_fails: false,
        };
        outbox.compact()?;
        Ok(outbox)
    }

    /// What waits, oldest first.
    pub fn waiting(&self) -> &[Waiting] {
        &self.waiting
    }

    /// The waiting command of this id.
    pub fn get(&self, id: CommandId) -> Option<&Waiting> {
        self.waiting.iter().find(|waiting| waiting.id == id)
    }

    /// How far the file is known to be on the disk: what is behind may be gone after a power cut.
    #[cfg(test)]
    pub(crate) const fn synced(&self) -> u64 {
        self.synced
    }

    /// The count of the last command this device has made; `None`: nobody knows here, it must be learned from the issuer.
    pub const fn counter(&self) -> Option<u64> {
        self.counter
    }

    /// Says where the count stands, or that it must be learned. On the disk when this returns.
    pub fn set_counter(&mut self, counter: Option<u64>) -> Result<(), OutboxError> {
        let mut bytes = Vec::new();
        frame(&Record::Counter(counter), &mut bytes)?;
        self.append(&bytes)?;
        self.force()?;
        self.synced = self.end;
        self.counter = counter;
        Ok(())
    }

    /// As [`Outbox::put_counted`], for commands without a count.
    pub fn put(&mut self, commands: &[Waiting]) -> Result<(), OutboxError> {
        self.put_counted(commands, None)
    }

    /// Keeps commands until they are answered, and the count of the last one: with them or not at all. When this returns they are on the disk, and only then may they be sent.
    /// A command that waits already is not kept twice.
    pub fn put_counted(
        &mut self,
        commands: &[Waiting],
        counter: Option<u64>,
    ) -> Result<(), OutboxError> {
        let mut fresh: Vec<Waiting> = Vec::new();
        for new in commands {
            match self.get(new.id).or_else(|| fresh.iter().find(|other| other.id == new.id)) {
                Some(old) if old.command == new.command => {}
                Some(_) => return Err(OutboxError::IdTaken(new.id)),
                None => fresh.push(new.clone()),
            }
        }
        if fresh.is_empty() {
            return Ok(());
        }
        let entry = |new: &Waiting| Entry { id: new.id.0, command: new.command.clone() };
        let mut bytes = Vec::new();
        frame(&Record::Put(fresh.iter().map(entry).collect(), counter), &mut bytes)?;
        let before = self.end;
        self.append(&bytes)?;
        if let Err(error) = self.force() {
            // The caller is told that nothing waits: it must not be found and sent after the next start.
            self.end = before;
            self.file.set_len(before)?;
            return Err(error.into());
        }
        self.synced = self.end;
        self.waiting.append(&mut fresh);
        self.counter = counter.or(self.counter);
        Ok(())
    }

    /// Forgets a command whose answer is known. Not forced to the disk: after a crash it is asked once more, and gets the
    /// same answer.
    pub fn answered(&mut self, id: CommandId) -> Result<(), OutboxError> {
        let mut bytes = Vec::new();
        frame(&Record::Answered { id: id.0 }, &mut bytes)?;
        self.append(&bytes)?;
        self.waiting.retain(|waiting| waiting.id != id);
        self.compact()
    }

    /// Forces what was written to the disk.
    fn force(&self) -> io::Result<()> {
        #[cfg(test)]
        if self.sync_fails {
            return Err(io::ErrorKind::Other.into());
        }
        self.file.sync_data()
    }

    /// A failed write leaves no half record behind a later one: the end is where the last whole record ends.
    fn append(&mut self, bytes: &[u8]) -> Result<(), OutboxError> {
        self.file.seek(SeekFrom::Start(self.end))?;
        if let Err(error) = self.file.write_all(bytes) {
            self.file.set_len(self.end)?;
            return Err(error.into());
        }
        self.end = self.end.saturating_add(length(bytes));
        Ok(())
    }

    fn compact(&mut self) -> Result<(), OutboxError> {
        if self.end < COMPACT_BYTES || !self.waiting.is_empty() {
            return Ok(());
        }
        let mut bytes = MAGIC.to_vec();
        if self.counter.is_some() {
            frame(&Record::Counter(self.counter), &mut bytes)?;
        }
        replace::replace(&self.path, &bytes)?;
        self.file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        self.end = length(&bytes);
        self.synced = self.end;
        Ok(())
    }
}

impl From<Entry> for Waiting {
    fn from(entry: Entry) -> Self {
        Self { id: CommandId(entry.id), command: entry.command }
    }
}

/// What the whole records say, and where they end.
fn replay(bytes: &[u8]) -> Result<(Told, u64), OutboxError> {
    let mut rest = bytes.strip_prefix(MAGIC).ok_or(OutboxError::Damaged(0))?;
    let mut told = Told::default();
    loop {
        let at = length(bytes).saturating_sub(length(rest));
        if rest.is_empty() {
            return Ok((told, at));
        }
        let Some((record, after)) = read(rest) else {
            return if is_torn(rest, at) { Ok((told, at)) } else { Err(OutboxError::Damaged(at)) };
        };
        rest = after;
        match record {
            Record::Put(entries, counter) => {
                told.waiting.extend(entries.into_iter().map(Waiting::from));
                told.counter = counter.or(told.counter);
            }
            Record::Answered { id } => told.waiting.retain(|other| other.id != CommandId(id)),
            Record::Counter(counter) => told.counter = counter,
        }
    }
}

/// The first record of `bytes` and what follows it; `None` if it is not whole.
fn read(bytes: &[u8]) -> Option<(Record, &[u8])> {
    let (size, rest) = split_head(bytes)?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let (content, after) = rest.split_at_checked(size)?;
    if crc32c::crc32c(content).to_le_bytes() != *sum {
        return None;
    }
    minicbor::decode(content).ok().map(|record| (record, after))
}

/// The content's length, if it can be trusted, and the bytes after its own CRC.
fn split_head(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (size, rest) = bytes.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let whole = crc32c::crc32c(size).to_le_bytes() == *sum;
    let size = usize::try_from(u32::from_le_bytes(*size)).ok()?;
    (whole && size <= CONTENT_BYTES_MAX).then_some((size, rest))
}

/// Is the unreadable rest of the file a write that the machine did not finish? Then it is the last one, and it ends early
/// or one of its sectors was never written. A whole record with a wrong byte is neither.
fn is_torn(rest: &[u8], at: u64) -> bool {
    if (1..rest.len()).any(|from| rest.get(from..).is_some_and(|later| read(later).is_some())) {
        return false;
    }
    if rest.len() < HEAD || has_unwritten_sector(rest, at) {
        return true;
    }
    split_head(rest).is_some_and(|(size, _)| rest.len() < HEAD.saturating_add(size))
}

fn has_unwritten_sector(rest: &[u8], at: u64) -> bool {
    let sector = u64::try_from(SECTOR).unwrap_or(u64::MAX);
    let into = usize::try_from(at.checked_rem(sector).unwrap_or(0)).unwrap_or(0);
    let first = SECTOR.saturating_sub(into).min(rest.len());
    let (head, tail) = rest.split_at_checked(first).unwrap_or((rest, &[]));
    let unwritten = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0);
    unwritten(head) || tail.chunks(SECTOR).any(unwritten)
}

fn frame(record: &Record, out: &mut Vec<u8>) -> Result<(), OutboxError> {
    let content = minicbor::to_vec(record).map_err(|_| OutboxError::TooLarge)?;
    if content.len() > CONTENT_BYTES_MAX {
        return Err(OutboxError::TooLarge);
    }
    let size = u32::try_from(content.len()).map_err(|_| OutboxError::TooLarge)?.to_le_bytes();
    out.extend_from_slice(&size);
    out.extend_from_slice(&crc32c::crc32c(&size).to_le_bytes());
    out.extend_from_slice(&crc32c::crc32c(&content).to_le_bytes());
    out.extend_from_slice(&content);
    Ok(())
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn waiting(number: u8, size: usize) -> Waiting {
        let command = (0..size).map(|at| u8::try_from(at % 251).unwrap().wrapping_add(number) | 1);
        Waiting { id: CommandId([number; 16]), command: command.collect() }
    }

    fn ids(outbox: &Outbox) -> Vec<u8> {
        outbox.waiting().iter().map(|waiting| waiting.id.0[0]).collect()
    }

    #[test]
    fn waits_until_answered_across_restarts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox");
        let mut outbox = Outbox::open(&path).unwrap();
        outbox.put(&[waiting(1, 300), waiting(2, 2_000)]).unwrap();
        outbox.put(&[waiting(1, 300)]).unwrap();
        outbox.answered(CommandId([1; 16])).unwrap();
        drop(outbox);
        let mut outbox = Outbox::open(&path).unwrap();
        assert_eq!(outbox.waiting(), [waiting(2, 2_000)]);
        assert!(matches!(outbox.put(&[waiting(2, 10)]), Err(OutboxError::IdTaken(_))));
        assert!(matches!(outbox.put(&[waiting(9, 6_000_000)]), Err(OutboxError::TooLarge)));
        outbox.put(&[waiting(3, 40)]).unwrap();
        drop(outbox);
        assert_eq!(ids(&Outbox::open(&path).unwrap()), [2, 3]);
    }

    #[test]
    fn what_could_not_be_forced_to_the_disk_is_not_found_later() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox");
        let mut outbox = Outbox::open(&path).unwrap();
        outbox.put(&[waiting(1, 60)]).unwrap();
        outbox.sync_fails = true;
        assert!(matches!(outbox.put(&[waiting(2, 900)]), Err(OutboxError::Io(_))));
        assert_eq!(ids(&outbox), [1]);
        assert_eq!(ids(&Outbox::open(&path).unwrap()), [1], "its caller was told that it failed");
        outbox.sync_fails = false;
        outbox.put(&[waiting(3, 20)]).unwrap();
        assert_eq!(ids(&Outbox::open(&path).unwrap()), [1, 3]);
    }

    #[test]
    fn every_cut_keeps_the_whole_records_and_takes_new_ones() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox");
        let mut outbox = Outbox::open(&path).unwrap();
        let mut ends = vec![outbox.end];
        for number in 1..=3 {
            outbox.put(&[waiting(number, 90)]).unwrap();
            ends.push(outbox.end);
        }
        let whole = fs::read(&path).unwrap();
        for cut in MAGIC.len()..=whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let mut outbox = Outbox::open(&path).unwrap();
            let kept = ends.iter().filter(|end| **end <= length(&whole[..cut])).count() - 1;
            assert_eq!(outbox.waiting().len(), kept, "cut at {cut}");
            outbox.put(&[waiting(9, 20)]).unwrap();
            drop(outbox);
            assert_eq!(Outbox::open(&path).unwrap().waiting().len(), kept + 1, "cut at {cut}");
        }
    }

    #[test]
    fn sectors_that_were_never_written_are_a_torn_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox");
        let mut outbox = Outbox::open(&path).unwrap();
        outbox.put(&[waiting(1, 900)]).unwrap();
        let end = usize::try_from(outbox.end).unwrap();
        outbox.put(&[waiting(2, 1_800)]).unwrap();
        let whole = fs::read(&path).unwrap();
        for sector in end / SECTOR..whole.len() / SECTOR {
            let mut torn = whole.clone();
            let from = (sector * SECTOR).max(end);
            torn[from..(sector + 1) * SECTOR].fill(0);
            fs::write(&path, &torn).unwrap();
            assert_eq!(ids(&Outbox::open(&path).unwrap()), [1], "sector {sector}");
        }
    }

    #[test]
    fn a_sector_lost_before_other_records_is_damage() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox");
        let mut outbox = Outbox::open(&path).unwrap();
        outbox.put(&[waiting(1, 3_000)]).unwrap();
        outbox.put(&[waiting(2, 100)]).unwrap();
        let mut bad = fs::read(&path).unwrap();
        bad[SECTOR..2 * SECTOR].fill(0);
        fs::write(&path, &bad).unwrap();
        assert!(matches!(Outbox::open(&path), Err(OutboxError::Damaged(8))));
    }

    #[test]
    fn a_flipped_bit_is_damage_and_never_a_lost_command() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox");
        let mut outbox = Outbox::open(&path).unwrap();
        outbox.put(&[waiting(1, 60), waiting(2, 60)]).unwrap();
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut bad = whole.clone();
                bad[at] ^= 1 << bit;
                fs::write(&path, &bad).unwrap();
                let opened = Outbox::open(&path);
                assert!(matches!(opened, Err(OutboxError::Damaged(_))), "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn the_count_stays_with_its_commands_and_through_an_emptying() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox");
        let mut outbox = Outbox::open(&path).unwrap();
        assert_eq!(outbox.counter(), None);
        outbox.set_counter(Some(4)).unwrap();
        outbox.put_counted(&[waiting(1, 60)], Some(5)).unwrap();
        outbox.sync_fails = true;
        assert!(outbox.put_counted(&[waiting(2, 60)], Some(6)).is_err());
        assert_eq!(outbox.counter(), Some(5));
        outbox.sync_fails = false;
        drop(outbox);
        let whole = fs::read(&path).unwrap();
        let mut outbox = Outbox::open(&path).unwrap();
        assert_eq!((outbox.counter(), ids(&outbox)), (Some(5), vec![1]));
        // Torn: neither the command nor its count.
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(Outbox::open(&path).unwrap().counter(), Some(4));
        fs::write(&path, &whole).unwrap();
        for number in 2..42 {
            outbox.put_counted(&[waiting(number, 4_000)], Some(100)).unwrap();
            outbox.answered(CommandId([number; 16])).unwrap();
        }
        outbox.answered(CommandId([1; 16])).unwrap();
        drop(outbox);
        let mut outbox = Outbox::open(&path).unwrap();
        assert!(fs::metadata(&path).unwrap().len() < COMPACT_BYTES + 8_192);
        assert_eq!(outbox.counter(), Some(100));
        outbox.set_counter(None).unwrap();
        assert_eq!(Outbox::open(&path).unwrap().counter(), None);
    }

    #[test]
    fn an_idle_outbox_does_not_grow() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox");
        let mut outbox = Outbox::open(&path).unwrap();
        for number in 0..40 {
            outbox.put(&[waiting(number, 4_000)]).unwrap();
            outbox.answered(CommandId([number; 16])).unwrap();
        }
        assert!(fs::metadata(&path).unwrap().len() < COMPACT_BYTES + 8_192);
        assert!(Outbox::open(&path).unwrap().waiting().is_empty());
    }
}
