use cqrs_es::test::TestFramework;

use super::{command::Decision, *};
use crate::{
    given::{after, citizen, record, seen},
    refusal::{Code, Refuses as _},
};

fn pair() -> [RecordId; 2] {
    ordered([citizen("a"), citizen("b")])
}

fn known() -> LinkFacts {
    LinkFacts { records: [record(), record()] }
}

fn said(subject: &str) -> Decision {
    Decision { records: pair(), reason: "r".to_owned(), subject: subject.to_owned() }
}

fn propose(proposer: Proposer) -> LinkCommand {
    LinkCommand::Propose { records: pair(), reason: "r".to_owned(), proposer }
}

fn person(subject: &str) -> Proposer {
    Proposer::Person(subject.to_owned())
}

fn together() -> LinkCommand {
    LinkCommand::PresentedTogether { records: pair() }
}

fn reason() -> String {
    "r".to_owned()
}

/// The events that lead to each situation, by the proposer anna; a situation may be come to in several ways.
fn situations() -> Vec<(&'static str, Vec<LinkEvent>)> {
    let records = pair();
    let linked = || RecordsLinked { records, basis: LinkBasis::PresentedTogether }.into();
    let proposed = |proposer| LinkProposed { records, proposer, reason: reason() }.into();
    let break_proposed = || BreakProposed { records, proposer: "anna".to_owned(), reason: reason() }.into();
    vec![
        ("unknown", vec![]),
        ("proposed", vec![proposed(person("anna"))]),
        ("proposed by the program", vec![proposed(Proposer::Program)]),
        ("distinct", vec![proposed(person("anna")), LinkRejected { records, reason: reason() }.into()]),
        ("linked", vec![linked()]),
        ("confirmed", vec![proposed(person("anna")), LinkConfirmed { records, reason: reason() }.into()]),
        ("break proposed", vec![linked(), break_proposed()]),
        ("kept", vec![linked(), break_proposed(), BreakRejected { records, reason: reason() }.into()]),
        ("unlinked", vec![linked(), break_proposed(), LinkBroken { records, reason: reason() }.into()]),
    ]
}

/// What a command meets in each situation: the event's name, `-` for none, or the refusal's code.
fn met(command: &LinkCommand) -> Vec<String> {
    let told = |(_, events): (&str, Vec<LinkEvent>)| {
        let decided = after::<Link>(events).decide(command, &known());
        decided.map_or_else(
            |refusal| format!("{:?}", refusal.code()),
            |events| events.first().map_or_else(|| "-".to_owned(), |event| event.kind().name.to_owned()),
        )
    };
    situations().into_iter().map(told).collect()
}

#[test]
fn every_command_is_answered_in_every_situation() {
    use LinkCommand as C;
    let names: Vec<_> = situations().into_iter().map(|(name, _)| name).collect();
    // unknown, proposed, by the program, distinct, linked, confirmed, break proposed, kept, unlinked
    let (l, p, no) = ("RecordsLinked", "LinkProposed", "-");
    let (e, d, w, s) = ("AlreadyExists", "AlreadyDecided", "WrongState", "SameActor");
    let (c, r) = ("LinkConfirmed", "LinkRejected");
    let (b, x, k) = ("BreakProposed", "LinkBroken", "BreakRejected");
    for (command, expected) in [
        (together(), [l, l, l, l, no, no, l, no, l]),
        (propose(person("bruno")), [p, e, e, p, e, e, e, e, p]),
        (propose(Proposer::Program), [p, e, e, d, e, e, e, e, d]),
        (C::Confirm(said("bruno")), [w, c, c, d, d, d, d, d, d]),
        (C::Confirm(said("anna")), [w, s, c, d, d, d, d, d, d]),
        (C::Reject(said("bruno")), [w, r, r, d, d, d, d, d, d]),
        (C::Reject(said("anna")), [w, s, r, d, d, d, d, d, d]),
        (C::Break(said("bruno")), [w, w, w, w, b, b, e, b, d]),
        (C::ConfirmBreak(said("bruno")), [w, w, w, w, w, w, x, d, d]),
        (C::ConfirmBreak(said("anna")), [w, w, w, w, w, w, s, d, d]),
        (C::RejectBreak(said("bruno")), [w, w, w, w, w, w, k, d, d]),
        (C::RejectBreak(said("anna")), [w, w, w, w, w, w, s, d, d]),
    ] {
        assert_eq!(met(&command), expected, "{command:?} in {names:?}");
    }
}

