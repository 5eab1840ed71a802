//! The view that is kept for each service: what a page of it would show.

use cqrs_es::{EventEnvelope, View};
use serde::{Deserialize, Serialize};
use traccia_domain::service::{Service, ServiceEvent, ServiceRecorded};

/// One service as it stands.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ServiceView {
    recorded: Option<ServiceRecorded>,
    state: String,
    reason: Option<String>,
}

impl View<Service> for ServiceView {
    fn update(&mut self, event: &EventEnvelope<Service>) {
        match &event.payload {
            ServiceEvent::ServiceRecorded(recorded) => {
                self.recorded = Some(ServiceRecorded::clone(recorded));
                self.state = "recorded".to_owned();
            }
            ServiceEvent::ServiceDisputed(disputed) => self.say("disputed", &disputed.reason),
            ServiceEvent::ServiceUpheld(upheld) => self.say("recorded", &upheld.reason),
            ServiceEvent::ServiceVoided(voided) => self.say("voided", &voided.reason),
        }
    }
}

impl ServiceView {
    fn say(&mut self, state: &str, reason: &str) {
        self.state = state.to_owned();
        self.reason = Some(reason.to_owned());
    }
}
