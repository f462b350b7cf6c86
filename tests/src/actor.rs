//! Somebody with a key: a citizen, a shop, an officer. Signs commands and payment requests in memory.

use std::sync::atomic::{AtomicU64, Ordering};

use scoin_core::command::{Action, Command, Payment};
use scoin_core::envelope;
use scoin_core::keys::SecretKey;
use scoin_core::request::{Item, PaymentKind, PaymentRequest};
use scoin_core::{AccountId, Amount, CommandId, NetworkId, RequestId, Timestamp};

/// One hour of a command's life, in microseconds.
const HOUR: u64 = 3600 * 1_000_000;

/// Makes every id of one run different.
static COUNTER: AtomicU64 = AtomicU64::new(1);

/// Somebody with a key.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The first device key.
    pub key: SecretKey,
    /// The account it opens.
    pub account: AccountId,
    /// The city it belongs to.
    pub network: NetworkId,
}

impl Actor {
    /// The actor of a name: the same key for the same name, so that a failing run can be repeated.
    pub fn named(name: &str, network: NetworkId) -> Self {
        let key = key_of(name);
        let account = AccountId::derive(network, &key.public_key());
        Self { key, account, network }
    }

    /// A signed command with a fresh id, valid for an hour from `now`.
    pub fn sign(&self, now: Timestamp, action: Action) -> Vec<u8> {
        self.sign_as(fresh_id(now), now.saturating_add_micros(HOUR), action)
    }

    /// A signed command with a given id and end.
    pub fn sign_as(&self, id: CommandId, valid_until: Timestamp, action: Action) -> Vec<u8> {
        let command = Command {
            id,
            network: self.network,
            by: self.account,
            valid_until,
            action,
            sequence: None,
        };
        envelope::sign(&command, &self.key)
    }

    /// A signed payment request of this shop, good for an hour.
    pub fn request(&self, now: Timestamp, amount: u64, items: Vec<Item>) -> Vec<u8> {
        let request = PaymentRequest {
            id: RequestId::time_ordered(now, random()),
            network: self.network,
            merchant: self.account,
            amount: Amount::new(amount),
            kind: PaymentKind::Purchase,
            items,
            expires: now.saturating_add_micros(HOUR),
            reference: None,
            channel: None,
        };
        envelope::sign(&request, &self.key)
    }
}

/// The key of a name.
pub fn key_of(name: &str) -> SecretKey {
    let mut bytes = [0x5c; 32];
    assert!(name.len() < bytes.len(), "`{name}` is too long for a name");
    for (to, from) in bytes.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    SecretKey::from_bytes(&bytes).expect("text is never above the group order")
}

/// A payment of a request, whole, from whatever lots.
pub fn pay(request: Vec<u8>) -> Action {
    Action::Pay(Payment { request, part: false, lots: Vec::new() })
}

/// A command id that no other call of this run gives.
pub fn fresh_id(now: Timestamp) -> CommandId {
    CommandId::time_ordered(now, random())
}

fn random() -> [u8; 10] {
    // The first three bytes share their place with version and variant, so the number goes behind them.
    let mut bytes = [0; 10];
    bytes[3..].copy_from_slice(&COUNTER.fetch_add(1, Ordering::Relaxed).to_be_bytes()[1..]);
    bytes
}
