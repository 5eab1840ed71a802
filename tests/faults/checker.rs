//! The checker: what must hold of a raw log, the clients' journals and the rows of the read models, whatever happened.
//! It shares no code with what it checks.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
};

use super::{
    count,
    journal::{Answer, Attempt, Journal, Request},
    raw::{self, Commit, Stored, command_of, command_of_genesis},
    rows::Rows,
};

/// A promise that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Positions are contiguous, and at each stands a commit.
    Positions,
    /// Each commit holds the hash of the one before it in its stream, and goes on with its version.
    Chain,
    /// What was answered is there, where it was said to be.
    AnsweredIsThere,
    /// One command is there once.
    Once,
    /// What was refused, or not written, is not there.
    RefusedIsAbsent,
    /// Nothing is there that nobody sent.
    Sent,
    /// Read models are what the log gives.
    Counted,
    /// A citizen counts once for each programme and line.
    CitizenOnce,
    /// No identity document is anywhere.
    Canary,
    /// Nobody says that something is damaged.
    Whole,
}

/// What was found.
#[derive(Debug)]
pub struct Finding {
    pub broken: Broken,
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is broken: {}", self.broken, self.what)
    }
}

/// Findings in lines.
pub fn listed(findings: &[Finding]) -> String {
    findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
}

/// Everything there is to look at.
pub struct Evidence<'a> {
    pub log: &'a [Stored],
    pub journal: &'a Journal,
    pub rows: Option<&'a Rows>,
}

/// Everything that is wrong.
pub fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings = Findings::default();
    let commits = findings.positions(evidence.log);
    findings.chain(&commits);
    findings.journal(&commits, evidence.journal);
    findings.canaries(evidence.log, &evidence.journal.canaries);
    // What cannot be read cannot be counted either, and has been found.
    if let Some(rows) = evidence.rows.filter(|_| commits.len() == evidence.log.len()) {
        findings.rows(&commits, rows);
    }
    findings.0
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn found(&mut self, broken: Broken, what: String) {
        self.0.push(Finding { broken, what });
    }

    fn positions(&mut self, log: &[Stored]) -> Vec<Commit> {
        for (expected, (position, _)) in (1..).zip(log) {
            if *position != expected {
                self.found(Broken::Positions, format!("{position} stands where {expected} should"));
                break;
            }
        }
        let mut commits = Vec::new();
        for stored in log {
            match raw::commit(stored) {
                Some(commit) => commits.push(commit),
                None => self.found(Broken::Positions, format!("no commit at {}: {}", stored.0, stored.1)),
            }
        }
        commits
    }

    fn chain(&mut self, commits: &[Commit]) {
        let mut streams: HashMap<&str, (u64, &str)> = HashMap::new();
        let nothing = "0".repeat(64);
        for commit in commits {
            let (version, hash) = streams.get(commit.stream.as_str()).copied().unwrap_or((0, &nothing));
            if (commit.first, commit.prev.as_str()) != (version + 1, hash) {
                self.found(Broken::Chain, format!("{} does not follow in {}", commit.position, commit.stream));
            }
            streams.insert(&commit.stream, (commit.first - 1 + commit.events.len() as u64, &commit.hash));
        }
    }

    fn journal(&mut self, commits: &[Commit], journal: &Journal) {
        let mut written: HashMap<&str, Vec<&Commit>> = HashMap::new();
        for commit in commits {
            written.entry(&commit.command).or_default().push(commit);
        }
        if let Some(first) = commits.first().filter(|first| first.command == command_of_genesis()) {
            written.remove(first.command.as_str());
        }
        for request in &journal.requests {
            let ours = written.remove(command_of(&request.subject, &request.key).as_str()).unwrap_or_default();
            self.request(request, &ours, commits);
        }
        for commit in written.into_values().flatten() {
            self.found(Broken::Sent, format!("nobody sent what stands at {} in {}", commit.position, commit.stream));
        }
    }

    fn request(&mut self, request: &Request, ours: &[&Commit], commits: &[Commit]) {
        let named = format!("{} {} of {}", request.command.0, request.key, request.subject);
        let streams: BTreeSet<&str> = ours.iter().map(|commit| commit.stream.as_str()).collect();
        if ours.len() > request.streams() || streams.len() < ours.len() {
            let places: Vec<u64> = ours.iter().map(|commit| commit.position).collect();
            self.found(Broken::Once, format!("{named} is there at {places:?}"));
        }
        for attempt in &request.attempts {
            if let Err((broken, what)) = answer(request, attempt, ours, commits) {
                self.found(broken, format!("{named}: {what}"));
            }
        }
        // Until somebody was left in doubt, or told that it was done, it is nowhere.
        let refused = request.attempts.iter().take_while(|attempt| attempt.answer.wrote_nothing()).count();
        let until = request.attempts.get(refused).map_or(u64::MAX, |attempt| attempt.known);
        if let Some(there) = ours.iter().find(|commit| commit.position <= until && refused > 0) {
            self.found(Broken::RefusedIsAbsent, format!("{named} was not done, and is at {}", there.position));
        }
    }

    fn canaries(&mut self, log: &[Stored], canaries: &[String]) {
        for (position, text) in log {
            if let Some(canary) = canaries.iter().find(|canary| text.contains(canary.as_str())) {
                self.found(Broken::Canary, format!("{canary} is in the commit at {position}"));
            }
        }
    }

    /// The citizens that the raw log gives, counted here, and those that the tables count.
    fn rows(&mut self, commits: &[Commit], rows: &Rows) {
        let expected = count::counted(commits.iter().take_while(|commit| commit.position <= rows.position));
        let mut stored: BTreeMap<count::Scope, BTreeSet<String>> = BTreeMap::new();
        for unit in &rows.counted {
            if !stored.entry(unit.scope.clone()).or_default().insert(unit.person.clone()) {
                self.found(Broken::CitizenOnce, format!("{} counts more than once in {:?}", unit.person, unit.scope));
            }
        }
        if stored != expected {
            self.found(Broken::Counted, format!("the tables count {stored:?}, the log gives {expected:?}"));
        }
    }
}

