//! What goes over one connection, in both directions.

use std::{future::pending, sync::Arc};

use fastrand::Rng;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

use super::{Shared, weather::Fate};

/// What becomes of answers on one connection.
#[derive(Clone, Copy)]
enum Answers {
    Pass,
    Wait(Instant),
    Vanish,
}

/// Passes on what two say to each other, until one of them is gone or the wire is cut.
pub(super) async fn connect(client: TcpStream, to: u16, rng: Rng, shared: Arc<Shared>, mut cuts: watch::Receiver<u64>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", to)).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ((asks, told), (answers, asked)) = (client.into_split(), server.into_split());
    let (hold, held) = watch::channel(Answers::Pass);
    // Whichever ends first ends both directions.
    tokio::select! {
        () = pass_requests(asks, asked, rng, &shared, hold) => {}
        () = pass_answers(answers, told, held) => {}
        _ = cuts.changed() => {}
    }
}

async fn pass_requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut rng: Rng,
    shared: &Shared,
    answers: watch::Sender<Answers>,
) {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else { return };
        let request = &buffer[..read];
        match shared.fate(&mut rng, request) {
            Fate::Passes => {}
            Fate::Late(pause) => sleep(pause).await,
            Fate::AnsweredLate(pause) => drop(answers.send_replace(Answers::Wait(Instant::now() + pause))),
            Fate::Cut => return,
            Fate::Swallowed(pause) => {
                answers.send_replace(Answers::Vanish);
                if to.write_all(request).await.is_err() {
                    return;
                }
                // Cut at once, it might not arrive.
                sleep(pause).await;
                return;
            }
            Fate::Kept => {
                shared.met.send_replace(true);
                return pending().await;
            }
            Fate::AnswerKept => {
                answers.send_replace(Answers::Vanish);
                let _ = to.write_all(request).await;
                shared.met.send_replace(true);
                return pending().await;
            }
        }
        if to.write_all(request).await.is_err() {
            return;
        }
    }
}

async fn pass_answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, held: watch::Receiver<Answers>) {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else { return };
        let fate = *held.borrow();
        match fate {
            Answers::Pass => {}
            Answers::Wait(until) => sleep_until(until).await,
            Answers::Vanish => continue,
        }
        // What was read before its request was swallowed may have waited.
        if matches!(*held.borrow(), Answers::Vanish) {
            continue;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
