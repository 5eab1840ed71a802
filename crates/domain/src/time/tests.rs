use jiff::civil::date;
use proptest::prelude::*;

use super::*;

#[test]
fn a_time_of_day_is_written_one_way() {
    let last: TimeOfDay = "23:59".parse().unwrap();
    assert_eq!(last.minutes(), 1_439);
    assert!(last.minutes() < TimeOfDay::END_OF_DAY, "a service without a time comes after it");
    for wrong in ["24:00", "23:60", "9:30", "09:3", "09.30", "09:30:00", "", "٠٩:٣٠"] {
        assert_eq!(wrong.parse::<TimeOfDay>(), Err(InvalidTime), "{wrong}");
    }
}

#[test]
fn a_month_is_written_one_way() {
    let march: Month = "2024-03".parse().unwrap();
    assert_eq!(march, Month::of(date(2024, 3, 31)));
    assert_eq!(march.first_day(), date(2024, 3, 1));
    for wrong in ["2024-13", "2024-00", "2024-3", "2024/03", "2024-03-01", "03-2024", "2024W09", ""] {
        assert_eq!(wrong.parse::<Month>(), Err(InvalidMonth), "{wrong}");
    }
}

#[test]
fn a_semester_is_half_a_year() {
    let semester = |text: &str| text.parse::<Month>().unwrap().semester();
    assert_eq!((semester("2024-01"), semester("2024-06")), ("2024-S1".to_owned(), "2024-S1".to_owned()));
    assert_eq!((semester("2024-07"), semester("2024-12")), ("2024-S2".to_owned(), "2024-S2".to_owned()));
}

proptest! {
    #[test]
    fn times_read_back_and_keep_their_order(a in 0..1_440_u16, b in 0..1_440_u16) {
        let [a, b] = [a, b].map(|minutes| TimeOfDay::new(minutes / 60, minutes % 60).unwrap());
        let written = serde_json::to_string(&a).unwrap();
        prop_assert_eq!(serde_json::from_str::<TimeOfDay>(&written).unwrap(), a);
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
    }

    #[test]
    fn what_is_read_as_a_month_is_written_the_same(text in "[0-9+-]{7}|[0-9]{4}-[01][0-9]") {
        if let Ok(month) = text.parse::<Month>() {
            prop_assert_eq!(month.to_string(), text);
        }
    }
}
