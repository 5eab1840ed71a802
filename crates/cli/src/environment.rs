//! The environment beside the options that read it: what is traced, and what nobody reads.

use std::{collections::BTreeSet, env, io::IsTerminal as _};

use anyhow::Context as _;
use clap::Command;
use tracing_subscriber::EnvFilter;

/// Sets what is traced.
const TRACES: &str = "TRACCIA_LOG";

/// Traces go to standard error, so that standard output holds answers only.
pub(crate) fn trace(usual: &str) -> anyhow::Result<()> {
    let said =
        "TRACCIA_LOG says what is traced, as `info` or `warn,traccia=debug`; where the log is says TRACCIA_LOG_URL";
    let wanted = env::var(TRACES).unwrap_or_default();
    // To the filter an address is the name of something that may trace.
    anyhow::ensure!(!wanted.contains("//"), said);
    let filter = EnvFilter::try_new(if wanted.is_empty() { usual } else { &wanted }).context(said)?;
    let stderr = std::io::stderr();
    // Colours are for people: in a file they are rubbish.
    let colours = stderr.is_terminal() && env::var_os("NO_COLOR").is_none();
    let traces = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours);
    // A trace that cannot be written, on a full disk for one, is lost: to complain of it there would end whoever traced.
    let traces = traces.log_internal_errors(false);
    traces.with_writer(std::io::stderr).with_target(false).init();
    Ok(())
}

/// Refuses a variable that is one slip away from one that is read: the log would be kept elsewhere than meant, without a word.
/// What is further away may be somebody else's; Kubernetes sets `TRACCIA_PORT` and more beside a service of that name.
pub(crate) fn spelt(program: &Command) -> anyhow::Result<()> {
    let mut known = BTreeSet::from([TRACES.to_owned()]);
    variables(program, &mut known);
    let given = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in given.filter(|name| name.starts_with("TRACCIA") && !known.contains(name)) {
        if let Some(meant) = known.iter().find(|known| strsim::damerau_levenshtein(known, &name) == 1) {
            anyhow::bail!("the environment has {name}, which nothing reads: {meant} is meant, or unset it");
        }
    }
    Ok(())
}

/// The variables that a call's options read, and those of the calls below it.
fn variables(call: &Command, known: &mut BTreeSet<String>) {
    known.extend(call.get_arguments().filter_map(|argument| argument.get_env()?.to_str().map(ToOwned::to_owned)));
    for below in call.get_subcommands() {
        variables(below, known);
    }
}
