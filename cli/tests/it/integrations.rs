//! What other systems run `plumb` by, run as they would run it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use plumbline_core::parse::{Notation, parse};
use plumbline_core::source::{FileId, Source};
use plumbline_core::tree::{NodeId, Typing};
use serde_json::Value;

use super::{POD, PRIVILEGED, Run, folder, root};

/// The last document of a file of YAML.
fn document(name: &str) -> Value {
    let text = std::fs::read_to_string(root().join(name)).unwrap();
    let source = std::sync::Arc::new(Source::new(name, text));
    let (documents, problems) = parse(&source, FileId(0), Notation::Yaml);
    assert_eq!(problems, []);
    let tree = &documents.last().unwrap().tree;
    let value = tree.to_value(NodeId::ROOT, Typing::Kubernetes);
    serde_json::from_str(&plumbline_rego::value::json::to_string(&value)).unwrap()
}

/// Runs a script where a pod is, with `plumb` in the path.
fn run(folder: &Path, script: &str, variables: &BTreeMap<&str, &str>) -> Run {
    let plumb = Path::new(env!("CARGO_BIN_EXE_plumb")).parent().unwrap();
    let path = format!("{}:{}", plumb.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-e", "-o", "pipefail", "-c", script]);
    command
        .current_dir(folder)
        .env("PATH", path)
        .env("CI", "true")
        .envs(variables);
    Run::new(&command.output().unwrap())
}

/// The script of the step of the action that checks, on files, with what a workflow gives it.
fn action(files: &[(&str, &str)], given: &[(&str, &str)]) -> (tempfile::TempDir, Run) {
    let action = document("integrations/github/action.yml");
    let steps = action["runs"]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["id"] == "check").unwrap();
    let files = folder(files);
    let mut variables: BTreeMap<&str, &str> = [
        ("GITHUB_STEP_SUMMARY", "summary.md"),
        ("GITHUB_OUTPUT", "output"),
        ("PATHS", "deploy"),
        ("ARGUMENTS", ""),
        ("SARIF", ""),
    ]
    .into();
    for name in step["env"].as_object().unwrap().keys() {
        assert!(variables.contains_key(name.as_str()), "{name}");
    }
    variables.extend(given.iter().copied());
    let run = run(files.path(), step["run"].as_str().unwrap(), &variables);
    (files, run)
}

fn read(files: &tempfile::TempDir, name: &str) -> String {
    std::fs::read_to_string(files.path().join(name)).unwrap()
}

#[test]
fn the_action_annotates_what_it_finds_and_fails() {
    let files = [("deploy/web.yaml", PRIVILEGED)];
    let (files, run) = action(
        &files,
        &[
            ("SARIF", "found.sarif"),
            ("ARGUMENTS", "--no-config\n--fail-on\nhigh"),
        ],
    );
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(
        run.out.contains("::error file=deploy/web.yaml,line=19"),
        "{}",
        run.out
    );
    assert!(read(&files, "summary.md").contains("privileged"));
    assert_eq!(read(&files, "output"), "code=1\n");
    let sarif: Value = serde_json::from_str(&read(&files, "found.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
}

#[test]
fn the_action_passes_a_clean_folder_and_never_one_that_is_not_there() {
    let (files, run) = action(&[("deploy/web.yaml", POD)], &[]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    assert_eq!(read(&files, "output"), "code=0\n");
    let (files, run) = action(&[("deploy/web.yaml", POD)], &[("PATHS", "deplyo")]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    assert_eq!(read(&files, "output"), "code=2\n");
}

#[test]
fn what_a_workflow_gives_the_action_is_no_part_of_its_script() {
    let hostile = "deploy\n$(touch taken)\n`touch taken`\n; touch taken";
    let (files, run) = action(&[("deploy/web.yaml", POD)], &[("PATHS", hostile)]);
    assert_eq!(run.code, Some(2), "{}", run.out);
    assert!(!files.path().join("taken").exists());
}

#[test]
fn the_job_of_gitlab_leaves_its_reports() {
    let job = document("integrations/gitlab/check.yml");
    let job = &job["plumb-check"];
    let script = job["script"][0].as_str().unwrap();
    let files = folder(&[("deploy/web.yaml", PRIVILEGED)]);
    let run = run(files.path(), script, &[("PLUMB_PATHS", "deploy")].into());
    assert_eq!(run.code, Some(1), "{}", run.err);
    let reports = job["artifacts"]["reports"].as_object().unwrap();
    for report in reports.values() {
        assert!(!read(&files, report.as_str().unwrap()).is_empty());
    }
}

#[test]
fn the_hook_checks_the_folder_that_it_runs_in() {
    let hooks = document(".pre-commit-hooks.yaml");
    let hook = &hooks[0];
    assert_eq!(hook["pass_filenames"], false);
    let entry = hook["entry"].as_str().unwrap();
    let files = folder(&[("deploy/web.yaml", PRIVILEGED)]);
    assert_eq!(run(files.path(), entry, &BTreeMap::new()).code, Some(1));
    let files = folder(&[("deploy/web.yaml", POD)]);
    assert_eq!(run(files.path(), entry, &BTreeMap::new()).code, Some(0));
}

/// What an editor has not saved yet is called like its file.
#[test]
fn standard_input_has_the_name_that_it_is_given() {
    let files = folder(&[
        ("deploy/web.yaml", POD),
        ("deploy/plumbline.yaml", "fail-on: critical\n"),
    ]);
    let script =
        format!("plumb check - --stdin-filename deploy/web.yaml <<'EOT'\n{PRIVILEGED}\nEOT");
    let run = run(files.path(), &script, &BTreeMap::new());
    assert!(run.out.contains("deploy/web.yaml:19:9"), "{}", run.out);
    // The configuration is that of the folder.
    assert_eq!(run.code, Some(0), "{}", run.out);
}
