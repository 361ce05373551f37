//! Bad input: each a clear error with its place, exit code 2, and everything else still judged.

use super::{POD, PRIVILEGED, Run, folder, plumb};

/// A run that ends in 2, says each of these, and still finds the privileged container where there is one.
#[track_caller]
fn refused(files: &[(&str, &str)], args: &[&str], said: &[&str]) -> Run {
    let folder = folder(files);
    let run = plumb(folder.path(), args);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    for text in said {
        assert!(
            run.out.contains(text) || run.err.contains(text),
            "`{text}` is not said:\n{}{}",
            run.out,
            run.err
        );
    }
    if files.iter().any(|(_, text)| *text == PRIVILEGED) {
        assert!(
            run.out.contains("error[deployment/privileged-container]"),
            "{}",
            run.out
        );
    }
    run
}

#[test]
fn a_missing_path() {
    refused(
        &[("a.yaml", PRIVILEGED)],
        &["check", "a.yaml", "b.yaml"],
        &["error: b.yaml: no such file or folder"],
    );
}

#[test]
fn a_file_that_no_format_knows() {
    refused(
        &[("a.yaml", PRIVILEGED), ("b.txt", "x")],
        &["check", "a.yaml", "b.txt"],
        &["error: b.txt: no resource of any format that is known"],
    );
    refused(
        &[("b.yaml", "just: data\n")],
        &["check", "b.yaml"],
        &["error: b.yaml: no resource"],
    );
}

#[test]
fn nothing_to_check() {
    refused(
        &[("a.txt", "")],
        &["check"],
        &["nothing to check: no resource was found"],
    );
    let folder = folder(&[("a.txt", "")]);
    assert_eq!(
        plumb(folder.path(), &["check", "--allow-empty"]).code,
        Some(0)
    );
}

#[test]
fn no_rule_to_judge_by() {
    refused(
        &[("a.yaml", POD)],
        &["check", "--no-builtin"],
        &["there is no rule to judge by"],
    );
}

#[test]
fn invalid_utf8() {
    let folder = folder(&[("a.yaml", PRIVILEGED)]);
    std::fs::write(folder.path().join("b.yaml"), b"a: \xff\n").unwrap();
    let run = plumb(folder.path(), &["check"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.out
            .contains("error: b.yaml: not UTF-8: an invalid byte at line 1, column 4"),
        "{}",
        run.out
    );
    assert!(run.out.contains("error[deployment/privileged-container]"));
}

#[test]
fn broken_yaml_beside_a_good_document() {
    let text = format!(
        "{PRIVILEGED}---\nkind: [\n---\n{}",
        POD.replace("name: a", "name: after")
    );
    let run = refused(
        &[("a.yaml", &text)],
        &["check"],
        &[
            "document 2 is not valid YAML",
            "a.yaml:1",
            "error[deployment/privileged-container]",
        ],
    );
    assert!(run.out.contains("judged 2 resources"), "{}", run.out);
}

#[test]
fn a_file_of_100_megabytes() {
    let folder = folder(&[("a.yaml", PRIVILEGED)]);
    let file = std::fs::File::create(folder.path().join("big.yaml")).unwrap();
    file.set_len(100 * 1024 * 1024).unwrap();
    let run = plumb(folder.path(), &["check"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.out
            .contains("error: big.yaml: 104857600 bytes, more than the 33554432 that are read"),
        "{}",
        run.out
    );
    assert!(run.out.contains("error[deployment/privileged-container]"));
}

#[test]
fn nesting_of_10_000_levels() {
    let deep = format!("a: {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    refused(
        &[("a.yaml", PRIVILEGED), ("b.yaml", &deep)],
        &["check"],
        &["document 1 is not valid YAML"],
    );
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    refused(
        &[("a.yaml", PRIVILEGED), ("b.json", &deep)],
        &["check"],
        &["nested deeper than 512 levels"],
    );
}

#[test]
fn an_alias_bomb() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let item = format!("*a{}", n - 1);
        bomb.push_str(&format!("a{n}: &a{n} [{}]\n", vec![item; 10].join(", ")));
    }
    refused(
        &[("a.yaml", PRIVILEGED), ("b.yaml", &bomb)],
        &["check"],
        &["aliases expand to more than 100000 nodes"],
    );
}

#[cfg(unix)]
#[test]
fn a_loop_of_links() {
    let folder = folder(&[("x/a.yaml", PRIVILEGED)]);
    std::os::unix::fs::symlink("..", folder.path().join("x/loop")).unwrap();
    let run = plumb(folder.path(), &["check"]);
    assert_eq!(run.code, Some(2));
    assert!(run.out.contains("a loop of links"), "{}", run.out);
    assert!(run.out.contains("error[deployment/privileged-container]"));
}

