//! A world that many clients crowd: few points, few days, as few documents as it is told, so that they meet all the time.

use fastrand::Rng;
use serde_json::{Value, json};

/// A command's name and body.
pub type Command = (&'static str, Value);

/// What everybody has heard of. Some of it may never have come to pass.
#[derive(Debug)]
pub struct World {
    /// How many documents there are.
    documents: u32,
    citizens: Vec<String>,
    services: Vec<String>,
    points: Vec<String>,
}

/// The commands that make a programme, an approved project, two points and their staff.
pub fn beginnings() -> Vec<Command> {
    vec![
        (
            "DefineProgramme",
            json!({"id": "prog", "name": "P", "measure": "M1C1-1.7.2", "award": "1000.00",
                "region": {"istat": "03", "name": "R"}, "currency": "EUR", "starts": "2023-01-01",
                "ends": "2025-12-31", "targets": {"points": 1, "citizens": 10, "services": 10}}),
        ),
        (
            "SubmitApplication",
            json!({"project": "proj", "programme": "prog", "name": "N", "lead": {"name": "L"}, "award": "100.00",
                "targets": {"points": 1, "citizens": 10, "services": 10}, "provinces": ["MI"],
                "starts": "2023-01-01", "ends": "2025-12-31"}),
        ),
        ("ApproveApplication", json!({"project": "proj", "act": "A", "on": "2023-02-01"})),
        ("OpenPoint", point("p-0")),
        ("OpenPoint", point("p-1")),
        ("EnrolFacilitator", staff("anna", "facilitator", &["p-0", "p-1"])),
        ("EnrolFacilitator", staff("vito", "scd_volunteer", &["p-0"])),
    ]
}

fn point(id: &str) -> Value {
    json!({"point": id, "project": "proj", "name": "Centro", "kind": "fixed", "province": "MI",
        "municipality": "Milano", "opened_on": "2023-03-01", "weekly_hours": 24, "workstations": 2,
        "megabits_per_second": 30, "services": ["individual_facilitation"]})
}

fn staff(id: &str, role: &str, points: &[&str]) -> Value {
    json!({"facilitator": id, "project": "proj", "role": role, "points": points, "from": "2023-03-01"})
}

/// A document's number; it must never be seen again.
fn document(number: u32) -> Value {
    json!({"kind": "passport", "number": canary(number)})
}

fn canary(number: u32) -> String {
    format!("YA73{number}5519")
}

fn one<'a>(rng: &mut Rng, of: &'a [String], otherwise: &'a str) -> &'a str {
    rng.choice(of).map_or(otherwise, String::as_str)
}

const NOBODY: &str = "00000000000000000000000000000000";

impl World {
    /// A world of so many documents, at least two.
    pub fn of(documents: u32) -> World {
        World {
            documents,
            citizens: Vec::new(),
            services: Vec::new(),
            points: vec!["p-0".to_owned(), "p-1".to_owned()],
        }
    }

    /// Every document's number.
    pub fn canaries(&self) -> Vec<String> {
        (0..self.documents).map(canary).collect()
    }

    /// Takes in what an answer named.
    pub fn hears(&mut self, stream: &str) {
        let Some((kind, id)) = stream.split_once('.') else { return };
        let known = match kind {
            "record" => &mut self.citizens,
            "service" => &mut self.services,
            "point" => &mut self.points,
            _ => return,
        };
        if !known.iter().any(|known| known == id) {
            known.push(id.to_owned());
        }
    }

    /// What somebody asks for next.
    pub fn wish(&self, rng: &mut Rng) -> Command {
        match rng.u8(..100) {
            0..22 => self.registration(rng),
            22..54 => ("RecordService", self.service(rng)),
            54..60 => self.session(rng),
            60..72 => self.of_a_pair(rng),
            72..82 => {
                let name = *rng.choice(&["DisputeService", "UpholdService", "VoidService", "VoidService"]).unwrap();
                (name, json!({"service": one(rng, &self.services, NOBODY), "reason": "r"}))
            }
            82..88 => ("OpenPoint", point(&format!("p-{}", rng.u8(2..5)))),
            88..94 => {
                let name = *rng.choice(&["SuspendPoint", "ResumePoint", "ClosePoint", "VoidPoint"]).unwrap();
                let on = format!("2024-0{}-15", rng.u8(1..6));
                (name, json!({"point": one(rng, &self.points, "p-0"), "on": on, "reason": "r"}))
            }
            94..97 => {
                let points: Vec<&str> = self.points.iter().map(String::as_str).collect();
                let role = if rng.bool() { "facilitator" } else { "scd_volunteer" };
                let name = if rng.bool() { "anna" } else { "vito" };
                ("EnrolFacilitator", staff(name, role, &points[..rng.usize(1..=points.len())]))
            }
            _ => ("EndFacilitator", json!({"facilitator": "vito", "on": format!("2024-0{}-20", rng.u8(1..6))})),
        }
    }

    fn registration(&self, rng: &mut Rng) -> Command {
        let first = rng.u32(..self.documents);
        let mut documents = vec![document(first)];
        if rng.u8(..3) == 0 {
            documents.push(document((first + rng.u32(1..self.documents)) % self.documents));
        }
        ("RegisterCitizen", json!({"documents": documents, "profile": {"birth_year": 1950}}))
    }

    /// Mostly what somebody else has to decide on, so that persons are made and unmade.
    fn of_a_pair(&self, rng: &mut Rng) -> Command {
        let names = [
            "ProposeLink",
            "ProposeLink",
            "ConfirmLink",
            "ConfirmLink",
            "RejectLink",
            "BreakLink",
            "BreakLink",
            "ConfirmBreak",
            "ConfirmBreak",
            "RejectBreak",
        ];
        // The first of all that were heard of, or nobody would meet anybody.
        let few = &self.citizens[..self.citizens.len().min(4)];
        let pair = [one(rng, few, NOBODY), one(rng, few, NOBODY)];
        (*rng.choice(&names).unwrap(), json!({"citizens": pair, "reason": "r"}))
    }

    fn service(&self, rng: &mut Rng) -> Value {
        let mut body = json!({
            "citizen": one(rng, &self.citizens, NOBODY), "point": one(rng, &self.points, "p-0"), "facilitator": "anna",
            "occurred_on": format!("2024-0{}-1{}", rng.u8(1..6), rng.u8(..2)), "minutes": 30,
            "kind": if rng.u8(..6) == 0 { "reception" } else { "individual_facilitation" },
        });
        if rng.u8(..4) == 0 {
            body["facilitator"] = json!("vito");
            body["supported_by"] = json!("anna");
        }
        if rng.u8(..4) == 0 {
            body["start_time"] = json!("09:30");
        }
        if rng.u8(..12) == 0 {
            body["refers_to"] = json!(one(rng, &self.services, NOBODY));
        }
        body
    }

    fn session(&self, rng: &mut Rng) -> Command {
        let mut body = self.service(rng);
        let mut citizens: Vec<&str> = self.citizens.iter().map(String::as_str).collect();
        rng.shuffle(&mut citizens);
        citizens.truncate(3);
        if citizens.is_empty() {
            citizens.push(NOBODY);
        }
        let fields = body.as_object_mut().unwrap();
        fields.remove("citizen");
        fields.insert("citizens".to_owned(), json!(citizens));
        ("RecordGroupSession", body)
    }
}
