//! Other tools on the same files, with rules that ask the same.
//!
//! A tool that is not installed is left out, and said. `make peers` installs those that can be had.

mod rules;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use serde_json::Value;

/// A tool, and how it is asked.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    program: &'static str,
    arguments: fn(&Inputs<'_>) -> Vec<String>,
    /// How many times a rule was evaluated, from the tool's own report.
    evaluations: fn(&Inputs<'_>, &Value) -> Option<u64>,
}

/// What a tool is given.
pub(crate) struct Inputs<'a> {
    /// The folder of manifests.
    pub(crate) manifests: &'a Path,
    /// How many there are.
    pub(crate) files: u64,
    /// Where its rules are.
    pub(crate) rules: &'a Path,
}

pub(crate) const PEERS: &[Peer] = &[
    Peer {
        name: "opa",
        program: "bin/opa",
        arguments: |inputs| {
            words(
                &["exec", "--decision", "main/deny", "--bundle"],
                &[&inputs.rules.join("rego"), inputs.manifests],
            )
        },
        // Every rule is asked of every file.
        evaluations: |inputs, _| Some(inputs.files * rules::COUNT),
    },
    Peer {
        name: "conftest",
        program: "bin/conftest",
        arguments: |inputs| {
            words(
                &["test", "-o", "json", "-p"],
                &[&inputs.rules.join("rego"), inputs.manifests],
            )
        },
        evaluations: |inputs, _| Some(inputs.files * rules::COUNT),
    },
    Peer {
        name: "gator",
        program: "bin/gator",
        arguments: |inputs| {
            let mut words = words(&["test", "-o", "json", "-f"], &[inputs.manifests]);
            words.push("-f".to_owned());
            words.push(inputs.rules.join("gatekeeper").display().to_string());
            words
        },
        evaluations: |inputs, _| Some(inputs.files * rules::COUNT),
    },
    Peer {
        name: "kube-linter",
        program: "bin/kube-linter",
        arguments: |inputs| {
            let mut words = words(
                &["lint", "--format", "json", "--do-not-auto-add-defaults"],
                &[],
            );
            words.extend(
                rules::KUBE_LINTER
                    .iter()
                    .map(|check| format!("--include={check}")),
            );
            words.push(inputs.manifests.display().to_string());
            words
        },
        evaluations: |inputs, _| Some(inputs.files * rules::KUBE_LINTER.len() as u64),
    },
    Peer {
        name: "checkov",
        program: "venv/bin/checkov",
        arguments: |inputs| {
            let checks = rules::CHECKOV.join(",");
            words(
                &[
                    "--framework",
                    "kubernetes",
                    "--compact",
                    "--quiet",
                    "--skip-download",
                    "-o",
                    "json",
                    "--check",
                    &checks,
                    "-d",
                ],
                &[inputs.manifests],
            )
        },
        evaluations: |_, report| {
            let summary = report.get("summary")?;
            Some(summary.get("passed")?.as_u64()? + summary.get("failed")?.as_u64()?)
        },
    },
];

fn words(words: &[&str], paths: &[&Path]) -> Vec<String> {
    let paths = paths.iter().map(|path| path.display().to_string());
    words
        .iter()
        .map(|word| (*word).to_owned())
        .chain(paths)
        .collect()
}

/// Where the tools are.
pub(crate) fn folder() -> Option<PathBuf> {
    env::var_os("PLUMBLINE_PEERS").map(PathBuf::from)
}

/// Writes the rules for all of them.
pub(crate) fn write_rules(folder: &Path) -> io::Result<()> {
    let (rego, gatekeeper) = (folder.join("rego"), folder.join("gatekeeper"));
    fs::create_dir_all(&rego)?;
    fs::create_dir_all(&gatekeeper)?;
    fs::write(rego.join("main.rego"), rules::module())?;
    for (name, text) in rules::gatekeeper() {
        fs::write(gatekeeper.join(format!("{name}.yaml")), text)?;
    }
    Ok(())
}

impl Peer {
    /// The program, if it is installed.
    pub(crate) fn program(&self, folder: &Path) -> Option<PathBuf> {
        let program = folder.join(self.program);
        program.is_file().then_some(program)
    }

    pub(crate) fn command(&self, program: &Path, inputs: &Inputs<'_>) -> Command {
        let mut command = Command::new(program);
        command.args((self.arguments)(inputs));
        // No tool asks the network for news while it is timed.
        command
            .env("CHECKOV_RUN_SCA_PACKAGE_SCAN_V2", "false")
            .env("OPA_TELEMETRY_OPTOUT", "1");
        command
    }

    /// How many times a rule was evaluated; a run that reports nothing usable counts none.
    pub(crate) fn evaluations(
        &self,
        program: &Path,
        inputs: &Inputs<'_>,
    ) -> io::Result<Option<u64>> {
        let output = self.command(program, inputs).output()?;
        let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        if output.stdout.is_empty() {
            return Ok(None);
        }
        Ok((self.evaluations)(inputs, &report))
    }
}
