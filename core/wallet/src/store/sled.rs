//! The store on disk: sled 0.34 inside a guard.
//!
//! sled's own `flush` does not reach the disk on Linux, it may panic on a damaged file, and it cannot tell a wrong byte
//! from a right one. So: every value is sealed with its key as associated data; after `flush` the file is synced; a stamp
//! beside it holds count and rolling hash of all records before and after the last commit; what does not fit is moved to
//! `corrupt-<n>` and an empty store takes its place. Values are kept in pieces below 1 KiB, because sled writes large
//! ones into files of their own.

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::stamp::{Stamp, Tally};
use super::{Batch, Change, Store, StoreError};
use crate::seal::{self, NONCE, SealKey};
use crate::vault::replace;

/// Most bytes of a value in one sled record.
const PIECE_BYTES: usize = 900;
/// Stands between key and piece number; never occurs in UTF-8.
const END_OF_KEY: u8 = 0xff;

/// The key that seals the records; derived from the seed.
#[derive(Clone)]
pub struct StoreKey(SealKey);

impl StoreKey {
    /// From 32 secret bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key, for other files of this wallet that are sealed under it; each with its own associated data.
    pub(crate) const fn key(&self) -> &SealKey {
        &self.0
    }
}

impl std::fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreKey(..)")
    }
}

/// sled in its guard.
#[derive(Debug)]
pub struct SledStore {
    folder: PathBuf,
    db: sled::Db,
    file: File,
    key: StoreKey,
    /// What all records add up to; `None` after a commit that failed half-way.
    tally: Mutex<Option<Tally>>,
}

/// One sled record: key with piece number, sealed piece.
type Piece = (Vec<u8>, Vec<u8>);

impl SledStore {
    /// Opens `<parent>/store`, creates it if missing. The flag is true if what was there was damaged (or sealed under
    /// another key) and has been moved to `<parent>/corrupt-<n>`: then everything must be read from the issuer again.
    pub fn open(parent: &Path, key: &StoreKey) -> Result<(Self, bool), StoreError> {
        let folder = parent.join("store");
        match Self::open_folder(&folder, key) {
            Ok(store) => Ok((store, false)),
            Err(StoreError::Damaged(_)) => {
                set_aside(parent, &folder)?;
                Ok((Self::open_folder(&folder, key)?, true))
            }
            Err(error) => Err(error),
        }
    }

    fn open_folder(folder: &Path, key: &StoreKey) -> Result<Self, StoreError> {
        let database = folder.join("sled");
        if !folder.try_exists()? {
            fs::create_dir_all(folder)?;
            Stamp::default().write(folder)?;
        }
        let stamp = Stamp::read(folder)?;
        let config = sled::Config::new().path(&database).flush_every_ms(None);
        let db = guarded(|| config.open())?;
        let file = File::open(database.join("db"))?;
        File::open(&database)?.sync_all()?;
        let store =
            Self { folder: folder.to_owned(), db, file, key: key.clone(), tally: Mutex::new(None) };
        let tally = store.recount()?;
        if !stamp.allows(&tally) {
            return Err(damaged("records are missing or from another time"));
        }
        *store.lock()? = Some(tally);
        Ok(store)
    }

    /// Opens every record and adds up what is there.
    fn recount(&self) -> Result<Tally, StoreError> {
        let mut tally = Tally::default();
        for piece in self.pieces(&[])? {
            self.unseal(&piece)?;
            tally.add(&piece.0, &piece.1);
        }
        Ok(tally)
    }

    fn lock(&self) -> Result<MutexGuard<'_, Option<Tally>>, StoreError> {
        self.tally.lock().map_err(|_| damaged("an earlier change failed"))
    }

    fn pieces(&self, prefix: &[u8]) -> Result<Vec<Piece>, StoreError> {
        let all = || self.db.scan_prefix(prefix).collect::<sled::Result<Vec<_>>>();
        let found = guarded(all)?;
        Ok(found.into_iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect())
    }

    /// Puts the pieces of one value together.
    fn join(&self, pieces: &[Piece]) -> Result<Vec<u8>, StoreError> {
        let mut value = Vec::new();
        for (number, piece) in pieces.iter().enumerate() {
            let (plain, of) = self.unseal(piece)?;
            let in_order = number_of(&piece.0).map(usize::from) == Some(number);
            if usize::from(of) != pieces.len() || !in_order {
                return Err(damaged("a piece of a value is missing"));
            }
            value.extend_from_slice(&plain);
        }
        Ok(value)
    }

    /// The plain bytes of a piece and the number of pieces of its value.
    fn unseal(&self, (key, sealed): &Piece) -> Result<(Zeroizing<Vec<u8>>, u16), StoreError> {
        let wrong = || damaged("a record does not open");
        let (of, rest) = sealed.split_first_chunk::<2>().ok_or_else(wrong)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or_else(wrong)?;
        let plain = seal::unseal(&self.key.0, nonce, &bound(key, *of), body).ok_or_else(wrong)?;
        Ok((plain, u16::from_be_bytes(*of)))
    }

    fn seal(&self, key: &str, value: &[u8]) -> Result<Vec<Piece>, StoreError> {
        let mut chunks: Vec<&[u8]> = value.chunks(PIECE_BYTES).collect();
        if chunks.is_empty() {
            chunks.push(&[]);
        }
        let too_large = || StoreError::Io(io::ErrorKind::FileTooLarge.into());
        let of = u16::try_from(chunks.len()).map_err(|_| too_large())?.to_be_bytes();
        let mut pieces = Vec::with_capacity(chunks.len());
        for (number, chunk) in (0u16..).zip(chunks) {
            let mut name = prefix_of(key);
            name.extend_from_slice(&number.to_be_bytes());
            let nonce = seal::make_random().ok_or_else(|| io::Error::other("no random bytes"))?;
            let body = seal::seal(&self.key.0, &nonce, &bound(&name, of), chunk);
            let body = body.ok_or_else(too_large)?;
            pieces.push((name, [of.as_slice(), &nonce, &body].concat()));
        }
        Ok(pieces)
    }

    /// The sled batch for these changes; `tally` becomes what it will be.
    fn prepare(&self, batch: Batch, tally: &mut Tally) -> Result<sled::Batch, StoreError> {
        let mut writes = sled::Batch::default();
        for (key, change) in batch.into_changes() {
            for (name, sealed) in self.pieces(&prefix_of(&key))? {
                tally.remove(&name, &sealed);
                writes.remove(name);
            }
            let Change::Put(value) = change else { continue };
            for (name, sealed) in self.seal(&key, &value)? {
                tally.add(&name, &sealed);
                writes.insert(name, sealed);
            }
        }
        Ok(writes)
    }
}

