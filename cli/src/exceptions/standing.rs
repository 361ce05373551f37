//! Waivers in comments that already stood in the commit which decides: a change cannot exempt itself.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use plumbline_core::parse::{self, Notation};
use plumbline_core::problem::Problem;
use plumbline_core::source::{FileId, Source, Sources, Span};
use plumbline_core::waiver::{self, Scope, Waiver};
use plumbline_sources::fs;
use plumbline_sources::held::Held;
use plumbline_sources::place::Place;

/// The text of a comment, and of what it speaks of.
type Said = (String, String);

/// The waivers whose comment stands in the same file of a commit, and speaks of the same there. What is said of the others
/// comes back beside them.
pub(super) fn those_in(
    revision: &Arc<Held>,
    waivers: Vec<Waiver>,
    sources: &mut Sources,
) -> (Vec<Waiver>, Vec<Problem>) {
    let mut agreed: BTreeMap<FileId, BTreeMap<Said, usize>> = BTreeMap::new();
    for waiver in &waivers {
        let file = waiver.place.file;
        agreed
            .entry(file)
            .or_insert_with(|| said_in(revision, file, sources));
    }
    let (mut standing, mut problems) = (Vec::new(), Vec::new());
    for waiver in waivers {
        let left = agreed
            .get_mut(&waiver.place.file)
            .and_then(|all| all.get_mut(&said(&waiver, sources)))
            .filter(|left| **left > 0);
        // What was agreed to once holds once.
        if let Some(left) = left {
            *left -= 1;
            standing.push(waiver);
        } else {
            let message = "a waiver that is not in the commit of `--policy-ref` does not count";
            let help = "it counts once the comment, and what it speaks of, are there";
            problems.push(Problem::warning(waiver.place, message).help(help));
        }
    }
    (standing, problems)
}

/// How often each comment stands in a file of a commit.
fn said_in(revision: &Arc<Held>, file: FileId, sources: &mut Sources) -> BTreeMap<Said, usize> {
    let mut all = BTreeMap::new();
    let place = Place::of(Path::new(sources.name(file)), Some(revision));
    if !matches!(place, Place::Held(..)) {
        return all;
    }
    let Ok(text) = place.read(fs::MAX_BYTES) else {
        return all;
    };
    let notation = Notation::of_file_name(&place.name()).unwrap_or(Notation::Yaml);
    let before = sources.add(Source::new(place.name(), text).with_secrets());
    let Some(source) = sources.get(before) else {
        return all;
    };
    let (documents, _) = parse::parse(source, before, notation);
    let (waivers, _) = waiver::of_comments(source, &documents);
    for waiver in &waivers {
        *all.entry(said(waiver, sources)).or_default() += 1;
    }
    all
}

fn said(waiver: &Waiver, sources: &Sources) -> Said {
    let spoken_of = match waiver.scope {
        Scope::Bytes(bytes) => bytes,
        Scope::Resources { .. } => waiver.place,
    };
    (text(waiver.place, sources), text(spoken_of, sources))
}

fn text(span: Span, sources: &Sources) -> String {
    let source = sources.get(span.file);
    let text = source.and_then(|source| source.text().get(span.range()));
    text.unwrap_or_default().to_owned()
}
