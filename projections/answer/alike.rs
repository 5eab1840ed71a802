//! Every question, put to every database: the answers are the same, to the letter.

use serde::Serialize;
use traccia_domain::{Position, StreamKind};
use traccia_tests::Place;

use super::{Answer, KnownAt, Paging, ReadError, Reader, Within};
use crate::{
    counting::queries::{
        CountingScope, UnitFilter, citizen, difference, links, overlaps, service as judged, units, waterfall,
    },
    expenses::queries::expenses,
    milestones::queries::milestones,
    points::queries::{PointFilter, point, points, programme, programmes, project, projects},
    targets::{Scope, queries::TargetsFilter, queries::targets},
    trail::queries::{TrailFilter, position_of, trail},
    tranches::queries::{ExposureFilter, TrancheFilter, exposures, open_exposures, orders, totals, tranches},
    written::{FACILITATION, POINTS, Written, command, record, service},
};

/// What was asked and answered, in order.
#[derive(Default)]
struct Answers(Vec<String>);

impl Answers {
    fn add<T: Serialize>(&mut self, question: &str, answer: Result<T, ReadError>) {
        let answer = answer.map(|answer| serde_json::to_string(&answer).unwrap());
        self.0.push(format!("{question}: {}", answer.unwrap()));
    }

    /// A list, page by page.
    async fn pages<T: Serialize>(
        &mut self,
        question: &str,
        ask: impl AsyncFn(&Paging) -> Result<Answer<super::Page<T>>, ReadError>,
    ) {
        let mut after = None;
        loop {
            let paging = Paging::new(after.as_deref(), Some(3)).unwrap();
            let page = ask(&paging).await.unwrap();
            after = page.body.next.clone();
            self.add(question, Ok(page));
            if after.is_none() {
                return;
            }
        }
    }

    async fn lists(&mut self, reader: &Reader) {
        let programmes_asked = [None, Some("p".parse().unwrap())];
        self.pages("programmes", async |paging| programmes(reader, paging).await).await;
        for programme in &programmes_asked {
            self.pages("projects", async |paging| projects(reader, programme.as_ref(), paging).await).await;
        }
        let filters = [
            PointFilter::default(),
            PointFilter { project: Some("a".parse().unwrap()), ..PointFilter::default() },
            PointFilter { province: Some("MI".parse().unwrap()), state: Some("open".into()), ..PointFilter::default() },
        ];
        for filter in &filters {
            self.pages("points", async |paging| points(reader, filter, paging).await).await;
        }
        let filters = [
            UnitFilter::default(),
            UnitFilter { programme: Some("p".parse().unwrap()), ..UnitFilter::default() },
            UnitFilter { project: Some("b".parse().unwrap()), ..UnitFilter::default() },
            UnitFilter { province: Some("BG".parse().unwrap()), ..UnitFilter::default() },
            UnitFilter { point: Some("a-1".parse().unwrap()), ..UnitFilter::default() },
        ];
        for filter in &filters {
            self.pages("units", async |paging| units(reader, filter, paging).await).await;
        }
        for state in [None, Some("proposed"), Some("linked"), Some("unlinked")] {
            self.pages("links", async |paging| links(reader, state, paging).await).await;
        }
        self.money(reader).await;
        let entities = ["p", "a", "a-1", "f-a-1", "nobody", "point.a-1"].map(ToOwned::to_owned);
        for entity in entities.into_iter().chain([record(3).to_string(), service(4).to_string()]) {
            let filter = TrailFilter::about(entity.as_str());
            self.pages(&entity, async |paging| trail(reader, &filter, paging).await).await;
        }
        for kind in [None, Some(StreamKind::Service)] {
            let day = Some(reader.day());
            let filter = TrailFilter { kind, from: day, to: day, ..TrailFilter::default() };
            self.pages("trail", async |paging| trail(reader, &filter, paging).await).await;
        }
    }

    async fn money(&mut self, reader: &Reader) {
        self.pages("milestones", async |paging| milestones(reader, None, None, paging).await).await;
        let filter = TrancheFilter::default();
        self.pages("tranches", async |paging| tranches(reader, &filter, paging).await).await;
        self.pages("exposures", async |paging| exposures(reader, &ExposureFilter::default(), paging).await).await;
        self.add("money", totals(reader, None, None).await.map(|answer| answer.body));
        self.add("orders", orders(reader, None).await.map(|answer| answer.body));
        let open = open_exposures(reader.view(), &"a".parse().unwrap()).await;
        self.0.push(format!("open: {:?}", open.unwrap()));
    }

