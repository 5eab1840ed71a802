//! The same history on a nats-server whose files are damaged while it is stopped. The server says nothing of most of it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_nats::jetstream::{self as raw, consumer::DeliverPolicy};
use fastrand::Rng;
use futures::StreamExt as _;
use traccia_log::{
    JetStreamLog, export,
    jetstream::{self, Options},
};
use traccia_projector::Tables;
use traccia_tests::servers::{
    had,
    nats::{Node, Settings},
};

use super::{
    bytes::{cut, flip_anywhere},
    kept::Kept,
    look::{Found, looked},
    signed::files,
    whole::{Whole, whole},
};
use crate::faults::{raw::Stored, size};

/// How long something may take that is waited for: seconds, and more where other tests keep the processors.
const PATIENCE: Duration = Duration::from_secs(240);

/// How long a server may take to be ready with files of a few hundred messages; with whole ones it takes milliseconds.
const START: Duration = Duration::from_secs(20);

/// What is done to the server's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strike {
    /// A bit flips where the messages are.
    MessageBit,
    /// Their file ends early.
    MessagesCut,
    /// The same, and what the server remembers of it is gone as well.
    MessagesCutAndForgotten,
    /// A bit flips in what the server remembers of it.
    MemoryBit,
}

impl Strike {
    const ALL: [Strike; 4] =
        [Strike::MessageBit, Strike::MessagesCut, Strike::MessagesCutAndForgotten, Strike::MemoryBit];

    fn falls(self, store: &Path, rng: &mut Rng) -> String {
        // With a bit flipped in its description of the stream, which it hashes, the server does not get ready.
        let ending = |end: &str| files(store).into_iter().find(|file| file.to_string_lossy().ends_with(end));
        let [block, memory] = [".blk", "/msgs/index.db"].map(|end| ending(end).expect("it is there"));
        match self {
            Strike::MessageBit => flip_anywhere(&block, rng),
            Strike::MessagesCut => cut(&block, rng),
            Strike::MessagesCutAndForgotten => {
                fs::remove_file(memory).unwrap();
                cut(&block, rng)
            }
            Strike::MemoryBit => flip_anywhere(&memory, rng),
        }
    }
}

/// A stopped server's files, and the folder whose log it holds.
struct Site {
    node: Node,
    store: PathBuf,
    kept: Kept,
    options: Options,
}

impl Site {
    async fn new(whole: &Whole) -> Option<Site> {
        let mut node = had("damage to the files of a nats-server", Node::start(&Settings::default()))?;
        let options = Options::new([node.url()]);
        let log = jetstream::create(&options, 1).await.unwrap();
        let exported = whole.exported().await;
        export::restore(&exported[..], &log, |_| {}).await.unwrap();
        drop(log);
        node.shut_down().unwrap();
        let store = node.folder().join("jetstream");
        let kept = Kept::of(&store);
        Some(Site { node, store, kept, options })
    }

    /// Puts the whole files back.
    fn mend(&mut self) {
        self.node.kill().unwrap();
        fs::remove_dir_all(&self.store).unwrap();
        self.kept.lay_into(&self.store);
    }

    /// What the program's own tools find.
    async fn found(&self, folder: &Path, whole: &Whole) -> Result<Option<String>, String> {
        let log = match JetStreamLog::open(&self.options).await {
            Ok(log) => Arc::new(log),
            Err(refused) => return Ok(Some(refused.to_string())),
        };
        let tables = Tables::open_sqlite(folder.join("tables.db"));
        let looked = tokio::time::timeout(PATIENCE, looked(&log, &tables, folder))
            .await
            .map_err(|_| "nobody ever finishes looking")?;
        if let Err(Found { by, why }) = looked {
            return Ok(Some(format!("{by:?}: {why}")));
        }
        match whole.says.held_by(&*log).await {
            Ok(true) => Ok(None),
            Ok(false) => Err("streams are not what they were".into()),
            Err(why) => Err(why),
        }
    }

    /// What an ordinary consumer is given, to its end, by a server that says that all is well.
    async fn given(&self) -> Result<Vec<Stored>, async_nats::Error> {
        let context = raw::new(async_nats::connect(self.options.urls[0].as_str()).await?);
        let mut stream = context.get_stream(&self.options.stream).await?;
        let left = stream.info().await?.state.messages;
        let all = raw::consumer::pull::OrderedConfig { deliver_policy: DeliverPolicy::All, ..Default::default() };
        let messages = stream.create_consumer(all).await?.messages().await?;
        let mut given = Vec::new();
        let mut messages = messages.take(usize::try_from(left)?);
        while let Some(message) = tokio::time::timeout(Duration::from_secs(10), messages.next()).await? {
            let message = message?;
            let info = message.info()?;
            given.push((info.stream_sequence, String::from_utf8(message.payload.to_vec())?));
            if info.pending == 0 {
                break;
            }
        }
        Ok(given)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_done_to_a_servers_files_is_found_or_changes_nothing() {
    let whole = whole().await;
    let Some(mut site) = Site::new(whole).await else { return };
    let seed = size::seed().unwrap_or_else(|| fastrand::u64(..u64::MAX / 2));
    // Each turn starts the server.
    let turns = (size::damages() / 10).max(12);
    let (mut found, mut harmless, mut silent, mut unready) = (0, 0, 0, 0);
    for (turn, strike) in (0..turns).zip(Strike::ALL.into_iter().cycle()) {
        site.mend();
        let what = strike.falls(&site.store, &mut Rng::with_seed(seed + turn));
        let told = format!("seed {seed}: TRACCIA_SEED={seed} draws the same again: turn {turn}, {strike:?}: {what}");
        // With a high bit of a sequence flipped, it counts billions of messages that never were and is not ready for
        // hours: nobody reads anything from it, which nobody overlooks.
        if site.node.restart_within(START).is_err() {
            println!("{told}: the server does not get ready");
            unready += 1;
            continue;
        }
        let folder = whole.rested.laid_out();
        let given = site.given().await;
        match site.found(folder.path(), whole).await.unwrap_or_else(|why| panic!("{told}: {why}")) {
            Some(_) => {
                found += 1;
                silent += u64::from(given.is_ok_and(|given| given != whole.says.log));
            }
            None => {
                let given = given.unwrap_or_else(|error| panic!("{told}: {error}"));
                assert_eq!(given, whole.says.log, "{told}");
                harmless += 1;
            }
        }
    }
    println!(
        "damage to nats-server: {turns} turns, {found} found (in {silent} the server gave another history without a word), \
         {unready} without a server that gets ready, {harmless} harmless, 0 unseen"
    );
    assert!(silent > 0, "the server says everything itself: then nothing is shown here");
}
