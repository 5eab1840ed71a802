use std::sync::Arc;

use cqrs_es::test::TestFramework;
use proptest::prelude::*;

use super::{command::*, details::Questionnaire, *};
use crate::{
    facilitator::command::FacilitatorRole,
    given::{
        TODAY, after, applied, citizen, day, facilitator, facilitator_id, opened, point, point_id, programme,
        programme_with, project, record, seen,
    },
    point::{PointClosed, PointSuspended, PointVoided},
    refusal::Code,
};

fn facts() -> ServiceFacts {
    ServiceFacts {
        today: day(TODAY),
        record: record(),
        point: point(),
        project: project(),
        programme: programme(),
        facilitator: facilitator(FacilitatorRole::Facilitator),
        supporter: None,
        replaced: None,
        age: Some(71),
        volunteer_alone: false,
    }
}

fn session() -> RecordGroupSession {
    RecordGroupSession {
        citizens: vec![citizen("a")],
        point: point_id("point"),
        facilitator: facilitator_id("facilitator"),
        supported_by: None,
        occurred_on: day("2025-03-10"),
        start_time: None,
        minutes: 30,
        kind: ServiceKind::IndividualFacilitation,
        mode: None,
        competences: vec![1, 13],
        domains: vec!['A', 'S'],
        questionnaire: None,
        refers_to: None,
    }
}

fn record_service() -> RecordService {
    session().services().next().unwrap()
}

fn id() -> ServiceId {
    id_of(&record_service(), None)
}

fn recording(command: RecordService) -> ServiceCommand {
    ServiceCommand::Record(Box::new(command))
}

fn recorded() -> ServiceEvent {
    Service::Unknown.decide(&recording(record_service()), &facts()).unwrap().remove(0)
}

fn dispute() -> ServiceCommand {
    ServiceCommand::Dispute(DisputeService { service: id(), reason: "nobody remembers it".to_owned() })
}

fn uphold() -> ServiceCommand {
    ServiceCommand::Uphold(UpholdService { service: id(), reason: "the register shows it".to_owned() })
}

fn void() -> ServiceCommand {
    ServiceCommand::Void(VoidService { service: id(), reason: "entered in error".to_owned() })
}

/// The state after a recording and then some commands, all accepted.
fn said(commands: impl IntoIterator<Item = ServiceCommand>) -> Service {
    let mut service: Service = after([recorded()]);
    for command in commands {
        for event in service.decide(&command, &facts()).unwrap() {
            service.evolve(&event);
        }
    }
    service
}

fn refused_by(service: Service, command: &ServiceCommand, facts: &ServiceFacts) -> (Code, String) {
    let (code, pointer) = seen(&service.decide(command, facts).unwrap_err());
    (code, pointer.unwrap_or_default())
}

fn of(code: Code, pointer: &str) -> (Code, String) {
    (code, pointer.to_owned())
}

#[test]
fn a_service_is_recorded_with_the_age_on_the_day() {
    let framework = TestFramework::<Service>::with(facts()).given_no_previous_events();
    let events = framework.when(recording(record_service())).inspect_result().unwrap();
    let [ServiceEvent::ServiceRecorded(service)] = events.as_slice() else { panic!("one event") };
    assert_eq!(service.age, Some(71));
    assert_eq!(service.identity(), id());
    assert_eq!(said([]), Service::Recorded { identity: id() });
}

#[test]
fn the_same_service_is_recorded_once() {
    let again = |service| refused_by(service, &recording(record_service()), &facts());
    assert_eq!(again(said([])), of(Code::DuplicateService, ""));
    assert_eq!(again(said([dispute()])), of(Code::DuplicateService, ""));
    assert_eq!(again(said([void()])), of(Code::DuplicateService, "/refers_to"));
    let second = RecordService { start_time: "15:30".parse().ok(), ..record_service() };
    assert_ne!(id_of(&second, None), id());
}

