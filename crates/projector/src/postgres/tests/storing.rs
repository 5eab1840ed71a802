use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use traccia_tests::Place;

use super::{database, tamper};
use crate::{
    PgOptions,
    postgres::schema,
    rebuild,
    tests::{POINT, Running, Small, Written, happens, log, suspended},
    verify,
};

#[tokio::test]
async fn a_text_that_the_database_cannot_hold_does_not_stop_the_tables() {
    let Some(address) = database() else { return };
    let log = log().await;
    happens(&log, "p", vec![suspended("before")]).await;
    let at = happens(&log, "p", vec![suspended("nothing \0 there")]).await;
    let written = Written::built(Place::Postgres(address), &log).await;
    assert_eq!(written.rows(None).await[1], "1|3|null|p|2|nothing \u{fffd} there");
    let followed = Written::nothing(Place::postgres().unwrap());
    let mut running = Running::start(&log, &followed.tables).await;
    running.reaches(at).await;
    let at = happens(&log, "p", vec![suspended("\0")]).await;
    running.reaches(at).await;
    running.stop().await;
    let built = Written::built(Place::postgres().unwrap(), &log).await;
    assert_eq!(followed.rows(None).await, built.rows(None).await);
    assert!(verify::<Small, _>(&log, &followed.tables, None, |_| {}).await.unwrap().holds());
}

#[tokio::test]
async fn old_tables_that_are_being_read_are_removed_later() {
    let Some(address) = database() else { return };
    let log = log().await;
    let written = Written::built(Place::Postgres(address.clone()), &log).await;
    let mut reading = PgConnection::connect(&address).await.unwrap();
    sqlx::raw_sql("begin; select * from traccia_g1.point").execute(&mut reading).await.unwrap();
    rebuild::<Small, _>(&log, &written.tables, |_| {}).await.unwrap();
    assert_eq!(written.generations().await, ["traccia_g1", "traccia_g2"]);
    reading.close().await.unwrap();
    Running::start(&log, &written.tables).await.stop().await;
    assert_eq!(written.generations().await, ["traccia_g2"]);
}

#[tokio::test]
async fn ending_versions_finds_them_and_never_scans_the_table() {
    let Some(address) = database() else { return };
    Written::built(Place::Postgres(address.clone()), &log().await).await;
    // As if nobody had ever looked how large it is.
    tamper(&address, "delete from pg_statistic; update pg_class set reltuples = -1 where relname = 'point'").await;
    let mut connection = address.parse::<PgOptions>().unwrap().writing("a test").await.unwrap();
    let prepare = format!("prepare ending(bigint[], bigint[]) as {}", schema::end("traccia_g1", &POINT));
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await.unwrap();
    let explain = "explain execute ending('{1, 2}', '{3, 3}')";
    let plan: Vec<String> = sqlx::query_scalar(explain).fetch_all(&mut connection).await.unwrap();
    let whole = plan.join("\n");
    assert_eq!(whole.matches("using point_pkey").count(), 2, "{whole}");
    assert!(!whole.contains("Seq Scan"), "{whole}");
}
