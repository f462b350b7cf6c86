//! Sync: finish what waits, read what is new, verify what can be verified, notice what is missing.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use scoin_api::{
    AccountBody, EntryBody, GuardBody, HistoryBody, MerchantBody, OfferBody, RecoveryBody,
};
use scoin_core::receipt::Receipt;
use scoin_core::{CommandId, PolicyId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Wallet;
use super::allowance::{Coming, warnings};
use super::devices::DeviceNews;
use super::receipts::PLACES;
use crate::client::{Events, Page};
use crate::error::WalletError;
use crate::estimate::shop_key;
use crate::rules::{Names, references};
use crate::store::Batch;

/// Where the account is kept.
pub(super) const ACCOUNT: &str = "account";
/// Before the keys of history entries; in order of time.
pub(super) const HISTORY: &str = "history/";
/// Entries of one page, and most pages of one sync: older ones come with the next.
const PAGE: u32 = 200;
const PAGES_MAX: u32 = 50;
/// Most shops kept for estimates; the others are read when they are asked about.
const SHOPS_MAX: usize = 2_000;
/// Commands whose places have been checked already.
const CHECKED: &str = "checked-frame";

/// What a sync found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Frame the cache is now true at.
    pub frame: u64,
    /// New entries of the history.
    pub entries: usize,
    /// Receipts verified.
    pub receipts: usize,
    /// Commands that got their answer.
    pub answered: usize,
    /// Commands this wallet has receipts for and the issuer's history does not show: show this to the city's auditor.
    pub missing: Vec<CommandId>,
    /// True if the cache had been damaged and was rebuilt.
    pub rebuilt: bool,
    /// Guards of the household or the city that this wallet had not seen before: in force, or announced.
    pub announced: Vec<GuardBody>,
    /// Offers to move coins that this wallet had not seen before.
    pub offered: Vec<OfferBody>,
    /// Turns of allowances this account gives that will not be given whole, up to two days ahead.
    pub short: Vec<Coming>,
    /// New entries that tell of a missed turn of an allowance, given or received; the newest first.
    pub missed: Vec<EntryBody>,
    /// New entries that tell that this account or a ward is of age; the newest first.
    pub of_age: Vec<EntryBody>,
    /// What is new about the devices of this account.
    pub devices: Vec<DeviceNews>,
    /// A recovery that one factor asked for or that runs, if this wallet had not seen it so before.
    pub recovery: Option<RecoveryBody>,
    /// New entries that tell of a ward's recovery; the newest first.
    pub ward_recoveries: Vec<EntryBody>,
}

impl Wallet {
    /// Finishes what waits, then reads account, history and rules from the issuer and verifies the receipts.
    pub async fn sync(&self) -> Result<Synced, WalletError> {
        Ok(self.sync_from(None, true).await?.0)
    }

    /// As [`Wallet::sync`], as of this frame or later, with the shops or without; also gives the new entries, newest first.
    pub(super) async fn sync_from(
        &self,
        at_least: Option<u64>,
        shops: bool,
    ) -> Result<(Synced, Vec<EntryBody>), WalletError> {
        let answered = self.resume().await?.len();
        let proof = self.read_proof().await?;
        let account_id = self.account_id()?;
        // The issuer must know at least what it gave receipts for.
        let min_seq = self.newest_frame().max(at_least);
        let account = self.client().account(account_id, &proof, min_seq).await?;
        self.hear(account.time.0);
        let fresh = self.read_history(&proof, account.frame).await?;
        let receipts = self.verify_entries(&fresh, &account.address, &proof).await?;
        self.read_rules(&account).await?;
        let before: Option<AccountBody> = self.cached(ACCOUNT)?;
        let devices = self.device_news(before.as_ref(), &account).await?;
        let mut batch = if shops { self.read_shops().await? } else { Batch::new() };
        for entry in &fresh {
            put(&mut batch, history_key(entry.frame, entry.index), entry)?;
        }
        put(&mut batch, ACCOUNT.to_owned(), &account)?;
        self.store.commit(batch)?;
        let synced = Synced {
            frame: account.frame,
            entries: fresh.len(),
            receipts,
            answered,
            missing: self.missing(account.frame)?,
            rebuilt: self.rebuilt,
            announced: unseen(before.as_ref().map(|old| &old.guards), &account.guards, |guard| {
                guard.over.is_some()
            }),
            offered: unseen(before.as_ref().map(|old| &old.offers), &account.offers, |_| true),
            short: warnings(&account),
            of_age: fresh.iter().filter(|entry| entry.action == "of-age").cloned().collect(),
            devices,
            recovery: Some(account.recovery.clone())
                .filter(|now| now.running.is_some() || !now.asked.is_empty())
                .filter(|now| before.as_ref().is_none_or(|before| before.recovery != *now)),
            ward_recoveries: fresh
                .iter()
                .filter(|entry| is_of_ward(entry, &account))
                .cloned()
                .collect(),
            missed: fresh.iter().filter(|entry| entry.missed.is_some()).cloned().collect(),
        };
        Ok((synced, fresh))
    }

