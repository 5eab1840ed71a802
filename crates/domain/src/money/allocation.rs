//! Splitting an amount without losing a cent.

use std::cmp::Reverse;

use super::{Cents, Share};

/// Splits an amount by weights, by largest remainder (domain.md, 6): every part is floored, then the missing cents go
/// to the largest fractional parts, ties by order. The parts sum to the total, to the cent.
///
/// Weights count relative to their sum, so that 30, 33 and 2 % split a whole residual. All zero, or none, they split
/// nothing: the parts are zero.
#[must_use]
pub fn allocate(total: Cents, weights: &[Share]) -> Vec<Cents> {
    let weights: Vec<u64> = weights.iter().map(|weight| weight.millionths().into()).collect();
    apportion(total.0, &weights).into_iter().map(Cents).collect()
}

/// The same of anything that is counted, citizens for one, by weights of any size.
#[must_use]
pub fn apportion(total: i64, weights: &[u64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: &u64| i128::from(total) * i128::from(*weight);
    let mut parts: Vec<i64> = weights.iter().map(|weight| floored(exact(weight), sum).0).collect();
    let given: i64 = parts.iter().sum();

    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|i| Reverse(exact(&weights[*i]).rem_euclid(sum)));
    let missing = usize::try_from(total - given).expect("floors never sum to more than the total");
    for i in order.into_iter().take(missing) {
        parts[i] += 1;
    }
    parts
}

/// `numerator / denominator` in whole cents, downwards.
pub(super) fn floored(numerator: i128, denominator: i128) -> Cents {
    let whole = numerator.div_euclid(denominator);
    Cents(i64::try_from(whole).expect("a part of an amount is no larger than the amount"))
}
