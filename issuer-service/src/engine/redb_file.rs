//! Engine E1: one redb file. One frame is one durable transaction.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use redb::{Database, Durability, ReadableDatabase, ReadableTable, TableDefinition};

use super::head_file::HeadFile;
use super::{EachRecord, Engine, EngineError, StoredFrame, Tip, WriteBack};

/// Frame number to (head hash, frame, seal, who was touched).
const JOURNAL: TableDefinition<'_, u64, Row<'_>> = TableDefinition::new("journal");
type Row<'a> = (&'a [u8; 32], &'a [u8], &'a [u8], &'a [u8]);
/// Canonical key to canonical record, true at frame `state_frame`.
const STATE: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("state");
/// Names to numbers: `format`, `state_frame`.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

const FORMAT: u64 = 1;
/// Frames are read in answers of at most about this many bytes.
const READ_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The redb file and the head file beside it.
#[derive(Debug)]
pub struct RedbEngine {
    /// `None` once closed.
    db: RwLock<Option<Database>>,
    head: Mutex<HeadFile>,
}

impl RedbEngine {
    /// Open or create. Every page is checked against its checksum; a file that lost acknowledged frames is refused.
    pub fn open(path: &Path, cache_mib: usize) -> Result<Self, EngineError> {
        Self::with(path, builder(cache_mib).create(path).map_err(opened)?)
    }

    /// Open a file that must be there, with the same checks.
    pub fn open_existing(path: &Path, cache_mib: usize) -> Result<Self, EngineError> {
        Self::with(path, builder(cache_mib).open(path).map_err(opened)?)
    }

    fn with(path: &Path, db: Database) -> Result<Self, EngineError> {
        let (head, acknowledged) = HeadFile::open(&head_path(path))?;
        let engine = Self { db: RwLock::new(Some(db)), head: Mutex::new(head) };
        engine.prepare()?;
        engine.compare(acknowledged)?;
        Ok(engine)
    }

    /// Make the tables of a new file, or check that an old one is of this format.
    fn prepare(&self) -> Result<(), EngineError> {
        self.read(|db| {
            let transaction = db.begin_write().map_err(store)?;
            {
                let mut meta = transaction.open_table(META).map_err(store)?;
                let format = meta.get("format").map_err(store)?.map(|value| value.value());
                match format {
                    None => drop(meta.insert("format", FORMAT).map_err(store)?),
                    Some(FORMAT) => {}
                    Some(other) => {
                        return Err(EngineError::Damaged(format!("unknown format {other}")));
                    }
                }
                transaction.open_table(JOURNAL).map_err(store)?;
                transaction.open_table(STATE).map_err(store)?;
            }
            transaction.commit().map_err(store)
        })
    }

    /// Refuse a file that has less than what was acknowledged.
    fn compare(&self, acknowledged: Option<Tip>) -> Result<(), EngineError> {
        let Some(acknowledged) = acknowledged else { return Ok(()) };
        let frame = self.frames(acknowledged.number, 1)?.into_iter().next();
        if frame.is_some_and(|frame| frame.hash == acknowledged.hash) {
            return Ok(());
        }
        let found = match self.tip()? {
            None => "nothing".to_owned(),
            Some(tip) if tip.number < acknowledged.number => format!("frame {}", tip.number),
            Some(_) => format!("another frame {}", acknowledged.number),
        };
        Err(EngineError::LostFrames { found, acknowledged: acknowledged.number })
    }

    fn read<T>(
        &self,
        body: impl FnOnce(&Database) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let db: RwLockReadGuard<'_, _> = self.db.read().unwrap_or_else(PoisonError::into_inner);
        body(db.as_ref().ok_or_else(|| EngineError::Store("it is closed".to_owned()))?)
    }

    /// One durable transaction.
    fn transact(
        &self,
        frame: Option<&StoredFrame>,
        back: Option<&WriteBack>,
    ) -> Result<(), EngineError> {
        self.read(|db| {
            let mut transaction = db.begin_write().map_err(store)?;
            transaction.set_durability(Durability::Immediate).map_err(store)?;
            if let Some(frame) = frame {
                put_frame(&transaction, frame)?;
            }
            if let Some(back) = back {
                put_records(&transaction, back)?;
            }
            transaction.commit().map_err(store)
        })
    }
}

