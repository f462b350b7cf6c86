//! Sets of lots and of item lines, as bits.

/// A set of lots, one bit for each place in the order.
pub(super) type LotSet = u64;

/// The bit of a place in the order.
pub(super) fn bit(at: usize) -> LotSet {
    u32::try_from(at).ok().and_then(|at| 1_u64.checked_shl(at)).unwrap_or(0)
}

/// The places of a set, in order.
pub(super) fn places(mut lots: LotSet) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let at = lots.trailing_zeros();
        lots &= lots.wrapping_sub(1);
        usize::try_from(at).ok().filter(|at| *at < 64)
    })
}

/// A set of item lines, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LineSet([u64; 4]);

impl LineSet {
    /// The lines for which this is true, in order.
    pub(super) fn of(chosen: impl Iterator<Item = bool>) -> Self {
        let mut set = Self::default();
        chosen.enumerate().filter(|(_, chosen)| *chosen).for_each(|(line, _)| set.insert(line));
        set
    }

    fn insert(&mut self, line: usize) {
        if let Some(word) = self.0.get_mut(line / 64) {
            *word |= 1 << (line % 64);
        }
    }

    pub(super) fn contains(&self, line: usize) -> bool {
        self.0.get(line / 64).is_some_and(|word| word & (1 << (line % 64)) != 0)
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        let mut both = *self;
        both.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= other);
        both
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).fold(0, u32::saturating_add)
    }

    /// Its lines, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let words = self.0.into_iter().enumerate();
        words.flat_map(|(at, word)| {
            let first = at.saturating_mul(64);
            places(word).map(move |line| first.saturating_add(line))
        })
    }
}
