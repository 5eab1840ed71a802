use cqrs_es::test::TestFramework;

use super::*;
use crate::given::citizen;

fn presented(name: &str) -> NumberEvent {
    NumberPresented { record: citizen(name) }.into()
}

#[test]
fn a_number_remembers_each_record_once_and_not_all_of_them() {
    let present = |name| NumberCommand::Present { record: citizen(name) };
    let given = |events| TestFramework::<Number>::with(()).given(events);
    given(vec![]).when(present("a")).then_expect_events(vec![presented("a")]);
    given(vec![presented("a")]).when(present("a")).then_expect_events(vec![]);
    given(vec![presented("a")]).when(present("b")).then_expect_events(vec![presented("b")]);
    let eight: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h"].map(presented).into();
    given(eight).when(present("i")).then_expect_events(vec![]);
}