#[test]
fn a_voided_service_has_one_replacement() {
    let command = RecordService { refers_to: Some(id()), ..record_service() };
    let replaced = said([void()]);
    let new = id_of(&command, Some((id(), replaced)));
    assert_eq!(new, replacement(id(), id()));
    let facts = ServiceFacts { replaced: Some(replaced), ..facts() };
    let events = Service::Unknown.decide(&recording(command.clone()), &facts).unwrap();
    let first: Service = after(events);
    assert_eq!(first, Service::Recorded { identity: id() });
    assert_eq!(refused_by(first, &recording(command.clone()), &facts).0, Code::DuplicateService);
    // Voided in its turn, it is replaced by naming it, not the first.
    let third = RecordService { refers_to: Some(new), ..command };
    assert_eq!(id_of(&third, Some((new, Service::Voided { identity: id() }))), replacement(id(), new));
}

#[test]
fn what_still_stands_or_was_another_service_gives_no_second_stream() {
    let command = RecordService { refers_to: Some(id()), ..record_service() };
    assert_eq!(id_of(&command, Some((id(), said([])))), id());
    let other = RecordService { kind: ServiceKind::GroupFacilitation, ..command.clone() };
    assert_eq!(id_of(&other, Some((id(), said([void()])))), id_of(&other, None));
    let facts = ServiceFacts { replaced: Some(said([])), ..facts() };
    assert_eq!(refused_by(Service::Unknown, &recording(other), &facts), of(Code::WrongState, "/refers_to"));
}

#[test]
fn references_are_looked_for_first() {
    let refused = |command: RecordService, facts: ServiceFacts| {
        refused_by(said([]), &recording(command), &facts) // recorded already, yet the reference is what is said
    };
    let plain = record_service;
    let no_record = ServiceFacts { record: Arc::new(Record::Unknown), ..facts() };
    assert_eq!(refused(plain(), no_record), of(Code::UnknownCitizen, "/citizen"));
    let no_point = ServiceFacts { point: Arc::new(Point::Unknown), ..facts() };
    assert_eq!(refused(plain(), no_point), of(Code::UnknownPoint, "/point"));
    let nobody = ServiceFacts { facilitator: Arc::new(Facilitator::Unknown), ..facts() };
    assert_eq!(refused(plain(), nobody), of(Code::UnknownFacilitator, "/facilitator"));
    let beside = RecordService { supported_by: Some(facilitator_id("other")), ..plain() };
    assert_eq!(refused(beside.clone(), facts()), of(Code::UnknownFacilitator, "/supported_by"));
    let unknown = ServiceFacts { supporter: Some(Arc::new(Facilitator::Unknown)), ..facts() };
    assert_eq!(refused(beside, unknown), of(Code::UnknownFacilitator, "/supported_by"));
    let replacing = RecordService { refers_to: Some(id()), ..plain() };
    assert_eq!(refused(replacing, facts()), of(Code::UnknownService, "/refers_to"));
}

#[test]
fn a_day_to_come_is_refused_and_so_is_a_month_that_is_over() {
    let tomorrow = RecordService { occurred_on: day("2025-06-16"), ..record_service() };
    assert_eq!(refused_by(Service::Unknown, &recording(tomorrow), &facts()), of(Code::InTheFuture, "/occurred_on"));
    let within = |until: &str| {
        let programme = programme_with([("2025-03", day(until))]);
        Service::Unknown.decide(&recording(record_service()), &ServiceFacts { programme, ..facts() })
    };
    assert!(within(TODAY).is_ok());
    let refusal = within("2025-06-14").unwrap_err();
    assert_eq!(refusal.to_string(), "facts of 2025-03 could be recorded until 2025-06-14");
    assert_eq!(seen(&refusal), (Code::WindowClosed, Some("/occurred_on".to_owned())));
}

#[test]
fn a_service_lies_within_an_approved_project() {
    let refused = |command: RecordService, facts| refused_by(Service::Unknown, &recording(command), &facts);
    let early = RecordService { occurred_on: day("2023-06-30"), ..record_service() };
    assert_eq!(refused(early, facts()), of(Code::OutsideProject, "/occurred_on"));
    let submitted = ServiceFacts { project: Arc::new(after([applied().into()])), ..facts() };
    assert_eq!(refused(record_service(), submitted), of(Code::OutsideProject, "/occurred_on"));
    let late = RecordService { occurred_on: day("2026-01-01"), ..record_service() };
    let later = ServiceFacts { today: day("2026-02-01"), ..facts() };
    assert_eq!(refused(late, later.clone()), of(Code::OutsideProject, "/occurred_on"));
    let last = RecordService { occurred_on: day("2025-12-31"), start_time: "23:59".parse().ok(), ..record_service() };
    assert!(Service::Unknown.decide(&recording(last), &later).is_ok());
}

