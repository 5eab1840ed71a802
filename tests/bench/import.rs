//! An import, end to end: from the file to the read models, embedded, full sync.

use std::time::Instant;

use traccia_import::{Options, RejectedRows, Source};
use traccia_log::Log as _;

use crate::{
    installation::{Installation, admin},
    report::{FULL_SYNC, Figure, Report},
};

pub async fn measure(rows: u64, report: &mut Report) {
    let here = Installation::embedded().await;
    let file = here.folder.path().join("upload.csv");
    let random = &mut fastrand::Rng::with_seed(7);
    here.network.upload(rows as usize, random, std::fs::File::create(&file).expect("a file")).expect("an upload");
    let following = here.follow().await;

    let begun = Instant::now();
    let who = admin();
    let mut desk = here.application.desk(&who);
    let source = Source::file(&file).expect("the file is read");
    let mut rejected = RejectedRows::new(std::io::sink()).expect("rejected rows go nowhere");
    let done =
        traccia_import::run(&mut desk, &source, &Options::default(), &mut rejected, |_| {}).await.expect("an import");
    let written = begun.elapsed();
    here.reached(here.log.head().await.expect("a head")).await;
    let visible = begun.elapsed();
    following.stop().await;

    eprintln!("import: {} recorded, {} duplicates, {} rejected", done.recorded, done.duplicates, done.rejected);
    for (until, time) in [("written", written), ("visible in reads", visible)] {
        let work = format!("import of {rows} rows, {until}");
        report.add(Figure::new(work, rows as f64 / time.as_secs_f64(), "rows/s", FULL_SYNC).at_least(10_000.0));
    }
}
