//! What AWS is, whatever declares it: `CloudFormation`, SAM, Terraform. Each of them has a dialect and its spellings.

pub(super) mod budget;
pub(super) mod bus;
pub(super) mod declared;
pub(super) mod document;
pub(super) mod endpoint;
pub(super) mod function;
pub(super) mod identity;
pub(super) mod machine;
pub(super) mod queue;
pub(super) mod sam;
pub(super) mod store;
pub(super) mod task;
pub(super) mod variables;

use crate::estate::Model;
use crate::resource::Resource;
use crate::tree::View;

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
    /// What the resource of a type and name beside this one says of itself.
    pub(super) named: for<'a> fn(&'a Resource, &str, &str) -> Option<View<'a>>,
}

/// Why a value is unknown.
pub(super) const WHY: &str = "only a deployment can tell";

impl Dialect {
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

/// The value that several keys lead to; of a block that may repeat, the first one. No way leads to nothing.
pub(super) fn dig<'a>(from: View<'a>, path: &[&str]) -> Option<View<'a>> {
    if path.is_empty() {
        return None;
    }
    let step = |view: View<'a>, key: &&str| {
        let block = view.items().next().unwrap_or(view);
        block.get(key)
    };
    path.iter()
        .try_fold(from, step)
        .filter(|view| !view.is_null())
}
