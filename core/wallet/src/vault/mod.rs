//! The vault: one file that holds the seed, and the only place where a signature is made.
//!
//! Argon2id turns the password into a key, XChaCha20-Poly1305 seals the body under it with the header bound to it. Keys
//! never leave: [`Vault::sign`] takes an [`Intent`] and gives back the signed envelope. The words are shown once, when
//! the vault is made, and three of them are asked for ([`Vault::quiz`]).
//!
//! While the vault is open its secrets lie on pages of their own (`memory.rs`); when it locks they are wiped, and the
//! stack they passed over as well. A device that keeps secrets can hold a second one (`factor.rs`); passwords and second
//! secrets change in `password.rs`.

mod device;
mod error;
mod factor;
mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod memory;
mod password;
mod quiz;
mod recovery;
pub(crate) mod replace;
mod secrets;

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use scoin_core::keys::{Mnemonic, PublicKey};
use scoin_core::{AccountId, Timestamp};
use zeroize::Zeroizing;

pub use self::device::{Intent, Language, Words};
pub use self::error::VaultError;
pub use self::factor::{FACTOR_BYTES, FactorError, FactorSecret, MemoryFactor, SecondFactor};
use self::file::{Header, Sealed};
#[cfg(feature = "keyring")]
pub use self::keyring::Keyring;
use self::memory::{Guarded, with_clean_stack};
pub use self::quiz::{QUIZ_WORDS, Quiz};
pub use self::recovery::RecoveryKey;
use self::replace::Disk;
use self::secrets::{Body, Facts, Secrets};
use crate::seal::{self, SealKey};
use crate::store::StoreKey;

/// Microseconds without use after which a vault locks itself: 5 minutes.
pub const IDLE_MICROS: u64 = 5 * 60 * 1_000_000;
/// The shortest password taken. A wallet is guessed at offline, so a PIN is not a password.
pub const PASSWORD_CHARS_MIN: usize = 8;

/// What a guess at the password costs.
///
/// Outside of [`VaultCost::FLOOR`] and [`VaultCost::CEILING`] nothing is written and nothing is opened: below, a stolen
/// file would be guessed; above, a hostile file could hang the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultCost {
    /// Argon2id memory in KiB.
    pub memory_kib: u32,
    /// Argon2id passes.
    pub passes: u32,
}

impl VaultCost {
    /// 64 MiB, 3 passes: a third of a second on one core (RFC 9106, second choice, one lane).
    pub const STANDARD: Self = Self { memory_kib: 64 * 1024, passes: 3 };
    /// 19 MiB, 2 passes: the least that is allowed (OWASP). For tests and very small devices.
    pub const FLOOR: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// 1 GiB, 10 passes: the most that is opened.
    pub const CEILING: Self = Self { memory_kib: 1024 * 1024, passes: 10 };

    fn check(self) -> Result<(), VaultError> {
        let within = |value, floor, ceiling| (floor..=ceiling).contains(&value);
        let memory = within(self.memory_kib, Self::FLOOR.memory_kib, Self::CEILING.memory_kib);
        let passes = within(self.passes, Self::FLOOR.passes, Self::CEILING.passes);
        if memory && passes { Ok(()) } else { Err(VaultError::Hostile) }
    }
}

impl Default for VaultCost {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// What a new vault should be like.
#[derive(Clone, Copy, Debug)]
pub struct NewVault {
    /// The language of the words.
    pub language: Language,
    /// The cost of a guess.
    pub cost: VaultCost,
    /// Now, written into the header for people.
    pub created: Timestamp,
}

/// How a vault's file is protected; known without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// The cost of a guess at its password.
    pub cost: VaultCost,
    /// When it was made.
    pub created: Timestamp,
    /// What keeps the second secret, if one is needed.
    pub second: Option<String>,
    /// True if the backup words open the file when password or second secret are gone.
    pub recovery: bool,
    /// True if the generation before is there and whole.
    pub previous: bool,
}

