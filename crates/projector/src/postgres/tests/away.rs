use traccia_domain::Position;
use traccia_log::Log as _;
use traccia_tests::{Place, servers::postgres::Server};

use crate::{
    ReadError, Reading, State,
    tests::{Running, Written, expected, happens, history, log, suspended},
};

#[tokio::test]
async fn a_server_that_dies_under_the_projector_loses_nothing_and_doubles_nothing() {
    let Some(server) = Server::start() else { return };
    let log = log().await;
    let written = Written::nothing(Place::Postgres(server.database()));
    let mut running = Running::start(&log, &written.tables).await;
    for end in [Server::kill, Server::stop] {
        history(&log, 20).await;
        end(&server);
        let at = happens(&log, "p", vec![suspended("while it is away")]).await;
        running.status.wait_for(|status| matches!(status.state, State::Waiting { .. })).await.unwrap();
        let read = written.tables.view_at(Reading::default()).await;
        assert!(matches!(read, Err(ReadError::Unavailable(_))), "{read:?}");
        server.start_again();
        running.reaches(at).await;
        assert_eq!(running.status.borrow().state, State::Following);
        assert_eq!(written.tables.view_at(Reading::default()).await.unwrap().position, at);
    }
    running.stop().await;
    assert_eq!(written.rows(None).await, expected(&log).await);
}

#[tokio::test]
async fn a_projector_ends_although_the_server_is_away() {
    let Some(server) = Server::start() else { return };
    let log = log().await;
    let written = Written::nothing(Place::Postgres(server.database()));
    let mut running = Running::start(&log, &written.tables).await;
    let mut standing_by = Running::start(&log, &written.elsewhere()).await;
    server.kill();
    history(&log, 20).await;
    for running in [&mut running, &mut standing_by] {
        running.status.wait_for(|status| matches!(status.state, State::Waiting { .. })).await.unwrap();
    }
    standing_by.stop().await;
    running.told().await.unwrap_err();
    server.start_again();
    let mut running = Running::start(&log, &written.tables).await;
    running.reaches(log.head().await.unwrap()).await;
    running.stop().await;
    assert_eq!(log.head().await.unwrap(), Position(21));
    assert_eq!(written.rows(None).await, expected(&log).await);
}