#[test]
fn a_policy_that_does_not_parse() {
    refused(
        &[
            ("a.yaml", PRIVILEGED),
            ("p/x.rego", "package x\n\ndeny contains if {\n"),
        ],
        &["check", "-p", "p", "a.yaml"],
        &["rego_parse_error", "p/x.rego:"],
    );
}

#[test]
fn a_namespace_without_a_package() {
    refused(
        &[
            ("a.yaml", PRIVILEGED),
            ("p/x.rego", "package x\n\ndeny contains \"m\" if false\n"),
        ],
        &["check", "-p", "p", "--namespace", "y", "a.yaml"],
        &["no Conftest package is called `y`", "there are `x`"],
    );
}

#[test]
fn a_folder_without_policies() {
    refused(
        &[("a.yaml", PRIVILEGED), ("p/x.txt", "")],
        &["check", "-p", "p", "a.yaml"],
        &["error: p: no policy file is here"],
    );
}

#[test]
fn an_unknown_rule_in_the_configuration() {
    refused(
        &[
            ("a.yaml", PRIVILEGED),
            (
                "plumbline.yaml",
                "rules:\n  deployment/privileged-containers: {effect: warn}\n",
            ),
        ],
        &["check"],
        &[
            "no rule is called `deployment/privileged-containers`",
            "plumbline.yaml:2:3",
            "did you mean `deployment/privileged-container`?",
        ],
    );
}

#[test]
fn an_unknown_key_in_the_configuration() {
    refused(
        &[
            ("a.yaml", PRIVILEGED),
            ("plumbline.yaml", "fail_on: high\n"),
        ],
        &["check"],
        &[
            "unknown key `fail_on`",
            "plumbline.yaml:1:1",
            "did you mean `fail-on`?",
        ],
    );
    refused(
        &[
            ("a.yaml", PRIVILEGED),
            ("estate.yaml", "version: 1\nregistry: {}\n"),
        ],
        &["check"],
        &["unknown key `registry`", "estate.yaml:2:1"],
    );
}

#[test]
fn a_value_that_a_configuration_does_not_take() {
    refused(
        &[
            ("a.yaml", PRIVILEGED),
            ("plumbline.yaml", "fail-on: loud\n"),
        ],
        &["check"],
        &["plumbline.yaml:1:1"],
    );
    refused(
        &[
            ("a.yaml", PRIVILEGED),
            (
                "plumbline.yaml",
                "rules: {secrets/plaintext-env: {params: {min-lenght: 3}}}\n",
            ),
        ],
        &["check"],
        &[
            "the parameters of `secrets/plaintext-env` are wrong",
            "did you mean `min-length`?",
        ],
    );
    // A rule whose parameters are wrong does not judge by guesses.
    refused(
        &[
            ("a.yaml", POD),
            (
                "plumbline.yaml",
                "rules: {deployment/privileged-container: {params: {x: 3}}}\n",
            ),
        ],
        &["check"],
        &["rule `deployment/privileged-container` takes no parameters"],
    );
}

#[test]
fn two_configurations() {
    refused(
        &[
            ("a/a.yaml", POD),
            ("a/plumbline.yaml", ""),
            ("b/b.yaml", POD),
            ("b/plumbline.yaml", ""),
        ],
        &["check", "a", "b"],
        &["the paths have different configurations"],
    );
}

#[test]
fn a_mistake_in_usage() {
    let folder = folder(&[]);
    for args in [
        &["check", "--fail-on", "loud"][..],
        &["chekc"],
        &["check", "-o", "xml"],
        &["check", "--nope"],
        &[],
    ] {
        let run = plumb(folder.path(), args);
        assert_eq!(run.code, Some(2), "{args:?}");
        assert!(run.out.is_empty() && !run.err.is_empty(), "{args:?}");
    }
    let run = plumb(folder.path(), &["check", "-o", "xml"]);
    assert!(run.err.contains("known are `text`, `json`"), "{}", run.err);
}

#[test]
fn data_at_odds_with_itself() {
    refused(
        &[("a.yaml", PRIVILEGED), ("d/x.yaml", "a: 1\n---\nb: 2\n")],
        &["check", "-d", "d", "a.yaml"],
        &["2 documents in a data file"],
    );
    refused(
        &[("a.yaml", PRIVILEGED), ("d/x.json", "[1]")],
        &["check", "-d", "d", "a.yaml"],
        &["a data file at the root must hold a mapping"],
    );
}

const QUEUE: &str = "resource \"aws_sqs_queue\" \"jobs\" {\n  name = \"jobs\"\n}\n";

