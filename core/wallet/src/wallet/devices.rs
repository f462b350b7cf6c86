//! The devices of an account: adding one by codes that two screens show each other, and what became of them.

use scoin_api::{AccountBody, KeyBody};
use scoin_core::command::{Action, KeyRole};
use scoin_core::keys::PublicKey;
use scoin_core::link::{self, Answer, Offer, Reveal};
use scoin_core::{Amount, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Ask, Done, Wallet};
use crate::error::WalletError;
use crate::seal;
use crate::store::Batch;
use crate::vault::VaultError;

/// What the new device remembers of its offer.
const OFFERED: &str = "link/offered";
/// What the old device remembers of its answer.
const ANSWERED: &str = "link/answered";
/// How long the old device waits for the number of the new one, in microseconds: 10 minutes.
const WAIT_MICROS: u64 = 10 * 60 * 1_000_000;

/// A device that wants to be added, and the digits that its screen must show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linking {
    /// Its key.
    pub key: PublicKey,
    /// What it would like to be called.
    pub name: Option<String>,
    /// Six digits.
    pub code: String,
}

/// What a sync found new about the devices of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum DeviceNews {
    /// A device was added.
    Added(KeyBody),
    /// A device was revoked, or has another key now.
    Gone(KeyBody),
    /// A device was locked: its count came twice.
    Locked(KeyBody),
    /// This device is behind its own count: another copy of it acted, or this is an old copy.
    Behind(KeyBody),
}

#[derive(Serialize, Deserialize)]
struct Offered {
    offer: String,
    reveal: String,
}

#[derive(Serialize, Deserialize)]
struct Answered {
    offer: String,
    answer: String,
    until: u64,
}

impl Wallet {
    /// As a new device: the first code. Another one takes its place.
    pub fn offer_device(&self, name: Option<String>) -> Result<String, WalletError> {
        let (network, key) = (self.network()?, self.public_key()?);
        let nonce = seal::make_random().ok_or(VaultError::NoRandom)?;
        let offer = Offer { network, key, commitment: link::commit(network, &key, &nonce), name };
        // It must be readable on the other screen.
        let link = offer.to_link();
        Offer::from_link(&link).map_err(bad)?;
        let reveal = Reveal { nonce }.to_link();
        self.cache(OFFERED.to_owned(), &Offered { offer: link.clone(), reveal })?;
        Ok(link)
    }

    /// As an old device: reads the first code and gives the second.
    pub async fn answer_device(&self, offer: &str) -> Result<String, WalletError> {
        let read = Offer::from_link(offer).map_err(bad)?;
        if read.network != self.network()? {
            return Err(WalletError::OtherCity);
        }
        let nonce = seal::make_random().ok_or(VaultError::NoRandom)?;
        let answer = Answer { offer: read.hash(), account: self.account_id()?, nonce }.to_link();
        let until = self.city_now().await?.saturating_add_micros(WAIT_MICROS).micros();
        let kept = Answered { offer: read.to_link(), answer: answer.clone(), until };
        self.cache(ANSWERED.to_owned(), &kept)?;
        Ok(answer)
    }

    /// As the new device: reads the second code; the digits to show, and the third code. From now on it acts for the
    /// account of the old device, which allows it nothing before its key is added.
    pub fn check_device(&self, answer: &str) -> Result<(String, String), WalletError> {
        let kept: Option<Offered> = self.cached(OFFERED)?;
        let kept = kept.ok_or_else(|| begin_again("no offer waits for an answer"))?;
        let offer = Offer::from_link(&kept.offer).map_err(bad)?;
        let reveal = Reveal::from_link(&kept.reveal).map_err(bad)?;
        let answer = Answer::from_link(answer).map_err(bad)?;
        let code = link::code(&offer, &answer, &reveal)
            .map_err(|_| begin_again("this answers another offer"))?;
        if self.account()?.is_some_and(|own| own.address != answer.account.to_string()) {
            return Err(begin_again("this wallet has an account of its own: use a new one"));
        }
        self.act_for(answer.account)?;
        Ok((code, kept.reveal))
    }