    /// What happens to this account from now on, or after an event id (`frame:index`). Ends with the connection.
    pub async fn events(&self, after: Option<&str>) -> Result<Events, WalletError> {
        let proof = self.read_proof().await?;
        Ok(self.client().events(self.account_id()?, &proof, after).await?)
    }

    /// A cached body.
    pub(crate) fn cached<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, WalletError> {
        let kept = self.store.get(key)?;
        Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Keeps a body in the cache.
    pub(crate) fn cache(&self, key: String, body: &impl Serialize) -> Result<(), WalletError> {
        let mut batch = Batch::new();
        put(&mut batch, key, body)?;
        Ok(self.store.commit(batch)?)
    }

    /// Entries newer than the newest known one, each once, newest first; all that there are up to `frame`, which the account
    /// was read at: behind a balancer another server may be asked, which must not look as if it hid something.
    async fn read_history(&self, proof: &str, frame: u64) -> Result<Vec<EntryBody>, WalletError> {
        let known = self.store.scan(HISTORY)?.pop().map(|(key, _)| key);
        let mut fresh = Vec::new();
        let mut page = Page { before: None, limit: Some(PAGE), min_seq: Some(frame) };
        for _ in 0..PAGES_MAX {
            let HistoryBody { entries, next, .. } =
                self.client().history(self.account_id()?, proof, &page).await?;
            let is_new = |entry: &EntryBody| {
                known.as_ref().is_none_or(|known| history_key(entry.frame, entry.index) > *known)
            };
            let all_new = entries.iter().all(is_new);
            fresh.extend(entries.into_iter().filter(is_new));
            match next {
                Some(next) if all_new => page.before = Some(next),
                _ => break,
            }
        }
        fresh.sort_by_key(|entry: &EntryBody| Reverse((entry.frame, entry.index)));
        fresh.dedup_by_key(|entry| (entry.frame, entry.index));
        Ok(fresh)
    }

    /// Verifies the receipts of this account's own commands; those of other devices are fetched.
    async fn verify_entries(
        &self,
        entries: &[EntryBody],
        own: &str,
        proof: &str,
    ) -> Result<usize, WalletError> {
        let account = self.account_id()?;
        let mut verified = 0usize;
        for entry in entries.iter().filter(|entry| entry.by.as_deref() == Some(own)) {
            let Some(id) = entry.command.as_deref().and_then(CommandId::from_hex) else { continue };
            if self.receipt(id)?.is_none() {
                let Some(answer) = self.client().answer(account, id, proof).await? else {
                    continue;
                };
                let digest = answer.receipt.as_ref().and_then(|bytes| {
                    Receipt::from_bytes(&bytes.0).ok().map(|receipt| receipt.command)
                });
                let (_, proof) = self.verify(&answer, &digest.unwrap_or_default())?;
                self.keep_receipt(id, &proof);
            }
            verified = verified.saturating_add(1);
        }
        Ok(verified)
    }

    /// Commands with receipts up to `frame` that the history does not show.
    fn missing(&self, frame: u64) -> Result<Vec<CommandId>, WalletError> {
        let checked: u64 = self.cached(CHECKED)?.unwrap_or(0);
        let mut missing = Vec::new();
        for (key, id) in self.store.scan(PLACES)? {
            let place = key.strip_prefix(PLACES).unwrap_or_default();
            let number = place.split('/').next().and_then(|text| text.parse::<u64>().ok());
            let due = number.is_some_and(|number| number > checked && number <= frame);
            if due && self.store.get(&format!("{HISTORY}{place}"))?.is_none() {
                missing.extend(<[u8; 16]>::try_from(id).ok().map(CommandId));
            }
        }
        if missing.is_empty() {
            self.cache(CHECKED.to_owned(), &frame)?;
        }
        Ok(missing)
    }

    /// Reads the policies of the account's coins and guards, and the lists and calendars they name. A policy is taken
    /// only if it is what its id says.
    async fn read_rules(&self, account: &AccountBody) -> Result<(), WalletError> {
        let of_lots = account.lots.iter().flat_map(|lot| &lot.layers).map(|layer| &layer.policy);
        let of_guards = account.guards.iter().map(|guard| &guard.policy);
        let ids: BTreeSet<&String> = of_lots.chain(of_guards).collect();
        let mut names = Names::default();
        for id in ids.into_iter().filter_map(|id| PolicyId::from_hex(id)) {
            if let Some(policy) = self.policy(id).await? {
                references(&policy, &mut names);
            }
        }
        self.read_names(names).await
    }

    /// The city's shops, for estimates where there is no connection: only what changed is written.
    async fn read_shops(&self) -> Result<Batch, WalletError> {
        let mut batch = Batch::new();
        for shop in self.client().merchants().await?.merchants.into_iter().take(SHOPS_MAX) {
            let key = shop_key(&shop.address);
            let known: Option<MerchantBody> = self.cached(&key)?;
            if known.as_ref() != Some(&shop) {
                put(&mut batch, key, &shop)?;
            }
        }
        Ok(batch)
    }

    /// Reads a policy and what it names, unless it is known.
    pub(crate) async fn learn_policy(&self, id: PolicyId) -> Result<(), WalletError> {
        if self.cached_policy(id)?.is_some() {
            return Ok(());
        }
        let mut names = Names::default();
        if let Some(policy) = self.policy(id).await? {
            references(&policy, &mut names);
        }
        self.read_names(names).await
    }

    async fn read_names(&self, names: Names) -> Result<(), WalletError> {
        for name in names.lists {
            match self.client().list(&name, None).await {
                Ok(Some(list)) => self.cache(format!("list/{name}"), &list)?,
                // A list of persons is not for everybody: what depends on it is not known here.
                Ok(None) | Err(crate::client::ClientError::Problem(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for name in names.calendars {
            if let Some(calendar) = self.client().calendar(&name).await? {
                self.cache(format!("calendar/{name}"), &calendar)?;
            }
        }
        Ok(())
    }
}

/// Does an entry tell a guardian that a ward's account is being recovered, or no more?
fn is_of_ward(entry: &EntryBody, account: &AccountBody) -> bool {
    let is = |who: &Option<String>| who.as_ref().is_some_and(|who| account.wards.contains(who));
    match entry.action.as_str() {
        "recover" | "cancel-recovery" => is(&entry.by),
        // The officer's yes that was the second factor, or the first one.
        "propose" | "approve" => is(&entry.other),
        _ => false,
    }
}

/// The key of a history entry: sorts as it happened.
pub(super) fn history_key(frame: u64, index: u32) -> String {
    format!("{HISTORY}{}", place(frame, u64::from(index)))
}

/// A place in the journal as a text that sorts.
pub(super) fn place(frame: u64, index: u64) -> String {
    format!("{frame:020}/{index:010}")
}

/// What is new in a list and worth telling.
fn unseen<T: PartialEq + Clone>(
    before: Option<&Vec<T>>,
    now: &[T],
    told: impl Fn(&T) -> bool,
) -> Vec<T> {
    let known = |one: &&T| before.is_some_and(|before| before.contains(one));
    now.iter().filter(|one| !known(one) && told(one)).cloned().collect()
}

fn put(batch: &mut Batch, key: String, body: &impl Serialize) -> Result<(), WalletError> {
    let bytes = serde_json::to_vec(body)
        .map_err(|error| crate::client::ClientError::Garbled(error.to_string()))?;
    batch.put(key, bytes);
    Ok(())
}
