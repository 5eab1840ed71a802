//! Everything is denied unless allowed: every route, without a token and with the wrong role or the scope of another.

mod commands;
mod confirmations;
mod impact;
mod neighbours;
mod pages;
mod reads;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;
use traccia_domain::Role;

use crate::house::{House, citizen, network, point, service};

/// What anyone may ask for, as the contract lists it.
const PUBLIC: [&str; 9] = [
    "/",
    "/style.css",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/accesso",
    "/checkpoint",
    "/tile/{level}/{index}",
];

/// Every operation of the published description.
async fn operations(house: &House) -> Vec<(Method, String)> {
    let description = house.send(Request::get("/openapi.json").body(Body::empty()).unwrap()).await.body;
    assert_eq!(description["openapi"].as_str().unwrap()[..3], *"3.1");
    let paths = description["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys().map(|method| method.to_uppercase().parse().unwrap());
        methods.map(move |method: Method| (method, path.clone()))
    });
    operations.collect()
}

fn path_of(path: &str) -> String {
    let path = path.replace("{level}", "0").replace("{index}", "000.p/1");
    path.replace("{command}", "OpenPoint").replace("{position}", "1").replace("{id}", &"0".repeat(32))
}

#[tokio::test]
async fn every_route_is_closed_without_a_token() {
    let house = House::start().await;
    let operations = operations(&house).await;
    assert!(operations.len() >= 20, "the description lists the routes: {operations:?}");
    for (method, path) in operations {
        let asked = |token: Option<&str>| {
            let mut request = Request::builder().method(method.clone()).uri(path_of(&path));
            if let Some(token) = token {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            house.send(request.body(Body::from("{}")).unwrap())
        };
        if path == "/metrics" {
            // Open on loopback; a request made here comes from nowhere.
            continue;
        }
        if PUBLIC.contains(&path.as_str()) {
            assert_ne!(asked(None).await.status, StatusCode::UNAUTHORIZED, "{method} {path} is public");
            continue;
        }
        for token in [None, Some("nonsense"), Some("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")] {
            let answer = asked(token).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path} with {token:?}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn what_belongs_to_others_is_neither_written_nor_shown() {
    let house = House::start().await;
    network(&house).await;
    house.done("OpenPoint", point("mi-0002")).await;
    let citizen = citizen(&house, "CA1234567").await;
    let recorded = house.done("RecordService", service(&citizen, "2024-03-01")).await;
    house.caught_up().await;

    let elsewhere = [
        (Role::Facilitator, "point:mi-0002"),
        (Role::Capofila, "project:rete-bergamo"),
        (Role::Region, "programme:toscana"),
    ];
    for (role, limit) in elsewhere {
        let token = house.token(role, &[limit]);
        let answer = house.command(&token, "VoidService", json!({"service": recorded["id"], "reason": "r"})).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?}: {}", answer.text);
        let id = recorded["id"].as_str().unwrap();
        for path in [format!("/v1/services/{id}"), "/v1/points/mi-0001".to_owned()] {
            let answer = house.get(&token, &path).await;
            assert!([403, 404].contains(&answer.status.as_u16()), "{role:?} {path}: {}", answer.text);
        }
        let points = house.get(&token, "/v1/points").await;
        assert!(!points.text.contains("mi-0001"), "{role:?}: {}", points.text);
        let units = house.get(&token, "/v1/counting/units?programme=lombardia").await;
        assert!(!units.text.contains(&citizen), "{role:?}: {}", units.text);
        for path in ["/v1/log", "/v1/log/1", "/v1/log/1/proof", "/tile/entries/000.p/1"] {
            let log = house.get(&token, path).await;
            assert_eq!(log.status, StatusCode::FORBIDDEN, "{role:?} {path}: {}", log.text);
        }
    }
}
