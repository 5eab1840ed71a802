//! nats-server: one, or a cluster of them.

mod install;

use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{Guarded, NoServer, free_port};
pub use install::{VERSION, program};

/// How long a server, or a cluster, may take to be ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// How servers are configured.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether each message is synced to disk before it is acknowledged: `sync_interval: always`.
    pub sync_always: bool,
    /// More lines of nats-server's configuration: accounts, TLS, limits.
    pub more: String,
    /// Where their folders are made; in the system's place for such unless told.
    pub within: Option<PathBuf>,
}

/// A running nats-server with JetStream.
#[derive(Debug)]
pub struct Node {
    name: String,
    client_port: u16,
    monitoring_port: u16,
    server: Guarded,
}

/// Servers that replicate to one another.
#[derive(Debug)]
pub struct Cluster {
    /// The servers, as they were started.
    pub nodes: Vec<Node>,
}

impl Node {
    /// Starts one server and waits until JetStream answers.
    ///
    /// # Errors
    /// When it cannot be had or does not get ready: the sentence says why.
    pub fn start(settings: &Settings) -> Result<Node, NoServer> {
        let mut nodes = start(1, settings, &mut direct)?;
        nodes.pop().ok_or_else(|| NoServer::Failed("no server was started".to_owned()))
    }

    /// Where clients connect.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.client_port)
    }

    /// Where it tells of itself.
    #[must_use]
    pub fn monitoring(&self) -> String {
        format!("http://127.0.0.1:{}", self.monitoring_port)
    }

    /// Its name in the cluster.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its folder: configuration, output, and JetStream's files under `jetstream/`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.server.folder()
    }

    /// Its process id, while it has one.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.server.process()
    }

    /// What it has said so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.server.output()
    }

    /// Kills it as a crash would.
    ///
    /// # Errors
    /// When its watchdog cannot be waited for.
    pub fn kill(&mut self) -> io::Result<()> {
        self.server.kill()
    }

    /// Lets it end by itself: it leaves its files in order.
    ///
    /// # Errors
    /// When it does not end.
    pub fn shut_down(&mut self) -> io::Result<()> {
        self.server.signal("TERM")?;
        let since = Instant::now();
        while self.server.alive() {
            if since.elapsed() > PATIENCE {
                return Err(io::Error::other("nats-server does not end"));
            }
            sleep(Duration::from_millis(5));
        }
        self.server.kill()
    }

    /// Stops it in the middle of whatever it does: connections stay open, and nothing is answered.
    ///
    /// # Errors
    /// When it is not running.
    pub fn pause(&self) -> io::Result<()> {
        self.server.pause()
    }

    /// Lets it go on after [`Node::pause`].
    ///
    /// # Errors
    /// When it is not running.
    pub fn go_on(&self) -> io::Result<()> {
        self.server.signal("CONT")
    }

    /// Kills it if it runs, starts it again on the same ports and files, and waits until it is ready.
    ///
    /// # Errors
    /// When it cannot be started or does not get ready.
    pub fn restart(&mut self) -> Result<(), NoServer> {
        self.restart_within(PATIENCE)
    }

    /// The same, with another patience.
    ///
    /// # Errors
    /// When it cannot be started or does not get ready in time.
    pub fn restart_within(&mut self, patience: Duration) -> Result<(), NoServer> {
        self.server.restart()?;
        ready(std::slice::from_ref(self), patience)
    }

    /// Whether JetStream answers; in a cluster, whether it has found its leader.
    fn healthy(&self) -> bool {
        let ask = || -> io::Result<String> {
            let mut connection = TcpStream::connect(("127.0.0.1", self.monitoring_port))?;
            connection.set_read_timeout(Some(Duration::from_secs(5)))?;
            connection.write_all(b"GET /healthz HTTP/1.0\r\n\r\n")?;
            let mut answer = String::new();
            connection.read_to_string(&mut answer)?;
            Ok(answer)
        };
        ask().is_ok_and(|answer| answer.split(' ').nth(1) == Some("200"))
    }
}

impl Cluster {
    /// Starts a cluster of some servers and waits until it has a leader.
    ///
    /// # Errors
    /// When it cannot be had or does not get ready: the sentence says why.
    pub fn start(size: usize, settings: &Settings) -> Result<Cluster, NoServer> {
        Cluster::start_along(size, settings, direct)
    }

