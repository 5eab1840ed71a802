use std::time::Duration;

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

/// Follows into a database while something is taken from it, longer than a batch is tried that the database refuses, and given
/// back.
async fn waits_while(address: String, taken: impl AsyncFnOnce(), given_back: impl AsyncFnOnce()) {
    let log = log().await;
    let written = Written::nothing(Place::Postgres(address));
    let mut running = Running::start(&log, &written.tables).await;
    taken().await;
    let at = happens(&log, "p", vec![suspended("while nothing is written")]).await;
    running.status.wait_for(|status| matches!(status.state, State::Waiting { .. })).await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    given_back().await;
    running.reaches(at).await;
    running.stop().await;
    assert_eq!(written.rows(None).await, expected(&log).await);
}

#[tokio::test]
async fn a_server_that_only_reads_for_a_while_is_waited_for() {
    let Some(server) = Server::start() else { return };
    let others =
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null";
    let told = async |setting: &str| {
        for statement in [setting, "select pg_reload_conf()", "select pg_sleep(0.2)", others] {
            server.psql("postgres", statement);
        }
    };
    let taken = async || told("alter system set default_transaction_read_only = on").await;
    waits_while(server.database(), taken, async || told("alter system reset all").await).await;
}

#[tokio::test]
async fn a_right_that_is_taken_away_for_a_while_is_waited_for() {
    let Some(server) = Server::start() else { return };
    let address = server.database();
    let name = address.rsplit('/').next().unwrap();
    server.psql("postgres", "create role writer login");
    server.psql("postgres", &format!("alter database {name} owner to writer"));
    let told = async |statement: &str| {
        let each = "select schemaname, tablename from pg_tables where tableowner = 'writer'";
        let execute = format!("execute format('{statement}', t.schemaname, t.tablename)");
        server.psql(name, &format!("do $$ declare t record; begin for t in {each} loop {execute}; end loop; end $$"));
    };
    let taken = async || told("revoke all on %I.%I from writer").await;
    let given_back = async || told("grant all on %I.%I to writer").await;
    waits_while(address.replace("traccia@", "writer@"), taken, given_back).await;
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
