//! Every output of a check: what each says of the same run, and that nothing which a manifest names gets out of its
//! place in any of them.

use std::collections::BTreeSet;

use plumbline_core::estate::Estate;
use plumbline_core::finding::{Effect, Evaluation, Finding, RuleId, Severity};
use plumbline_core::policy::{Ingredients, PolicyFile, PolicySet, load};
use plumbline_core::problem::{Place, Problem};
use plumbline_core::report::text::Style;
use plumbline_core::report::{
    Coverage, Report, azure, csv, github, gitlab, html, json, jsonl, junit, markdown, run_task,
    sarif, summary, text,
};
use plumbline_core::resource::ResourceId;
use plumbline_core::source::{FileId, Source, Sources, Span};
use plumbline_core::verdict::{EnforcementPoint, Verdict};
use plumbline_rego::Settings;

use super::reading;

type Render = fn(&Report<'_>) -> String;

/// Every output.
const OUTPUTS: &[(&str, Render)] = &[
    ("text", |report| text::render(report, STYLE)),
    ("json", json::render),
    ("jsonl", jsonl::render),
    ("sarif", sarif::render),
    ("junit", junit::render),
    ("github", github::render),
    ("github-summary", summary::render),
    ("gitlab", gitlab::render),
    ("azure", azure::render),
    ("markdown", markdown::render),
    ("csv", csv::render),
    ("html", html::render),
    ("run-task", |report| run_task::render(report, true)),
];

const STYLE: Style = Style {
    color: false,
    width: 120,
    verbose: true,
    quiet: false,
};

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostNetwork: true
  containers:
    - name: app
      image: nginx
      env: [{name: TOKEN, value: correct-horse}]
      securityContext: {privileged: true}
";

/// Id, severity, effect, further metadata and body of each rule.
const RULES: &[(&str, &str, &str, &str, &str)] = &[
    (
        "deployment/privileged",
        "high",
        "deny",
        "remediation: Remove `privileged`.\n#   controls: {cwe: [CWE-250], pss: [baseline]}",
        "deny contains msg if {\n\tsome container in input.resource.spec.containers\n\tcontainer.securityContext.privileged == true\n\tmsg := sprintf(\"container `%s` runs privileged\", [container.name])\n}",
    ),
    (
        "network/host",
        "medium",
        "warn",
        "unknown: pass",
        "deny contains \"the pod uses the network of its host\" if input.resource.spec.hostNetwork == true",
    ),
    (
        "image/untagged",
        "low",
        "audit",
        "unknown: pass",
        "deny contains \"an image without a tag\" if input.resource.spec.containers[0].image == \"nginx\"",
    ),
    (
        "secrets/env",
        "critical",
        "deny",
        "sensitive: true",
        "deny contains msg if {\n\tsome container in input.resource.spec.containers\n\tsome variable in container.env\n\tvariable.value != \"\"\n\tmsg := sprintf(\"variable `%s` is `%s`\", [variable.name, variable.value])\n}",
    ),
    (
        "odd/number",
        "low",
        "deny",
        "unknown: pass",
        "deny contains \"odd\" if to_number(input.resource.metadata.name) > 0",
    ),
    (
        "secrets/number",
        "low",
        "deny",
        "sensitive: true",
        "deny contains \"a number\" if {\n\tsome container in input.resource.spec.containers\n\tsome variable in container.env\n\tto_number(variable.value) > 0\n}",
    ),
];

/// A run, whole.
struct Made {
    sources: Sources,
    estate: Estate,
    evaluation: Evaluation,
    set: PolicySet,
    waiting: Vec<(RuleId, String)>,
    unrecognised: Vec<String>,
}

impl Made {
    fn report(&self) -> Report<'_> {
        Report {
            sources: &self.sources,
            estate: &self.estate,
            evaluation: &self.evaluation,
            verdict: Verdict::of(&self.evaluation, EnforcementPoint::Check, Severity::Info),
            fail_on: Severity::Info,
            coverage: Coverage {
                idle: Vec::new(),
                checks: 0,
                files: 1,
                unrecognised: self.unrecognised.clone(),
            },
            digest: "sha256:0".to_owned(),
            rules: self.set.rules(),
            waiting: &self.waiting,
            baseline: None,
            revision: None,
        }
    }

    fn findings_mut(&mut self) -> &mut Vec<Finding> {
        &mut self.evaluation.findings
    }
}

