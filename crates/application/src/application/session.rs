//! A group session: one command, a service for each citizen.

use traccia_domain::{
    Commit, Position, Refusal,
    refusal::Code,
    service::{
        Service, ServiceCommand,
        command::{RecordGroupSession, RecordService},
    },
};
use traccia_log::{Log, LogError};

use super::{Application, Done, dispatch::ATTEMPTS, register::worst, request::Request};
use crate::{
    Answers, Failure, RecordKeys,
    append::append_many_resolved,
    stored::{Loaded, Stored as _, load},
};

/// What one service of a session still needs.
enum Part {
    /// Nothing: it is there.
    There(Done),
    /// To be stored.
    Missing(Box<Commit>, Option<Position>),
}

impl<L: Log, K: RecordKeys, A: Answers> Application<L, K, A> {
    /// Everybody's service is decided before any is stored. A crash in between leaves some stored; the same key
    /// completes the others.
    pub(super) async fn record_session(
        &self,
        request: &Request<'_>,
        command: &RecordGroupSession,
    ) -> Result<Done, Failure> {
        command.check().map_err(Failure::refused)?;
        let services: Vec<RecordService> = command.services().collect();
        let mut begun = false;
        for attempt in 0..ATTEMPTS {
            let leader = attempt > 0;
            let parts = match self.parts(request, &services, &mut begun, leader).await {
                Ok(parts) => parts,
                // Perhaps only because what was read was a moment old.
                Err(failure) if failure.is_a_no() && !leader => continue,
                Err(failure) => return Err(failure.after(begun, request)),
            };
            match self.store(request, parts, &mut begun).await {
                Ok(Some(done)) => return Ok(done),
                Ok(None) => metrics::counter!("traccia_conflicts_total").increment(1),
                Err(failure) => return Err(failure.after(begun, request)),
            }
        }
        Err(Failure::Contended.after(begun, request))
    }

    /// What each service still needs; whether any was there is kept in `begun`.
    async fn parts(
        &self,
        request: &Request<'_>,
        services: &[RecordService],
        begun: &mut bool,
        leader: bool,
    ) -> Result<Vec<Part>, Failure> {
        let loaded = self.load_session(services, leader).await?;
        *begun |= loaded.iter().any(|service| service.by(request.command).is_some());
        let mut parts = Vec::with_capacity(services.len());
        for (index, (service, loaded)) in services.iter().zip(&loaded).enumerate() {
            let part = self.part(request, service, loaded, *begun, leader).await;
            parts.push(part.map_err(|failure| of_session(failure, index))?);
        }
        Ok(parts)
    }

    async fn load_session(&self, services: &[RecordService], leader: bool) -> Result<Vec<Loaded<Service>>, Failure> {
        let mut loaded = Vec::with_capacity(services.len());
        for service in services {
            let stream = Service::stream(self.service_id(service).await?);
            loaded.push(load(&*self.log, &stream, leader).await.map_err(Failure::reading)?);
        }
        Ok(loaded)
    }

    async fn part(
        &self,
        request: &Request<'_>,
        service: &RecordService,
        loaded: &Loaded<Service>,
        begun: bool,
        leader: bool,
    ) -> Result<Part, Failure> {
        if let Some(earlier) = loaded.by(request.command)
            && request.wrote(earlier)?
        {
            return Ok(Part::There(Done::replayed(earlier, request)));
        }
        let stream = Service::stream(self.service_id(service).await?);
        match self.decide(request, &ServiceCommand::Record(Box::new(service.clone())), loaded, leader).await {
            Ok(events) => {
                let commit = loaded.followed_by(request.commit(stream, events, self.clock.now()));
                Ok(Part::Missing(Box::new(commit), loaded.last()))
            }
            // Once the session has begun, a service that somebody else has recorded since does not hold up the others.
            Err(Failure::Refused { refusal, existing }) => match loaded.commits.last() {
                Some(last) if begun && refusal.code() == Code::DuplicateService => {
                    Ok(Part::There(Done::already(last, request)))
                }
                Some(_) | None => Err(Failure::Refused { refusal, existing }),
            },
            Err(failure) => Err(failure),
        }
    }

    /// Stores what is missing in one durable round trip; `None` when others were faster with one of them. Whether any was
    /// stored is kept in `begun`: what comes after may fail before it sees that.
    async fn store(&self, request: &Request<'_>, parts: Vec<Part>, begun: &mut bool) -> Result<Option<Done>, Failure> {
        let missing: Vec<(Commit, Option<Position>)> = parts
            .iter()
            .filter_map(|part| match part {
                Part::Missing(commit, expected) => Some(((**commit).clone(), *expected)),
                Part::There(_) => None,
            })
            .collect();
        let mut outcomes = append_many_resolved(&*self.log, &missing).await.into_iter();
        let (mut done, mut conflict, mut failed) = (Vec::new(), false, Vec::new());
        for part in parts {
            match part {
                Part::There(part) => done.push(part),
                Part::Missing(commit, _) => match outcomes.next() {
                    Some(Ok(position)) => {
                        *begun = true;
                        done.push(Done::stored(position, &commit, request));
                    }
                    Some(Err(LogError::Conflict)) => conflict = true,
                    Some(Err(error)) => failed.push(Failure::writing(error, request.key.as_str())),
                    None => failed.push(Failure::Contended),
                },
            }
        }
        match worst(failed) {
            Some(failure) => Err(failure),
            None if conflict => Ok(None),
            None => Ok(Done::together(done)),
        }
    }
}

impl Failure {
    /// The failure as it is to be told when a part was written, or was not.
    fn after(self, begun: bool, request: &Request<'_>) -> Failure {
        if begun { self.after_a_part(request.key.as_str()) } else { self }
    }
}

/// A refusal that is about one citizen says which.
fn of_session(failure: Failure, index: usize) -> Failure {
    let Failure::Refused { refusal, existing } = failure else { return failure };
    let refusal = if let Refusal::Service(refusal) = refusal { refusal.of_session(index).into() } else { refusal };
    Failure::Refused { refusal, existing }
}
