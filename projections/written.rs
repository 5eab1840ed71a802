//! A hand-made history written to tables, with steps close together, for tests of queries.

mod definition;
mod expenses;
mod money;
mod released;
mod reports;

use std::{collections::HashMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use traccia_domain::{
    Actor, Commit, Event, Hash, Position, RecordId, Role, ServiceId, StreamId,
    hash::{Hex, ShortHash},
};
use traccia_log::{Log as _, memory::MemoryLog};
use traccia_projector::{At, Changes, Projection, Reading, Table, Tables, Value, View, rebuild};
use traccia_tests::Place;

use self::definition::definition;
use crate::{
    Projections,
    answer::{KnownAt, Reader, Within},
    targets::{Scope, Totals, tables::TALLY},
};

/// Positions between two steps here.
pub(crate) const STEP: u64 = 16;

/// The fold, with a row for every scope at every step of ours.
#[derive(Clone, Default)]
struct Stepped(Projections, HashMap<(&'static str, Scope, String), Totals>);

impl Projection for Stepped {
    const VERSION: u32 = 1;

    fn tables() -> Vec<&'static Table> {
        Projections::tables()
    }

    fn commit(&mut self, at: &At<'_>, changes: &mut Changes) {
        self.0.commit(at, changes);
        if at.position.0.is_multiple_of(STEP) {
            for (programme, scope, id) in scopes() {
                let now = self.0.targets().totals(programme, scope, &id);
                let before = self.1.entry((programme, scope, id.clone())).or_default();
                if *before != now {
                    *before = now.clone();
                    changes.append(&TALLY, || row(programme, scope, id, &now));
                }
            }
        }
    }

    fn apply(&mut self, at: &At<'_>, event: &Event, changes: &mut Changes) {
        self.0.apply(at, event, changes);
    }
}

fn row(programme: &'static str, scope: Scope, id: String, totals: &Totals) -> Vec<Value> {
    let Totals { recorded, qualifying, persons, counted, safe, claimed, reasons } = totals;
    let mut row: Vec<Value> = vec![programme.into(), scope.as_str().into(), id.into()];
    row.extend(
        [recorded, qualifying, persons, counted, safe, claimed].into_iter().chain(reasons).map(|n| Value::from(*n)),
    );
    row
}

/// Every row of totals there can be.
fn scopes() -> Vec<(&'static str, Scope, String)> {
    let mut scopes = Vec::new();
    for programme in ["p", "q"] {
        scopes.push((programme, Scope::Programme, programme.to_owned()));
        let months = (2024..=2025).flat_map(|year| (1..=12).map(move |month| format!("{year}-{month:02}")));
        scopes.extend(months.map(|month| (programme, Scope::Month, month)));
        let semesters = ["2024-S1", "2024-S2", "2025-S1", "2025-S2"];
        scopes.extend(semesters.map(|semester| (programme, Scope::Semester, semester.to_owned())));
        scopes.extend(["MI", "BG"].map(|province| (programme, Scope::Province, province.to_owned())));
    }
    for (programme, project) in [("p", "a"), ("p", "b"), ("q", "c")] {
        scopes.push((programme, Scope::Project, project.to_owned()));
    }
    for (programme, point, _, _) in POINTS {
        scopes.push((programme, Scope::Point, point.to_owned()));
    }
    scopes
}

/// Programme, point, project, province.
pub(crate) const POINTS: [(&str, &str, &str, &str); 4] =
    [("p", "a-1", "a", "MI"), ("p", "a-2", "a", "BG"), ("p", "b-1", "b", "MI"), ("q", "c-1", "c", "MI")];

/// A kind of service that counts.
pub(crate) const FACILITATION: &str = "individual_facilitation";

/// What somebody decides on, and what is decided.
const SAID_OF_PAIRS: [&str; 6] =
    ["link_proposed", "link_confirmed", "link_rejected", "break_proposed", "link_broken", "break_rejected"];

/// What becomes of a report.
const SAID_OF_REPORTS: [&str; 4] = ["report_submitted", "report_submitted", "report_accepted", "report_reopened"];

/// A history and the tables it wrote.
pub(crate) struct Written {
    log: Arc<MemoryLog>,
    streams: HashMap<StreamId, Position>,
    pub(crate) tables: Tables,
    one_command: Option<ShortHash>,
    _place: Place,
}

pub(crate) fn record(number: u64) -> RecordId {
    RecordId(ShortHash::of_parts([&number.to_be_bytes()[..]]))
}

pub(crate) fn service(number: u64) -> ServiceId {
    ServiceId(ShortHash::of_parts([b"service".as_slice(), &number.to_be_bytes()]))
}

/// What a command's digest is here.
pub(crate) fn command(position: u64) -> ShortHash {
    ShortHash::of_parts([b"command".as_slice(), &position.to_be_bytes()])
}

/// When a position was recorded: an hour apart, every tenth by a clock that is two hours behind.
pub(crate) fn decided_at(position: u64) -> Timestamp {
    let noon: Timestamp = "2025-06-01T12:00:00Z".parse().unwrap();
    let behind = if position.is_multiple_of(10) { 2 } else { 0 };
    noon + SignedDuration::from_hours(i64::try_from(position).unwrap() - behind)
}

impl Written {
    /// A log with two programmes, three projects, four points, their facilitators and a volunteer.
    pub(crate) async fn network(place: Place) -> Written {
        let tables = match &place {
            Place::Folder(folder) => Tables::open_sqlite(folder.path().join("tables.sqlite")),
            Place::Postgres(address) => Tables::open_postgres(address.parse().unwrap()),
        };
        let mut written =
            Written { log: Arc::default(), streams: HashMap::new(), tables, one_command: None, _place: place };
        written.say("log.genesis", "log_started", json!({"epoch": Hex([7; 16]).to_string()})).await;
        for programme in ["p", "q"] {
            written.say(&format!("programme.{programme}"), "programme_defined", definition(programme)).await;
        }
        for (programme, project) in [("p", "a"), ("p", "b"), ("q", "c")] {
            let application = json!({"programme": programme, "name": project, "lead": {"name": "Comune"},
                "award": "1000.00", "targets": {"points": 3, "citizens": 30, "services": 50}, "provinces": ["MI", "BG"],
                "starts": "2024-01-01", "ends": "2025-12-31"});
            written.say(&format!("project.{project}"), "application_submitted", application).await;
            let approval = json!({"act": "D.d.s. 1", "on": "2024-01-01", "tranches": []});
            written.say(&format!("project.{project}"), "application_approved", approval).await;
        }
        for (_, point, project, province) in POINTS {
            let opening = json!({"project": project, "name": point, "kind": "fixed", "province": province,
                "municipality": "Comune", "opened_on": "2024-01-15", "weekly_hours": 24, "workstations": 2,
                "megabits_per_second": 30, "services": ["individual_facilitation"]});
            written.say(&format!("point.{point}"), "point_opened", opening).await;
            for (name, role) in [("f", "facilitator"), ("v", "scd_volunteer")] {
                let enrolled = json!({"project": project, "role": role, "points": [point], "from": "2024-02-01"});
                written.say(&format!("facilitator.{name}-{point}"), "facilitator_enrolled", enrolled).await;
            }
        }
        written
    }

    /// Records, links, services, disputes and voids, drawn from a fixed seed.
    pub(crate) async fn history(place: Place, acts: u64) -> Written {
        Written::drawn(place, acts, 42).await
    }

    /// The same from another seed.
    pub(crate) async fn drawn(place: Place, acts: u64, seed: u64) -> Written {
        Written::drawn_of(place, acts, seed, 10).await
    }

    /// The same, among what is said of reports of project `a`.
    pub(crate) async fn drawn_with_reports(place: Place, acts: u64, seed: u64) -> Written {
        Written::drawn_of(place, acts, seed, 14).await
    }

    async fn drawn_of(place: Place, acts: u64, seed: u64, kinds: u64) -> Written {
        let mut written = Written::network(place).await;
        let mut drawn = seed;
        let mut draw = move |below: u64| {
            drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (drawn >> 33) % below
        };
        for number in 0..20 {
            written.register(number).await;
        }
        for act in 0..acts {
            match draw(kinds) {
                0 => written.link(draw(20), draw(20)).await,
                1 => {
                    let said = SAID_OF_PAIRS[usize::try_from(draw(6)).unwrap()];
                    written.of_pair(draw(6), draw(6), said).await;
                }
                2 => written.of_service(draw(act + 1), "service_disputed").await,
                3 => written.of_service(draw(act + 1), "service_voided").await,
                10.. => {
                    let month = format!("202{}-{:02}", 4 + draw(2), 1 + draw(12));
                    let said = SAID_OF_REPORTS[usize::try_from(draw(4)).unwrap()];
                    written.of_report(&month, said).await;
                }
                _ => {
                    let day = format!("202{}-{:02}-{:02}", 4 + draw(2), 1 + draw(12), 1 + draw(28));
                    let (_, point, _, _) = POINTS[usize::try_from(draw(4)).unwrap()];
                    let facilitator = format!("{}-{point}", if draw(6) == 0 { "v" } else { "f" });
                    let kind = if draw(6) == 0 { "reception" } else { "individual_facilitation" };
                    written.serve(act, draw(20), point, &facilitator, &day, kind).await;
                }
            }
        }
        written.write().await;
        written
    }

    pub(crate) async fn register(&mut self, number: u64) {
        let registered = json!({"document": "fiscal_code", "key_version": 1});
        self.say(&format!("record.{}", record(number)), "record_registered", registered).await;
    }

    pub(crate) async fn erase(&mut self, number: u64) {
        let erased = json!({"legal_basis": "art. 17"});
        self.say(&format!("record.{}", record(number)), "record_erased", erased).await;
    }

    /// Registers a record whose document's number has a next.
    pub(crate) async fn register_before(&mut self, number: u64, next: u64) {
        let registered = json!({"document": "identity_card", "key_version": 1, "followed_by": record(next)});
        self.say(&format!("record.{}", record(number)), "record_registered", registered).await;
    }

    /// Opens another point of project `a`, with a facilitator.
    pub(crate) async fn open(&mut self, point: &str, on: &str, days_per_week: u8) {
        let opening = json!({"project": "a", "name": point, "kind": "fixed", "province": "MI", "municipality": "Comune",
            "opened_on": on, "weekly_hours": 24, "days_per_week": days_per_week, "workstations": 2,
            "megabits_per_second": 30, "services": ["individual_facilitation"]});
        self.say(&format!("point.{point}"), "point_opened", opening).await;
        let enrolled = json!({"project": "a", "role": "facilitator", "points": [point], "from": on});
        self.say(&format!("facilitator.f-{point}"), "facilitator_enrolled", enrolled).await;
    }

    /// Whatever is said until the next call belongs to one command.
    pub(crate) async fn one_command(&mut self, one: bool) {
        self.one_command = if one { Some(command(self.head().await + 1)) } else { None };
    }

    pub(crate) async fn link(&mut self, a: u64, b: u64) {
        let stream = traccia_domain::link::stream([record(a), record(b)]);
        let linked = json!({"records": [record(a), record(b)], "basis": "presented_together"});
        if a != b && !self.streams.contains_key(&stream) {
            self.say(stream.as_str(), "records_linked", linked).await;
        }
    }

    /// Says something else of a pair; proposals are anna's.
    pub(crate) async fn of_pair(&mut self, a: u64, b: u64, event: &str) {
        let stream = traccia_domain::link::stream([record(a), record(b)]);
        let mut said = json!({"records": [record(a), record(b)], "reason": "prova"});
        match event {
            "link_proposed" => said["proposer"] = json!({"person": "anna"}),
            "break_proposed" => said["proposer"] = json!("anna"),
            _ => {}
        }
        if a != b {
            self.say(stream.as_str(), event, said).await;
        }
    }

    pub(crate) async fn serve(&mut self, number: u64, to: u64, point: &str, by: &str, on: &str, kind: &str) {
        self.serve_as(number, to, point, on, json!({"facilitator": by, "start_time": "10:00", "kind": kind})).await;
    }

    /// A service by the point's facilitator, half an hour long, unless the details say otherwise.
    pub(crate) async fn serve_as(&mut self, number: u64, to: u64, point: &str, on: &str, details: Json) {
        let mut recorded = json!({"record": record(to), "point": point, "facilitator": format!("f-{point}"),
            "occurred_on": on, "minutes": 30, "kind": FACILITATION});
        recorded.as_object_mut().unwrap().extend(details.as_object().unwrap().clone());
        self.say(&format!("service.{}", service(number)), "service_recorded", recorded).await;
    }

    /// The report of a month of a project, submitted and accepted by an act of a day.
    pub(crate) async fn report(&mut self, project: &str, month: &str, on: &str) {
        let stream = format!("report.{project}-{month}");
        let submitted = json!({"project": project, "month": month, "submitter": "capofila"});
        self.say(&stream, "report_submitted", submitted).await;
        let accepted = json!({"project": project, "month": month, "on": on, "act": "D.d.s. 2"});
        self.say(&stream, "report_accepted", accepted).await;
    }

    /// Claims M1 of a project on the terms of its programme.
    pub(crate) async fn claim(&mut self, project: &str) {
        let terms = json!({"counts_until": "2024-12-31", "accepted_until": "2025-01-30", "points_on": "2024-12-31",
            "points_basis": "active_on_date", "points_needed": 3, "citizens_needed": 8, "reduction": "weakest_link", "rules": 1});
        let claimed = json!({"milestone": "M1", "terms": terms, "cure": false});
        self.say(&format!("milestone.{project}"), "milestone_claimed", claimed).await;
    }

    /// Certifies a claim of M1, with what is stated.
    pub(crate) async fn certify(&mut self, project: &str, claim: u64, count: u32, root: &str) {
        let certified = json!({"milestone": "M1", "claim": claim, "count": count, "root": root,
            "points": {"reached": 2, "needed": 3}, "citizens": {"reached": count, "needed": 8},
            "reduction": "weakest_link", "rules": 1});
        self.say(&format!("milestone.{project}"), "milestone_certified", certified).await;
    }

    /// Draws some units of a claim of M1.
    pub(crate) async fn draw(&mut self, project: &str, claim: u64, root: &str, count: u32, units: &[RecordId]) {
        let drawn = json!({"milestone": "M1", "claim": claim, "root": root, "count": count, "public_value": "11 22",
            "units": units});
        self.say(&format!("milestone.{project}"), "sample_drawn", drawn).await;
    }

    /// Closes a point.
    pub(crate) async fn close(&mut self, point: &str, on: &str) {
        self.say(&format!("point.{point}"), "point_closed", json!({"on": on, "reason": "prova"})).await;
    }

    /// Adopts rules, a part or several of them.
    pub(crate) async fn adopt(&mut self, programme: &str, effective_on: &str, parts: Json) {
        let mut adopted = json!({"act": "D.g.r. 1", "effective_on": effective_on});
        adopted.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        self.say(&format!("programme.{programme}"), "rules_adopted", adopted).await;
    }

    /// Gives projects new awards, in cents, and targets on citizens.
    pub(crate) async fn redistribute(&mut self, programme: &str, effective_on: &str, projects: &[(&str, &str, u32)]) {
        let new = |(project, award, citizens): &(&str, &str, u32)| json!({"project": project, "award": award, "points": 3, "citizens": citizens, "services": 50});
        let projects: Vec<_> = projects.iter().map(new).collect();
        let adopted = json!({"act": "D.d.s. 9", "effective_on": effective_on, "projects": projects});
        self.say(&format!("programme.{programme}"), "redistribution_adopted", adopted).await;
    }

    /// Says something of a service that was recorded.
    pub(crate) async fn of_service(&mut self, number: u64, event: &str) {
        let stream = format!("service.{}", service(number));
        if self.streams.contains_key(&stream.parse().unwrap()) {
            self.say(&stream, event, json!({"reason": "prova"})).await;
        }
    }

    pub(crate) async fn say(&mut self, stream: &str, event: &str, data: Json) {
        let position = self.log.head().await.unwrap().next();
        let stream: StreamId = stream.parse().unwrap();
        let commit = Commit {
            stream: stream.clone(),
            first: 1,
            command: self.one_command.unwrap_or(command(position.0)),
            body: command(position.0),
            prev: Hash::ZERO,
            recorded_at: decided_at(position.0),
            actor: Actor { subject: "operatore".into(), role: Role::Admin },
            events: vec![Event::decode(event, 1, &data.to_string()).unwrap()],
        };
        let expected = self.streams.get(&stream).copied();
        self.streams.insert(stream, self.log.append(&commit, expected).await.unwrap());
    }

    /// Writes the tables up to here.
    pub(crate) async fn write(&self) {
        rebuild::<Stepped, _>(&self.log, &self.tables, |_| {}).await.unwrap();
    }

    /// Everything that was said, in order.
    pub(crate) async fn commits(&self) -> Vec<Commit> {
        let mut commits = Vec::new();
        for position in 1..=self.head().await {
            commits.push(self.log.at(Position(position)).await.unwrap().unwrap().commit);
        }
        commits
    }

    pub(crate) async fn head(&self) -> u64 {
        self.log.head().await.unwrap().0
    }

    pub(crate) async fn view(&self, position: u64) -> View {
        let reading = Reading { position: Some(Position(position)), ..Reading::default() };
        self.tables.view_at(reading).await.unwrap()
    }

    pub(crate) async fn at(&self, position: u64) -> Reader {
        Reader::of(self.view(position).await, Within::everything()).await.unwrap()
    }

    pub(crate) async fn known_at(&self, known_at: KnownAt) -> Reader {
        self.within(known_at, Within::everything()).await
    }

    pub(crate) async fn within(&self, known_at: KnownAt, within: Within) -> Reader {
        Reader::open(&self.tables, known_at, None, std::time::Duration::ZERO, within).await.unwrap()
    }
}
