//! `traccia serve`: runs everything.

use std::{io, net::SocketAddr, process::ExitCode, time::Duration};

use anyhow::{Context as _, bail};
use axum::Router;
use clap::Args;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{oneshot, watch},
};
use traccia_web::{App, Limits, Parts, Room};

use crate::{
    connections,
    house::{House, Projecting},
    installation::Data,
    room::{self, Floor},
};

/// Runs everything: log, read models, API and pages. Prints one line with its address when it is ready.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia serve --data traccia-data
  traccia serve --data /var/lib/traccia --listen 127.0.0.1:8172")]
pub(crate) struct Serve {
    #[command(flatten)]
    data: Data,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "TRACCIA_LISTEN", default_value = "127.0.0.1:8172", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Leave the read models to `traccia project`: any number of such servers may run at once.
    #[arg(long, env = "TRACCIA_NO_PROJECTOR")]
    no_projector: bool,
    #[command(flatten)]
    floor: Floor,
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        if self.no_projector && !self.data.log.embedded() && self.data.tables.embedded() {
            bail!(
                "--no-projector leaves the read models to `traccia project`: name the database they share with --tables"
            );
        }
        let projecting = if self.no_projector { Projecting::Elsewhere } else { Projecting::Here };
        let house = House::open(&self.data, projecting).await?;
        let listener = listening(self.listen).await?;
        serve(house, room::watch(self.data, self.floor), listener, Routes::Everything, |_| {}).await
    }
}

/// What is served.
#[derive(Clone, Copy)]
pub(crate) enum Routes {
    /// The API and the pages.
    Everything,
    /// Health and metrics, and what a command would change.
    Operation,
}

/// The address taken. Where another program has it, it says what to do.
pub(crate) async fn listening(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let taken = error.kind() == io::ErrorKind::AddrInUse;
        let advice = if taken {
            "; stop the program that listens there, or take a free one with --listen 127.0.0.1:0"
        } else {
            ""
        };
        anyhow::anyhow!("cannot listen on {address}: {error}{advice}")
    })
}

/// Serves an installation until it is told to stop; `welcome` is told where it listens.
pub(crate) async fn serve(
    house: House,
    room: watch::Receiver<Room>,
    listener: TcpListener,
    routes: Routes,
    welcome: impl FnOnce(SocketAddr),
) -> anyhow::Result<ExitCode> {
    let recorder = traccia_web::metrics_recorder()?;
    let app = App::new(Parts {
        application: house.application().clone(),
        tables: house.tables().clone(),
        status: house.status(),
        forks: house.forks(),
        room,
        ledger: Some(house.ledger().clone()),
        tokens: house.vault().secrets().token().clone(),
        imports: house.dir().to_path_buf(),
        metrics: recorder,
        limits: Limits::default(),
    });
    let router: Router = match routes {
        Routes::Everything => traccia_web::router(app.clone()),
        Routes::Operation => traccia_web::operation(app.clone()),
    };
    // Heard before anybody is told that it is ready.
    let mut told = Box::pin(told_to_stop().context("listening for signals")?);
    tokio::select! {
        ready = house.ready() => ready?,
        () = &mut told => {
            house.stop().await?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    let here = listener.local_addr()?;
    welcome(here);
    println!("traccia is ready at http://{here}");
    let (stopping, stopped) = oneshot::channel();
    let patience = connections::Patience { headers: connections::HEADERS_WITHIN, body: connections::BODY_WITHIN };
    let server = connections::serve(listener, router, patience, async move {
        told.await;
        // Whoever follows the log would hold the server open for ever.
        app.let_go();
        let _ = stopping.send(());
    });
    tokio::select! {
        served = server => served?,
        // A client that sends or reads slowly, or not at all, does not keep the program from stopping.
        () = departure(stopped) => tracing::warn!("some clients were still connected"),
    }
    house.stop().await?;
    Ok(ExitCode::SUCCESS)
}

/// Ends when the process is told to stop, from the keyboard or by the system. It listens from the call on.
fn told_to_stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut keyboard, mut system) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = keyboard.recv() => {}
            _ = system.recv() => {}
        }
    })
}

/// How long clients have to take their answers once the server is told to stop.
const PATIENCE: Duration = Duration::from_secs(5);

async fn departure(stopped: oneshot::Receiver<()>) {
    // The sender lives as long as the server.
    let _ = stopped.await;
    tokio::time::sleep(PATIENCE).await;
}
