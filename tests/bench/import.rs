//! An import, end to end: from the file to the read models, embedded, full sync.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use traccia_import::{Options, RejectedRows, Source};
use traccia_log::Log as _;
use traccia_projections::Projections;
use traccia_projector::{Projector, Reading};

use crate::{
    history::{Installation, admin},
    report::{FULL_SYNC, Report},
};

pub async fn measure(rows: u64, report: &mut Report) {
    let here = Installation::new().await;
    let file = here.folder.path().join("upload.csv");
    let random = &mut fastrand::Rng::with_seed(7);
    here.network.upload(rows as usize, random, std::fs::File::create(&file).expect("a file")).expect("an upload");
    let projector =
        Projector::<Projections, _>::open(here.log.clone(), here.tables.clone()).await.expect("a projector");
    let (stop, stopped) = oneshot::channel::<()>();
    let following = tokio::spawn(projector.run(async { drop(stopped.await) }));

    let begun = Instant::now();
    let who = admin();
    let mut desk = here.application.desk(&who);
    let source = Source::file(&file).expect("the file is read");
    let mut rejected = RejectedRows::new(std::io::sink()).expect("rejected rows go nowhere");
    let done =
        traccia_import::run(&mut desk, &source, &Options::default(), &mut rejected, |_| {}).await.expect("an import");
    let written = begun.elapsed();
    let head = here.log.head().await.expect("a head");
    let reading = Reading { min_position: Some(head), wait: Duration::from_secs(600), ..Reading::default() };
    here.tables.view_at(reading).await.expect("the read models follow");
    let visible = begun.elapsed();

    eprintln!("import: {} recorded, {} duplicates, {} rejected", done.recorded, done.duplicates, done.rejected);
    report.at_least(
        format!("import of {rows} rows, written"),
        FULL_SYNC,
        rows as f64 / written.as_secs_f64(),
        "rows/s",
        10_000.0,
    );
    report.at_least(
        format!("import of {rows} rows, visible in reads"),
        FULL_SYNC,
        rows as f64 / visible.as_secs_f64(),
        "rows/s",
        10_000.0,
    );
    drop(stop);
    following.await.expect("it ends").expect("it ends well");
}
