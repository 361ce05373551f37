//! Charts, rendered by a program that is called `helm`.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::{Run, folder};

const CHART: &[(&str, &str)] = &[
    (
        "chart/Chart.yaml",
        "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    ),
    (
        "chart/values.yaml",
        "image: registry.example.com/web:1.4.2\n",
    ),
    (
        "chart/templates/pod.yaml",
        "{{- if .Values.image }}\nkind: Pod\n{{- end }}\n",
    ),
    (
        "chart/charts/inner/Chart.yaml",
        "apiVersion: v2\nname: inner\nversion: 1.0.0\n",
    ),
];

/// What is said of a chart with a program in place of Helm, which is this script.
fn check(script: &str) -> Run {
    let files = folder(CHART);
    let helm = files.path().join("bin/helm");
    std::fs::create_dir(files.path().join("bin")).unwrap();
    std::fs::write(&helm, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&helm, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", files.path().join("bin").display());
    run(files.path(), &path)
}

fn run(folder: &Path, path: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plumb"));
    command.args(["check", "--no-config", "--helm", "chart"]);
    command
        .current_dir(folder)
        .env("PATH", path)
        .env("COLUMNS", "120")
        .env("CI", "true");
    Run::new(&command.output().unwrap())
}

const RENDERED: &str = "cat <<'EOT'
---
# Source: web/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: registry.example.com/web:1.4.2, securityContext: {privileged: true}}]}
EOT";

#[test]
fn what_a_chart_comes_to_is_judged() {
    let run = check(RENDERED);
    assert_eq!(run.code, Some(1), "{}", run.err);
    let said = "error[deployment/privileged-container]: container `web` runs privileged\n --> chart (rendered by helm):6:";
    assert!(run.out.contains(said), "{}", run.out);
    let rendered_from = "rendered from `web/templates/pod.yaml`";
    assert!(run.out.contains(rendered_from), "{}", run.out);
}

#[test]
fn helm_is_asked_once_for_a_chart_and_the_charts_in_it() {
    let run = check(&format!(
        "echo \"$@\" >> asked\n{RENDERED}\ncat asked >&2; [ \"$(wc -l < asked)\" = 1 ]"
    ));
    assert_eq!(run.code, Some(1), "{}", run.err);
}

#[test]
fn what_helm_cannot_render_is_an_error_in_its_words() {
    let run = check(
        "echo 'Error: found in Chart.yaml, but missing in charts/ directory: redis' >&2; exit 1",
    );
    assert_eq!(run.code, Some(2), "{}", run.out);
    let said = "error: chart: `helm template` failed: found in Chart.yaml, but missing in charts/ directory: redis\n";
    assert!(run.out.contains(said), "{}", run.out);
}

#[test]
fn without_helm_there_is_an_error_and_what_to_do() {
    let files = folder(CHART);
    let run = run(files.path(), "/nonexistent");
    assert_eq!(run.code, Some(2), "{}", run.out);
    let said = "error: chart: `helm` cannot be run: no such file or folder\n";
    assert!(run.out.contains(said), "{}", run.out);
    assert!(
        run.out.contains("helm template . | plumb check -"),
        "{}",
        run.err
    );
}
