//! The table of the Pod Security Standards: every control has a rule, every rule its tests, and a profile chooses them.

use std::collections::BTreeSet;

use super::{plumb, root};

/// A row of the table: the level, and the code words of each further cell.
struct Row {
    level: String,
    rules: Vec<String>,
    tests: Vec<String>,
}

fn rows() -> Vec<Row> {
    let page = std::fs::read_to_string(root().join("docs/reference/pod-security.md")).unwrap();
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| baseline") || line.starts_with("| restricted"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [level, _control, rules, _fields, fires, passes] = cells.as_slice() else {
            panic!("not six cells: {line}");
        };
        let (fires, passes) = (words(fires), words(passes));
        assert!(!fires.is_empty() && !passes.is_empty(), "{line}");
        Row {
            level: (*level).to_owned(),
            rules: words(rules),
            tests: [fires, passes].concat(),
        }
    })
    .collect()
}

/// What stands in backticks.
fn words(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_control_names_a_rule_and_tests_that_are_there() {
    let rows = rows();
    assert!(rows.len() >= 18, "{} rows", rows.len());
    for row in rows {
        assert!(!row.rules.is_empty());
        let texts = row.rules.iter().map(|rule| {
            let file = root().join("policies").join(rule).join("policy_test.rego");
            std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("{rule} has no tests"))
        });
        let texts: String = texts.collect();
        for test in row.tests {
            assert!(
                texts.contains(&format!("\n{test} if")),
                "{test} of {:?} is not there",
                row.rules
            );
        }
    }
}

/// The rules that a profile chooses.
fn chosen(profile: &str) -> BTreeSet<String> {
    let run = plumb(
        &root(),
        &[
            "policy",
            "list",
            "--no-config",
            "--profile",
            profile,
            "-o",
            "json",
        ],
    );
    let json = run.json();
    let rules = json["rules"].as_array().unwrap().iter();
    rules
        .map(|rule| rule["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_profile_chooses_the_rules_of_its_rows_and_no_other() {
    // The first rule of a row is the control's own.
    let of = |level: &str| -> BTreeSet<String> {
        let rows = rows().into_iter().filter(|row| row.level == level);
        rows.map(|row| row.rules.first().unwrap().clone()).collect()
    };
    assert_eq!(chosen("pss-baseline"), of("baseline"));
    let both: BTreeSet<String> = of("baseline").union(&of("restricted")).cloned().collect();
    assert_eq!(chosen("pss-restricted"), both);
}
