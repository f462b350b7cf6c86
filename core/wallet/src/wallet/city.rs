//! The city a wallet belongs to, and its time.

use scoin_core::genesis::Genesis;
use scoin_core::{NetworkId, Timestamp};

use super::Wallet;
use crate::client::ClientError;
use crate::error::WalletError;
use crate::store::Store;

/// Where the cache keeps the issuer's time and this machine's.
const HEARD: &str = "heard-time";
/// A difference of the clocks that changed by more than this is kept anew, in microseconds: 1 second.
const KEPT_MICROS: u128 = 1_000_000;

/// The city a wallet joined: what its genesis document says, and the id that follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    /// Its id.
    pub network: NetworkId,
    /// Its genesis document.
    pub genesis: Genesis,
}

/// What is known of the issuer's time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Skew {
    /// (the issuer's time, this machine's time) when the issuer was last heard.
    heard: Option<(Timestamp, Timestamp)>,
    /// The same of an earlier run, from the cache: for as long as nothing is heard in this one.
    kept: Option<(Timestamp, Timestamp)>,
}

impl City {
    /// From its canonical genesis document.
    pub(super) fn from_genesis(bytes: &[u8]) -> Result<Self, WalletError> {
        let genesis = Genesis::from_bytes(bytes)
            .map_err(|error| WalletError::Client(ClientError::Garbled(error.to_string())))?;
        Ok(Self { network: genesis.network_id(), genesis })
    }
}

impl Skew {
    /// What an earlier run heard.
    pub(super) fn kept(store: &dyn Store) -> Self {
        let bytes = store.get(HEARD).ok().flatten();
        let pair: Option<(u64, u64)> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let time = Timestamp::from_micros;
        Self { heard: None, kept: pair.map(|(theirs, here)| (time(theirs), time(here))) }
    }

    /// Hears anew, but knows what was kept.
    pub(super) fn doubt(&mut self) {
        self.heard = None;
    }

    /// How far the issuer's time is from this machine's, as it is kept.
    fn difference((theirs, here): (Timestamp, Timestamp)) -> i128 {
        i128::from(theirs.micros()).saturating_sub(i128::from(here.micros()))
    }

    /// The issuer's time when this machine shows `here`, as far as is known.
    fn at(self, here: Timestamp) -> Timestamp {
        let Some((theirs, then)) = self.heard.or(self.kept) else { return here };
        let passed = here.micros().saturating_sub(then.micros());
        theirs.saturating_add_micros(passed)
    }
}

impl Wallet {
    /// Joins the city the client serves: reads its genesis, checks it against its own hash (and against `expected` when
    /// given) and writes it into the vault. Joining the same city again changes nothing.
    pub async fn join(&self, expected: Option<NetworkId>) -> Result<NetworkId, WalletError> {
        let body = self.client().city().await?;
        self.hear(body.time.0);
        let city = City::from_genesis(&body.genesis.0)?;
        let joined = self.lock_city().as_ref().map(|city| city.network);
        let same = body.network == city.network.to_hex();
        if !same || expected.or(joined).is_some_and(|network| network != city.network) {
            return Err(WalletError::OtherCity);
        }
        if joined.is_none() {
            self.lock_vault().set_genesis(&body.genesis.0)?;
            *self.lock_city() = Some(city.clone());
        }
        Ok(city.network)
    }

    /// The city's time. A sandbox may stand still or jump, so it is asked every time; a live city's runs like the
    /// machine's clock, with a difference that every answer tells anew. Without a connection: as last heard, in this run or an
    /// earlier one.
    pub async fn city_now(&self) -> Result<Timestamp, WalletError> {
        let sandbox = self.city()?.genesis.sandbox;
        let heard = self.lock_skew().heard.is_some();
        if sandbox || !heard {
            match self.client().city().await {
                Ok(body) => {
                    self.check_network(&body.network)?;
                    self.hear(body.time.0);
                }
                Err(ClientError::Unreachable(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(self.known_now())
    }

    /// The city's time as far as this wallet knows it, without asking.
    pub fn known_now(&self) -> Timestamp {
        let here = self.setup.clock.now();
        self.lock_skew().at(here)
    }

    /// How far this machine's clock is behind the city's, in microseconds (negative: ahead); `None` before the first
    /// answer. A shell tells people when this is large.
    pub fn clock_skew(&self) -> Option<i64> {
        let (theirs, here) = self.lock_skew().heard?;
        let (theirs, here) = (i64::try_from(theirs.micros()), i64::try_from(here.micros()));
        theirs.ok()?.checked_sub(here.ok()?)
    }

    /// Notes the issuer's time of an answer.
    pub(super) fn hear(&self, theirs: Timestamp) {
        let here = self.setup.clock.now();
        let mut skew = self.lock_skew();
        // The stamp of an answer is a little in the past: never let it turn the city's time back.
        if skew.heard.is_none() || skew.at(here) < theirs {
            skew.heard = Some((theirs, here));
            let differs = |kept| {
                let change =
                    Skew::difference(kept).saturating_sub(Skew::difference((theirs, here)));
                change.unsigned_abs() > KEPT_MICROS
            };
            if skew.kept.is_none_or(differs) {
                skew.kept = Some((theirs, here));
                drop(skew);
                self.keep_time(theirs, here);
            }
        }
    }

    /// A cache that fails does not stop anything: the time is heard again.
    fn keep_time(&self, theirs: Timestamp, here: Timestamp) {
        if let Err(error) = self.cache(HEARD.to_owned(), &(theirs.micros(), here.micros())) {
            tracing::warn!(%error, "the city's time could not be cached");
        }
    }

    fn check_network(&self, network: &str) -> Result<(), WalletError> {
        let same = self.network()?.to_hex() == network;
        if same { Ok(()) } else { Err(WalletError::OtherCity) }
    }
}
