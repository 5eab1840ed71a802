use cqrs_es::test::TestFramework;

use super::*;
use crate::given::citizen;

fn together(records: [RecordId; 2]) -> LinkCommand {
    LinkCommand::PresentedTogether { records }
}

#[test]
fn a_pair_is_one_pair_whichever_way_it_is_named() {
    let (a, b) = (citizen("a"), citizen("b"));
    assert_eq!(stream([a, b]), stream([b, a]));
    let decide = |records| Link::Unknown.decide(&together(records), &()).unwrap();
    assert_eq!(decide([a, b]), decide([b, a]));
    let linked = decide([a, b]);
    TestFramework::<Link>::with(()).given(linked).when(together([b, a])).then_expect_events(vec![]);
}

#[test]
fn a_record_is_not_linked_to_itself() {
    let a = citizen("a");
    let given = TestFramework::<Link>::with(()).given_no_previous_events();
    given.when(together([a, a])).then_expect_error(LinkRefusal::SameRecord);
    assert_eq!(LinkRefusal::SameRecord.code(), Code::Invalid);
}
