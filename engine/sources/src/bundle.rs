//! Policies and data from folders and files.

use std::path::Path;

use plumbline_core::parse::{self, Notation};
use plumbline_core::policy::{DataFile, PolicyFile};
use plumbline_core::problem::Problem;
use plumbline_core::source::{FileId, Source, Sources};
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::{ObjectBuilder, Value};

use crate::place::{Place, Placed};
use crate::{embedded, fs};

/// Modules of Rego and what stood in the way of reading them.
pub type Read<T> = (Vec<T>, Vec<Problem>);

/// The built-in library.
pub fn builtin(sources: &mut Sources) -> Vec<PolicyFile> {
    let modules = embedded::LIBRARY.iter();
    modules
        .map(|(path, text)| PolicyFile {
            file: sources.add(Source::new(format!("builtin/{path}"), *text)),
            path: format!("builtin/{path}"),
        })
        .collect()
}

/// Every `.rego` file below the given paths. A path without any is a problem.
pub fn policies(roots: &[Place], sources: &mut Sources) -> Read<PolicyFile> {
    read_all(roots, &["rego"], "policy", sources, |file, path, _| {
        (Some(PolicyFile { file, path }), Vec::new())
    })
}

/// Every JSON and YAML file below the given paths, rooted at `data` by the folders they lie in, as OPA does.
pub fn data(roots: &[Place], sources: &mut Sources) -> Read<DataFile> {
    read_all(roots, &["json", "yaml", "yml"], "data", sources, data_file)
}

/// Which JSON and YAML files of a folder are data. A file that is named itself always is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFiles {
    /// All of them, as `opa eval` reads folders.
    All,
    /// Those called `data.json`, `data.yaml` or `data.yml`, as in OPA's bundles: the others may be manifests.
    CalledData,
}

/// Modules of Rego below the given paths, and the data files beside them.
pub fn with_data(
    roots: &[Place],
    which: DataFiles,
    sources: &mut Sources,
) -> (Vec<PolicyFile>, Vec<DataFile>, Vec<Problem>) {
    let (mut modules, mut data, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for root in roots {
        let (found, mut unwalked) = root.files();
        problems.append(&mut unwalked);
        let named = root.is_file();
        for Placed { place, below } in found {
            let any = named || which == DataFiles::All;
            let is_data = is_called_data(&below) || any && may_be_data(&below);
            let is_module = fs::ending(&below) == "rego";
            if !is_module && !is_data {
                continue;
            }
            let text = match place.read(fs::MAX_BYTES) {
                Ok(text) => text,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            let file = sources.add(Source::new(place.name(), text));
            if is_module {
                modules.push(PolicyFile { file, path: below });
            } else {
                let rooted = if named {
                    String::from("data.json")
                } else {
                    below
                };
                let (one, mut more) = data_file(file, rooted, sources);
                data.extend(one);
                problems.append(&mut more);
            }
        }
    }
    (modules, data, problems)
}

/// Whether a file is data wherever it lies in a bundle.
pub(crate) fn is_called_data(path: &str) -> bool {
    let stem = Path::new(path).file_stem();
    may_be_data(path) && stem.is_some_and(|stem| stem == "data")
}

fn may_be_data(path: &str) -> bool {
    matches!(fs::ending(path), "json" | "yaml" | "yml")
}

fn read_all<T>(
    roots: &[Place],
    extensions: &[&str],
    what: &str,
    sources: &mut Sources,
    mut take: impl FnMut(FileId, String, &Sources) -> (Option<T>, Vec<Problem>),
) -> Read<T> {
    let (mut taken, mut problems) = (Vec::new(), Vec::new());
    for root in roots {
        let (mut found, mut unwalked) = root.files();
        let walked = unwalked.is_empty();
        problems.append(&mut unwalked);
        found.retain(|file| extensions.contains(&fs::ending(&file.below)));
        if found.is_empty() && walked {
            problems.push(
                Problem::file(root.name(), format!("no {what} file is here")).help(format!(
                    "files that end in {} are read",
                    extensions.join(", ")
                )),
            );
        }
        for Placed { place, below } in found {
            match place.read(fs::MAX_BYTES) {
                Err(problem) => problems.push(problem),
                Ok(text) => {
                    let file = sources.add(Source::new(place.name(), text));
                    let (one, mut more) = take(file, below, sources);
                    taken.extend(one);
                    problems.append(&mut more);
                }
            }
        }
    }
    (taken, problems)
}

fn data_file(file: FileId, path: String, sources: &Sources) -> (Option<DataFile>, Vec<Problem>) {
    let Some(source) = sources.get(file) else {
        return (None, Vec::new());
    };
    let notation = Notation::of_file_name(source.name()).unwrap_or(Notation::Yaml);
    let (documents, mut problems) = parse::parse_own(source, file, notation);
    let [document] = documents.as_slice() else {
        if problems.is_empty() {
            problems.push(
                Problem::file(
                    source.name(),
                    format!("{} documents in a data file", documents.len()),
                )
                .help("a data file holds exactly one document"),
            );
        }
        return (None, problems);
    };
    let typing = if notation == Notation::Json {
        Typing::Json
    } else {
        Typing::Core
    };
    let value = document.tree.to_value(NodeId::ROOT, typing);
    let folders: Vec<&str> = path.split('/').collect();
    let rooted = folders.iter().rev().skip(1).fold(value, |value, folder| {
        let mut object = ObjectBuilder::default();
        object.insert_str(folder, value);
        Value::Object(object.finish())
    });
    if !matches!(rooted, Value::Object(_)) {
        problems.push(Problem::file(
            source.name(),
            "a data file at the root must hold a mapping",
        ));
        return (None, problems);
    }
    (
        Some(DataFile {
            path,
            value: rooted,
        }),
        problems,
    )
}
