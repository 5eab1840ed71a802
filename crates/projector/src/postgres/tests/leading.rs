use std::time::Duration;

use futures::future::join_all;
use sqlx::{Connection as _, PgConnection};
use tokio::sync::oneshot;
use traccia_domain::Position;
use traccia_log::Log as _;
use traccia_tests::Place;

use super::{cut_the_lead, database, tamper};
use crate::{
    NoFork, Projector, ProjectorError, State,
    batch::Batch,
    postgres::Server,
    store::WriteError,
    tests::{Running, Small, Written, expected, happens, history, log, suspended},
};

#[tokio::test]
async fn several_that_come_to_an_empty_database_at_once_all_get_on() {
    for _ in 0..5 {
        let Some(address) = database() else { return };
        let servers: Vec<_> = (0..8).map(|_| Server::at(address.parse().unwrap())).collect();
        for swept in join_all(servers.iter().map(Server::sweep)).await {
            swept.unwrap();
        }
    }
}

#[tokio::test]
async fn whoever_is_told_to_stop_while_another_takes_the_lead_ends_well() {
    let Some(address) = database() else { return };
    let log = log().await;
    let written = Written::nothing(Place::Postgres(address.clone()));
    let (stop, stopped) = oneshot::channel::<()>();
    let projector = Projector::<Small, _>::open(log.clone(), written.tables.clone()).await.unwrap();
    let mut status = projector.status();
    let task = tokio::spawn(projector.keep_on(async move { drop(stopped.await) }));
    status.wait_for(|status| status.state == State::Following).await.unwrap();
    // Its batch waits for a row that another holds, and is told to stop; then it finds that the other has written.
    let mut other = PgConnection::connect(&address).await.unwrap();
    let moves = "begin; update traccia.installation set position = position + 1000";
    sqlx::raw_sql(moves).execute(&mut other).await.unwrap();
    happens(&log, "p", vec![suspended("while another writes")]).await;
    let waits = "select exists (select from pg_locks join pg_stat_activity using (pid)
                 where not granted and datname = current_database() and application_name = 'traccia projector')";
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut other).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    sqlx::raw_sql("commit").execute(&mut other).await.unwrap();
    tokio::time::timeout(Duration::from_secs(20), task).await.expect("it ends").unwrap().expect("and well");
    assert!(!matches!(status.borrow().state, State::Stopped { .. }), "{:?}", status.borrow());
}

#[tokio::test]
async fn a_second_projector_stands_by_and_takes_over_when_the_first_is_cut_off() {
    let Some(address) = database() else { return };
    let log = log().await;
    let written = Written::nothing(Place::Postgres(address.clone()));
    let one = Running::start(&log, &written.tables).await;
    let mut other = Running::start(&log, &written.elsewhere()).await;
    history(&log, 20).await;
    // It keeps up with what the first writes.
    other.reaches(Position(21)).await;
    assert_eq!(other.status.borrow().state, State::StandingBy);
    // Nor has it a copy of the fold to give before it leads.
    let asked = other.forks.fork(Position(1), Duration::from_secs(60)).await;
    assert_eq!(asked.err(), Some(NoFork::Elsewhere));
    cut_the_lead(&address).await;
    other.status.wait_for(|status| status.state == State::Following).await.unwrap();
    let at = happens(&log, "p", vec![suspended("later")]).await;
    other.reaches(at).await;
    assert!(other.forks.fork(at, Duration::from_secs(60)).await.is_ok());
    assert!(matches!(one.task.await.unwrap(), Err(ProjectorError::Fenced { at: Position(21) })));
    other.stop().await;
    assert_eq!(written.rows(None).await, expected(&log).await);
}

#[tokio::test]
async fn a_second_projector_takes_over_when_the_first_ends() {
    let Some(address) = database() else { return };
    let log = log().await;
    let written = Written::nothing(Place::Postgres(address));
    let first = Running::start(&log, &written.tables).await;
    let mut second = Running::start(&log, &written.elsewhere()).await;
    let third = Running::start(&log, &written.elsewhere()).await;
    // Whoever only stands by may end at any time.
    third.stop().await;
    first.stop().await;
    let at = happens(&log, "p", vec![suspended("later")]).await;
    second.reaches(at).await;
    second.stop().await;
    assert_eq!(written.rows(None).await, expected(&log).await);
}

#[tokio::test]
async fn a_projector_that_is_cut_off_goes_on_when_nobody_else_leads() {
    let Some(address) = database() else { return };
    let log = log().await;
    let written = Written::nothing(Place::Postgres(address.clone()));
    let mut running = Running::start(&log, &written.tables).await;
    for _ in 0..3 {
        history(&log, 10).await;
        cut_the_lead(&address).await;
        history(&log, 10).await;
        running.reaches(log.head().await.unwrap()).await;
    }
    assert_eq!(running.status.borrow().state, State::Following);
    running.stop().await;
    assert_eq!(written.rows(None).await, expected(&log).await);
}

#[tokio::test]
async fn whoever_leads_is_fenced_off_by_the_checkpoint_all_the_same() {
    let Some(address) = database() else { return };
    let log = log().await;
    history(&log, 5).await;
    let written = Written::built(Place::Postgres(address.clone()), &log).await;
    let running = Running::start(&log, &written.tables).await;
    tamper(&address, "update traccia.installation set position = position + 1").await;
    happens(&log, "p", vec![suspended("later")]).await;
    assert!(matches!(running.task.await.unwrap(), Err(ProjectorError::Fenced { at: Position(6) })));
}

#[tokio::test]
async fn a_lost_connection_that_lives_on_at_the_server_does_not_keep_the_lead() {
    let Some(address) = database() else { return };
    let log = log().await;
    let written = Written::built(Place::Postgres(address.clone()), &log).await;
    let at = written.tables.checkpoint().await.unwrap().unwrap();
    let server = Server::at(address.parse().unwrap());
    let lead = server.lead().await.unwrap().unwrap();
    let mut writer = server.writer(lead).await.unwrap();
    // As after a cut that only we have noticed.
    let _ghost = writer.lead.take().unwrap();
    assert!(Server::at(address.parse().unwrap()).lead().await.unwrap().is_none());
    let mut tries = 0;
    while let Err(error) = writer.write(&Batch { parts: Vec::new() }, at.position, &at).await {
        assert!(matches!(error, WriteError::Away(_)), "{error:?}");
        tries += 1;
        assert!(tries < 1_000, "{error:?}");
    }
    // Whoever has lost it to another is told so at once.
    writer.lead = None;
    let other = Server::at(address.parse().unwrap());
    let lead = loop {
        if let Some(lead) = other.lead().await.unwrap() {
            break lead;
        }
    };
    let deposed = writer.write(&Batch { parts: Vec::new() }, at.position, &at).await;
    assert!(matches!(deposed, Err(WriteError::Deposed)), "{deposed:?}");
    drop(lead);
}

#[tokio::test]
async fn it_is_seen_from_elsewhere_whether_any_projector_leads() {
    let (Some(address), Some(other)) = (database(), database()) else { return };
    let seen = async |address: &str| Server::at(address.parse().unwrap()).led().await.unwrap();
    let server = Server::at(address.parse().unwrap());
    server.sweep().await.unwrap();
    let lead = server.lead().await.unwrap().expect("nobody else is here");
    assert_eq!(seen(&address).await, Some(true));
    assert_eq!(seen(&other).await, Some(false), "the lead of another database of the server is not this one's");
    drop(lead);
    assert_eq!(seen(&address).await, Some(false));
}
