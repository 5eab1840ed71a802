//! Looking for inputs that break what must hold, guided by the code they reach.

use std::{env, fs};

use crate::{cargo, root};

/// What cargo-fuzz passes to the compiler, but for what asks for a nightly one.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks";

const TARGETS: [&str; 3] = ["fiscal_code", "document", "import"];

/// Builds the targets and runs one, or all in turn, for so many seconds each.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let usage = || format!("cargo xtask fuzz [{}] [--seconds N]", TARGETS.join("|"));
    let (names, seconds) = match arguments {
        [] => (TARGETS.to_vec(), "60"),
        [flag, seconds] if flag == "--seconds" => (TARGETS.to_vec(), seconds.as_str()),
        [name] => (vec![name.as_str()], "60"),
        [name, flag, seconds] if flag == "--seconds" => (vec![name.as_str()], seconds.as_str()),
        _ => return Err(usage()),
    };
    if names.iter().any(|name| !TARGETS.contains(name)) || seconds.parse::<u32>().is_err() {
        return Err(usage());
    }
    let (target, host) = (root().join("target/fuzz"), host()?);
    // Named, so that build scripts are built without the counters.
    crate::run(
        cargo()
            .args(["build", "--release", "--locked", "--manifest-path", "tests/fuzz/Cargo.toml", "--target", &host])
            .arg("--target-dir")
            .arg(&target)
            .env("RUSTFLAGS", FLAGS),
    )?;
    for name in names {
        // What it learns is kept there; samples that are worth it are added by hand.
        let learned = target.join("corpus").join(name);
        fs::create_dir_all(&learned).map_err(|error| format!("{}: {error}", learned.display()))?;
        let mut fuzz = std::process::Command::new(target.join(&host).join("release/traccia-fuzz"));
        fuzz.env("TRACCIA_FUZZ", name).arg(&learned).arg(root().join("tests/fuzz/corpus").join(name));
        fuzz.arg(format!("-max_total_time={seconds}"));
        fuzz.arg(format!("-artifact_prefix={}/{name}-", target.display()));
        fuzz.args(["-max_len=8192", "-print_final_stats=1"]);
        crate::run(&mut fuzz)?;
    }
    Ok(())
}

/// What this compiler builds for.
fn host() -> Result<String, String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = std::process::Command::new(rustc).arg("-vV").output().map_err(|error| format!("rustc: {error}"))?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say what it builds for".to_owned())
}
