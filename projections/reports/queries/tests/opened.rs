//! What the adjustments and the forecast of a report open into.

use super::*;
use crate::{
    answer::{Answer, Page, ReadError},
    counting::queries::{Days, Given, Judged, Persons, UnitFilter, persons},
    reports::queries::{Adjustment, services_of_report},
};

on_every_database! {
    adjustments_and_the_forecast_open_into_as_many_whatever_happened
    the_lists_behind_adjustments_know_what_the_report_knew
}

/// How many items all the pages of a list have.
async fn of_pages<T>(page: impl AsyncFn(Paging) -> Result<Option<Answer<Page<T>>>, ReadError>) -> u64 {
    let (mut items, mut after) = (0, None);
    loop {
        let page = page(Paging::new(after.as_deref(), Some(7)).unwrap()).await.unwrap().unwrap().body;
        items += page.items.len() as u64;
        after = page.next;
        if after.is_none() {
            return items;
        }
    }
}

async fn behind(reader: &Reader, of: Month, which: Adjustment, given: Given) -> u64 {
    of_pages(async |paging| services_of_report(reader, &a(), of, which, given, &paging).await).await
}

async fn citizens(reader: &Reader, days: Days) -> u64 {
    let place = UnitFilter { project: Some(a()), ..UnitFilter::default() };
    of_pages(async |paging| persons(reader, &place, Persons::Counted, days, &paging).await.map(Some)).await
}

/// Services of project `a` before a month that are late or voided since a position, told naively from the commits alone.
fn naively(commits: &[Commit], of: Month, since: u64) -> [u64; 2] {
    let model = Model::of(commits);
    let (mut late, mut voided) = (0, 0);
    for (at, commit) in commits.iter().enumerate() {
        let [Event::Service(event)] = commit.events.as_slice() else { continue };
        let said = commits.iter().position(|other| {
            let recorded = matches!(other.events.as_slice(), [Event::Service(ServiceEvent::ServiceRecorded(_))]);
            recorded && other.stream == commit.stream
        });
        let recorded = said.unwrap();
        let [Event::Service(ServiceEvent::ServiceRecorded(service))] = commits[recorded].events.as_slice() else {
            panic!("a service is recorded first")
        };
        let month = Month::of(service.occurred_on);
        if month >= of || model.place(service.point.as_str()).unwrap().1 != "a" {
            continue;
        }
        let was_there = (recorded as u64) < since;
        match event {
            ServiceEvent::ServiceRecorded(_) => {
                late += u64::from(accepted(commits, month) && told(commits, at, month).1.is_none());
            }
            ServiceEvent::ServiceVoided(_) => {
                let before = commits[..at].iter().filter(|other| other.stream == commit.stream);
                let again = before.flat_map(|other| &other.events).any(is_void);
                voided += u64::from(at as u64 >= since && was_there && !again);
            }
            ServiceEvent::ServiceDisputed(_) | ServiceEvent::ServiceUpheld(_) => {}
        }
    }
    [late, voided]
}

fn is_void(event: &Event) -> bool {
    matches!(event, Event::Service(ServiceEvent::ServiceVoided(_)))
}

/// Whether a submitted report of a month was ever accepted.
fn accepted(commits: &[Commit], of: Month) -> bool {
    let of_month = commits.iter().filter_map(|commit| match commit.events.as_slice() {
        [Event::Report(event)] if event.of().1 == of => Some(event),
        _ => None,
    });
    let mut submitted = false;
    for event in of_month {
        match event {
            ReportEvent::ReportSubmitted(_) => submitted = true,
            ReportEvent::ReportAccepted(_) if submitted => return true,
            ReportEvent::ReportAccepted(_) | ReportEvent::ReportReturned(_) | ReportEvent::ReportReopened(_) => {}
        }
    }
    false
}

async fn adjustments_and_the_forecast_open_into_as_many_whatever_happened(place: Place) {
    until_met(place, "late, qualifying, voided, pace", adjustments_and_the_forecast_of).await;
}

