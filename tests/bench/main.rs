//! The figures of issue and README, measured: `cargo xtask bench`, which builds the peer too. Rates are per second of wall
//! time.
//!
//! `--small` runs everything at a twentieth of the size, to see that it works; `import`, `replay`, `reading`, `impact`,
//! `production`, `commands` or `growth` measures one part.

#![allow(unreachable_pub, missing_docs, reason = "nothing outside uses this binary")]

mod commands;
mod growth;
mod history;
mod impact;
mod import;
mod installation;
mod memory;
mod national;
mod peer;
mod production;
mod reading;
mod replay;
mod report;
mod sender;

use report::Report;

/// As the executable has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let scale: u64 = if arguments.iter().any(|argument| argument == "--small") { 20 } else { 1 };
    let named: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|wanted| *wanted == name);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let mut report = Report::default();
    // First, while nothing else of ours runs.
    let peer = if wanted("commands") || wanted("production") {
        peer::measure(20_000 / scale, sender::IN_FLIGHT)
    } else {
        None
    };
    runtime.block_on(async {
        if wanted("import") {
            import::measure(200_000 / scale, &mut report).await;
        }
        if wanted("replay") {
            replay::measure(1_000_000 / scale, &mut report).await;
        }
        if wanted("reading") {
            reading::measure(500_000 / scale, &mut report).await;
        }
        if wanted("impact") {
            impact::measure(scale, &mut report).await;
        }
        if wanted("production") {
            production::measure(1_000_000 / scale, peer, &mut report).await;
        }
        if wanted("commands") {
            commands::measure(40_000 / scale, peer, &mut report).await;
        }
        if wanted("growth") {
            growth::measure(scale, &mut report).await;
        }
    });
    report.print();
}