    /// The same, with a road from each server to each other one: told who goes to whom and where that one listens,
    /// `road` says where to go instead. Servers tell nobody of ways past their roads.
    ///
    /// # Errors
    /// When it cannot be had or does not get ready: the sentence says why.
    pub fn start_along(
        size: usize,
        settings: &Settings,
        mut road: impl FnMut(usize, usize, u16) -> u16,
    ) -> Result<Cluster, NoServer> {
        start(size, settings, &mut road).map(|nodes| Cluster { nodes })
    }

    /// Where clients connect: every server.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Node::url).collect()
    }

    /// Kills those that run, starts all again on the same ports and files, and waits until they are ready.
    ///
    /// # Errors
    /// When one cannot be started or does not get ready.
    pub fn restart(&mut self) -> Result<(), NoServer> {
        self.nodes.iter_mut().try_for_each(|node| node.server.restart())?;
        ready(&self.nodes, PATIENCE)
    }

    /// The server with a name.
    #[must_use]
    pub fn node(&mut self, name: &str) -> Option<&mut Node> {
        self.nodes.iter_mut().find(|node| node.name == name)
    }
}

/// Who goes to whom, and where that one listens: where to go.
type Road<'a> = &'a mut dyn FnMut(usize, usize, u16) -> u16;

/// Straight to where a server listens.
fn direct(_from: usize, _to: usize, port: u16) -> u16 {
    port
}

/// Starts servers; another program may take a port between our look and theirs, so a failure is tried again elsewhere.
fn start(size: usize, settings: &Settings, road: Road<'_>) -> Result<Vec<Node>, NoServer> {
    let program = program().map_err(NoServer::Missing)?;
    let mut attempt = || {
        let nodes = launch(size, settings, program, road)?;
        ready(&nodes, PATIENCE)?;
        Ok(nodes)
    };
    attempt().or_else(|_: NoServer| attempt()).or_else(|_| attempt())
}

fn launch(size: usize, settings: &Settings, program: &Path, road: Road<'_>) -> io::Result<Vec<Node>> {
    let ports: Vec<[u16; 3]> =
        (0..size).map(|_| Ok([free_port()?, free_port()?, free_port()?])).collect::<io::Result<_>>()?;
    let sync = if settings.sync_always { "always" } else { "2m" };
    let mut nodes = Vec::new();
    for (index, [client_port, monitoring_port, route]) in ports.iter().copied().enumerate() {
        let name = format!("n{}", index + 1);
        let within = settings.within.clone().unwrap_or_else(std::env::temp_dir);
        let folder = tempfile::Builder::new().prefix("traccia-nats-").tempdir_in(within)?.keep();
        let cluster = if size > 1 {
            let others = ports.iter().enumerate().filter(|(other, _)| *other != index);
            let routes: Vec<String> = others
                .map(|(other, [_, _, theirs])| format!("nats-route://127.0.0.1:{}", road(index, other, *theirs)))
                .collect();
            // Each knows the others from here alone: an address that leads nowhere is what they tell of one another.
            format!(
                "cluster {{ name: tests, listen: \"127.0.0.1:{route}\", advertise: \"127.0.0.1:1\", \
                 no_advertise: true, routes: {routes:?} }}\n"
            )
        } else {
            String::new()
        };
        let configuration = format!(
            "server_name: {name}\nlisten: \"127.0.0.1:{client_port}\"\nhttp: \"127.0.0.1:{monitoring_port}\"\n\
             jetstream {{ store_dir: {:?}, sync_interval: {sync}, max_memory_store: 64MB, max_file_store: 8GB }}\n\
             {cluster}{}\n",
            folder.join("jetstream"),
            settings.more
        );
        let file = folder.join("nats.conf");
        std::fs::write(&file, configuration)?;
        let server = Guarded::start(program, vec!["--config".to_owned(), file.display().to_string()], folder)?;
        nodes.push(Node { name, client_port, monitoring_port, server });
    }
    Ok(nodes)
}

/// Waits until every server says it is healthy.
fn ready(nodes: &[Node], patience: Duration) -> Result<(), NoServer> {
    let since = Instant::now();
    for node in nodes {
        while !node.healthy() {
            if since.elapsed() > patience || !node.server.alive() {
                let said = node.server.output();
                return Err(NoServer::Failed(format!("nats-server {} does not get ready:\n{said}", node.name)));
            }
            sleep(Duration::from_millis(10));
        }
    }
    Ok(())
}
