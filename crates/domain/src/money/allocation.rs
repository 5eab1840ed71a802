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
    let sum: i128 = weights.iter().map(|weight| i128::from(weight.millionths())).sum();
    if sum == 0 {
        return vec![Cents::default(); weights.len()];
    }
    let exact = |weight: &Share| i128::from(total.0) * i128::from(weight.millionths());
    let mut parts: Vec<Cents> = weights.iter().map(|weight| floored(exact(weight), sum)).collect();
    let given: Cents = parts.iter().copied().sum();

    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|i| Reverse(exact(&weights[*i]).rem_euclid(sum)));
    let missing = usize::try_from((total - given).0).expect("floors never sum to more than the total");
    for i in order.into_iter().take(missing) {
        parts[i] += Cents(1);
    }
    parts
}

/// `numerator / denominator` in whole cents, downwards.
pub(super) fn floored(numerator: i128, denominator: i128) -> Cents {
    let whole = numerator.div_euclid(denominator);
    Cents(i64::try_from(whole).expect("a part of an amount is no larger than the amount"))
}
