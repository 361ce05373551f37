//! What changed since a revision, in repositories that the `git` program makes.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{POD, PRIVILEGED, Run, folder, plumb};

/// Runs `git`, without what the machine configures.
#[track_caller]
fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(["-c", "protocol.file.allow=always"])
        .args(args)
        .current_dir(folder)
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "a"]);
}

/// A repository with one commit of some files.
fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = folder(files);
    git(folder.path(), &["init", "--quiet"]);
    commit(folder.path());
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn since(folder: &Path, revision: &str) -> Run {
    plumb(folder, &["check", "--since", revision])
}

/// How a comparison with `HEAD` ends, and what it says last.
#[track_caller]
fn check(folder: &Path, code: i32, compared: &str) -> Run {
    let run = since(folder, "HEAD");
    assert_eq!(run.code, Some(code), "{}{}", run.out, run.err);
    let said = format!("compared to HEAD: {compared}\n");
    assert!(run.out.contains(&said), "`{said}`: {}", run.out);
    run
}

#[test]
fn what_a_change_introduces_fails() {
    let files = repository(&[("a.yaml", POD)]);
    let bad = POD.replace("drop: [ALL]", "drop: []");
    write(files.path(), "a.yaml", &bad);
    check(files.path(), 1, "1 introduced, 0 unchanged, 0 fixed");
    commit(files.path());
    check(files.path(), 0, "0 introduced, 0 unchanged, 0 fixed");
    assert_eq!(since(files.path(), "HEAD~1").code, Some(1));
}

#[test]
fn what_was_there_before_passes_wherever_it_moves() {
    let files = repository(&[("a.yaml", PRIVILEGED)]);
    let moved = format!("# moved\n\n{PRIVILEGED}");
    write(files.path(), "a.yaml", &moved);
    let run = check(files.path(), 0, "0 introduced, 1 unchanged, 0 fixed");
    assert!(!run.out.contains("Pod/_/b"), "{}", run.out);
    let run = plumb(files.path(), &["check", "-v", "--since", "HEAD"]);
    assert!(run.out.contains("unchanged since HEAD"), "{}", run.out);
}

#[test]
fn what_is_mended_or_gone_is_fixed() {
    let files = repository(&[("a.yaml", PRIVILEGED), ("b/c.yaml", PRIVILEGED)]);
    write(files.path(), "a.yaml", POD);
    fs::remove_file(files.path().join("b/c.yaml")).unwrap();
    check(files.path(), 0, "0 introduced, 0 unchanged, 2 fixed");
}

#[test]
fn what_git_does_not_know_yet_is_new() {
    let files = repository(&[("a.yaml", POD), (".gitignore", "left/\n")]);
    write(files.path(), "d/new.yaml", PRIVILEGED);
    write(files.path(), "left/out.yaml", PRIVILEGED);
    check(files.path(), 1, "1 introduced, 0 unchanged, 0 fixed");
}

#[test]
fn a_file_that_did_not_change_is_not_judged() {
    let files = repository(&[("a.yaml", POD), ("b.yaml", PRIVILEGED)]);
    check(files.path(), 0, "0 introduced, 0 unchanged, 0 fixed");
}

#[test]
fn the_machine_learns_what_it_was_compared_with() {
    let files = repository(&[("a.yaml", POD)]);
    write(files.path(), "a.yaml", PRIVILEGED);
    let args = ["check", "--since", "main", "-o", "json"];
    let json = plumb(files.path(), &args).json();
    let compared = &json["summary"]["baseline"];
    assert_eq!(compared["since"]["revision"], "main");
    let head = git(files.path(), &["rev-parse", "HEAD"]);
    assert_eq!(compared["since"]["commit"], head.trim());
    assert_eq!(compared["new"], 1);
    assert_eq!(json["findings"][0]["baseline"], "new");
}

const COMPOSE: &str = "services:
  web:
    image: registry.example.com/web:1.4.2
    privileged: true
";

const FUNCTION: &str = "resource \"aws_lambda_function\" \"jobs\" {
  function_name = \"jobs\"
  runtime       = \"python3.12\"
  handler       = \"a.b\"
  role          = \"arn:aws:iam::1:role/x\"
  environment {
    variables = { PASSWORD = \"hunter22222\" }
  }
}
";

