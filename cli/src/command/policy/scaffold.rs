//! `plumb policy new`: a policy, its unit tests and its page, which pass at once.

use std::process::ExitCode;

use anyhow::bail;
use plumbline_rego::syntax::is_keyword;
use plumbline_sources::{embedded, fs};

use crate::args::{NewArgs, Subject};
use crate::command::{help, unwritable, write_file};
use crate::io::Io;

/// The files of a new rule: name, and text with places to fill in.
const FILES: &[(&str, &str)] = &[
    ("policy.rego", include_str!("scaffold/policy.rego.txt")),
    (
        "policy_test.rego",
        include_str!("scaffold/policy_test.rego.txt"),
    ),
    ("README.md", include_str!("scaffold/README.md.txt")),
];

/// Runs the command. Nothing is written if any of the files is there, or the id is that of a built-in rule.
pub(super) fn run(args: &NewArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    if embedded::page(args.rule.as_str()).is_some() {
        bail!(
            "`{}` is a built-in rule; nothing was written{}",
            args.rule,
            help(
                "give yours an id of its own, or say below `rules:` in `plumbline.yaml` what that one does"
            )
        );
    }
    let folder = args.folder.join(args.rule.as_str());
    for (name, _) in FILES {
        let file = folder.join(name);
        if file.exists() {
            bail!(
                "{} is there already; nothing was written{}",
                fs::display(&file),
                help(
                    "give the rule another id, write it into another folder with `--in`, or remove the file"
                )
            );
        }
    }
    std::fs::create_dir_all(&folder)
        .map_err(|error| unwritable("make the folder", &folder, &error))?;
    for (name, text) in FILES {
        let file = folder.join(name);
        write_file(&file, &filled_in(text, args))?;
        io.data(&format!("wrote {}\n", fs::display(&file)));
    }
    io.data(&next(args));
    Ok(ExitCode::SUCCESS)
}

fn next(args: &NewArgs) -> String {
    let (folder, rule) = (fs::display(&args.folder), &args.rule);
    let subject = match args.subject {
        Subject::Workload => "workload",
        Subject::Resource => "resource",
    };
    format!(
        "\nIt asks every {subject} of Kubernetes for a label, and passes its tests. Make it yours, and run\n  plumb test {folder}\n  plumb check -p {folder} <manifests>\n  plumb policy show -p {folder} {rule}\n"
    )
}

fn filled_in(text: &str, args: &NewArgs) -> String {
    let id = args.rule.as_str();
    let (subject, labels, name) = match args.subject {
        Subject::Workload => ("workload", "input.workload.labels", "input.workload.name"),
        Subject::Resource => (
            "resource",
            "input.resource.metadata.labels",
            "input.resource.metadata.name",
        ),
    };
    let sample = match args.subject {
        Subject::Workload => "{\"workload\": {\"name\": \"web\", \"labels\": labels}}",
        Subject::Resource => {
            "{\"resource\": {\"metadata\": {\"name\": \"web\", \"labels\": labels}}}"
        }
    };
    text.replace("{{id}}", id)
        .replace("{{package}}", &package(id))
        .replace("{{alias}}", &last_word(id))
        .replace("{{title}}", &title(id))
        .replace("{{subject}}", subject)
        .replace("{{labels}}", labels)
        .replace("{{name}}", name)
        .replace("{{sample}}", sample)
}

/// `acme/owner-label` is the package `acme.owner_label`.
fn package(id: &str) -> String {
    id.split('/').map(word).collect::<Vec<_>>().join(".")
}

/// A part of an id as a name of Rego.
fn word(part: &str) -> String {
    let word = part.replace('-', "_");
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        format!("_{word}")
    } else if is_keyword(&word) || matches!(word.as_str(), "input" | "data") {
        format!("{word}_")
    } else {
        word
    }
}

fn last_word(id: &str) -> String {
    word(id.rsplit('/').next().unwrap_or(id))
}

/// `acme/owner-label` is titled `Owner label`.
fn title(id: &str) -> String {
    let words = id.rsplit('/').next().unwrap_or(id).replace('-', " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
