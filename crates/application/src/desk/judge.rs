//! A row's decision: the same rules as everywhere, on facts already at hand.

use std::sync::Arc;

use traccia_domain::{
    Decide as _, Event, RecordId, ServiceId,
    registration::RegisterCitizen,
    service::{Service, ServiceCommand, ServiceFacts, command::RecordService, id_of},
};
use traccia_log::Log;

use super::{Desk, Row, RowRefusal};
use crate::{Answers, RecordKeys, sealing::Known};

/// A row that may be recorded.
pub(super) struct Judged {
    pub(super) record: RecordId,
    /// What is known of the citizen, to be sealed.
    pub(super) known: Option<Known>,
    pub(super) service: ServiceId,
    pub(super) events: Vec<Event>,
}

impl<L: Log, K: RecordKeys, A: Answers> Desk<'_, L, K, A> {
    /// Judges a row that has been learned. No input or output, and one keyed hash.
    pub(super) fn judge(&self, row: &Row) -> Result<Judged, RowRefusal> {
        let refused = |refusal: traccia_domain::Refusal| RowRefusal::Refused(refusal);
        let place = self.places.get(&row.service.point);
        if let Some(forbidden) = place.and_then(|place| place.right.as_ref().err()) {
            return Err(RowRefusal::Forbidden { needed: forbidden.needed.clone() });
        }
        if row.profile.is_some() {
            let registration = RegisterCitizen { documents: Vec::new(), profile: row.profile.clone() };
            registration.profile(self.today).map_err(|refusal| refused(refusal.into()))?;
        }
        let record = self.record_of(&row.document);
        let known = Known::of([&row.document], row.profile.as_ref());
        let birth = known.as_ref().and_then(|known| known.birth);
        let facts = ServiceFacts {
            today: self.today,
            record: Arc::clone(&self.registered),
            point: place.map(|place| Arc::clone(&place.point)).unwrap_or_default(),
            project: place.map(|place| Arc::clone(&place.project)).unwrap_or_default(),
            programme: place.map(|place| Arc::clone(&place.programme)).unwrap_or_default(),
            facilitator: self.facilitators.get(&row.service.facilitator).cloned().unwrap_or_default(),
            supporter: None,
            replaced: None,
            age: birth.and_then(|birth| birth.age_on(row.service.occurred_on)),
            volunteer_alone: true,
        };
        let command = recording(record, row);
        let service = id_of(&command, None);
        let decided = Service::default().decide(&ServiceCommand::Record(Box::new(command)), &facts);
        let events = decided.map_err(|refusal| refused(refusal.into()))?;
        Ok(Judged { record, known, service, events: events.into_iter().map(Into::into).collect() })
    }
}

fn recording(citizen: RecordId, row: &Row) -> RecordService {
    let service = row.service.clone();
    RecordService {
        citizen,
        point: service.point,
        facilitator: service.facilitator,
        supported_by: None,
        occurred_on: service.occurred_on,
        start_time: service.start_time,
        minutes: service.minutes,
        kind: service.kind,
        mode: service.mode,
        competences: service.competences,
        domains: service.domains,
        questionnaire: service.questionnaire,
        refers_to: None,
    }
}