impl Store for SledStore {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let pieces = self.pieces(&prefix_of(key))?;
        if pieces.is_empty() { Ok(None) } else { self.join(&pieces).map(Some) }
    }

    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let pieces = self.pieces(prefix.as_bytes())?;
        let mut found = Vec::new();
        for group in pieces.chunk_by(|one, next| key_of(&one.0) == key_of(&next.0)) {
            let key = group.first().and_then(|piece| key_of(&piece.0));
            let key = key.and_then(|key| std::str::from_utf8(key).ok());
            let key = key.ok_or_else(|| damaged("a record has no key"))?;
            found.push((key.to_owned(), self.join(group)?));
        }
        found.sort();
        Ok(found)
    }

    fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.commit_stepwise(batch, &mut |_| ())
    }
}

/// A moment inside a commit, where tests let the power go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The stamp allows both the state before and the one after; durable.
    Stamped,
    /// The records are in sled's memory.
    Applied,
    /// They are in the file, as programs see it.
    Flushed,
    /// The file is on the disk.
    Synced,
    /// The stamp allows the state after only; durable.
    Acknowledged,
}

impl SledStore {
    /// As [`Store::commit`], telling how far it is.
    pub(super) fn commit_stepwise(
        &self,
        batch: Batch,
        reached: &mut dyn FnMut(Moment),
    ) -> Result<(), StoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut state = self.lock()?;
        let before = state.take().ok_or_else(|| damaged("an earlier change failed"))?;
        let mut after = before.clone();
        let writes = self.prepare(batch, &mut after)?;
        let stamp = Stamp { before, after: after.clone() };
        stamp.write(&self.folder)?;
        reached(Moment::Stamped);
        guarded(|| self.db.apply_batch(writes))?;
        reached(Moment::Applied);
        guarded(|| self.db.flush())?;
        reached(Moment::Flushed);
        self.file.sync_data()?;
        reached(Moment::Synced);
        // From here on the state before is not a good one any more: a lost commit must not go unseen.
        Stamp { before: after.clone(), ..stamp }.write(&self.folder)?;
        *state = Some(after);
        reached(Moment::Acknowledged);
        Ok(())
    }
}

/// Runs a sled call; damage and panics become [`StoreError::Damaged`], a busy or unreadable file does not.
fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(error))) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Err(StoreError::Io(error))
        }
        Ok(Err(error)) => Err(damaged(&error.to_string())),
        Err(_) => Err(damaged("the store could not read its file")),
    }
}

/// Moves a damaged folder to the first free `corrupt-<n>`.
fn set_aside(parent: &Path, folder: &Path) -> Result<(), StoreError> {
    for number in 1u32.. {
        let aside = parent.join(format!("corrupt-{number}"));
        if !aside.try_exists()? {
            fs::rename(folder, &aside)?;
            return Ok(replace::sync_dir(folder)?);
        }
    }
    Err(damaged("too many damaged stores"))
}

fn prefix_of(key: &str) -> Vec<u8> {
    let mut name = key.as_bytes().to_vec();
    name.push(END_OF_KEY);
    name
}

/// The key a piece belongs to.
fn key_of(name: &[u8]) -> Option<&[u8]> {
    name.split_last_chunk::<2>().and_then(|(key, _)| key.strip_suffix(&[END_OF_KEY]))
}

fn number_of(name: &[u8]) -> Option<u16> {
    name.last_chunk::<2>().copied().map(u16::from_be_bytes)
}

fn bound(name: &[u8], of: [u8; 2]) -> Vec<u8> {
    [name, &of].concat()
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

/// SHA-256 of one record, as the tally adds it.
pub(super) fn digest(key: &[u8], value: &[u8]) -> [u8; 32] {
    let length = u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes();
    Sha256::new().chain_update(length).chain_update(key).chain_update(value).finalize().into()
}
