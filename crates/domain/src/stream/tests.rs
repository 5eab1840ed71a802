use proptest::prelude::*;

use super::*;
use crate::{RecordId, hash::Hex, link};

#[test]
fn a_stream_is_named_by_its_kind_and_id() {
    let stream = StreamId::new(StreamKind::Point, "mi-0042");
    assert_eq!(stream.as_str(), "point.mi-0042");
    assert_eq!((stream.kind(), stream.id()), (StreamKind::Point, "mi-0042"));
    for wrong in ["", "point", "point.", ".mi", "punto.mi", "point.MI", "point.mi.1", "point.*", "point.>", "Point.mi"]
    {
        assert_eq!(wrong.parse::<StreamId>(), Err(InvalidStream), "{wrong}");
    }
}

#[test]
fn a_pair_of_records_has_one_stream_whichever_way_it_is_named() {
    let [a, b] = [RecordId(Hex([1; 16])), RecordId(Hex([2; 16]))];
    assert_eq!(link::stream([a, b]), link::stream([b, a]));
    assert_eq!(link::stream([a, b]).as_str().parse(), Ok(link::stream([a, b])));
}

proptest! {
    #[test]
    fn a_stream_reads_back(kind in proptest::sample::select(&StreamKind::ALL), id in "[a-z0-9-]{1,130}") {
        let stream = StreamId::new(kind, &id);
        prop_assert_eq!(stream.id(), id.as_str());
        let written = serde_json::to_string(&stream).unwrap();
        prop_assert_eq!(serde_json::from_str::<StreamId>(&written).unwrap(), stream);
    }
}
