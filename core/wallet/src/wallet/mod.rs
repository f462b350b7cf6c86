//! The wallet: vault, outbox, store and client behind one set of verbs.

mod age;
mod allowance;
mod asks;
mod chore;
mod city;
mod counts;
mod devices;
mod guardians;
mod keys;
mod live;
mod officer;
mod receipts;
mod recovery;
mod shop;
mod staff;
mod submit;
mod sync;
mod verbs;
mod view;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use scoin_core::keys::PublicKey;
use scoin_core::read_proof::{LIFE_MICROS_MAX, ReadProof, SCHEME};
use scoin_core::{AccountId, NetworkId, Timestamp};

pub use self::age::{OfAge, Right};
pub use self::allowance::{Coming, Will};
pub use self::asks::Asked;
pub use self::city::City;
use self::city::Skew;
pub use self::devices::{DeviceNews, Linking};
pub use self::guardians::Change;
pub use self::live::{Follower, Live, Patience};
pub use self::officer::Report;
pub use self::shop::{
    Arrivals, Category, Move, ORDER_VALID_MICROS, PAYOUTS, Received, Refund, Statement,
    StatementLine,
};
use self::staff::Desk;
pub use self::staff::{STAFF_FILE, STAFF_MAX, StaffError, StaffMember, TillRight};
pub use self::submit::{Ask, Done, Proof};
pub use self::sync::Synced;
pub use self::verbs::RequestDraft;
pub use self::view::{Balance, Layer, Lot};
use crate::client::Client;
use crate::clock::{Clock, SystemClock};
use crate::error::WalletError;
use crate::outbox::Outbox;
use crate::store::{MemoryStore, SledStore, Store};
use crate::vault::{Intent, NewVault, Vault, VaultCost, Words};

/// The vault's file in a wallet's folder.
pub const VAULT_FILE: &str = "wallet.scks";
/// The outbox' file in a wallet's folder.
pub const OUTBOX_FILE: &str = "outbox";
/// How long opening waits for another program that uses the same wallet.
const IN_USE_TRIES: u32 = 250;
const IN_USE_WAIT: Duration = Duration::from_millis(20);

/// Where the cache lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoreKind {
    /// In the wallet's folder (sled).
    #[default]
    Disk,
    /// In memory: for tests and for short runs of the command line.
    Memory,
}

/// What a wallet needs from outside.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The issuer.
    pub client: Arc<dyn Client>,
    /// The machine's time.
    pub clock: Arc<dyn Clock>,
    /// Where the cache lives.
    pub store: StoreKind,
}

impl Setup {
    /// The machine's clock and a cache on disk.
    pub fn new(client: Arc<dyn Client>) -> Self {
        Self { client, clock: Arc::new(SystemClock), store: StoreKind::default() }
    }
}

/// One person's (or shop's, or officer's) wallet on one device. All verbs take `&self`; one command is under way at a
/// time.
#[derive(Debug)]
pub struct Wallet {
    setup: Setup,
    vault: Mutex<Vault>,
    city: Mutex<Option<City>>,
    skew: Mutex<Skew>,
    outbox: tokio::sync::Mutex<Outbox>,
    store: Box<dyn Store>,
    /// The folder all its files are in.
    dir: PathBuf,
    /// Who works at this till now.
    desk: Mutex<Desk>,
    /// True if the cache had been damaged when this wallet was opened.
    rebuilt: bool,
    /// Held while this wallet is open: one program at a time.
    _lock: File,
}

impl Wallet {
    /// Makes a wallet in the folder `dir` (created if missing) and gives its words, once. Needs no connection.
    pub fn create(
        dir: &Path,
        password: &str,
        new: NewVault,
        setup: Setup,
    ) -> Result<(Self, Words), WalletError> {
        let lock = lock_folder(dir)?;
        let (vault, words) = Vault::create(&dir.join(VAULT_FILE), password, new)?;
        let mut wallet = Self::assemble(dir, vault, setup, lock)?;
        // A new key has not signed anything yet.
        wallet.outbox.get_mut().set_counter(Some(0))?;
        Ok((wallet, words))
    }

    /// Makes a wallet from words written down before.
    pub fn restore(
        dir: &Path,
        password: &str,
        words: &str,
        new: NewVault,
        setup: Setup,
    ) -> Result<Self, WalletError> {
        let lock = lock_folder(dir)?;
        let vault = Vault::restore(&dir.join(VAULT_FILE), password, words, new)?;
        Self::assemble(dir, vault, setup, lock)
    }

    /// Opens the wallet in `dir`. Waits a few seconds for another program that uses it.
    pub fn open(dir: &Path, password: &str, setup: Setup) -> Result<Self, WalletError> {
        Self::open_with(dir, password, setup, None)
    }