    async fn figures(&mut self, reader: &Reader) {
        self.add("overlaps", overlaps(reader).await);
        for (by, on, programme, project) in [
            (Scope::Programme, None, None, None),
            (Scope::Province, Some("2024-09-15".parse().unwrap()), Some("p".parse().unwrap()), None),
            (Scope::Project, None, None, Some("b".parse().unwrap())),
            (Scope::Point, Some("2025-02-28".parse().unwrap()), None, Some("a".parse().unwrap())),
            (Scope::Semester, None, None, None),
            (Scope::Month, Some("2025-01-31".parse().unwrap()), None, None),
        ] {
            let filter = TargetsFilter { programme, project, by, on };
            self.add(&format!("{filter:?}"), targets(reader, &filter).await);
        }
        for (in_programme, at, of_project, province) in POINTS {
            let scopes = [
                CountingScope::Programme(in_programme.parse().unwrap()),
                CountingScope::Province(in_programme.parse().unwrap(), province.parse().unwrap()),
                CountingScope::Project(of_project.parse().unwrap()),
                CountingScope::Point(at.parse().unwrap()),
            ];
            for scope in scopes {
                self.add(&format!("{scope:?}"), waterfall(reader, &scope).await);
            }
            let place = UnitFilter { project: Some(of_project.parse().unwrap()), ..UnitFilter::default() };
            let compared = difference(reader, Position(40), &place, true, &Paging::default()).await;
            self.add("difference", compared);
            self.add(in_programme, programme(reader, &in_programme.parse().unwrap()).await);
            self.add(of_project, project(reader, &of_project.parse().unwrap()).await);
            self.add(of_project, expenses(reader, &of_project.parse().unwrap(), &Paging::default()).await);
            self.add(at, point(reader, &at.parse().unwrap()).await);
        }
        for number in 0..20 {
            self.add("citizen", citizen(reader, record(number)).await);
            self.add("service", judged(reader, service(number)).await);
            let found = position_of(reader.view(), command(number)).await;
            self.add("command", found.map(|found| found.map(|position| position.0)));
        }
    }
}

/// A drawn history, and then one of money: paid on a claim of which a void and a link take something away.
async fn history(place: Place) -> Written {
    let mut written = Written::history(place, 80).await;
    written.schedule("a").await;
    for number in 100..104 {
        written.register(number).await;
        written.serve(number, number, "a-1", "f-a-1", "2024-05-10", FACILITATION).await;
    }
    written.report("a", "2024-05", "2024-06-10").await;
    written.claim("a").await;
    let claim = written.head().await;
    written.certify("a", claim, 4, &"0".repeat(64)).await;
    written.authorise_half("a", claim).await;
    written.order_half("a").await;
    written.link(100, 101).await;
    written.of_service(102, "service_voided").await;
    written.write().await;
    written
}

/// Everything that can be asked, by those who see all and by those who see a part, now and in the past.
async fn answers(place: Place) -> Vec<String> {
    let written = history(place).await;
    let mut answers = Answers::default();
    let limits = [
        Within::everything(),
        Within { programmes: Some(vec!["p".parse().unwrap()]), ..Within::default() },
        Within { projects: Some(vec!["a".parse().unwrap(), "c".parse().unwrap()]), ..Within::default() },
        Within { points: Some(vec!["b-1".parse().unwrap()]), ..Within::default() },
        Within { points: Some(Vec::new()), ..Within::default() },
    ];
    for within in limits {
        for known_at in [KnownAt::Now, KnownAt::Position(Position(70))] {
            let reader = written.within(known_at, within.clone()).await;
            answers.lists(&reader).await;
            answers.figures(&reader).await;
        }
    }
    answers.0
}

#[tokio::test]
async fn every_database_gives_the_same_answers() {
    let Some(postgres) = Place::postgres() else { return };
    let (sqlite, postgres) = (answers(Place::sqlite().unwrap()).await, answers(postgres).await);
    assert!(sqlite.len() > 500);
    assert!(sqlite.iter().any(|answer| answer.starts_with("exposures") && answer.contains("\"units\":1")));
    for (sqlite, postgres) in sqlite.iter().zip(&postgres) {
        assert_eq!(sqlite, postgres);
    }
    assert_eq!(sqlite.len(), postgres.len());
}
