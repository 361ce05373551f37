//! Baselines: what is known does not fail, what is new does, what is gone is fixed.

use std::collections::BTreeMap;
use std::sync::Arc;

use plumbline_core::baseline::{Baseline, Comparison};
use plumbline_core::estate::Estate;
use plumbline_core::finding::{Effect, Finding, Fingerprint, Location, Novelty, RuleId, Severity};
use plumbline_core::parse::Notation;
use plumbline_core::schema::{self, Schema};
use plumbline_core::source::{FileId, Span};
use plumbline_core::waiver::{Authority, Date, Scope, Waiver};

use super::{documents, reading};

fn estate() -> Estate {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n";
    Estate::new(reading(text).resources).0
}

/// Findings of one rule at these pointers, each on a line of its own.
fn findings(pointers: &[&str]) -> Vec<Finding> {
    let rule = RuleId::new("t/t").unwrap();
    let finding = |(at, pointer): (u32, &&str)| Finding {
        fingerprint: Fingerprint::new(&rule, "kubernetes/core/Pod/_/web", pointer),
        rule: rule.clone(),
        severity: Severity::High,
        effect: Effect::Deny,
        message: String::new(),
        resource: Some(0),
        location: Location {
            span: Span {
                file: FileId(0),
                start: at,
                end: at + 1,
            },
            pointer: (*pointer).to_owned(),
            missing: None,
        },
        related: Vec::new(),
        controls: BTreeMap::new(),
        remediation: None,
        fix: None,
        masked: Vec::new(),
        metadata: None,
        waiver: None,
        novelty: None,
    };
    (0..).zip(pointers).map(finding).collect()
}

fn waive(finding: &mut Finding) {
    finding.waiver = Some(Arc::new(Waiver {
        id: None,
        authority: Authority::Local,
        annotated: false,
        rule: "t/t".to_owned(),
        scope: Scope::Bytes(finding.location.span),
        reason: "r".to_owned(),
        owner: "o".to_owned(),
        expires: Date::of_unix_seconds(0),
        ticket: None,
        place: finding.location.span,
    }));
}

/// How findings stand to others that were known, in order: `+` for a new one, `=` for a known one.
#[track_caller]
fn check(before: &[&str], now: &[&str], standing: &str, fixed: usize) {
    let baseline = Baseline::of(&findings(before), &estate());
    let mut now = findings(now);
    let comparison = baseline.compare(&mut now, true);
    let word = |finding: &Finding| match finding.novelty {
        Some(Novelty::New) => '+',
        Some(Novelty::Unchanged) => '=',
        None => '?',
    };
    assert_eq!(now.iter().map(word).collect::<String>(), standing);
    let count = |wanted: char| standing.chars().filter(|word| *word == wanted).count();
    let expected = Comparison {
        new: count('+'),
        unchanged: count('='),
        fixed: Some(fixed),
    };
    assert_eq!(comparison, expected);
}

#[test]
fn what_was_known_is_unchanged_wherever_it_moved() {
    check(&["/a", "/b"], &["/b", "/a"], "==", 0);
}

#[test]
fn what_was_not_known_is_new_and_what_is_gone_is_fixed() {
    check(&["/a"], &["/b"], "+", 1);
    check(&["/a", "/b"], &["/a"], "=", 1);
    check(&["/a"], &["/a", "/b"], "=+", 0);
    check(&[], &["/a"], "+", 0);
    check(&["/a"], &[], "", 1);
}

#[test]
fn equal_findings_are_counted() {
    check(&["/a"], &["/a", "/a", "/a"], "=++", 0);
    check(&["/a", "/a", "/a"], &["/a"], "=", 2);
}

#[test]
fn nothing_is_fixed_for_certain_in_a_run_that_is_not_full() {
    let baseline = Baseline::of(&findings(&["/a"]), &estate());
    assert_eq!(baseline.compare(&mut [], false).fixed, None);
    assert_eq!(baseline.compare(&mut [], true).fixed, Some(1));
}