/// How many findings are introduced, whether some are unchanged, and how many are fixed.
fn counts(folder: &Path) -> (u64, bool, u64) {
    let run = plumb(folder, &["check", "--since", "HEAD", "-o", "json"]);
    let compared = run.json()["summary"]["baseline"].clone();
    let count = |key: &str| compared[key].as_u64().unwrap();
    (count("new"), count("unchanged") > 0, count("fixed"))
}

#[test]
fn a_file_that_is_renamed_keeps_its_findings() {
    let files = repository(&[("compose.yaml", COMPOSE)]);
    fs::create_dir(files.path().join("deploy")).unwrap();
    let to = files.path().join("deploy/compose.yaml");
    fs::rename(files.path().join("compose.yaml"), &to).unwrap();
    assert_eq!(counts(files.path()), (0, true, 0));
    git(files.path(), &["add", "--all"]);
    assert_eq!(counts(files.path()), (0, true, 0));
}

#[test]
fn a_module_that_is_renamed_keeps_its_findings() {
    let files = repository(&[
        ("infra/main.tf", FUNCTION),
        ("infra/variables.tf", "variable \"region\" {}\n"),
    ]);
    let to = files.path().join("platform");
    fs::rename(files.path().join("infra"), to).unwrap();
    assert_eq!(counts(files.path()), (0, true, 0));
}

#[test]
fn what_a_kustomization_builds_is_judged_when_a_part_of_it_changes() {
    let patch = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    let files = repository(&[
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("base/pod.yaml", POD),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\npatches:\n- path: patch.yaml\n",
        ),
        ("prod/patch.yaml", patch),
    ]);
    let privileged = "spec: {containers: [{name: c, securityContext: {privileged: true}}]}\n";
    let patch = format!("{patch}{privileged}");
    write(files.path(), "prod/patch.yaml", &patch);
    check(files.path(), 1, "1 introduced, 0 unchanged, 0 fixed");
}

#[test]
fn a_module_is_judged_when_the_one_that_it_calls_changes() {
    let call = "module \"jobs\" {\n  source = \"../modules/jobs\"\n}\n";
    let files = repository(&[
        ("app/main.tf", call),
        (
            "modules/jobs/main.tf",
            "variable \"a\" {\n  default = 1\n}\n",
        ),
    ]);
    write(files.path(), "modules/jobs/function.tf", FUNCTION);
    let run = since(files.path(), "HEAD");
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    let id = "aws/app/module.jobs.aws_lambda_function.jobs";
    assert!(run.out.contains(id), "{}", run.out);
}

#[test]
fn only_what_changed_is_read_where_no_rule_needs_more() {
    let files = repository(&[("a.yaml", POD), ("b.yaml", POD)]);
    write(files.path(), "a.yaml", PRIVILEGED);
    let args = ["check", "-v", "--since", "HEAD"];
    let run = plumb(files.path(), &args);
    assert!(run.err.contains("read: all 2 files"), "{}", run.err);
    let run = plumb(
        files.path(),
        &[&args[..], &["--profile", "pss-baseline"][..]].concat(),
    );
    assert!(run.err.contains("read: 1 of 2 files"), "{}", run.err);
    assert_eq!(run.code, Some(1), "{}", run.out);
}

#[test]
fn a_change_may_introduce_something_in_a_file_that_did_not_change() {
    let pod = |name: &str, says: &str| {
        let labels = format!("  name: {name}\n  labels: {{governance/service: shop{says}}}");
        POD.replace("  name: a", &labels)
    };
    let internal = pod("b", ", governance/data-classification: internal");
    let files = repository(&[
        ("a.yaml", pod("a", "").as_str()),
        ("b.yaml", internal.as_str()),
    ]);
    let public = pod("a", ", governance/data-classification: public");
    write(files.path(), "a.yaml", &public);
    let run = check(files.path(), 1, "1 introduced, 0 unchanged, 0 fixed");
    assert!(run.out.contains("b.yaml:5:"), "{}", run.out);
}

