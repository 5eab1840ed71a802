//! Every file can be read by what reads it.

use std::process::Command;

use serde_json::Value;

use super::{documents, files, folder, text, within};

#[test]
fn every_yaml_and_json_file_is_one() {
    let mut read = 0;
    for (name, text) in files() {
        if name.ends_with(".yaml") {
            assert!(documents(&name, &text).iter().all(Value::is_object), "deploy/{name} holds something else");
            read += 1;
        } else if name.ends_with(".json") {
            serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("deploy/{name}: {error}"));
            read += 1;
        }
    }
    assert!(read > 10, "{read}");
}

#[test]
fn every_script_is_one() {
    let scripts: Vec<String> =
        files().into_iter().filter(|(_, text)| text.starts_with("#!/bin/sh\n")).map(|(name, _)| name).collect();
    assert!(scripts.len() >= 3, "{scripts:?}");
    for script in scripts {
        let output = Command::new("sh").arg("-n").arg(folder().join(&script)).output().unwrap();
        assert!(output.status.success(), "deploy/{script}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn units_have_sections_and_environments_have_values() {
    for (name, text) in files().into_iter().filter(|(name, _)| name.starts_with("systemd/") || name.ends_with(".env")) {
        let unit = name.ends_with(".service") || name.ends_with(".timer");
        let mut section = None;
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(named) = line.strip_prefix('[') {
                section = named.strip_suffix(']');
                assert!(section.is_some(), "deploy/{name}: {line}");
            } else if unit || name.ends_with(".env") {
                let key = line.split('=').next().unwrap_or_default();
                assert!(line.contains('=') && !key.contains(' '), "deploy/{name}: {line}");
                assert!(!unit || section.is_some(), "deploy/{name}: {line} is in no section");
            }
        }
    }
}

#[test]
fn every_timer_starts_a_task_that_upkeep_knows() {
    let upkeep = text("upkeep/traccia-upkeep");
    let known = upkeep.lines().find(|line| line.ends_with(") \"$1\" ;;")).unwrap();
    let known: Vec<&str> = known.trim_end_matches(") \"$1\" ;;").split(" | ").collect();
    let timers = files().into_iter().filter(|(name, _)| name.ends_with(".timer"));
    let started: Vec<String> = timers
        .map(|(_, text)| text.lines().find_map(|line| line.strip_prefix("Unit=traccia-upkeep@")).unwrap().to_owned())
        .map(|unit| unit.trim_end_matches(".service").to_owned())
        .collect();
    let mut sorted = known.clone();
    sorted.sort_unstable();
    assert_eq!(started, sorted, "every task has its timer, and every timer its task");
    let upkeep = documents("kubernetes/upkeep.yaml", &text("kubernetes/upkeep.yaml"));
    for job in upkeep.iter().flat_map(within).filter(|value| value["image"] == "traccia-upkeep") {
        let task = job["args"][0].as_str().unwrap();
        assert!(known.contains(&task), "{task}");
    }
}

#[test]
fn what_pods_mount_is_there_or_is_said_to_be_made_first() {
    let mut made: Vec<String> = Vec::new();
    let mut mounted: Vec<String> = Vec::new();
    for (name, text) in files().into_iter().filter(|(name, _)| name.ends_with(".yaml")) {
        for value in documents(&name, &text).iter().flat_map(within) {
            let named = |of: &Value| of.as_str().map(str::to_owned);
            made.extend(value["configMapGenerator"].as_array().into_iter().flatten().filter_map(|m| named(&m["name"])));
            if value["kind"] == "PersistentVolumeClaim" {
                made.extend(named(&value["metadata"]["name"]));
            }
            let by = ["/secret/secretName", "/configMap/name", "/persistentVolumeClaim/claimName"];
            let referred = ["/secretRef/name", "/configMapRef/name"];
            mounted.extend(by.iter().chain(&referred).filter_map(|place| value.pointer(place)).filter_map(named));
        }
    }
    let readme = text("README.md");
    for name in mounted {
        assert!(made.contains(&name) || readme.contains(&format!("`{name}`")), "nobody says who makes {name}");
    }
}
