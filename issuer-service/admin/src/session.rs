//! One open wallet and its way to the service, for one command line.

use std::path::Path;
use std::sync::Arc;

use scoin_api::{ClockBody, Time};
use scoin_core::AccountId;
use scoin_core::command::Action;
use scoin_wallet::vault::Keyring;
use scoin_wallet::wallet::StoreKind;
use scoin_wallet::{Ask, Client, Clock, Done, HttpClient, Setup, SystemClock, Wallet};
use serde::de::DeserializeOwned;

use crate::args::{Change, Global, Lang};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::home;
use crate::refused::failure_of;

/// An open wallet.
pub(crate) struct Session {
    /// The wallet engine: everything is signed and sent by it.
    pub wallet: Wallet,
    /// Language of refusals.
    pub lang: Lang,
}

impl Session {
    /// Opens the wallet of this home and joins the city it talks to.
    pub(crate) async fn open(global: &Global) -> Result<Self, Failure> {
        let session = Self::open_offline(global)?;
        session.join().await?;
        Ok(session)
    }

    /// Opens the wallet of this home, wherever the city is.
    pub(crate) fn open_offline(global: &Global) -> Result<Self, Failure> {
        Self::open_with(global, &home::password(global)?)
    }

    /// Opens the wallet of this home with a password that was asked for before.
    pub(crate) fn open_with(global: &Global, password: &str) -> Result<Self, Failure> {
        let folder = home::folder(global)?;
        let setup = setup(global, &folder)?;
        let wallet = Wallet::open_with(&folder, password, setup, Some(Arc::new(Keyring)))
            .map_err(|error| failure_of(error, global.lang))?;
        Ok(Self { wallet, lang: global.lang })
    }

    /// Joins the city, unless that was done before.
    pub(crate) async fn join(&self) -> Result<(), Failure> {
        if self.wallet.network().is_err() {
            self.wallet.join(None).await.map_err(|error| failure_of(error, self.lang))?;
        }
        Ok(())
    }

    /// Sends one action.
    pub(crate) async fn submit(&self, action: Action, change: &Change) -> Result<Done, Failure> {
        self.wallet.submit(action, &ask(change)).await.map_err(|error| failure_of(error, self.lang))
    }

    /// The city's time zone; UTC before the wallet joined one.
    pub(crate) fn zone(&self) -> String {
        self.wallet.city().map_or_else(|_| "UTC".to_owned(), |city| city.genesis.zone)
    }

    /// One's own account.
    pub(crate) fn own(&self) -> Result<AccountId, Failure> {
        self.wallet.account_id().map_err(|error| failure_of(error, self.lang))
    }

    /// Reads with a proof of the device key.
    pub(crate) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let failed = |error| failure_of(error, self.lang);
        let proof = self.wallet.read_proof().await.map_err(failed)?;
        let read = self.wallet.client().get(path.to_owned(), Some(&proof)).await;
        read.map_err(|error| failed(error.into()))
    }
}

/// The way to the service for reads that need no key.
pub(crate) struct Public {
    client: Arc<HttpClient>,
    lang: Lang,
}

impl Public {
    /// Opens no vault.
    pub(crate) fn new(global: &Global) -> Result<Self, Failure> {
        let server = match home::folder(global) {
            Ok(folder) => home::server(global, &folder)?,
            Err(failure) => global.server.clone().ok_or(failure)?,
        };
        let client =
            HttpClient::new(&server).map_err(|error| failure_of(error.into(), global.lang))?;
        Ok(Self { client: Arc::new(client), lang: global.lang })
    }

    /// Reads what everybody may read.
    pub(crate) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let client: &dyn Client = &*self.client;
        client.get(path.to_owned(), None).await.map_err(|error| failure_of(error.into(), self.lang))
    }

    /// Moves the clock of a sandbox city.
    pub(crate) async fn set_clock(&self, time: Time) -> Result<ClockBody, Failure> {
        let client: &dyn Client = &*self.client;
        client.set_clock(time.0).await.map_err(|error| failure_of(error.into(), self.lang))
    }
}

/// What the wallet engine needs from this process.
pub(crate) fn setup(global: &Global, folder: &Path) -> Result<Setup, Failure> {
    let server = home::server(global, folder)?;
    let client = HttpClient::new(&server).map_err(|error| failure_of(error.into(), global.lang))?;
    Ok(Setup { client: Arc::new(client), clock: Arc::new(SystemClock), store: StoreKind::Disk })
}

/// The machine's time; decisions are made at the service's.
pub(crate) fn now() -> scoin_core::Timestamp {
    SystemClock.now()
}

/// How the flags of a changing command ask.
pub(crate) fn ask(change: &Change) -> Ask {
    Ask { id: change.id, dry_run: change.dry_run, ..Ask::default() }
}

/// An address as typed.
pub(crate) fn account(text: &str) -> Result<AccountId, Failure> {
    text.parse().map_err(|error: scoin_core::address::AddressError| {
        Failure::new(Exit::Usage, error.to_string())
    })
}

/// An address as typed, or one's own.
pub(crate) fn account_or_own(
    session: &Session,
    text: Option<&String>,
) -> Result<AccountId, Failure> {
    text.map_or_else(|| session.own(), |text| account(text))
}
