//! What may be one person's is proposed when the document is there, and nothing is linked.

use serde_json::Value;
use traccia_domain::{
    Event,
    link::{LinkEvent, Proposer},
};
use traccia_log::memory::MemoryLog;

use super::*;

/// Codes that are nobody's. The third is the first with the second and fourth letter exchanged, which the check
/// character does not notice; the fourth stands for the first where two persons would share it.
const CODE: &str = "BCDFGH80A01F205B";
const EXCHANGED: &str = "BFDCGH80A01F205B";

fn with_code(number: &str, occupation: &str) -> Value {
    json!({"documents": [{"kind": "fiscal_code", "number": number}], "profile": {"occupation": occupation}})
}

fn card(number: &str, issuer: Value) -> Value {
    json!({"documents": [{"kind": "identity_card", "number": number, "issuer": issuer}]})
}

/// Registers them one after the other; gives the ids, and the pairs proposed with their reasons.
async fn proposed(log: &MemoryLog, citizens: &[Value]) -> (Vec<String>, Vec<([String; 2], String)>) {
    let app = running(log).await;
    let mut ids = Vec::new();
    for citizen in citizens {
        ids.push(carry(&app, "RegisterCitizen", citizen.clone()).await.unwrap().id);
    }
    (ids, proposals(log).await)
}

async fn proposals(log: &MemoryLog) -> Vec<([String; 2], String)> {
    let mut proposals = Vec::new();
    for event in all(log).await.into_iter().flat_map(|recorded| recorded.commit.events) {
        assert!(!matches!(event, Event::Link(LinkEvent::RecordsLinked(_))), "the program only proposes");
        if let Event::Link(LinkEvent::LinkProposed(said)) = event {
            assert_eq!(said.proposer, Proposer::Program);
            proposals.push((said.records.map(|record| record.to_string()), said.reason));
        }
    }
    proposals
}

fn pair(a: &str, b: &str) -> [String; 2] {
    if a < b { [a.into(), b.into()] } else { [b.into(), a.into()] }
}

#[tokio::test]
async fn two_characters_exchanged_and_an_equal_profile_are_proposed() {
    let log = MemoryLog::default();
    let (ids, proposed) = proposed(&log, &[with_code(CODE, "A"), with_code(EXCHANGED, "A")]).await;
    assert_eq!(proposed.len(), 1);
    assert_eq!(proposed[0].0, pair(&ids[0], &ids[1]));
    assert!(proposed[0].1.contains("scambiati"));
}

#[tokio::test]
async fn another_profile_or_none_is_another_person() {
    let bare = json!({"documents": [{"kind": "fiscal_code", "number": EXCHANGED}]});
    for other in [with_code(EXCHANGED, "B"), bare] {
        let log = MemoryLog::default();
        assert_eq!(proposed(&log, &[with_code(CODE, "A"), other]).await.1, []);
    }
}

#[tokio::test]
async fn an_omocodia_code_and_its_base_are_proposed_whichever_comes_first() {
    let variant = omocodia();
    for citizens in [[with_code(CODE, "A"), with_code(&variant, "B")], [with_code(&variant, "B"), with_code(CODE, "A")]]
    {
        let log = MemoryLog::default();
        let (ids, proposed) = proposed(&log, &citizens).await;
        assert_eq!(proposed.len(), 1, "{proposed:?}");
        assert_eq!(proposed[0].0, pair(&ids[0], &ids[1]));
        assert!(proposed[0].1.contains("omocodia"));
    }
}

/// The last digit of the place written as a letter, with the check character that follows.
fn omocodia() -> String {
    let letters = CODE[..14].to_owned() + "R";
    let is_code = |last: &char| traccia_domain::document::fiscal_code::check(&format!("{letters}{last}")).is_ok();
    format!("{letters}{}", ('A'..='Z').find(is_code).unwrap())
}

#[tokio::test]
async fn nobody_decides_on_a_base_code_that_was_never_seen() {
    let log = MemoryLog::default();
    let (ids, proposed) = proposed(&log, &[with_code(&omocodia(), "A")]).await;
    let other = proposed[0].0.iter().find(|id| **id != ids[0]).unwrap();
    let confirm = json!({"citizens": [ids[0], other], "reason": "r"});
    let refused = carry(&*app(&log), "ConfirmLink", confirm).await.unwrap_err();
    assert_eq!(code(refused), Code::UnknownCitizen);
}

#[tokio::test]
async fn one_number_of_two_issuers_is_proposed_and_any_person_may_decide() {
    let log = MemoryLog::default();
    let citizens = [card("CA12345AA", json!("Comune di Milano")), card("CA12345AA", Value::Null)];
    let (ids, proposed) = proposed(&log, &citizens).await;
    assert_eq!(proposed.len(), 1);
    assert_eq!(proposed[0].0, pair(&ids[0], &ids[1]));
    let confirm = json!({"citizens": ids, "reason": "stessa carta"});
    assert_eq!(carry(&*app(&log), "ConfirmLink", confirm).await.unwrap().events, ["LinkConfirmed"]);
}

