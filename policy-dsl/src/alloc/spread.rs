//! Shares of a total by largest remainder.

/// Splits `total` in proportion to `weights` by largest remainder, ties to the first. The parts add up to `total`
/// unless all weights are zero; no part exceeds its weight as long as `total` does not exceed their sum.
pub fn spread(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut given = 0_u64;
    for (at, weight) in weights.iter().enumerate() {
        let exact = u128::from(total).saturating_mul(u128::from(*weight));
        let part = exact.checked_div(sum).and_then(|part| u64::try_from(part).ok()).unwrap_or(0);
        remainders.push((core::cmp::Reverse(exact.checked_rem(sum).unwrap_or(0)), at));
        given = given.saturating_add(part);
        parts.push(part);
    }
    remainders.sort_unstable();
    let left = usize::try_from(total.saturating_sub(given)).unwrap_or(0);
    for (_, at) in remainders.into_iter().take(left) {
        if let Some(part) = parts.get_mut(at) {
            *part = part.saturating_add(1);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_ties_go_to_the_first() {
        assert_eq!(spread(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(spread(1, &[1, 1, 1]), [1, 0, 0]);
        assert_eq!(spread(7, &[10, 0, 4]), [5, 0, 2]);
        assert_eq!(spread(5, &[]), Vec::<u64>::new());
        assert_eq!(spread(5, &[0, 0]), [0, 0]);
        assert_eq!(spread(u64::MAX, &[u64::MAX, u64::MAX]), [1 << 63, (1 << 63) - 1]);
    }

    #[test]
    fn no_part_exceeds_its_weight_and_no_unit_is_lost() {
        for total in 0..=40_u64 {
            let parts = spread(total, &[7, 13, 0, 20]);
            assert_eq!(parts.iter().sum::<u64>(), total);
            assert!(
                parts.iter().zip([7, 13, 0, 20]).all(|(part, weight)| *part <= weight),
                "{parts:?}"
            );
        }
    }
}
