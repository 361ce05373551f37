//! Waivers: what they speak of, until when, and that they change nothing else.

use plumbline_core::estate::Estate;
use plumbline_core::finding::Finding;
use plumbline_core::parse::{self, Notation};
use plumbline_core::policy::{Ingredients, PolicyFile, load};
use plumbline_core::problem::Problem;
use plumbline_core::schema::{self, Schema};
use plumbline_core::source::{FileId, Source, Sources};
use plumbline_core::waiver::{self, Authority, Date, Entry, Occasion, Scope, Waivers};
use plumbline_rego::Settings;
use proptest::prelude::*;

use super::{documents, reading, spelt};

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostNetwork: true
  containers:
    - name: a
      securityContext:
        privileged: true
    - name: b
      securityContext:
        privileged: true
";

const RULES: &[(&str, &str)] = &[
    (
        "t/network",
        "package t.network\n\ndeny contains \"network\" if input.resource.spec.hostNetwork == true\n",
    ),
    (
        "t/privileged",
        "package t.privileged\n\ndeny contains container.name if {\n\tsome container in input.resource.spec.containers\n\tcontainer.securityContext.privileged == true\n}\n",
    ),
];

const ALL: &[&str] = &["t/network 6", "t/privileged 10", "t/privileged 13"];

/// A run on one manifest.
struct Run {
    sources: Sources,
    findings: Vec<Finding>,
    problems: Vec<Problem>,
}

impl Run {
    /// Judges a manifest, with its comments and a file of waivers, on a day in 2026.
    fn new(manifest: &str, waivers: &str, full: bool) -> Self {
        Self::by(Authority::Local, manifest, waivers, full)
    }

    /// The same, where the file is somebody's.
    fn by(authority: Authority, manifest: &str, waivers: &str, full: bool) -> Self {
        let mut sources = Sources::default();
        let own = sources.add(Source::new("deploy/pod.yaml", manifest));
        let modules = RULES.iter().map(|(id, body)| PolicyFile {
            file: sources.add(Source::new(
                *id,
                format!(
                    "# METADATA\n# scope: package\n# title: t\n# custom:\n#   id: {id}\n#   severity: low\n#   subject: resource\n{body}"
                ),
            )),
            path: (*id).to_owned(),
        });
        let ingredients = Ingredients {
            modules: modules.collect(),
            ..Ingredients::default()
        };
        let (set, problems) = load(&ingredients, &sources);
        assert_eq!(problems, []);
        let (estate, _) = Estate::new(reading(manifest).resources);
        let mut findings = set.evaluate(&estate, &Settings::default()).findings;
        let file = sources.add(Source::new("waivers.yaml", waivers));
        let (mut all, mut problems) = of_file(&sources, file, authority);
        let (documents, _) = documents(manifest, Notation::Yaml);
        let (inline, wrong) = waiver::of_comments(sources.get(own).unwrap(), &documents);
        all.extend(inline);
        problems.extend(wrong);
        let (waivers, wrong) = Waivers::new(all, &["t/network", "t/privileged"]);
        problems.extend(wrong);
        problems.extend(waivers.pointed_at_in_vain(&estate));
        let occasion = Occasion {
            estate: &estate,
            sources: &sources,
            today: Date::parse("2026-06-15").unwrap(),
            full,
        };
        waivers.apply(&mut findings, &occasion, &|file| {
            sources.name(file).to_owned()
        });
        Self {
            sources,
            findings,
            problems,
        }
    }

    /// Rule and line of each finding, and whether it is waived.
    fn found(&self) -> Vec<String> {
        let spell = |finding: &Finding| {
            let (start, _) = self.sources.positions(finding.location.span).unwrap();
            let waived = if finding.waiver.is_some() {
                " waived"
            } else {
                ""
            };
            format!("{} {}{waived}", finding.rule, start.line)
        };
        self.findings.iter().map(spell).collect()
    }
}

/// The waivers of a file, with what its schema says.
fn of_file(
    sources: &Sources,
    file: FileId,
    authority: Authority,
) -> (Vec<waiver::Waiver>, Vec<Problem>) {
    let (documents, mut problems) = parse::parse(sources.get(file).unwrap(), file, Notation::Yaml);
    let mut waivers = Vec::new();
    for document in &documents {
        let schema = Schema::from_text(schema::WAIVERS).unwrap();
        problems.extend(schema.check(document, file));
        let (read, wrong) = waiver::of_file(document, authority);
        waivers.extend(read);
        problems.extend(wrong);
    }
    (waivers, problems)
}