#[test]
fn two_modules_may_use_one_address() {
    let folder = folder(&[("shop/main.tf", QUEUE), ("office/main.tf", QUEUE)]);
    let run = plumb(folder.path(), &["estate"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
}

#[test]
fn one_module_that_declares_an_address_twice_is_said() {
    let folder = folder(&[("shop/main.tf", QUEUE), ("shop/more.tf", QUEUE)]);
    let run = plumb(folder.path(), &["estate"]);
    assert!(run.err.contains("is declared twice"), "{}", run.err);
}

/// What cannot be read has no model that says where its secrets are.
#[test]
fn what_cannot_be_read_shows_no_value() {
    let secret = "correct-horse-battery";
    for (name, text) in [
        ("a.yaml", "a: {password: \"SECRET\n"),
        (
            "a.yaml",
            "kind: Secret\nstringData:\n  a: SECRET\n  a: SECRET\n",
        ),
        (
            "a.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: SECRET, a: SECRET}\n",
        ),
        (
            "a.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    env:\n    - name: A\n      value: !foo SECRET\n",
        ),
        ("a.json", "{\"password\": \"SECRET\",}"),
        ("a.tf", "locals {\n  password = \"SECRET\" oops\n}\n"),
        (
            "a.service",
            "[Service]\nExecStart=/bin/a\nDB_PASSWORD SECRET\n",
        ),
    ] {
        let folder = folder(&[(name, &text.replace("SECRET", secret))]);
        for command in ["check", "estate", "explain"] {
            let args = match command {
                "explain" => vec!["explain", "secrets/plaintext-env", "."],
                other => vec![other],
            };
            let run = plumb(folder.path(), &args);
            let said = format!("{}{}", run.out, run.err);
            assert!(
                said.contains(&format!("{name}:")),
                "{command} {text}\n{said}"
            );
            assert!(!said.contains(secret), "{command} {text}\n{said}");
        }
    }
}

/// How often a text is said.
fn count(run: &Run, text: &str) -> usize {
    format!("{}{}", run.out, run.err).matches(text).count()
}

#[test]
fn what_could_not_be_read_is_said_once_and_without_false_advice() {
    let missing = refused(&[], &["check", "nope.yaml"], &["nope.yaml: no such file"]);
    assert_eq!(count(&missing, "allow-empty"), 0, "{}", missing.out);
    assert_eq!(count(&missing, "not evaluated"), 0, "{}", missing.out);
    for name in ["estate.yaml", "plumbline.yaml"] {
        let broken = refused(
            &[("a.yaml", POD), (name, "a: [")],
            &["check"],
            &["document 1 is not valid YAML"],
        );
        assert_eq!(count(&broken, "not valid YAML"), 1, "{}", broken.out);
        assert_eq!(count(&broken, "was not judged"), 0, "{}", broken.out);
    }
}

#[test]
fn a_missing_file_is_said_with_what_its_option_is_for() {
    for (option, said) in [
        ("--config", "it configures the run"),
        ("--estate", "the organisation's decisions"),
        ("--data", "JSON and YAML that policies read"),
        ("--policy", "Rego policies"),
    ] {
        refused(
            &[("a.yaml", PRIVILEGED)],
            &["check", "a.yaml", option, "nope"],
            &["nope: no such file or folder", said],
        );
    }
    refused(
        &[
            ("a.yaml", PRIVILEGED),
            ("plumbline.yaml", "policies: [nope]\n"),
        ],
        &["check"],
        &["`policies`: nope: no such file", "plumbline.yaml:1:12"],
    );
}

#[test]
fn a_value_of_a_configuration_is_said_with_its_key_and_all_that_it_may_be() {
    refused(
        &[
            ("a.yaml", PRIVILEGED),
            (
                "plumbline.yaml",
                "fail-on: lo\nrules: {\"secrets/*\": {effect: denny}}\n",
            ),
        ],
        &["check"],
        &[
            "`fail-on`: `lo` is none of `info`, `low`, `medium`, `high`, `critical`",
            ".effect`: `denny` is none of `deny`, `warn`, `audit`, `off`",
            "did you mean `deny`?",
        ],
    );
    // What is misspelt switches no rule off.
    refused(
        &[
            ("a.yaml", PRIVILEGED),
            ("plumbline.yaml", "rules: {\"*\": {effect: none}}\n"),
        ],
        &["check"],
        &["`none` is none of"],
    );
    refused(
        &[("a.yaml", PRIVILEGED), ("estate.yaml", "version: 2\n")],
        &["check"],
        &["`version`: 2 where 1 is expected"],
    );
}

/// A run that ends well and warns of this, or does not.
#[track_caller]
fn warned(files: &[(&str, &str)], said: &str, expected: bool) {
    let folder = folder(files);
    let run = plumb(folder.path(), &["check", "."]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    assert_eq!(run.out.contains(said), expected, "{said}: {}", run.out);
}

#[test]
fn a_file_that_is_almost_called_like_a_configuration_is_said() {
    for (name, right) in [
        ("plumbline.yml", "plumbline.yaml"),
        (".plumbline.yaml", "plumbline.yaml"),
        ("estate.yml", "estate.yaml"),
    ] {
        let said = format!("warning: {name}: not read as `{right}`");
        warned(&[("a.yaml", POD), (name, "x: 1\n")], &said, true);
    }
    let files = [("a.yaml", POD), ("plumbline.yaml", "fail-on: high\n")];
    warned(&files, "not read as", false);
}

#[test]
fn decisions_of_nothing_are_said() {
    let said = "estate.yaml: it is empty, and decides nothing";
    warned(&[("a.yaml", POD), ("estate.yaml", "")], said, true);
    warned(
        &[("a.yaml", POD), ("estate.yaml", "version: 1\n")],
        said,
        false,
    );
}

#[test]
fn a_glob_that_leaves_nothing_out_is_said_by_a_run_that_can_tell() {
    let files = |glob| {
        [
            ("deploy/a.yaml", POD),
            ("charts/b.yaml", PRIVILEGED),
            ("plumbline.yaml", glob),
        ]
    };
    let said = "leaves no file out";
    warned(&files("ignore: [\"charts/**\"]\n"), said, false);
    warned(
        &files("ignore: [\"charts/**\", \"docs/**\"]\n"),
        "`docs/**` leaves no file out",
        true,
    );
    let part = folder(&files("ignore: [\"docs/**\"]\n"));
    let run = plumb(part.path(), &["check", "deploy"]);
    assert!(!run.out.contains(said), "{}", run.out);
    refused(
        &files("ignore: [\"[\"]\n"),
        &["check"],
        &["`ignore`: `[` is no glob", "plumbline.yaml:1:10"],
    );
}

#[test]
fn terraform_in_json_is_named() {
    let files = [("a.yaml", POD), ("main.tf.json", "{}")];
    warned(&files, "warning: main.tf.json: Terraform in JSON", true);
    refused(
        &files,
        &["check", "main.tf.json"],
        &["error: main.tf.json: Terraform in JSON is not read"],
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let folder = folder(&[("a.yaml", POD)]);
    let made = std::process::Command::new("mkfifo")
        .arg(folder.path().join("b.yaml"))
        .status();
    assert!(made.unwrap().success());
    for path in ["b.yaml", "."] {
        let run = plumb(folder.path(), &["check", path]);
        assert_eq!(run.code, Some(2), "{}", run.out);
        assert!(run.out.contains("b.yaml: no file: a pipe"), "{}", run.out);
    }
}

#[test]
fn an_output_that_cannot_be_written_is_said_with_advice() {
    let folder = folder(&[("a.yaml", POD), ("out/x", "")]);
    for (place, said) in [
        ("nope/x", "there is no such folder"),
        ("out", "it is a folder"),
        ("a.yaml/x", "a part of its path is a file"),
    ] {
        let run = plumb(
            folder.path(),
            &["check", "a.yaml", "-o", &format!("json={place}")],
        );
        assert_eq!(run.code, Some(2), "{}", run.err);
        assert!(
            run.err.contains(&format!("cannot write {place}: {said}")) && run.err.contains("help:"),
            "{}",
            run.err
        );
    }
}

#[test]
fn two_outputs_in_one_place() {
    let folder = folder(&[("a.yaml", POD)]);
    for (outputs, said) in [
        (["text", "json"], "two outputs go to standard output"),
        (["text=x", "json=./x"], "two outputs go to x"),
    ] {
        let [first, second] = outputs;
        let run = plumb(folder.path(), &["check", "-o", first, "-o", second]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains(said), "{}", run.err);
    }
    assert!(!folder.path().join("x").exists());
}

#[test]
fn a_size_has_a_unit_or_is_a_number_of_bytes() {
    let folder = folder(&[("a.yaml", POD)]);
    let run = |size: &str| plumb(folder.path(), &["check", "--max-file-size", size]);
    for (size, code) in [("10MB", 0), ("1GiB", 0), ("4kB", 0), ("20", 2), ("20B", 2)] {
        let run = run(size);
        assert_eq!(run.code, Some(code), "{size}: {}{}", run.out, run.err);
    }
    for size in ["10 apples", "MB", "-1"] {
        let run = run(size);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{size}");
    }
    assert!(run("10XB").err.contains("a size is a number of bytes"));
}
