//! Small estates of several formats, with the findings that a reviewer expects of them: `testdata/estates/labelled`.
//!
//! `labels.txt` has a line `rule file:line` for each finding, and lines of comment that begin with `#`. An estate is
//! named for what is wrong with it: one `-fails`, and beside it one `-passes` in which the same is right.

use std::collections::BTreeSet;
use std::path::PathBuf;

use plumbline_core::schema::Schema;
use plumbline_rego::value::json;

use super::{plumb, root};

#[test]
fn every_estate_has_the_findings_of_its_labels_and_no_others() {
    let estates = estates();
    assert!(estates.len() >= 20, "{} estates", estates.len());
    let wrong: String = estates.iter().map(|estate| difference(estate)).collect();
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn nothing_of_an_estate_is_left_unread_or_undecided() {
    for estate in estates() {
        let report = report(&estate);
        for problems in ["errors", "warnings", "notEvaluated"] {
            assert_eq!(report[problems], serde_json::json!([]), "{estate}");
        }
        for number in ["unrecognised", "undecided"] {
            assert_eq!(report["summary"][number], 0, "{number} in {estate}");
        }
    }
}

#[test]
fn estates_come_in_pairs_of_which_one_fails_and_one_is_clean() {
    let estates = estates();
    for estate in &estates {
        let (name, fails) = match estate.strip_suffix("-fails") {
            Some(name) => (name, true),
            None => (estate.strip_suffix("-passes").unwrap(), false),
        };
        let other = if fails { "passes" } else { "fails" };
        assert!(estates.contains(&format!("{name}-{other}")), "{estate}");
        assert_eq!(!labels(estate).is_empty(), fails, "{estate}");
    }
}

#[test]
fn every_estate_has_the_published_shape() {
    let schema = root().join("docs/reference/model.schema.json");
    let schema = Schema::from_text(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let labelled = estates().into_iter().map(|name| format!("labelled/{name}"));
    for estate in labelled.chain(["shop".to_owned()]) {
        let folder = root().join("testdata/estates");
        let arguments = ["estate", &estate, "--no-config", "-o", "json"];
        let shape = plumb(&folder, &arguments).json().to_string();
        let violations = schema.violations(&json::parse(&shape).unwrap());
        assert!(violations.is_empty(), "{estate}: {violations:?}");
    }
}

fn folder() -> PathBuf {
    root().join("testdata/estates/labelled")
}

/// The names of all estates.
fn estates() -> BTreeSet<String> {
    std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// What is missing in an estate and what is there too much, one to a line; nothing where all is as expected.
fn difference(estate: &str) -> String {
    let (expected, found) = (labels(estate), findings(estate));
    let missing = expected.difference(&found);
    let missing = missing.map(|line| format!("{estate}: missing {line}\n"));
    let extra = found.difference(&expected);
    let extra = extra.map(|line| format!("{estate}: extra {line}\n"));
    missing.chain(extra).collect()
}

fn labels(estate: &str) -> BTreeSet<String> {
    std::fs::read_to_string(folder().join(estate).join("labels.txt"))
        .unwrap()
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// What the whole library finds, in the words of the labels.
fn findings(estate: &str) -> BTreeSet<String> {
    report(estate)["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let place = &finding["location"];
            let file = place["file"].as_str().unwrap();
            let file = file.strip_prefix(&format!("{estate}/")).unwrap();
            let rule = finding["rule"].as_str().unwrap();
            format!("{rule} {file}:{}", place["line"])
        })
        .collect()
}

fn report(estate: &str) -> serde_json::Value {
    plumb(&folder(), &["check", estate, "-o", "json"]).json()
}
