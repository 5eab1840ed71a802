//! What a milestone's figures open into, and what is said before a claim is made.

use jiff::civil::Date;
use traccia_domain::milestone::command::Checked;

use super::*;
use crate::{
    answer::{Answer, ReadError},
    counting::queries::{Days, Persons, persons},
    testing::drawn::until_met,
};

on_every_database! {
    every_figure_opens_into_as_many_whatever_happened
    what_waits_on_a_day_was_given_by_then
    a_number_that_is_reached_has_its_day_and_no_forecast
    what_a_claim_would_be_is_said_before_it_is_made
    a_cure_is_the_last_claim_and_says_so
    the_list_opens_by_what_holds_and_by_what_was_drawn_and_found
}

/// How many items all the pages of a list have.
async fn of_pages<T>(page: impl AsyncFn(Paging) -> Result<Option<Answer<Page<T>>>, ReadError>) -> u32 {
    let (mut items, mut after) = (0, None);
    loop {
        let page = page(Paging::new(after.as_deref(), Some(5)).unwrap()).await.unwrap().unwrap().body;
        items += u32::try_from(page.items.len()).unwrap();
        after = page.next;
        if after.is_none() {
            return items;
        }
    }
}

async fn behind(reader: &Reader, which: Shown) -> u32 {
    of_pages(async |paging| persons_of_milestone(reader, &a(), "M1", which, &paging).await).await
}

async fn every_figure_opens_into_as_many_whatever_happened(place: Place) {
    until_met(place, "counted, waiting, lately", figures_of).await;
}

async fn figures_of(place: Place, seed: u64) -> [u64; 3] {
    let mut written = Written::drawn_with_reports(place, 120, seed).await;
    let drawn = written.head().await;
    // Whatever was drawn, somebody counts and somebody waits.
    for (number, on) in [(900, "2024-04-05"), (901, "2024-08-05")] {
        written.register(number).await;
        written.serve(number, number, "a-1", "f-a-1", on, FACILITATION).await;
    }
    for month in ["2024-02", "2024-03", "2024-04", "2024-05"] {
        written.report("a", month, "2024-07-10").await;
    }
    written.write().await;
    let head = written.head().await;
    let mut seen = [0; 3];
    for known in [head, drawn * 2 / 3] {
        for on in (3..13).map(|month| date(2024, month, 1)) {
            let reader = written.at(known).await.about(Some(on));
            let found = m1(&reader).await;
            let what = format!("{on} at {known}: {found:?}");
            let Citizens { counted, at_risk, waiting, .. } = found.citizens;
            assert_eq!(behind(&reader, Shown::Counted).await, counted, "{what}");
            assert_eq!(behind(&reader, Shown::Waiting).await, waiting, "{what}");
            let risky = persons_of_milestone(&reader, &a(), "M1", Shown::AtRisk, &Paging::default()).await;
            let risky = risky.unwrap().unwrap().body.items;
            let lost = risky.iter().filter(|one| one.counted).count();
            assert_eq!(lost.saturating_sub(risky.len() - lost), at_risk as usize, "{what}");
            let pace = found.pace.unwrap();
            let (place, days) = (
                UnitFilter { project: Some(a()), ..UnitFilter::default() },
                Days { since: Some(pace.since), through: Some(on) },
            );
            let lately =
                of_pages(async |paging| persons(&reader, &place, Persons::Counted, days, &paging).await.map(Some));
            assert_eq!(lately.await, pace.counted, "{what}");
            for (sum, n) in seen.iter_mut().zip([counted, waiting, pace.counted]) {
                *sum += n;
            }
        }
    }
    seen.map(u64::from)
}

async fn what_waits_on_a_day_was_given_by_then(place: Place) {
    let mut written = begun(place).await;
    written.serve(5, 5, "a-2", "f-a-2", "2024-06-11", FACILITATION).await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    for (on, waiting) in [(date(2024, 5, 10), 0), (date(2024, 5, 31), 1), (date(2024, 6, 11), 2), (date(2025, 1, 1), 2)]
    {
        let reader = reader.clone().about(Some(on));
        assert_eq!((m1(&reader).await.citizens.waiting, behind(&reader, Shown::Waiting).await), (waiting, waiting));
        assert_eq!(m1(&reader).await.citizens.counted, 4, "what was accepted counts on any day");
    }
}

async fn a_number_that_is_reached_has_its_day_and_no_forecast(place: Place) {
    let mut written = Written::network(place).await;
    for number in 0..9 {
        written.register(number).await;
        let on = format!("2024-05-{:02}", 10 + number);
        written.serve(number, number, "a-1", "f-a-1", &on, FACILITATION).await;
    }
    written.report("a", "2024-05", "2024-06-10").await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let pace = m1(&reader.clone().about(Some(date(2024, 7, 1)))).await.pace.unwrap();
    // Eight of nine are needed: the eighth was served on the 17th.
    assert_eq!((pace.missing, pace.reached_on, pace.forecast), (0, Some(date(2024, 5, 17)), None));
    assert_eq!((pace.counted, pace.since, pace.left_days), (0, date(2024, 6, 4), 183));
    let before = begun_pace(&mut written).await;
    assert_eq!((before.missing, before.reached_on), (1, None), "two are disputed and voided");
    assert_eq!((before.counted, before.forecast), (7, Some(date(2024, 6, 5))), "28 / 7 days for one, from the first");
}