/// A file with one waiver of these keys, and with the others that it needs.
fn file(keys: &str) -> String {
    format!("version: 1\nwaivers:\n  - {{{keys}, reason: r, owner: o}}\n")
}

#[track_caller]
fn check(manifest: &str, waivers: &str, full: bool, expected: &[&str]) {
    let run = Run::new(manifest, waivers, full);
    assert_eq!(run.problems, [], "{manifest}\n{waivers}");
    assert_eq!(run.found(), expected, "{manifest}\n{waivers}");
}

/// What is wrong with a waivers file, with its places.
#[track_caller]
fn wrong(waivers: &str, expected: &[&str]) {
    let run = Run::new(POD, waivers, false);
    let mut found = spelt(waivers, &run.problems);
    found.sort_unstable();
    assert_eq!(found, expected, "{waivers}");
}

/// The manifest with a comment behind a line, or on a line before it.
fn with(line: &str, comment: &str, behind: bool) -> String {
    let indent: String = line.chars().take_while(|next| *next == ' ').collect();
    let new = if behind {
        format!("{line} # {comment}")
    } else {
        format!("{indent}# {comment}\n{line}")
    };
    assert!(POD.contains(line), "{line}");
    POD.replacen(line, &new, 1)
}

const NETWORK: &str = "plumb:waive t/network until=2099-12-31 owner=o reason=\"a b\"";
const PRIVILEGED: &str = "plumb:waive t/privileged until=2099-12-31 owner=o reason=\"a b\"";

#[test]
fn a_waiver_speaks_of_a_rule_on_a_resource() {
    check(
        POD,
        &file("rule: t/network, resource: kubernetes/core/Pod/_/web, expires: 2099-12-31"),
        true,
        &["t/network 6 waived", "t/privileged 10", "t/privileged 13"],
    );
    check(
        POD,
        &file("rule: t/network, resource: kubernetes/core/Pod/_/other, expires: 2099-12-31"),
        false,
        ALL,
    );
}

#[test]
fn a_waiver_may_be_of_globs() {
    check(
        POD,
        &file("rule: \"t/*\", resource: \"*/Pod/*\", expires: 2099-12-31"),
        true,
        &[
            "t/network 6 waived",
            "t/privileged 10 waived",
            "t/privileged 13 waived",
        ],
    );
}

#[test]
fn a_pointer_narrows_a_waiver() {
    let at = |pointer: &str| {
        file(&format!(
            "rule: t/privileged, resource: \"*\", pointer: {pointer}, expires: 2099-12-31"
        ))
    };
    let second = &["t/network 6", "t/privileged 10", "t/privileged 13 waived"];
    check(POD, &at("/spec/containers/1"), true, second);
    check(
        POD,
        &at("/spec/containers/1/securityContext/privileged"),
        true,
        second,
    );
    check(
        POD,
        &at("/spec/containers/1/securityContext/priv"),
        false,
        ALL,
    );
}

#[test]
fn a_glob_on_files_narrows_a_waiver() {
    let within = |files: &str| {
        file(&format!(
            "rule: t/network, resource: \"*\", file: \"{files}\", expires: 2099-12-31"
        ))
    };
    check(
        POD,
        &within("deploy/**"),
        true,
        &["t/network 6 waived", "t/privileged 10", "t/privileged 13"],
    );
    check(POD, &within("test/**"), false, ALL);
}

#[test]
fn a_waiver_holds_on_its_last_day_and_is_found_from_then_on() {
    let until = |day: &str| file(&format!("rule: t/network, resource: \"*\", expires: {day}"));
    check(
        POD,
        &until("2026-06-15"),
        false,
        &["t/network 6 waived", "t/privileged 10", "t/privileged 13"],
    );
    let expired = [ALL, &["waivers/expired 3"]].concat();
    check(POD, &until("2026-06-14"), false, &expired);
    check(POD, &until("2026-06-14"), true, &expired);
}

#[test]
fn a_waiver_of_nothing_is_found_in_a_full_run_only() {
    let waivers = file("rule: t/network, resource: \"*/Deployment/*\", expires: 2099-12-31");
    check(POD, &waivers, true, &[ALL, &["waivers/unused 3"]].concat());
    check(POD, &waivers, false, ALL);
}

