use traccia_tests::Place;

use super::{database, tamper};
use crate::{
    PgOptions, Projector, ProjectorError, ReadError, Reading, Tables, rebuild,
    tests::{Small, Written, log},
};

/// What a start says when it is refused.
async fn refused(tables: Tables) -> ProjectorError {
    match Projector::<Small, _>::open(log().await, tables).await {
        Err(error) => error,
        Ok(_) => panic!("it was not refused"),
    }
}

#[tokio::test]
async fn a_layout_from_the_future_is_refused() {
    let Some(address) = database() else { return };
    let written = Written::built(Place::Postgres(address.clone()), &log().await).await;
    for change in ["", "alter table traccia.installation rename position to place"] {
        tamper(&address, "update traccia.installation set layout = 99").await;
        tamper(&address, change).await;
        let tables = written.elsewhere();
        let error = refused(tables.clone()).await;
        assert!(matches!(error, ProjectorError::NewerLayout { database: 99, program: 1 }), "{error:?}");
        assert!(error.to_string().contains("a later version of traccia"));
        let error = rebuild::<Small, _>(&log().await, &tables, |_| {}).await;
        assert!(matches!(error, Err(ProjectorError::NewerLayout { .. })), "{error:?}");
        let error = tables.view_at(Reading::default()).await;
        assert!(matches!(error, Err(ReadError::Unavailable(why)) if why.to_string().contains("later version")));
    }
}

#[tokio::test]
async fn a_database_that_has_lost_its_one_row_says_what_to_do() {
    let Some(address) = database() else { return };
    let written = Written::built(Place::Postgres(address.clone()), &log().await).await;
    tamper(&address, "delete from traccia.installation").await;
    let error = refused(written.elsewhere()).await;
    let ProjectorError::TablesAway(why) = error else { panic!("another refusal: {error:?}") };
    assert!(why.to_string().contains("drop the schema traccia"), "{why}");
}

#[tokio::test]
async fn a_wrong_address_says_what_is_wrong() {
    let Some(address) = database() else { return };
    let (server, name) = address.rsplit_once('/').unwrap();
    for (address, says) in [
        (format!("{server}/nowhere"), "createdb"),
        (address.replace("traccia@", "nobody@"), "does not know this user"),
        (format!("postgres://traccia@127.0.0.1:1/{name}"), "start the server"),
    ] {
        let tables = Tables::open_postgres(address.parse().unwrap());
        let ProjectorError::TablesAway(why) = refused(tables.clone()).await else { panic!("another refusal") };
        assert!(why.to_string().contains(says), "{why}");
        let Err(ReadError::Unavailable(_)) = tables.view_at(Reading::default()).await else { panic!("it was read") };
    }
    for (address, says) in [
        ("", "postgres://user@host"),
        ("mysql://there", "postgres://user@host"),
        ("postgres://there:port/", "postgres://user@host"),
        ("postgres://traccia:secret@there/tables", "holds a password"),
        ("postgres://traccia@there/tables?password=secret", "holds a password"),
        ("postgres://traccia:Xy?secret@there/tables", "holds a password"),
        ("postgres://traccia:12/secret@there/tables", "holds a password"),
        ("postgres://traccia%3Asecret@there/tables", "holds a password"),
        ("postgres://traccia:/secret@there/tables", "holds a password"),
        ("postgres://traccia:a#secret?b@there/tables", "holds a password"),
        ("postgres://traccia@there/tables?=secret", "the parameter \"\""),
        ("postgres://traccia@there/tables?sslmode=require&passwrd=secret", "the parameter \"passwrd\""),
    ] {
        let why = address.parse::<PgOptions>().unwrap_err();
        assert!(why.to_string().contains(says) && !format!("{why} {why:?}").contains("secret"), "{address}: {why}");
    }
    assert!("postgres://traccia@[::1]:5432/tables?sslmode=verify-full&sslrootcert=ca.pem".parse::<PgOptions>().is_ok());
}

#[tokio::test]
async fn a_password_comes_from_a_file_and_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    let options = || "postgres://traccia@there:6000/tables".parse::<PgOptions>().unwrap();
    assert!(options().password_file(&file).is_err());
    std::fs::write(&file, "secret\n").unwrap();
    let options = options().password_file(&file).unwrap();
    assert_eq!(options.to_string(), "postgres://traccia@there:6000/tables");
    assert!(!format!("{options:?}").contains("secret"));
}

#[tokio::test]
async fn settings_that_put_the_tables_at_risk_are_named() {
    let Some(address) = database() else { return };
    let tables = Tables::open_postgres(address.parse().unwrap());
    assert_eq!(tables.unsafe_settings().await.unwrap(), []);
    let name = address.rsplit('/').next().unwrap();
    tamper(&address, &format!("alter database {name} set synchronous_commit = off")).await;
    let settings = tables.unsafe_settings().await.unwrap();
    assert_eq!(settings.iter().map(|setting| setting.name).collect::<Vec<_>>(), ["synchronous_commit"]);
}
