//! The house stands as it is drawn: which way dependencies point, and what the pure crates must never touch.

use std::collections::BTreeMap;
use std::process::Command;

use super::root;

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Every arrow between crates of ours, and no others.
const ARROWS: &[(&str, &[&str])] = &[
    ("plumbline-rego", &[]),
    ("plumbline-core", &["plumbline-rego"]),
    ("plumbline-sources", &["plumbline-core", "plumbline-rego"]),
    ("plumbline-witness", &["plumbline-rego"]),
    (
        "plumbline-server",
        &["plumbline-core", "plumbline-rego", "plumbline-sources"],
    ),
    (
        "plumbline",
        &[
            "plumbline-core",
            "plumbline-rego",
            "plumbline-server",
            "plumbline-sources",
            "plumbline-witness",
        ],
    ),
];

#[test]
fn dependencies_point_one_way() {
    let metadata: serde_json::Value = serde_json::from_str(&cargo(&[
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
        "--offline",
    ]))
    .unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let ours = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"].is_null());
        let names = ours
            .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
            .filter(|name| name.starts_with("plumbline"));
        let mut names: Vec<String> = names.collect();
        names.sort();
        found.insert(package["name"].as_str().unwrap().to_owned(), names);
    }
    let expected = ARROWS
        .iter()
        .map(|(name, arrows)| {
            (
                (*name).to_owned(),
                arrows.iter().map(|arrow| (*arrow).to_owned()).collect(),
            )
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_pure_crates_know_no_network_runtime_or_store() {
    const FORBIDDEN: &[&str] = &[
        "tokio", "axum", "hyper", "reqwest", "sqlx", "git2", "kube", "rustls", "openssl", "ignore",
    ];
    for package in ["plumbline-rego", "plumbline-core"] {
        let tree = cargo(&[
            "tree",
            "-p",
            package,
            "-e",
            "normal",
            "--prefix",
            "none",
            "--offline",
        ]);
        for line in tree.lines() {
            let name = line.split(' ').next().unwrap();
            assert!(
                !FORBIDDEN.contains(&name) && !name.starts_with("openssl"),
                "{package} depends on {line}"
            );
        }
    }
}

#[test]
fn the_pure_crates_switch_their_lint_on() {
    for path in ["engine/rego/src/lib.rs", "engine/core/src/lib.rs"] {
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        assert!(
            text.contains("#![warn(clippy::disallowed_methods, missing_docs)]"),
            "{path}"
        );
    }
}

#[test]
fn nothing_needs_more_than_a_c_compiler() {
    const FORBIDDEN: &[&str] = &["openssl-sys", "aws-lc-sys", "cmake", "native-tls"];
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for name in FORBIDDEN {
        assert!(
            !lock.contains(&format!("name = \"{name}\"")),
            "{name} is in the lock file"
        );
    }
}
