//! What would count if an attributed service were voided: a person's other services in the order of the rule, each with
//! the reason that would stand against it then.

use serde::Serialize;
use traccia_projector::held;
use utoipa::ToSchema;

use crate::{
    answer::{Line, ReadError, Reader, Sql, Within},
    counting::Reason,
};

/// A service that stands behind the one that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Next {
    /// Its id.
    pub service: String,
    /// Its point.
    pub point: String,
    /// Its project.
    pub project: String,
    /// Its day.
    pub occurred_on: String,
    /// At what time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<String>,
    /// Whether it would qualify.
    pub qualifies: bool,
    /// Whether the person's 1 would go to it: it would be the first that qualifies, of those outside too.
    pub counts: bool,
    /// Why it would not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_text: Option<String>,
}

/// A service with what decides whether it would count.
struct Told {
    key: i64,
    /// The first claim that holds a person by it: claimed ones come before all others.
    claim: Option<i64>,
    record: i64,
    programme: String,
    line: String,
    /// Point, day, time and kind: what makes two services the same under two records.
    like: [String; 4],
    project: String,
    id: String,
    start_time: Option<String>,
    voided: bool,
    reason: Option<Reason>,
    otherwise: Option<Reason>,
}

/// All of a person's services in the order in which they are judged: what would count is found among all of them.
pub(super) struct Services(Vec<Told>);

impl Services {
    pub(super) async fn of(reader: &Reader, person: i64) -> Result<Services, ReadError> {
        let mut sql = Sql::from(format!(
            "select s.key, s.record, p.programme, s.line, p.id, s.occurred_on, s.start_time, s.kind, p.project, s.id, s.state,
                s.reason, s.otherwise, (select min(n.claim) from claim_unit n where n.service = s.key and {})
            from service s join point p on p.key = s.point where {} and {} and s.person = ",
            held("n"),
            held("s"),
            held("p"),
        ));
        sql.arg(person).push(" order by s.occurred_on, coalesce(s.start_time, '24:00'), s.key");
        Ok(Services(reader.rows(sql).await?.iter().map(told).collect::<Result<_, _>>()?))
    }

    /// What would be there within, in a programme and line, without a service: what would count, and what would not, with
    /// why.
    pub(super) fn without(&self, service: &str, programme: &str, line: &str, within: &Within) -> Vec<Next> {
        // A volunteer's service is told of in the line that it does not count in; the reverse says nothing.
        let others = self.0.iter().filter(|one| one.id != service && one.programme == programme);
        let others = others.filter(|one| line == "rfd" || one.line == line);
        let judged: Vec<_> = others.map(|one| (one, self.reason(one, service, line))).collect();
        let qualifying = judged.iter().filter(|(_, reason)| reason.is_none());
        // Of equals the first, and they stand in the order of the rule.
        let first = qualifying.min_by_key(|(one, _)| one.claim.unwrap_or(i64::MAX)).map(|(one, _)| one.key);
        let seen = judged.into_iter().filter(|(one, _)| within.point(&one.programme, &one.project, &one.like[0]));
        let next = |(one, reason): (&Told, Option<Reason>)| Next {
            service: one.id.clone(),
            point: one.like[0].clone(),
            project: one.project.clone(),
            occurred_on: one.like[1].clone(),
            start_time: one.start_time.clone(),
            qualifies: reason.is_none(),
            counts: first == Some(one.key),
            reason_text: reason.map(|reason| reason.in_italian().to_owned()),
            reason: reason.map(|reason| reason.as_str().to_owned()),
        };
        seen.map(next).collect()
    }

    /// The reason a service would have in a line if another were voided.
    fn reason(&self, one: &Told, voided: &str, line: &str) -> Option<Reason> {
        let own = |reason| if one.line == line { reason } else { Some(Reason::Scd) };
        match one.reason {
            Some(Reason::Duplicate) if self.another_like(one, voided) => Some(Reason::Duplicate),
            Some(Reason::Duplicate | Reason::Scd) => own(one.otherwise),
            None => own(None),
            Some(
                Reason::Voided
                | Reason::OtherFunding
                | Reason::Kind
                | Reason::OutsideProject
                | Reason::PointNotOpen
                | Reason::FacilitatorNotValid
                | Reason::UnderAge,
            ) => one.reason,
        }
    }

    /// Whether an earlier one like it under another record would still stand.
    fn another_like(&self, one: &Told, voided: &str) -> bool {
        self.0.iter().any(|other| {
            other.key < one.key
                && other.record != one.record
                && other.like == one.like
                && !other.voided
                && other.id != voided
        })
    }
}

fn told(row: &Line) -> Result<Told, ReadError> {
    let reason = |column: usize| {
        let name = row.text_or_null(column);
        let known =
            |name: String| Reason::named(&name).ok_or_else(|| ReadError::damaged(format_args!("{name} is no reason")));
        name.map(known).transpose()
    };
    let start_time = row.text_or_null(6);
    Ok(Told {
        key: row.integer(0),
        claim: row.integer_or_null(13),
        record: row.integer(1),
        programme: row.text(2),
        line: row.text(3),
        like: [row.text(4), row.text(5), start_time.clone().unwrap_or_default(), row.text(7)],
        start_time,
        project: row.text(8),
        id: row.text(9),
        voided: row.text(10) == "voided",
        reason: reason(11)?,
        otherwise: reason(12)?,
    })
}

