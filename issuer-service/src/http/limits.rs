//! Token buckets: how many requests a second are taken from one device key or account.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Buckets kept before the full ones (those nobody draws from) are forgotten.
const BUCKETS_MAX: usize = 100_000;
/// Microtokens in a token: whole numbers instead of fractions.
const MICRO: u64 = 1_000_000;

/// One bucket for each key.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    per_second: u32,
    burst: u32,
    by_key: Mutex<BTreeMap<K, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    microtokens: u64,
    at: Instant,
}

impl<K: Ord + Clone> Buckets<K> {
    /// `per_second` 0 is no limit.
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second, burst, by_key: Mutex::default() }
    }

    /// Take a token; the seconds to wait if there is none.
    pub(crate) fn take(&self, key: &K) -> Result<(), u32> {
        self.take_at(key, Instant::now())
    }

    fn take_at(&self, key: &K, now: Instant) -> Result<(), u32> {
        if self.per_second == 0 {
            return Ok(());
        }
        let mut buckets = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > BUCKETS_MAX {
            buckets.retain(|_, bucket| self.filled(*bucket, now) < self.full());
        }
        let fresh = Bucket { microtokens: self.full(), at: now };
        let bucket = buckets.entry(key.clone()).or_insert(fresh);
        *bucket = Bucket { microtokens: self.filled(*bucket, now), at: now };
        match bucket.microtokens.checked_sub(MICRO) {
            Some(rest) => {
                bucket.microtokens = rest;
                Ok(())
            }
            None => Err(1),
        }
    }

    fn full(&self) -> u64 {
        u64::from(self.burst).saturating_mul(MICRO)
    }

    fn filled(&self, bucket: Bucket, now: Instant) -> u64 {
        let since = now.checked_duration_since(bucket.at).unwrap_or(Duration::ZERO);
        let micros = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
        let more = micros.saturating_mul(u64::from(self.per_second));
        bucket.microtokens.saturating_add(more).min(self.full())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        let buckets = Buckets::new(2, 3);
        let start = Instant::now();
        let taken = |at: Duration, times: usize| {
            (0..times).filter(|_| buckets.take_at(&"a", start + at).is_ok()).count()
        };
        assert_eq!(taken(Duration::ZERO, 9), 3);
        assert_eq!(taken(Duration::from_millis(499), 9), 0);
        assert_eq!(taken(Duration::from_millis(1499), 9), 2);
        assert_eq!(taken(Duration::from_mins(1), 9), 3);
        assert!(buckets.take_at(&"b", start).is_ok(), "others have their own");
    }

    #[test]
    fn zero_is_no_limit() {
        let buckets = Buckets::new(0, 0);
        assert!((0..1000).all(|_| buckets.take(&1).is_ok()));
    }
}
