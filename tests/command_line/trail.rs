//! Who did what, and tranches as a table.

use super::*;

#[tokio::test]
async fn the_trail_says_who_did_what_and_tranches_are_a_table_of_fixed_columns() {
    let folder = installation().await;
    let data = text(folder.path());
    let trail = ["trail", "--data", data];
    let json: Value = serde_json::from_str(&ran(&[&trail[..], &["--kind", "project", "--json"]].concat())).unwrap();
    let events: Vec<&Value> = json["items"].as_array().unwrap().iter().map(|one| &one["events"][0]).collect();
    assert_eq!(events, ["ApplicationApproved", "ApplicationSubmitted"]);
    let position = json["items"][1]["position"].to_string();
    let then = ran(&[&trail[..], &["--kind", "project", "--known-at", &position, "--csv"]].concat());
    assert_eq!(then.lines().count(), 2, "a head and what was known then: {then}");
    let own = ran(&[&trail[..], &["--entity", "rete-milano", "--limit", "1"]].concat());
    assert!(own.contains("ApplicationApproved") && !own.contains("ApplicationSubmitted"), "{own}");
    let cut = run(&[&trail[..], &["--entity", "rete-milano", "--limit", "1"]].concat());
    let said = String::from_utf8(cut.stderr).unwrap();
    assert!(said.contains("there are more") && said.contains("--after ") && said.contains("--known-at "), "{said}");
    assert!(own.starts_with("position  recorded at"), "{own}");
    let kinds = ran(&["trail", "--help"]);
    assert!(kinds.contains("- invoice:") && kinds.contains("a service: recorded, disputed, upheld, voided"), "{kinds}");
    let nobody = run(&[&trail[..], &["--subject", "nobody"]].concat());
    assert!(nobody.stdout.is_empty() && nobody.status.success());

    let read = ran(&["tranches", "--data", data, "--project", "rete-milano"]);
    let head: Vec<&str> =
        read.lines().next().unwrap().split("  ").map(str::trim).filter(|head| !head.is_empty()).collect();
    let columns = "project,tranche,released by,state,planned,amount,would expose,ordered on,paid on,blocked by";
    assert_eq!(head.join(","), columns, "{read}");
    assert!(read.lines().all(|line| line.chars().count() < 180), "{read}");
    let table = ran(&["tranches", "--data", data, "--project", "rete-milano", "--csv"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 6, "{table}");
    assert!(lines[0].ends_with(",order.reference,order.answered_by,order.reconciled_by"), "{table}");
    let columns = lines[0].split(',').count();
    assert!(lines[1].starts_with("lombardia,rete-milano,T1,"), "{table}");
    assert!(lines.iter().all(|line| line.split(',').count() == columns), "{table}");
}
