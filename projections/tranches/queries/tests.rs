use serde_json::{Value, json};
use traccia_domain::{
    ProgrammeId, ProjectId,
    tranche::{OrderId, State},
};
use traccia_tests::{Place, on_every_database};

use super::*;
use crate::{
    answer::{KnownAt, Paging, Reader, Within},
    written::{FACILITATION, Written},
};

on_every_database! {
    a_tranche_is_read_as_it_stood_at_each_position
    an_exposure_is_read_with_its_causes_as_it_stood_at_each_position
    the_bank_is_told_of_what_is_ordered_and_not_answered
    what_nothing_can_net_any_more_says_so_once_it_is_decided_on_again
    a_batch_is_read_as_it_was_closed_whatever_came_after
    an_order_that_failed_waits_again_once_it_is_given_again
    money_is_shown_to_whom_the_project_is
    what_blocks_a_tranche_is_named
    what_is_netted_is_told_on_the_tranche_that_takes_it
    the_money_of_a_programme_is_what_its_tranches_add_up_to
    what_a_cure_earned_is_named_and_the_last_tranche_waits_for_it
}

/// The positions of a history of project `a`.
struct Released {
    written: Written,
    certified: u64,
    authorised: u64,
    ordered: u64,
    paid: u64,
    merged: u64,
    decided: u64,
}

/// Four citizens of project `a`, claimed and certified as half of what M1 needs, which is paid; then two are one, what that
/// costs is to be given back, and a part of it is.
async fn released(place: Place) -> Released {
    let mut written = Written::network(place).await;
    written.schedule("a").await;
    for number in 0..4 {
        written.register(number).await;
        written.serve(number, number, "a-1", "f-a-1", "2024-05-10", FACILITATION).await;
    }
    written.report("a", "2024-05", "2024-06-10").await;
    written.claim("a").await;
    let claim = written.head().await;
    written.certify("a", claim, 4, &"0".repeat(64)).await;
    let certified = written.head().await;
    written.authorise_half("a", claim).await;
    let authorised = written.head().await;
    written.order_half("a").await;
    let ordered = written.head().await;
    written.pay_half("a").await;
    let paid = written.head().await;
    written.link(0, 1).await;
    let merged = written.head().await;
    let exposure = format!("T2-{merged}");
    let said = json!({"exposure": exposure, "tranche": "T2", "amount": "112.50", "position": merged,
        "causes": [{"position": merged, "units": 1, "points": 0, "amount": "112.50"}], "decision": "recover", "act": "atto"});
    written.of_money("a", "exposure_decided", said).await;
    let decided = written.head().await;
    let back = json!({"exposure": exposure, "tranche": "T2", "received_on": "2025-03-01", "amount": "12.50"});
    written.of_money("a", "recovery_recorded", back).await;
    written.write().await;
    Released { written, certified, authorised, ordered, paid, merged, decided }
}

fn a() -> ProjectId {
    "a".parse().unwrap()
}

async fn read(reader: &Reader, filter: &TrancheFilter) -> Vec<Value> {
    let mut read = Vec::new();
    let mut after = None;
    loop {
        let page = tranches(reader, filter, &Paging::new(after.as_deref(), Some(1)).unwrap()).await.unwrap().body;
        assert!(page.items.len() <= 1);
        read.extend(page.items.iter().map(|item| serde_json::to_value(item).unwrap()));
        after = page.next;
        if after.is_none() {
            return read;
        }
    }
}

