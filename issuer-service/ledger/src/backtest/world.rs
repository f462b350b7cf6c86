//! The state of a back-test: as fast to read as it can be.
//!
//! A decision reads some thirty records, one after the other. What is only ever looked up by its key lies in a hash
//! table, what is also walked in order in a tree.

#![expect(
    clippy::disallowed_types,
    reason = "the order of the table is never seen: whoever walks it sums up or sorts"
)]

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hasher};

use scoin_core::{AccountId, StackId};

use crate::batch::Entry;
use crate::state::{Key, Record, View};

/// A state to decide the past in.
#[derive(Clone, Debug)]
pub(super) struct World {
    table: HashMap<Key, Record, Seed>,
    /// Half of what is looked up are accounts.
    accounts: HashMap<AccountId, Record, Seed>,
    ordered: BTreeMap<Key, Record>,
}

impl World {
    /// A state with nothing in it. Whoever chose ids in the past must not have known the seed.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            table: HashMap::with_hasher(Seed(seed)),
            accounts: HashMap::with_hasher(Seed(seed)),
            ordered: BTreeMap::new(),
        }
    }

    /// Take over what an entry changed.
    pub(super) fn absorb(&mut self, writes: impl IntoIterator<Item = (Key, Option<Record>)>) {
        for (key, record) in writes {
            match (key, record) {
                (Key::Account(id), Some(record)) => drop(self.accounts.insert(id, record)),
                (Key::Account(id), None) => drop(self.accounts.remove(&id)),
                (key, Some(record)) if is_ordered(&key) => drop(self.ordered.insert(key, record)),
                (key, None) if is_ordered(&key) => drop(self.ordered.remove(&key)),
                (key, Some(record)) => drop(self.table.insert(key, record)),
                (key, None) => drop(self.table.remove(&key)),
            }
        }
    }

    /// Look at the accounts these entries are about, for what they hold and have counted: a sum that means nothing.
    ///
    /// Decided one after the other, each entry waits for memory again and again. Looked at together the accounts come
    /// side by side, because none of these reads waits for another.
    pub(super) fn read_ahead<'e>(&self, entries: impl Iterator<Item = &'e Entry>) -> u64 {
        let accounts = entries.filter_map(|entry| {
            let Entry::Signed(admitted) = entry else { return None };
            let payer = self.accounts.get(&admitted.signed().command().by);
            let shop =
                admitted.request().and_then(|one| self.accounts.get(&one.message().merchant));
            Some([payer, shop])
        });
        accounts.flatten().flatten().fold(0, |sum: u64, record| {
            let Record::Account(account) = record else { return sum };
            let lots = account.lots.iter().map(|lot| lot.amount.units());
            let keys = account.keys.iter().map(|device| device.spent.units());
            let guards = account.guards.iter().map(|guard| u64::from(guard.by.0[0]));
            let all = lots.chain(keys).chain(guards).fold(sum, u64::wrapping_add);
            all.wrapping_add(account.counters.sum_of_all())
        })
    }

    /// Every record, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.accounts.values().chain(self.table.values()).chain(self.ordered.values())
    }

    /// Every account, sorted.
    pub(super) fn accounts(&self) -> Vec<AccountId> {
        let mut ids: Vec<AccountId> = self.accounts.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// Every stack, sorted.
    pub(super) fn stacks(&self) -> Vec<StackId> {
        let id = |key: &Key| if let Key::Stack(id) = key { Some(*id) } else { None };
        let mut ids: Vec<StackId> = self.table.keys().filter_map(id).collect();
        ids.sort_unstable();
        ids
    }

    /// Every pool.
    pub(super) fn pools(&self) -> impl Iterator<Item = (&AccountId, &String)> {
        self.accounts.iter().filter_map(|(id, record)| {
            let Record::Account(account) = record else { return None };
            Some((id, account.pool.as_ref()?))
        })
    }
}

/// Is the key one that the ledger asks for in ranges?
fn is_ordered(key: &Key) -> bool {
    matches!(key, Key::Name(_) | Key::Program(_) | Key::Due(..))
}

impl View for World {
    fn get(&self, key: &Key) -> Option<&Record> {
        if let Key::Account(id) = key {
            self.accounts.get(id)
        } else if is_ordered(key) {
            self.ordered.get(key)
        } else {
            self.table.get(key)
        }
    }

    fn keys(&self, from: &Key, to: &Key, most: usize) -> Vec<Key> {
        if from >= to {
            return Vec::new();
        }
        self.ordered.range(from..to).take(most).map(|(key, _)| key.clone()).collect()
    }
}

/// Makes hashers that all begin alike.
#[derive(Clone, Copy, Debug)]
struct Seed(u64);

impl BuildHasher for Seed {
    type Hasher = Mix;

    fn build_hasher(&self) -> Mix {
        Mix(self.0)
    }
}

/// Mixes eight bytes at a time by a folded multiplication.
struct Mix(u64);

impl Mix {
    fn mix(&mut self, word: u64) {
        let wide =
            u128::from(self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let halves = [wide >> 64, wide & u128::from(u64::MAX)].map(u64::try_from);
        self.0 = halves.into_iter().fold(0, |sum, half| sum ^ half.unwrap_or(0)).rotate_left(23);
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            self.mix(rest.iter().fold(1, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    fn write_usize(&mut self, number: usize) {
        self.mix(u64::try_from(number).unwrap_or(u64::MAX));
    }

    fn write_isize(&mut self, number: isize) {
        self.mix(number.unsigned_abs().try_into().unwrap_or(u64::MAX));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
