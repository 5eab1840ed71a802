//! The number, counted naively from the raw log: who was served, each citizen once for each programme and line. It knows
//! the facts that the histories here are made of, and stops at any other.

use std::collections::{BTreeMap, BTreeSet};

use super::raw::{Commit, Event};

/// A programme and a line.
pub type Scope = (String, String);

/// What is known at the end, by stream.
#[derive(Default)]
struct Known<'a> {
    /// Records in the order in which they appear, and where in it.
    records: Vec<&'a str>,
    met: BTreeMap<&'a str, usize>,
    /// Linked records, from either side.
    links: BTreeMap<&'a str, BTreeSet<&'a str>>,
    projects: BTreeMap<&'a str, Vec<&'a Event>>,
    points: BTreeMap<&'a str, Vec<&'a Event>>,
    facilitators: BTreeMap<&'a str, Vec<&'a Event>>,
    /// What was said of each service, in the order in which they were recorded.
    services: Vec<Vec<&'a Event>>,
    recorded: BTreeMap<&'a str, usize>,
}

/// The citizens that count, by their oldest record.
pub fn counted<'a>(commits: impl Iterator<Item = &'a Commit>) -> BTreeMap<Scope, BTreeSet<String>> {
    let mut known = Known::default();
    for commit in commits {
        commit.events.iter().for_each(|event| known.learn(commit.id(), event));
    }
    let mut counted: BTreeMap<Scope, BTreeSet<String>> = BTreeMap::new();
    let mut earlier: BTreeMap<Act<'_>, BTreeSet<&str>> = BTreeMap::new();
    for said in &known.services {
        let (record, voided) = (text(said[0], "record"), last(said, "service_voided").is_some());
        if voided {
            continue;
        }
        // The same person, at the same place and time, for the same thing, under another record: the first one stands.
        let person = known.person(record);
        let act = ["point", "occurred_on", "start_time", "kind"].map(|field| text(said[0], field));
        let records = earlier.entry((person, act)).or_default();
        let duplicate = records.iter().any(|other| *other != record);
        records.insert(record);
        if let Some(scope) = known.scope(said).filter(|_| !duplicate) {
            counted.entry(scope).or_default().insert(person.to_owned());
        }
    }
    counted
}

/// A person, and where, when and what.
type Act<'a> = (&'a str, [&'a str; 4]);

fn text<'a>(event: &'a Event, field: &str) -> &'a str {
    event.data[field].as_str().unwrap_or_default()
}

/// The two records of a pair, from either side.
fn both_ways(event: &Event) -> [[&str; 2]; 2] {
    let [one, other] = [0, 1].map(|side| event.data["records"][side].as_str().unwrap_or_default());
    [[one, other], [other, one]]
}

fn last<'a, 'b>(said: &'b [&'a Event], kind: &str) -> Option<&'b &'a Event> {
    said.iter().rev().find(|event| event.kind == kind)
}

impl<'a> Known<'a> {
    fn learn(&mut self, id: &'a str, event: &'a Event) {
        match event.kind.as_str() {
            "log_started" | "programme_defined" => {}
            "application_submitted" | "application_approved" => self.projects.entry(id).or_default().push(event),
            "point_opened" | "point_suspended" | "point_resumed" | "point_closed" | "point_voided" => {
                self.points.entry(id).or_default().push(event);
            }
            "facilitator_enrolled" | "facilitator_ended" => self.facilitators.entry(id).or_default().push(event),
            "record_registered" => self.meet(id),
            "records_linked" | "link_confirmed" => {
                for [from, to] in both_ways(event) {
                    self.meet(from);
                    self.links.entry(from).or_default().insert(to);
                }
            }
            "link_broken" => {
                for [from, to] in both_ways(event) {
                    self.links.entry(from).or_default().remove(to);
                }
            }
            // Proposals and what becomes of them change nobody, as long as nothing is linked or broken.
            "link_proposed" | "link_rejected" | "break_proposed" | "break_rejected" => {
                both_ways(event).into_iter().for_each(|[record, _]| self.meet(record));
            }
            "service_recorded" => {
                self.meet(text(event, "record"));
                self.recorded.insert(id, self.services.len());
                self.services.push(vec![event]);
            }
            "service_disputed" | "service_upheld" | "service_voided" => {
                let service = self.recorded.get(id).expect("a service is recorded before anything is said of it");
                self.services[*service].push(event);
            }
            other => panic!("the checker does not count {other} yet: teach it"),
        }
    }

    fn meet(&mut self, record: &'a str) {
        if !self.met.contains_key(record) {
            self.met.insert(record, self.records.len());
            self.records.push(record);
        }
    }

    /// The oldest record within reach of links.
    fn person(&self, record: &'a str) -> &'a str {
        let (mut reached, mut ahead) = (BTreeSet::from([record]), vec![record]);
        while let Some(record) = ahead.pop() {
            let linked = self.links.get(record).into_iter().flatten();
            ahead.extend(linked.filter(|other| reached.insert(**other)));
        }
        let oldest = reached.iter().filter_map(|record| self.met.get(record)).min().expect("it was met");
        self.records[*oldest]
    }

    /// Where a service that was not voided counts; `None` when it does not.
    fn scope(&self, said: &[&Event]) -> Option<Scope> {
        let (service, on) = (said[0], text(said[0], "occurred_on"));
        let point = self.points.get(text(service, "point"))?;
        let project = self.projects.get(text(last(point, "point_opened")?, "project"))?;
        let applied = last(project, "application_submitted")?;
        last(project, "application_approved")?;
        let inside = text(applied, "starts") <= on && on <= text(applied, "ends");
        let kind = text(service, "kind");
        if !inside || matches!(kind, "reception" | "other") || !receives(point, on) {
            return None;
        }
        let facilitator = self.facilitators.get(text(service, "facilitator"))?;
        let line = line(facilitator, text(service, "point"), on)?;
        Some((text(applied, "programme").to_owned(), line.to_owned()))
    }
}

/// Whether a point received citizens on a day, by what was said of it last.
fn receives(point: &[&Event], on: &str) -> bool {
    let by_then = |event: &&&Event| text(event, "on") <= on;
    // Suspensions and resumptions follow each other, in the log and in days; of two closures the last said holds.
    let mut pauses = point.iter().filter(|event| matches!(event.kind.as_str(), "point_suspended" | "point_resumed"));
    let paused = pauses.rfind(by_then).is_some_and(|event| event.kind == "point_suspended");
    let closed = last(point, "point_closed").is_some_and(|closed| text(closed, "on") <= on);
    let opened = last(point, "point_opened").is_some_and(|opened| text(opened, "opened_on") <= on);
    opened && !paused && !closed && last(point, "point_voided").is_none()
}

/// The line a facilitator serves in, if the last statement has them at a point on a day.
fn line(facilitator: &[&Event], point: &str, on: &str) -> Option<&'static str> {
    let enrolled = facilitator.iter().rposition(|event| event.kind == "facilitator_enrolled")?;
    let (stated, after) = (facilitator[enrolled], &facilitator[enrolled + 1..]);
    let there = stated.data["points"].as_array()?.iter().any(|at| at.as_str() == Some(point));
    let until = after.last().map_or(&stated.data["until"], |ended| &ended.data["on"]);
    if !there || on < text(stated, "from") || until.as_str().is_some_and(|until| until <= on) {
        return None;
    }
    Some(if text(stated, "role") == "scd_volunteer" { "scd" } else { "rfd" })
}
