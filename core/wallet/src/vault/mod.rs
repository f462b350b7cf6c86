//! The vault: one file that holds the seed, and the only place where a signature is made.
//!
//! Argon2id turns the password into a key, XChaCha20-Poly1305 seals the body under it with the header bound to it. Keys
//! never leave: [`Vault::sign`] takes an [`Intent`] and gives back the signed envelope. The words are shown once, when
//! the vault is made.

mod device;
mod file;
pub(crate) mod replace;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use minicbor::{Decode, Encode};
use scoin_core::keys::{Mnemonic, PublicKey};
use scoin_core::{AccountId, Timestamp};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use self::device::Device;
pub use self::device::{Intent, Language, Words};
use self::file::{Header, Sealed};
use self::replace::Step;
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

/// Why a vault could not be used.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The password does not open it.
    #[error("the password is wrong")]
    WrongPassword,
    /// The password is too short to protect anything.
    #[error("the password is too short: use at least {PASSWORD_CHARS_MIN} characters")]
    WeakPassword,
    /// The file is not whole: `Vault::restore_previous` may help.
    #[error("the vault file is damaged: restore the previous generation or use the words")]
    Damaged,
    /// The header asks for more or less work than is allowed.
    #[error("the vault file asks for a cost outside of the allowed range: do not open it")]
    Hostile,
    /// Written by a newer version.
    #[error("the vault file has an unknown format: update the wallet")]
    Version,
    /// There is no vault here.
    #[error("there is no wallet here: create one first")]
    Missing,
    /// There is a vault here already.
    #[error("there is a wallet here already: open it or choose another folder")]
    Exists,
    /// Locked, by hand or after idle time.
    #[error("the wallet is locked: unlock it with the password")]
    Locked,
    /// The words are not a valid mnemonic.
    #[error("these words are not a valid phrase: check their order and spelling")]
    Words,
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes: try again later")]
    NoRandom,
    /// A signature could not be made or did not verify.
    #[error("the signature could not be made")]
    Sign,
    /// The file could not be read or written.
    #[error("the vault file could not be read or written: {0}")]
    Io(#[from] io::Error),
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

/// The seed, sealed in a file, open or locked.
pub struct Vault {
    path: PathBuf,
    header: Header,
    open: Option<Open>,
    idle_micros: u64,
}

/// What is in memory while the vault is open; wiped when it locks.
struct Open {
    key: SealKey,
    body: Box<Body>,
    device: Device,
    used: Timestamp,
}

/// The sealed content.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop, Encode, Decode)]
#[cbor(map)]
struct Body {
    /// BIP-39 entropy. The words are a view of it.
    #[cbor(n(1), with = "minicbor::bytes")]
    entropy: Vec<u8>,
    /// Index of the device key in use; a rotation adds one.
    #[n(2)]
    key_index: u32,
    /// The city this wallet belongs to: its genesis document, canonical CBOR.
    #[cbor(n(3), with = "minicbor::bytes")]
    genesis: Option<Vec<u8>>,
    /// The account this device acts for, when it is not the one its first key opens.
    #[cbor(n(4), with = "minicbor::bytes")]
    account: Option<[u8; 20]>,
    /// The language of the words: number in `Language::ALL`. The seed hangs on it.
    #[n(5)]
    language: u8,
}

impl Body {
    fn mnemonic(&self) -> Result<Mnemonic, VaultError> {
        let language = device::language_of(self.language).ok_or(VaultError::Damaged)?;
        Mnemonic::from_entropy(language, &self.entropy).map_err(|_| VaultError::Damaged)
    }
}

impl Vault {
    /// Makes a vault with a new seed. The words are given once; the file is durable when this returns.
    pub fn create(path: &Path, password: &str, new: NewVault) -> Result<(Self, Words), VaultError> {
        let entropy = seal::make_random::<16>().map(Zeroizing::new).ok_or(VaultError::NoRandom)?;
        let mnemonic = Mnemonic::from_entropy(new.language, entropy.as_slice())
            .map_err(|_| VaultError::Words)?;
        let vault = Self::from_words(path, password, &mnemonic, new)?;
        Ok((vault, device::words(&mnemonic)))
    }

    /// Makes a vault from words written down before. Their language is recognised.
    pub fn restore(
        path: &Path,
        password: &str,
        words: &str,
        new: NewVault,
    ) -> Result<Self, VaultError> {
        let mnemonic = Mnemonic::parse_any(words)
            .or_else(|_| Mnemonic::parse(new.language, words))
            .map_err(|_| VaultError::Words)?;
        Self::from_words(path, password, &mnemonic, new)
    }

    /// Opens the vault in `path`.
    pub fn open(path: &Path, password: &str, now: Timestamp) -> Result<Self, VaultError> {
        let file = read(path)?;
        let header = Sealed::parse(&file)?.header;
        let mut vault =
            Self { path: path.to_owned(), header, open: None, idle_micros: IDLE_MICROS };
        vault.unlock(password, now)?;
        Ok(vault)
    }

    /// Puts the generation before the last write back in place of a damaged file.
    pub fn restore_previous(path: &Path) -> Result<(), VaultError> {
        let previous = read(&replace::old(path))?;
        Sealed::parse(&previous)?;
        Ok(replace::replace(path, &previous)?)
    }

    /// Opens it again after a lock. A wrong password costs the same time as a right one.
    pub fn unlock(&mut self, password: &str, now: Timestamp) -> Result<(), VaultError> {
        let file = read(&self.path)?;
        let sealed = Sealed::parse(&file)?;
        let key = sealed.header.key(password)?;
        let plain = sealed.open(&key)?;
        let body: Body = minicbor::decode(&plain).map_err(|_| VaultError::Damaged)?;
        let device = Device::new(&body.mnemonic()?, body.key_index)?;
        self.header = sealed.header;
        self.open = Some(Open { key, body: Box::new(body), device, used: now });
        Ok(())
    }

    /// Wipes the keys from memory.
    pub fn lock(&mut self) {
        self.open = None;
    }

    /// True if the keys are not in memory.
    pub const fn is_locked(&self) -> bool {
        self.open.is_none()
    }

    /// Locks when nothing was signed for the idle time. A shell calls this from a timer.
    pub fn lock_if_idle(&mut self, now: Timestamp) {
        let idle =
            |open: &Open| now.micros().saturating_sub(open.used.micros()) >= self.idle_micros;
        if self.open.as_ref().is_some_and(idle) {
            self.lock();
        }
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
        Ok(self.opened()?.device.public_key())
    }

    /// The first device key: the one that names the account.
    pub fn first_key(&self) -> Result<PublicKey, VaultError> {
        self.opened()?.device.first_key()
    }

    /// The key a rotation would change to.
    pub fn next_key(&self) -> Result<PublicKey, VaultError> {
        self.opened()?.device.next_key()
    }

    /// From now on signs with the next key. Called when the ledger has accepted the rotation to it; durable on return.
    pub fn advance_key(&mut self) -> Result<(), VaultError> {
        let next = self.opened()?.device.next_index()?;
        self.change(|body| body.key_index = next)?;
        self.open.as_mut().ok_or(VaultError::Locked)?.device.advance()
    }

    /// The genesis document of the city, once joined.
    pub fn genesis(&self) -> Result<Option<Vec<u8>>, VaultError> {
        Ok(self.body()?.genesis.clone())
    }

    /// Writes down the city this wallet belongs to; durable on return.
    pub fn set_genesis(&mut self, genesis: &[u8]) -> Result<(), VaultError> {
        self.change(|body| body.genesis = Some(genesis.to_vec()))
    }

    /// The account this device acts for, if it is not the one of its first key.
    pub fn account(&self) -> Result<Option<AccountId>, VaultError> {
        Ok(self.body()?.account.map(AccountId))
    }

    /// Writes down the account this device was added to (a till, a second device); durable on return.
    pub fn set_account(&mut self, account: AccountId) -> Result<(), VaultError> {
        self.change(|body| body.account = Some(account.0))
    }

    /// Signs what is intended, and nothing else. Restarts the idle time.
    pub fn sign(&mut self, intent: &Intent<'_>, now: Timestamp) -> Result<Vec<u8>, VaultError> {
        self.lock_if_idle(now);
        let open = self.open.as_mut().ok_or(VaultError::Locked)?;
        open.used = now;
        open.device.sign(intent)
    }

    /// Changes the password. A crash at any moment leaves a vault that opens with the old one or with the new one; on
    /// return neither generation opens with the old one.
    pub fn change_password(
        &mut self,
        old: &str,
        new: &str,
        cost: VaultCost,
    ) -> Result<(), VaultError> {
        self.change_password_stepwise(old, new, cost, &mut |_| Ok(()))
    }

    fn change_password_stepwise(
        &mut self,
        old: &str,
        new: &str,
        cost: VaultCost,
        go_on: &mut dyn FnMut(Step) -> io::Result<()>,
    ) -> Result<(), VaultError> {
        check_password(new)?;
        let used = self.open.as_ref().map_or_else(Timestamp::default, |open| open.used);
        self.unlock(old, used)?;
        let header = Header::make(cost, self.header.created())?;
        let key = header.key(new)?;
        let bytes = self.sealed(&header, &key)?;
        replace::replace_stepwise(&self.path, &bytes, go_on)?;
        self.header = header;
        if let Some(open) = self.open.as_mut() {
            open.key = key;
        }
        Ok(replace::replace(&replace::old(&self.path), &bytes)?)
    }

    /// The key of the local cache, derived from the seed; it opens no money.
    pub(crate) fn store_key(&self) -> Result<StoreKey, VaultError> {
        Ok(device::store_key(&self.body()?.entropy))
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
        let header = Header::make(new.cost, new.created.micros())?;
        let key = header.key(password)?;
        let mut body = Box::new(Body::default());
        body.entropy = mnemonic.entropy().to_vec();
        body.language = device::number_of(mnemonic.language().unwrap_or(new.language));
        let device = Device::new(&body.mnemonic()?, 0)?;
        let open = Some(Open { key, body, device, used: new.created });
        let vault = Self { path: path.to_owned(), header, open, idle_micros: IDLE_MICROS };
        vault.save()?;
        Ok(vault)
    }

    fn change(&mut self, change: impl FnOnce(&mut Body)) -> Result<(), VaultError> {
        change(&mut self.open.as_mut().ok_or(VaultError::Locked)?.body);
        self.save()
    }

    fn save(&self) -> Result<(), VaultError> {
        let open = self.open.as_ref().ok_or(VaultError::Locked)?;
        let bytes = self.sealed(&self.header, &open.key)?;
        Ok(replace::replace_keeping_old(&self.path, &bytes)?)
    }

    fn sealed(&self, header: &Header, key: &SealKey) -> Result<Vec<u8>, VaultError> {
        let plain =
            minicbor::to_vec(self.body()?).map(Zeroizing::new).map_err(|_| VaultError::Damaged)?;
        file::write(header, key, &plain)
    }

    fn body(&self) -> Result<&Body, VaultError> {
        Ok(&self.opened()?.body)
    }

    fn opened(&self) -> Result<&Open, VaultError> {
        self.open.as_ref().ok_or(VaultError::Locked)
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

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let size = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(VaultError::Missing),
        Err(error) => return Err(error.into()),
    };
    if size > file::FILE_BYTES_MAX {
        return Err(VaultError::Damaged);
    }
    Ok(Zeroizing::new(fs::read(path)?))
}

#[cfg(test)]
mod tests;
