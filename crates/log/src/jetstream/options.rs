//! Where the server is and how to speak to it.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use async_nats::ServerAddr;

/// Where the server is and how to speak to it. It holds the names of files with secrets, never a secret.
#[derive(Clone, Debug)]
pub struct Options {
    /// The servers, each as `nats://host:port` or `tls://host:port`. Names and passwords do not belong here.
    pub urls: Vec<String>,
    /// The stream that holds the log.
    pub stream: String,
    /// What its subjects begin with: `<prefix>.<aggregate>.<id>`.
    pub prefix: String,
    /// Who we are.
    pub credentials: Credentials,
    /// How the connection is secured.
    pub tls: Tls,
    /// What the subjects of our answers begin with, where accounts keep users apart.
    pub inbox_prefix: Option<String>,
    /// Where the servers tell of themselves, each as `http://host:port`: the only place where it can be seen whether
    /// they sync before they acknowledge.
    pub monitoring: Vec<String>,
    /// How long an answer is waited for. A cluster takes five to ten seconds to replace a lost leader.
    pub answer_within: Duration,
    /// How long a connection is waited for, at the start and after it was lost.
    pub connect_within: Duration,
    /// How often the stream's configuration is looked at.
    pub look_every: Duration,
}

/// Who we are to the server.
#[derive(Clone, Debug, Default)]
pub enum Credentials {
    /// Nobody in particular.
    #[default]
    None,
    /// A file with a token and a key, as `nsc` writes it (`.creds`).
    File(PathBuf),
    /// A user, and a file that holds the password.
    User {
        /// The user's name.
        name: String,
        /// The file that holds the password.
        password: PathBuf,
    },
    /// A file that holds the seed of a key (`SU...`).
    Key(PathBuf),
}

/// How the connection is secured.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Whether a connection without it is refused. Addresses that begin with `tls://` ask for it too.
    pub required: bool,
    /// The certificates (PEM) that vouch for the server; those of the system where there is none.
    pub authority: Option<PathBuf>,
    /// Our certificate and its key (PEM).
    pub identity: Option<(PathBuf, PathBuf)>,
}

impl Options {
    /// The usual names and times, for some servers.
    #[must_use]
    pub fn new(urls: impl IntoIterator<Item = impl Into<String>>) -> Options {
        Options {
            urls: urls.into_iter().map(Into::into).collect(),
            stream: "traccia".to_owned(),
            prefix: "traccia".to_owned(),
            credentials: Credentials::None,
            tls: Tls::default(),
            inbox_prefix: None,
            monitoring: Vec::new(),
            answer_within: Duration::from_secs(15),
            connect_within: Duration::from_secs(5),
            look_every: Duration::from_secs(30),
        }
    }

    /// A server beyond this machine that is not asked for TLS.
    pub(super) fn exposed(&self) -> Option<&str> {
        let here =
            |host: &str| host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let plain = |server: ServerAddr| !server.tls_required() && !here(server.host());
        let mut urls = self.urls.iter().map(String::as_str).filter(|_| !self.tls.required);
        urls.find(|url| url.parse().is_ok_and(plain))
    }
}

#[cfg(test)]
#[test]
fn a_server_beyond_this_machine_is_asked_for_tls() {
    for here in ["nats://127.0.0.1:4222", "nats://[::1]:4222", "localhost", "tls://a:4222"] {
        assert_eq!(Options::new([here]).exposed(), None, "{here}");
    }
    for there in ["nats://a:4222", "10.0.0.1", "nats://[fd00::1]:4222", "nats://localhost.example:4222"] {
        let plain = Options::new(["nats://localhost:4222", there]);
        assert_eq!(plain.exposed(), Some(there));
        assert_eq!(Options { tls: Tls { required: true, ..Tls::default() }, ..plain }.exposed(), None);
    }
}
