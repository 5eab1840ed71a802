//! For tests: histories, told fact by fact, folded and stored as they grow.

use jiff::{Timestamp, civil::Date};
use serde_json::json;
use traccia_domain::{
    Actor, Commit, Event, Hash, Position, RecordId, Role, ServiceId, StreamId, StreamKind,
    document::{DocumentKind, KeyVersion},
    facilitator::{FacilitatorEnded, FacilitatorEnrolled, command::FacilitatorRole},
    hash::{Hex, ShortHash},
    link::{
        BreakProposed, BreakRejected, LinkBasis, LinkBroken, LinkConfirmed, LinkProposed, LinkRejected, Proposer,
        RecordsLinked,
    },
    milestone::{MilestoneClaimed, Terms},
    point::{PointClosed, PointOpened, PointResumed, PointSuspended, PointVoided, command::PointKind},
    programme::{
        Definition, ProgrammeDefined, RulesAdopted,
        rules::{CountingRules, PointsBasis, Reduction},
    },
    project::{
        ApplicationApproved, ApplicationSubmitted, FundingLineSwitched,
        command::{Commitment, Funding, Organisation},
    },
    record::{RecordErased, RecordRegistered},
    report::{self, ReportAccepted, ReportEvent, ReportSubmitted},
    service::{ServiceDisputed, ServiceKind, ServiceRecorded, ServiceUpheld, ServiceVoided},
};
use traccia_projector::{At, Changes, Projection as _, Value};

pub(crate) use super::store::{Store, text};
use crate::{
    Projections,
    targets::{Scope, Totals},
};

/// A history with what it folds to.
pub(crate) struct History {
    pub(crate) fold: Projections,
    pub(crate) commits: Vec<(Position, Commit)>,
    pub(crate) store: Store,
    changes: Changes,
    stride: u64,
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn record(name: &str) -> RecordId {
    RecordId(ShortHash::of_parts([b"record".as_slice(), name.as_bytes()]))
}

fn why() -> String {
    "why".to_owned()
}

impl Default for History {
    fn default() -> History {
        History::every(1)
    }
}

impl History {
    /// Positions so far apart: steps come sooner.
    pub(crate) fn every(stride: u64) -> History {
        History {
            fold: Projections::default(),
            commits: Vec::new(),
            store: Store::default(),
            changes: Changes::collected(),
            stride,
        }
    }

    /// Lombardia with project `p`, points `a` (Milano) and `b` (Bergamo), the facilitator `anna` at both.
    pub(crate) fn begun() -> History {
        let mut history = History::default();
        history.programme("lombardia");
        history.project("p", "lombardia");
        history.opened("a", "p", "MI");
        history.opened("b", "p", "BG");
        history.enrolled("anna", FacilitatorRole::Facilitator, &["a", "b"], "2023-07-01", None);
        history
    }

    pub(crate) fn say(&mut self, kind: StreamKind, id: impl std::fmt::Display, event: impl Into<Event>) {
        let commit = commit(kind, id, event);
        let position = Position((self.commits.len() as u64 + 1) * self.stride);
        self.fold.commit(&At { position, recorded_at: commit.recorded_at, commit: &commit }, &mut self.changes);
        self.store.write(self.changes.take());
        self.commits.push((position, commit));
    }

    pub(crate) fn programme(&mut self, id: &str) {
        let definition: Definition = serde_json::from_value(json!({
            "id": id, "name": id, "measure": "M1C1-1.7.2", "region": {"istat": "03", "name": id},
            "award": "1.00", "currency": "EUR", "starts": "2023-01-01", "ends": "2026-06-30",
            "targets": {"points": 1, "citizens": 1, "services": 1},
        }))
        .unwrap();
        self.say(StreamKind::Programme, id, ProgrammeDefined { definition: Box::new(definition) });
    }

    pub(crate) fn adopted(&mut self, programme: &str, from: &str, counting: CountingRules) {
        let adopted = RulesAdopted {
            act: "act".to_owned(),
            effective_on: day(from),
            counting: Some(counting),
            points: None,
            expense_caps: None,
        };
        self.say(StreamKind::Programme, programme, adopted);
    }

    pub(crate) fn project(&mut self, id: &str, programme: &str) {
        self.applied(id, programme);
        self.approved(id);
    }

