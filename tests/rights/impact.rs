//! What a command would change may be asked by who may send it, each about what is their own, and by the auditor.

use axum::{body::Body, http::StatusCode};
use serde_json::json;
use traccia_domain::{Command, Role};
use traccia_log::Log as _;

use super::{
    commands::{LINKING, may, sample},
    neighbours::{Neighbours, ROLES, neighbours},
};
use crate::house::post;

/// The routes that ask for the right to a command: those of others are forbidden, as sending them is.
pub(super) const IMPACTS: [&str; 2] = ["POST /v1/impact", "GET /impatto"];

#[tokio::test]
async fn a_role_asks_what_its_own_commands_would_change_and_nothing_is_written() {
    let Neighbours { house, own, foreign } = neighbours().await;
    let head = house.log.head().await.unwrap();
    for (role, scope) in ROLES {
        let token = house.token(role, scope);
        let asked = async |name: &str, side| {
            let body = json!({"command": name, "data": sample(name, side)}).to_string();
            house.send(post("/v1/impact", &token).body(Body::from(body)).unwrap()).await
        };
        for name in Command::NAMES {
            let auditor = role == Role::Auditor;
            let answer = asked(name, &own).await;
            let forbidden = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(forbidden, !auditor && !may(role).contains(name), "{role:?} {name}: {}", answer.text);
            let anywhere =
                ["RegisterCitizen", "EraseRecord"].contains(name) || LINKING.contains(name) || role == Role::Admin;
            let answer = asked(name, &foreign).await;
            let forbidden = answer.status == StatusCode::FORBIDDEN;
            let expected = !(auditor || anywhere && may(role).contains(name));
            assert_eq!(forbidden, expected, "{role:?} {name} of others: {} {}", answer.status, answer.text);
        }
    }
    assert_eq!(house.log.head().await.unwrap(), head);
}

#[tokio::test]
async fn the_page_of_an_impact_asks_for_the_same_right() {
    let Neighbours { house, own, foreign } = neighbours().await;
    for (role, scope) in ROLES {
        let token = house.token(role, scope);
        let shown =
            async |service: &str| house.get(&token, &format!("/impatto?command=void_service&service={service}")).await;
        let others = shown(&foreign.service).await;
        let sees_all = matches!(role, Role::Auditor | Role::Admin);
        assert_eq!(others.status == StatusCode::FORBIDDEN, !sees_all, "{role:?}: {}", others.text);
        let may = role != Role::Treasurer;
        let mine = shown(&own.service).await;
        assert_eq!(mine.status == StatusCode::OK, may, "{role:?}: {} {}", mine.status, mine.text);
        let unit = mine.text.contains(&own.citizen) && mine.text.contains("non più conteggiato");
        assert_eq!(unit, may, "{role:?}: {}", mine.text);
    }
}

#[test]
fn the_description_names_the_roles_that_may_ask() {
    for (path, method) in [("/v1/impact", "post"), ("/impatto", "get")] {
        let described = &traccia_web::document()["paths"][path][method]["x-roles"];
        assert_eq!(*described, json!(Role::ALL.map(Role::as_str)), "{path}");
    }
}