/// The seed, sealed in a file, open or locked.
pub struct Vault {
    path: PathBuf,
    header: Header,
    open: Option<Open>,
    idle_micros: u64,
    factor: Option<Arc<dyn SecondFactor>>,
}

/// What is in memory while the vault is open.
struct Open {
    secrets: Guarded<Secrets>,
    facts: Facts,
    used: Timestamp,
    quiz: Option<Quiz>,
    wrong_answers: u8,
}

impl Vault {
    /// Makes a vault with a new seed. The words are given once; the file is durable when this returns.
    pub fn create(path: &Path, password: &str, new: NewVault) -> Result<(Self, Words), VaultError> {
        with_clean_stack(|| {
            let entropy =
                seal::make_random::<16>().map(Zeroizing::new).ok_or(VaultError::NoRandom)?;
            let mnemonic = Mnemonic::from_entropy(new.language, entropy.as_slice())
                .map_err(|_| VaultError::Words)?;
            let vault = Self::from_words(path, password, &mnemonic, new)?;
            Ok((vault, device::words(&mnemonic)))
        })
    }

    /// Makes a vault from words written down before. Their language is recognised.
    pub fn restore(
        path: &Path,
        password: &str,
        words: &str,
        new: NewVault,
    ) -> Result<Self, VaultError> {
        with_clean_stack(|| {
            Self::from_words(path, password, &mnemonic_of(words, new.language)?, new)
        })
    }

    /// Opens the vault in `path`.
    pub fn open(path: &Path, password: &str, now: Timestamp) -> Result<Self, VaultError> {
        Self::open_with(path, password, now, None)
    }

    /// Opens the vault in `path`, with what keeps secrets on this device: it is asked only if the vault needs it.
    pub fn open_with(
        path: &Path,
        password: &str,
        now: Timestamp,
        factor: Option<Arc<dyn SecondFactor>>,
    ) -> Result<Self, VaultError> {
        let header = Sealed::parse(&read(path)?)?.header;
        let idle_micros = IDLE_MICROS;
        let mut vault = Self { path: path.to_owned(), header, open: None, idle_micros, factor };
        vault.unlock(password, now)?;
        Ok(vault)
    }

    /// How the file in `path` is protected. Nothing is opened.
    pub fn protection(path: &Path) -> Result<Protection, VaultError> {
        let header = Sealed::parse(&read(path)?)?.header;
        let previous = read(&replace::old(path)).is_ok_and(|file| Sealed::parse(&file).is_ok());
        Ok(Protection {
            cost: header.cost(),
            created: Timestamp::from_micros(header.created()),
            second: header.second().map(|second| second.backend.clone()),
            recovery: header.has_recovery(),
            previous,
        })
    }

    /// Puts the generation before the last write back in place of a damaged file.
    pub fn restore_previous(path: &Path) -> Result<(), VaultError> {
        let previous = read(&replace::old(path))?;
        Sealed::parse(&previous)?;
        Ok(replace::replace(path, &previous)?)
    }

    /// Opens it again after a lock. A wrong password costs the same time as a right one.
    pub fn unlock(&mut self, password: &str, now: Timestamp) -> Result<(), VaultError> {
        with_clean_stack(|| {
            let file = read(&self.path)?;
            let factor = self.factor.clone();
            let key_of = &mut |header: &Header| {
                let second = password::second_secret(header, factor.as_deref())?;
                header.key(password, second.as_ref())
            };
            let (header, key, body) = open_file(&file, key_of)?;
            let (secrets, facts) = body.unpack(&key)?;
            self.header = header;
            self.open = Some(Open { secrets, facts, used: now, quiz: None, wrong_answers: 0 });
            Ok(())
        })
    }

    /// Wipes the keys from memory.
    pub fn lock(&mut self) {
        with_clean_stack(|| self.open = None);
    }

    /// True if the keys are not in memory.
    pub const fn is_locked(&self) -> bool {
        self.open.is_none()
    }

    /// Locks when nothing was signed for the idle time. A shell calls this from a timer.
    pub fn lock_if_idle(&mut self, now: Timestamp) {
        if self.idle_left(now) == Some(0) {
            self.lock();
        }
    }

