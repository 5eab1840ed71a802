use proptest::prelude::*;

use super::{
    reduction::{Gate, payable},
    *,
};
use crate::programme::rules::Reduction;

fn euro(text: &str) -> Cents {
    text.replace(',', "").parse().unwrap()
}

fn shares(percent: &[&str]) -> Vec<Share> {
    percent.iter().map(|text| text.parse().unwrap()).collect()
}

fn allocated(total: &str, percent: &[&str]) -> Vec<Cents> {
    allocate(euro(total), &shares(percent))
}

fn amounts(texts: &[&str]) -> Vec<Cents> {
    texts.iter().map(|text| euro(text)).collect()
}

fn gate(reached: u32, needed: u32) -> Option<Gate> {
    Some(Gate { reached, needed })
}

const SCHEDULE: [&str; 5] = ["0.10", "0.25", "0.30", "0.33", "0.02"];

#[test]
fn awards_split_into_tranches_to_the_cent() {
    for (award, tranches) in [
        ("18,658,505.00", ["1,865,850.50", "4,664,626.25", "5,597,551.50", "6,157,306.65", "373,170.10"]),
        ("1,940,225.15", ["194,022.52", "485,056.29", "582,067.54", "640,274.30", "38,804.50"]),
        ("440,059.10", ["44,005.91", "110,014.78", "132,017.73", "145,219.50", "8,801.18"]),
    ] {
        assert_eq!(allocated(award, &SCHEDULE), amounts(&tranches), "{award}");
    }
}

#[test]
fn ties_go_by_order_and_nothing_splits_nothing() {
    assert_eq!(allocated("0.01", &["0.5", "0.5"]), amounts(&["0.01", "0.00"]));
    assert_eq!(allocate(euro("1.00"), &[]), []);
    assert_eq!(allocated("1.00", &["0"]), amounts(&["0.00"]));
}

/// Project P: 10 points, 8,055 citizens, award 440,059.10; its second, third and fourth tranche.
const M1: &str = "110,014.78";
const M2: &str = "132,017.73";
const M3: &str = "145,219.50";

#[test]
fn a_milestone_met_in_part_pays_in_part() {
    let paid = |reduction| payable(euro(M1), gate(8, 8), gate(1_611, 2_014), reduction);
    assert_eq!(paid(Reduction::WeakestLink), euro("88,000.89"));
    assert_eq!(euro(M1) - paid(Reduction::WeakestLink), euro("22,013.89"));
    assert_eq!(paid(Reduction::AllOrNothing), Cents::ZERO);
    assert_eq!(paid(Reduction::Mean), euro("99,007.83"));
}

#[test]
fn the_weaker_of_points_and_citizens_decides() {
    let paid = payable(euro(M1), gate(4, 8), gate(1_611, 2_014), Reduction::WeakestLink);
    assert_eq!(paid, euro("55,007.39"));
    assert_eq!(payable(euro(M1), gate(9, 8), gate(5_000, 2_014), Reduction::Mean), euro(M1), "more is not paid more");
    assert_eq!(payable(euro(M3), None, gate(8_055, 8_055), Reduction::AllOrNothing), euro(M3));
    assert_eq!(payable(euro(M3), None, gate(0, 0), Reduction::WeakestLink), euro(M3), "what needs nothing is reached");
    assert_eq!(payable(euro(M3), None, gate(1, 2), Reduction::Mean), euro("72,609.75"));
}

#[test]
fn a_cure_releases_what_it_earned() {
    let at = |citizens| payable(euro(M1), gate(8, 8), gate(citizens, 2_014), Reduction::WeakestLink);
    assert_eq!(at(2_014) - at(1_611), euro("22,013.89"));
    assert_eq!(at(1_900) - at(1_611), euro("15,786.63"));
    assert_eq!(euro(M1) - at(1_900), euro("6,227.26"));
}

#[test]
fn persons_lost_after_payment_are_netted_from_the_next_tranche() {
    let at = |citizens| payable(euro(M2), gate(10, 10), gate(citizens, 4_833), Reduction::WeakestLink);
    assert_eq!(at(4_834), euro(M2));
    assert_eq!(euro(M2) - at(4_832), euro("27.32"));
    assert_eq!(euro(M3) - (euro(M2) - at(4_832)), euro("145,192.18"));
    assert_eq!(at(4_791), euro("130,870.46"));
    assert_eq!(euro(M2) - at(4_791), euro("1,147.27"));
    assert_eq!(euro(M3) - (euro(M2) - at(4_791)), euro("144,072.23"));
}

