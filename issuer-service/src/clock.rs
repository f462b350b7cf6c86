//! The only place that reads the time.

use std::sync::atomic::{AtomicU64, Ordering};

use scoin_core::Timestamp;

/// Where the sequencer takes its time from. Ledger time is `max(last + 1 µs, clock)`.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Move forward to an instant; `false` if this clock cannot be moved or the instant is in its past.
    fn advance(&self, to: Timestamp) -> bool;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock of the shell")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let micros = since.map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(u64::MAX));
        Timestamp::from_micros(micros)
    }

    fn advance(&self, _to: Timestamp) -> bool {
        false
    }
}

/// A clock that stands still until it is moved. For sandbox cities and tests only.
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// Standing at an instant.
    pub fn new(start: Timestamp) -> Self {
        Self(AtomicU64::new(start.micros()))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn advance(&self, to: Timestamp) -> bool {
        self.0.fetch_max(to.micros(), Ordering::SeqCst) <= to.micros()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_never_goes_back() {
        let clock = ManualClock::new(Timestamp::from_micros(10));
        assert!(clock.advance(Timestamp::from_micros(20)));
        assert!(!clock.advance(Timestamp::from_micros(19)));
        assert!(clock.advance(Timestamp::from_micros(20)));
        assert_eq!(clock.now().micros(), 20);
    }

    #[test]
    fn the_system_clock_cannot_be_moved() {
        assert!(!SystemClock.advance(Timestamp::from_micros(u64::MAX)));
        assert!(SystemClock.now().micros() > 1_700_000_000_000_000);
    }
}
