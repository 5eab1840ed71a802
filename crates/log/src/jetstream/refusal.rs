//! Why a log is not opened, each with what to do about it.

use std::path::PathBuf;

use crate::{BoxError, LogError};

/// Why a log on JetStream is not opened. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address cannot be read.
    #[error("{address:?} is not the address of a NATS server: write it as nats://host:4222")]
    Address {
        /// What was given.
        address: String,
    },
    /// The monitoring address cannot be read.
    #[error("{address:?} is not the monitoring address of a NATS server: write it as http://host:8222")]
    Monitoring {
        /// What was given.
        address: String,
    },
    /// The address holds a secret, so it is not repeated here.
    #[error(
        "an address of a NATS server holds a name or a password: write it as nats://host:4222, and name the file that \
         holds the password"
    )]
    SecretInAddress,
    /// The name cannot be a stream's, or the prefix a subject's.
    #[error("{name:?} cannot name a stream or begin a subject: use letters, digits, - and _ (and dots in the prefix)")]
    Name {
        /// What was given.
        name: String,
    },
    /// A file cannot be used.
    #[error("{file} cannot be read: check its name, its rights and what is in it")]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// Nothing answers there.
    #[error("no NATS server answers at {addresses}: check the address, and that the server runs")]
    Unreachable {
        /// Where.
        addresses: String,
        /// Why.
        #[source]
        cause: BoxError,
    },
    /// Either side did not prove who it is.
    #[error(
        "no trusted connection to the NATS server at {addresses}: let it speak TLS, and give the certificate of the \
         authority that signed its own, and ours where it asks for one"
    )]
    Untrusted {
        /// Where.
        addresses: String,
        /// Why.
        #[source]
        cause: BoxError,
    },
    /// The server does not know us.
    #[error("the NATS server at {addresses} refuses these credentials: check the user, and the file that proves it")]
    Stranger {
        /// Where.
        addresses: String,
        /// Why.
        #[source]
        cause: BoxError,
    },
    /// The server lacks what the log rests on.
    #[error(
        "nats-server {found} is too old: it silently ignores what the log rests on. Install 2.14.6 or 2.15.1; nothing \
         below {} will do",
        super::version::LOWEST
    )]
    TooOld {
        /// What it says of itself.
        found: String,
    },
    /// Connected, and then no answer that makes sense.
    #[error(
        "the NATS server does not answer for the stream {stream}: check the stream's name, this user's rights and the \
         prefix of its inbox, and that JetStream is on"
    )]
    Silent {
        /// The stream.
        stream: String,
        /// Why.
        #[source]
        cause: BoxError,
    },
    /// Nobody made the log.
    #[error("there is no stream {stream} on this server: make the log once with `traccia init`, or check its name")]
    Missing {
        /// The stream.
        stream: String,
    },
    /// The stream was made but the log was not started.
    #[error("the stream {stream} is empty: start the log once with `traccia init`")]
    NotStarted {
        /// The stream.
        stream: String,
    },
    /// A restore into the stream was begun, and has not ended: what is there is a part, which looks like a whole.
    #[error(
        "a restore into the stream {stream} was begun, and has not ended: run the same `traccia restore FILE` again, which \
         goes on where it broke off. Until then the stream is not opened"
    )]
    Part {
        /// The stream.
        stream: String,
    },
    /// It cannot be said on the stream that a restore begins, or has ended.
    #[error("the stream {stream} cannot be marked: `traccia restore` needs a user who may create and update streams")]
    NotMarked {
        /// The stream.
        stream: String,
        /// Why.
        #[source]
        cause: BoxError,
    },
    /// The stream is not what `init` makes.
    #[error(
        "the stream {stream} is not configured as a log: {}. Check the stream's name and the prefix of its subjects; else \
         put it right with the NATS tools, or make another log with `traccia init`",
        .differences.join("; ")
    )]
    Configured {
        /// The stream.
        stream: String,
        /// What differs, one sentence each.
        differences: Vec<String>,
    },
    /// The stream could not be made.
    #[error("the stream {stream} cannot be made: `traccia init` needs a user who may create streams")]
    NotMade {
        /// The stream.
        stream: String,
        /// Why.
        #[source]
        cause: BoxError,
    },
    /// Too few servers for so many replicas.
    #[error(
        "the stream {stream} cannot be kept on {replicas} servers, as these are: start more in one cluster, or ask for \
         fewer replicas; a log on one server is for trials"
    )]
    TooFew {
        /// The stream.
        stream: String,
        /// On how many servers it was to be kept.
        replicas: usize,
        /// Why.
        #[source]
        cause: BoxError,
    },
    /// The first commit cannot be written or read.
    #[error(transparent)]
    Log(#[from] LogError),
}
