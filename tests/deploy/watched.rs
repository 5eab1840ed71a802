//! Alerts, runbooks, dashboard, and the metrics that they stand on.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use super::{documents, files, folder, text, within, words};

/// The alerts, as Prometheus reads them.
fn alerts() -> Vec<Value> {
    let documents = documents("monitoring/alerts.yaml", &text("monitoring/alerts.yaml"));
    let rules = documents.iter().flat_map(within).filter(|value| value["alert"].is_string());
    rules.cloned().collect()
}

fn names() -> BTreeSet<String> {
    alerts().iter().map(|alert| alert["alert"].as_str().unwrap().to_owned()).collect()
}

/// What the program exports, and what upkeep leaves for node_exporter.
fn exported() -> BTreeSet<String> {
    let mut exported = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates")];
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(next).unwrap().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(path).unwrap();
                for kind in ["counter!(", "gauge!(", "histogram!("] {
                    let calls = source.split(kind).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
                    exported.extend(calls.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
                }
            }
        }
    }
    let upkeep = text("upkeep/traccia-upkeep");
    exported.extend(upkeep.split("# TYPE ").skip(1).filter_map(|rest| rest.split(' ').next()).map(str::to_owned));
    exported
}

/// What is asked for, without what Prometheus adds to a histogram's name.
fn asked() -> BTreeSet<String> {
    let dashboard: Value = serde_json::from_str(&text("monitoring/dashboard.json")).unwrap();
    let alerts = alerts();
    let queries = within(&dashboard).into_iter().chain(&alerts).filter_map(|value| value["expr"].as_str());
    let metrics = queries.flat_map(|query| words(query, "traccia_")).map(|name| {
        ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()
    });
    metrics.collect()
}

#[test]
fn every_alert_has_a_runbook_of_its_name_and_every_runbook_an_alert() {
    let runbooks: BTreeSet<String> = fs::read_dir(folder().join("runbooks"))
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".md").map(str::to_owned))
        .filter(|name| !["backup-and-restore", "erasure", "fingerprint-keys", "upgrade"].contains(&name.as_str()))
        .collect();
    assert_eq!(names(), runbooks);
    for name in runbooks {
        let runbook = text(&format!("runbooks/{name}.md"));
        assert!(runbook.starts_with(&format!("# {name}\n")), "{name} is headed otherwise");
        for part in ["| the auditor |", "| the operator |", "| the coordinator |", "## Look", "## Do", "## Never"] {
            assert!(runbook.contains(part), "{name} has no {part}");
        }
    }
}

#[test]
fn every_alert_says_how_grave_it_is_and_what_it_means_and_is_tried() {
    let tried = text("monitoring/alerts_test.yaml");
    for alert in alerts() {
        let name = alert["alert"].as_str().unwrap();
        let severity = alert["labels"]["severity"].as_str();
        assert!(matches!(severity, Some("critical" | "warning")), "{name}: {severity:?}");
        for part in ["summary", "description"] {
            assert!(alert["annotations"][part].is_string(), "{name} has no {part}");
        }
        assert!(tried.contains(&format!("labels: 'ALERTS{{alertname=\"{name}\"")), "no test makes {name} fire");
    }
}

#[test]
fn every_metric_that_is_asked_for_is_exported() {
    let exported = exported();
    assert!(exported.contains("traccia_append_seconds") && exported.contains("traccia_backup_commits"), "{exported:?}");
    let missing: Vec<String> = asked().into_iter().filter(|name| !exported.contains(name)).collect();
    assert!(missing.is_empty(), "these are asked for and exported by nobody: {missing:?}");
}

#[test]
fn runbooks_lead_to_files_that_are_there() {
    for (name, text) in files().iter().filter(|(name, _)| name.ends_with(".md")) {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let place = folder().join(name).parent().unwrap().join(link);
            assert!(link.starts_with("http") || place.exists(), "deploy/{name} leads to {link}, which is not there");
        }
    }
}
