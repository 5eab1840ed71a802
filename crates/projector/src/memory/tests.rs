use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use traccia_domain::Position;
use traccia_log::{BoxError, Log as _, memory::MemoryLog};

use super::{Calm, MemoryTables, Place as At, Weather};
use crate::{
    Projector, ProjectorError, Tables, rebuild,
    tests::{DEED, POINT, Running, Small, expected, history, log},
    verify,
};

/// Fails once at each of some places.
#[derive(Debug)]
struct Fails(Mutex<Vec<At>>);

impl Weather for Fails {
    fn at(&self, place: At) -> BoxFuture<'_, Result<(), BoxError>> {
        let mut left = self.0.lock().unwrap();
        let found = left.iter().position(|at| *at == place).map(|index| left.remove(index));
        Box::pin(async move { found.map_or(Ok(()), |_| Err("bad weather".into())) })
    }
}

/// Follows three histories one after another.
async fn follow(log: &Arc<MemoryLog>, tables: &Tables) {
    for _ in 0..3 {
        history(log, 12).await;
        let mut running = Running::start(log, tables).await;
        history(log, 5).await;
        running.reaches(log.head().await.unwrap()).await;
        running.stop().await;
    }
}

#[tokio::test]
async fn memory_holds_the_rows_that_a_database_holds() {
    let log = log().await;
    let memory = MemoryTables::new(Arc::new(Calm));
    follow(&log, &Tables::in_memory(memory.clone())).await;
    let rows = [&POINT, &DEED].into_iter().flat_map(|table| memory.rows(table));
    let lines = rows.map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"));
    assert_eq!(lines.collect::<Vec<_>>(), expected(&log).await);
}

#[tokio::test]
async fn a_lost_answer_is_found_out_and_a_failed_transaction_leaves_nothing() {
    let log = log().await;
    let memory = MemoryTables::new(Arc::new(Calm));
    follow(&log, &Tables::in_memory(memory.clone())).await;
    for place in [At::Before, At::Inside, At::After] {
        let tables = Tables::in_memory(memory.under(Arc::new(Fails(Mutex::new(vec![place, place])))));
        follow(&log, &tables).await;
        let verified = verify::<Small, _>(&log, &tables, None, |_| {}).await.unwrap();
        assert!(verified.holds(), "{place:?}: {verified:?}");
        assert_eq!(verified.position, log.head().await.unwrap());
    }
}

#[tokio::test]
async fn an_edited_row_is_found_in_memory_too() {
    let log = log().await;
    history(&log, 20).await;
    let memory = MemoryTables::new(Arc::new(Calm));
    let tables = Tables::in_memory(memory.clone());
    assert!(matches!(verify::<Small, _>(&log, &tables, None, |_| {}).await, Err(ProjectorError::NoTables)));
    rebuild::<Small, _>(&log, &tables, |_| {}).await.unwrap();
    memory.content().as_mut().unwrap().rows.get_mut("deed").unwrap().remove(&(3, 0));
    let found = verify::<Small, _>(&log, &tables, None, |_| {}).await.unwrap();
    assert_eq!((found.tables[1].missing, found.tables[1].unexpected), (1, 0));
    let before = verify::<Small, _>(&log, &tables, Some(Position(2)), |_| {}).await.unwrap();
    assert!(before.holds(), "{before:?}");
}

#[tokio::test]
async fn where_one_has_the_right_to_write_another_stands_by_and_takes_over() {
    let log = log().await;
    let tables = Tables::in_memory(MemoryTables::new(Arc::new(Calm)).led());
    let first = Running::start(&log, &tables).await;
    let mut second = Running::start(&log, &tables).await;
    first.task.abort();
    history(&log, 5).await;
    second.reaches(log.head().await.unwrap()).await;
    second.stop().await;
    assert!(verify::<Small, _>(&log, &tables, None, |_| {}).await.unwrap().holds());
}

#[tokio::test]
async fn a_projector_of_tables_that_were_replaced_is_fenced_off() {
    let log = log().await;
    let tables = Tables::in_memory(MemoryTables::new(Arc::new(Calm)));
    let running = Running::start(&log, &tables).await;
    rebuild::<Small, _>(&log, &tables, |_| {}).await.unwrap();
    history(&log, 1).await;
    assert!(matches!(running.task.await.unwrap(), Err(ProjectorError::Fenced { .. })));
}

/// Moves log and tables on while another looks at them.
#[derive(Debug)]
struct Overtakes(Mutex<Option<Arc<MemoryLog>>>, MemoryTables);

impl Weather for Overtakes {
    fn at(&self, _: At) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(async move {
            let log = self.0.lock().unwrap().take();
            if let Some(log) = log {
                history(&log, 3).await;
                rebuild::<Small, _>(&log, &Tables::in_memory(self.1.clone()), |_| {}).await.unwrap();
            }
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_projector_that_starts_beside_another_does_not_find_the_log_too_short() {
    let log = log().await;
    let memory = MemoryTables::new(Arc::new(Calm));
    rebuild::<Small, _>(&log, &Tables::in_memory(memory.clone()), |_| {}).await.unwrap();
    let overtaken = memory.under(Arc::new(Overtakes(Mutex::new(Some(log.clone())), memory.clone())));
    let opened = Projector::<Small, _>::open(log.clone(), Tables::in_memory(overtaken)).await;
    assert!(opened.is_ok(), "{:?}", opened.err());
}
