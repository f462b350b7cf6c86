//! The books while a batch is decided: the state, what the batch changed, and what the present entry wants to change.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount, LotId, PolicyId, StackId, Timestamp};
use scoin_policy::civil::Date;

use crate::batch::{Event, EventKind};
use crate::invariants::Breach;
use crate::state::{
    Account, City, Counters, Due, Head, Key, Layer, Place, PolicyEntry, Record, Stack, Totals,
    View, Writes,
};
use crate::zone::{Zone, earliest_date};

/// What a decision comes to. A refusal leaves nothing behind.
pub(crate) type Decision = Result<Effect, Refusal>;

/// The state with two layers of changes over it.
pub(crate) struct Work<'v> {
    view: &'v dyn View,
    batch: Writes,
    entry: Writes,
    /// The accounts the entry changes: two or three, asked for again and again. [`Work::settle`] puts them with the rest.
    accounts: Vec<(AccountId, Record)>,
    /// The last two accounts found in the state.
    seen: [Cell<Seen<'v>>; 2],
    events: Vec<Event>,
    entry_events: Vec<Event>,
    breach: Option<Breach>,
    city: Arc<City>,
    today: Date,
    now: Timestamp,
    index: u32,
    numbers: Option<Numbers>,
}

/// An account, and what the state has of it; nothing at first.
type Seen<'v> = Option<(AccountId, Option<&'v Record>)>;

/// The lot numbers an entry of a back-test may give: first those it gave in the past, then numbers no lot ever has.
///
/// A payer may name lots in a command, so a lot must have the number in a changed world that it had in the real one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    /// The next number.
    pub(crate) next: u64,
    /// Where the numbers of the past entry end.
    pub(crate) end: u64,
    /// The next number beyond all.
    pub(crate) spare: u64,
}

impl Numbers {
    /// The first number that the past never reaches.
    pub(crate) const SPARE: u64 = 1 << 62;

    fn take(&mut self) -> Option<u64> {
        let place = if self.next < self.end { &mut self.next } else { &mut self.spare };
        let number = *place;
        *place = number.checked_add(1)?;
        Some(number)
    }
}

impl<'v> Work<'v> {
    /// Work on a state at a time; `None` before the city exists.
    pub(crate) fn begin(view: &'v dyn View, now: Timestamp) -> Option<Self> {
        let Some(Record::City(city)) = view.get(&Key::City) else { return None };
        Some(Self::over(view, Arc::clone(city), now))
    }

    /// Work on a state for a city, whether it stands in it already or not.
    pub(crate) fn over(view: &'v dyn View, city: Arc<City>, now: Timestamp) -> Self {
        let today = Zone::named(&city.zone).map_or(Date(earliest_date(now)), |zone| zone.date(now));
        Self::on(view, city, now, today)
    }

    /// As [`Work::over`], where the date of the city is known.
    pub(crate) fn on(view: &'v dyn View, city: Arc<City>, now: Timestamp, today: Date) -> Self {
        Self {
            view,
            batch: BTreeMap::new(),
            entry: BTreeMap::new(),
            accounts: Vec::new(),
            seen: [Cell::new(None), Cell::new(None)],
            events: Vec::new(),
            entry_events: Vec::new(),
            breach: None,
            city,
            today,
            now,
            index: 0,
            numbers: None,
        }
    }

    /// Give lots these numbers from now on, not those of the books.
    pub(crate) fn number_lots(&mut self, numbers: Numbers) {
        self.numbers = Some(numbers);
    }

    /// The numbers given by [`Work::number_lots`] that are left.
    pub(crate) fn numbers(&self) -> Option<Numbers> {
        self.numbers
    }

    /// Are the invariants watched? A back-test does not: under a candidate, what was spent before may be above its limits.
    pub(crate) fn is_checked(&self) -> bool {
        self.numbers.is_none()
    }

    /// What the present entry told so far.
    pub(crate) fn told(&self) -> &[Event] {
        &self.entry_events
    }

