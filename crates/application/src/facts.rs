//! What an aggregate must know of the rest of the world, and whose it is.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use traccia_domain::{
    Event, FacilitatorId, PointId, ProgrammeId, ProjectId, RecordId,
    expense::{Expense, ExpenseFacts, NameExpense},
    facilitator::{Facilitator, FacilitatorCommand, FacilitatorFacts},
    invoice::{Invoice, InvoiceCommand, InvoiceFacts},
    link::{Link, LinkCommand, LinkFacts},
    point::{Point, PointCommand, PointFacts},
    programme::{Programme, ProgrammeCommand, ProgrammeFacts},
    project::{Project, ProjectCommand, ProjectFacts},
    record::{Record, RecordCommand},
    report::{Report, ReportCommand, ReportFacts},
    service::{Service, ServiceCommand, ServiceEvent, ServiceFacts, command::RecordService},
};
use traccia_log::Log;

use crate::{
    Failure, Figures, RecordKeys,
    courtesy::Courtesy,
    permission::Target,
    sealing::Known,
    stored::{Loaded, Stored, load},
};

mod milestone;
mod money;
mod payments;
pub(crate) use money::as_it_was;

/// Where facts are found.
pub(crate) struct World<'a, L, K> {
    pub(crate) log: &'a L,
    pub(crate) keys: &'a K,
    pub(crate) figures: &'a dyn Figures,
    pub(crate) courtesy: &'a Courtesy,
    pub(crate) now: Timestamp,
    pub(crate) today: Date,
    /// Whether what is read must not be a moment old: after a conflict, or a no.
    pub(crate) leader: bool,
}

/// An aggregate that knows which facts its decisions need.
pub(crate) trait Deciding: Stored {
    /// The facts for a command, and what it touches.
    fn facts<L: Log, K: RecordKeys>(
        command: &Self::Command,
        loaded: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> impl Future<Output = Result<(Self::Facts, Target), Failure>> + Send;
}

impl<L: Log, K: RecordKeys> World<'_, L, K> {
    /// One of the many, as it is now.
    async fn own<A: Stored>(&self, id: impl std::fmt::Display) -> Result<A, Failure> {
        Ok(load::<A>(self.log, &A::stream(id), self.leader).await.map_err(Failure::reading)?.state)
    }

    /// One of the few that many commands ask about: as it was a moment ago, where that will do.
    async fn shared<A: Stored + Send + Sync>(&self, id: impl std::fmt::Display) -> Result<Arc<A>, Failure> {
        let stream = A::stream(id);
        let (known, before) = self.courtesy.find(&stream, self.now);
        if let Some(state) = known.filter(|_| !self.leader) {
            return Ok(state);
        }
        let state = Arc::new(load::<A>(self.log, &stream, self.leader).await.map_err(Failure::reading)?.state);
        self.courtesy.remember(before, stream, self.now, state.clone());
        Ok(state)
    }

    pub(crate) async fn point(&self, id: &PointId) -> Result<Arc<Point>, Failure> {
        self.shared(id).await
    }

    pub(crate) async fn facilitator(&self, id: &FacilitatorId) -> Result<Arc<Facilitator>, Failure> {
        self.shared(id).await
    }

    /// A project and its programme, `Unknown` where there are none.
    pub(crate) async fn project(&self, id: Option<&ProjectId>) -> Result<(Arc<Project>, Arc<Programme>), Failure> {
        let Some(id) = id else { return Ok(Default::default()) };
        let project: Arc<Project> = self.shared(id).await?;
        let programme = self.programme(programme_of(&project)).await?;
        Ok((project, programme))
    }

    async fn programme(&self, id: Option<&ProgrammeId>) -> Result<Arc<Programme>, Failure> {
        match id {
            Some(id) => self.shared(id).await,
            None => Ok(Arc::default()),
        }
    }

    /// The age of a record's person on a day, from its sealed profile; `None` where nothing tells it.
    async fn age(&self, id: RecordId, record: &Loaded<Record>, on: Date) -> Result<Option<u8>, Failure> {
        let sealed = match &record.state {
            Record::Registered { profile: Some(sealed) } => sealed,
            Record::Unknown | Record::Registered { profile: None } => return Ok(None),
            Record::Erased => {
                self.erased(id).await;
                return Ok(None);
            }
        };
        // Erased since it was loaded, it has no key, and nothing tells the age any more.
        let Some(key) = self.keys.find(id).await.map_err(Failure::Unavailable)? else { return Ok(None) };
        let known = Known::open(id, &key, sealed).map_err(|unopened| Failure::KeyMismatch(unopened.into()))?;
        Ok(known.birth.and_then(|birth| birth.age_on(on)))
    }
}