#[test]
fn what_the_other_branch_did_since_is_no_change_of_ours() {
    let files = repository(&[("a.yaml", POD)]);
    let path = files.path();
    git(path, &["checkout", "--quiet", "-b", "ours"]);
    write(path, "ours.yaml", &PRIVILEGED.replace("name: b", "name: d"));
    commit(path);
    git(path, &["checkout", "--quiet", "main"]);
    write(path, "theirs.yaml", PRIVILEGED);
    commit(path);
    git(path, &["checkout", "--quiet", "ours"]);
    let run = since(path, "main");
    let said = "compared to main: 1 introduced, 0 unchanged, 0 fixed\n";
    assert!(run.out.contains(said), "{}", run.out);
}

#[test]
fn nothing_is_touched() {
    let files = repository(&[("a.yaml", POD), ("b.yaml", POD)]);
    write(files.path(), "a.yaml", PRIVILEGED);
    write(files.path(), "c.yaml", PRIVILEGED);
    fs::remove_file(files.path().join("b.yaml")).unwrap();
    let status = || git(files.path(), &["status", "--porcelain"]);
    let before = status();
    let index = || fs::read(files.path().join(".git/index")).unwrap();
    let bytes = index();
    since(files.path(), "HEAD");
    assert_eq!(index(), bytes);
    assert_eq!(status(), before);
}

#[test]
fn a_comment_that_waives_no_more_introduces_what_it_waived() {
    let waiver = "# plumb:waive deployment/privileged-container until=2999-01-01 owner=a reason=b";
    let waived = format!("{waiver}\n{PRIVILEGED}");
    let files = repository(&[("a.yaml", waived.as_str())]);
    write(files.path(), "a.yaml", PRIVILEGED);
    check(files.path(), 1, "1 introduced, 0 unchanged, 0 fixed");
}

#[test]
fn what_could_not_be_read_before_is_a_warning() {
    let files = repository(&[("a.yaml", "kind: [\n")]);
    write(files.path(), "a.yaml", PRIVILEGED);
    let run = check(files.path(), 1, "1 introduced, 0 unchanged, 0 fixed");
    assert!(run.out.contains("warning: as of `HEAD`: "), "{}", run.out);
}

#[test]
fn what_cannot_be_read_now_is_an_error() {
    let files = repository(&[("a.yaml", POD)]);
    write(files.path(), "a.yaml", "kind: [\n");
    assert_eq!(since(files.path(), "HEAD").code, Some(2));
}

#[test]
fn what_is_wrong_elsewhere_is_a_warning() {
    let files = repository(&[("a.yaml", POD), ("broken.yaml", "kind: [\n")]);
    write(files.path(), "a.yaml", &format!("# a\n{POD}"));
    let run = check(files.path(), 0, "0 introduced, 0 unchanged, 0 fixed");
    let said = "warning: in a file that did not change: ";
    assert!(run.out.contains(said), "{}", run.out);
}

