//! Conftest packages: which of them judge, what they judge, and what Conftest would pass without a word.

use std::collections::BTreeSet;

use plumbline_core::cache::Memory;
use plumbline_core::estate::Estate;
use plumbline_core::finding::{Evaluation, Finding};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::policy::{Ingredients, Namespace, PolicyFile, load};
use plumbline_core::problem::{Place, Problem};
use plumbline_core::source::{Source, Sources};
use plumbline_rego::Settings;
use plumbline_rego::value::json;

/// A document that no format knows.
const PORT: (&str, &str) = ("app/port.yaml", "name: web\nport: 80\n");
/// What is asked of it.
const DENY: &str = "package main\n\ndeny contains \"a port\" if input.port == 80\n";

/// A run on one file.
struct Run {
    sources: Sources,
    findings: Vec<Finding>,
    problems: Vec<Problem>,
}

impl Run {
    fn new(modules: &[&str], namespaces: &[&str], (name, text): (&str, &str)) -> Self {
        let mut sources = Sources::default();
        let file = sources.add(Source::new(name, text));
        let notation = Notation::of_file_name(name).unwrap();
        let (documents, mut problems) = parse::parse(sources.get(file).unwrap(), file, notation);
        let mut reading = Reading::default();
        if notation == Notation::Hcl {
            let documents: Vec<&Document> = documents.iter().collect();
            reading.take_together(&documents, &BTreeSet::new());
        } else {
            for document in &documents {
                reading.take(document);
            }
        }
        let (estate, _) = Estate::new(reading.resources);
        let mut ingredients = Ingredients::default();
        for (index, text) in modules.iter().enumerate() {
            let path = format!("p{index}.rego");
            let file = sources.add(Source::new(path.clone(), *text));
            ingredients.modules.push(PolicyFile { file, path });
        }
        ingredients.namespaces = namespaces
            .iter()
            .map(|pattern| Namespace {
                pattern: (*pattern).to_owned(),
                place: None,
            })
            .collect();
        let (set, loading) = load(&ingredients, &sources);
        problems.extend(loading);
        let settings = Settings::default();
        let (evaluation, _) =
            set.evaluate_remembering(&estate, &documents, &Memory::default(), &settings);
        let Evaluation {
            findings,
            problems: judging,
            ..
        } = evaluation;
        problems.extend(judging);
        Self {
            sources,
            findings,
            problems,
        }
    }

    /// `line rule message`.
    fn found(&self) -> Vec<String> {
        let spell = |finding: &Finding| {
            let (start, _) = self.sources.positions(finding.location.span).unwrap();
            format!("{} {} {}", start.line, finding.rule, finding.message)
        };
        self.findings.iter().map(spell).collect()
    }

    /// `error` or `warning`, `file:line:column`, message.
    fn said(&self) -> Vec<String> {
        let spell = |problem: &Problem| {
            let gravity = if problem.is_error() {
                "error"
            } else {
                "warning"
            };
            match problem.place {
                Place::Span(span) => format!(
                    "{gravity} {}:{} {}",
                    self.sources.name(span.file),
                    self.sources.positions(span).unwrap().0,
                    problem.message
                ),
                _ => format!("{gravity} {}", problem.message),
            }
        };
        self.problems.iter().map(spell).collect()
    }
}

/// What modules of the default namespace find in a file, and what is said.
#[track_caller]
fn check(modules: &[&str], file: (&str, &str), found: &[&str], said: &[&str]) {
    named(modules, &[], file, found, said);
}

#[track_caller]
fn named(modules: &[&str], namespaces: &[&str], file: (&str, &str), found: &[&str], said: &[&str]) {
    let run = Run::new(modules, namespaces, file);
    assert_eq!(run.found(), found);
    assert_eq!(run.said(), said);
}

#[test]
fn a_document_that_no_format_knows_is_judged() {
    check(&[DENY], PORT, &["2 conftest/main-deny a port"], &[]);
    check(&[DENY], ("a.yaml", "port: 81\n"), &[], &[]);
}

