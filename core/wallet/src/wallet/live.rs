//! Following an account as it lives. An event of the service is only a hint that something happened: what is told comes from
//! the history, with its receipts verified. So a lost, repeated, late or forged event changes nothing that is told.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::StreamExt as _;
use scoin_api::EntryBody;

use super::Wallet;
use super::sync::{HISTORY, Synced, history_key};
use crate::client::{ClientError, Event, Events};
use crate::error::WalletError;

/// How a follower waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// After so long without an event it looks whether one was lost.
    pub quiet: Duration,
    /// The first wait before it connects again; each one after a failure is twice as long.
    pub first: Duration,
    /// The longest wait.
    pub most: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            quiet: Duration::from_mins(1),
            first: Duration::from_millis(500),
            most: Duration::from_secs(30),
        }
    }
}

/// What a follower tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Live {
    /// It is connected. What happened before is told next, as far as it was not told yet.
    Connected,
    /// Something happened. Each entry once, in the order of the journal; of the account's own commands the receipt is
    /// verified.
    Entry(Box<EntryBody>),
    /// So many entries, told next, had no event where one should have come.
    Gap(usize),
    /// The connection is gone; it is tried again after this long.
    Lost(Duration),
}

/// Follows an account. Made by [`Wallet::follow`].
#[derive(Debug)]
pub struct Follower<'w> {
    wallet: &'w Wallet,
    patience: Patience,
    events: Option<Events>,
    failures: u32,
    ready: VecDeque<Live>,
}

impl Wallet {
    /// Follows this account from what the cache knows on. Nothing is asked before [`Follower::next`].
    pub fn follow(&self, patience: Patience) -> Follower<'_> {
        Follower { wallet: self, patience, events: None, failures: 0, ready: VecDeque::new() }
    }
}

impl Follower<'_> {
    /// The next thing to tell; waits for it. It does not end by itself: a lost connection is told and made again. An error is
    /// one that waiting does not mend: the vault is locked, the key is not the account's any more, a receipt is not valid.
    pub async fn next(&mut self) -> Result<Live, WalletError> {
        loop {
            if let Some(live) = self.ready.pop_front() {
                return Ok(live);
            }
            let Some(events) = &mut self.events else {
                self.connect().await?;
                continue;
            };
            match tokio::time::timeout(self.patience.quiet, events.next()).await {
                Ok(Some(Ok(event))) => self.on_event(&event).await?,
                // An event that cannot be read is a hint as good as any.
                Ok(Some(Err(ClientError::Garbled(_)))) | Err(_) => {
                    self.catch_up(None, true).await?;
                }
                Ok(Some(Err(_)) | None) => self.lost(),
            }
        }
    }

    async fn connect(&mut self) -> Result<(), WalletError> {
        if self.failures > 0 {
            tokio::time::sleep(self.wait()).await;
        }
        let after = self.wallet.newest_entry()?;
        match self.wallet.events(after.as_deref()).await {
            Ok(events) => {
                self.events = Some(events);
                self.ready.push_back(Live::Connected);
                // Between the last look and this connection events may have been lost.
                self.catch_up(None, false).await
            }
            Err(error) if passes(&error) => {
                self.lost();
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn on_event(&mut self, event: &Event) -> Result<(), WalletError> {
        self.failures = 0;
        let key = history_key(event.entry.frame, event.entry.index);
        // Everything up to the newest entry is known: this one was told, or comes late.
        if self.wallet.newest_key()?.is_some_and(|newest| key <= newest) {
            return Ok(());
        }
        self.catch_up(Some(&event.entry), true).await
    }

    /// Reads what is new, and tells it. A gap is what no event told of before this one, or before it grew quiet.
    async fn catch_up(
        &mut self,
        event: Option<&EntryBody>,
        tell_gap: bool,
    ) -> Result<(), WalletError> {
        let at_least = event.map(|entry| entry.frame);
        let mut fresh = match self.wallet.sync_live(at_least).await {
            Ok((_, fresh)) => fresh,
            Err(error) if passes(&error) => {
                self.lost();
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        fresh.sort_by_key(|entry| (entry.frame, entry.index));
        let place = event.map(|entry| (entry.frame, entry.index));
        let unseen =
            |entry: &&EntryBody| place.is_none_or(|place| (entry.frame, entry.index) < place);
        let gap = fresh.iter().filter(unseen).count();
        if tell_gap && gap > 0 {
            self.ready.push_back(Live::Gap(gap));
        }
        self.ready.extend(fresh.into_iter().map(|entry| Live::Entry(Box::new(entry))));
        Ok(())
    }

    fn lost(&mut self) {
        self.events = None;
        self.failures = self.failures.saturating_add(1);
        self.ready.push_back(Live::Lost(self.wait()));
    }

    /// Twice as long after each failure, up to the longest.
    fn wait(&self) -> Duration {
        let doubled = 1_u32.checked_shl(self.failures.saturating_sub(1)).unwrap_or(u32::MAX);
        self.patience.first.saturating_mul(doubled).min(self.patience.most)
    }
}

impl Wallet {
    /// Syncs for a follower: all that a sync does but the list of shops. Also gives the new entries.
    pub(super) async fn sync_live(
        &self,
        at_least: Option<u64>,
    ) -> Result<(Synced, Vec<EntryBody>), WalletError> {
        self.sync_from(at_least, false).await
    }

    /// The key of the newest entry that is known.
    fn newest_key(&self) -> Result<Option<String>, WalletError> {
        Ok(self.store.scan(HISTORY)?.pop().map(|(key, _)| key))
    }

    /// The newest entry that is known, as an event id.
    fn newest_entry(&self) -> Result<Option<String>, WalletError> {
        Ok(self.history(1)?.first().map(EntryBody::event_id))
    }
}

/// Does waiting help? Also where the issuer refuses for now.
fn passes(error: &WalletError) -> bool {
    if let WalletError::Client(ClientError::Problem(problem)) = error {
        return problem.retryable;
    }
    matches!(
        error,
        WalletError::Offline { .. }
            | WalletError::Busy { .. }
            | WalletError::Client(ClientError::Unreachable(_) | ClientError::Garbled(_))
    )
}
