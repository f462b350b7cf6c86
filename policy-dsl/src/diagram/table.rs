//! A small hash table of places in a list: where nodes and results are found again.
//!
//! The hash is fixed, so every run does the same. Whoever makes a policy could look for keys that collide: a search that
//! takes too long gives up, and the question counts as too large.

/// The longest search. Keys that were not chosen to collide need a handful.
const PROBES_MAX: usize = 512;

/// Places in a list, found by hash.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Hash and place plus one; a place of zero is an empty slot. A power of two of them, at most half full.
    slots: Vec<(u32, u32)>,
    used: usize,
}

/// What a search comes to.
pub(super) enum Found {
    /// It is there.
    At(usize),
    /// It is not.
    Nowhere,
    /// The search was given up.
    TooLong,
}

impl Table {
    /// The place with this hash for which `same` holds.
    pub(super) fn find(&self, hash: u64, same: impl Fn(usize) -> bool) -> Found {
        for (slot, place) in self.chain(hash).take(PROBES_MAX) {
            let Some(place) = usize::try_from(place).ok().and_then(|place| place.checked_sub(1))
            else {
                return Found::Nowhere;
            };
            if slot == short(hash) && same(place) {
                return Found::At(place);
            }
        }
        if self.slots.is_empty() { Found::Nowhere } else { Found::TooLong }
    }

    /// Remembers a place. It must not be there yet.
    pub(super) fn insert(&mut self, hash: u64, place: usize) {
        if self.used.saturating_mul(2) >= self.slots.len() {
            self.grow();
        }
        self.used = self.used.saturating_add(1);
        let place = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1);
        self.put(short(hash), place);
    }

    fn put(&mut self, hash: u32, place: u32) {
        let mask = self.slots.len().saturating_sub(1);
        let mut at = start(hash, mask);
        while self.slots.get(at).is_some_and(|(_, taken)| *taken != 0) {
            at = at.saturating_add(1) & mask;
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = (hash, place);
        }
    }

    fn grow(&mut self) {
        let larger = self.slots.len().saturating_mul(2).max(64);
        let old = core::mem::replace(&mut self.slots, vec![(0, 0); larger]);
        for (hash, place) in old.into_iter().filter(|(_, place)| *place != 0) {
            self.put(hash, place);
        }
    }

    fn chain(&self, hash: u64) -> impl Iterator<Item = (u32, u32)> {
        let first = start(short(hash), self.slots.len().saturating_sub(1));
        let from_first = self.slots.iter().skip(first);
        from_first.chain(self.slots.iter().take(first)).copied()
    }
}

/// Adds a number to a hash.
pub(super) fn mix(hash: u64, number: u32) -> u64 {
    (hash ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31)
}

fn start(hash: u32, mask: usize) -> usize {
    usize::try_from(hash).unwrap_or(0) & mask
}

fn short(hash: u64) -> u32 {
    u32::try_from(hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_found_and_nothing_else() {
        let mut table = Table::default();
        assert!(matches!(table.find(7, |_| true), Found::Nowhere));
        for number in 0..5_000_u32 {
            table.insert(mix(1, number), usize::try_from(number).unwrap());
        }
        for number in 0..10_000_u32 {
            let place = usize::try_from(number).unwrap();
            let found = table.find(mix(1, number), |at| at == place);
            assert_eq!(matches!(found, Found::At(at) if at == place), number < 5_000);
        }
    }

    #[test]
    fn a_search_among_too_many_alike_is_given_up() {
        let mut table = Table::default();
        (0..2_000).for_each(|place| table.insert(3, place));
        assert!(matches!(table.find(3, |_| false), Found::TooLong));
        assert!(matches!(table.find(3, |at| at == 10), Found::At(10)));
    }
}