#[test]
fn a_waiver_that_only_repeats_another_one_is_used() {
    let one = "  - {rule: t/network, resource: \"*\", reason: r, owner: o, expires: 2099-12-31}\n";
    check(
        POD,
        &format!("version: 1\nwaivers:\n{one}{one}"),
        true,
        &["t/network 6 waived", "t/privileged 10", "t/privileged 13"],
    );
}

#[test]
fn nobody_waives_what_is_found_about_waivers() {
    let waivers = file("rule: \"*\", resource: \"*/Deployment/*\", expires: 2099-12-31");
    let run = Run::new(POD, &waivers, true);
    let last = run.findings.last().unwrap();
    assert_eq!(last.rule.as_str(), "waivers/unused");
    assert_eq!((last.resource, &last.waiver), (None, &None));
}

#[test]
fn what_a_waiver_must_say_is_an_error_where_it_is_missing() {
    wrong(
        "version: 1\nwaivers:\n  - rule: t/network\n    resource: \"*\"\n",
        &[
            "3:5 the key `expires` is missing",
            "3:5 the key `owner` is missing",
            "3:5 the key `reason` is missing",
        ],
    );
    wrong("version: 1\nwaivers: []\n", &[]);
    wrong("waivers: []\n", &["1:1 the key `version` is missing"]);
}

#[test]
fn what_a_waiver_cannot_say_is_an_error_at_its_place() {
    wrong(
        &file("rule: t/network, resource: \"*\", expires: 2026-02-30"),
        &["3:38 `2026-02-30` is no day of the calendar"],
    );
    wrong(
        &file("rule: t/network, resource: \" \", expires: 2099-12-31"),
        &["3:23 `resource` says nothing"],
    );
    wrong(
        &file("rule: t/network, resource: \"*\", pointer: spec, expires: 2099-12-31"),
        &["3:38 a pointer begins with `/`, for example `/spec/hostNetwork`"],
    );
    wrong(
        &file("rule: t/network, resource: \"[\", expires: 2099-12-31"),
        &["3:6 `[` is no glob: unclosed character class; missing ']'"],
    );
    wrong(
        &file("rule: t/network, resource: \"*\", until: 2099-12-31"),
        &[
            "3:38 unknown key `until`",
            "3:6 the key `expires` is missing",
        ],
    );
}

#[test]
fn a_rule_that_there_is_not_is_an_error_with_what_was_meant() {
    let waivers = file("rule: t/netwerk, resource: \"*\", expires: 2099-12-31");
    wrong(&waivers, &["3:6 no rule is called `t/netwerk`"]);
    let run = Run::new(POD, &waivers, false);
    assert_eq!(
        run.problems.first().unwrap().help.as_deref(),
        Some("did you mean `t/network`?")
    );
}

/// What a file of the organisation's waivers comes to, and what is wrong with it or with the manifest.
#[track_caller]
fn organisation(manifest: &str, waivers: &str, expected: &[&str], problems: &[&str]) {
    let run = Run::by(Authority::Organisation, manifest, waivers, true);
    assert_eq!(run.found(), expected, "{manifest}\n{waivers}");
    let messages = run.problems.iter().map(|problem| problem.message.as_str());
    assert_eq!(
        messages.collect::<Vec<_>>(),
        problems,
        "{manifest}\n{waivers}"
    );
}

/// The pod, which points at waivers.
fn pointing(ids: &str) -> String {
    let annotated = format!("  name: web\n  annotations: {{plumbline.dev/waive: \"{ids}\"}}\n");
    POD.replace("  name: web\n", &annotated)
}

#[test]
fn a_waiver_of_the_organisation_that_speaks_of_nothing_here_is_for_others() {
    let elsewhere =
        file("rule: t/network, resource: kubernetes/core/Pod/_/other, expires: 2099-12-31");
    organisation(POD, &elsewhere, ALL, &[]);
    let expired =
        file("rule: t/network, resource: kubernetes/core/Pod/_/other, expires: 2020-01-31");
    organisation(POD, &expired, ALL, &[]);
    let spoken = file("rule: t/network, resource: kubernetes/core/Pod/_/web, expires: 2020-01-31");
    let found = [ALL, &["waivers/expired 3"]].concat();
    organisation(POD, &spoken, &found, &[]);
}

