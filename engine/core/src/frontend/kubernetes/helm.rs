//! What `helm template` renders: manifests, each below a comment that names the template it came from.

use crate::parse::Document;
use crate::resource::{Format, Resource};
use crate::source::Span;
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
                start: byte(start),
                end: byte(start + line.len()),
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

/// A comment that a person wrote may name a source too: an address, or a file elsewhere.
fn is_template(path: &str) -> bool {
    let is_address = path.contains("://") || path.contains(char::is_whitespace);
    !is_address && FOLDERS.iter().any(|folder| path.contains(folder))
}

fn byte(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
