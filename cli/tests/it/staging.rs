//! Stages and break-glass as a user writes them: in a layer, with the places of what is wrong.

use super::{PRIVILEGED, Run, folder, plumb};

const EXTENDS: &str = "extends: {path: ../org}\n";
const STAGES: &str = "\
stages:
  - rules: [\"deployment/*\"]
    namespaces: { matchLabels: { env: dev } }
    mode: shadow
    owner: platform
    reason: teams read what they would be refused
    until: 2099-12-31
";
const GLASS: &str = "\
break-glass:
  - id: night
    groups: [on-call]
    namespaces: [\"shop-*\"]
    from: 2026-06-15T22:00:00Z
    until: 2026-06-16T04:00:00+02:00
    reason: the migration of the shop
    owner: platform
    ticket: OPS-12
";

/// Runs a command on a privileged pod in a repository, beside the layer of an organisation.
#[track_caller]
fn run(own: &str, org: &str, args: &[&str], code: i32) -> Run {
    let folder = folder(&[
        ("repo/a.yaml", PRIVILEGED),
        ("repo/plumbline.yaml", own),
        ("org/plumbline.yaml", org),
    ]);
    let run = plumb(&folder.path().join("repo"), args);
    assert_eq!(run.code, Some(code), "{own}{org}{}{}", run.out, run.err);
    run
}

/// Checks, and looks for texts in what is said to be wrong.
#[track_caller]
fn wrong(own: &str, org: &str, texts: &[&str]) {
    let run = run(own, org, &["check"], 2);
    for text in texts {
        assert!(run.out.contains(text), "`{text}`: {}", run.out);
    }
}

#[test]
fn what_holds_at_admission_changes_no_check() {
    let both = [STAGES, GLASS].concat();
    let with = run(EXTENDS, &both, &["check", "-o", "json"], 1).json();
    let without = run(EXTENDS, "fail-on: info\n", &["check", "-o", "json"], 1).json();
    assert_eq!(with["findings"], without["findings"]);
    assert_eq!(with["policies"], without["policies"]);
}

#[test]
fn a_layer_says_them_and_the_print_says_where() {
    let both = [STAGES, GLASS].concat();
    let args = &["config", "print", "--show-origin"];
    let printed = run(EXTENDS, &both, args, 0).out;
    for text in [
        "stages:\n  - {\"mode\":\"shadow\",\"namespaces\":{\"matchLabels\":{\"env\":\"dev\"}},",
        "# ../org/plumbline.yaml:2\n",
        "break-glass:\n  - {\"from\":\"2026-06-15T22:00:00Z\",",
        "# ../org/plumbline.yaml:9\n",
    ] {
        assert!(printed.contains(text), "`{text}`: {printed}");
    }
}

#[test]
fn those_of_the_highest_layer_come_first() {
    let folder = folder(&[
        ("repo/plumbline.yaml", EXTENDS),
        (
            "org/plumbline.yaml",
            "extends: {path: ../group}\nstages: [{rules: [\"a/*\"], mode: deny}]\n",
        ),
        (
            "group/plumbline.yaml",
            "stages: [{rules: [\"b/*\"], mode: deny}]\n",
        ),
    ]);
    let run = plumb(&folder.path().join("repo"), &["config", "print"]);
    let expected = "stages:\n  - {\"mode\":\"deny\",\"rules\":[\"b/*\"]}\n  - {\"mode\":\"deny\",\"rules\":[\"a/*\"]}\n";
    assert!(run.out.contains(expected), "{}", run.out);
}

#[test]
fn a_repository_cannot_say_them_of_itself() {
    for (key, list) in [("stages", STAGES), ("break-glass", GLASS)] {
        let message = format!("`{key}` counts in a layer of the organisation only");
        let own = [EXTENDS, list].concat();
        wrong(
            &own,
            list,
            &[
                &message,
                "plumbline.yaml:2:1",
                "../org/plumbline.yaml:1",
                "decided here",
            ],
        );
        let beside = [
            message.as_str(),
            "plumbline.yaml:2:1",
            "a layer is extended here",
        ];
        wrong(&own, "fail-on: info\n", &beside);
        wrong(list, "", &[&message, "plumbline.yaml:1:1"]);
        let printed = run(&own, "fail-on: info\n", &["config", "print"], 2).out;
        assert!(!printed.contains(key), "{printed}");
    }
}

#[test]
fn a_rule_that_there_is_not_is_an_error_at_its_place() {
    let stages = STAGES.replace("deployment/*", "deploiment/*");
    wrong(
        EXTENDS,
        &stages,
        &[
            "no rule is called `deploiment/*`",
            "../org/plumbline.yaml:2:13",
        ],
    );
    let glass = GLASS.replace("    from", "    rules: [iam/none]\n    from");
    wrong(
        EXTENDS,
        &glass,
        &["no rule is called `iam/none`", "../org/plumbline.yaml:5:13"],
    );
}

#[test]
fn what_is_wrong_with_a_stage_is_an_error_at_its_place() {
    for (from, to, said) in [
        (
            "    owner: platform\n",
            "",
            "a stage of mode `shadow` without `owner`",
        ),
        (
            "mode: shadow",
            "mode: shadw",
            "`shadw` is none of `shadow`, `warn`, `deny`",
        ),
        ("matchLabels", "matchLabel", "unknown key `matchLabel`"),
        (
            "2099-12-31",
            "2099-12-32",
            "`2099-12-32` is no day of the calendar",
        ),
    ] {
        let stages = STAGES.replace(from, to);
        wrong(EXTENDS, &stages, &[said, "../org/plumbline.yaml:"]);
    }
}

#[test]
fn what_is_wrong_with_break_glass_is_an_error_at_its_place() {
    for (from, to, texts) in [
        (
            "2026-06-16T04",
            "2026-06-18T04",
            &["it holds for more than 24 hours", "it begins here"],
        ),
        (
            "on-call",
            "\"system:authenticated\"",
            &["`system:authenticated` is too wide", "plumbline.yaml:3:14"],
        ),
        (
            "    groups: [on-call]\n",
            "",
            &["it is for nobody", "plumbline.yaml:2:5"],
        ),
        (
            "    owner: platform\n",
            "",
            &["the key `owner` is missing", "plumbline.yaml:2:5"],
        ),
    ] {
        wrong(EXTENDS, &GLASS.replace(from, to), texts);
    }
}