#[test]
fn every_word_is_asked_for_and_has_its_effect() {
    let module = "package main

deny contains \"d\" if input.port
deny_port contains \"dp\" if input.port
violation contains \"v\" if input.port
warn_port contains \"w\" if input.port
other contains \"o\" if input.port
";
    let run = Run::new(&[module], &[], PORT);
    let effects: Vec<String> = run
        .findings
        .iter()
        .map(|finding| {
            let (severity, effect) = (finding.severity.as_str(), finding.effect.as_str());
            format!("{} {severity} {effect}", finding.rule)
        })
        .collect();
    assert_eq!(
        effects,
        [
            "conftest/main-deny medium deny",
            "conftest/main-deny-port medium deny",
            "conftest/main-violation medium deny",
            "conftest/main-warn-port medium warn",
        ]
    );
}

#[test]
fn a_finding_is_about_the_resource_that_it_lies_in() {
    let module = "package main

deny contains \"network\" if input.spec.hostNetwork == true
";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {hostNetwork: on}\n";
    let of_pod = Run::new(&[module], &[], ("pod.yaml", pod));
    let of_other = Run::new(&[module], &[], ("x.yaml", "spec: {hostNetwork: true}\n"));
    let place = |run: &Run| {
        let finding = run.findings.first().unwrap();
        (finding.resource, finding.location.pointer.clone())
    };
    assert_eq!(place(&of_pod), (Some(0), "/spec/hostNetwork".to_owned()));
    assert_eq!(place(&of_other), (None, "/spec/hostNetwork".to_owned()));
}

#[test]
fn a_namespace_may_be_a_glob_that_crosses_dots() {
    let module = DENY.replace("main", "k8s.pods.ports");
    let found = ["2 conftest/k8s-pods-ports-deny a port"];
    named(&[&module], &["k8s.*"], PORT, &found, &[]);
    named(&[&module], &["k8s.pods.ports"], PORT, &found, &[]);
    named(
        &[&module],
        &["k8s.pods"],
        PORT,
        &[],
        &[
            "warning p0.rego:3:1 `deny` of package `k8s.pods.ports` is not evaluated: it has no rule id, and `k8s.pods.ports` is not among the namespaces",
            "error no Conftest package is called `k8s.pods`",
        ],
    );
}

#[test]
fn a_package_that_another_one_reads_is_a_library() {
    let library = DENY.replace("main", "lib");
    let user = "package main

import data.lib

deny contains msg if some msg in lib.deny
";
    check(
        &[&library, user],
        PORT,
        &["2 conftest/main-deny a port"],
        &[],
    );
}

#[test]
fn names_that_become_one_id_are_said() {
    let module = "package main

deny_port contains \"a\" if input.port
deny_Port contains \"b\" if input.port
";
    check(
        &[module],
        PORT,
        &["2 conftest/main-deny-port b"],
        &["error p0.rego:3:1 rule id `conftest/main-deny-port` is used twice"],
    );
}

#[test]
fn what_can_never_find_anything_is_an_error() {
    for (rule, what) in [
        ("deny if input.port", "it answers one value"),
        ("deny := true if input.port", "it answers one value"),
        ("deny[\"x\"] := \"y\" if input.port", "it answers an object"),
    ] {
        let said = format!("error p0.rego:3:1 `deny` can find nothing: {what}");
        check(&[&format!("package main\n\n{rule}\n")], PORT, &[], &[&said]);
    }
}

#[test]
fn a_computed_answer_is_judged_by_what_it_is() {
    let module = |answer: &str| format!("package main\n\ndeny := x if {{\n\tx := {answer}\n}}\n");
    let messages = "[sprintf(\"port %d\", [input.port])]";
    let run = Run::new(&[&module(messages)], &[], PORT);
    assert_eq!(run.findings.first().unwrap().message, "port 80");
    check(&[&module("[]")], PORT, &[], &[]);
    check(
        &[&module("input.port == 80")],
        PORT,
        &[],
        &[
            "error app/port.yaml:1:1 `conftest/main-deny` could not be decided for `app/port.yaml`: it answers `true`, and no set",
        ],
    );
}

#[test]
fn a_name_that_is_almost_one_is_said() {
    check(
        &[&DENY.replace("deny contains", "Deny contains")],
        PORT,
        &[],
        &["warning p0.rego:3:1 `Deny` of `main` is not evaluated"],
    );
    // A function that a rule calls is no rule that was forgotten.
    let module = "package main

deny_port(port) if port == 80

deny contains \"a port\" if deny_port(input.port)
";
    check(&[module], PORT, &["2 conftest/main-deny a port"], &[]);
}