/// What these rules make of the pod, in a file and with a resource of these names.
fn judged(rules: &[&str], file: &str, name: &str) -> Made {
    let mut sources = Sources::default();
    sources.add(Source::new(file, POD));
    let mut modules = Vec::new();
    for (id, severity, effect, more, body) in RULES {
        if rules.contains(id) {
            let package = id.replace('/', ".");
            let module = format!(
                "# METADATA\n# scope: package\n# title: Title of {id}\n# description: What it is about.\n# custom:\n#   id: {id}\n#   severity: {severity}\n#   effect: {effect}\n#   {more}\npackage {package}\n\n{body}\n"
            );
            let path = format!("{package}.rego");
            let file = sources.add(Source::new(path.clone(), module));
            modules.push(PolicyFile { file, path });
        }
    }
    let ingredients = Ingredients {
        modules,
        ..Ingredients::default()
    };
    let (set, problems) = load(&ingredients, &sources);
    assert_eq!(problems, []);
    let mut resources = reading(POD).resources;
    for resource in &mut resources {
        name.clone_into(&mut resource.name);
        resource.id = ResourceId::new(["kubernetes", "core", "Pod", "_", name]);
    }
    let (estate, problems) = Estate::new(resources);
    assert_eq!(problems, []);
    let evaluation = set.evaluate(&estate, &Settings::default());
    Made {
        sources,
        estate,
        evaluation,
        set,
        waiting: Vec::new(),
        unrecognised: Vec::new(),
    }
}

/// A finding of each effect, one of a sensitive rule, one without a place, an error, a warning, something undecided, a
/// rule that waits, and a file that no format knows.
fn everything() -> Made {
    let all: Vec<&str> = RULES.iter().map(|(id, ..)| *id).collect();
    let mut made = judged(&all, "deploy/web.yaml", "web");
    let nowhere = Span {
        file: FileId(99),
        start: 0,
        end: 0,
    };
    let mut placeless = made.evaluation.findings.first().unwrap().clone();
    placeless.location.span = nowhere;
    placeless.resource = None;
    made.findings_mut().push(placeless);
    let beginning = Span {
        file: FileId(0),
        start: 0,
        end: 10,
    };
    made.evaluation.problems.extend([
        Problem::warning(beginning, "an old version of the API"),
        Problem::file("broken.yaml", "expected a value, found the end").help("close the bracket"),
    ]);
    made.waiting = vec![(
        RuleId::new("placement/region").unwrap(),
        "regions.allowed".to_owned(),
    )];
    made.unrecognised = vec!["notes.yaml".to_owned()];
    made
}

#[test]
fn every_output_of_one_run() {
    let made = everything();
    for (name, render) in OUTPUTS {
        insta::assert_snapshot!(*name, render(&made.report()));
    }
}

#[test]
fn equal_runs_have_equal_outputs() {
    for (name, render) in OUTPUTS {
        assert_eq!(
            render(&everything().report()),
            render(&everything().report()),
            "{name}"
        );
    }
}

#[test]
fn the_value_of_a_secret_is_in_no_output() {
    let made = everything();
    let said = |finding: &Finding| finding.message.contains("correct-horse");
    assert!(made.evaluation.findings.iter().any(said));
    let hidden = |problem: &Problem| problem.message.contains("on a value that is not shown");
    assert!(made.evaluation.problems.iter().any(hidden));
    for (name, render) in OUTPUTS {
        let out = render(&made.report());
        assert!(!out.contains("correct-horse"), "{name}: {out}");
        assert!(out.contains("TOKEN"), "{name}: {out}");
    }
}