    pub(crate) fn applied(&mut self, id: &str, programme: &str) {
        let submitted = ApplicationSubmitted {
            programme: programme.parse().unwrap(),
            name: id.to_owned(),
            cup: None,
            lead: Organisation { name: "lead".to_owned(), tax_id: None },
            partners: vec![],
            award: traccia_domain::Cents(100),
            targets: Commitment::default(),
            provinces: vec!["MI".parse().unwrap(), "BG".parse().unwrap()],
            starts: day("2023-07-01"),
            ends: day("2025-12-31"),
        };
        self.say(StreamKind::Project, id, submitted);
    }

    pub(crate) fn approved(&mut self, id: &str) {
        let approved = ApplicationApproved { act: "act".to_owned(), on: day("2023-07-01"), tranches: vec![] };
        self.say(StreamKind::Project, id, approved);
    }

    pub(crate) fn switched(&mut self, project: &str, from: &str, funding: Funding) {
        let switched = FundingLineSwitched { from: day(from), funding, source: why(), act: "act".to_owned() };
        self.say(StreamKind::Project, project, switched);
    }

    pub(crate) fn report_submitted(&mut self, project: &str, month: &str) {
        let (project, month) = (project.parse().unwrap(), month.parse().unwrap());
        self.reported(ReportSubmitted { project, month, obstacles: None, submitter: "desk-1".to_owned() }.into());
    }

    pub(crate) fn report_accepted(&mut self, project: &str, month: &str, on: &str) {
        let (project, month) = (project.parse().unwrap(), month.parse().unwrap());
        self.reported(ReportAccepted { project, month, on: day(on), act: "act".to_owned() }.into());
    }

    fn reported(&mut self, event: ReportEvent) {
        let (project, month) = event.of();
        let stream = report::stream(project, month);
        self.say(StreamKind::Report, stream.id(), event);
    }

    /// Claims a milestone that counts services until a day, accepted until another.
    pub(crate) fn claimed(&mut self, project: &str, milestone: &str, counts_until: &str, accepted_until: &str) {
        let terms = Terms {
            counts_until: day(counts_until),
            accepted_until: day(accepted_until),
            points_on: day(counts_until),
            points_basis: PointsBasis::ActiveOnDate,
            points_needed: Some(1),
            citizens_needed: Some(1),
            reduction: Reduction::WeakestLink,
            rules: 1,
        };
        self.say(
            StreamKind::Milestone,
            project,
            MilestoneClaimed { milestone: milestone.to_owned(), terms, cure: false },
        );
    }

    pub(crate) fn opened(&mut self, id: &str, project: &str, province: &str) {
        self.say(StreamKind::Point, id, opening(project, province));
    }

    pub(crate) fn suspended(&mut self, point: &str, on: &str) {
        self.say(StreamKind::Point, point, PointSuspended { on: day(on), reason: why() });
    }

    pub(crate) fn resumed(&mut self, point: &str, on: &str) {
        self.say(StreamKind::Point, point, PointResumed { on: day(on), reason: why() });
    }

    pub(crate) fn closed(&mut self, point: &str, on: &str) {
        self.say(StreamKind::Point, point, PointClosed { on: day(on), reason: why() });
    }

    pub(crate) fn point_voided(&mut self, point: &str) {
        self.say(StreamKind::Point, point, PointVoided { on: day("2023-07-01"), reason: why() });
    }

    pub(crate) fn enrolled(&mut self, id: &str, role: FacilitatorRole, at: &[&str], from: &str, until: Option<&str>) {
        let enrolled = FacilitatorEnrolled {
            project: "p".parse().unwrap(),
            role,
            points: at.iter().map(|point| point.parse().unwrap()).collect(),
            from: day(from),
            until: until.map(day),
            certificate: None,
        };
        self.say(StreamKind::Facilitator, id, enrolled);
    }

    pub(crate) fn ended(&mut self, facilitator: &str, on: &str) {
        self.say(StreamKind::Facilitator, facilitator, FacilitatorEnded { on: day(on) });
    }

    pub(crate) fn registered(&mut self, name: &str) {
        let registered = RecordRegistered {
            document: DocumentKind::FiscalCode,
            key_version: KeyVersion(1),
            profile: None,
            followed_by: None,
        };
        self.say(StreamKind::Record, record(name), registered);
    }

    pub(crate) fn erased(&mut self, name: &str) {
        self.say(StreamKind::Record, record(name), RecordErased { legal_basis: why() });
    }