#[test]
fn a_point_that_did_not_receive_citizens_gave_no_service() {
    let (on, reason) = (day("2025-03-10"), "why".to_owned());
    let stood = |point, occurred_on| {
        let command = RecordService { occurred_on, ..record_service() };
        let facts = ServiceFacts { point: Arc::new(point), ..facts() };
        Service::Unknown.decide(&recording(command), &facts).unwrap_err()
    };
    let with = |event| after([opened().into(), event]);
    let not_open = |state| ServiceRefusal::PointNotOpen { state };
    assert_eq!(stood(after([opened().into()]), day("2024-01-07")), not_open("not yet open"));
    let suspended = with(PointSuspended { on, reason: reason.clone() }.into());
    assert_eq!(stood(suspended, on), not_open("suspended"));
    assert_eq!(stood(with(PointClosed { on, reason: reason.clone() }.into()), on), not_open("closed"));
    let voided = stood(with(PointVoided { on, reason }.into()), on);
    assert_eq!(voided, not_open("voided"));
    assert_eq!(seen(&voided), (Code::PointNotOpen, Some("/point".to_owned())));
}

#[test]
fn a_volunteer_serves_beside_a_facilitator() {
    let alone = record_service();
    let beside = RecordService { supported_by: Some(facilitator_id("other")), ..record_service() };
    let with = |supporter: Option<Arc<Facilitator>>| ServiceFacts {
        facilitator: facilitator(FacilitatorRole::ScdVolunteer),
        supporter,
        ..facts()
    };
    let decide = |command: &RecordService, facts| Service::Unknown.decide(&recording(command.clone()), &facts);
    let not_valid = (Code::FacilitatorNotValid, Some("/supported_by".to_owned()));
    assert_eq!(seen(&decide(&alone, with(None)).unwrap_err()), not_valid);
    assert!(decide(&beside, with(Some(facilitator(FacilitatorRole::Facilitator)))).is_ok());
    let two_volunteers = decide(&beside, with(Some(facilitator(FacilitatorRole::ScdVolunteer))));
    assert_eq!(seen(&two_volunteers.unwrap_err()), not_valid);
    // The national layout cannot name who was beside.
    assert!(decide(&alone, ServiceFacts { volunteer_alone: true, ..with(None) }).is_ok());
}

#[test]
fn whoever_serves_or_is_beside_is_valid_there_that_day() {
    let elsewhere = RecordService { point: point_id("elsewhere"), ..record_service() };
    assert_eq!(
        refused_by(Service::Unknown, &recording(elsewhere), &facts()),
        of(Code::FacilitatorNotValid, "/facilitator")
    );
    let mut ended = Facilitator::clone(&facilitator(FacilitatorRole::Facilitator));
    ended.evolve(&crate::facilitator::FacilitatorEnded { on: day("2025-03-10") }.into());
    let beside = RecordService { supported_by: Some(facilitator_id("other")), ..record_service() };
    let facts = ServiceFacts { supporter: Some(Arc::new(ended)), ..facts() };
    assert_eq!(
        refused_by(Service::Unknown, &recording(beside), &facts),
        of(Code::FacilitatorNotValid, "/supported_by")
    );
}

