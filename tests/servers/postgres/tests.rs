use std::{
    io::{BufRead as _, BufReader},
    net::TcpStream,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::Server;

/// Set where this test runs itself, as the process that is killed.
const VICTIM: &str = "TRACCIA_TESTS_VICTIM";

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[test]
fn a_server_keeps_what_it_has_when_it_is_killed() {
    let Some(server) = Server::start() else { return };
    let url = server.database();
    let database = url.rsplit('/').next().unwrap();
    server.psql(database, "create table kept as select 7 as number");
    server.kill();
    assert!(!answers(server.port));
    server.start_again();
    assert_eq!(server.psql(database, "select number from kept"), "7\n");
    server.stop();
    server.start_again();
    assert_eq!(server.psql(database, "select number from kept"), "7\n");
    assert_eq!(server.psql(database, "show fsync"), "on\n");
    assert_eq!(server.psql(database, "select 'b' < 'B'"), "t\n", "texts sort as in Italian unless said otherwise");
    let (folder, port) = (server.folder.clone(), server.port);
    drop(server);
    assert!(!answers(port) && !folder.exists());
}

#[test]
fn a_server_does_not_outlive_a_test_process_that_is_killed() {
    if std::env::var_os(VICTIM).is_some() {
        let Some(server) = Server::start() else { return };
        println!("{} {}", server.port, server.folder.display());
        loop {
            std::thread::park();
        }
    }
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--nocapture",
            "servers::postgres::tests::a_server_does_not_outlive_a_test_process_that_is_killed",
        ])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map_while(Result::ok);
    let said = lines.find(|line| line.contains("traccia-postgres-"));
    victim.kill().unwrap();
    victim.wait().unwrap();
    let Some(said) = said else { return };
    let (port, folder) = said.split_once(' ').unwrap();
    let port = port.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while answers(port) || std::path::Path::new(folder).exists() {
        assert!(Instant::now() < deadline, "the server is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}
