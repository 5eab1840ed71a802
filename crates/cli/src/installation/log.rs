//! Where the log is: a file in the folder, or the stream of a NATS server.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use traccia_log::{
    AnyLog, Epoch, JetStreamLog, SqliteLog,
    jetstream::{self, Credentials, Options, Tls},
};

/// The log's file in an installation's folder.
const FILE: &str = "log.db";

/// The stream, and what its subjects begin with, unless told otherwise.
const USUAL: &str = "traccia";

/// Where its arguments stand in the help. Each says so itself: said of all of them, it would hold for those after them too.
const HEADING: &str = "The log on NATS JetStream";

/// Where the log is, and who we are to its servers. No secret is an argument: other users can read those.
#[derive(Args, Clone, Default)]
pub(crate) struct LogPlace {
    /// The servers of the log, for example nats://a:4222,nats://b:4222; without it the log is a file in the folder.
    #[arg(help_heading = HEADING)]
    #[arg(
        id = "log",
        long = "log",
        env = "TRACCIA_LOG_URL",
        hide_env_values = true,
        value_name = "URL",
        value_delimiter = ','
    )]
    urls: Vec<String>,
    /// The stream that holds the log.
    #[arg(help_heading = HEADING)]
    #[arg(
        id = "nats-stream",
        long = "nats-stream",
        env = "TRACCIA_NATS_STREAM",
        value_name = "NAME",
        default_value = USUAL
    )]
    stream: Option<String>,
    /// What its subjects begin with.
    #[arg(help_heading = HEADING)]
    #[arg(
        id = "nats-prefix",
        long = "nats-prefix",
        env = "TRACCIA_NATS_PREFIX",
        value_name = "NAME",
        default_value = USUAL
    )]
    prefix: Option<String>,
    /// The file with our token and key, as `nsc` writes it.
    #[arg(help_heading = HEADING)]
    #[arg(id = "nats-creds", long = "nats-creds", env = "TRACCIA_NATS_CREDS", value_name = "FILE")]
    creds: Option<PathBuf>,
    /// The file with the seed of our key.
    #[arg(help_heading = HEADING)]
    #[arg(
        id = "nats-nkey",
        long = "nats-nkey",
        env = "TRACCIA_NATS_NKEY",
        value_name = "FILE",
        conflicts_with = "nats-creds"
    )]
    nkey: Option<PathBuf>,
    /// Our user's name.
    #[arg(help_heading = HEADING)]
    #[arg(
        id = "nats-user", long = "nats-user", env = "TRACCIA_NATS_USER", value_name = "NAME", requires = "nats-password-file",
        conflicts_with_all = ["nats-creds", "nats-nkey"]
    )]
    user: Option<String>,
    /// The file with our user's password.
    #[arg(help_heading = HEADING)]
    #[arg(
        id = "nats-password-file",
        long = "nats-password-file",
        env = "TRACCIA_NATS_PASSWORD_FILE",
        value_name = "FILE"
    )]
    password: Option<PathBuf>,
    /// The certificates (PEM) that vouch for the servers.
    #[arg(help_heading = HEADING)]
    #[arg(id = "nats-ca", long = "nats-ca", env = "TRACCIA_NATS_CA", value_name = "FILE")]
    authority: Option<PathBuf>,
    /// Our certificate (PEM).
    #[arg(help_heading = HEADING)]
    #[arg(id = "nats-cert", long = "nats-cert", env = "TRACCIA_NATS_CERT", value_name = "FILE", requires = "nats-key")]
    certificate: Option<PathBuf>,
    /// Our certificate's key (PEM).
    #[arg(help_heading = HEADING)]
    #[arg(id = "nats-key", long = "nats-key", env = "TRACCIA_NATS_KEY", value_name = "FILE", requires = "nats-cert")]
    key: Option<PathBuf>,
    /// What the subjects of our answers begin with, where the account keeps users apart.
    #[arg(help_heading = HEADING)]
    #[arg(
        id = "nats-inbox-prefix",
        long = "nats-inbox-prefix",
        env = "TRACCIA_NATS_INBOX_PREFIX",
        value_name = "NAME"
    )]
    inbox_prefix: Option<String>,
    /// Where the servers tell of themselves, for example http://a:8222: only there is it seen whether they sync.
    #[arg(help_heading = HEADING)]
    #[arg(
        id = "nats-monitoring",
        long = "nats-monitoring",
        env = "TRACCIA_NATS_MONITORING",
        hide_env_values = true,
        value_name = "URL",
        value_delimiter = ','
    )]
    monitoring: Vec<String>,
}

impl LogPlace {
    /// Whether it is a file in the folder.
    pub(crate) fn embedded(&self) -> bool {
        self.urls.is_empty()
    }

