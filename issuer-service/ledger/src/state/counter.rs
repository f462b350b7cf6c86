//! Counters: what was spent under which rule, in buckets of civil days. A cache of the journal.
//!
//! Every payment reads and copies them, so they lie close together: the name of a counter stands once before its days.

use scoin_core::Amount;

use crate::canon::{BadBytes, Canon, Input, canon_struct, put_array};

/// The bucket of a measure with a `life` window.
pub const LIFE: i32 = i32::MIN;

/// All counters of one account or shared scope.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Sorted by slot; none without days.
    runs: Vec<Run>,
    /// The days of all runs, one run after the other; sorted within each.
    days: Vec<Day>,
    /// When each gap was last used; sorted by (scope, gap).
    pub lasts: Vec<Last>,
}

/// A counter, and how many days of it there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    slot: Slot,
    days: usize,
}

/// A bucket without the name of its counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    date: i32,
    keep_until: i32,
    amount: Amount,
    count: u64,
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
        Self { runs: with_room(&self.runs), days: with_room(&self.days), lasts: self.lasts.clone() }
    }
}

fn with_room<T: Copy>(from: &[T]) -> Vec<T> {
    let mut copy = Vec::with_capacity(from.len().saturating_add(SPARE));
    copy.extend_from_slice(from);
    copy
}

impl Counters {
    /// True if nothing was ever counted.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty() && self.lasts.is_empty()
    }

    /// Every bucket, sorted by (scope, measure, day).
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> {
        let mut rest = self.days.as_slice();
        self.runs.iter().flat_map(move |run| {
            let ours = rest.split_off(..run.days).unwrap_or_default();
            ours.iter().map(|day| day.of(run.slot))
        })
    }

    /// Everything counted, of whatever kind: a number that only says that all of it was read.
    pub(crate) fn sum_of_all(&self) -> u64 {
        self.days.iter().fold(0, |sum, day| sum.wrapping_add(day.count))
    }

    /// The buckets between two civil days, both inclusive, ascending.
    pub fn days(&self, slot: Slot, from: i32, to: i32) -> impl Iterator<Item = Bucket> {
        let days = self.run(slot).skip_while(move |day| day.date < from);
        days.take_while(move |day| day.date <= to).map(move |day| day.of(slot))
    }

    /// Money and count between two civil days, both inclusive.
    pub fn sum(&self, slot: Slot, from: i32, to: i32) -> (u64, u64) {
        // The days that a window reads are the last ones.
        let days = self.run(slot).rev().skip_while(|day| day.date > to);
        days.take_while(|day| day.date >= from).fold((0, 0), |(amount, count), day| {
            (amount.saturating_add(day.amount.units()), count.saturating_add(day.count))
        })
    }

    /// Count something on a day.
    pub fn add(&mut self, more: Bucket) {
        let slot = more.slot();
        let Bucket { day, keep_until, amount, count, .. } = more;
        let fresh = Day { date: day, keep_until, amount, count };
        let found = self.find(slot);
        if !found.stands {
            self.runs.insert(found.run, Run { slot, days: 0 });
        }
        let Some(run) = self.runs.get_mut(found.run) else { return };
        let end = found.first.saturating_add(run.days);
        let ours = self.days.get_mut(found.first..end).unwrap_or_default();
        match ours.binary_search_by_key(&day, |known| known.date) {
            Ok(at) => {
                if let Some(known) = ours.get_mut(at) {
                    known.add(fresh);
                }
            }
            Err(at) => {
                run.days = run.days.saturating_add(1);
                self.days.insert(found.first.saturating_add(at), fresh);
            }
        }
    }

    /// Take back what was counted on a day. A bucket already forgotten stays so.
    pub fn lower(&mut self, slot: Slot, day: i32, amount: Amount, count: u64) {
        let found = self.find(slot);
        let Some(run) = self.runs.get_mut(found.run).filter(|_| found.stands) else { return };
        let end = found.first.saturating_add(run.days);
        let ours = self.days.get_mut(found.first..end).unwrap_or_default();
        let Ok(at) = ours.binary_search_by_key(&day, |known| known.date) else { return };
        let Some(known) = ours.get_mut(at) else { return };
        known.amount = known.amount.saturating_sub(amount);
        known.count = known.count.saturating_sub(count);
        if known.amount.is_zero() && known.count == 0 {
            run.days = run.days.saturating_sub(1);
            if run.days == 0 {
                self.runs.remove(found.run);
            }
            self.days.remove(found.first.saturating_add(at));
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
        self.lasts.retain(|last| last.keep_until >= now_micros);
        let is_read = |day: &Day| day.date == LIFE || day.keep_until >= today;
        if self.days.iter().all(is_read) {
            return;
        }
        let mut rest = self.days.as_slice();
        for run in &mut self.runs {
            let ours = rest.split_off(..run.days).unwrap_or_default();
            run.days = ours.iter().filter(|day| is_read(day)).count();
        }
        self.runs.retain(|run| run.days > 0);
        self.days.retain(is_read);
    }

    /// The days of a counter, ascending.
    fn run(&self, slot: Slot) -> impl DoubleEndedIterator<Item = &Day> {
        let found = self.find(slot);
        let run = self.runs.get(found.run).filter(|_| found.stands);
        let end = found.first.saturating_add(run.map_or(0, |run| run.days));
        self.days.get(found.first..end).unwrap_or_default().iter()
    }

    /// One after the other: there are only a few.
    fn find(&self, slot: Slot) -> Found {
        let (mut first, wanted) = (0_usize, slot.place());
        for (at, run) in self.runs.iter().enumerate() {
            let place = run.slot.place();
            if place >= wanted {
                return Found { run: at, first, stands: place == wanted };
            }
            first = first.saturating_add(run.days);
        }
        Found { run: self.runs.len(), first, stands: false }
    }
}

/// Where a counter stands, or would stand.
struct Found {
    /// Its place among the runs.
    run: usize,
    /// The place of its first day.
    first: usize,
    stands: bool,
}

impl Bucket {
    /// The counter it belongs to.
    pub fn slot(&self) -> Slot {
        Slot { scope: self.scope, measure: self.measure }
    }
}

impl Slot {
    /// Its order, as numbers: these are compared without a call.
    fn place(&self) -> (u128, u128) {
        (u128::from_be_bytes(self.scope), u128::from_be_bytes(self.measure))
    }
}

impl Day {
    fn of(&self, slot: Slot) -> Bucket {
        let Slot { scope, measure } = slot;
        let Self { date: day, keep_until, amount, count } = *self;
        Bucket { scope, measure, day, keep_until, amount, count }
    }

    fn add(&mut self, more: Self) {
        self.amount = Amount::new(self.amount.units().saturating_add(more.amount.units()));
        self.count = self.count.saturating_add(more.count);
        self.keep_until = self.keep_until.max(more.keep_until);
    }
}

/// As if the buckets stood there one by one.
impl Canon for Counters {
    fn put(&self, out: &mut Vec<u8>) {
        put_array(out, 2);
        put_array(out, self.days.len());
        self.buckets().for_each(|bucket| bucket.put(out));
        self.lasts.put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        input.array(2)?;
        let mut counters = Self::default();
        for _ in 0..input.array_length()? {
            // What is out of order or stands twice is not written back as it was.
            counters.add(Bucket::take(input)?);
        }
        counters.lasts = Canon::take(input)?;
        Ok(counters)
    }
}

canon_struct!(Bucket { scope, measure, day, keep_until, amount, count });
canon_struct!(Last { scope, gap, at, keep_until });
