//! Resources that stand beside each other in one tree: those of a type, those of a name, those that speak of another one.

use std::collections::BTreeSet;

use crate::resource::Resource;
use crate::tree::{Groups, NodeId, View};

/// What a key of the groups of a tree leads to.
pub(in crate::frontend) fn found<'a>(
    resource: &'a Resource,
    group: fn(View<'_>) -> Groups,
    key: &str,
) -> Vec<View<'a>> {
    let tree = &resource.tree;
    let groups = tree.grouped(|| group(tree.view(NodeId::ROOT, resource.typing)));
    let nodes = groups.get(key).into_iter().flatten();
    nodes
        .map(|node| tree.view(*node, resource.typing))
        .collect()
}

/// The key of what speaks of a name, among those of a type.
pub(in crate::frontend) fn speaking(kind: &str, of: &str) -> String {
    format!("{kind}>{of}")
}

/// How a text stands among what is spoken of: no resource is called so.
pub(in crate::frontend) fn text(written: &str) -> String {
    format!("={written}")
}

/// The longest text that may be the name of something, in bytes.
const MAX_NAME: usize = 512;

/// Groups what a resource of a type says of itself by what it speaks of, and by the texts in it that may be names.
pub(in crate::frontend) fn group(
    groups: &mut Groups,
    kind: &str,
    body: View<'_>,
    referred: fn(View<'_>) -> Vec<String>,
) {
    let mut names = BTreeSet::new();
    let mut pending = vec![body];
    while let Some(view) = pending.pop() {
        names.extend(referred(view));
        let written = view.raw().filter(|written| written.len() <= MAX_NAME);
        names.extend(written.map(text));
        pending.extend(view.items());
        pending.extend(view.entries().map(|(_, value)| value));
    }
    for name in names {
        let key = speaking(kind, &name);
        groups.entry(key).or_default().push(body.id());
    }
}
