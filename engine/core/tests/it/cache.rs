//! What was found in a file once is found again without it.

use std::collections::HashMap;

use plumbline_core::cache::{Entry, Memory};
use plumbline_core::estate::Estate;
use plumbline_core::finding::{Evaluation, Finding};
use plumbline_core::policy::PolicySet;
use plumbline_core::source::FileId;
use plumbline_rego::Settings;

use super::policies::policy_set;
use super::reading;

const FILE: FileId = FileId(0);

/// A rule on pods with these conditions, after metadata of its own.
fn rule(id: &str, metadata: &str, conditions: &str) -> String {
    let package = id.replace(['/', '-'], ".");
    format!(
        "# METADATA
# scope: package
# title: Pods
# custom:
#   id: {id}
#   severity: low
#   targets: [\"kubernetes/core/Pod\"]
{metadata}package {package}

deny contains {{\"msg\": msg, \"path\": [\"resource\", \"metadata\", \"name\"], \"fix\": fix}} if {{
\tname := input.resource.metadata.name
\tmsg := sprintf(\"a pod `%s`\", [name])
\tfix := [{{\"op\": \"remove\", \"path\": \"/resource/spec\"}}]
\t{conditions}
}}
"
    )
}

fn rules(all: &[&str]) -> PolicySet {
    let (set, problems) = policy_set(all);
    assert!(problems.is_empty(), "{problems:?}");
    set
}

fn pod(name: &str) -> String {
    let name = serde_json::to_string(name).unwrap();
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: c, image: i}}]}}\n"
    )
}

/// What judging a text answers, and what may be remembered of it.
fn judged(set: &PolicySet, text: &str) -> (Evaluation, Option<Entry>) {
    let (estate, _) = Estate::new(reading(text).resources);
    let memory = Memory {
        alone: [FILE].into(),
        ..Memory::default()
    };
    let (evaluation, learnt) =
        set.evaluate_remembering(&estate, &[], &memory, &Settings::default());
    (
        evaluation,
        learnt.into_iter().next().map(|(_, entry)| entry),
    )
}

/// What is answered of a file that was not read.
fn recalled(set: &PolicySet, entry: Entry) -> (Evaluation, Estate) {
    let resources = entry.resources().to_vec();
    let memory = Memory {
        unread: HashMap::from([(FILE, entry)]),
        ..Memory::default()
    };
    let (estate, _) = Estate::recalling(resources, &memory);
    let settings = Settings::default();
    let (evaluation, learnt) = set.evaluate_remembering(&estate, &[], &memory, &settings);
    assert!(learnt.is_empty());
    (evaluation, estate)
}

/// All that reports say of findings.
fn said(findings: &[Finding]) -> Vec<String> {
    let said = |finding: &Finding| {
        let fix = finding.fix.as_ref().map(|fix| match fix {
            Ok(fix) => Ok(fix.changes().collect::<Vec<_>>()),
            Err(why) => Err(why),
        });
        let rest = Finding {
            fix: None,
            ..finding.clone()
        };
        format!("{rest:?} {fix:?}")
    };
    findings.iter().map(said).collect()
}

/// Writes an entry down and reads it again.
fn kept(set: &PolicySet, entry: &Entry) -> Entry {
    let text = entry.encode().unwrap();
    assert!(!text.contains('\n'), "{text}");
    let read = Entry::decode(&text, FILE, set).unwrap();
    assert_eq!(read.encode().unwrap(), text);
    read
}

#[track_caller]
fn check(set: &PolicySet, text: &str) -> Evaluation {
    let (judged, entry) = judged(set, text);
    let entry = kept(set, &entry.unwrap());
    let (recalled, estate) = recalled(set, entry);
    assert_eq!(said(&recalled.findings), said(&judged.findings));
    assert_eq!(recalled.evaluations, judged.evaluations);
    let (read, _) = Estate::new(reading(text).resources);
    let named = |estate: &Estate| -> Vec<String> {
        let nodes = estate.entities.iter();
        nodes
            .filter_map(|one| Some(one.node(estate.resources.get(one.resource)?)))
            .collect()
    };
    assert_eq!(named(&estate), named(&read));
    assert_eq!(set.idle(&estate), set.idle(&read));
    judged
}