#[test]
fn a_pair_is_one_pair_whichever_way_it_is_named() {
    let [a, b] = pair();
    assert_eq!(stream([a, b]), stream([b, a]));
    let propose = |records| LinkCommand::Propose { records, reason: reason(), proposer: person("anna") };
    let decide = |command: LinkCommand| Link::Unknown.decide(&command, &known()).unwrap();
    assert_eq!(decide(propose([a, b])), decide(propose([b, a])));
    let linked = decide(LinkCommand::PresentedTogether { records: [a, b] });
    let again = LinkCommand::PresentedTogether { records: [b, a] };
    TestFramework::<Link>::with(known()).given(linked).when(again).then_expect_events(vec![]);
}

#[test]
fn a_record_is_not_linked_to_itself_nor_to_one_that_nobody_registered() {
    let a = citizen("a");
    let with = |records, facts: &LinkFacts| {
        let said = Decision { records, ..said("anna") };
        let propose = LinkCommand::Propose { records, reason: reason(), proposer: person("anna") };
        [propose, LinkCommand::Confirm(said.clone()), LinkCommand::Break(said.clone()), LinkCommand::RejectBreak(said)]
            .map(|command| seen(&Link::Unknown.decide(&command, facts).unwrap_err()))
    };
    let same = || (Code::SamePerson, Some("/citizens".to_owned()));
    assert_eq!(with([a, a], &known()), [same(), same(), same(), same()]);
    let together = LinkCommand::PresentedTogether { records: [a, a] };
    assert_eq!(Link::Unknown.decide(&together, &known()), Err(LinkRefusal::SamePerson));
    for (index, facts) in
        [LinkFacts { records: [Arc::default(), record()] }, LinkFacts { records: [record(), Arc::default()] }]
            .iter()
            .enumerate()
    {
        let unknown = (Code::UnknownCitizen, Some(format!("/citizens/{index}")));
        assert!(with(pair(), facts).iter().all(|found| *found == unknown), "references are looked at before rules");
    }
}

#[test]
fn a_record_that_was_erased_is_linked_no_more_but_may_be_parted_from_others() {
    let erased = || Arc::new(Record::Erased);
    for (index, facts) in
        [LinkFacts { records: [erased(), record()] }, LinkFacts { records: [record(), erased()] }].iter().enumerate()
    {
        let decide = |situation: usize, command| {
            let pair: Link = after(situations().swap_remove(situation).1);
            pair.decide(&command, facts).map_err(|refusal| seen(&refusal))
        };
        let refused = Err((Code::WrongState, Some(format!("/citizens/{index}"))));
        for proposer in [person("bruno"), Proposer::Program] {
            assert_eq!(decide(0, propose(proposer)), refused);
        }
        assert_eq!(decide(1, LinkCommand::Confirm(said("bruno"))), refused);
        for (situation, command) in [
            (1, LinkCommand::Reject(said("bruno"))),
            (4, LinkCommand::Break(said("bruno"))),
            (6, LinkCommand::ConfirmBreak(said("bruno"))),
            (6, LinkCommand::RejectBreak(said("bruno"))),
            (0, together()),
        ] {
            assert!(decide(situation, command.clone()).is_ok_and(|events| events.len() == 1), "{command:?}");
        }
    }
}

#[test]
fn an_account_in_capitals_is_no_second_person() {
    let pair: Link = after(situations().swap_remove(1).1);
    assert_eq!(pair.decide(&LinkCommand::Confirm(said("Anna")), &known()), Err(LinkRefusal::SameActor));
}

#[test]
fn what_is_said_of_a_pair_has_a_reason() {
    let silent = |subject| Decision { reason: " ".to_owned(), ..said(subject) };
    let propose = LinkCommand::Propose { records: pair(), reason: String::new(), proposer: person("anna") };
    for (situation, command) in [
        (0, propose),
        (1, LinkCommand::Confirm(silent("bruno"))),
        (1, LinkCommand::Reject(silent("bruno"))),
        (4, LinkCommand::Break(silent("bruno"))),
        (6, LinkCommand::ConfirmBreak(silent("bruno"))),
        (6, LinkCommand::RejectBreak(silent("bruno"))),
    ] {
        let pair: Link = after(situations().swap_remove(situation).1);
        let refusal = pair.decide(&command, &known()).unwrap_err();
        assert_eq!(seen(&refusal), (Code::Invalid, Some("/reason".to_owned())), "{command:?}");
    }
}
