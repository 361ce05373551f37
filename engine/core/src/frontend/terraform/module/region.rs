//! Regions that providers give the resources of a module.

use std::collections::BTreeMap;

use plumbline_rego::Value;

use super::scope::{Instance, Iterators, Names, known};
use super::tags::each;
use crate::tree::View;

/// A region, where it is known, and where it is written.
pub(super) type Region<'a> = (Option<Value>, View<'a>);

/// Regions by what resources call the provider: `aws`, `aws.eu`.
pub(super) type Regions<'a> = BTreeMap<String, Region<'a>>;

/// What the providers of a module say, over those that its caller hands on.
pub(super) fn regions<'a>(instance: &Instance<'a>, handed: Regions<'a>) -> Regions<'a> {
    let scope = Names {
        instance,
        names: Iterators::new(),
    };
    let mut regions = handed;
    for (name, block) in instance.folder.labelled("provider") {
        for body in each(block) {
            let alias = body.get("alias").and_then(View::raw);
            let called = alias.map_or_else(|| name.to_owned(), |alias| format!("{name}.{alias}"));
            match body.get("region").filter(|region| !region.is_null()) {
                Some(region) => {
                    regions.insert(called, (known(region, &scope, 0), region));
                }
                None => {
                    regions.remove(&called);
                }
            }
        }
    }
    regions
}

/// What a call of a module hands on: providers without an alias, and those that it names.
pub(super) fn handed<'a>(regions: &Regions<'a>, call: View<'a>) -> Regions<'a> {
    let unnamed = regions.iter().filter(|(called, _)| !called.contains('.'));
    let mut handed: Regions<'a> = unnamed
        .map(|(called, region)| (called.clone(), region.clone()))
        .collect();
    let named = call.get("providers").into_iter().flat_map(View::entries);
    for (inside, outside) in named {
        let inside = bare(inside).to_owned();
        match regions.get(bare(outside.raw().unwrap_or_default())) {
            Some(region) => handed.insert(inside, region.clone()),
            None => handed.remove(&inside),
        };
    }
    handed
}

/// The region that a resource of a type has of its provider.
pub(super) fn region<'r, 'a>(
    regions: &'r Regions<'a>,
    kind: &str,
    body: View<'_>,
) -> Option<&'r Region<'a>> {
    let named = body.get("provider").and_then(View::raw).map(bare);
    regions.get(named.or_else(|| kind.split('_').next())?)
}

/// What stands in `${...}`.
fn bare(text: &str) -> &str {
    let inner = text.strip_prefix("${").unwrap_or(text);
    inner.strip_suffix('}').unwrap_or(inner).trim()
}