#[test]
fn what_was_found_is_found_again() {
    let set = rules(&[&rule("a/b", "", "name != \"good\"")]);
    let text = [pod("one"), pod("good"), pod("two")].join("---\n");
    assert_eq!(check(&set, &text).findings.len(), 2);
    assert!(check(&set, &pod("good")).findings.is_empty());
}

#[test]
fn what_reads_the_rest_or_asks_for_the_time_is_judged_again() {
    let plain = rule("a/b", "", "true");
    for condition in [
        "count(data.world.workloads) > 0",
        "time.now_ns() >= 0",
        "rand.intn(name, 9) >= 0",
    ] {
        let set = rules(&[&plain, &rule("c/d", "", condition)]);
        let (first, entry) = judged(&set, &pod("one"));
        let entry = kept(&set, &entry.unwrap());
        assert!(!set.is_settled_by(&entry) || !set.judges_resources_only());
        let (estate, _) = Estate::new(reading(&pod("one")).resources);
        let memory = Memory {
            read: HashMap::from([(FILE, entry)]),
            ..Memory::default()
        };
        let settings = Settings::default();
        let (again, _) = set.evaluate_remembering(&estate, &[], &memory, &settings);
        assert_eq!(said(&again.findings), said(&first.findings), "{condition}");
        assert_eq!(again.evaluations, first.evaluations, "{condition}");
        assert_eq!(first.findings.len(), 2, "{condition}");
    }
    let set = rules(&[&plain]);
    let (_, entry) = judged(&set, &pod("one"));
    assert!(set.is_settled_by(&entry.unwrap()) && set.judges_resources_only());
}

#[test]
fn what_is_known_of_another_text_is_not_taken_for_it() {
    let set = rules(&[&rule("a/b", "", "true")]);
    let (_, entry) = judged(&set, &pod("one"));
    let (estate, _) = Estate::new(reading(&pod("other")).resources);
    let memory = Memory {
        read: HashMap::from([(FILE, entry.unwrap())]),
        ..Memory::default()
    };
    let (evaluation, _) = set.evaluate_remembering(&estate, &[], &memory, &Settings::default());
    assert_eq!(evaluation.findings.len(), 1);
    assert!(
        evaluation
            .findings
            .iter()
            .all(|one| one.message == "a pod `other`")
    );
}

#[test]
fn what_is_secret_undecided_or_rendered_is_not_remembered() {
    let text = pod("one");
    let check = |rule: &str, text: &str| judged(&rules(&[rule]), text).1.is_none();
    assert!(!check(&rule("a/b", "", "true"), &text));
    let sensitive = "#   sensitive: true\n";
    assert!(check(&rule("a/b", sensitive, "true"), &text));
    assert!(!check(&rule("a/b", sensitive, "false"), &text));
    assert!(check(&rule("a/b", "", "to_number(name) > 1"), &text));
    let rendered = format!("# Source: shop/templates/web.yaml\n{text}");
    assert!(check(&rule("a/b", "", "true"), &rendered));
}

#[test]
fn what_is_no_entry_is_none() {
    let set = rules(&[&rule("a/b", "", "true")]);
    let (_, entry) = judged(&set, &pod("one"));
    let text = entry.unwrap().encode().unwrap();
    assert!(Entry::decode(&text, FILE, &set).is_some());
    for wrong in [
        "",
        "{}",
        text.replace("a/b", "a/c").as_str(),
        text.replace("workload", "load").as_str(),
        text.replace("\"resource\":0", "\"resource\":1").as_str(),
    ] {
        assert!(Entry::decode(wrong, FILE, &set).is_none(), "{wrong}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_a_pod_is_called_it_is_remembered(names in proptest::collection::vec("[a-zé€😀\"'#: |-]{1,9}", 1..4)) {
        let set = rules(&[&rule("a/b", "", "name != \"good\"")]);
        let text: Vec<String> = names.iter().map(|name| pod(name)).collect();
        check(&set, &text.join("---\n"));
    }
}