#[cfg(test)]
mod tests {
    use traccia_tests::{Place, on_every_database};

    use crate::{
        answer::{KnownAt, Within},
        counting::queries::{Citizen, citizen},
        written::{Written, record, service},
    };

    on_every_database! {
        voiding_the_service_that_counts_gives_the_1_to_the_next_that_qualifies
        a_duplicate_would_count_once_the_one_like_it_is_voided
        what_is_outside_is_not_told_and_is_counted_first_all_the_same
        who_was_claimed_twice_is_the_other_claims_next
    }

    async fn person(written: &Written, number: u64) -> Citizen {
        citizen(&written.known_at(KnownAt::Now).await, record(number)).await.unwrap().unwrap().body
    }

    /// Where somebody is counted: programme, line and service.
    fn counted(person: &Citizen) -> Vec<[String; 3]> {
        person.attributions.iter().map(|one| [&one.programme, &one.line, &one.service].map(Clone::clone)).collect()
    }

    async fn voiding_the_service_that_counts_gives_the_1_to_the_next_that_qualifies(place: Place) {
        let mut written = Written::history(place, 120).await;
        let mut moved = 0;
        for round in 0..14 {
            let before = person(&written, round).await;
            let Some(voided) = before.attributions.first() else { continue };
            let number = (0..200).find(|number| service(*number).to_string() == voided.service).unwrap();
            written.of_service(number, "service_voided").await;
            written.write().await;
            let mut expected = counted(&before);
            expected.remove(0);
            if let Some(next) = voided.next.iter().find(|next| next.counts) {
                expected.push([&voided.programme, &voided.line, &next.service].map(Clone::clone));
                moved += 1;
            }
            expected.sort();
            assert_eq!(counted(&person(&written, round).await), expected);
        }
        assert!(moved > 3, "{moved} moved");
    }

    async fn a_duplicate_would_count_once_the_one_like_it_is_voided(place: Place) {
        let mut written = Written::network(place).await;
        written.register(0).await;
        written.register(1).await;
        written.link(0, 1).await;
        written.serve(0, 0, "a-1", "f-a-1", "2024-03-02", "individual_facilitation").await;
        written.serve(1, 1, "a-1", "f-a-1", "2024-03-02", "individual_facilitation").await;
        written.serve(2, 1, "b-1", "f-b-1", "2024-03-03", "reception").await;
        written.write().await;
        let found = person(&written, 0).await;
        let next: Vec<_> =
            found.attributions[0].next.iter().map(|one| (one.service.clone(), one.reason.clone())).collect();
        assert_eq!(next, [(service(1).to_string(), None), (service(2).to_string(), Some("kind".to_owned()))]);
        assert_eq!(found.services[1].reason.as_deref(), Some("duplicate"), "today it is one");
    }

    async fn who_was_claimed_twice_is_the_other_claims_next(place: Place) {
        let mut written = Written::network(place).await;
        for (number, point, on) in [(0, "a-1", "2024-05-10"), (1, "b-1", "2024-05-12")] {
            written.register(number).await;
            written.serve(number, number, point, &format!("f-{point}"), on, "individual_facilitation").await;
        }
        for project in ["a", "b"] {
            written.report(project, "2024-05", "2024-06-10").await;
            written.claim(project).await;
        }
        written.link(0, 1).await;
        // The earliest of all, and nobody's claim.
        written.serve(2, 0, "a-2", "f-a-2", "2024-04-01", "individual_facilitation").await;
        written.write().await;
        let next = |found: &Citizen| {
            let next = found.attributions[0].next.iter().find(|next| next.counts).map(|next| next.service.clone());
            (found.attributions[0].service.clone(), next)
        };
        let [first, second, late] = [0, 1, 2].map(|number| service(number).to_string());
        assert_eq!(next(&person(&written, 0).await), (first, Some(second.clone())));
        written.of_service(0, "service_voided").await;
        written.write().await;
        assert_eq!(next(&person(&written, 0).await), (second, Some(late)));
    }

    async fn what_is_outside_is_not_told_and_is_counted_first_all_the_same(place: Place) {
        let mut written = Written::network(place).await;
        written.register(0).await;
        for (number, (point, on)) in
            [("a-1", "2024-03-01"), ("b-1", "2024-03-02"), ("a-2", "2024-03-03")].into_iter().enumerate()
        {
            written.serve(number as u64, 0, point, &format!("f-{point}"), on, "individual_facilitation").await;
        }
        written.write().await;
        let own = Within { projects: Some(vec!["a".parse().unwrap()]), ..Within::default() };
        for (within, told) in [(own, vec![(2, false)]), (Within::everything(), vec![(1, true), (2, false)])] {
            let reader = written.within(KnownAt::Now, within).await;
            let found = citizen(&reader, record(0)).await.unwrap().unwrap().body;
            let next = found.attributions[0].next.iter().map(|one| (one.service.clone(), one.qualifies, one.counts));
            let expected = told.into_iter().map(|(number, counts)| (service(number).to_string(), true, counts));
            assert_eq!(next.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }
    }
}