#[test]
fn a_huge_file_is_not_read_from_the_past_either() {
    let huge = format!("{PRIVILEGED}# {}\n", "a".repeat(4000));
    let files = repository(&[("a.yaml", huge.as_str())]);
    write(files.path(), "a.yaml", PRIVILEGED);
    let args = ["check", "--since", "HEAD", "--max-file-size", "2kB"];
    let run = plumb(files.path(), &args);
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    let said = "more than the 2000 that are read";
    assert!(run.out.contains(said), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_repository_is_said() {
    let elsewhere = folder(&[("b.yaml", PRIVILEGED)]);
    let files = repository(&[("a.yaml", POD)]);
    let link = files.path().join("link.yaml");
    std::os::unix::fs::symlink(elsewhere.path().join("b.yaml"), &link).unwrap();
    let run = check(files.path(), 0, "0 introduced, 0 unchanged, 0 fixed");
    let said = "link.yaml: a link out of the repository, which is not compared";
    assert!(run.out.contains(said), "{}", run.out);
    commit(files.path());
    fs::remove_file(&link).unwrap();
    write(files.path(), "link.yaml", PRIVILEGED);
    let run = check(files.path(), 1, "1 introduced, 0 unchanged, 0 fixed");
    let said = "as of `HEAD`: a link that leads out of the repository";
    assert!(run.out.contains(said), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn a_link_within_the_repository_is_followed_on_both_sides() {
    let files = repository(&[("real/a.yaml", PRIVILEGED)]);
    std::os::unix::fs::symlink("real/a.yaml", files.path().join("link.yaml")).unwrap();
    commit(files.path());
    write(files.path(), "real/a.yaml", &format!("# a\n{PRIVILEGED}"));
    check(files.path(), 0, "0 introduced, 2 unchanged, 0 fixed");
}

#[test]
fn a_submodule_is_said() {
    let inner = repository(&[("a.yaml", PRIVILEGED)]);
    let files = repository(&[("b.yaml", POD)]);
    let from = inner.path().to_str().unwrap();
    git(
        files.path(),
        &["submodule", "--quiet", "add", from, "inner"],
    );
    let run = check(files.path(), 0, "0 introduced, 0 unchanged, 0 fixed");
    let said = "inner: a submodule, which is not compared";
    assert!(run.out.contains(said), "{}", run.out);
}

/// A run that ends undecided, and what it says.
#[track_caller]
fn refused(run: &Run, said: &str) {
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    let all = format!("{}{}", run.out, run.err);
    assert!(all.contains(said), "`{said}`: {all}");
}

#[test]
fn a_branch_without_a_commit_has_no_past() {
    let files = folder(&[("a.yaml", POD)]);
    git(files.path(), &["init", "--quiet"]);
    refused(&since(files.path(), "HEAD"), "the branch has no commit yet");
}

#[test]
fn a_revision_that_there_is_not_is_an_error() {
    let files = repository(&[("a.yaml", POD)]);
    let run = since(files.path(), "origin/main");
    refused(&run, "there is no revision `origin/main` here");
    assert!(run.out.contains("`git fetch`"), "{}", run.out);
    let tree = git(files.path(), &["rev-parse", "HEAD^{tree}"]);
    refused(&since(files.path(), tree.trim()), "is no commit");
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let files = repository(&[("a.yaml", POD)]);
    write(files.path(), "a.yaml", PRIVILEGED);
    commit(files.path());
    let to = folder(&[]);
    let from = format!("file://{}", files.path().display());
    let args = ["clone", "--quiet", "--depth", "1", from.as_str(), "clone"];
    git(to.path(), &args);
    let run = since(&to.path().join("clone"), "HEAD~1");
    refused(&run, "the clone is a shallow one");
    check(
        &to.path().join("clone"),
        0,
        "0 introduced, 0 unchanged, 0 fixed",
    );
}

#[test]
fn histories_without_a_common_commit_are_compared_as_they_are() {
    let files = repository(&[("a.yaml", PRIVILEGED)]);
    git(files.path(), &["checkout", "--quiet", "--orphan", "other"]);
    write(
        files.path(),
        "b.yaml",
        &PRIVILEGED.replace("name: b", "name: c"),
    );
    commit(files.path());
    let run = since(files.path(), "main");
    let said = "compared to main: 1 introduced, 0 unchanged, 0 fixed\n";
    assert!(run.out.contains(said), "{}", run.out);
    assert!(run.out.contains("no commit in common"), "{}", run.out);
}

#[test]
fn outside_of_a_repository_there_is_no_past() {
    let files = folder(&[("a.yaml", POD)]);
    refused(&since(files.path(), "HEAD"), "no repository of git");
    let files = repository(&[("a.yaml", POD)]);
    let elsewhere = folder(&[("a.yaml", POD)]);
    let other = elsewhere.path().to_str().unwrap();
    let run = plumb(files.path(), &["check", "--since", "HEAD", ".", other]);
    refused(&run, "outside of the repository");
    let run = plumb(files.path(), &["check", "--since", "HEAD", "-"]);
    refused(&run, "standard input has no past");
}

#[test]
fn a_revision_and_a_baseline_are_not_compared_at_once() {
    let files = repository(&[("a.yaml", POD)]);
    let args = ["check", "--since", "HEAD", "--baseline", "b.json"];
    refused(&plumb(files.path(), &args), "cannot be used with");
}