#[test]
fn what_could_not_be_decided_is_in_every_output() {
    let signs = [
        "undecided: ",
        "\"verdict\": \"undecided\"",
        "\"kind\":\"error\"",
        "\"executionSuccessful\": false",
        "<error type=\"undecided\"",
        "::error title=plumb check::undecided",
        "### Could not be decided",
        "\"severity\": \"blocker\"",
        "##vso[task.complete result=Failed;]undecided",
        "### Could not be decided",
        "\n\"error\",",
        "<h2 class=\"fail\">Could not be decided</h2>",
        "\"status\":\"failed\"",
    ];
    let made = judged(&["odd/number"], "a.yaml", "web");
    assert_eq!(made.report().verdict, Verdict::Undecided);
    let clean = judged(&["network/host"], "a.yaml", "web");
    for ((name, render), sign) in OUTPUTS.iter().zip(signs) {
        let out = render(&made.report());
        assert!(out.contains(sign), "{name}: {out}");
        let out = render(&clean.report());
        assert!(!out.contains(sign), "{name}: {out}");
    }
}

#[test]
fn a_clean_run_says_how_much_was_judged() {
    let mut made = judged(&["network/host"], "a.yaml", "web");
    made.findings_mut().clear();
    for (name, render) in OUTPUTS {
        let out = render(&made.report());
        match *name {
            "gitlab" => assert_eq!(out, "[]\n"),
            "json" => assert!(out.contains("\"evaluations\": 1"), "{out}"),
            "jsonl" => assert!(out.contains("\"evaluations\":1"), "{out}"),
            _ => assert!(
                out.contains("judged 1 resource in 1 file by 1 rule: 1 evaluation"),
                "{name}: {out}"
            ),
        }
    }
}