#[test]
fn a_waived_finding_is_not_taken_in() {
    let mut waived = findings(&["/a", "/b"]);
    waived.iter_mut().take(1).for_each(waive);
    let baseline = Baseline::of(&waived, &estate());
    assert_eq!(baseline.findings(), 1);
    let mut again = findings(&["/a", "/b"]);
    assert_eq!(baseline.compare(&mut again, true).new, 1);
}

#[test]
fn a_waived_finding_is_neither_known_nor_new_nor_fixed() {
    let baseline = Baseline::of(&findings(&["/a", "/b"]), &estate());
    let mut now = findings(&["/a", "/b"]);
    now.iter_mut().take(1).for_each(waive);
    let comparison = baseline.compare(&mut now, true);
    let expected = Comparison {
        new: 0,
        unchanged: 1,
        fixed: Some(0),
    };
    assert_eq!(comparison, expected);
    assert_eq!(now.first().unwrap().novelty, None);
}

#[test]
fn what_is_found_about_waivers_is_not_taken_in() {
    let mut about = findings(&["/a"]);
    for finding in &mut about {
        finding.resource = None;
        finding.rule = RuleId::new("waivers/unused").unwrap();
    }
    assert_eq!(Baseline::of(&about, &estate()).findings(), 0);
    let none = Baseline::default();
    assert_eq!(none.compare(&mut about, true).new, 0);
}

#[test]
fn what_is_found_outside_every_resource_is_taken_in() {
    let mut outside = findings(&["/a"]);
    outside
        .iter_mut()
        .for_each(|finding| finding.resource = None);
    let known = Baseline::of(&outside, &estate());
    assert_eq!(known.findings(), 1);
    assert_eq!(known.compare(&mut outside, true).unchanged, 1);
}

/// What is wrong with the file of a baseline.
#[track_caller]
fn wrong(text: &str) -> Vec<String> {
    let (documents, problems) = documents(text, Notation::Json);
    assert_eq!(problems, [], "{text}");
    let schema = Schema::from_text(schema::BASELINE).unwrap();
    let document = documents.first().unwrap();
    let problems = schema.check(document, FileId(0));
    problems
        .into_iter()
        .map(|problem| problem.message)
        .collect()
}

#[test]
fn a_baseline_is_read_as_it_was_written() {
    let baseline = Baseline::of(&findings(&["/b", "/a", "/a"]), &estate());
    let text = baseline.render();
    assert_eq!(
        text,
        r#"{
  "schemaVersion": "plumbline.baseline/v1",
  "fingerprints": {
    "9bc20464c2203d1f7ffec6aca0f512c5": {
      "count": 1,
      "rule": "t/t",
      "resource": "kubernetes/core/Pod/_/web"
    },
    "aae3c57fd8f84ff115c7a5d6c9ae05d5": {
      "count": 2,
      "rule": "t/t",
      "resource": "kubernetes/core/Pod/_/web"
    }
  }
}
"#
    );
    assert_eq!(wrong(&text), [""; 0]);
    let (documents, _) = documents(&text, Notation::Json);
    assert_eq!(Baseline::read(documents.first().unwrap()), baseline);
    let turned = Baseline::of(&findings(&["/a", "/b", "/a"]), &estate());
    assert_eq!(turned.render(), text);
}

#[test]
fn a_file_that_is_no_baseline_is_an_error() {
    let good = Baseline::of(&findings(&["/a"]), &estate()).render();
    assert_eq!(wrong(&good), [""; 0]);
    for (from, to) in [
        ("baseline/v1", "baseline/v2"),
        ("\"count\": 1", "\"count\": 0"),
        ("\"count\": 1,", ""),
        ("\"rule\"", "\"rules\""),
        ("\"fingerprints\"", "\"findings\""),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(wrong(&bad), [""; 0], "{bad}");
    }
    assert_ne!(
        wrong(
            "{\"schemaVersion\": \"plumbline.baseline/v1\", \"fingerprints\": {\"x\": {\"count\": 1, \"rule\": \"\", \"resource\": \"\"}}}"
        ),
        [""; 0]
    );
}