    /// As the old device: reads the third code; whom it would add, and the digits that must stand on the other screen.
    pub async fn device_code(&self, reveal: &str) -> Result<Linking, WalletError> {
        let kept: Option<Answered> = self.cached(ANSWERED)?;
        let kept = kept.ok_or_else(|| begin_again("no offer was answered here"))?;
        if Timestamp::from_micros(kept.until) < self.city_now().await? {
            self.forget_answer()?;
            return Err(begin_again("the offer is more than ten minutes old"));
        }
        let offer = Offer::from_link(&kept.offer).map_err(bad)?;
        let answer = Answer::from_link(&kept.answer).map_err(bad)?;
        let reveal = Reveal::from_link(reveal).map_err(bad)?;
        match link::code(&offer, &answer, &reveal) {
            Ok(code) => Ok(Linking { key: offer.key, name: offer.name, code }),
            Err(error) => {
                self.forget_answer()?;
                Err(bad(error))
            }
        }
    }

    /// As the old device: adds the new one, if the digits typed from its screen are the right ones. There is one try: with
    /// other digits the offer is forgotten, and somebody stands between the two.
    pub async fn add_device(
        &self,
        reveal: &str,
        typed: &str,
        (role, daily_cap, name): (KeyRole, Option<Amount>, Option<String>),
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        let linking = self.device_code(reveal).await?;
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        if digits != linking.code {
            self.forget_answer()?;
            return Err(begin_again("the digits differ: the code may be somebody else’s"));
        }
        let name = name.or(linking.name);
        let action = Action::AddKey { key: linking.key, role, daily_cap, name };
        let done = self.submit(action, ask).await?;
        if !ask.dry_run {
            self.forget_answer()?;
        }
        Ok(done)
    }

    /// Changes or lifts the daily cap of a device.
    pub async fn cap_device(
        &self,
        key: PublicKey,
        daily_cap: Option<Amount>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::SetCap { key, daily_cap }, ask).await
    }

    /// Says what people call a device.
    pub async fn name_device(
        &self,
        key: PublicKey,
        name: String,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::NameKey { key, name }, ask).await
    }

    /// Lets a locked device act again.
    pub async fn unlock_device(&self, key: PublicKey, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::UnlockKey { key }, ask).await
    }

    /// What is new about the devices since the account was read before.
    pub(super) async fn device_news(
        &self,
        before: Option<&AccountBody>,
        now: &AccountBody,
    ) -> Result<Vec<DeviceNews>, WalletError> {
        let mut news = Vec::new();
        if let Some(before) = before.filter(|before| before.address == now.address) {
            let knew = |key: &KeyBody| before.keys.iter().find(|other| other.key == key.key);
            let has = |key: &&KeyBody| now.keys.iter().any(|other| other.key == key.key);
            for key in &now.keys {
                match knew(key) {
                    None => news.push(DeviceNews::Added(key.clone())),
                    Some(old) if old.locked.is_none() && key.locked.is_some() => {
                        news.push(DeviceNews::Locked(key.clone()));
                    }
                    Some(_) => {}
                }
            }
            let gone = before.keys.iter().filter(|key| !has(key)).cloned();
            news.extend(gone.map(DeviceNews::Gone));
        }
        let own = self.public_key()?.to_hex();
        let outbox = self.outbox.lock().await;
        let behind = |key: &&KeyBody| {
            key.key == own && outbox.counter().is_some_and(|count| key.sequence > Some(count))
        };
        news.extend(now.keys.iter().find(behind).cloned().map(DeviceNews::Behind));
        Ok(news)
    }

    fn forget_answer(&self) -> Result<(), WalletError> {
        let mut batch = Batch::new();
        batch.remove(ANSWERED);
        Ok(self.store.commit(batch)?)
    }
}

fn bad(error: link::LinkError) -> WalletError {
    WalletError::BadInput(error.to_string())
}

fn begin_again(why: &str) -> WalletError {
    WalletError::BadInput(format!("{why}; begin again with a new offer"))
}