    /// That servers are named where something else is said of them: the name of their variable, misspelt in a unit, would
    /// begin an empty log in the folder.
    pub(crate) fn agree(&self) -> anyhow::Result<()> {
        let other = |name: &Option<String>| name.as_ref().is_some_and(|name| name != USUAL);
        let given = [
            (other(&self.stream), "--nats-stream (TRACCIA_NATS_STREAM)"),
            (other(&self.prefix), "--nats-prefix (TRACCIA_NATS_PREFIX)"),
            (self.creds.is_some(), "--nats-creds (TRACCIA_NATS_CREDS)"),
            (self.nkey.is_some(), "--nats-nkey (TRACCIA_NATS_NKEY)"),
            (self.user.is_some(), "--nats-user (TRACCIA_NATS_USER)"),
            (self.password.is_some(), "--nats-password-file (TRACCIA_NATS_PASSWORD_FILE)"),
            (self.authority.is_some(), "--nats-ca (TRACCIA_NATS_CA)"),
            (self.certificate.is_some(), "--nats-cert (TRACCIA_NATS_CERT)"),
            (self.inbox_prefix.is_some(), "--nats-inbox-prefix (TRACCIA_NATS_INBOX_PREFIX)"),
            (!self.monitoring.is_empty(), "--nats-monitoring (TRACCIA_NATS_MONITORING)"),
        ];
        match given.into_iter().find(|(given, _)| *given).filter(|_| self.embedded()) {
            Some((_, option)) => bail!(
                "{option} is given, and --log (TRACCIA_LOG_URL) is not: name the servers of the log, or leave that out for \
                 a log in the folder"
            ),
            None => Ok(()),
        }
    }

    /// Its file, where it is one.
    pub(crate) fn file(&self, dir: &Path) -> Option<PathBuf> {
        self.embedded().then(|| dir.join(FILE))
    }

    /// Whether an embedded log has begun.
    pub(crate) fn exists(&self, dir: &Path) -> bool {
        dir.join(FILE).exists()
    }

    /// How it is called where people read of it.
    pub(crate) fn describe(&self) -> String {
        if self.embedded() {
            "SQLite with full sync".to_owned()
        } else {
            format!("NATS JetStream, {}", self.urls.join(", "))
        }
    }

    /// Opens it. A stream is never made here: a wrong address must not begin another history.
    pub(crate) async fn open(&self, dir: &Path) -> anyhow::Result<AnyLog> {
        if self.embedded() {
            return Ok(AnyLog::Sqlite(SqliteLog::open(&dir.join(FILE)).await.context("the log")?));
        }
        Ok(AnyLog::JetStream(JetStreamLog::open(&self.options()).await.context("the log")?))
    }

    /// Opens it to restore an export into it: the stream is made where there is none, and may have a part of the export.
    pub(crate) async fn to_restore(&self, dir: &Path, replicas: usize) -> anyhow::Result<AnyLog> {
        if self.embedded() {
            return self.open(dir).await;
        }
        Ok(AnyLog::JetStream(jetstream::create_to_restore(&self.options(), replicas).await.context("the log")?))
    }

    /// Makes it and writes its first commit, once.
    pub(crate) async fn init(&self, dir: &Path, replicas: usize, epoch: Epoch) -> anyhow::Result<AnyLog> {
        let log = if self.embedded() {
            self.open(dir).await?
        } else {
            AnyLog::JetStream(jetstream::create(&self.options(), replicas).await.context("the log")?)
        };
        traccia_log::start(&log, epoch, jiff::Timestamp::now()).await.context("the log")?;
        Ok(log)
    }

    fn options(&self) -> Options {
        let usual = Options::new(self.urls.clone());
        let credentials = match (&self.creds, &self.nkey, &self.user, &self.password) {
            (Some(file), _, _, _) => Credentials::File(file.clone()),
            (_, Some(file), _, _) => Credentials::Key(file.clone()),
            (_, _, Some(name), Some(password)) => Credentials::User { name: name.clone(), password: password.clone() },
            (None, None, _, _) => Credentials::None,
        };
        let identity = self.certificate.clone().zip(self.key.clone());
        let required = identity.is_some() || self.authority.is_some();
        Options {
            stream: self.stream.clone().unwrap_or(usual.stream),
            prefix: self.prefix.clone().unwrap_or(usual.prefix),
            credentials,
            tls: Tls { required, authority: self.authority.clone(), identity },
            inbox_prefix: self.inbox_prefix.clone(),
            monitoring: self.monitoring.clone(),
            urls: usual.urls,
            answer_within: usual.answer_within,
            connect_within: usual.connect_within,
            look_every: usual.look_every,
        }
    }
}
