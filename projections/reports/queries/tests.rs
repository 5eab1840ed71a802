mod listed;
mod opened;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use traccia_domain::{
    Commit, Event, Position, ProjectId, RecordId, report::ReportEvent, service::ServiceEvent, time::Month,
};
use traccia_projector::{At, Changes, Projection as _};
use traccia_tests::{Place, on_every_database};

use super::{
    Acceptance, Content, Line, Report, ReportFilter, acceptances::Acceptances, missing, of_service, persons_of_report,
    report, reports,
};
use crate::{
    Projections,
    answer::{KnownAt, Paging, Reader, Within},
    counting::queries::service as judged,
    testing::{drawn::until_met, model::Model},
    written::{FACILITATION, Written, service},
};

on_every_database! {
    the_bridge_adds_up_whatever_happened
    fold_tables_and_a_naive_reading_agree_on_what_was_accepted
    a_submitted_report_says_what_the_log_knew_then
    late_services_and_voids_are_adjustments_of_the_next_report
    a_service_tells_whether_it_was_late_and_which_report_took_it_in
    an_act_far_from_the_day_the_log_learned_it_is_flagged
    what_is_outside_has_no_reports
    money_waits_for_every_month_that_is_not_accepted
    the_forecast_goes_on_at_the_pace_of_a_quarter
}