#[test]
fn a_waiver_that_must_be_pointed_at_holds_for_objects_that_do_so() {
    let keys = |name: &str| {
        file(&format!(
            "id: host, annotated: true, rule: t/network, resource: kubernetes/core/Pod/_/{name}, expires: 2099-12-31"
        ))
    };
    organisation(POD, &keys("web"), ALL, &[]);
    let waived = &["t/network 7 waived", "t/privileged 11", "t/privileged 14"];
    organisation(&pointing("host"), &keys("web"), waived, &[]);
    organisation(&pointing(" host ,"), &keys("web"), waived, &[]);
    let as_before = &["t/network 7", "t/privileged 11", "t/privileged 14"];
    organisation(
        &pointing("host"),
        &keys("other"),
        as_before,
        &["the waiver `host` does not speak of this object"],
    );
    organisation(
        &pointing("hots"),
        &keys("web"),
        as_before,
        &["no waiver of the organisation has the id `hots`"],
    );
}

#[test]
fn no_object_can_point_at_a_local_waiver() {
    let local =
        file("id: host, rule: t/network, resource: kubernetes/core/Pod/_/web, expires: 2099-12-31");
    let run = Run::new(&pointing("host"), &local, true);
    let [problem] = run.problems.as_slice() else {
        panic!("{:?}", run.problems);
    };
    assert!(!problem.is_error());
    assert_eq!(
        problem.message,
        "the waiver `host` is a local one, at which no object can point"
    );
    wrong(
        &local.replace("id: host", "id: host, annotated: true"),
        &["3:16 no object can point at a local waiver"],
    );
}

#[test]
fn an_id_is_had_by_one_waiver_and_needed_by_one_that_must_be_pointed_at() {
    let one = "  - {id: host, rule: t/network, resource: \"*\", reason: r, owner: o, expires: 2099-12-31}\n";
    let twice = format!("version: 1\nwaivers:\n{one}{one}");
    wrong(&twice, &["4:6 the waiver id `host` is used twice"]);
    let nameless = file("annotated: true, rule: t/network, resource: \"*\", expires: 2099-12-31");
    organisation(
        POD,
        &nameless,
        ALL,
        &["no object can point at a waiver without an `id`"],
    );
}

#[test]
fn a_comment_behind_a_line_speaks_of_the_line() {
    check(
        &with("  hostNetwork: true", NETWORK, true),
        "",
        true,
        &["t/network 6 waived", "t/privileged 10", "t/privileged 13"],
    );
    check(&with("spec:", NETWORK, true), "", false, ALL);
}

#[test]
fn a_comment_above_a_key_speaks_of_all_below_the_key() {
    check(
        &with("  hostNetwork: true", NETWORK, false),
        "",
        true,
        &["t/network 7 waived", "t/privileged 11", "t/privileged 14"],
    );
    check(
        &with("  containers:", PRIVILEGED, false),
        "",
        true,
        &[
            "t/network 6",
            "t/privileged 11 waived",
            "t/privileged 14 waived",
        ],
    );
    check(
        &with("      securityContext:", PRIVILEGED, false),
        "",
        true,
        &["t/network 6", "t/privileged 11 waived", "t/privileged 14"],
    );
}

#[test]
fn a_comment_above_an_item_speaks_of_the_item() {
    check(
        &with("    - name: b", PRIVILEGED, false),
        "",
        true,
        &["t/network 6", "t/privileged 10", "t/privileged 14 waived"],
    );
}

#[test]
fn a_comment_above_a_document_speaks_of_the_document() {
    let two = format!(
        "{}---\n{}",
        with("apiVersion: v1", PRIVILEGED, false),
        POD.replace("web", "other")
    );
    check(
        &two,
        "",
        true,
        &[
            "t/network 7",
            "t/privileged 11 waived",
            "t/privileged 14 waived",
            "t/network 21",
            "t/privileged 25",
            "t/privileged 28",
        ],
    );
}

#[test]
fn comments_may_stand_above_each_other() {
    let both = format!("{NETWORK}\n# why\n\n# {PRIVILEGED}");
    check(
        &with("apiVersion: v1", &both, false),
        "",
        true,
        &[
            "t/network 10 waived",
            "t/privileged 14 waived",
            "t/privileged 17 waived",
        ],
    );
}

#[test]
fn a_comment_that_has_expired_is_found() {
    let expired = NETWORK.replace("2099", "2020");
    check(
        &with("  hostNetwork: true", &expired, true),
        "",
        false,
        &[ALL, &["waivers/expired 6"]].concat(),
    );
}

