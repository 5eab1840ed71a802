//! A network of points over a programme's plan.

use jiff::{ToSpan as _, civil::Date};
use serde_json::{Value, json};
use traccia_domain::programme::Definition;

/// A place with the people who work there.
pub(crate) struct Site {
    pub(crate) point: String,
    pub(crate) province: String,
    pub(crate) opened_on: Date,
    pub(crate) staff: Vec<String>,
    pub(crate) weight: u64,
}

/// An invented network over a programme's plan.
pub struct Network {
    commands: Vec<(&'static str, Value)>,
    pub(crate) sites: Vec<Site>,
}

impl Network {
    /// One project for each province of the plan, as many points as it promises, two facilitators each.
    pub fn new(definition: &Definition, programme: Value, random: &mut fastrand::Rng) -> Network {
        let mut network = Network { commands: vec![("DefineProgramme", programme)], sites: Vec::new() };
        for province in &definition.provinces {
            let code = province.code.as_str();
            let project = format!("{}-{}", definition.id, code.to_lowercase());
            network.commands.push(("SubmitApplication", json!({
                "project": project, "programme": definition.id, "name": format!("Rete {}", province.name),
                "lead": {"name": format!("Capofila {}", province.name)}, "award": province.award,
                "targets": {"points": province.points, "citizens": province.citizens, "services": province.services},
                "provinces": [code], "starts": "2023-03-01", "ends": "2025-12-31",
            })));
            network.commands.push((
                "ApproveApplication",
                json!({"project": project, "act": "D.d.u.o. 1/2023", "on": "2023-02-15"}),
            ));
            for number in 1..=province.points {
                let weight = u64::from(province.citizens / province.points.max(1));
                network.point(&project, code, &province.name, number, weight, random);
            }
        }
        network
    }

    fn point(&mut self, project: &str, code: &str, name: &str, number: u32, weight: u64, random: &mut fastrand::Rng) {
        let point = format!("{}-{number:03}", code.to_lowercase());
        let opened_on = jiff::civil::date(2023, 3, 1).saturating_add(random.i32(0..300).days());
        self.commands.push(("OpenPoint", json!({
            "point": point, "project": project, "name": format!("Punto {name} {number}"),
            "kind": if number.is_multiple_of(10) { "itinerant" } else { "fixed" }, "province": code, "municipality": name,
            "opened_on": opened_on, "weekly_hours": 24, "days_per_week": 6, "workstations": 2, "megabits_per_second": 100,
            "services": ["individual_facilitation", "group_facilitation", "classroom_training", "online_training"],
        })));
        let mut staff = Vec::new();
        for (id, role) in [("f", "facilitator"), ("g", "facilitator"), ("v", "scd_volunteer")] {
            if role == "scd_volunteer" && !number.is_multiple_of(20) {
                continue;
            }
            let facilitator = format!("{id}-{point}");
            self.commands.push((
                "EnrolFacilitator",
                json!({
                    "facilitator": facilitator, "project": project, "role": role, "points": [point], "from": opened_on,
                }),
            ));
            staff.push(facilitator);
        }
        self.sites.push(Site { point, province: name.to_owned(), opened_on, staff, weight });
    }

    /// The commands that build it, in order.
    #[must_use]
    pub fn commands(&self) -> &[(&'static str, Value)] {
        &self.commands
    }

    /// The site a number below the sum of the weights falls on.
    pub(crate) fn site(&self, mut number: u64) -> usize {
        self.sites
            .iter()
            .position(|site| {
                let here = number < site.weight;
                number = number.saturating_sub(site.weight);
                here
            })
            .unwrap_or_default()
    }

    /// Its points, each with somebody who works there.
    pub fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sites.iter().filter_map(|site| Some((site.point.as_str(), site.staff.first()?.as_str())))
    }
}
