//! Who says what the bank did.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use traccia_domain::{Role, tranche::OrderId};

use super::neighbours::{Neighbours, ROLES, Side, neighbours};

#[tokio::test]
async fn only_who_pays_says_what_the_bank_did_and_of_their_own_alone() {
    let Neighbours { house, own, foreign } = neighbours().await;
    house.caught_up().await;
    let asked = async |token: &str, side: &Side| {
        let order = OrderId::of(&side.project.parse().unwrap(), "T1");
        let request =
            Request::post("/v1/payments/confirmations").header(header::AUTHORIZATION, format!("Bearer {token}"));
        house.send(request.body(Body::from(format!("order,failed\n{order},conto chiuso\n"))).unwrap()).await
    };
    for (role, scope) in ROLES {
        let token = house.token(role, scope);
        let answer = asked(&token, &own).await;
        let may = matches!(role, Role::Treasurer | Role::Admin);
        assert_eq!(answer.status == StatusCode::OK, may, "{role:?}: {}", answer.text);
        assert_eq!(answer.status == StatusCode::FORBIDDEN, !may, "{role:?}: {}", answer.text);
        assert_eq!(answer.text.contains(own.project), may, "{role:?}: {}", answer.text);
    }
    let others = asked(&house.token(Role::Treasurer, ROLES[3].1), &foreign).await;
    assert!(others.text.contains("UnknownOrder") && !others.text.contains(foreign.project), "{}", others.text);
}