fn sarif_of(made: &Made) -> serde_json::Value {
    serde_json::from_str(&sarif::render(&made.report())).unwrap()
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = include_str!("../../../../testdata/schemas/sarif-2.1.0.json");
    let mut schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    // Two patterns of the schema are no regular expressions: a bracket closes that was not opened.
    for holder in ["run", "toolComponent"] {
        let language = format!("/definitions/{holder}/properties/language");
        let language = schema.pointer_mut(&language).unwrap();
        language.as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let clean = judged(&["odd/number"], "a.yaml", "web");
    for made in [everything(), clean, hostile("<\u{202e}](\n")] {
        let log = sarif_of(&made);
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path().as_str()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
    assert!(!validator.is_valid(&serde_json::json!({"version": "2.1.0"})));
}

#[test]
fn sarif_has_regions_and_stable_fingerprints() {
    let log = sarif_of(&everything());
    let run = &log["runs"][0];
    let worst = &run["results"][0];
    assert_eq!(worst["ruleId"], "secrets/env");
    assert_eq!(worst["level"], "error");
    let place = &worst["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "deploy/web.yaml");
    assert_eq!(place["region"]["startLine"], 10);
    let hash = worst["partialFingerprints"]["primaryLocationLineHash"].as_str();
    assert!(hash.unwrap().ends_with(":1"), "{hash:?}");
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "deployment/privileged");
    assert_eq!(rule["properties"]["security-severity"], "8.0");
    let tags = [
        "security",
        "deployment",
        "external/cwe/cwe-250",
        "pss/baseline",
    ];
    assert_eq!(rule["properties"]["tags"], serde_json::json!(tags));
}

/// A run with so many findings of a rule, all but one of them mild.
fn many(count: usize) -> Made {
    let mut made = judged(&["deployment/privileged"], "a.yaml", "web");
    let mut mild = made.evaluation.findings.first().unwrap().clone();
    mild.severity = Severity::Low;
    let findings = made.findings_mut();
    let worst = findings.pop().unwrap();
    let all = std::iter::repeat_n(mild, count - 1).chain([worst]);
    *findings = all.collect();
    made
}

#[test]
fn sarif_begins_with_the_worst_and_says_what_it_leaves_out() {
    let log = sarif_of(&many(25_001));
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert_eq!(results[0]["properties"]["severity"], "high");
    let said = run["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(said.contains("1 result left out"), "{said}");
    assert!(said.contains("20000 results beyond the 5000"), "{said}");
    let few = sarif_of(&many(2))["runs"][0]["invocations"].to_string();
    assert!(!few.contains("left out"), "{few}");
}

#[test]
fn github_is_given_ten_annotations_of_a_kind_and_the_log_has_the_rest() {
    let out = github::render(&many(12).report());
    let begin = |word: &str| out.lines().filter(|line| line.starts_with(word)).count();
    assert_eq!((begin("::error "), begin("error: ")), (10, 3), "{out}");
}

#[test]
fn a_comment_is_never_longer_than_github_takes() {
    let made = many(2_000);
    let comment = markdown::render(&made.report());
    assert!(comment.len() <= 65_536);
    assert!(comment.contains(" more: see the whole report"));
    assert!(comment.contains("judged 1 resource"));
    assert!(summary::render(&made.report()).len() > comment.len());
    let few = markdown::render(&many(2).report());
    assert!(!few.contains("more: see"), "{few}");
}

/// What a manifest may be full of.
const CORPUS: &[&str] = &[
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]8;;http://e.example\u{7}x",
    "\u{9b}31m",
    "::error::x",
    "\n::stop-commands::x",
    "a\r\n::set-output name=a::b",
    "%0A::set-output name=a::b",
    "x,line=1::y",
    "##vso[task.setvariable variable=a]b",
    "##VSO[task.complete result=Succeeded;]",
    "a ##[add-mask]b",
    "x;result=Succeeded;]",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='x",
    "]]>",
    "<!-- x",
    "&lt;b&gt;",
    "=HYPERLINK(\"http://e.example\")",
    "+1",
    "-1+cmd",
    "@SUM(A1)",
    "a;=1+1",
    "a\",=1+1",
    "\ttab",
    "\rreturn",
    "\nline",
    "\0",
    "\u{202e}gpj",
    "\u{2066}x\u{2069}",
    "\u{feff}x",
    "\u{200b}x",
    "\u{2028}x",
    "a|b|c",
    "`",
    "a `` b ``` c",
    "`` `",
    "![x](http://e.example)",
    "[x](http://e.example)",
    "[x][y]",
    "<http://e.example>",
    "http://e.example www.e.example a@e.example",
    "@team/owners #1 GH-1",
    "# heading",
    "</article></details>",
    "\\",
    "{0}",
    "%s%n%25",
];

/// A run in which everything that a manifest names is this text.
fn hostile(text: &str) -> Made {
    let mut made = judged(
        &["deployment/privileged", "network/host", "image/untagged"],
        text,
        text,
    );
    let place = made.evaluation.findings.first().unwrap().location.span;
    let mut whole = made.evaluation.findings.first().unwrap().clone();
    text.clone_into(&mut whole.message);
    made.findings_mut().push(whole);
    for finding in made.findings_mut() {
        if finding.effect != Effect::Audit {
            finding.message = format!("container `{text}` is {text}");
        }
        finding.related = vec![(place, text.to_owned())];
        finding.remediation = Some(text.to_owned());
        finding.location.missing = Some(text.to_owned());
        text.clone_into(&mut finding.location.pointer);
        let controls = vec![text.to_owned()];
        finding.controls = [(text.to_owned(), controls)].into();
    }
    let bare = Finding {
        message: text.to_owned(),
        ..made.evaluation.findings.first().unwrap().clone()
    };
    made.findings_mut().push(bare);
    let mut of_rule = Problem::error(place, text).help(text).related(place, text);
    of_rule.rule = Some(text.to_owned());
    let warning = Problem {
        place: Place::Nowhere,
        ..Problem::warning(place, text)
    };
    made.evaluation
        .problems
        .extend([Problem::file(text, text).help(text), of_rule, warning]);
    made.waiting = vec![(RuleId::new("a/b").unwrap(), text.to_owned())];
    made.unrecognised = vec![text.to_owned()];
    made
}

/// Checks every hostile text in an output.
#[track_caller]
fn check(outputs: &[&str], is_harmless: impl Fn(&str, &str) -> bool) {
    for text in CORPUS {
        let made = hostile(text);
        let chosen = OUTPUTS.iter().filter(|(name, _)| outputs.contains(name));
        for (name, render) in chosen {
            let out = render(&made.report());
            assert!(is_harmless(name, &out), "{name} with {text:?}:\n{out}");
        }
    }
}

/// Checks every hostile text in every output.
#[track_caller]
fn check_all(is_harmless: impl Fn(&str, &str) -> bool) {
    let all: Vec<&str> = OUTPUTS.iter().map(|(name, _)| *name).collect();
    check(&all, is_harmless);
}

#[test]
fn no_output_has_a_character_that_is_obeyed_or_hidden() {
    check_all(|_, out| {
        let is_hostile = |character: char| {
            character.is_control() && character != '\n'
                || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        };
        !out.contains(is_hostile)
    });
}

#[test]
fn no_output_has_a_command_that_it_does_not_mean() {
    let is_meant = |line: &str| {
        ["::error ", "::warning ", "::notice "]
            .iter()
            .any(|command| line.starts_with(command))
    };
    let is_command = |line: &str| {
        let word = line.trim_start().strip_prefix("::");
        word.is_some_and(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()))
    };
    check_all(|name, out| {
        out.lines()
            .all(|line| !is_command(line) || name == "github" && is_meant(line))
    });
    check(&["github"], |_, out| !out.contains("%0A::"));
    let begins = |line: &str| {
        ["##vso[task.logissue ", "##vso[task.complete "]
            .iter()
            .any(|command| line.starts_with(command))
    };
    check_all(|name, out| {
        out.lines().all(|line| {
            let line = line.to_ascii_lowercase();
            let rest = match name {
                "azure" if begins(&line) => line.replacen("##vso[", "", 1),
                _ => line,
            };
            !rest.contains("##vso[") && !rest.contains("##[")
        })
    });
}

#[test]
fn the_parts_of_a_command_end_where_it_means_them_to() {
    check(&["github"], |_, out| {
        out.lines()
            .filter(|line| line.starts_with("::"))
            .all(|line| {
                let properties = line.split("::").nth(1).unwrap_or_default();
                let (_, properties) = properties.split_once(' ').unwrap_or_default();
                let known = ["file", "line", "endLine", "col", "endColumn", "title"];
                properties.split(',').all(|property| {
                    property
                        .split_once('=')
                        .is_some_and(|(name, _)| known.contains(&name))
                })
            })
    });
    check(&["azure"], |_, out| {
        out.lines()
            .filter(|line| line.starts_with("##vso[task.logissue "))
            .all(|line| {
                let properties = line.split(']').next().unwrap_or_default();
                let (_, properties) = properties.split_once(' ').unwrap_or_default();
                let known = ["type", "sourcepath", "linenumber", "columnnumber", "code"];
                properties
                    .split_terminator(';')
                    .all(|property| known.contains(&property.split('=').next().unwrap_or_default()))
            })
    });
}

#[test]
fn every_json_is_read_and_keeps_what_it_says() {
    check(&["json", "sarif", "gitlab", "run-task"], |_, out| {
        serde_json::from_str::<serde_json::Value>(out).is_ok()
    });
    check(&["jsonl"], |_, out| {
        out.lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    });
    for text in CORPUS {
        let out = json::render(&hostile(text).report());
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(report["errors"][0]["message"], *text);
        assert_eq!(report["findings"][0]["location"]["file"], *text);
    }
}

#[test]
fn sarif_has_no_link_in_its_texts() {
    check(&["sarif"], |_, out| {
        out.lines()
            .filter(|line| line.trim_start().starts_with("\"text\""))
            .all(|line| !line.contains("[x](http"))
    });
}

/// The cells of a line of CSV in which every text is quoted.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

#[test]
fn no_cell_is_a_formula() {
    check(&["csv"], |_, out| {
        out.lines().all(|line| {
            let cells = cells(line);
            let is_formula = |cell: &String| cell.trim().starts_with(['=', '+', '-', '@']);
            cells.len() == 14 && !cells.iter().any(is_formula) && !line.contains(";=")
        })
    });
}

/// The names of the elements that begin or end in a text, and whether every `&` begins an entity that is meant.
fn elements(text: &str) -> (Vec<&str>, bool) {
    let names = text.split('<').skip(1).map(|element| {
        let name = element.split(['>', ' ']).next().unwrap_or_default();
        name.trim_start_matches('/')
    });
    let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
    let mut entities = text.split('&').skip(1);
    let are_meant = entities.all(|rest| known.iter().any(|entity| rest.starts_with(entity)));
    (names.collect(), are_meant)
}

#[test]
fn no_element_is_one_that_is_not_meant() {
    const KNOWN: &[&str] = &[
        "?xml",
        "testsuites",
        "testsuite",
        "testcase",
        "properties",
        "property",
        "failure",
        "error",
        "skipped",
        "system-out",
        "html",
        "body",
        "main",
        "section",
        "article",
        "h1",
        "h2",
        "h3",
        "p",
        "pre",
        "code",
        "mark",
        "span",
        "strong",
        "table",
        "tr",
        "th",
        "td",
    ];
    check(&["junit", "html"], |_, out| {
        let (_, body) = out.split_once("</head>").unwrap_or(("", out));
        let (names, are_meant) = elements(body);
        are_meant && names.iter().all(|name| KNOWN.contains(name)) && !body.contains("]]>")
    });
}

/// Markdown without its spans of code.
fn without_code(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let (before, code) = rest.split_at(at);
        out.push_str(before);
        let inner = code.trim_start_matches('`');
        let fence = code.len() - inner.len();
        let mut end = 0;
        let close = inner.split_inclusive('`').find_map(|part| {
            end += part.len();
            let run = inner.split_at(end).0;
            let length = run.len() - run.trim_end_matches('`').len();
            let goes_on = inner.split_at(end).1.starts_with('`');
            (length == fence && !goes_on).then_some(end)
        });
        let Some(close) = close else {
            out.push_str(code);
            return out;
        };
        out.push('.');
        rest = inner.split_at(close).1;
    }
    out.push_str(rest);
    out
}