async fn a_tranche_is_read_as_it_stood_at_each_position(place: Place) {
    let Released { written, certified, authorised, ordered, paid, .. } = released(place).await;
    let of_a = TrancheFilter { project: Some(a()), ..TrancheFilter::default() };
    for (position, state) in [
        (certified - 1, "locked"),
        (certified, "due"),
        (authorised, "authorised"),
        (ordered, "ordered"),
        (paid, "paid"),
    ] {
        let read = read(&written.at(position).await, &of_a).await;
        assert_eq!(read.len(), 2);
        let [first, second] = [&read[0], &read[1]];
        assert_eq!(json!([first["tranche"], first["state"], first["amount"]]), json!(["T1", "due", "100.00"]));
        assert_eq!(json!([second["tranche"], second["state"]]), json!(["T2", state]), "at {position}");
        let nothing_yet = position < certified;
        assert_eq!(second["amount"], if nothing_yet { "0.00" } else { "450.00" });
        assert_eq!(second["evidence"].is_null(), position < authorised);
    }
    let reader = written.known_at(KnownAt::Now).await;
    let second = read(&reader, &TrancheFilter { state: Some(State::Paid), ..of_a }).await.remove(0);
    assert_eq!(second["order"]["paid_on"], "2025-02-12");
    let lines: Vec<_> = second["entries"].as_array().unwrap().iter().map(|e| json!([e["code"], e["amount"]])).collect();
    assert_eq!(lines, [json!(["REDUCTION", "-450.00"]), json!(["RECOVERY", "-12.50"])]);
}

async fn what_a_cure_earned_is_named_and_the_last_tranche_waits_for_it(place: Place) {
    let Released { mut written, paid, .. } = released(place).await;
    written.claim("a").await;
    let claim = written.head().await;
    written.certify("a", claim, 5, &"0".repeat(64)).await;
    written.write().await;
    let certified = written.head().await;
    let of_a = TrancheFilter { project: Some(a()), ..TrancheFilter::default() };
    let (none, waits) = (json!([]), json!(["CurePending"]));
    for (position, blocked, unreleased, amount) in [
        (paid, &none, Value::Null, "100.00"),
        (claim, &waits, Value::Null, "100.00"),
        // Five of eight pay 562.50, of which 450.00 were paid.
        (certified, &none, json!("112.50"), "212.50"),
    ] {
        let read = read(&written.at(position).await, &of_a).await;
        let [first, second] = [&read[0], &read[1]];
        assert_eq!((&first["blocked"], &first["amount"]), (blocked, &json!(amount)), "at {position}");
        assert_eq!(second["unreleased"], unreleased, "at {position}");
    }
}