impl<L, K: RecordKeys> World<'_, L, K> {
    /// Completes an erasure that was met: a crash between its commit and the destruction of the key leaves the key, and so
    /// does an older copy of the store put back. Whoever met it does not wait for a store that is away.
    pub(crate) async fn erased(&self, record: RecordId) {
        let destroyed = async {
            match self.keys.find(record).await? {
                Some(_) => self.keys.destroy(&[record]).await,
                None => Ok(()),
            }
        };
        if let Err(error) = destroyed.await {
            tracing::warn!(error, "the key of an erased record could not be destroyed yet");
        }
    }
}

/// The programme of a project that exists.
pub(crate) fn programme_of(project: &Project) -> Option<&ProgrammeId> {
    project.application().map(|application| &application.programme)
}

/// What a thing of a project touches.
pub(crate) fn target(points: &[PointId], project: Option<&ProjectId>, programme: Option<&ProgrammeId>) -> Target {
    Target {
        programmes: programme.into_iter().cloned().collect(),
        projects: project.into_iter().cloned().collect(),
        points: points.to_vec(),
        recorded_by: None,
    }
}

impl Deciding for Programme {
    async fn facts<L: Log, K: RecordKeys>(
        command: &ProgrammeCommand,
        _: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(ProgrammeFacts, Target), Failure> {
        let mut facts = ProgrammeFacts::default();
        let programme = match command {
            ProgrammeCommand::Define(definition) => &definition.id,
            ProgrammeCommand::AdoptRules(adopt) => &adopt.programme,
            ProgrammeCommand::SetWindow(set) => &set.programme,
            ProgrammeCommand::Redistribute(redistribute) => {
                for new in &redistribute.projects {
                    facts.projects.push(world.shared(&new.project).await?);
                    facts.floors.push(world.floor(&new.project).await?);
                }
                &redistribute.programme
            }
        };
        Ok((facts, target(&[], None, Some(programme))))
    }
}

impl Deciding for Project {
    async fn facts<L: Log, K: RecordKeys>(
        command: &ProjectCommand,
        loaded: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(ProjectFacts, Target), Failure> {
        let known = programme_of(&loaded.state);
        let (project, id) = match command {
            ProjectCommand::Submit(submit) => (&submit.project, Some(&submit.programme)),
            ProjectCommand::Approve(approve) => (&approve.project, known),
            ProjectCommand::Reject(reject) => (&reject.project, known),
            ProjectCommand::SwitchFunding(switch) => (&switch.project, known),
        };
        let programme = world.programme(id).await?;
        Ok((ProjectFacts { today: world.today, programme }, target(&[], Some(project), id)))
    }
}

impl Deciding for Report {
    async fn facts<L: Log, K: RecordKeys>(
        command: &ReportCommand,
        _: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(ReportFacts, Target), Failure> {
        let (id, _) = command.of();
        let (project, _) = world.project(Some(id)).await?;
        let target = target(&[], Some(id), programme_of(&project));
        Ok((ReportFacts { today: world.today, project }, target))
    }
}

impl Deciding for Point {
    async fn facts<L: Log, K: RecordKeys>(
        command: &PointCommand,
        loaded: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(PointFacts, Target), Failure> {
        let known = loaded.state.project();
        let (point, id) = match command {
            PointCommand::Open(open) => (&open.point, Some(&open.project)),
            PointCommand::Suspend(suspend) => (&suspend.point, known),
            PointCommand::Resume(resume) => (&resume.point, known),
            PointCommand::Close(close) => (&close.point, known),
            PointCommand::Void(void) => (&void.point, known),
        };
        let (project, programme) = world.project(id).await?;
        let target = target(std::slice::from_ref(point), id, programme_of(&project));
        Ok((PointFacts { today: world.today, project, programme }, target))
    }
}

impl Deciding for Facilitator {
    async fn facts<L: Log, K: RecordKeys>(
        command: &FacilitatorCommand,
        loaded: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(FacilitatorFacts, Target), Failure> {
        let known = loaded.state.enrolled().map(|enrolled| &enrolled.project);
        let (id, named) = match command {
            FacilitatorCommand::Enrol(enrol) => (Some(&enrol.project), enrol.points.as_slice()),
            FacilitatorCommand::End(_) => (known, &[][..]),
        };
        let (project, _) = world.project(id).await?;
        let mut points = Vec::with_capacity(named.len());
        for point in named {
            points.push(world.point(point).await?);
        }
        let mut target = target(&[], id, programme_of(&project));
        // Stating a facilitator again takes them from the project they were in.
        target.projects.extend(known.cloned());
        Ok((FacilitatorFacts { project, points }, target))
    }
}

impl Deciding for Record {
    /// A record belongs to no programme, so that nothing limits which of them may be erased.
    async fn facts<L: Log, K: RecordKeys>(
        _: &RecordCommand,
        _: &Loaded<Self>,
        _: &World<'_, L, K>,
    ) -> Result<((), Target), Failure> {
        Ok(((), Target::default()))
    }
}

impl Deciding for Link {
    /// Records belong to no programme, so that nothing limits who may link them.
    async fn facts<L: Log, K: RecordKeys>(
        command: &LinkCommand,
        _: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(LinkFacts, Target), Failure> {
        let facts = match command {
            // Who registers has just seen to both records.
            LinkCommand::PresentedTogether { .. } => LinkFacts::default(),
            LinkCommand::Propose { .. }
            | LinkCommand::Confirm(_)
            | LinkCommand::Reject(_)
            | LinkCommand::Break(_)
            | LinkCommand::ConfirmBreak(_)
            | LinkCommand::RejectBreak(_) => {
                let [a, b] = command.records();
                let (a, b) = tokio::try_join!(world.own(a), world.own(b))?;
                LinkFacts { records: [Arc::new(a), Arc::new(b)] }
            }
        };
        Ok((facts, Target::default()))
    }
}

impl Deciding for Service {
    async fn facts<L: Log, K: RecordKeys>(
        command: &ServiceCommand,
        loaded: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(ServiceFacts, Target), Failure> {
        match command {
            ServiceCommand::Record(record) => recording(record, world).await,
            ServiceCommand::Dispute(_) | ServiceCommand::Uphold(_) | ServiceCommand::Void(_) => {
                said_later(loaded, world).await
            }
        }
    }
}

async fn recording<L: Log, K: RecordKeys>(
    command: &RecordService,
    world: &World<'_, L, K>,
) -> Result<(ServiceFacts, Target), Failure> {
    let record = async {
        let stream = Record::stream(command.citizen);
        let record = load::<Record>(world.log, &stream, world.leader).await.map_err(Failure::reading)?;
        let age = world.age(command.citizen, &record, command.occurred_on).await?;
        Ok((Arc::new(record.state), age))
    };
    let place = async {
        let point = world.point(&command.point).await?;
        let (project, programme) = world.project(point.project()).await?;
        Ok((point, project, programme))
    };
    let supporter = async {
        match &command.supported_by {
            Some(id) => world.facilitator(id).await.map(Some),
            None => Ok(None),
        }
    };
    let replaced = async {
        match command.refers_to {
            Some(id) => world.own::<Service>(id).await.map(Some),
            None => Ok(None),
        }
    };
    let ((record, age), (point, project, programme), facilitator, supporter, replaced) =
        tokio::try_join!(record, place, world.facilitator(&command.facilitator), supporter, replaced)?;
    let target = target(std::slice::from_ref(&command.point), point.project(), programme_of(&project));
    let facts = ServiceFacts {
        today: world.today,
        record,
        point,
        project,
        programme,
        facilitator,
        supporter,
        replaced,
        age,
        volunteer_alone: false,
    };
    Ok((facts, target))
}

/// Of a service that was recorded before, only the day is a fact; where it was given says whose it is.
async fn said_later<L: Log, K: RecordKeys>(
    loaded: &Loaded<Service>,
    world: &World<'_, L, K>,
) -> Result<(ServiceFacts, Target), Failure> {
    let facts = ServiceFacts {
        today: world.today,
        record: Arc::default(),
        point: Arc::default(),
        project: Arc::default(),
        programme: Arc::default(),
        facilitator: Arc::default(),
        supporter: None,
        replaced: None,
        age: None,
        volunteer_alone: false,
    };
    let Some(first) = loaded.commits.first() else { return Ok((facts, Target::default())) };
    let Some(Event::Service(ServiceEvent::ServiceRecorded(recorded))) = first.commit.events.first() else {
        return Ok((facts, Target::default()));
    };
    let point = world.point(&recorded.point).await?;
    let (project, _) = world.project(point.project()).await?;
    let place = target(std::slice::from_ref(&recorded.point), point.project(), programme_of(&project));
    Ok((facts, Target { recorded_by: Some(first.commit.actor.subject.clone()), ..place }))
}

impl Deciding for Expense {
    async fn facts<L: Log, K: RecordKeys>(
        command: &NameExpense,
        _: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(ExpenseFacts, Target), Failure> {
        let (place, target) = claiming(Some(&command.declared.project), world).await?;
        let invoice = world.own(command.invoice).await?;
        Ok((ExpenseFacts { invoice, place }, target))
    }
}

impl Deciding for Invoice {
    /// An invoice is nobody's: what a command touches is the project whose claim it is about.
    async fn facts<L: Log, K: RecordKeys>(
        command: &InvoiceCommand,
        loaded: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(InvoiceFacts, Target), Failure> {
        let claim = |expense| loaded.state.claim(expense).map(|claim| &claim.project);
        let project = match command {
            InvoiceCommand::Declare(declared) => Some(&declared.project),
            InvoiceCommand::Accept { expense, .. } | InvoiceCommand::Reject { expense, .. } => claim(expense),
        };
        claiming(project, world).await
    }
}

async fn claiming<L: Log, K: RecordKeys>(
    id: Option<&ProjectId>,
    world: &World<'_, L, K>,
) -> Result<(InvoiceFacts, Target), Failure> {
    let (project, programme) = world.project(id).await?;
    let target = target(&[], id, programme_of(&project));
    Ok((InvoiceFacts { today: world.today, project, programme }, target))
}
