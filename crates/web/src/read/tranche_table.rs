//! Tranches as a table that a spreadsheet takes: one line each, and always the same columns, whatever has happened.

use serde::{Serialize, Serializer};
use serde_json::Value;
use traccia_domain::{Cents, tranche::entry::Difference};

use super::csv;

/// A column, and where its value stands in a tranche's JSON.
const BEFORE_ENTRIES: [(&str, &str); 15] = [
    ("programme", "/programme"),
    ("project", "/project"),
    ("tranche", "/tranche"),
    ("share", "/share"),
    ("planned", "/planned"),
    ("payable", "/payable"),
    ("withheld", "/withheld"),
    ("amount", "/amount"),
    ("state", "/state"),
    ("trigger", "/trigger"),
    ("blocked", "/blocked"),
    ("again", "/again"),
    ("anew", "/anew"),
    ("unreleased", "/unreleased"),
    ("foreseen_exposure", "/foreseen_exposure"),
];

/// A column of what a tranche's entries of one code sum to, and the code.
const SUMS: [(&str, &str); 6] = [
    ("reduction", "REDUCTION"),
    ("cure_release", "CURE_RELEASE"),
    ("netting", "NETTING"),
    ("recovery", "RECOVERY"),
    ("revocation", "REVOCATION"),
    ("amendment", "AMENDMENT"),
];

/// The same as the first, behind the entries.
const AFTER_ENTRIES: [(&str, &str); 19] = [
    ("evidence.by", "/evidence/by"),
    ("evidence.position", "/evidence/position"),
    ("evidence.on", "/evidence/on"),
    ("evidence.rules", "/evidence/rules"),
    ("evidence.approved", "/evidence/approved"),
    ("evidence.amount", "/evidence/amount"),
    ("evidence.certified", "/evidence/certificate/count"),
    ("evidence.root", "/evidence/certificate/root"),
    ("order.order", "/order/order"),
    ("order.amount", "/order/amount"),
    ("order.iban", "/order/iban"),
    ("order.ordered_on", "/order/ordered_on"),
    ("order.ordered_by", "/order/ordered/by"),
    ("order.times", "/order/times"),
    ("order.failed", "/order/failed"),
    ("order.paid_on", "/order/paid_on"),
    ("order.reference", "/order/reference"),
    ("order.answered_by", "/order/answered/by"),
    ("order.reconciled_by", "/order/reconciled/by"),
];

/// A tranche's line.
struct Row<'a>(&'a Value);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Row(tranche) = self;
        let cell = |(name, place): (&'static str, &str)| (name, tranche.pointer(place).cloned().unwrap_or_default());
        let before = BEFORE_ENTRIES.into_iter().map(cell);
        let sums = SUMS.into_iter().map(|(name, code)| (name, sum(tranche, code)));
        let each = ("entries", tranche["entries"].clone());
        serializer.collect_map(before.chain(sums).chain([each]).chain(AFTER_ENTRIES.into_iter().map(cell)))
    }
}

/// What the entries of a code sum to; empty where there is none.
fn sum(tranche: &Value, code: &str) -> Value {
    let entries = tranche["entries"].as_array().into_iter().flatten().filter(|entry| entry["code"] == code);
    let amounts: Vec<Cents> = entries
        .filter_map(|entry| serde_json::from_value::<Difference>(entry["amount"].clone()).ok())
        .map(|Difference(amount)| amount)
        .collect();
    if amounts.is_empty() { Value::Null } else { Difference(amounts.into_iter().sum()).to_string().into() }
}

/// Tranches, as `GET /v1/tranches` has them in JSON, as a table with a head.
///
/// # Errors
/// When it cannot be written.
pub fn tranche_table(tranches: &[Value]) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    csv::of(&tranches.iter().map(Row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_tranche_is_a_line_under_the_same_columns_whatever_has_happened() {
        let locked = json!({"programme": "p", "project": "j", "tranche": "T4", "share": "0.33", "state": "locked",
            "planned": "330.00", "amount": "330.00", "blocked": ["NotCertified"], "again": false, "entries": []});
        let paid = json!({"programme": "p", "project": "j", "tranche": "T2", "state": "paid", "again": false,
            "entries": [{"code": "NETTING", "amount": "-27.32", "origin": "T1-1"}, {"code": "REDUCTION", "amount": "-22.00",
                "origin": "M1"}, {"code": "NETTING", "amount": "-0.68", "origin": "T1-2"}],
            "evidence": {"position": 41, "rules": 2, "certificate": {"count": 12, "root": "aa"}, "entries": [1]},
            "order": {"order": "0f", "amount": "200.00", "iban": "3456", "failed": "=1+1", "paid_on": "2024-06-01"}});
        let head = "programme,project,tranche,share,planned,payable,withheld,amount,state,trigger,blocked,again,anew,\
            unreleased,foreseen_exposure,reduction,cure_release,netting,recovery,revocation,amendment,entries,evidence.by,evidence.position,\
            evidence.on,evidence.rules,evidence.approved,evidence.amount,evidence.certified,evidence.root,order.order,\
            order.amount,order.iban,order.ordered_on,order.ordered_by,order.times,order.failed,order.paid_on,\
            order.reference,order.answered_by,order.reconciled_by";
        for tranches in [vec![locked.clone()], vec![locked.clone(), paid.clone()], vec![paid.clone(), locked]] {
            let text = String::from_utf8(tranche_table(&tranches).unwrap()).unwrap();
            assert_eq!(text.lines().next(), Some(head));
            assert_eq!(text.lines().count(), tranches.len() + 1);
        }
        let text = String::from_utf8(tranche_table(&[paid]).unwrap()).unwrap();
        let line = text.lines().nth(1).unwrap();
        assert!(line.contains(",-22.00,,-28.00,,,,"), "numbers that a spreadsheet can add: {line}");
        assert!(line.ends_with(",0f,200.00,3456,,,,'=1+1,2024-06-01,,,"), "{line}");
    }
}