/// Whether one answer was true.
fn answer(request: &Request, attempt: &Attempt, ours: &[&Commit], commits: &[Commit]) -> Result<(), (Broken, String)> {
    let single = request.streams() == 1;
    let before = ours.iter().find(|commit| commit.position <= attempt.known);
    match &attempt.answer {
        Answer::Unknown | Answer::NotWritten => Ok(()),
        Answer::Alarm(why) => Err((Broken::Whole, why.clone())),
        // What is left of a command that was begun may be refused later; what was begun stays.
        Answer::Refused(_) if !single => Ok(()),
        Answer::Refused(code) => match before {
            Some(there) => Err((Broken::RefusedIsAbsent, format!("{code}, and it stood at {} before", there.position))),
            None => Ok(()),
        },
        Answer::Done { position, stream, events, replayed } => {
            let index = usize::try_from(*position).unwrap_or(0).wrapping_sub(1);
            let missing = |what: String| Err((Broken::AnsweredIsThere, what));
            let Some(at) = commits.get(index) else { return missing(format!("{position} is not there")) };
            let ours_there = ours.iter().any(|commit| commit.position <= *position);
            let already = events.is_empty() && !replayed;
            if !already && !ours_there {
                return missing(format!("it was done at {position}, where {} stands", at.stream));
            }
            if !single {
                return Ok(());
            }
            if at.stream != *stream {
                return missing(format!("{stream} is not at {position}, {} is", at.stream));
            }
            if already {
                // Somebody else's commit has the effect, and it was the last that was said of the thing.
                let said = commits.iter().take_while(|commit| commit.position <= attempt.known);
                let later = said.filter(|commit| commit.stream == *stream && commit.position > *position).last();
                return match before.copied().or(later) {
                    Some(there) => missing(format!("it was there at {position}, but {} stood behind", there.position)),
                    None => Ok(()),
                };
            }
            let names: Vec<String> = at.events.iter().map(|event| camel(&event.kind)).collect();
            if ours.iter().all(|commit| commit.position != *position) || names != *events {
                return missing(format!("{events:?} is not what stands at {position}: {names:?}"));
            }
            Ok(())
        }
    }
}

/// `point_opened` as the API says it: `PointOpened`.
fn camel(stored: &str) -> String {
    let words = stored.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect()
}
