//! What is taken out of a verdict: waivers of the organisation, of the repository's files and in its comments, and a
//! baseline.

mod standing;

use std::path::Path;

use plumbline_core::baseline::Baseline;
use plumbline_core::parse::Notation;
use plumbline_core::policy::PolicySet;
use plumbline_core::problem::Problem;
use plumbline_core::schema;
use plumbline_core::source::{FileId, Sources};
use plumbline_core::waiver::{Authority, Waiver, Waivers};
use plumbline_sources::fs;
use plumbline_sources::place::Place;

use crate::config::{self, CheckConfig};

/// The waivers of the organisation, of files, and in comments. What is wrong with them comes back beside what holds.
pub(crate) fn waivers(
    config: &CheckConfig,
    in_comments: (Vec<Waiver>, Vec<Problem>),
    policies: &PolicySet,
    sources: &mut Sources,
) -> (Waivers, Vec<Problem>) {
    let (mut all, mut problems) = (config.organisation.clone(), Vec::new());
    for file in &config.waivers {
        let (mut waivers, wrong) = config::waivers_of(file, Authority::Local, sources);
        let advise = |problem: Problem| match problem.help {
            Some(_) => problem,
            None => problem
                .help("`waivers` of the configuration names it; `plumb waivers add` writes one"),
        };
        problems.extend(wrong.into_iter().map(advise));
        all.append(&mut waivers);
    }
    let (mut waivers, mut wrong) = in_comments;
    problems.append(&mut wrong);
    if let Some(lock) = config.locks.get("local-waivers") {
        let refused = waivers.drain(..).map(|waiver| {
            Problem::error(waiver.place, "a local waiver, which a layer does not allow")
                .related(*lock, "locked here")
                .help("the organisation's layer can waive it")
        });
        problems.extend(refused);
    }
    if let Some(revision) = &config.revision {
        let (standing, wrong) = standing::those_in(revision, waivers, sources);
        waivers = standing;
        problems.extend(wrong);
    }
    all.append(&mut waivers);
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
pub(crate) fn baseline(file: &Place, sources: &mut Sources) -> (Option<Baseline>, Vec<Problem>) {
    let (document, mut problems) =
        config::document(file, Notation::Json, schema::BASELINE, sources);
    if problems.is_empty() && document.is_none() {
        problems.push(Problem::file(file.name(), "no baseline is in it"));
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
