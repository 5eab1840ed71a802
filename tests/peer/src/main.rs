//! What a team would otherwise take, measured: `cqrs-es` on `postgres-es` with its `GenericQuery` view.
//!
//! `traccia-peer URL EVENTS IN_FLIGHT` creates that many services by command, then replays them into the view, and prints
//! both rates as one line of JSON. The events are ours; so is what decides on them.

mod facts;
mod view;

use std::{sync::Arc, time::Instant};

use cqrs_es::persist::{GenericQuery, QueryReplay};
use futures::{StreamExt as _, stream};
use postgres_es::{PostgresEventRepository, PostgresViewRepository, postgres_cqrs};
use sqlx::{Pool, Postgres, postgres::PgPoolOptions};
use traccia_domain::service::{Service, ServiceCommand, id_of};

use view::ServiceView;

/// The tables of `postgres-es`, as its documentation gives them, and one view.
const TABLES: &str = "
    create table events (aggregate_type text not null, aggregate_id text not null,
        sequence bigint check (sequence >= 0) not null, event_type text not null, event_version text not null,
        payload json not null, metadata json not null, primary key (aggregate_type, aggregate_id, sequence));
    create table service_view (view_id text not null, version bigint check (version >= 0) not null,
        payload json not null, primary key (view_id))";

type Views = PostgresViewRepository<ServiceView, Service>;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, events, in_flight] = arguments.as_slice() else { panic!("traccia-peer URL EVENTS IN_FLIGHT") };
    let (events, in_flight): (u64, usize) =
        (events.parse().expect("a number of events"), in_flight.parse().expect("a number of commands"));
    // As many connections as commands: none waits for one.
    let connections = u32::try_from(in_flight).expect("a small number");
    let pool = PgPoolOptions::new().max_connections(connections).connect(url).await.expect("the database answers");
    sqlx::raw_sql(TABLES).execute(&pool).await.expect("the tables are made");

    let created = create(&pool, events, in_flight).await;
    sqlx::raw_sql("truncate service_view").execute(&pool).await.expect("the view is emptied");
    let replayed = replay(&pool, events).await;
    println!("{}", serde_json::json!({"events": events, "create": created, "replay": replayed}));
}

fn query(pool: &Pool<Postgres>) -> GenericQuery<Views, ServiceView, Service> {
    GenericQuery::new(Arc::new(Views::new("service_view", pool.clone())))
}

/// Commands a second: each decides, stores its event and updates the view.
async fn create(pool: &Pool<Postgres>, events: u64, in_flight: usize) -> f64 {
    let framework = postgres_cqrs(pool.clone(), vec![Box::new(query(pool))], facts::of_a_service());
    let mut random = fastrand::Rng::with_seed(1);
    let commands: Vec<_> = (0..events).map(|_| facts::record_service(&mut random)).collect();
    let begun = Instant::now();
    let carried_out = stream::iter(commands).map(|command| {
        let framework = &framework;
        async move {
            let id = id_of(&command, None).to_string();
            framework.execute(&id, ServiceCommand::Record(Box::new(command))).await.expect("it is carried out");
        }
    });
    carried_out.buffer_unordered(in_flight).for_each(async |()| ()).await;
    rate(events, begun)
}

/// Events a second, from its table into its view.
async fn replay(pool: &Pool<Postgres>, events: u64) -> f64 {
    let replay = QueryReplay::new(PostgresEventRepository::new(pool.clone()), query(pool));
    let begun = Instant::now();
    replay.replay_all().await.expect("the view is made again");
    let rate = rate(events, begun);
    let seen: i64 =
        sqlx::query_scalar("select count(*) from service_view").fetch_one(pool).await.expect("the view is counted");
    assert_eq!(seen.cast_unsigned(), events, "the view has every service");
    rate
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn rate(events: u64, begun: Instant) -> f64 {
    events as f64 / begun.elapsed().as_secs_f64()
}
