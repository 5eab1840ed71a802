//! The house: who may use whom, held by `cargo metadata` rather than by discipline.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::Value;

/// What a crate may use: other crates of the house, and libraries. What is not listed is forbidden.
struct Room {
    name: &'static str,
    house: &'static [&'static str],
    libraries: &'static [&'static str],
}

const ROOMS: &[Room] = &[
    Room {
        name: "traccia-domain",
        house: &[],
        libraries: &[
            "cqrs-es",
            "hex",
            "hmac",
            "jiff",
            "schemars",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "unicode-normalization",
        ],
    },
    Room { name: "traccia-xtask", house: &[], libraries: &[] },
    Room {
        name: "traccia-log",
        house: &["traccia-domain"],
        libraries: &[
            "async-nats",
            "bytes",
            "futures",
            "jiff",
            "metrics",
            "nuid",
            "serde",
            "serde_json",
            "sha2",
            "sqlx",
            "thiserror",
            "tokio",
            "tracing",
        ],
    },
    Room {
        name: "traccia-ledger",
        house: &["traccia-domain", "traccia-log"],
        libraries: &["base64", "ed25519-dalek", "futures", "jiff", "metrics", "sha2", "thiserror", "tokio", "tracing"],
    },
    Room {
        name: "traccia-application",
        house: &["traccia-domain", "traccia-log"],
        libraries: &[
            "chacha20poly1305",
            "cqrs-es",
            "futures",
            "getrandom",
            "hex",
            "jiff",
            "jsonwebtoken",
            "metrics",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
            "tracing",
        ],
    },
    Room {
        name: "traccia-vault",
        house: &["traccia-application", "traccia-domain"],
        libraries: &["getrandom", "hex", "serde", "serde_json", "sqlx", "thiserror", "tokio", "tracing"],
    },
    Room {
        name: "traccia-projector",
        house: &["traccia-domain", "traccia-log"],
        libraries: &[
            "futures",
            "jiff",
            "metrics",
            "rustc-hash",
            "serde",
            "serde_json",
            "sqlx",
            "tempfile",
            "thiserror",
            "tokio",
            "tracing",
        ],
    },
    Room {
        name: "traccia-projections",
        house: &["traccia-domain", "traccia-projector"],
        libraries: &["hashbrown", "jiff", "rustc-hash", "serde", "serde_json", "thiserror", "utoipa"],
    },
    Room {
        name: "traccia-import",
        house: &["traccia-application", "traccia-domain", "traccia-log"],
        libraries: &[
            "chacha20poly1305",
            "csv",
            "futures",
            "getrandom",
            "hex",
            "jiff",
            "serde",
            "serde_json",
            "sha2",
            "tempfile",
            "thiserror",
            "tokio",
            "tracing",
            "utoipa",
        ],
    },
    Room {
        name: "traccia-synthetic",
        house: &["traccia-domain", "traccia-import"],
        libraries: &["csv", "fastrand", "jiff", "serde_json", "toml"],
    },
    Room {
        name: "traccia-web",
        house: &[
            "traccia-application",
            "traccia-domain",
            "traccia-import",
            "traccia-ledger",
            "traccia-log",
            "traccia-projections",
            "traccia-projector",
            "traccia-vault",
        ],
        libraries: &[
            "askama",
            "axum",
            "csv",
            "futures",
            "jiff",
            "metrics",
            "metrics-exporter-prometheus",
            "schemars",
            "serde",
            "serde_json",
            "serde_path_to_error",
            "thiserror",
            "tokio",
            "tokio-stream",
            "tower",
            "tower-http",
            "tracing",
            "utoipa",
            "utoipa-axum",
        ],
    },
];

/// Rooms that see the whole house: the executable and this package.
const ROOFS: &[&str] = &["traccia-cli", "traccia-tests"];

/// Every crate of the workspace with what it depends on, development aside.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"])
        .arg(root)
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let texts = |value: &Value| value.as_str().expect("a text").to_owned();
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("a list of dependencies");
            let used = dependencies.iter().filter(|d| d["kind"].is_null()).map(|d| texts(&d["name"])).collect();
            (texts(&package["name"]), used)
        })
        .collect()
}

#[test]
fn every_crate_uses_only_what_its_room_may() {
    let dependencies = dependencies();
    let mut broken = Vec::new();
    for (name, used) in &dependencies {
        if ROOFS.contains(&name.as_str()) {
            continue;
        }
        let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
            broken.push(format!("{name} has no room: add it to ROOMS"));
            continue;
        };
        for library in used {
            if !room.house.contains(&library.as_str()) && !room.libraries.contains(&library.as_str()) {
                broken.push(format!("{name} may not use {library}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_room_stands() {
    let dependencies = dependencies();
    let missing: Vec<_> =
        ROOMS.iter().filter(|room| !dependencies.contains_key(room.name)).map(|room| room.name).collect();
    assert!(missing.is_empty(), "rooms without a crate: {missing:?}");
}

/// A definition, a fold, tables, queries: what a folder under `projections/` is made of.
#[test]
fn every_projection_defines_its_number_and_declares_its_tables() {
    let projections = Path::new(env!("CARGO_MANIFEST_DIR")).join("../projections");
    for entry in std::fs::read_dir(projections).expect("the folder is there").flatten() {
        // `answer`, `testing` and `written` are what the projections and their tests share; `impact` compares what they
        // fold, and writes nothing; `regis` is targets by another register's names, `ocds` milestones and tranches by
        // another standard's; `redistribution` proposes.
        let shared = ["answer", "testing", "written", "impact", "regis", "ocds", "redistribution"]
            .iter()
            .any(|name| entry.path().ends_with(name));
        if entry.path().is_dir() && !shared {
            for part in ["README.md", "mod.rs", "tables.rs"] {
                assert!(entry.path().join(part).exists(), "{} has no {part}", entry.path().display());
            }
        }
    }
}

/// A finding changes no count: of all that is folded and asked, nothing looks at findings but themselves.
#[test]
fn nothing_is_counted_by_findings() {
    let projections = Path::new(env!("CARGO_MANIFEST_DIR")).join("../projections");
    let mut found = Vec::new();
    visit(&projections, &mut |path, text| {
        let own = path.components().any(|part| part.as_os_str() == "findings") || path.ends_with("projections/lib.rs");
        if !own && (text.contains("findings::") || text.contains("from follow") || text.contains("join follow")) {
            found.push(path.display().to_string());
        }
    });
    assert!(found.is_empty(), "these look at findings: {found:?}");
}

#[test]
fn only_executables_read_the_environment() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = Vec::new();
    visit(&crates, &mut |path, text| {
        let executable = path.components().any(|part| part.as_os_str() == "cli" || part.as_os_str() == "xtask");
        if !executable && (text.contains("env::var") || text.contains("env::args")) {
            found.push(path.display().to_string());
        }
    });
    // The schema test rewrites its files when told to; it is compiled for tests only.
    found.retain(|path| !path.contains("schema"));
    assert!(found.is_empty(), "these read the environment: {found:?}");
}

/// Style: a file tells one story, so none passes 400 lines.
#[test]
fn no_source_file_passes_four_hundred_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut long = Vec::new();
    for folder in ["crates", "projections", "tests"] {
        visit(&root.join(folder), &mut |path, text| {
            if text.lines().count() > 400 {
                long.push(format!("{}: {}", path.display(), text.lines().count()));
            }
        });
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

fn visit(folder: &Path, see: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            visit(&path, see);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            see(&path, &std::fs::read_to_string(&path).expect("a source file is text"));
        }
    }
}
