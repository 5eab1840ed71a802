//! What clients know: what they asked for, and what they were answered. It is all that a citizen, or a court, can hold
//! against us.

use serde_json::Value;

/// Everything that was asked.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    pub requests: Vec<Request>,
    /// The last position that anybody was told.
    pub known: u64,
    /// What was sent and must be nowhere.
    pub canaries: Vec<String>,
}

/// One command under one key, asked once or again and again.
#[derive(Clone, Debug)]
pub struct Request {
    pub subject: String,
    pub key: String,
    /// Its name and body, to be sent again and to be shown.
    pub command: (&'static str, Value),
    pub attempts: Vec<Attempt>,
}

#[derive(Clone, Debug)]
pub struct Attempt {
    /// Where the log ended before, as far as is known: what stands up to there is not this attempt's.
    pub known: u64,
    pub answer: Answer,
}

/// What a client was answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// 200.
    Done { position: u64, stream: String, events: Vec<String>, replayed: bool },
    /// The rules or the rights say no.
    Refused(String),
    /// 503, or overtaken: nothing was written this time.
    NotWritten,
    /// 504, or no answer at all.
    Unknown,
    /// 500: what is stored cannot be right.
    Alarm(String),
}

impl Journal {
    /// Writes down that something is about to be asked, before it is.
    pub fn asks(&mut self, subject: &str, key: &str, command: (&'static str, Value)) -> usize {
        let (subject, key) = (subject.to_owned(), key.to_owned());
        self.requests.push(Request { subject, key, command, attempts: Vec::new() });
        self.requests.len() - 1
    }

    /// Writes down another attempt; until it is answered its outcome is unknown.
    pub fn tries(&mut self, request: usize, known: u64) -> usize {
        let attempts = &mut self.requests[request].attempts;
        attempts.push(Attempt { known, answer: Answer::Unknown });
        attempts.len() - 1
    }

    pub fn answered(&mut self, request: usize, attempt: usize, answer: Answer) {
        if let Answer::Done { position, .. } = &answer {
            self.known = self.known.max(*position);
        }
        self.requests[request].attempts[attempt].answer = answer;
    }

    /// Requests whose outcome nobody knows yet.
    pub fn open(&self) -> Vec<usize> {
        let requests = self.requests.iter().enumerate();
        requests.filter(|(_, request)| !request.settled()).map(|(index, _)| index).collect()
    }

    /// How many attempts had an unknown outcome.
    pub fn unknown(&self) -> usize {
        let attempts = self.requests.iter().flat_map(|request| &request.attempts);
        attempts.filter(|attempt| attempt.answer == Answer::Unknown).count()
    }
}

impl Answer {
    /// Whether it says that nothing was written this time, nor before.
    pub fn wrote_nothing(&self) -> bool {
        match self {
            Answer::Done { events, replayed, .. } => events.is_empty() && !replayed,
            Answer::Refused(_) | Answer::NotWritten => true,
            Answer::Unknown | Answer::Alarm(_) => false,
        }
    }
}

impl Request {
    /// How many streams it may write to: one commit each.
    pub fn streams(&self) -> usize {
        let count = |field: &str| self.command.1[field].as_array().map_or(0, Vec::len);
        match self.command.0 {
            // A record for each document, and a link from the first to each other.
            "RegisterCitizen" => 2 * count("documents") - 1,
            "RecordGroupSession" => count("citizens"),
            _ => 1,
        }
    }

    /// Whether its last word is known.
    pub fn settled(&self) -> bool {
        let last = self.attempts.last().map(|attempt| &attempt.answer);
        matches!(last, Some(Answer::Done { .. } | Answer::Refused(_) | Answer::Alarm(_)))
    }
}
