//! `roles.sql` on a real PostgreSQL: the projector makes tables, the API and an auditor read them, and no more.

use std::process::{Command, Output};

use tempfile::TempDir;
use traccia_tests::servers::postgres;

use super::folder;
use crate::program::{Server, ran, run};

/// Runs `psql` on an address.
fn psql(address: &str, more: &[&str]) -> Output {
    let usual = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"];
    Command::new("psql").args(usual).args(more).arg(address).output().unwrap()
}

#[test]
fn the_roles_give_each_user_what_it_needs_and_no_more() {
    let Some(server) = postgres::Server::start() else { return };
    let base = server.database();
    let roles = folder().join("postgresql/roles.sql");
    for _ in 0..2 {
        let made = psql(&base, &["--file", roles.to_str().unwrap()]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    let port = base.split(':').next_back().unwrap().split('/').next().unwrap();
    let of = |user: &str| format!("postgres://traccia_{user}@127.0.0.1:{port}/traccia");
    let data = TempDir::new().unwrap();
    let installation = data.path().to_str().unwrap();
    let projector = Server::call("serve", data.path(), &["--tables", &of("projector")]);

    let verified = ran(&["verify", "--data", installation, "--tables", &of("api")]);
    assert!(verified.contains("every table is what the log says"), "{verified}");

    let in_place = "select generation from traccia.installation";
    for user in ["api", "auditor"] {
        let read = psql(&of(user), &["--command", in_place]);
        let generation = String::from_utf8_lossy(&read.stdout).trim().to_owned();
        let read = psql(&of(user), &["--command", &format!("select count(*) from traccia_g{generation}.trail")]);
        assert_eq!(String::from_utf8_lossy(&read.stdout).trim(), "1", "{read:?}");
        for forbidden in [
            "update traccia.installation set position = 0",
            "delete from traccia.installation",
            &format!("set default_transaction_read_only = off; truncate traccia_g{generation}.trail"),
            &format!("drop schema traccia_g{generation} cascade"),
            "create schema mine",
            "create table public.mine (a bigint)",
            "set role traccia_projector",
            "select rolpassword from pg_authid",
        ] {
            let tried = psql(&of(user), &["--command", forbidden]);
            assert!(!tried.status.success(), "traccia_{user} may {forbidden}");
        }
    }
    assert!(!psql(&of("projector"), &["--command", "create role another"]).status.success());
    projector.kill();
    // Who only reads would lead, and write nothing.
    let tried = run(&["serve", "--listen", "127.0.0.1:0", "--data", installation, "--tables", &of("api")]);
    let said = String::from_utf8_lossy(&tried.stderr);
    assert!(!tried.status.success() && said.contains("does not let this user do that"), "{said}");
}

/// The server itself says which settings it does not know.
#[test]
fn the_settings_are_ones_that_postgresql_knows() {
    let Some(server) = postgres::Server::start() else { return };
    for line in super::text("postgresql/traccia.conf").lines() {
        let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) else { continue };
        let known = server.psql("postgres", &format!("select count(*) from pg_settings where name = '{name}'"));
        assert_eq!(known.trim(), "1", "PostgreSQL knows no {name}");
    }
}