#[test]
fn what_only_looks_like_a_comment_waives_nothing() {
    for manifest in [
        POD.replace("name: web", &format!("name: 'web # {NETWORK}'")),
        format!("{POD}  note: |\n    # {NETWORK}\n"),
        with("  hostNetwork: true", &format!("was: x # {NETWORK}"), true),
        with(
            "  hostNetwork: true",
            &NETWORK.replace("waive", "waived"),
            true,
        ),
    ] {
        check(&manifest, "", true, ALL);
    }
}

#[test]
fn a_comment_that_is_wrong_is_an_error_at_its_place() {
    for (comment, expected) in [
        ("plumb:waive", "6:21 a waiver that names no rule"),
        (
            "plumb:waive until=2099-12-31 owner=o reason=r",
            "6:21 a waiver that names no rule",
        ),
        (
            "plumb:waive t/network until=2099-12-31 owner=o",
            "6:21 a waiver without `reason`",
        ),
        (
            "plumb:waive t/network until=2099-13-31 owner=o reason=r",
            "6:45 `2099-13-31` is no day of the calendar",
        ),
        (
            "plumb:waive t/network until=2099-12-31 owner=\"\" reason=r",
            "6:62 `owner` says nothing",
        ),
        (
            "plumb:waive t/network until=2099-12-31 owner=o reason=a b",
            "6:79 `b` is no part of a waiver",
        ),
        (
            "plumb:waive t/network until=2099-12-31 owner=o reason=\"a b",
            "6:77 a text that is not closed",
        ),
        (
            "plumb:waive t/network until=2099-12-31 owner=o owner=p reason=r",
            "6:70 `owner` is given twice",
        ),
        (
            "plumb:waive t/other until=2099-12-31 owner=o reason=r",
            "6:21 no rule is called `t/other`",
        ),
    ] {
        let manifest = with("  hostNetwork: true", comment, true);
        let run = Run::new(&manifest, "", false);
        assert_eq!(spelt(&manifest, &run.problems), [expected], "{comment}");
        assert_eq!(run.found(), ALL, "{comment}");
    }
}

#[test]
fn a_comment_that_nothing_follows_is_an_error() {
    for manifest in [
        format!("{POD}# {NETWORK}\n"),
        format!("{POD}# {NETWORK}\n---\n{POD}"),
    ] {
        let run = Run::new(&manifest, "", false);
        assert_eq!(
            spelt(&manifest, &run.problems),
            ["14:1 nothing follows that could be waived"]
        );
    }
}

