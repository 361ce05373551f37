//! What a repository takes out of its verdict: waivers, of its files and in its comments, and a baseline.

use std::path::{Path, PathBuf};

use plumbline_core::baseline::Baseline;
use plumbline_core::parse::Notation;
use plumbline_core::policy::PolicySet;
use plumbline_core::problem::Problem;
use plumbline_core::schema;
use plumbline_core::source::{FileId, Sources};
use plumbline_core::waiver::{self, Waiver, Waivers};
use plumbline_sources::fs;

use crate::config::{self, CheckConfig};

/// The waivers of some files, then those in comments. What is wrong with them comes back beside what holds.
pub(crate) fn waivers(
    files: &[PathBuf],
    in_comments: (Vec<Waiver>, Vec<Problem>),
    policies: &PolicySet,
    sources: &mut Sources,
) -> (Waivers, Vec<Problem>) {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        let (document, wrong) = config::document(file, Notation::Yaml, schema::WAIVERS, sources);
        problems.extend(wrong);
        let (mut waivers, mut wrong) = document
            .map(|document| waiver::of_file(&document))
            .unwrap_or_default();
        all.append(&mut waivers);
        problems.append(&mut wrong);
    }
    let (mut waivers, mut wrong) = in_comments;
    all.append(&mut waivers);
    problems.append(&mut wrong);
    let (waivers, wrong) = Waivers::new(all, &rules(policies));
    problems.extend(wrong);
    (waivers, problems)
}

/// The path of a text below the folder that globs on files are relative to.
pub(crate) fn path(file: FileId, sources: &Sources, config: &CheckConfig) -> String {
    let name = Path::new(sources.name(file));
    let below = fs::beneath(name, &config.base);
    fs::display(below.as_deref().unwrap_or(name))
}

/// The ids of all rules, also of those that do not judge.
pub(crate) fn rules(policies: &PolicySet) -> Vec<&str> {
    let catalogue = policies.catalogue.iter();
    catalogue
        .map(|listed| listed.metadata.id.as_str())
        .collect()
}

/// A baseline. One that cannot be read is a problem, and nothing is known.
pub(crate) fn baseline(file: &Path, sources: &mut Sources) -> (Option<Baseline>, Vec<Problem>) {
    let (document, mut problems) =
        config::document(file, Notation::Json, schema::BASELINE, sources);
    if problems.is_empty() && document.is_none() {
        problems.push(Problem::file(fs::display(file), "no baseline is in it"));
    }
    let advise = |problem: Problem| match problem.help {
        Some(_) => problem,
        None => problem.help("a baseline is what `plumb check --write-baseline FILE` writes"),
    };
    let baseline = document.filter(|_| problems.is_empty());
    (
        baseline.map(|document| Baseline::read(&document)),
        problems.into_iter().map(advise).collect(),
    )
}
