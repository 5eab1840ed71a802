//! Every route that reads or takes an upload, every role: what is its own, and what is somebody else's. A route that is
//! published and has no line here fails the test.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;
use traccia_domain::Role;

use super::{
    PUBLIC,
    impact::IMPACTS,
    neighbours::{Neighbours, ROLES, Side, neighbours, sent},
    operations,
    pages::{FORMS, PAGES},
};
use crate::house::{Answer, House};

/// What of something a role sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sees {
    /// Nothing: it is refused.
    No,
    /// Nothing of this: its right reaches parts alone, and this is about a whole.
    Whole,
    /// Its own.
    Own,
    /// Everybody's.
    All,
}

use Sees::{All, No, Own, Whole};

/// A question, and a text that only an answer about it has.
pub(super) struct Ask {
    pub(super) path: String,
    pub(super) body: Option<String>,
    pub(super) shows: String,
}

/// A route.
pub(super) struct Route {
    pub(super) operation: &'static str,
    /// What a facilitator, a *capofila*, the Region, a treasurer see; an auditor and an admin see everything.
    pub(super) rights: [Sees; 4],
    /// What is asked about a side; `kept` is the run of an upload to it.
    pub(super) ask: fn(&Side, kept: &str) -> Ask,
}

pub(super) fn get(path: impl Into<String>, shows: impl Into<String>) -> Ask {
    Ask { path: path.into(), body: None, shows: shows.into() }
}

/// The head of the plan's register's file: it has no rows.
const REGIS: &str = "codice_univoco_submisura;descrizione_submisura;cup;codice_locale_progetto;codice_indicatore;\
    descrizione_indicatore;unita_di_misura;descrizione_unita_di_misura;descrizione_tipo_indicatore;valore_realizzato;\
    valore_programmato;mese;anno;data_di_estrazione\n";

