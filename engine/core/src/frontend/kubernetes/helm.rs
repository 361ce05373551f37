//! What `helm template` renders: manifests, each below a comment that names the template it came from. And charts, which
//! it has yet to render.

use std::collections::BTreeSet;

use crate::parse::Document;
use crate::problem::Problem;
use crate::resource::{Format, Resource};
use crate::source::{FileId, Span, small};
use crate::tree::{NodeId, Tree};

/// What Helm writes before the path of a template.
const MARK: &str = "# Source: ";

/// Where the templates of a chart lie, and what it declares besides.
const FOLDERS: &[&str] = &["/templates/", "/crds/"];

/// The format of the objects of a document.
pub(super) fn format(document: &Document) -> Format {
    if template(&document.tree).is_some() {
        Format::Helm
    } else {
        Format::Kubernetes
    }
}

/// The template that a resource was rendered from: the bytes that name it, and a note to a finding. The bytes of the
/// finding itself are those of the rendered file.
pub(crate) fn note(resource: &Resource) -> Option<(Span, String)> {
    let (path, place) = template(&resource.tree)?;
    let is_rendered = resource.format == Format::Helm;
    let note = format!("rendered from `{}`", path.escape_debug());
    is_rendered.then_some((place, note))
}

/// The path in the comment above a document, and its bytes: `shop/templates/web.yaml`. Only the comments between the
/// beginning of the document and its first node are looked at.
fn template(tree: &Tree) -> Option<(&str, Span)> {
    let text = tree.source()?.text();
    let root = tree.place(NodeId::ROOT)?;
    let above = text.get(..root.start as usize)?;
    let mut end = above.rfind('\n')?;
    if !above.get(end..)?.trim().is_empty() {
        return None;
    }
    loop {
        let before = text.get(..end)?;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.get(start..)?.trim_end();
        if let Some(path) = line.strip_prefix(MARK).filter(|path| is_template(path)) {
            let place = Span {
                start: small(start),
                end: small(start + line.len()),
                ..root
            };
            return Some((path, place));
        }
        if !(line.is_empty() || line.starts_with('#')) {
            return None;
        }
        end = start.checked_sub(1)?;
    }
}

/// What the root of a chart has.
const CHART: &str = "Chart.yaml";

/// The files that are templates of charts, by the paths of all, and one problem for each chart that has any. A chart
/// within another one is a part of it.
pub(crate) fn charts(files: &[(&str, FileId)]) -> (BTreeSet<FileId>, Vec<Problem>) {
    let paths = files.iter().map(|(path, _)| *path);
    let roots: BTreeSet<&str> = paths.filter_map(root).collect();
    let mut templates = BTreeSet::new();
    let mut unrendered = BTreeSet::new();
    for (path, file) in files.iter().copied() {
        let below = |folder: &str| {
            ancestors(path)
                .filter(|(root, _)| roots.contains(*root))
                .find(|(_, rest)| rest.starts_with(folder))
        };
        if let Some((own, _)) = below("templates/") {
            let outer = below("charts/").map(|(root, _)| root);
            let outer = outer.filter(|outer| outer.len() < own.len());
            templates.insert(file);
            unrendered.insert(outer.unwrap_or(own));
        }
    }
    let problem = |root: &str| {
        let slash = if root.is_empty() { "" } else { "/" };
        let message = "a chart of Helm, which has to be rendered first";
        let help = "its templates were not judged; render it with `helm template`, and check what it renders to";
        Problem::file(format!("{root}{slash}{CHART}"), message).help(help)
    };
    let problems = unrendered.into_iter().map(problem).collect();
    (templates, problems)
}

/// The folder of a chart, by the path of the file that says so.
pub(crate) fn root(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    (name == CHART).then_some(folder)
}

/// The folders that a path leads through, the outermost first, each with the rest of the path.
fn ancestors(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let slashes = path.match_indices('/').map(|(at, _)| at);
    let split = slashes.filter_map(|at| Some((path.get(..at)?, path.get(at + 1..)?)));
    std::iter::once(("", path)).chain(split)
}

/// A comment that a person wrote may name a source too: an address, or a file elsewhere.
fn is_template(path: &str) -> bool {
    let is_address = path.contains("://") || path.contains(char::is_whitespace);
    !is_address && FOLDERS.iter().any(|folder| path.contains(folder))
}
