//! `traccia trail`: who did what, when and why, by the same answers as the API.

use std::process::ExitCode;

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser},
};
use jiff::civil::Date;
use traccia_domain::StreamKind;

use crate::{
    Format, Place, answers,
    columns::Column,
    ordered::Json,
    read::{given, print_columns},
};

const FACTS: &[Column] = &[
    ("position", "position"),
    ("recorded at", "recorded_at"),
    ("subject", "subject"),
    ("role", "role"),
    ("what", "events"),
    ("to what", "stream"),
    ("reason or act", "reason"),
];

/// Who did what, when and why: the commits of something, or of the whole log, the newest first.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia trail                                             # the last hundred commits
  traccia trail --entity lombardia-mi                       # a project, its milestones and its money
  traccia trail --subject anna --kind money --from 2024-06-01 --to 2024-06-30 --csv
  traccia trail --entity point.mi-0042 --known-at 4711 --json")]
pub(crate) struct Trail {
    #[command(flatten)]
    place: Place,
    /// Of what: a stream's name or an id (point.mi-0042, mi-0042, a record's id). The whole log, unless told.
    #[arg(long, value_name = "ID")]
    entity: Option<String>,
    /// What it happened to.
    #[arg(long, value_parser = PossibleValuesParser::new(StreamKind::ALL.map(explained)))]
    kind: Option<String>,
    /// Who did it: an account's name.
    #[arg(long, value_name = "NAME")]
    subject: Option<String>,
    /// Recorded on this day in Italy or later, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Recorded on this day in Italy or earlier, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// At most so many, 1 to 1,000.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
    /// Go on after this cursor, the `next` of the call before; together with its `--known-at`.
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Trail {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = [
            ("entity", self.entity),
            ("kind", self.kind),
            ("subject", self.subject),
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
            ("limit", Some(self.limit.to_string())),
            ("after", self.after),
            ("known_at", self.known_at),
        ];
        // One page: a log may be longer than anybody reads.
        let answer = answers::get(&self.place, "/v1/trail", &given(query)).await?;
        let done = print_columns(&answer, self.format, FACTS)?;
        if let Json::Text(next) = answer.get("next") {
            let position = answer.get("position");
            eprintln!(
                "these are the newest {}, and there are more: the same call with --after {next} --known-at {position} goes \
                 on, and --limit takes up to 1000",
                self.limit
            );
        }
        Ok(done)
    }
}

/// A kind of stream, with what happens to it.
fn explained(kind: StreamKind) -> PossibleValue {
    PossibleValue::new(kind.as_str()).help(match kind {
        StreamKind::Log => "the log itself: its beginning, a new fingerprint key",
        StreamKind::Programme => "a programme: its definition, rules, redistributions, reporting windows",
        StreamKind::Project => "a project: its application and what was decided on it",
        StreamKind::Report => "a project's report of a month: submitted, returned, accepted, reopened",
        StreamKind::Milestone => "a project's milestones: claimed, certified, sampled",
        StreamKind::Point => "a point: opened, suspended, resumed, closed, voided",
        StreamKind::Facilitator => "a facilitator: enrolled, ended",
        StreamKind::Record => "a citizen's record: registered, erased",
        StreamKind::Number => "a document's number, as it was presented",
        StreamKind::Link => "two records that may be one person's: proposed, linked, broken",
        StreamKind::Money => "a project's money: tranches authorised, ordered, paid; exposures; recoveries",
        StreamKind::Payments => "a programme's batches of payment orders for the bank",
        StreamKind::Service => "a service: recorded, disputed, upheld, voided",
        StreamKind::Invoice => "an invoice: what projects claimed of it, and what was accepted",
        StreamKind::Expense => "an expense's name, and the invoice it stands for",
    })
}