#[test]
fn an_element_without_a_message_is_an_error() {
    for (element, why) in [
        ("1", "there is neither a text nor an object in `1`"),
        ("{\"m\": 1}", "there is no text `msg` in `{\"m\":1}`"),
    ] {
        let module = format!("package main\n\ndeny contains {element} if input.port\n");
        let said = format!(
            "error app/port.yaml:1:1 `conftest/main-deny` could not be decided for `app/port.yaml`: {why}"
        );
        check(&[&module], PORT, &[], &[&said]);
    }
}

#[test]
fn an_empty_message_is_no_result_and_is_said() {
    check(
        &["package main\n\ndeny contains \"\" if input.port\n"],
        PORT,
        &[],
        &[
            "warning app/port.yaml:1:1 `conftest/main-deny` on `app/port.yaml`: an empty message is no result",
        ],
    );
}

#[test]
fn what_an_object_says_beside_its_message_is_kept() {
    let module = "package main

deny contains {\"msg\": \"m\", \"code\": 7, \"_loc\": {\"file\": \"app/port.yaml\", \"line\": 1}} if input.port
";
    let run = Run::new(&[module], &[], PORT);
    assert_eq!(run.found(), ["1 conftest/main-deny m"]);
    let metadata = run.findings.first().unwrap().metadata.clone();
    assert_eq!(json::to_string(&metadata.unwrap()), r#"{"code":7}"#);
    let elsewhere = module.replace("app/port.yaml", "other.yaml");
    let run = Run::new(&[&elsewhere], &[], PORT);
    let metadata = run.findings.first().unwrap().metadata.clone();
    assert_eq!(
        json::to_string(&metadata.unwrap()),
        r#"{"_loc":{"file":"other.yaml","line":1},"code":7}"#
    );
}

#[test]
fn an_exception_excuses_the_rules_that_it_names() {
    let rules = "package main

deny_port contains \"a\" if input.port
deny contains \"b\" if input.port
";
    let excused = |names: &str| {
        let exception = format!(
            "package main\n\nexception contains names if {{\n\tinput.name == \"web\"\n\tnames := [{names}]\n}}\n"
        );
        let run = Run::new(&[rules, &exception], &[], PORT);
        assert_eq!(run.said(), [""; 0]);
        let excused = run.findings.into_iter().filter_map(|finding| {
            let waiver = finding.waiver?;
            assert_eq!(waiver.reason, "an exception of the policy");
            Some(finding.rule.to_string())
        });
        excused.collect::<Vec<String>>()
    };
    assert_eq!(excused("\"port\""), ["conftest/main-deny-port"]);
    assert_eq!(excused("\"\""), ["conftest/main-deny"]);
    assert_eq!(excused("\"other\"").len(), 0);
}

#[test]
fn an_exception_that_is_no_list_is_said() {
    let module = format!("{DENY}\nexception contains \"\" if input.port\n");
    check(
        &[&module],
        PORT,
        &["2 conftest/main-deny a port"],
        &[
            "warning app/port.yaml:1:1 `conftest/main-deny` on `app/port.yaml`: an exception is no list of rules, and excuses nothing",
        ],
    );
}

#[test]
fn the_annotation_of_a_rule_says_how_bad_it_is() {
    let annotated = |severity: &str| {
        let annotation =
            format!("# METADATA\n# title: Ports\n# custom:\n#   severity: {severity}\ndeny");
        Run::new(&[&DENY.replace("deny", &annotation)], &[], PORT)
    };
    let run = annotated("HIGH");
    let severity = run.findings.first().unwrap().severity;
    assert_eq!((severity.as_str(), run.problems.len()), ("high", 0));
    let run = annotated("awful");
    let severity = run.findings.first().unwrap().severity;
    assert_eq!((severity.as_str(), run.problems.len()), ("medium", 1));
}

#[test]
fn scalars_have_the_types_of_conftest_and_every_digit() {
    let module = "package main

deny contains sprintf(\"%v %d\", [input.on, input.uid])
";
    let run = Run::new(&[module], &[], ("a.yaml", "on: yes\nuid: 1000660000\n"));
    assert_eq!(run.findings.len(), 0);
    let module = module.replace("input.on", "input[\"true\"]");
    let run = Run::new(&[&module], &[], ("a.yaml", "on: yes\nuid: 1000660000\n"));
    assert_eq!(run.findings.first().unwrap().message, "true 1000660000");
}

#[test]
fn every_document_and_every_element_of_a_list_is_judged() {
    let stream = "port: 80\n--- # one more\nport: 80\n--- {port: 80}\n";
    let found = [
        "1 conftest/main-deny a port",
        "3 conftest/main-deny a port",
        "4 conftest/main-deny a port",
    ];
    check(&[DENY], ("a.yaml", stream), &found, &[]);
    let list = "- port: 80\n- port: 81\n- port: 80\n";
    let found = ["1 conftest/main-deny a port", "3 conftest/main-deny a port"];
    check(&[DENY], ("a.yaml", list), &found, &[]);
}

#[test]
fn a_document_without_content_is_not_judged() {
    let module = "package main\n\ndeny contains \"nameless\" if not input.name\n";
    check(&[module], ("a.yaml", "name: web\n---\n"), &[], &[]);
    check(
        &[module],
        ("a.yaml", "x: 1\n"),
        &["1 conftest/main-deny nameless"],
        &[],
    );
}

#[test]
fn blocks_of_hcl_are_elements_of_lists() {
    let module = "package main

deny contains name if {
	some name, bodies in input.resource.aws_s3_bucket
	bodies[0].acl == \"public-read\"
}
";
    let file =
        |acl: &str| format!("resource \"aws_s3_bucket\" \"logs\" {{\n  acl = \"{acl}\"\n}}\n");
    let run = Run::new(&[module], &[], ("main.tf", &file("public-read")));
    assert_eq!(run.found(), ["2 conftest/main-deny logs"]);
    let run = Run::new(&[module], &[], ("main.tf", &file("private")));
    assert_eq!(run.found(), [""; 0]);
}

#[test]
fn a_policy_knows_the_file_that_it_judges() {
    let module = "package main

deny contains msg if {
	file := data.conftest.file
	msg := sprintf(\"%s in %s\", [file.name, file.dir])
}
";
    let run = Run::new(&[module], &[], PORT);
    assert_eq!(run.findings.first().unwrap().message, "port.yaml in app");
}

#[test]
fn a_text_is_parsed_and_a_file_is_not() {
    let module = |call: &str| {
        format!(
            "package main\n\ndeny contains \"found\" if {{\n\tparsed := {call}\n\tparsed.a == 1\n}}\n"
        )
    };
    for call in [
        "parse_config(\"yaml\", \"a: 1\")",
        "parse_config(\"json\", \"{\\\"a\\\": 1}\")",
    ] {
        let run = Run::new(&[&module(call)], &[], PORT);
        assert_eq!((run.findings.len(), run.problems.len()), (1, 0), "{call}");
    }
    let run = Run::new(&[&module("parse_config_file(\"a.yaml\")")], &[], PORT);
    assert_eq!(run.findings.len(), 0);
    assert!(run.problems.iter().any(Problem::is_error));
}

#[test]
fn an_error_of_a_builtin_leaves_the_verdict_and_is_said() {
    let module = format!("{DENY}\ndeny contains \"x\" if to_number(input.name) == 1\n");
    let run = Run::new(&[&module], &[], PORT);
    assert_eq!(run.found(), ["2 conftest/main-deny a port"]);
    assert_eq!(run.problems.len(), 1);
    assert!(!run.problems.iter().any(Problem::is_error));
}

#[test]
fn a_rule_with_an_id_is_judged_beside_them() {
    let own = "# METADATA
# scope: package
# title: Pods
# custom:
#   id: test/pod
#   severity: low
package test.pod

deny contains \"a pod\" if input.kind == \"core/Pod\"
";
    let other = "package main\n\ndeny contains \"a kind\" if input.kind == \"Pod\"\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n";
    let run = Run::new(&[own, other], &[], ("pod.yaml", pod));
    let rules: Vec<&str> = run.findings.iter().map(|one| one.rule.as_str()).collect();
    assert_eq!(rules, ["conftest/main-deny", "test/pod"]);
}
