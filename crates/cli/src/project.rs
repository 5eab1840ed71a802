//! `traccia project`: keeps the read models behind the log, and nothing else.

use std::{net::SocketAddr, process::ExitCode};

use clap::Args;

use crate::{
    house::{House, Projecting},
    installation::Data,
    room::{self, Floor},
    serve::{self, Routes},
};

/// Keeps the read models behind the log, for servers that run with --no-projector. While another one does, it stands by and
/// takes over when that one ends. It answers for its health and metrics, and what a command would change (`POST /v1/impact`).
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia project --data traccia-data --log nats://a:4222 --tables postgres://traccia@db:5432/traccia")]
pub(crate) struct Project {
    #[command(flatten)]
    data: Data,
    /// Where to answer for health, metrics and impact; port 0 takes a free one.
    #[arg(long, env = "TRACCIA_LISTEN", default_value = "127.0.0.1:8173", value_name = "ADDRESS")]
    listen: SocketAddr,
}

impl Project {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::ensure!(
            self.data.log.embedded() || !self.data.tables.embedded(),
            "name the database of the read models with --tables (TRACCIA_TABLES_URL): nobody reads those of this folder"
        );
        let house = House::open(&self.data, Projecting::Here).await?;
        let listener = serve::listening(self.listen).await?;
        let room = room::watch(self.data, Floor::default());
        serve::serve(house, room, listener, Routes::Operation, |_| {}).await
    }
}