#[test]
fn values_outside_the_national_lists_are_refused() {
    let wrong = |change: fn(&mut RecordService)| {
        let mut command = record_service();
        change(&mut command);
        let (code, pointer) = refused_by(Service::Unknown, &recording(command), &facts());
        assert_eq!(code, Code::Invalid);
        pointer
    };
    let asked = |change: fn(&mut Questionnaire)| {
        let mut questionnaire = Questionnaire::default();
        change(&mut questionnaire);
        let command = RecordService { questionnaire: Some(questionnaire), ..record_service() };
        refused_by(Service::Unknown, &recording(command), &facts()).1
    };
    assert_eq!(wrong(|c| c.minutes = 0), "/minutes");
    assert_eq!(wrong(|c| c.minutes = 1441), "/minutes");
    assert_eq!(wrong(|c| c.competences = vec![14]), "/competences");
    assert_eq!(wrong(|c| c.competences = vec![2, 2]), "/competences");
    assert_eq!(wrong(|c| c.domains = vec!['T']), "/domains");
    assert_eq!(wrong(|c| c.domains = vec!['B', 'B']), "/domains");
    assert_eq!(asked(|q| q.discovery = Some('N')), "/questionnaire/discovery");
    assert_eq!(asked(|q| q.reason = Some('M')), "/questionnaire/reason");
    assert_eq!(asked(|q| q.again = Some('F')), "/questionnaire/again");
    assert_eq!(asked(|q| q.helpful = vec!['P']), "/questionnaire/helpful");
    assert_eq!(asked(|q| q.helpful = vec!['A', 'A']), "/questionnaire/helpful");
    assert_eq!(asked(|q| q.usefulness = Some(6)), "/questionnaire/usefulness");
}

#[test]
fn a_void_is_final() {
    let (recorded, disputed, voided) = (said([]), said([dispute()]), said([dispute(), void()]));
    assert_eq!(said([dispute(), uphold()]), recorded);
    assert_eq!(said([void()]), voided);
    for (service, command) in
        [(recorded, uphold()), (disputed, dispute()), (voided, dispute()), (voided, uphold()), (voided, void())]
    {
        assert_eq!(refused_by(service, &command, &facts()), of(Code::WrongState, ""));
    }
    let again = said([void()]).decide(&void(), &facts()).unwrap_err().to_string();
    assert_eq!(again, "the service is voided, for good. Now it can be recorded anew, with this one named in refers_to");
    for command in [dispute(), uphold(), void()] {
        assert_eq!(refused_by(Service::Unknown, &command, &facts()), of(Code::UnknownService, "/service"));
    }
}

#[test]
fn what_is_said_of_a_service_has_a_reason() {
    let (service, reason) = (id(), " ".to_owned());
    let silent = [
        (said([]), ServiceCommand::Dispute(DisputeService { service, reason: reason.clone() })),
        (said([dispute()]), ServiceCommand::Uphold(UpholdService { service, reason: reason.clone() })),
        (said([]), ServiceCommand::Void(VoidService { service, reason })),
    ];
    for (service, command) in silent {
        assert_eq!(refused_by(service, &command, &facts()), of(Code::Invalid, "/reason"));
    }
}

#[test]
fn a_session_yields_one_service_each() {
    let three = RecordGroupSession { citizens: ["a", "b", "c"].map(citizen).to_vec(), ..session() };
    assert_eq!(three.check(), Ok(()));
    let ids: Vec<ServiceId> = three.services().map(|service| id_of(&service, None)).collect();
    assert_eq!(ids[0], id());
    assert_eq!(ids.len(), 3);
    let crowd: Vec<_> = (0..201).map(|n| citizen(&n.to_string())).collect();
    for citizens in [vec![], vec![citizen("a"), citizen("a")], crowd] {
        let refusal = RecordGroupSession { citizens, ..session() }.check().unwrap_err();
        assert_eq!(seen(&refusal), (Code::Invalid, Some("/citizens".to_owned())));
    }
}

fn any_command() -> impl Strategy<Value = ServiceCommand> {
    (0..4, -100..900_i64, any::<u16>(), prop::collection::vec(any::<u8>(), 0..3)).prop_map(
        |(which, days, minutes, competences)| match which {
            0 => dispute(),
            1 => uphold(),
            2 => void(),
            _ => {
                let occurred_on = day("2024-01-08").saturating_add(jiff::Span::new().days(days));
                let minutes = minutes % 2000;
                recording(RecordService { occurred_on, minutes, competences, ..record_service() })
            }
        },
    )
}

proptest! {
    #[test]
    fn the_same_command_again_changes_nothing(commands in prop::collection::vec(any_command(), 1..12)) {
        let mut service = Service::default();
        for command in commands {
            for event in service.decide(&command, &facts()).unwrap_or_default() {
                service.evolve(&event);
            }
            let again = service.decide(&command, &facts());
            prop_assert!(again.is_err() || again.is_ok_and(|events| events.is_empty()));
        }
    }
}