    /// What the only entry changed.
    pub(crate) fn into_entry(self) -> impl Iterator<Item = (Key, Option<Record>)> + use<> {
        let accounts = self.accounts.into_iter();
        let accounts = accounts.map(|(id, record)| (Key::Account(id), Some(record)));
        self.entry.into_iter().chain(accounts)
    }

    /// The city.
    pub(crate) fn city(&self) -> Arc<City> {
        Arc::clone(&self.city)
    }

    /// Ledger time.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The place in the journal that the present entry gets.
    pub(crate) fn place(&self) -> (u64, u32) {
        (self.head().frame.saturating_add(1), self.index)
    }

    /// The civil date of the city.
    pub(crate) fn today(&self) -> Date {
        self.today
    }

    /// Begin the next entry, at this place of the frame.
    pub(crate) fn start(&mut self, index: u32) {
        self.drop_entry();
        self.index = index;
    }

    /// Keep what the entry changed.
    pub(crate) fn keep(&mut self) {
        self.settle();
        // Not `append`: that builds the whole map again for every entry.
        if self.batch.is_empty() {
            std::mem::swap(&mut self.batch, &mut self.entry);
        } else {
            self.batch.extend(std::mem::take(&mut self.entry));
        }
        self.events.append(&mut self.entry_events);
    }

    /// Drop what the entry changed.
    pub(crate) fn drop_entry(&mut self) {
        self.entry.clear();
        self.accounts.clear();
        self.entry_events.clear();
    }

    /// True if the entry changed anything.
    pub(crate) fn changed(&self) -> bool {
        !self.entry.is_empty() || !self.accounts.is_empty()
    }

    /// Everything the batch changed, and who was touched.
    pub(crate) fn finish(self) -> (Writes, Vec<Event>, Option<Breach>) {
        (self.batch, self.events, self.breach)
    }

    /// What the present entry changed so far, as [`Work::settle`] left it.
    pub(crate) fn entry(&self) -> &Writes {
        &self.entry
    }

    /// Put the changed accounts with all else that the entry changed.
    pub(crate) fn settle(&mut self) {
        let accounts = self.accounts.drain(..);
        self.entry.extend(accounts.map(|(id, record)| (Key::Account(id), Some(record))));
    }

    /// An invariant does not hold. The first one is kept.
    pub(crate) fn broken(&mut self, breach: Breach) {
        self.breach.get_or_insert(breach);
    }

    /// Tell those who watch an account.
    pub(crate) fn tell(
        &mut self,
        account: AccountId,
        kind: EventKind,
        amount: Amount,
        with: Option<AccountId>,
    ) {
        let index = self.index;
        self.entry_events.push(Event { account, index, kind, amount, with });
    }

    /// The record under a key as it stands now.
    pub(crate) fn get(&self, key: &Key) -> Option<&Record> {
        if let Key::Account(id) = key {
            return self.account_record(id);
        }
        match self.entry.get(key).or_else(|| self.batch.get(key)) {
            Some(written) => written.as_ref(),
            None => self.view.get(key),
        }
    }

    fn account_record(&self, id: &AccountId) -> Option<&Record> {
        if let Some((_, changed)) = self.accounts.iter().find(|(known, _)| known == id) {
            return Some(changed);
        }
        if !(self.entry.is_empty() && self.batch.is_empty()) {
            let key = Key::Account(*id);
            if let Some(written) = self.entry.get(&key).or_else(|| self.batch.get(&key)) {
                return written.as_ref();
            }
        }
        self.in_state(id)
    }

