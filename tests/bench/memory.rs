//! What a process weighs, as the system tells while it runs.

use std::{fs, process::Child};

/// The most memory a process has had so far, in bytes.
pub fn most(process: &Child) -> Option<f64> {
    line(&process.id().to_string(), "VmHWM:")
}

/// The memory that this process has now, in bytes.
pub fn here() -> Option<f64> {
    line("self", "VmRSS:")
}

fn line(process: &str, begins: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let found = status.lines().find_map(|line| line.strip_prefix(begins))?;
    found.trim().strip_suffix("kB")?.trim().parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
}