/// The pace on the first of June once two of the services are voided.
async fn begun_pace(written: &mut Written) -> Pace {
    for number in 0..2 {
        written.of_service(number, "service_voided").await;
    }
    written.write().await;
    m1(&written.known_at(KnownAt::Now).await.about(Some(date(2024, 6, 1)))).await.pace.unwrap()
}

fn claimable(cure: bool, second_until: Option<Date>) -> Claimable {
    Claimable { cure, second_until, tranche: None, points: 2, citizens: 4, share: "0.5".parse().unwrap() }
}

async fn what_a_claim_would_be_is_said_before_it_is_made(place: Place) {
    let mut written = begun(place).await;
    written.write().await;
    let said =
        async |written: &Written, on: Date| m1(&written.known_at(KnownAt::Now).await.about(Some(on))).await.claimable;
    assert_eq!(said(&written, date(2025, 1, 30)).await, None, "not reached, and the cut-off has not passed");
    // Two points of three, four citizens of eight.
    assert_eq!(said(&written, date(2025, 1, 31)).await, Some(claimable(false, None)));
    written.adopt("p", "2024-01-01", json!({"counting": {"cure_days": 60}})).await;
    written.write().await;
    assert_eq!(said(&written, date(2025, 1, 31)).await, Some(claimable(false, Some(date(2025, 3, 31)))));
}

async fn a_cure_is_the_last_claim_and_says_so(place: Place) {
    let mut written = begun(place).await;
    written.adopt("p", "2024-01-01", json!({"counting": {"cure_days": 60}})).await;
    written.claim("a").await;
    let claim = written.head().await;
    written.write().await;
    let said =
        async |written: &Written, on: Date| m1(&written.known_at(KnownAt::Now).await.about(Some(on))).await.claimable;
    assert_eq!(said(&written, date(2025, 4, 1)).await, None, "the Region certifies it first");
    let root = frozen(&written.known_at(KnownAt::Now).await, &a(), "M1").await.unwrap().unwrap().root;
    written.certify("a", claim, 4, &root.to_string()).await;
    written.write().await;
    assert_eq!(said(&written, date(2025, 3, 31)).await, None, "not all is there, and there is time yet");
    assert_eq!(said(&written, date(2025, 4, 1)).await, Some(claimable(true, None)), "as it stands");
    written.claim("a").await;
    written.write().await;
    assert_eq!(said(&written, date(2025, 4, 1)).await, None, "the second was the last");
}

async fn the_list_opens_by_what_holds_and_by_what_was_drawn_and_found(place: Place) {
    let mut written = begun(place).await;
    written.claim("a").await;
    let claim = written.head().await;
    written.write().await;
    let kept = frozen(&written.known_at(KnownAt::Now).await, &a(), "M1").await.unwrap().unwrap();
    let places = sample::draw(kept.root, "11 22", 4, 3);
    let drawn = serials(&written.known_at(KnownAt::Now).await, &a(), "M1", &places).await.unwrap();
    written.draw("a", claim, &kept.root.to_string(), 4, &drawn).await;
    for (unit, finding) in [(drawn[0], "error"), (drawn[1], "confirmed")] {
        let found = json!({"milestone": "M1", "claim": claim, "unit": unit, "finding": finding});
        written.say("milestone.a", "finding_recorded", found).await;
    }
    written.of_service(0, "service_voided").await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let sample = m1(&reader).await.sample.unwrap();
    assert_eq!((sample.units.len(), sample.confirmed, sample.errors), (3, 1, 1));
    let part = async |part| {
        let mut found = part_of_claim(&reader, &a(), "M1", part, &Paging::default()).await.unwrap().body.items;
        found.sort_by_key(|unit| sample.units.iter().position(|drawn| *drawn == unit.person));
        found.into_iter().map(|unit| (unit.person, unit.finding)).collect::<Vec<_>>()
    };
    let of = |places: &[usize]| {
        let found = [Some("error"), Some("confirmed"), None];
        places.iter().map(|place| (sample.units[*place].clone(), found[*place])).collect::<Vec<_>>()
    };
    assert_eq!(part(Part { drawn: true, ..Part::default() }).await, of(&[0, 1, 2]));
    assert_eq!(part(Part { finding: Some(Checked::Error), ..Part::default() }).await, of(&[0]));
    assert_eq!(part(Part { finding: Some(Checked::Confirmed), ..Part::default() }).await, of(&[1]));
    let holding = part(Part { holding: true, ..Part::default() }).await;
    assert!(holding.len() == 3 && holding.iter().all(|(person, _)| *person != record(0).to_string()), "{holding:?}");
    let all = frozen_list(&reader).await.items;
    assert_eq!((all.len(), all.iter().filter(|unit| unit.drawn).count()), (4, 3));
    let (before, drawn) = (written.at(claim).await, Part { drawn: true, ..Part::default() });
    let none = part_of_claim(&before, &a(), "M1", drawn, &Paging::default()).await.unwrap().body.items;
    assert_eq!(none, [], "nothing was drawn yet");
}