#[test]
fn a_smaller_target_splits_what_is_left_by_what_is_left() {
    let award = euro("440,059.10").floor_ratio(6_040, 8_055);
    assert_eq!(award, euro("329,976.03"));
    let paid = euro("44,005.91") + euro(M1);
    assert_eq!(paid, euro("154,020.69"));
    let residual = award - paid;
    assert_eq!(residual, euro("175,955.34"));
    let split = allocate(residual, &shares(&["0.30", "0.33", "0.02"]));
    assert_eq!(split, amounts(&["81,210.16", "89,331.17", "5,414.01"]));
}

#[test]
fn caps_never_round_up() {
    let caps = shares(&["0.90", "0.05", "0.05"]).into_iter().map(|cap| cap.floor_of(euro("154,020.69")));
    assert_eq!(caps.collect::<Vec<_>>(), amounts(&["138,618.62", "7,701.03", "7,701.03"]));
}

#[test]
fn thresholds_round_up() {
    let of = |share: &str, count| share.parse::<Share>().unwrap().ceil_of(count);
    assert_eq!(of("0.75", 10), 8);
    assert_eq!(of("0.25", 341_544), 85_386);
    assert_eq!(of("0.60", 341_544), 204_927);
    assert_eq!((of("0.25", 8_055), of("0.60", 8_055), of("1", 8_055)), (2_014, 4_833, 8_055));
}

#[test]
fn amounts_are_read_exactly_or_not_at_all() {
    for text in ["440059.10", "0.00", "9999999999999.99"] {
        assert_eq!(text.parse::<Cents>().unwrap().to_string(), text);
    }
    for text in ["-5", "-5.00", "-0.01", "\u{2212}5"] {
        assert_eq!(text.parse::<Cents>(), Err(InvalidAmount::Negative), "{text}");
    }
    for text in ["-", "--5", "-1.001", "-1,00", "+1", "1.001", "1.", ".5", "", "1,00", "1e3", " 1", "12345678901234"] {
        assert_eq!(text.parse::<Cents>(), Err(InvalidAmount::Money), "{text}");
    }
    assert_eq!((euro("1") - euro("1.05")).to_string(), "-0.05");
    assert_eq!(-euro("2.50"), Cents(-250));
}

#[test]
fn shares_are_parts_of_one_whole() {
    for (text, written) in [("0.1", "0.10"), ("1", "1.00"), ("0.333333", "0.333333"), ("0.000100", "0.0001")] {
        assert_eq!(text.parse::<Share>().unwrap().to_string(), written);
    }
    for text in ["1.000001", "2", "0.1234567", "-0.1"] {
        assert_eq!(text.parse::<Share>(), Err(InvalidAmount::Share), "{text}");
    }
}

/// Shares that sum to one: the gaps between sorted cuts.
fn whole() -> impl Strategy<Value = Vec<Share>> {
    proptest::collection::vec(0..=Share::WHOLE, 0..8).prop_map(|mut cuts| {
        cuts.extend([0, Share::WHOLE]);
        cuts.sort_unstable();
        cuts.windows(2).filter_map(|pair| Share::from_millionths(pair[1] - pair[0])).collect()
    })
}

proptest! {
    #[test]
    fn no_cent_is_lost_or_made(total in -1_000_000_000_000_000_i64..1_000_000_000_000_000, weights in whole()) {
        let total = Cents(total);
        let parts = allocate(total, &weights);
        prop_assert_eq!(parts.iter().sum::<Cents>(), total);
        for (part, weight) in parts.iter().zip(&weights) {
            let over = *part - weight.floor_of(total);
            prop_assert!(over == Cents::ZERO || over == Cents(1));
        }
    }

    #[test]
    fn nobody_is_paid_more_than_planned(
        planned in 0..1_000_000_000_000_i64, points in any::<[u32; 2]>(), citizens in any::<[u32; 2]>(),
    ) {
        let [points, citizens] = [points, citizens].map(|[reached, needed]| Some(Gate { reached, needed }));
        let by = |reduction| payable(Cents(planned), points, citizens, reduction);
        let (nothing, weakest, mean) = (by(Reduction::AllOrNothing), by(Reduction::WeakestLink), by(Reduction::Mean));
        prop_assert!(Cents::ZERO <= nothing && nothing <= weakest && weakest <= mean && mean <= Cents(planned));
    }

    #[test]
    fn an_amount_reads_back(cents in 0..1_000_000_000_000_000_i64, millionths in 0..=Share::WHOLE) {
        prop_assert_eq!(Cents(cents).to_string().parse::<Cents>(), Ok(Cents(cents)));
        let share = Share::from_millionths(millionths).unwrap();
        prop_assert_eq!(share.to_string().parse::<Share>(), Ok(share));
    }
}
