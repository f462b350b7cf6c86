//! Natural numbers of any size: volumes are counted exactly, so that equal sets have equal ranks.

use core::cmp::Ordering;

/// A natural number; limbs of 64 bits, lowest first, no leading zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Natural(Vec<u64>);

impl Natural {
    pub(crate) fn new(value: u64) -> Self {
        Self(if value == 0 { Vec::new() } else { vec![value] })
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let mut carry = false;
        self.0.resize(self.0.len().max(other.0.len()), 0);
        for (at, limb) in self.0.iter_mut().enumerate() {
            let more = other.0.get(at).copied().unwrap_or(0);
            let (sum, first) = limb.overflowing_add(more);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, first || second);
        }
        if carry {
            self.0.push(1);
        }
    }

    #[must_use]
    pub(crate) fn times(&self, factor: u64) -> Self {
        let mut carry = 0_u128;
        let mut limbs = Vec::with_capacity(self.0.len().saturating_add(1));
        for limb in &self.0 {
            // At most (2^64 - 1)^2 + 2^64 - 1, which fits.
            carry = u128::from(*limb).saturating_mul(u128::from(factor)).saturating_add(carry);
            limbs.push(low(carry));
            carry >>= 64;
        }
        limbs.push(low(carry));
        Self(limbs).trimmed()
    }

    /// The first `bits` binary places of `self / whole`, rounded down; one is `1 << bits`. At most 127 bits.
    pub(crate) fn share_of(&self, whole: &Self, bits: u32) -> u128 {
        if self.compare(whole) != Ordering::Less {
            return 1_u128.checked_shl(bits).unwrap_or(u128::MAX);
        }
        let mut rest = self.clone();
        let mut share = 0_u128;
        for _ in 0..bits {
            rest = rest.times(2);
            share <<= 1;
            if rest.compare(whole) != Ordering::Less {
                rest.subtract(whole);
                share |= 1;
            }
        }
        share
    }

    fn compare(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Takes away a number that is not greater.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (at, limb) in self.0.iter_mut().enumerate() {
            let less = other.0.get(at).copied().unwrap_or(0);
            let (rest, first) = limb.overflowing_sub(less);
            let (rest, second) = rest.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (rest, first || second);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }
}

fn low(wide: u128) -> u64 {
    u64::try_from(wide & u128::from(u64::MAX)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact_beyond_a_machine_word() {
        let mut third = Natural::new(1);
        let mut whole = Natural::new(3);
        for _ in 0..40 {
            third = third.times(u64::MAX);
            whole = whole.times(u64::MAX);
        }
        assert_eq!(third.share_of(&whole, 8), 0b0101_0101);
        let mut sum = third.clone();
        sum.add(&third);
        sum.add(&third);
        assert_eq!(sum, whole);
        assert_eq!(sum.share_of(&whole, 120), 1 << 120);
        whole.add(&Natural::new(1));
        assert_eq!(sum.share_of(&whole, 120), (1 << 120) - 1);
        assert_eq!(Natural::new(7).times(0), Natural::default());
    }

    #[test]
    fn carries_and_borrows_pass_through_limbs() {
        let mut many = Natural::new(u64::MAX).times(u64::MAX);
        let before = many.clone();
        many.add(&Natural::new(u64::MAX).times(2));
        many.add(&Natural::new(1));
        assert_eq!(many, Natural(vec![0, 0, 1]));
        many.subtract(&Natural::new(u64::MAX).times(2));
        many.subtract(&Natural::new(1));
        assert_eq!(many, before);
    }
}
