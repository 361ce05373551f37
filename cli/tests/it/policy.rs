//! `plumb policy`: the catalogue, one rule, the page of reference, and a new rule that passes at once.

use super::{POD, folder, plumb, root};

#[test]
fn the_catalogue_names_severity_controls_targets_and_source() {
    let run = plumb(&root(), &["policy", "list", "--no-config"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let line = run
        .out
        .lines()
        .find(|line| line.starts_with("deployment/privileged-container "))
        .unwrap();
    for text in [
        "high",
        "deny",
        "workload",
        "kubernetes/*",
        "pss baseline",
        "builtin/deployment/privileged-container/policy.rego",
    ] {
        assert!(line.contains(text), "`{text}`: {line}");
    }
    let waits = run
        .out
        .lines()
        .find(|line| line.starts_with("placement/undeclared-class"));
    assert!(waits.unwrap().contains("waits"), "{}", run.out);
}

#[test]
fn the_catalogue_for_machines_has_its_shape() {
    let files = [
        (
            "p/a.rego",
            "# METADATA\n# scope: package\n# title: A\n# description: Why.\n# custom:\n#   id: test/a\n#   severity: low\n#   subject: resource\n#   targets: [\"kubernetes/core/Pod\"]\n#   controls: { cwe: [CWE-1] }\n#   params: { type: object, properties: { n: { type: integer, default: 1 } } }\n#   remediation: Do.\npackage test.a\n\ndeny contains \"a\" if false\n",
        ),
        (
            "plumbline.yaml",
            "builtin: false\npolicies: [p]\nrules: { test/a: { severity: high } }\n",
        ),
    ];
    let folder = folder(&files);
    let run = plumb(folder.path(), &["policy", "list", "-o", "json"]);
    insta::assert_snapshot!(run.out);
}

#[test]
fn a_rule_is_shown_with_its_page() {
    let run = plumb(&root(), &["policy", "show", "deployment/host-path"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    for text in [
        "deployment/host-path: Host paths\n",
        "severity     high\n",
        "parameter    allow (list of string, default []): ",
        "\n# deployment/host-path\n",
        "## Avoid\n",
    ] {
        assert!(run.out.contains(text), "`{text}`: {}", run.out);
    }
}

#[test]
fn a_rule_that_is_not_there_is_refused_with_the_nearest_one() {
    let run = plumb(&root(), &["policy", "show", "deployment/hostpath"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err.contains("no rule is called `deployment/hostpath`")
            && run.err.contains("did you mean `deployment/host-path`?"),
        "{}",
        run.err
    );
    let run = plumb(&root(), &["policy", "show", "Host Path"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("is not a rule id"), "{}", run.err);
}

#[test]
fn a_new_rule_passes_at_once() {
    let folder = folder(&[("pod.yaml", POD)]);
    let subjects = [
        ("acme/owner-label", "workload"),
        ("acme/default", "resource"),
        ("2nd/not", "workload"),
    ];
    for (rule, subject) in subjects {
        let run = plumb(
            folder.path(),
            &["policy", "new", rule, "--subject", subject, "--in", "rules"],
        );
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(
            run.out
                .contains(&format!("wrote rules/{rule}/policy.rego\n"))
        );
    }
    let run = plumb(
        folder.path(),
        &["test", "rules", "--coverage", "--threshold", "100"],
    );
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    assert!(run.out.contains("9 passed, 0 failed"), "{}", run.out);
    assert!(
        run.out.contains("pages: 6 examples passed, 0 failed"),
        "{}",
        run.out
    );
    let run = plumb(
        folder.path(),
        &["check", "--no-builtin", "-p", "rules", "pod.yaml"],
    );
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    assert!(run.out.contains("error[acme/owner-label]"), "{}", run.out);
}

#[test]
fn a_new_rule_is_no_built_in_one() {
    let folder = folder(&[]);
    let run = plumb(folder.path(), &["policy", "new", "deployment/host-path"]);
    assert_eq!(run.code, Some(2), "{}", run.out);
    let said = "`deployment/host-path` is a built-in rule; nothing was written";
    assert!(run.err.contains(said), "{}", run.err);
    assert!(!folder.path().join("policies").exists());
}

#[test]
fn what_a_new_rule_asks_is_what_was_chosen() {
    let folder = folder(&[]);
    for (rule, subject) in [("acme/a", "workload"), ("acme/b", "resource")] {
        let run = plumb(
            folder.path(),
            &["policy", "new", rule, "--subject", subject],
        );
        let said = format!("It asks every {subject} of Kubernetes for a label");
        assert!(run.out.contains(&said), "{}", run.out);
    }
}

#[test]
fn a_link_to_pages_has_a_place_for_the_id() {
    let folder = folder(&[]);
    for (link, code) in [("rules.md", 2), ("rules/{id}.md", 0)] {
        let run = plumb(folder.path(), &["policy", "doc", "--link", link]);
        assert_eq!(run.code, Some(code), "{}", run.err);
    }
}

#[test]
fn a_new_rule_takes_the_place_of_no_other() {
    let folder = folder(&[("policies/acme/a/README.md", "mine\n")]);
    let run = plumb(folder.path(), &["policy", "new", "acme/a"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err
            .contains("policies/acme/a/README.md is there already; nothing was written"),
        "{}",
        run.err
    );
    assert!(!folder.path().join("policies/acme/a/policy.rego").exists());
}
