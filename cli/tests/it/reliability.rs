//! The page on reliability promises nothing that no test shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::root;

/// The names of all functions and tests in the sources of a folder.
fn names(folder: &Path, all: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let before = match ending {
            _ if path.is_dir() => {
                names(&path, all);
                continue;
            }
            Some("rs") => "fn ",
            Some("rego") => "",
            _ => continue,
        };
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().filter_map(|line| line.split_once(before));
        all.extend(lines.map(|(_, after)| word(after).to_owned()));
    }
}

/// The letters, digits and underscores that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The rows of the tables of the page: the first cell, and the tests of the last one.
fn rows(page: &str) -> Vec<(&str, Vec<&str>)> {
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.split(" | ").collect();
        let [number, _, _, tests] = cells.as_slice() else {
            return None;
        };
        let tests = tests.split('`').skip(1).step_by(2).collect();
        Some((*number, tests))
    });
    rows.filter(|(number, _)| number.ends_with(|letter: char| letter.is_ascii_digit()))
        .collect()
}

#[test]
fn every_fault_and_threat_has_tests_and_each_of_them_exists() {
    let root = root();
    let page = fs::read_to_string(root.join("docs/reliability.md")).unwrap();
    let mut known = BTreeSet::new();
    for folder in ["engine", "server", "cli", "policies"] {
        names(&root.join(folder), &mut known);
    }
    let rows = rows(&page);
    let numbers: Vec<&str> = rows.iter().map(|(number, _)| *number).collect();
    let faults = (1..=25).map(|number| number.to_string());
    let threats = (1..=18).map(|number| format!("T{number}"));
    assert_eq!(numbers, faults.chain(threats).collect::<Vec<_>>());
    for (number, tests) in rows {
        assert!(!tests.is_empty(), "{number} is shown by no test");
        for test in tests {
            assert!(known.contains(test), "{number}: there is no test `{test}`");
        }
    }
}
