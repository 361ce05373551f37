//! What AWS is, whatever declares it: `CloudFormation`, SAM, Terraform. Each of them has a dialect and its spellings.

pub(super) mod beside;
pub(super) mod budget;
pub(super) mod bus;
pub(super) mod declared;
pub(super) mod document;
pub(super) mod endpoint;
pub(super) mod function;
pub(super) mod identity;
pub(super) mod listener;
pub(super) mod machine;
pub(super) mod notification;
mod policy_template;
pub(super) mod queue;
pub(super) mod sam;
pub(super) mod store;
pub(super) mod stream;
pub(super) mod task;
pub(super) mod variables;
pub(super) mod workflow;

use crate::estate::Model;
use crate::resource::Resource;
use crate::tree::{Origin, View};

/// How a format writes what depends on other resources.
#[derive(Debug)]
pub(super) struct Dialect {
    /// What a resource says of itself.
    pub(super) properties: fn(&Resource) -> Option<View<'_>>,
    /// Whether a node stands for what only a deployment can tell.
    pub(super) is_unknown: fn(View<'_>) -> bool,
    /// The resource that a node speaks of, as the format names it.
    pub(super) referred: fn(View<'_>) -> Option<String>,
    /// Whether a node speaks of a resource.
    pub(super) is_reference: fn(View<'_>, &Resource) -> bool,
    /// What the other resources of a type beside this one say of themselves.
    pub(super) siblings: for<'a> fn(&'a Resource, &str) -> Vec<View<'a>>,
    /// The same of those that speak, wherever in them, of a resource by its name, or of this one.
    pub(super) speaking: for<'a> fn(&'a Resource, &str, Option<&str>) -> Vec<View<'a>>,
    /// What the resource of a type and name beside this one says of itself.
    pub(super) named: for<'a> fn(&'a Resource, &str, &str) -> Option<View<'a>>,
    /// The region that a resource is in, where that is written.
    pub(super) region: fn(&Resource) -> Option<View<'_>>,
}

/// Why a value is unknown.
pub(super) const WHY: &str = "only a deployment can tell";

impl Dialect {
    /// The other resources of a type that may be about one, in order: those that speak of it, and those with the name in
    /// them that it gives itself.
    pub(super) fn mentioning<'a>(
        &self,
        resource: &'a Resource,
        kind: &str,
        own: Option<View<'_>>,
    ) -> Vec<View<'a>> {
        let mut found = (self.speaking)(resource, kind, None);
        if let Some(name) = own.and_then(View::raw) {
            let text = beside::text(name);
            found.extend((self.speaking)(resource, kind, Some(&text)));
            found.sort_by_key(|view| view.id());
            found.dedup_by_key(|view| view.id());
        }
        found
    }

    /// A value as it is written, or unknown where only a deployment can tell.
    pub(super) fn known(
        &self,
        model: &mut Model,
        key: &str,
        written: Option<View<'_>>,
        copy: fn(&mut Model, &str, Option<View<'_>>),
    ) {
        match written {
            Some(view) if (self.is_unknown)(view) => model.unknown(key, WHY, view.id()),
            other => copy(model, key, other),
        }
    }
}

/// The value that several keys lead to; of a block that may repeat, the first one. No way leads to nothing. Where a
/// function stands on the way, it is what was found: only a deployment can tell what lies below it.
pub(super) fn dig<'a>(from: View<'a>, path: &[&str]) -> Option<View<'a>> {
    if path.is_empty() {
        return None;
    }
    let mut at = from;
    for key in path {
        let block = at.items().next().unwrap_or(at);
        match block.get(key) {
            Some(below) => at = below,
            None if is_call(block) => return Some(block),
            None => return None,
        }
    }
    Some(at).filter(|view| !view.is_null())
}

/// Whether a node is a function of `CloudFormation`, in its long spelling.
fn is_call(view: View<'_>) -> bool {
    let mut entries = view.entries();
    let first = entries.next();
    let is_alone = entries.next().is_none();
    first.is_some_and(|(name, _)| is_alone && name.starts_with("Fn::"))
}

/// Whether a deployment chooses between two values, of which one may be nothing: `Fn::If`, `condition ? a : null`.
pub(super) fn is_choice(view: View<'_>) -> bool {
    let is_conditional = |text: &str| text.starts_with("${") && text.contains(" ? ");
    view.get("Fn::If").is_some() || view.raw().is_some_and(is_conditional)
}

/// True where something is written, else false; unknown where a deployment chooses whether it is.
pub(super) fn presence(model: &mut Model, key: &str, written: Option<View<'_>>, default: Origin) {
    match written {
        Some(view) if is_choice(view) => model.unknown(key, WHY, view.id()),
        Some(view) => model.truth(key, true, Origin::Derived { from: view.id() }),
        None => model.truth(key, false, default),
    }
}
