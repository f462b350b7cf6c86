//! Ledger time: microseconds since 1970-01-01T00:00:00Z, stamped by the sequencer.

/// An instant. Civil time is computed from it in a named zone, by the ledger or a shell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// From microseconds since 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// This instant plus some microseconds, at most the last representable one.
    #[must_use]
    pub const fn saturating_add_micros(self, micros: u64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}
