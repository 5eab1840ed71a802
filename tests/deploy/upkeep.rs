//! Upkeep, as a timer calls it.

use std::{fs, process::Command};

use super::folder;
use crate::program::{Server, executable, ran};

/// The variables of an option's group, as the help names them.
fn variables(begin: &str) -> Vec<String> {
    let help = ran(&["restore", "--help"]);
    let named = help.split("[env: ").skip(1).filter_map(|rest| rest.split(['=', ']']).next());
    named.filter(|name| name.starts_with(begin)).map(str::to_owned).collect()
}

#[test]
fn a_trial_restores_into_a_folder_whatever_is_said_of_servers() {
    let there = tempfile::tempdir().unwrap();
    let (data, backups) = (there.path().join("data"), there.path().join("backups"));
    assert!(Server::start(&data).terminate());
    fs::create_dir(&backups).unwrap();
    let upkeep = |task: &str| {
        let program = executable().parent().unwrap().to_str().unwrap();
        let path = format!("{program}:{}", std::env::var("PATH").unwrap());
        let mut call = Command::new("sh");
        call.arg(folder().join("upkeep/traccia-upkeep")).arg(task);
        call.env("PATH", path).env("TRACCIA_DATA", &data).env("UPKEEP_BACKUPS", &backups);
        call
    };
    assert!(upkeep("backup").status().unwrap().success());

    let servers = [variables("TRACCIA_NATS_"), variables("TRACCIA_TABLES_")].concat();
    assert!(servers.len() > 12, "{servers:?}");
    let mut trial = upkeep("trial");
    trial.env("TRACCIA_LOG_URL", "nats://127.0.0.1:9").envs(servers.iter().map(|name| (name, "production")));
    let output = trial.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