/// What the waivers in the comments of a text speak of.
#[track_caller]
fn scopes(text: &str, notation: Notation, expected: &[&str]) {
    let (documents, problems) = documents(text, notation);
    assert_eq!(problems, [], "{text}");
    let (waivers, problems) = waiver::of_comments(&Source::new("a", text), &documents);
    assert_eq!(problems, [], "{text}");
    let found: Vec<&str> = waivers
        .iter()
        .map(|waiver| match &waiver.scope {
            Scope::Bytes(span) => text.get(span.range()).unwrap(),
            Scope::Resources { id, .. } => id,
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn a_comment_of_terraform_speaks_of_a_block_a_setting_or_a_line() {
    let first = "resource \"aws_sqs_queue\" \"a\" {\n  name = \"a\"\n}";
    let second = "resource \"aws_sqs_queue\" \"b\" {\n  name = \"b\"\n}";
    scopes(
        &format!("# {NETWORK}\n{first}\n\n// {NETWORK}\n{second}\n"),
        Notation::Hcl,
        &[first, second],
    );
    let line = format!("  name = \"a\" # {NETWORK}");
    scopes(
        &format!("resource \"a\" \"a\" {{\n{line}\n  # {NETWORK}\n  fifo = true\n}}\n"),
        Notation::Hcl,
        &[line.as_str(), "fifo = true"],
    );
}

#[test]
fn a_comment_of_a_unit_speaks_of_a_section_or_a_setting() {
    let section = format!("[Service]\nUser=root\n; {NETWORK}\nExecStart=/bin/a");
    scopes(
        &format!("[Unit]\nDescription=a\n# {NETWORK}\n{section}\n"),
        Notation::Unit,
        &[section.as_str(), "ExecStart=/bin/a"],
    );
}

#[test]
fn an_alias_is_waived_where_it_is_written() {
    scopes(
        &format!("a: &a\n  b: 1\n# {NETWORK}\nc: *a\nd:\n  <<: *a\n"),
        Notation::Yaml,
        &["c"],
    );
}

const ENTRY: Entry<'_> = Entry {
    rule: "t/network",
    resource: "*/Pod/*",
    file: None,
    pointer: None,
    reason: "a \"quoted\" reason: # no comment\n",
    owner: "team-x",
    expires: "2099-12-31",
    ticket: Some("OPS-1"),
};

/// A file with one more waiver. Where there is none, the file is not continued.
#[track_caller]
fn appended(text: &str, expected: Option<&str>) {
    let (documents, _) = documents(text, Notation::Yaml);
    let after = waiver::append(text, documents.first(), &ENTRY);
    assert_eq!(after.as_deref(), expected, "{text}");
    let Some(after) = after else { return };
    let mut sources = Sources::default();
    let file = sources.add(Source::new("waivers.yaml", after.as_str()));
    let (waivers, problems) = of_file(&sources, file, Authority::Local);
    assert_eq!(problems, [], "{after}");
    let last = waivers.last().unwrap();
    assert_eq!(
        (last.reason.as_str(), last.ticket.as_deref()),
        (ENTRY.reason, ENTRY.ticket)
    );
}

#[test]
fn a_waiver_is_appended_and_the_rest_stays_as_it_is() {
    let new = "- rule: t/network\n    resource: \"*/Pod/*\"\n    reason: \"a \\\"quoted\\\" reason: # no comment\\U0000000A\"\n    owner: team-x\n    expires: 2099-12-31\n    ticket: OPS-1\n";
    appended("", Some(&format!("version: 1\nwaivers:\n  {new}")));
    let old = "# ours\nversion: 1\nwaivers:\n  - {rule: t/*, resource: \"*\", reason: r, owner: o, expires: 2099-12-31} # one\n";
    appended(old, Some(&format!("{old}  {new}")));
    appended(old.trim_end(), Some(&format!("{old}  {new}")));
    let block = "waivers:\n- rule: t/*\n  resource: \"*\"\n  owner: o\n  expires: 2099-12-31\n  reason: |\n    r\n\nversion: 1\n";
    let (before, after) = block.split_once("\n\n").unwrap();
    let less = new.replace("\n    ", "\n  ");
    appended(block, Some(&format!("{before}\n{less}\n{after}")));
    appended(
        "version: 1\nwaivers: []\n",
        Some(&format!("version: 1\nwaivers:\n  {new}\n")),
    );
}

#[test]
fn a_list_in_brackets_is_not_continued() {
    appended(
        "version: 1\nwaivers: [{rule: t/*, resource: \"*\", reason: r, owner: o, expires: 2099-12-31}]\n",
        None,
    );
}

proptest! {
    #[test]
    fn a_waiver_never_changes_what_else_is_found(
        rule in "[t*]/(network|privileged|\\*)",
        resource in "(\\*|\\*/Pod/\\*|nothing)",
        day in "20(20|26|99)-0[1-9]-1[0-9]",
        full in any::<bool>(),
    ) {
        let bare = Run::new(POD, "", full);
        let waivers = file(&format!("rule: \"{rule}\", resource: \"{resource}\", expires: {day}"));
        let run = Run::new(POD, &waivers, full);
        let about_waivers = |finding: &&Finding| finding.rule.as_str().starts_with("waivers/");
        let mut rest: Vec<Finding> = run.findings.iter().filter(|finding| !about_waivers(finding)).cloned().collect();
        for finding in &mut rest {
            finding.waiver = None;
        }
        prop_assert_eq!(&rest, &bare.findings);
        prop_assert!(run.problems.is_empty());
    }

    #[test]
    fn no_comment_takes_the_reader_down(text in "(#|//| |\n|\"|'|plumb:waive|a/b|until=2099-12-31|owner=o|reason=|é|-|:|\\\\|\\{|/\\*)*") {
        for notation in [Notation::Yaml, Notation::Hcl, Notation::Unit, Notation::Json] {
            let (documents, _) = documents(&text, notation);
            let (waivers, problems) = waiver::of_comments(&Source::new("a", text.as_str()), &documents);
            for problem in &problems {
                prop_assert!(problem.is_error());
            }
            for found in &waivers {
                prop_assert!(text.get(found.place.range()).is_some());
            }
        }
    }
}