async fn adjustments_and_the_forecast_of(place: Place, seed: u64) -> [u64; 4] {
    let mut written = Written::drawn_with_reports(place, 200, seed).await;
    // Whatever was drawn, December has something to take in.
    for number in 900..903 {
        written.register(number).await;
    }
    written.serve(900, 900, "a-1", "f-a-1", "2025-05-05", FACILITATION).await;
    written.serve(901, 901, "a-1", "f-a-1", "2025-05-06", FACILITATION).await;
    written.of_report("2025-11", "report_submitted").await;
    written.of_report("2025-11", "report_accepted").await;
    written.serve(902, 902, "a-1", "f-a-1", "2025-11-05", FACILITATION).await;
    written.of_service(900, "service_voided").await;
    written.of_report("2025-12", "report_submitted").await;
    written.write().await;
    let (commits, head) = (written.commits().await, written.head().await);
    let mut seen = [0; 4];
    for known in [head, head * 2 / 3] {
        let reader = written.at(known).await;
        for of in month("2024-02").through(month("2025-12")) {
            let said = content(&reader, &of.to_string()).await;
            let what = format!("{of} at {known}: {said:?}");
            let found = &said.adjustments;
            for one in &found.months {
                let days = Days { since: Some(one.month.first_day()), through: Some(one.month.last_day()) };
                let there =
                    async |judged| behind(&reader, of, Adjustment::Late, Given { days, ..Given::from(judged) }).await;
                assert_eq!(there(Judged::Recorded).await, one.late, "{what}");
                assert_eq!(there(Judged::Qualifying).await, one.qualifying, "{what}");
            }
            let all = Given::from(Judged::Recorded);
            assert_eq!(behind(&reader, of, Adjustment::Late, all).await, found.late, "{what}");
            assert_eq!(behind(&reader, of, Adjustment::Voided, all).await, found.voided, "{what}");
            let since = said.bridge.previous.as_ref().unwrap().position;
            let then = &commits[..usize::try_from(said.position).unwrap()];
            assert_eq!([found.late, found.voided], naively(then, of, since), "{what}");

            let (forecast, on) = (&said.forecast, said.on);
            let reader = written.at(said.position).await;
            let pace = Days { since: Some(forecast.since(on)), through: Some(on) };
            let so_far = Days { since: None, through: Some(on) };
            assert_eq!(citizens(&reader, pace).await, forecast.counted, "{what}");
            assert_eq!(citizens(&reader, so_far).await, forecast.so_far(on), "{what}");
            let given = forecast.counted * forecast.left(on) / forecast.days;
            assert_eq!(forecast.so_far(on) + given, forecast.citizens, "{what}");
            for (sum, n) in seen.iter_mut().zip([found.late, found.qualifying, found.voided, forecast.counted]) {
                *sum += n;
            }
        }
    }
    seen
}

async fn the_lists_behind_adjustments_know_what_the_report_knew(place: Place) {
    let mut written = Written::network(place).await;
    for number in 0..3 {
        written.register(number).await;
    }
    written.serve(0, 0, "a-1", "f-a-1", "2024-03-01", FACILITATION).await;
    written.of_report("2024-03", "report_submitted").await;
    written.of_report("2024-03", "report_accepted").await;
    written.serve(1, 1, "a-1", "f-a-1", "2024-03-02", FACILITATION).await;
    written.of_service(0, "service_voided").await;
    written.of_report("2024-04", "report_submitted").await;
    written.serve(2, 2, "a-1", "f-a-1", "2024-03-03", FACILITATION).await;
    written.of_service(1, "service_voided").await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let ids = async |which, judged: Judged| {
        let found = services_of_report(&reader, &a(), month("2024-04"), which, judged.into(), &Paging::default()).await;
        found.unwrap().unwrap().body.items.into_iter().map(|found| found.service.id).collect::<Vec<_>>()
    };
    // The void and the service after the submission are the next report's.
    assert_eq!(ids(Adjustment::Late, Judged::Qualifying).await, [service(1).to_string()]);
    assert_eq!(ids(Adjustment::Voided, Judged::Recorded).await, [service(0).to_string()]);
    let lists = async |reader: &Reader, of: &str| {
        let (which, given) = (Adjustment::Late, Judged::Recorded.into());
        services_of_report(reader, &a(), month(of), which, given, &Paging::default()).await.unwrap().is_some()
    };
    assert!(!lists(&reader, "2023-12").await, "no month of the project");
    let own = Within { projects: Some(vec!["b".parse().unwrap()]), ..Within::default() };
    assert!(!lists(&written.within(KnownAt::Now, own).await, "2024-04").await);
}
