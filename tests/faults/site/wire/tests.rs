//! That a wire does what it is told to.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::*;
use crate::faults::site::PATIENCE;

/// A server that answers each byte with the next one, and remembers what it was asked.
async fn counting() -> (u16, watch::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (asked, seen) = watch::channel(Vec::new());
    tokio::spawn(async move {
        let asked = Arc::new(asked);
        while let Ok((mut client, _)) = listener.accept().await {
            let asked = Arc::clone(&asked);
            tokio::spawn(async move {
                while let Ok(byte) = client.read_u8().await {
                    asked.send_modify(|asked| asked.push(byte));
                    let _ = client.write_u8(byte + 1).await;
                }
            });
        }
    });
    (port, seen)
}

async fn ask(wire: &Wire, byte: u8) -> Option<u8> {
    let mut connection = TcpStream::connect(("127.0.0.1", wire.port())).await.unwrap();
    connection.write_u8(byte).await.unwrap();
    timeout(PATIENCE, connection.read_u8()).await.expect("it is answered or cut").ok()
}

#[tokio::test]
async fn a_wire_passes_cuts_and_swallows_as_it_is_told() {
    let (port, mut asked) = counting().await;
    let wire = Wire::to(port, &mut Rng::with_seed(1));
    assert_eq!(ask(&wire, 1).await, Some(2));
    wire.weather(Weather { late: 100, ..Weather::default() });
    assert_eq!(ask(&wire, 3).await, Some(4), "late, and whole");
    wire.weather(Weather { cut: 100, ..Weather::default() });
    assert_eq!(ask(&wire, 5).await, None);
    wire.weather(Weather { swallowed: 100, ..Weather::default() });
    assert_eq!(ask(&wire, 7).await, None);
    asked.wait_for(|asked| asked.ends_with(&[7])).await.unwrap();
    assert_eq!(*asked.borrow(), [1, 3, 7], "what was cut was never asked, what was swallowed was");
    wire.weather(Weather::default());
    wire.cut();
    assert_eq!(ask(&wire, 9).await, None);
    wire.mend();
    assert_eq!(ask(&wire, 9).await, Some(10));
    let Seen { exchanges, disturbed, swallowed } = wire.seen();
    assert_eq!((exchanges, disturbed, swallowed), (5, 3, 1));
}

#[tokio::test]
async fn a_trap_keeps_a_request_or_its_answer() {
    let (port, mut asked) = counting().await;
    let wire = Wire::to(port, &mut Rng::with_seed(1));
    wire.set(Trap::Request(vec![1]));
    tokio::select! {
        () = wire.met() => {}
        answer = ask(&wire, 1) => panic!("it is answered: {answer:?}"),
    }
    assert_eq!(*asked.borrow(), [0; 0]);
    wire.set(Trap::Answer(vec![3]));
    tokio::select! {
        () = wire.met() => {}
        answer = ask(&wire, 3) => panic!("it is answered: {answer:?}"),
    }
    asked.wait_for(|asked| *asked == [3]).await.unwrap();
    assert_eq!(ask(&wire, 3).await, Some(4), "a trap is met once");
}