fn a() -> ProjectId {
    "a".parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

async fn content(reader: &Reader, of: &str) -> Content {
    report(reader, &a(), month(of)).await.unwrap().unwrap().body.content
}

async fn listed(reader: &Reader) -> Vec<Report> {
    let filter = ReportFilter { project: Some(a()), ..ReportFilter::default() };
    reports(reader, &filter, &Paging::default()).await.unwrap().body.items
}

/// Whom project `a` counts up to a day, told naively.
fn counted(commits: &[Commit], known: u64, until: Date) -> BTreeSet<(RecordId, Date)> {
    let model = Model::of(&commits[..usize::try_from(known).unwrap()]);
    let of = |unit: &crate::testing::model::Unit| {
        let on = unit.counted.filter(|on| *on <= until && unit.line == "rfd")?;
        (model.place(&unit.point).unwrap().1 == "a").then(|| (model.serial(unit.person), on))
    };
    model.units.iter().filter_map(of).collect()
}

/// How many persons a line of a report opens into.
async fn lines(reader: &Reader, of: Month, line: Line) -> u64 {
    let (mut persons, mut after) = (0, None);
    loop {
        let paging = Paging::new(after.as_deref(), None).unwrap();
        let page = persons_of_report(reader, &a(), of, line, &paging).await.unwrap().unwrap().body;
        persons += page.items.len() as u64;
        after = page.next;
        if after.is_none() {
            return persons;
        }
    }
}

async fn the_bridge_adds_up_whatever_happened(place: Place) {
    until_met(place, "new, adjusted, lost", the_bridge_of).await;
}

async fn the_bridge_of(place: Place, seed: u64) -> [u64; 3] {
    let written = Written::drawn_with_reports(place, 200, seed).await;
    let (commits, head) = (written.commits().await, written.head().await);
    let mut moved = [0; 3];
    for known in [head, head * 2 / 3] {
        let reader = written.at(known).await;
        for of in month("2024-02").through(month("2025-12")) {
            let before = of.before().unwrap();
            let (of, before) = (of.to_string(), before.to_string());
            let (of, before) = (of.as_str(), before.as_str());
            let said = content(&reader, of).await;
            let bridge = &said.bridge;
            let previous = bridge.previous.clone().unwrap();
            let what = format!("{of} at {known}: {bridge:?}");
            assert_eq!(previous.citizens + bridge.new + bridge.adjustments, bridge.citizens + bridge.lost, "{what}");
            // Last month's figure is the one that last month's report shows.
            let last = content(&written.at(said.position).await, before).await;
            assert_eq!((previous.position, previous.citizens), (last.position, last.bridge.citizens), "{what}");
            let [then, now] = [(previous.position, before), (said.position, of)]
                .map(|(at, of)| counted(&commits, at, month(of).last_day()));
            let persons =
                |set: &BTreeSet<(RecordId, Date)>| set.iter().map(|(person, _)| *person).collect::<BTreeSet<_>>();
            let came: Vec<_> = now.iter().filter(|(person, _)| !persons(&then).contains(person)).collect();
            let first = month(of).first_day();
            let new = came.iter().filter(|(_, on)| *on >= first).count() as u64;
            let lost = persons(&then).difference(&persons(&now)).count() as u64;
            let told = [now.len() as u64, new, came.len() as u64 - new, lost];
            assert_eq!([bridge.citizens, bridge.new, bridge.adjustments, bridge.lost], told, "{what}");
            let behind = async |line| lines(&reader, month(of), line).await;
            assert_eq!(behind(Line::Previous).await, previous.citizens, "{what}");
            assert_eq!(behind(Line::Counted).await, bridge.citizens, "{what}");
            assert_eq!(behind(Line::FirstSeen).await, said.persons_first_seen, "{what}");
            let opened = [behind(Line::New).await, behind(Line::Adjusted).await, behind(Line::Lost).await];
            assert_eq!(opened, [bridge.new, bridge.adjustments, bridge.lost], "{what}");
            for (sum, n) in moved.iter_mut().zip([bridge.new, bridge.adjustments, bridge.lost]) {
                *sum += n;
            }
        }
    }
    moved
}

/// Of a service, told naively from the commits alone: whether its month was locked, and where it was accepted.
fn told(commits: &[Commit], recorded: usize, of: Month) -> (bool, Option<u64>) {
    let (mut accepted, mut submitted) = (BTreeMap::new(), BTreeMap::new());
    let (mut locked, mut late, mut taken) = (false, false, None);
    for (at, commit) in commits.iter().enumerate() {
        late |= at == recorded && locked;
        let [Event::Report(event)] = commit.events.as_slice() else { continue };
        let (_, month) = event.of();
        match event {
            ReportEvent::ReportSubmitted(_) => drop(submitted.insert(month, at)),
            ReportEvent::ReportAccepted(_) => {
                // The door never lets one in without a submission: it locks the month, and accepts nothing.
                if let Some(submission) = submitted.get(&month).copied() {
                    accepted.entry(month).or_insert(at);
                    let adjusts = month > of && accepted.get(&of).is_some_and(|own| *own < submission);
                    if (month == of || adjusts) && recorded < submission {
                        taken.get_or_insert(at as u64 + 1);
                    }
                }
            }
            ReportEvent::ReportReturned(_) | ReportEvent::ReportReopened(_) => {}
        }
        if month == of {
            locked = matches!(event, ReportEvent::ReportAccepted(_));
        }
    }
    (late, taken)
}

async fn fold_tables_and_a_naive_reading_agree_on_what_was_accepted(place: Place) {
    until_met(place, "late, accepted", what_was_accepted_in).await;
}

async fn what_was_accepted_in(place: Place, seed: u64) -> [u64; 2] {
    let written = Written::drawn_with_reports(place, 300, seed).await;
    let commits = written.commits().await;
    let mut fold = Projections::default();
    for (position, commit) in (1..).map(Position).zip(&commits) {
        fold.commit(&At { position, recorded_at: commit.recorded_at, commit }, &mut Changes::ignored());
    }
    let reader = written.known_at(KnownAt::Now).await;
    let acceptances = Acceptances::of(&reader, "a").await.unwrap();
    let mut acts: Vec<u64> = acceptances.all().map(|(_, act)| act.at).collect();
    acts.dedup();
    let (mut key, mut seen) = (0, [0; 2]);
    for (recorded, commit) in commits.iter().enumerate() {
        let [Event::Service(ServiceEvent::ServiceRecorded(said))] = commit.events.as_slice() else { continue };
        let id = commit.stream.id().parse().unwrap();
        let found = judged(&reader, id).await.unwrap().unwrap().body;
        if found.service.project == "a" {
            let (late, taken) = told(&commits, recorded, Month::of(said.occurred_on));
            let shown = of_service(&reader, &found).await.unwrap();
            assert_eq!((shown.late, shown.accepted.as_ref().map(|by| by.at)), (late, taken), "service {key}");
            let of = Month::of(said.occurred_on);
            let takes = |at: &u64| {
                acceptances.taken_in(*at).iter().any(|(month, keys)| *month == of && keys.contains(&i64::from(key)))
            };
            assert_eq!(acts.iter().copied().filter(takes).collect::<Vec<_>>(), taken.into_iter().collect::<Vec<_>>());
            let accepted = fold.reports().accepted(0, said.occurred_on.into(), key).map(|day| day.date());
            assert_eq!(accepted, shown.accepted.map(|by| by.on), "service {key}");
            seen[0] += u64::from(late);
            seen[1] += u64::from(taken.is_some());
        }
        key += 1;
    }
    seen
}

async fn a_submitted_report_says_what_the_log_knew_then(place: Place) {
    let mut written = Written::network(place).await;
    for number in 0..2 {
        written.register(number).await;
    }
    written.serve(0, 0, "a-1", "f-a-1", "2024-03-01", FACILITATION).await;
    written.serve(1, 0, "a-1", "f-a-1", "2024-03-02", "reception").await;
    written.of_report("2024-03", "report_submitted").await;
    let submitted = written.head().await;
    written.serve(2, 1, "a-2", "f-a-2", "2024-03-08", FACILITATION).await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let full = report(&reader, &a(), month("2024-03")).await.unwrap().unwrap().body;
    let said = full.content;
    assert_eq!((said.position, said.on), (submitted, date(2024, 3, 31)));
    assert_eq!((said.services.recorded, said.services.qualifying), (2, 1), "reception does not count");
    assert_eq!((said.persons_first_seen, said.bridge.new, said.bridge.citizens), (1, 1, 1));
    assert_eq!((said.points.open, said.points.active), (2, 2));
    let text = serde_json::to_string(&content(&reader, "2024-03").await).unwrap();
    assert_eq!(full.content_hash, traccia_domain::Hash::of(text.as_bytes()));

    written.of_report("2024-03", "report_returned").await;
    written.write().await;
    let said = content(&written.known_at(KnownAt::Now).await, "2024-03").await;
    assert_eq!((said.services.recorded, said.bridge.citizens), (3, 2), "returned, it says what is known now");
}

async fn late_services_and_voids_are_adjustments_of_the_next_report(place: Place) {
    let mut written = Written::network(place).await;
    for number in 0..3 {
        written.register(number).await;
    }
    written.serve(0, 0, "a-1", "f-a-1", "2024-03-01", FACILITATION).await;
    written.of_report("2024-03", "report_submitted").await;
    written.of_report("2024-03", "report_accepted").await;
    written.serve(1, 1, "a-1", "f-a-1", "2024-03-02", FACILITATION).await;
    written.serve(2, 2, "a-1", "f-a-1", "2024-04-02", FACILITATION).await;
    written.serve(3, 2, "a-1", "v-a-1", "2024-04-03", FACILITATION).await;
    written.of_service(0, "service_voided").await;
    written.of_report("2024-04", "report_submitted").await;
    written.write().await;
    let said = content(&written.known_at(KnownAt::Now).await, "2024-04").await;
    assert_eq!((said.adjustments.late, said.adjustments.qualifying, said.adjustments.voided), (1, 1, 1));
    assert_eq!(said.adjustments.months[0].month, month("2024-03"));
    assert_eq!((said.services.recorded, said.services.qualifying), (2, 1), "a volunteer's is of the other line");
    let bridge = said.bridge;
    assert_eq!((bridge.previous.unwrap().citizens, bridge.new, bridge.adjustments, bridge.lost), (1, 1, 1, 1));
    assert_eq!(bridge.citizens, 2);

    written.of_report("2024-04", "report_accepted").await;
    written.write().await;
    let said = content(&written.known_at(KnownAt::Now).await, "2024-05").await;
    assert_eq!((said.adjustments.late, said.adjustments.voided), (0, 0), "April's report has taken them in");
}

async fn a_service_tells_whether_it_was_late_and_which_report_took_it_in(place: Place) {
    let mut written = Written::network(place).await;
    written.register(0).await;
    written.serve(0, 0, "a-1", "f-a-1", "2024-03-01", FACILITATION).await;
    written.of_report("2024-03", "report_submitted").await;
    written.serve(1, 0, "a-1", "f-a-1", "2024-03-02", FACILITATION).await;
    written.of_report("2024-03", "report_accepted").await;
    let locked = written.head().await;
    written.serve(2, 0, "a-1", "f-a-1", "2024-03-03", FACILITATION).await;
    written.of_report("2024-03", "report_reopened").await;
    written.serve(3, 0, "a-1", "f-a-1", "2024-03-04", FACILITATION).await;
    written.of_report("2024-04", "report_submitted").await;
    written.of_report("2024-04", "report_accepted").await;
    let april = written.head().await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let by = |of: &str, at| Some((month(of), at));
    // April's takes them in although March is open again: March had been accepted.
    for (number, late, accepted) in [
        (0, false, by("2024-03", locked)),
        (1, false, by("2024-04", april)),
        (2, true, by("2024-04", april)),
        (3, false, by("2024-04", april)),
    ] {
        let found = judged(&reader, service(number)).await.unwrap().unwrap().body;
        let told = of_service(&reader, &found).await.unwrap();
        let taken = told.accepted.map(|by| (by.month, by.at));
        assert_eq!((told.late, taken), (late, accepted), "service {number}");
    }
    let before = written.at(april - 1).await;
    let found = judged(&before, service(2)).await.unwrap().unwrap().body;
    assert_eq!(of_service(&before, &found).await.unwrap().accepted, None);
}

async fn an_act_far_from_the_day_the_log_learned_it_is_flagged(place: Place) {
    let mut written = Written::network(place).await;
    // The log learns everything in June 2025.
    for (month, on, far) in
        [("2024-03", "2024-04-20", true), ("2024-04", "2025-05-28", false), ("2024-05", "2025-04-01", true)]
    {
        written.of_report(month, "report_submitted").await;
        written.accept(month, on).await;
        written.write().await;
        let reader = written.known_at(KnownAt::Now).await;
        let full = report(&reader, &a(), month.parse().unwrap()).await.unwrap().unwrap().body;
        let [Acceptance { on: act, far_apart, learned_on, .. }] = full.acceptances.as_slice() else {
            panic!("one act")
        };
        assert_eq!((act.to_string().as_str(), *far_apart), (on, far), "{learned_on}");
        assert_eq!(full.report.acceptance, full.acceptances.first().cloned());
    }
}

async fn what_is_outside_has_no_reports(place: Place) {
    let mut written = Written::network(place).await;
    written.of_report("2024-03", "report_submitted").await;
    written.write().await;
    let own = Within { projects: Some(vec!["b".parse().unwrap()]), ..Within::default() };
    let reader = written.within(KnownAt::Now, own).await;
    assert!(listed(&reader).await.is_empty());
    assert!(report(&reader, &a(), month("2024-03")).await.unwrap().is_none());
    let all = reports(&reader, &ReportFilter::default(), &Paging::default()).await.unwrap().body.items;
    assert!(!all.is_empty() && all.iter().all(|report| report.project == "b"));
    let reader = written.known_at(KnownAt::Now).await;
    assert!(report(&reader, &a(), month("2023-12")).await.unwrap().is_none(), "no month of the project");
    let (mut after, mut months) = (None, Vec::new());
    loop {
        let paging = Paging::new(after.as_deref(), Some(7)).unwrap();
        let page = reports(&reader, &ReportFilter::default(), &paging).await.unwrap().body;
        months.extend(page.items.iter().map(|report| (report.project.clone(), report.month)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let whole = reports(&reader, &ReportFilter::default(), &Paging::new(None, Some(1_000)).unwrap()).await.unwrap();
    let whole: Vec<_> = whole.body.items.into_iter().map(|report| (report.project, report.month)).collect();
    assert_eq!(months, whole, "page by page it is the same list");
}

async fn money_waits_for_every_month_that_is_not_accepted(place: Place) {
    let mut written = Written::network(place).await;
    for month in ["2024-01", "2024-02", "2024-03"] {
        written.of_report(month, "report_submitted").await;
        written.of_report(month, "report_accepted").await;
    }
    written.of_report("2024-02", "report_reopened").await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let waited = |months: &[&str]| months.iter().map(|of| month(of)).collect::<Vec<_>>();
    assert_eq!(missing(&reader, &a(), date(2024, 1, 31)).await.unwrap(), waited(&[]));
    assert_eq!(missing(&reader, &a(), date(2024, 4, 1)).await.unwrap(), waited(&["2024-02", "2024-04"]));
    assert_eq!(missing(&reader, &a(), date(2030, 1, 1)).await.unwrap().len(), 22, "none after the project's end");
}

async fn the_forecast_goes_on_at_the_pace_of_a_quarter(place: Place) {
    let mut written = Written::network(place).await;
    for number in 0..4 {
        written.register(number).await;
    }
    // One before the quarter that ends with June, three in it.
    for (number, on) in ["2024-03-01", "2024-04-01", "2024-05-01", "2024-06-30"].into_iter().enumerate() {
        let number = number as u64;
        written.serve(number, number, "a-1", "f-a-1", on, FACILITATION).await;
    }
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let forecast = content(&reader, "2024-06").await.forecast;
    assert_eq!((forecast.milestone.as_deref(), forecast.by), (Some("M1"), date(2024, 12, 31)));
    // 184 days are left: 4 + 3 * 184 / 91.
    assert_eq!((forecast.counted, forecast.days, forecast.citizens), (3, 91, 10));
    let first = content(&reader, "2024-01").await.forecast;
    assert_eq!((first.counted, first.days, first.citizens), (0, 31, 0), "a young project has fewer days");
    let after = content(&reader, "2025-01").await.forecast;
    assert_eq!((after.milestone, after.by), (None, date(2025, 12, 31)), "after the last milestone, the project's end");
}