/// What Markdown makes more of than it says.
const LIVE: &[&str] = &[
    "<", ">", "[", "]", "@", "://", "www.", "!", "&", "\\", "`", "GH-",
];

#[test]
fn markdown_has_no_link_element_or_mention() {
    check(&["markdown", "github-summary"], |_, out| {
        let plain = without_code(out);
        LIVE.iter().all(|sign| !plain.contains(sign))
    });
    check(&["run-task"], |_, out| {
        let result = serde_json::from_str(out).unwrap();
        outcomes(&result).iter().all(|outcome| {
            let plain = without_code(outcome["attributes"]["body"].as_str().unwrap());
            LIVE.iter().all(|sign| !plain.contains(sign))
        })
    });
}

/// The outcomes in the result of a run task.
fn outcomes(result: &serde_json::Value) -> &[serde_json::Value] {
    let outcomes = result.pointer("/data/relationships/outcomes/data");
    outcomes.unwrap().as_array().unwrap()
}

#[test]
fn a_run_task_lists_a_hundred_outcomes_and_says_so() {
    let result = |count: usize| -> serde_json::Value {
        serde_json::from_str(&run_task::render(&many(count).report(), true)).unwrap()
    };
    let message = |result: &serde_json::Value| result["data"]["attributes"]["message"].to_string();
    let long = result(101);
    let ids: BTreeSet<String> = outcomes(&long)
        .iter()
        .map(|outcome| outcome["attributes"]["outcome-id"].to_string())
        .collect();
    assert_eq!(ids.len(), 100);
    let worst = &outcomes(&long)[0]["attributes"]["tags"]["Severity"][0];
    assert_eq!(worst["label"], "High");
    let said = message(&long);
    assert!(said.contains("the first 100 of 101 are listed"), "{said}");
    let said = message(&result(100));
    assert!(!said.contains("are listed"), "{said}");
}

#[test]
fn a_run_task_without_outcomes_has_a_message_only() {
    let result = run_task::render(&everything().report(), false);
    let result: serde_json::Value = serde_json::from_str(&result).unwrap();
    assert_eq!(result["data"]["attributes"]["status"], "failed");
    assert!(result["data"].get("relationships").is_none());
    let running = run_task::said(run_task::Status::Running, "it is being judged");
    let expected = r#"{"data":{"type":"task-results","attributes":{"status":"running","message":"it is being judged"}}}"#;
    assert_eq!(running, expected);
}