#[tokio::test]
async fn whoever_reads_what_a_registration_wrote_reads_its_proposals() {
    let log = MemoryLog::default();
    proposed(&log, &[card("CA12345AA", json!("Milano"))]).await;
    let done = carry(&*app(&log), "RegisterCitizen", card("CA12345AA", json!("Monza"))).await.unwrap();
    assert_eq!((done.position.0, done.events.as_slice()), (all(&log).await.len() as u64, &["RecordRegistered"][..]));
}

#[tokio::test]
async fn what_was_decided_is_not_proposed_again() {
    let log = MemoryLog::default();
    let (ids, _) = proposed(&log, &[card("CA12345AA", json!("Milano")), card("CA12345AA", json!("Monza"))]).await;
    let app = app(&log);
    carry(&app, "RejectLink", json!({"citizens": ids, "reason": "due persone"})).await.unwrap();
    carry(&app, "RegisterCitizen", card("CA12345AA", json!("Lodi"))).await.unwrap();
    carry(&app, "RegisterCitizen", card("CA12345AA", json!("Monza"))).await.unwrap();
    let pairs: Vec<_> = proposals(&log).await.into_iter().map(|(pair, _)| pair).collect();
    assert_eq!(pairs.len(), 3, "the third with each of the others: {pairs:?}");
}

#[tokio::test]
async fn what_older_keys_made_is_found_by_newer_ones() {
    let before = [card("CA12345AA", json!("Milano")), card("CA67890BB", Value::Null), with_code(CODE, "A")];
    let after = [
        card("CA12345AA", Value::Null),
        card("CA12345AA", json!("Monza")),
        card("CA67890BB", json!("Lodi")),
        with_code(EXCHANGED, "A"),
        with_code(&omocodia(), "A"),
    ];
    let log = MemoryLog::default();
    let keys = MemoryKeys::default();
    for (rotations, citizens) in [(0, &before[..]), (2, &after[..])] {
        let app = app_after(&log, rotations, keys.clone(), NoneSeen);
        for citizen in citizens {
            carry(&app, "RegisterCitizen", citizen.clone()).await.unwrap();
        }
    }
    let reasons: Vec<_> = proposals(&log).await.into_iter().map(|(_, reason)| reason).collect();
    let of = |word: &str| reasons.iter().filter(|reason| reason.contains(word)).count();
    // Without an issuer and Milano, Monza and each of these, the other card.
    assert_eq!((of("ente"), of("scambiati"), of("omocodia")), (4, 1, 1), "{reasons:?}");
}

#[tokio::test]
async fn nothing_is_proposed_of_what_was_erased() {
    let log = MemoryLog::default();
    let (ids, _) = proposed(&log, &[card("CA12345AA", json!("Milano")), with_code(CODE, "A")]).await;
    let app = app(&log);
    for id in ids {
        carry(&app, "EraseRecord", json!({"citizen": id, "legal_basis": "art. 17"})).await.unwrap();
    }
    for near in [card("CA12345AA", json!("Monza")), with_code(EXCHANGED, "A"), with_code(&omocodia(), "A")] {
        carry(&app, "RegisterCitizen", near).await.unwrap();
    }
    assert_eq!(proposals(&log).await, []);
}

#[tokio::test]
async fn the_same_card_again_proposes_nothing() {
    let log = MemoryLog::default();
    let again = card("CA12345AA", json!("Milano"));
    assert_eq!(proposed(&log, &[again.clone(), again]).await.1, []);
}

/// Whatever is lost after the record: the same request completes what it had begun, and leaves nothing twice.
#[tokio::test]
async fn a_repeated_request_looks_around_again() {
    for (lost, next) in [(1, Next::IsAway), (1, Next::StoresAndLosesTheAnswer), (2, Next::IsAway)] {
        let log = MemoryLog::default();
        let app = running(&log).await;
        carry(&app, "RegisterCitizen", card("CA12345AA", json!("Milano"))).await.unwrap();
        // The record, its number, the link.
        app.log().will(std::iter::repeat_n(Next::Works, lost).chain([next]));
        let other = || command("RegisterCitizen", card("CA12345AA", json!("Monza")));
        let first = app.carry_out(&admin(), key("k"), other()).await;
        assert!(first.is_err() || matches!(next, Next::StoresAndLosesTheAnswer), "{lost}");
        app.carry_out(&admin(), key("k"), other()).await.unwrap();
        assert_eq!(proposals(&log).await.len(), 1, "{lost} {next:?}");
    }
}