    /// Microseconds until the idle time is over; `None` when locked.
    pub fn idle_left(&mut self, now: Timestamp) -> Option<u64> {
        let open = self.open.as_mut()?;
        // A clock that was set back must not keep a vault open for longer.
        open.used = open.used.min(now);
        let idle = now.micros().saturating_sub(open.used.micros());
        Some(self.idle_micros.saturating_sub(idle))
    }

    /// True while the secrets are on pages that the system keeps out of the swap.
    pub fn is_kept_from_swap(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.secrets.is_locked())
    }

    /// Restarts the idle time. What a header says of its making is for people and may be any time.
    pub(crate) const fn touch(&mut self, now: Timestamp) {
        if let Some(open) = self.open.as_mut() {
            open.used = now;
        }
    }

    /// Changes the idle time, in microseconds; `u64::MAX` never locks.
    pub const fn set_idle(&mut self, micros: u64) {
        self.idle_micros = micros;
    }

    /// The cost of a guess at this vault's password.
    pub const fn cost(&self) -> VaultCost {
        self.header.cost()
    }

    /// When it was made.
    pub const fn created(&self) -> Timestamp {
        Timestamp::from_micros(self.header.created())
    }

    /// The device key in use.
    pub fn public_key(&self) -> Result<PublicKey, VaultError> {
        self.secrets()?.device.public_key()
    }

    /// The first device key: the one that names the account.
    pub fn first_key(&self) -> Result<PublicKey, VaultError> {
        with_clean_stack(|| self.secrets()?.device.first_key())
    }

    /// The key a rotation would change to.
    pub fn next_key(&self) -> Result<PublicKey, VaultError> {
        with_clean_stack(|| self.secrets()?.device.next_key())
    }

    /// From now on signs with the next key. Called when the ledger has accepted the rotation to it; durable on return.
    pub fn advance_key(&mut self) -> Result<(), VaultError> {
        with_clean_stack(|| {
            let next = self.secrets()?.device.next_index()?;
            self.change(|facts| facts.key_index = next)?;
            self.opened_mut()?.secrets.get_mut().device.advance()
        })
    }

    /// The genesis document of the city, once joined.
    pub fn genesis(&self) -> Result<Option<Vec<u8>>, VaultError> {
        Ok(self.opened()?.facts.genesis.clone())
    }

    /// Writes down the city this wallet belongs to; durable on return.
    pub fn set_genesis(&mut self, genesis: &[u8]) -> Result<(), VaultError> {
        self.change(|facts| facts.genesis = Some(genesis.to_vec()))
    }

    /// The account this device acts for, if it is not the one of its first key.
    pub fn account(&self) -> Result<Option<AccountId>, VaultError> {
        Ok(self.opened()?.facts.account.map(AccountId))
    }

    /// Writes down the account this device was added to (a till, a second device); durable on return.
    pub fn set_account(&mut self, account: AccountId) -> Result<(), VaultError> {
        self.change(|facts| facts.account = Some(account.0))
    }

    /// Signs what is intended, and nothing else. Restarts the idle time.
    pub fn sign(&mut self, intent: &Intent<'_>, now: Timestamp) -> Result<Vec<u8>, VaultError> {
        self.lock_if_idle(now);
        let open = self.open.as_mut().ok_or(VaultError::Locked)?;
        open.used = now;
        with_clean_stack(|| open.secrets.get().device.sign(intent))
    }

    /// The key of the local cache, derived from the seed; it opens no money.
    pub(crate) fn store_key(&self) -> Result<StoreKey, VaultError> {
        with_clean_stack(|| Ok(device::store_key(self.secrets()?.entropy())))
    }

    fn from_words(
        path: &Path,
        password: &str,
        mnemonic: &Mnemonic,
        new: NewVault,
    ) -> Result<Self, VaultError> {
        check_password(password)?;
        if path.try_exists()? {
            return Err(VaultError::Exists);
        }
        let header = Header::make(new.cost, new.created.micros(), None)?;
        let key = header.key(password, None)?;
        let body = Body::new(mnemonic, new.language);
        let header = header.with_recovery(&key, body.entropy())?;
        let (secrets, facts) = body.unpack(&key)?;
        let open = Open { secrets, facts, used: new.created, quiz: None, wrong_answers: 0 };
        let path = path.to_owned();
        let mut vault =
            Self { path, header, open: Some(open), idle_micros: IDLE_MICROS, factor: None };
        vault.change(|_| ())?;
        Ok(vault)
    }

    /// Changes what is known and writes it down; on an error nothing has changed.
    fn change(&mut self, change: impl FnOnce(&mut Facts)) -> Result<(), VaultError> {
        let open = self.opened()?;
        let mut facts = open.facts.clone();
        change(&mut facts);
        let secrets = open.secrets.get();
        let mut header = self.header.clone();
        if !header.has_recovery() {
            header = header.with_recovery(&secrets.key, secrets.entropy())?;
        }
        let bytes = sealed(&header, &secrets.key, secrets, &facts)?;
        // A file that was damaged meanwhile is no generation to go back to.
        let whole = read(&self.path).is_ok_and(|file| Sealed::parse(&file).is_ok());
        if whole {
            replace::replace_keeping_old(&mut Disk, &self.path, &bytes)?;
        } else {
            replace::replace(&self.path, &bytes)?;
        }
        self.header = header;
        self.opened_mut()?.facts = facts;
        Ok(())
    }

    fn mnemonic(&self) -> Result<Mnemonic, VaultError> {
        secrets::mnemonic(self.secrets()?.entropy(), &self.opened()?.facts)
    }

    fn secrets(&self) -> Result<&Secrets, VaultError> {
        Ok(self.opened()?.secrets.get())
    }

    fn opened(&self) -> Result<&Open, VaultError> {
        self.open.as_ref().ok_or(VaultError::Locked)
    }

    fn opened_mut(&mut self) -> Result<&mut Open, VaultError> {
        self.open.as_mut().ok_or(VaultError::Locked)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("path", &self.path)
            .field("locked", &self.is_locked())
            .finish_non_exhaustive()
    }
}

