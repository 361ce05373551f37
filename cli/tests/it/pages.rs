//! A rule's page is its test: what it says to avoid is found at the marked line, what it says to prefer is clean.

use std::path::{Path, PathBuf};

use super::{folder, plumb, root};

/// Every rule of the library: its id, its folder and its page.
fn rules() -> Vec<(String, PathBuf, PathBuf)> {
    let folders = |path: &Path| {
        let mut folders: Vec<PathBuf> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        folders
    };
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut rules = Vec::new();
    for category in folders(&root().join("policies")) {
        // Libraries are no rules.
        if name(&category) == "lib" {
            continue;
        }
        for rule in folders(&category) {
            let id = format!("{}/{}", name(&category), name(&rule));
            let page = root().join("docs/rules").join(format!("{id}.md"));
            rules.push((id, rule, page));
        }
    }
    rules
}

#[test]
fn every_rule_has_a_page_tests_and_metadata() {
    let rules = rules();
    assert!(rules.len() >= 24);
    for (id, folder, page) in rules {
        let policy = std::fs::read_to_string(folder.join("policy.rego"))
            .unwrap_or_else(|_| panic!("{id} has no policy.rego"));
        let tests = std::fs::read_to_string(folder.join("policy_test.rego"))
            .unwrap_or_else(|_| panic!("{id} has no policy_test.rego"));
        let page = std::fs::read_to_string(page).unwrap_or_else(|_| panic!("{id} has no page"));
        assert!(
            policy.contains(&format!("id: {id}\n")),
            "the metadata of {id} has another id"
        );
        for key in [
            "title:",
            "description:",
            "severity:",
            "targets:",
            "controls:",
            "remediation:",
        ] {
            assert!(policy.contains(key), "the metadata of {id} has no `{key}`");
        }
        assert!(tests.contains("\ntest_"), "{id} has no unit test");
        assert!(
            page.starts_with(&format!("# {id}\n")),
            "the page of {id} has another title"
        );
        for section in [
            "## Avoid",
            "## Prefer",
            "## Rationale",
            "## Parameters",
            "## Related",
        ] {
            assert!(
                page.contains(section),
                "the page of {id} has no `{section}`"
            );
        }
    }
}

#[test]
fn every_page_has_a_rule() {
    let known: Vec<PathBuf> = rules().into_iter().map(|(.., page)| page).collect();
    for category in std::fs::read_dir(root().join("docs/rules"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
    {
        for page in std::fs::read_dir(category)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            assert!(
                known.contains(&page),
                "{} is a page of no rule",
                page.display()
            );
        }
    }
}

/// Every example of every page, judged by every rule of the library: what is to be avoided breaks the rules that it is
/// marked with and no other one, and what is preferred breaks none.
#[test]
fn every_page_keeps_its_promises() {
    let args = [
        "test",
        "policies",
        "--pages",
        "docs/rules",
        "--strict-pages",
        "-o",
        "json",
    ];
    let run = plumb(&root(), &args);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let report = run.json();
    let pages = report["pages"].as_array().unwrap();
    let mut of_pages: Vec<&str> = pages
        .iter()
        .map(|page| page["rule"].as_str().unwrap())
        .collect();
    of_pages.sort_unstable();
    let ids: Vec<String> = rules().into_iter().map(|(id, ..)| id).collect();
    assert_eq!(of_pages, ids);
}

/// A page in the folder of a policy, and whether its promises are kept.
#[track_caller]
fn page(page: &str, args: &[&str], expected: i32, said: &str) {
    let folder = folder(&[
        ("p/policy.rego", POLICY),
        ("p/other.rego", OTHER),
        ("p/README.md", page),
    ]);
    let run = plumb(folder.path(), &[&["test", "p"], args].concat());
    assert_eq!(run.code, Some(expected), "{}{}", run.out, run.err);
    assert!(run.out.contains(said), "`{said}`: {}{}", run.out, run.err);
}

const POLICY: &str = "# METADATA\n# scope: package\n# title: Pods\n# custom:\n#   id: test/pod\n#   severity: low\npackage test.pod\n\ndeny contains \"a pod\" if input.resource.kind == \"Pod\"\n";
const OTHER: &str = "# METADATA\n# scope: package\n# title: Names\n# custom:\n#   id: test/name\n#   severity: low\npackage test.name\n\ndeny contains \"b\" if input.resource.metadata.name == \"b\"\n";
const AVOID: &str = "# test/pod\n\n## Avoid\n\n```yaml\napiVersion: v1\nkind: Pod # <-- test/pod\nmetadata:\n  name: a\n```\n";
const PREFER: &str =
    "## Prefer\n\n```yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n```\n";

#[test]
fn a_page_that_keeps_its_promises_passes() {
    page(
        &format!("{AVOID}{PREFER}"),
        &[],
        0,
        "pages: 2 examples passed, 0 failed",
    );
}

#[test]
fn what_is_marked_and_not_found_fails() {
    let wrong = AVOID.replace("kind: Pod", "kind: Node");
    page(
        &format!("{wrong}{PREFER}"),
        &[],
        1,
        "line 7: `test/pod` is marked and was not found",
    );
}

#[test]
fn what_is_found_and_not_marked_fails() {
    let wrong = PREFER.replace("kind: ConfigMap", "kind: Pod");
    page(
        &format!("{AVOID}{wrong}"),
        &[],
        1,
        "`test/pod` was found and is not marked",
    );
}

#[test]
fn a_page_without_a_mark_or_without_a_section_fails() {
    let unmarked = AVOID.replace(" # <-- test/pod", "");
    page(
        &format!("{unmarked}{PREFER}"),
        &[],
        1,
        "no line is marked with `# <-- test/pod`",
    );
    page(AVOID, &[], 1, "no example stands below `## Prefer`");
}

#[test]
fn an_example_that_holds_nothing_or_cannot_be_read_fails() {
    page(
        &format!("{AVOID}## Prefer\n\n```yaml\na: b\n```\n"),
        &[],
        1,
        "the example holds no resource",
    );
    page(
        &format!("{AVOID}## Prefer\n\n```yaml\na: [\n```\n"),
        &[],
        1,
        "not valid YAML",
    );
}

#[test]
fn a_readme_with_another_title_is_no_page() {
    let text = AVOID.replace("# test/pod", "# Policies of the team");
    page(&text, &[], 2, "");
}

#[test]
fn strict_pages_are_judged_by_every_rule() {
    let text = format!("{AVOID}{PREFER}");
    page(&text, &[], 0, "pages: 2 examples passed");
    page(
        &text,
        &["--strict-pages"],
        1,
        "`test/name` was found and is not marked",
    );
}

#[test]
fn decisions_of_a_page_are_checked() {
    let text = format!(
        "# test/pod\n\n## Decisions\n\n```yaml title=\"estate.yaml\"\nversion: 1\nregistry: x\n```\n{AVOID}{PREFER}"
    );
    page(
        &text,
        &[],
        1,
        "the decisions are wrong: unknown key `registry`",
    );
}

#[test]
fn an_annotation_that_is_no_yaml_fails_the_tests() {
    let folder = folder(&[
        (
            "p/policy.rego",
            &POLICY.replace("title: Pods", "title: a: b"),
        ),
        (
            "p/policy_test.rego",
            "package test.pod_test\n\ntest_true if true\n",
        ),
    ]);
    let run = plumb(folder.path(), &["test", "p"]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
}