    pub(crate) fn linked(&mut self, one: &str, other: &str) {
        self.of_pair(one, other, Said::Linked);
    }

    pub(crate) fn of_pair(&mut self, one: &str, other: &str, said: Said) {
        let mut records = [record(one), record(other)];
        records.sort();
        let id = format!("{}-{}", records[0], records[1]);
        let (reason, proposer) = (why(), "desk-1".to_owned());
        let event: Event = match said {
            Said::Linked => RecordsLinked { records, basis: LinkBasis::PresentedTogether }.into(),
            Said::Proposed => LinkProposed { records, proposer: Proposer::Person(proposer), reason }.into(),
            Said::Confirmed => LinkConfirmed { records, reason }.into(),
            Said::Rejected => LinkRejected { records, reason }.into(),
            Said::BreakProposed => BreakProposed { records, proposer, reason }.into(),
            Said::Broken => LinkBroken { records, reason }.into(),
            Said::BreakRejected => BreakRejected { records, reason }.into(),
        };
        self.say(StreamKind::Link, id, event);
    }

    /// A service by anna, unless it is changed.
    pub(crate) fn served(
        &mut self,
        citizen: &str,
        point: &str,
        on: &str,
        change: impl FnOnce(&mut ServiceRecorded),
    ) -> ServiceId {
        let mut recorded = ServiceRecorded {
            record: record(citizen),
            point: point.parse().unwrap(),
            facilitator: "anna".parse().unwrap(),
            supported_by: None,
            occurred_on: day(on),
            start_time: None,
            minutes: 30,
            kind: ServiceKind::IndividualFacilitation,
            age: None,
            mode: None,
            competences: vec![],
            domains: vec![],
            questionnaire: None,
            refers_to: None,
        };
        change(&mut recorded);
        let id = ServiceId(ShortHash::of_parts([(self.commits.len() as u64).to_be_bytes().as_slice()]));
        self.say(StreamKind::Service, id, recorded);
        id
    }

    pub(crate) fn voided(&mut self, service: ServiceId) {
        self.say(StreamKind::Service, service, ServiceVoided { reason: why() });
    }

    pub(crate) fn disputed(&mut self, service: ServiceId) {
        self.say(StreamKind::Service, service, ServiceDisputed { reason: why() });
    }

    pub(crate) fn upheld(&mut self, service: ServiceId) {
        self.say(StreamKind::Service, service, ServiceUpheld { reason: why() });
    }

    pub(crate) fn totals(&self, scope: Scope, id: &str) -> Totals {
        self.fold.targets().totals("lombardia", scope, id)
    }

    pub(crate) fn counted(&self, scope: Scope, id: &str) -> i64 {
        self.totals(scope, id).counted
    }

    /// The reason a service's row gives; empty when it qualifies.
    pub(crate) fn reason(&self, service: ServiceId) -> String {
        let rows = self.store.now("service");
        let row =
            rows.values().find(|row| row[0] == Value::from(service.to_string())).expect("every service has a row");
        text(&row[10])
    }
}

/// What can be said of a pair of records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said {
    Linked,
    Proposed,
    Confirmed,
    Rejected,
    BreakProposed,
    Broken,
    BreakRejected,
}

pub(crate) fn commit(kind: StreamKind, id: impl std::fmt::Display, event: impl Into<Event>) -> Commit {
    Commit {
        stream: StreamId::new(kind, id),
        first: 1,
        command: Hex([0xff; 16]),
        body: Hex([0; 16]),
        prev: Hash::ZERO,
        recorded_at: Timestamp::UNIX_EPOCH,
        actor: Actor { subject: "desk-1".to_owned(), role: Role::Facilitator },
        events: vec![event.into()],
    }
}

pub(crate) fn opening(project: &str, province: &str) -> PointOpened {
    PointOpened {
        project: project.parse().unwrap(),
        name: "punto".to_owned(),
        kind: PointKind::Fixed,
        province: province.parse().unwrap(),
        municipality: "Milano".to_owned(),
        address: None,
        opened_on: day("2023-09-01"),
        weekly_hours: 24,
        days_per_week: None,
        workstations: 2,
        megabits_per_second: 30,
        services: vec![ServiceKind::IndividualFacilitation],
        upgraded: false,
        reduced_hours_reason: None,
    }
}