    /// An account as the state has it.
    fn in_state(&self, id: &AccountId) -> Option<&'v Record> {
        let [last, before] = &self.seen;
        for seen in [last, before] {
            if let Some((known, record)) = seen.get()
                && known == *id
            {
                return record;
            }
        }
        let record = self.view.get(&Key::Account(*id));
        before.set(last.replace(Some((*id, record))));
        record
    }

    /// The record as it stood before the present entry.
    pub(crate) fn get_before(&self, key: &Key) -> Option<&Record> {
        match self.batch.get(key) {
            Some(written) => written.as_ref(),
            None => self.view.get(key),
        }
    }

    /// Write a record.
    pub(crate) fn put(&mut self, key: Key, record: Record) {
        if let Key::Account(id) = key {
            self.accounts.retain(|(known, _)| *known != id);
            self.accounts.push((id, record));
        } else {
            self.entry.insert(key, Some(record));
        }
    }

    /// Remove a record. Accounts are never removed.
    pub(crate) fn remove(&mut self, key: Key) {
        self.entry.insert(key, None);
    }

    fn edit(&mut self, key: &Key) -> Option<&mut Record> {
        if let Key::Account(id) = key {
            return self.edit_account(id);
        }
        if !self.entry.contains_key(key) {
            let record = self.get(key)?.clone();
            self.entry.insert(key.clone(), Some(record));
        }
        self.entry.get_mut(key).and_then(Option::as_mut)
    }

    fn edit_account(&mut self, id: &AccountId) -> Option<&mut Record> {
        let at = self.accounts.iter().position(|(known, _)| known == id);
        if at.is_none() {
            let record = self.account_record(id)?.clone();
            self.accounts.push((*id, record));
        }
        let at = at.unwrap_or(self.accounts.len().saturating_sub(1));
        self.accounts.get_mut(at).map(|(_, record)| record)
    }

    /// The keys from `from` up to but not including `to` as they stand now, ascending, at most `most`. Not for
    /// accounts, which nobody walks while deciding.
    pub(crate) fn keys(&self, from: &Key, to: &Key, most: usize) -> Vec<Key> {
        if from >= to {
            return Vec::new();
        }
        let mut changed: BTreeMap<&Key, bool> = BTreeMap::new();
        for (key, record) in self.batch.range(from..to).chain(self.entry.range(from..to)) {
            changed.insert(key, record.is_some());
        }
        let below = self.view.keys(from, to, most.saturating_add(changed.len()));
        let kept = below.into_iter().filter(|key| !changed.contains_key(key));
        let added = changed.iter().filter(|(_, stands)| **stands).map(|(key, _)| (*key).clone());
        let mut keys: Vec<Key> = kept.chain(added).collect();
        keys.sort_unstable();
        keys.truncate(most);
        keys
    }

    /// An account.
    pub(crate) fn account(&self, id: &AccountId) -> Option<&Account> {
        match self.account_record(id) {
            Some(Record::Account(account)) => Some(account),
            _ => None,
        }
    }

    /// An account, to be changed.
    pub(crate) fn account_mut(&mut self, id: &AccountId) -> Option<&mut Account> {
        match self.edit_account(id) {
            Some(Record::Account(account)) => Some(account),
            _ => None,
        }
    }

    /// An account that a command names.
    pub(crate) fn known(&self, id: &AccountId) -> Result<&Account, Refusal> {
        self.account(id).ok_or_else(|| not_found("account"))
    }

    /// An account that a command names, to be changed.
    pub(crate) fn known_mut(&mut self, id: &AccountId) -> Result<&mut Account, Refusal> {
        self.account_mut(id).ok_or_else(|| not_found("account"))
    }

    /// What changes with every frame.
    pub(crate) fn head(&self) -> Head {
        match self.get(&Key::Head) {
            Some(Record::Head(head)) => *head,
            _ => Head::default(),
        }
    }

    /// Replace what changes with every frame.
    pub(crate) fn set_head(&mut self, head: Head) {
        self.put(Key::Head, Record::Head(head));
    }

    /// A number no lot has had yet.
    pub(crate) fn next_lot(&mut self) -> Result<LotId, Refusal> {
        if let Some(numbers) = &mut self.numbers {
            return numbers.take().map(LotId).ok_or(Refusal::Overflow);
        }
        let mut head = self.head();
        let id = LotId(head.next_lot);
        head.next_lot = head.next_lot.checked_add(1).ok_or(Refusal::Overflow)?;
        self.set_head(head);
        Ok(id)
    }

    /// The totals of a stack.
    pub(crate) fn totals(&self, stack: StackId) -> Totals {
        match self.get(&Key::Totals(stack)) {
            Some(Record::Totals(totals)) => *totals,
            _ => Totals::default(),
        }
    }

    /// Change the totals of a stack.
    pub(crate) fn set_totals(&mut self, stack: StackId, totals: Totals) {
        self.put(Key::Totals(stack), Record::Totals(totals));
    }

    /// A policy that may be put on coins.
    pub(crate) fn policy(&self, id: &PolicyId) -> Option<Arc<PolicyEntry>> {
        match self.get(&Key::Policy(*id)) {
            Some(Record::Policy(entry)) => Some(Arc::clone(entry)),
            _ => None,
        }
    }

    /// The layers of a stack, base layer first.
    pub(crate) fn layers(&self, stack: &StackId) -> Arc<Stack> {
        match self.get(&Key::Stack(*stack)) {
            Some(Record::Stack(layers)) => Arc::clone(layers),
            _ => Arc::default(),
        }
    }

    /// The id of a stack; its layers are remembered.
    pub(crate) fn stack_of(&mut self, layers: Vec<Layer>) -> StackId {
        let stack = crate::state::stack_id(&layers);
        if !layers.is_empty() && self.get(&Key::Stack(stack)).is_none() {
            self.put(Key::Stack(stack), Record::Stack(Arc::new(Stack::new(layers))));
        }
        stack
    }

    /// The counters kept at a place.
    pub(crate) fn counters(&self, place: &Place) -> Option<&Counters> {
        match place {
            Place::Account(account) => self.account(account).map(|account| &account.counters),
            Place::Shared(scope) => match self.get(&Key::Counters(*scope)) {
                Some(Record::Counters(counters)) => Some(counters),
                _ => None,
            },
        }
    }

    /// The counters kept at a place, to be changed. `None` if the account does not exist.
    pub(crate) fn counters_mut(&mut self, place: &Place) -> Option<&mut Counters> {
        match place {
            Place::Account(account) => {
                self.account_mut(account).map(|account| &mut account.counters)
            }
            Place::Shared(scope) => {
                let key = Key::Counters(*scope);
                if self.get(&key).is_none() {
                    self.put(key.clone(), Record::Counters(Box::default()));
                }
                match self.edit(&key) {
                    Some(Record::Counters(counters)) => Some(counters),
                    _ => None,
                }
            }
        }
    }

    /// Remember that a tick has something to do.
    pub(crate) fn set_due(&mut self, at: Timestamp, what: Due) {
        self.put(Key::Due(at, what), Record::Due);
    }

    /// What was due at a time that has passed is done.
    pub(crate) fn clear_due_if_past(&mut self, at: Timestamp, what: Due) {
        if at <= self.now && self.get(&Key::Due(at, what)).is_some() {
            self.clear_due(at, what);
        }
    }

    /// A tick has nothing to do there any more.
    pub(crate) fn clear_due(&mut self, at: Timestamp, what: Due) {
        self.remove(Key::Due(at, what));
    }
}

/// Something named in the command does not exist.
pub(crate) fn not_found(what: &str) -> Refusal {
    Refusal::NotFound { what: what.to_owned() }
}

/// It exists already, or has been done already.
pub(crate) fn already(what: &str) -> Refusal {
    Refusal::AlreadyDone { what: what.to_owned() }
}

/// A field is out of its range.
pub(crate) fn out_of_range(field: &str) -> Refusal {
    Refusal::OutOfRange { field: field.to_owned() }
}

/// A sum of money that must fit.
pub(crate) fn plus(a: Amount, b: Amount) -> Result<Amount, Refusal> {
    a.checked_add(b).ok_or(Refusal::Overflow)
}
