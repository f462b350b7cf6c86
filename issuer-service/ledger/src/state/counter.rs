//! Counters: what was spent under which rule, in buckets of civil days. A cache of the journal.

use scoin_core::Amount;

use crate::canon::canon_struct;

/// The bucket of a measure with a `life` window.
pub const LIFE: i32 = i32::MIN;

/// All counters of one account or shared scope.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Sorted by (scope, measure, day).
    pub buckets: Vec<Bucket>,
    /// When each gap was last used; sorted by (scope, gap).
    pub lasts: Vec<Last>,
}

/// What was counted on one civil day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Whose spending under which rule: a hash made by the ledger.
    pub scope: [u8; 16],
    /// What is counted: made by the rule.
    pub measure: [u8; 16],
    /// Civil day in the rule's zone, days since 1970-01-01; [`LIFE`] for the sum of all days.
    pub day: i32,
    /// The last day on which some window still reads it.
    pub keep_until: i32,
    /// Money counted.
    pub amount: Amount,
    /// Payments (or rewards) counted.
    pub count: u64,
}

/// When something last happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    /// Whose.
    pub scope: [u8; 16],
    /// Which gap.
    pub gap: [u8; 16],
    /// Microseconds since 1970-01-01T00:00Z.
    pub at: u64,
    /// Until when it matters, in the same unit.
    pub keep_until: u64,
}

/// Where a counter lives and which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Scope.
    pub scope: [u8; 16],
    /// Measure.
    pub measure: [u8; 16],
}

/// Copied to be counted in, nearly always: a payment makes a bucket for each limit that it is the first of the day under.
const SPARE: usize = 4;

impl Clone for Counters {
    fn clone(&self) -> Self {
        let mut buckets = Vec::with_capacity(self.buckets.len().saturating_add(SPARE));
        buckets.extend_from_slice(&self.buckets);
        Self { buckets, lasts: self.lasts.clone() }
    }
}

impl Counters {
    /// True if nothing was ever counted.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty() && self.lasts.is_empty()
    }

    /// The buckets between two civil days, both inclusive.
    pub fn days(&self, slot: Slot, from: i32, to: i32) -> impl Iterator<Item = &Bucket> {
        let key = place(slot.scope, slot.measure, from);
        let start = self.buckets.partition_point(|b| b.place() < key);
        let ours = move |b: &&Bucket| (b.scope, b.measure) == (slot.scope, slot.measure);
        self.buckets.iter().skip(start).take_while(move |b| ours(b) && b.day <= to)
    }

    /// Money and count between two civil days, both inclusive.
    pub fn sum(&self, slot: Slot, from: i32, to: i32) -> (u64, u64) {
        self.days(slot, from, to).fold((0, 0), |(amount, count), b| {
            (amount.saturating_add(b.amount.units()), count.saturating_add(b.count))
        })
    }

    /// Count something on a day.
    pub fn add(&mut self, more: Bucket) {
        match self.find(more.scope, more.measure, more.day) {
            Ok(at) => {
                if let Some(bucket) = self.buckets.get_mut(at) {
                    let sum = bucket.amount.units().saturating_add(more.amount.units());
                    bucket.amount = Amount::new(sum);
                    bucket.count = bucket.count.saturating_add(more.count);
                    bucket.keep_until = bucket.keep_until.max(more.keep_until);
                }
            }
            Err(at) => self.buckets.insert(at, more),
        }
    }

    /// Take back what was counted on a day. A bucket already forgotten stays so.
    pub fn lower(&mut self, slot: Slot, day: i32, amount: Amount, count: u64) {
        if let Ok(at) = self.find(slot.scope, slot.measure, day)
            && let Some(bucket) = self.buckets.get_mut(at)
        {
            bucket.amount = bucket.amount.saturating_sub(amount);
            bucket.count = bucket.count.saturating_sub(count);
            if bucket.amount.is_zero() && bucket.count == 0 {
                self.buckets.remove(at);
            }
        }
    }

    /// When something last happened, in microseconds.
    pub fn last(&self, scope: [u8; 16], gap: [u8; 16]) -> Option<u64> {
        let at = self.lasts.binary_search_by_key(&(scope, gap), |l| (l.scope, l.gap)).ok()?;
        self.lasts.get(at).map(|last| last.at)
    }

    /// Something happened now.
    pub fn touch(&mut self, last: Last) {
        match self.lasts.binary_search_by_key(&(last.scope, last.gap), |l| (l.scope, l.gap)) {
            Ok(at) => {
                if let Some(old) = self.lasts.get_mut(at) {
                    *old = last;
                }
            }
            Err(at) => self.lasts.insert(at, last),
        }
    }

    /// Forget what no window reads any more. `today` is the earliest civil day anywhere on Earth now.
    pub fn prune(&mut self, today: i32, now_micros: u64) {
        self.buckets.retain(|b| b.day == LIFE || b.keep_until >= today);
        self.lasts.retain(|l| l.keep_until >= now_micros);
    }

    fn find(&self, scope: [u8; 16], measure: [u8; 16], day: i32) -> Result<usize, usize> {
        self.buckets.binary_search_by_key(&place(scope, measure, day), Bucket::place)
    }
}

impl Bucket {
    fn place(&self) -> (u128, u128, i32) {
        place(self.scope, self.measure, self.day)
    }
}

/// The order of (scope, measure, day), as numbers: these are compared without a call.
fn place(scope: [u8; 16], measure: [u8; 16], day: i32) -> (u128, u128, i32) {
    (u128::from_be_bytes(scope), u128::from_be_bytes(measure), day)
}

canon_struct!(Counters { buckets, lasts });
canon_struct!(Bucket { scope, measure, day, keep_until, amount, count });
canon_struct!(Last { scope, gap, at, keep_until });