fn check_password(password: &str) -> Result<(), VaultError> {
    let long_enough = password.chars().count() >= PASSWORD_CHARS_MIN;
    if long_enough { Ok(()) } else { Err(VaultError::WeakPassword) }
}

/// Words as typed, in whichever language they are.
fn mnemonic_of(words: &str, language: Language) -> Result<Mnemonic, VaultError> {
    Mnemonic::parse_any(words)
        .or_else(|_| Mnemonic::parse(language, words))
        .map_err(|_| VaultError::Words)
}

/// The way from a file to what it holds; `key_of` does the costly part, after the header has been checked.
fn open_file(
    file: &[u8],
    key_of: &mut dyn FnMut(&Header) -> Result<SealKey, VaultError>,
) -> Result<(Header, SealKey, Body), VaultError> {
    let sealed = Sealed::parse(file)?;
    let key = key_of(&sealed.header)?;
    let body = Body::decode(&sealed.open(&key)?)?;
    Ok((sealed.header, key, body))
}

fn sealed(
    header: &Header,
    key: &SealKey,
    secrets: &Secrets,
    facts: &Facts,
) -> Result<Vec<u8>, VaultError> {
    file::write(header, key, &Body::of(secrets, facts).encode()?)
}

/// Never more than the largest vault, whatever the file's size was a moment ago.
fn read(path: &Path) -> Result<Vec<u8>, VaultError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(VaultError::Missing),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::new();
    file.take(file::FILE_BYTES_MAX.saturating_add(1)).read_to_end(&mut bytes)?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > file::FILE_BYTES_MAX { Err(VaultError::Damaged) } else { Ok(bytes) }
}

#[cfg(test)]
mod flips;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod leaks;
#[cfg(test)]
mod power;
#[cfg(test)]
mod tests;