const ROUTES: &[Route] = &[
    // Definitions are published acts.
    Route {
        operation: "GET /v1/programmes",
        rights: [All, All, All, All],
        ask: |side, _| get("/v1/programmes", format!("\"{}\"", side.programme)),
    },
    Route {
        operation: "GET /v1/programmes/{id}",
        rights: [All, All, All, All],
        ask: |side, _| get(format!("/v1/programmes/{}", side.programme), "\"definition\""),
    },
    Route {
        operation: "GET /v1/projects",
        rights: [Whole, Own, Own, Own],
        ask: |side, _| get("/v1/projects", format!("\"{}\"", side.project)),
    },
    Route {
        operation: "GET /v1/projects/{id}",
        rights: [Whole, Own, Own, Own],
        ask: |side, _| get(format!("/v1/projects/{}", side.project), "\"award\""),
    },
    Route {
        operation: "GET /v1/points",
        rights: [Own, Own, Own, Own],
        ask: |side, _| get("/v1/points", format!("\"{}\"", side.point)),
    },
    Route {
        operation: "GET /v1/points/{id}",
        rights: [Own, Own, Own, Own],
        ask: |side, _| get(format!("/v1/points/{}", side.point), "\"history\""),
    },
    Route {
        operation: "GET /v1/targets",
        rights: [Whole, Own, Own, Own],
        ask: |side, _| get("/v1/targets?by=project", format!("\"{}\"", side.project)),
    },
    Route {
        operation: "GET /v1/counting",
        rights: [Own, Own, Own, Own],
        ask: |side, _| get(format!("/v1/counting?point={}", side.point), "\"qualifying\""),
    },
    Route {
        operation: "GET /v1/counting/units",
        rights: [Own, Own, Own, No],
        ask: |side, _| get("/v1/counting/units", side.citizen.clone()),
    },
    Route {
        operation: "GET /v1/milestones",
        rights: [No, Own, Own, Own],
        ask: |side, _| get("/v1/milestones", format!("\"{}\"", side.project)),
    },
    Route {
        operation: "GET /v1/milestones/units",
        rights: [Own, Own, Own, No],
        ask: |side, _| get(format!("/v1/milestones/units?project={}&milestone=M2", side.project), side.citizen.clone()),
    },
    Route {
        operation: "GET /v1/counting/services",
        rights: [Own, Own, Own, No],
        ask: |side, _| get("/v1/counting/services", side.service.clone()),
    },
    Route {
        operation: "GET /v1/counting/persons",
        rights: [Own, Own, Own, No],
        ask: |side, _| get("/v1/counting/persons", side.citizen.clone()),
    },
    Route {
        operation: "GET /v1/counting/difference",
        rights: [Own, Own, Own, No],
        ask: |side, _| get(format!("/v1/counting/difference?from=0&point={}", side.point), side.citizen.clone()),
    },
    Route {
        operation: "GET /v1/counting/overlaps",
        rights: [No, No, All, No],
        ask: |_, _| get("/v1/counting/overlaps", "\"several_programmes\""),
    },
    // Whoever registers must find.
    Route {
        operation: "POST /v1/citizens/find",
        rights: [All, All, All, No],
        ask: |side, _| Ask {
            path: "/v1/citizens/find".to_owned(),
            body: Some(json!({"document": {"kind": "identity_card", "number": side.document}}).to_string()),
            shows: side.citizen.clone(),
        },
    },
    Route {
        operation: "GET /v1/citizens/{id}",
        rights: [Own, Own, Own, No],
        ask: |side, _| get(format!("/v1/citizens/{}", side.citizen), "\"attributions\""),
    },
    Route {
        operation: "GET /v1/services/{id}",
        rights: [Own, Own, Own, No],
        ask: |side, _| get(format!("/v1/services/{}", side.service), "\"qualifies\""),
    },
    Route {
        operation: "GET /v1/reports",
        rights: [No, Own, Own, Own],
        ask: |side, _| get("/v1/reports", format!("\"{}\"", side.project)),
    },
    Route {
        operation: "GET /v1/reports/{project}/{month}",
        rights: [No, Own, Own, Own],
        ask: |side, _| get(format!("/v1/reports/{}/2024-03", side.project), "\"content_hash\""),
    },
    // A pair of which one side was served in the programme.
    Route {
        operation: "GET /v1/links",
        rights: [No, No, Own, No],
        ask: |side, _| get("/v1/links", side.citizen.clone()),
    },
    Route {
        operation: "GET /v1/findings",
        rights: [No, Own, Own, No],
        ask: |side, _| get("/v1/findings", format!("minutes_of_a_day.{}.2024-03-01", side.facilitator)),
    },
    Route {
        operation: "GET /v1/findings/services",
        rights: [No, Own, Own, No],
        ask: |side, _| {
            let day = format!("minutes_of_a_day.{}.2024-03-01", side.facilitator);
            get(format!("/v1/findings/services?finding={day}"), side.service.clone())
        },
    },
    Route {
        operation: "GET /v1/expenses",
        rights: [No, Own, Own, Own],
        ask: |side, _| get(format!("/v1/expenses?project={}", side.project), format!("\"spesa-{}\"", side.project)),
    },
    Route {
        operation: "GET /v1/redistributions/proposal",
        rights: [No, No, Own, No],
        ask: |side, _| {
            get(format!("/v1/redistributions/proposal?programme={}", side.programme), format!("\"{}\"", side.project))
        },
    },
    Route {
        operation: "GET /v1/exports/regis",
        rights: [No, No, Own, Own],
        ask: |side, _| get(format!("/v1/exports/regis?programme={}", side.programme), "codice_univoco_submisura"),
    },
    Route {
        operation: "POST /v1/exports/regis/differences",
        rights: [No, No, Own, Own],
        ask: |side, _| Ask {
            path: format!("/v1/exports/regis/differences?programme={}", side.programme),
            body: Some(REGIS.to_owned()),
            shows: "\"missing_there\"".to_owned(),
        },
    },
    Route {
        operation: "GET /v1/exports/controls",
        rights: [No, No, Own, No],
        ask: |side, _| {
            get(format!("/v1/exports/controls?programme={}", side.programme), format!("\"project.{}\"", side.project))
        },
    },
    Route {
        operation: "GET /v1/exports/ocds",
        rights: [No, No, Own, Own],
        ask: |side, _| get(format!("/v1/exports/ocds?programme={}", side.programme), format!("-{}\"", side.project)),
    },
    Route {
        operation: "GET /v1/tranches",
        rights: [No, Own, Own, Own],
        ask: |side, _| get(format!("/v1/tranches?project={}", side.project), "\"items\""),
    },
    Route {
        operation: "GET /v1/exposures",
        rights: [No, Own, Own, Own],
        ask: |side, _| get(format!("/v1/exposures?project={}", side.project), "\"items\""),
    },
    // Whole account numbers are for who pays.
    Route {
        operation: "GET /v1/payments/orders",
        rights: [No, No, No, Own],
        ask: |side, _| get(format!("/v1/payments/orders?programme={}&format=json", side.programme), "\"items\""),
    },
    Route {
        operation: "GET /v1/payments/batches",
        rights: [No, No, No, Own],
        ask: |side, _| get(format!("/v1/payments/batches?programme={}", side.programme), "\"message\""),
    },
    Route {
        operation: "GET /v1/payments/batches/{programme}/{number}",
        rights: [No, No, No, Own],
        ask: |side, _| get(format!("/v1/payments/batches/{}/1", side.programme), "IT60X0542811101000000123456"),
    },
    Route {
        operation: "GET /v1/trail",
        rights: [No, Own, Own, Own],
        ask: |side, _| get(format!("/v1/trail?entity=point.{}", side.point), "\"PointOpened\""),
    },
    Route {
        operation: "GET /v1/log",
        rights: [No, No, No, No],
        ask: |side, _| get(format!("/v1/log?stream=point.{}", side.point), "\"point_opened\""),
    },
    Route {
        operation: "GET /v1/log/{position}",
        rights: [No, No, No, No],
        ask: |_, _| get("/v1/log/1", "\"position\":1"),
    },
    Route {
        operation: "GET /v1/log/{position}/proof",
        rights: [No, No, No, No],
        ask: |_, _| get("/v1/log/1/proof", "\"leaf_hash\""),
    },
    Route {
        operation: "GET /tile/entries/{index}",
        rights: [No, No, No, No],
        ask: |_, _| get("/tile/entries/000.p/1", "log_started"),
    },
    Route { operation: "GET /metrics", rights: [No, No, No, No], ask: |_, _| get("/metrics", "traccia_") },
    // Who may not record takes in no file; the Region reads what became of those of its programme.
    Route {
        operation: "POST /v1/imports",
        rights: [Own, Own, No, No],
        ask: |side, _| Ask {
            path: "/v1/imports?dry_run=true&max_rejected_share=1".to_owned(),
            body: Some(side.upload()),
            shows: "\"rejected\":0".to_owned(),
        },
    },
    Route {
        operation: "GET /v1/imports/{id}",
        rights: [Own, Own, Own, No],
        ask: |_, kept| get(format!("/v1/imports/{kept}"), "\"rows\":1"),
    },
    Route {
        operation: "GET /v1/imports/{id}/rejected",
        rights: [Own, Own, Own, No],
        ask: |_, kept| get(format!("/v1/imports/{kept}/rejected"), "Numero Riga"),
    },
];

