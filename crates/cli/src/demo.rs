//! `traccia demo`: the whole program on invented data.

mod story;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use serde_json::Value;
use traccia_application::{Bearer, token};
use traccia_domain::{Command, programme::Definition};
use traccia_import::{Options, Source, keep::Keep};
use traccia_synthetic::{Network, programme_file};

use crate::{
    bars::{self, bar},
    house::{House, Projecting},
    import::show,
    installation::Data,
    room::{self, Floor},
    serve::{Routes, listening, serve},
};

const LOMBARDIA: &str = include_str!("../../../schemas/programmes/lombardia.toml");

/// Shows the whole program on invented data: the programme of Lombardia from the Region's plan, a network of points, an
/// upload in the national layout, the reports, expenses and money of one project, then the page to open. Run again on the
/// same folder, it finds everything there.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia demo
  traccia demo --rows 5000 --data /tmp/demo --listen 127.0.0.1:9000")]
pub(crate) struct Demo {
    /// The folder to use.
    #[arg(long, value_name = "DIR", default_value = "traccia-demo")]
    data: PathBuf,
    /// Rows of the upload.
    #[arg(long, default_value_t = 20_000)]
    rows: usize,
    /// What the invented data follows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8172", value_name = "ADDRESS")]
    listen: SocketAddr,
}

impl Demo {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        // Before anything is built: nobody waits for what could not be shown in the end.
        let listener = listening(self.listen).await?;
        println!("The demo is built in {} and stays there. Ctrl-C stops it.", self.data.display());
        let data = Data::embedded(self.data.clone());
        let house = House::open(&data, Projecting::Here).await?;
        let network = set_up(&house, self.seed).await?;
        let upload = self.data.join("demo-upload.csv");
        let mut random = fastrand::Rng::with_seed(self.seed.wrapping_add(1));
        network.upload(self.rows, &mut random, std::fs::File::create(&upload)?)?;
        let (who, source) = (house.admin(), Source::file(&upload)?);
        let progress = bars::bytes(source.bytes());
        let mut desk = house.application().desk(&who);
        let keep = Keep::open(house.dir())?;
        let report = keep.import(&who, &mut desk, &source, &Options::default(), |step| show(&progress, step)).await?;
        progress.finish_and_clear();
        println!(
            "{} rows: {} services recorded, {} already there, {} rejected; {} citizens registered",
            report.rows, report.recorded, report.duplicates, report.rejected, report.new_citizens
        );
        house.caught_up().await?;
        story::tell(&house, self.seed).await?;
        let position = house.caught_up().await?;
        let token = token::issue(house.vault().secrets().token(), &house.admin(), 1)?;
        println!("the read models are at position {position}\n");
        serve(house, room::watch(data, Floor::default()), listener, Routes::Everything, |here| {
            println!("Look at:");
            println!("  http://{here}/         progress against targets, as the public sees it");
            println!("  http://{here}/accesso  paste the token below: exact figures, what is behind each, uploads");
            println!("  http://{here}/docs     the API");
            println!(
                "  {}  the invented upload: send it again at /caricamenti, and nothing is added",
                upload.display()
            );
            println!(
                "  curl -H \"Authorization: Bearer $TOKEN\" 'http://{here}/v1/targets?programme=lombardia&by=province'"
            );
            println!("And, of the project whose first year is told:");
            story::to_look_at().iter().for_each(|(path, what)| println!("  http://{here}{path}  {what}"));
            println!("The token below is an admin's and valid for one day. Ctrl-C stops the demo.");
            println!("TOKEN={token}\n");
        })
        .await
    }
}

/// Carries out the commands that build the network, with keys of their own, so that a second run repeats them.
pub(crate) async fn set_up(house: &House, seed: u64) -> anyhow::Result<Network> {
    let programme = programme_file(LOMBARDIA)?;
    let definition: Definition = serde_json::from_value(programme.clone())?;
    let network = Network::new(&definition, programme, &mut fastrand::Rng::with_seed(seed));
    let progress = bar(network.commands().len() as u64).with_message("setting up");
    for (number, (name, data)) in network.commands().iter().enumerate() {
        send(house, &house.admin(), &format!("demo-{seed}-{number}"), name, data).await?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    println!("{} commands set up the programme and its network", network.commands().len());
    Ok(network)
}

/// Carries out a command with a key of its own.
async fn send(house: &House, who: &Bearer, key: &str, name: &str, data: &Value) -> anyhow::Result<()> {
    let command: Command = traccia_web::read_command(name, data.to_string().as_bytes())
        .map_err(|problem| anyhow::anyhow!("{name}: {problem:?}"))?;
    house.application().carry_out(who, Some(key.parse()?), command).await.with_context(|| name.to_owned())?;
    Ok(())
}