    fn assemble(
        dir: &Path,
        mut vault: Vault,
        setup: Setup,
        lock: File,
    ) -> Result<Self, WalletError> {
        vault.touch(setup.clock.now());
        let outbox = Outbox::open(&dir.join(OUTBOX_FILE))?;
        let (store, rebuilt): (Box<dyn Store>, bool) = match setup.store {
            StoreKind::Memory => (Box::new(MemoryStore::default()), false),
            StoreKind::Disk => {
                let (store, rebuilt) = SledStore::open(dir, &vault.store_key()?)?;
                (Box::new(store), rebuilt)
            }
        };
        let city = vault.genesis()?.map(|genesis| City::from_genesis(&genesis)).transpose()?;
        Ok(Self {
            setup,
            vault: Mutex::new(vault),
            city: Mutex::new(city),
            skew: Mutex::new(Skew::kept(&*store)),
            outbox: tokio::sync::Mutex::new(outbox),
            store,
            dir: dir.to_owned(),
            desk: Mutex::new(Desk::default()),
            rebuilt,
            _lock: lock,
        })
    }

    /// The issuer this wallet talks to.
    pub fn client(&self) -> &dyn Client {
        &*self.setup.client
    }

    /// The city this wallet joined.
    pub fn city(&self) -> Result<City, WalletError> {
        self.lock_city().clone().ok_or(WalletError::NotJoined)
    }

    /// The id of the city this wallet joined.
    pub fn network(&self) -> Result<NetworkId, WalletError> {
        Ok(self.city()?.network)
    }

    /// Acts for this account from now on: for a till or a second device, whose key the account has added.
    pub fn act_for(&self, account: AccountId) -> Result<(), WalletError> {
        Ok(self.lock_vault().set_account(account)?)
    }

    /// The account this wallet acts for: the one its first key opens, unless it was told to act for another.
    pub fn account_id(&self) -> Result<AccountId, WalletError> {
        let network = self.network()?;
        let vault = self.lock_vault();
        match vault.account()? {
            Some(account) => Ok(account),
            None => Ok(AccountId::derive(network, &vault.first_key()?)),
        }
    }

    /// The account as a bech32m address.
    pub fn address(&self) -> Result<String, WalletError> {
        Ok(self.account_id()?.to_string())
    }

    /// The device key in use.
    pub fn public_key(&self) -> Result<PublicKey, WalletError> {
        Ok(self.lock_vault().public_key()?)
    }

    /// Wipes the keys from memory; reading the cache goes on, signing needs [`Wallet::unlock`].
    pub fn lock(&self) {
        self.lock_vault().lock();
    }

    /// True if the keys are not in memory.
    pub fn is_locked(&self) -> bool {
        self.lock_vault().is_locked()
    }

    /// Locks when nothing was signed for the idle time. A shell calls this from a timer.
    pub fn lock_if_idle(&self) {
        let now = self.setup.clock.now();
        self.lock_vault().lock_if_idle(now);
    }

    /// Changes the idle time after which the keys are wiped, in microseconds; `u64::MAX` never.
    pub fn set_idle(&self, micros: u64) {
        self.lock_vault().set_idle(micros);
    }

    /// Opens the vault again.
    pub fn unlock(&self, password: &str) -> Result<(), WalletError> {
        let now = self.setup.clock.now();
        Ok(self.lock_vault().unlock(password, now)?)
    }

    /// Changes the password.
    pub fn change_password(
        &self,
        old: &str,
        new: &str,
        cost: VaultCost,
    ) -> Result<(), WalletError> {
        Ok(self.lock_vault().change_password(old, new, cost)?)
    }

    /// A fresh read proof: the value of an `Authorization` header, good for a few minutes.
    pub async fn read_proof(&self) -> Result<String, WalletError> {
        use base64::Engine as _;
        let (network, account) = (self.network()?, self.account_id()?);
        let now = self.city_now().await?;
        let expires = now.saturating_add_micros(LIFE_MICROS_MAX / 2);
        let bytes = self.sign(&Intent::Read(&ReadProof { network, account, expires }))?;
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        Ok(format!("{SCHEME} {text}"))
    }

    /// Signs; restarts the idle time.
    fn sign(&self, intent: &Intent<'_>) -> Result<Vec<u8>, WalletError> {
        let now: Timestamp = self.setup.clock.now();
        Ok(self.lock_vault().sign(intent, now)?)
    }

    // A panic while one of these is held leaves no half-made state behind: every change in them is one assignment.
    fn lock_vault(&self) -> MutexGuard<'_, Vault> {
        self.vault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_city(&self) -> MutexGuard<'_, Option<City>> {
        self.city.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_skew(&self) -> MutexGuard<'_, Skew> {
        self.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the folder and takes its lock.
fn lock_folder(dir: &Path) -> Result<File, WalletError> {
    fs::create_dir_all(dir)?;
    let file = File::options().create(true).truncate(false).write(true).open(dir.join("lock"))?;
    for _ in 0..IN_USE_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(IN_USE_WAIT),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(WalletError::InUse)
}

#[cfg(test)]
mod crashes;
#[cfg(test)]
mod staffing;
#[cfg(test)]
mod tests;