/// What the bank did with orders, which are of who pays alone.
const BANK: &str = "POST /v1/payments/confirmations";

fn routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain(PAGES)
}

fn of_role(route: &Route, role: Role) -> Sees {
    let [facilitator, capofila, region, treasurer] = route.rights;
    match role {
        Role::Facilitator => facilitator,
        Role::Capofila => capofila,
        Role::Region => region,
        Role::Treasurer => treasurer,
        // What becomes of rows at a desk is not for an auditor, who writes nothing.
        Role::Auditor if ["POST /v1/imports", "GET /caricamenti"].contains(&route.operation) => No,
        Role::Auditor | Role::Admin => All,
    }
}

#[tokio::test]
async fn every_published_route_has_its_line_here() {
    let house = House::start().await;
    let published: BTreeSet<String> = operations(&house)
        .await
        .into_iter()
        .filter(|(_, path)| !PUBLIC.contains(&path.as_str()) && !path.starts_with("/v1/commands"))
        .map(|(method, path)| format!("{method} {path}"))
        .filter(|operation| !FORMS.contains(&operation.as_str()) && !IMPACTS.contains(&operation.as_str()))
        .filter(|operation| operation != BANK)
        .collect();
    let listed: BTreeSet<String> = routes().map(|route| route.operation.to_owned()).collect();
    assert_eq!(published, listed);
}

#[tokio::test]
async fn each_role_reads_its_own_and_nothing_of_others() {
    let Neighbours { house, own, foreign } = neighbours().await;
    // Somebody else's upload, and one by each who may: a run is its sender's.
    let others = sent(&house, &house.admin(), &foreign).await;
    for (role, scope) in ROLES {
        let token = house.token(role, scope);
        let kept = match role {
            Role::Facilitator | Role::Capofila => sent(&house, &token, &own).await,
            Role::Region | Role::Treasurer | Role::Auditor | Role::Admin => {
                sent(&house, &house.token(Role::Capofila, ROLES[1].1), &own).await
            }
        };
        house.caught_up().await;
        for route in routes() {
            let about_own = asked(&house, &token, route, &(route.ask)(&own, &kept)).await;
            let about_others = asked(&house, &token, route, &(route.ask)(&foreign, &others)).await;
            let seen = match of_role(route, role) {
                No => [Some(false), Some(false)],
                Whole => [None, None],
                Own => [Some(true), None],
                All => [Some(true), Some(true)],
            };
            for (expected, (saw, answer), whose) in [(seen[0], about_own, "own"), (seen[1], about_others, "others'")] {
                let right = match expected {
                    Some(true) => saw && answer.status == StatusCode::OK,
                    // Refused for the role, whatever is asked.
                    Some(false) => !saw && answer.status == StatusCode::FORBIDDEN,
                    // As if it did not exist.
                    None => !saw && [200, 404].contains(&answer.status.as_u16()),
                };
                assert!(right, "{role:?} {} ({whose}): {} {}", route.operation, answer.status, answer.text);
            }
        }
    }
}

/// What is answered, and whether it shows what was asked for.
async fn asked(house: &House, token: &str, route: &Route, ask: &Ask) -> (bool, Answer) {
    let method: Method = route.operation.split_once(' ').unwrap().0.parse().unwrap();
    let request = Request::builder()
        .method(method)
        .uri(&ask.path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(ask.body.clone().unwrap_or_default()))
        .unwrap();
    let answer = house.send(request).await;
    (answer.text.contains(&ask.shows), answer)
}

#[test]
fn the_description_names_the_roles_of_every_route() {
    for route in routes() {
        let (method, path) = route.operation.split_once(' ').unwrap();
        let described = &traccia_web::document()["paths"][path][method.to_lowercase()]["x-roles"];
        let roles: Vec<_> =
            Role::ALL.into_iter().filter(|role| of_role(route, *role) != No).map(Role::as_str).collect();
        assert_eq!(*described, json!(roles), "{}", route.operation);
    }
}