async fn an_exposure_is_read_with_its_causes_as_it_stood_at_each_position(place: Place) {
    let Released { written, paid, merged, decided, .. } = released(place).await;
    let read = async |reader: &Reader, state: Option<&str>| {
        let filter = ExposureFilter { project: Some(&a()), states: state.as_slice(), ..ExposureFilter::default() };
        let page = exposures(reader, &filter, &Paging::default()).await.unwrap().body;
        page.items.iter().map(|item| serde_json::to_value(item).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(read(&written.at(paid).await, None).await, [Value::Null; 0]);
    let decided_at = decided;
    for (position, state, settled, open) in
        [(merged, "open", "0.00", 1), (decided, "recovering", "0.00", 0), (decided + 1, "recovering", "12.50", 0)]
    {
        let reader = written.at(position).await;
        let exposure = &read(&reader, None).await[0];
        let said = ["exposure", "amount", "settled", "state", "opened_at"].map(|field| exposure[field].clone());
        let name = format!("T2-{merged}");
        assert_eq!(said, [json!(name), json!("112.50"), json!(settled), json!(state), json!(merged)]);
        let decided = exposure["decided"]["position"].as_u64();
        assert_eq!(decided, (state != "open").then_some(decided_at), "at {position}: {exposure}");
        let cause = json!({"position": merged, "units": 1, "points": 0, "amount": "112.50"});
        assert_eq!(exposure["causes"], json!([cause]));
        assert_eq!(read(&reader, Some("open")).await.len(), open);
        assert_eq!(open_exposures(reader.view(), &a()).await.unwrap().len(), open);
    }
}

async fn the_bank_is_told_of_what_is_ordered_and_not_answered(place: Place) {
    let Released { written, authorised, ordered, paid, .. } = released(place).await;
    let order = OrderId::of(&a(), "T2").to_string();
    for (position, expected) in [(authorised, 0), (ordered, 1), (paid, 0)] {
        let reader = written.at(position).await;
        let told = orders(&reader, Some(&"p".parse().unwrap())).await.unwrap().body;
        assert_eq!(told.len(), expected, "at {position}");
        assert!(
            told.iter().all(|told| (told.order.as_str(), told.amount.to_string()) == (&order, "450.00".to_owned()))
        );
        assert_eq!(orders_known(&reader).await.unwrap()[&order], (a(), "T2".to_owned()));
    }
}

/// Closes a batch with the order of T2 of project `a`; the position of its commit. The first is one of those closed before
/// files named the CUP.
async fn close(written: &mut Written, number: u32) -> u64 {
    let position = written.head().await;
    let orders = json!([{"project": "a", "tranche": "T2", "order": OrderId::of(&a(), "T2"), "amount": "450.00"}]);
    let mut closed =
        json!({"number": number, "on": "2025-02-11", "orders": orders, "total": "450.00", "position": position});
    if number > 1 {
        closed["layout"] = json!("with_cup");
    }
    written.of_payments("batch_closed", closed).await;
    position + 1
}

/// The history up to the order of T2.
async fn given(place: Place) -> Written {
    let mut written = Written::network(place).await;
    written.schedule("a").await;
    written.authorise_half("a", 1).await;
    written.order_half("a").await;
    written
}

/// The position, and the programme, as the tables stood at it.
async fn at(written: &Written, position: u64) -> (Reader, ProgrammeId) {
    (written.at(position).await, "p".parse().unwrap())
}

async fn a_batch_is_read_as_it_was_closed_whatever_came_after(place: Place) {
    let mut written = given(place).await;
    let first = close(&mut written, 1).await;
    let failed = json!({"tranche": "T2", "order": OrderId::of(&a(), "T2"), "reason": "conto chiuso"});
    written.of_money("a", "payment_failed", failed).await;
    let elsewhere = json!({"tranche": "T2", "order": OrderId::of(&a(), "T2"), "amount": "450.00",
        "iban": "DE89370400440532013000", "on": "2025-02-13"});
    written.of_money("a", "payment_ordered", elsewhere).await;
    let second = close(&mut written, 2).await;
    written.pay_half("a").await;
    written.write().await;

    let (reader, programme) = at(&written, first - 1).await;
    assert!(batch(&reader, &programme, 1).await.unwrap().is_none(), "nobody had closed it");
    let mut told = Vec::new();
    for position in [first, second - 1, second, second + 1] {
        let (reader, programme) = at(&written, position).await;
        let answer = batch(&reader, &programme, 1).await.unwrap().unwrap();
        assert_eq!(answer.body.items[0].iban.whole(), "IT60X0542811101000000123456", "as it was given then");
        told.push(serde_json::to_string(&answer).unwrap());
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    let (reader, programme) = at(&written, second + 1).await;
    let again = batch(&reader, &programme, 2).await.unwrap().unwrap().body;
    assert_eq!((again.items[0].iban.whole(), again.items[0].batch), ("DE89370400440532013000", Some(2)));
    assert!(!told[0].contains("cup"), "nothing is added to a file that was taken to the bank: {told:?}");
    let codes = again.items[0].codes.as_ref().unwrap();
    assert_eq!((codes.cup.as_deref(), codes.creditor_tax_id.as_deref()), (Some("E81D23000080006"), None));
    let page = batches(&reader, None, &Paging::new(None, Some(1)).unwrap()).await.unwrap().body;
    assert_eq!((page.items[0].number, page.items[0].at, page.items[0].orders), (2, second, 1));
    let page = batches(&reader, None, &Paging::new(page.next.as_deref(), Some(1)).unwrap()).await.unwrap().body;
    assert_eq!((page.items[0].number, page.items[0].at, page.next), (1, first, None));
    for within in [
        Within { programmes: Some(vec!["q".parse().unwrap()]), ..Within::default() },
        Within { projects: Some(vec![a()]), ..Within::default() },
    ] {
        let reader = written.within(KnownAt::Now, within).await;
        assert!(batches(&reader, None, &Paging::default()).await.unwrap().body.items.is_empty());
        assert!(batch(&reader, &programme, 1).await.unwrap().is_none());
    }
}

async fn what_nothing_can_net_any_more_says_so_once_it_is_decided_on_again(place: Place) {
    let Released { mut written, paid, .. } = released(place).await;
    written.link(2, 3).await;
    let again = written.head().await;
    let exposure = format!("T2-{again}");
    let decide = |exposure: &str, position: u64, decision: &str, rests: Value| {
        json!({"exposure": exposure, "tranche": "T2", "amount": "112.50", "position": position, "decision": decision,
            "act": "atto", "causes": [{"position": position, "units": 0, "points": 0, "amount": "112.50"}], "rests": rests})
    };
    written.of_money("a", "exposure_decided", decide(&exposure, again, "net", json!([]))).await;
    let netted = written.head().await;
    let revoked = json!({"tranche": "T1", "planned": "100.00", "act": "atto", "reason": "no"});
    written.of_money("a", "tranche_revoked", revoked).await;
    let stranded = written.head().await;
    let next = format!("T2-{stranded}");
    let rests = json!([{"exposure": exposure, "amount": "112.50"}]);
    written.of_money("a", "exposure_decided", decide(&next, stranded, "waive", rests)).await;
    written.write().await;
    let named = async |position: u64, name: &str| {
        let reader = written.at(position).await;
        let found = exposures(&reader, &ExposureFilter::default(), &Paging::default()).await.unwrap().body.items;
        let found = found.iter().find(|exposure| exposure.exposure == name).unwrap();
        (serde_json::to_value(found).unwrap(), reader)
    };
    let (of_netted, _) = named(netted, &exposure).await;
    assert_eq!(json!([of_netted["state"], of_netted["passed_on"]]), json!(["netted", null]));
    let (open, _) = named(stranded, &next).await;
    assert_eq!(json!([open["causes"][0]["position"], open["amount"]]), json!([stranded, "112.50"]), "{open}");
    let (of_netted, reader) = named(stranded + 1, &exposure).await;
    assert_eq!(json!([of_netted["settled"], of_netted["passed_on"]]), json!(["0.00", "112.50"]));
    let of_a = TrancheFilter { project: Some(a()), ..TrancheFilter::default() };
    assert!(read(&reader, &of_a).await.iter().all(|tranche| tranche["foreseen_exposure"].is_null()), "paid is paid");
    assert!(paid < stranded);
}

async fn an_order_that_failed_waits_again_once_it_is_given_again(place: Place) {
    let mut written = given(place).await;
    let ordered = written.head().await;
    let closed = close(&mut written, 1).await;
    let failed = json!({"tranche": "T2", "order": OrderId::of(&a(), "T2"), "reason": "conto chiuso"});
    written.of_money("a", "payment_failed", failed).await;
    written.order_half("a").await;
    let again = written.head().await;
    written.pay_half("a").await;
    written.write().await;
    let of_a = TrancheFilter { project: Some(a()), ..TrancheFilter::default() };
    for (position, ordered, answered, times) in
        [(closed, ordered, None, 1), (closed + 1, ordered, Some(closed + 1), 1), (again, again, None, 2)]
    {
        let order = &read(&written.at(position).await, &of_a).await[1]["order"];
        assert_eq!(json!([order["ordered"]["position"], order["times"]]), json!([ordered, times]), "{order}");
        assert_eq!(order["answered"]["position"].as_u64(), answered, "at {position}: {order}");
    }
    // How many wait, and in which batch the order that is not answered is.
    for (position, count, of) in [
        (ordered - 1, 0, None),
        (ordered, 1, Some(None)),
        (closed, 0, Some(Some(1))),
        (closed + 1, 0, None),
        (again, 1, Some(None)),
        (again + 1, 0, None),
    ] {
        let (reader, programme) = at(&written, position).await;
        let unanswered = orders(&reader, Some(&programme)).await.unwrap().body;
        let told = (waiting(&reader, &programme).await.unwrap().len(), unanswered.first().map(|order| order.batch));
        assert_eq!(told, (count, of), "at {position}");
        assert!(waiting(&reader, &"q".parse().unwrap()).await.unwrap().is_empty(), "another programme's");
    }
}

async fn money_is_shown_to_whom_the_project_is(place: Place) {
    let Released { written, .. } = released(place).await;
    for (project, shown) in [("a", [2, 1]), ("b", [0, 0])] {
        let within = Within { projects: Some(vec![project.parse().unwrap()]), ..Within::default() };
        let reader = written.within(KnownAt::Now, within).await;
        let exposed =
            exposures(&reader, &ExposureFilter::default(), &Paging::default()).await.unwrap().body.items.len();
        assert_eq!([read(&reader, &TrancheFilter::default()).await.len(), exposed], shown, "{project}");
    }
}

async fn what_blocks_a_tranche_is_named(place: Place) {
    let Released { written, certified, merged, .. } = released(place).await;
    let of_a = TrancheFilter { project: Some(a()), ..TrancheFilter::default() };
    let second = read(&written.at(certified - 1).await, &of_a).await.remove(1);
    assert_eq!(second["missing_certificate"], "M1");
    let missing: Vec<_> =
        second["blocked"].as_array().unwrap().iter().filter(|code| **code == "ReportsMissing").collect();
    assert_eq!(missing.is_empty(), second["missing_month"].is_null(), "{second}");
    let first = read(&written.at(merged).await, &of_a).await.remove(0);
    assert_eq!(first["blocked"], json!(["ExposureUndecided"]));
    assert_eq!(first["undecided_exposure"], format!("T2-{merged}"));
    assert_eq!([&first["missing_certificate"], &first["missing_month"], &first["awaited_cure"]], [&Value::Null; 3]);
}

async fn what_is_netted_is_told_on_the_tranche_that_takes_it(place: Place) {
    let mut written = Written::network(place).await;
    written.schedule("a").await;
    let claim = written.head().await;
    written.authorise_half("a", claim).await;
    written.order_half("a").await;
    let said = json!({"exposure": "T2-9", "tranche": "T2", "amount": "30.00", "position": 9, "causes": [],
        "decision": "net", "act": "atto"});
    written.of_money("a", "exposure_decided", said).await;
    written.write().await;
    let of_a = TrancheFilter { project: Some(a()), ..TrancheFilter::default() };
    let shown = read(&written.known_at(KnownAt::Now).await, &of_a).await;
    let told: Vec<_> = shown.iter().map(|one| json!([one["tranche"], one["amount"], one["waits_for"]])).collect();
    assert_eq!(told, [json!(["T1", "70.00", null]), json!(["T2", "450.00", null])]);
}

async fn the_money_of_a_programme_is_what_its_tranches_add_up_to(place: Place) {
    let Released { written, ordered, paid, merged, .. } = released(place).await;
    let p: ProgrammeId = "p".parse().unwrap();
    for (position, authorised, bank, back, exposed) in [
        (ordered, "450.00", "0.00", "0.00", "0.00"),
        (paid, "450.00", "450.00", "0.00", "0.00"),
        (merged, "450.00", "450.00", "0.00", "112.50"),
        (written.head().await, "450.00", "450.00", "12.50", "0.00"),
    ] {
        let reader = written.at(position).await;
        let money = totals(&reader, Some(&p), None).await.unwrap().body;
        let told = [money[0].authorised, money[0].paid, money[0].recovered, money[0].exposed];
        assert_eq!(told.map(|cents| cents.to_string()), [authorised, bank, back, exposed], "at {position}");
        for (figure, amount) in Figure::ALL.into_iter().zip(told) {
            let filter = TrancheFilter { programme: Some(p.clone()), figure: Some(figure), ..TrancheFilter::default() };
            let behind = read(&reader, &filter).await.len();
            assert_eq!(behind, usize::from(amount > traccia_domain::Cents::ZERO), "{figure:?} at {position}");
        }
    }
    let within = Within { projects: Some(vec!["b".parse().unwrap()]), ..Within::default() };
    let reader = written.within(KnownAt::Now, within).await;
    assert!(totals(&reader, None, None).await.unwrap().body.iter().all(|one| one.authorised == one.paid));
}