impl Engine for RedbEngine {
    fn tip(&self) -> Result<Option<Tip>, EngineError> {
        self.read(|db| {
            let journal = db.begin_read().map_err(store)?.open_table(JOURNAL).map_err(store)?;
            let last = journal.last().map_err(store)?;
            Ok(last.map(|(number, value)| Tip { number: number.value(), hash: *value.value().0 }))
        })
    }

    fn commit(&self, frame: &StoredFrame, back: Option<&WriteBack>) -> Result<(), EngineError> {
        self.transact(Some(frame), back)?;
        let tip = Tip { number: frame.number, hash: frame.hash };
        self.head.lock().unwrap_or_else(PoisonError::into_inner).remember(tip)
    }

    fn write_back(&self, back: &WriteBack) -> Result<(), EngineError> {
        self.transact(None, Some(back))
    }

    fn frames(&self, from: u64, most: usize) -> Result<Vec<StoredFrame>, EngineError> {
        self.read(|db| {
            let journal = db.begin_read().map_err(store)?.open_table(JOURNAL).map_err(store)?;
            let mut frames = Vec::new();
            let mut bytes = 0usize;
            for row in journal.range(from..).map_err(store)?.take(most) {
                let (number, value) = row.map_err(store)?;
                let (hash, frame, seal, touched) = value.value();
                bytes = bytes.saturating_add(frame.len());
                if bytes > READ_BYTES_MAX && !frames.is_empty() {
                    break;
                }
                frames.push(StoredFrame {
                    number: number.value(),
                    hash: *hash,
                    frame: frame.to_vec(),
                    seal: seal.to_vec(),
                    touched: touched.to_vec(),
                });
            }
            Ok(frames)
        })
    }

    fn records(&self, each: &mut EachRecord<'_>) -> Result<Option<u64>, EngineError> {
        self.read(|db| {
            let transaction = db.begin_read().map_err(store)?;
            let meta = transaction.open_table(META).map_err(store)?;
            let state_frame = meta.get("state_frame").map_err(store)?.map(|value| value.value());
            for row in transaction.open_table(STATE).map_err(store)?.iter().map_err(store)? {
                let (key, record) = row.map_err(store)?;
                each(key.value(), record.value())?;
            }
            Ok(state_frame)
        })
    }

    fn close(&self) -> Result<(), EngineError> {
        let db = self.db.write().unwrap_or_else(PoisonError::into_inner).take();
        db.map_or(Ok(()), |db| db.close().map_err(store))
    }
}

fn put_frame(transaction: &redb::WriteTransaction, frame: &StoredFrame) -> Result<(), EngineError> {
    let mut journal = transaction.open_table(JOURNAL).map_err(store)?;
    let last = journal.last().map_err(store)?.map(|(number, _)| number.value());
    let expected = last.map_or(0, |last| last.saturating_add(1));
    if frame.number != expected {
        return Err(EngineError::OutOfOrder { expected, found: frame.number });
    }
    let StoredFrame { hash, frame: bytes, seal, touched, .. } = frame;
    let value = (hash, bytes.as_slice(), seal.as_slice(), touched.as_slice());
    journal.insert(frame.number, value).map_err(store)?;
    Ok(())
}

fn put_records(transaction: &redb::WriteTransaction, back: &WriteBack) -> Result<(), EngineError> {
    let mut state = transaction.open_table(STATE).map_err(store)?;
    for (key, record) in &back.records {
        match record {
            Some(record) => drop(state.insert(key.as_slice(), record.as_slice()).map_err(store)?),
            None => drop(state.remove(key.as_slice()).map_err(store)?),
        }
    }
    let mut meta = transaction.open_table(META).map_err(store)?;
    meta.insert("state_frame", back.at).map_err(store)?;
    Ok(())
}

fn builder(cache_mib: usize) -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(cache_mib.saturating_mul(1024 * 1024)).set_check_integrity_on_open(true);
    builder
}

fn head_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".head");
    PathBuf::from(name)
}

fn opened(error: impl Into<redb::Error>) -> EngineError {
    let error = error.into();
    if matches!(error, redb::Error::DatabaseAlreadyOpen) {
        EngineError::InUse
    } else {
        EngineError::Store(error.to_string())
    }
}

fn store(error: impl Into<redb::Error>) -> EngineError {
    EngineError::Store(error.into().to_string())
}
