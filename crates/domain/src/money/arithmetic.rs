//! Adding amounts, and taking parts of amounts and of counts.

use std::{
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

use super::{Cents, Share, allocation::floored};

/// Wrong money is worse than no answer: what cannot be is a bug, and stops, in release builds too.
const TOO_LARGE: &str = "no sum of the programme's amounts comes near ninety thousand billion euro";

impl Cents {
    /// Nothing.
    pub const ZERO: Cents = Cents(0);

    /// The part `numerator / denominator` of it, downwards to the cent; the whole of it where the denominator is 0.
    #[must_use]
    pub fn floor_ratio(self, numerator: u32, denominator: u32) -> Cents {
        if denominator == 0 {
            return self;
        }
        let exact = i128::from(self.0) * i128::from(numerator);
        let part = exact.div_euclid(i128::from(denominator));
        Cents(i64::try_from(part).expect(TOO_LARGE))
    }
}

impl Share {
    /// The share of an amount, downwards to the cent: caps never round up.
    #[must_use]
    pub fn floor_of(self, amount: Cents) -> Cents {
        floored(i128::from(amount.0) * i128::from(self.millionths()), i128::from(Share::WHOLE))
    }

    /// The share of a count, upwards: a threshold of 7.5 points is reached by 8.
    #[must_use]
    pub fn ceil_of(self, count: u32) -> u32 {
        let exact = u64::from(count) * u64::from(self.millionths());
        u32::try_from(exact.div_ceil(u64::from(Share::WHOLE))).expect("a share of a count is no larger than the count")
    }
}

impl Add for Cents {
    type Output = Cents;
    fn add(self, other: Cents) -> Cents {
        Cents(self.0.checked_add(other.0).expect(TOO_LARGE))
    }
}

impl Sub for Cents {
    type Output = Cents;
    fn sub(self, other: Cents) -> Cents {
        Cents(self.0.checked_sub(other.0).expect(TOO_LARGE))
    }
}

impl Neg for Cents {
    type Output = Cents;
    fn neg(self) -> Cents {
        Cents::ZERO - self
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Cents) {
        *self = *self + other;
    }
}

impl SubAssign for Cents {
    fn sub_assign(&mut self, other: Cents) {
        *self = *self - other;
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Cents>>(amounts: I) -> Cents {
        amounts.fold(Cents::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Cents> for Cents {
    fn sum<I: Iterator<Item = &'a Cents>>(amounts: I) -> Cents {
        amounts.copied().sum()
    }
}
