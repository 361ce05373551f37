//! Labels and annotations that a kustomization gives to every object, and where else they belong.

use super::draft::{Draft, Entry};
use super::files::Kustomization;
use super::object::Object;
use crate::tree::View;

/// A kind, a way in it, and whether what is missing on the way is made.
type Field = (&'static str, &'static [&'static str], bool);

/// Where pods are described, beside their spec.
const TEMPLATES: &[Field] = &[
    (
        "ReplicationController",
        &["spec", "template", "metadata"],
        true,
    ),
    ("Deployment", &["spec", "template", "metadata"], true),
    ("ReplicaSet", &["spec", "template", "metadata"], true),
    ("DaemonSet", &["spec", "template", "metadata"], true),
    ("StatefulSet", &["spec", "template", "metadata"], true),
    ("Job", &["spec", "template", "metadata"], true),
    ("CronJob", &["spec", "jobTemplate", "metadata"], true),
    (
        "CronJob",
        &["spec", "jobTemplate", "spec", "template", "metadata"],
        true,
    ),
];

/// Where volumes are described that a set makes for each pod.
const CLAIMS: &[Field] = &[(
    "StatefulSet",
    &["spec", "volumeClaimTemplates", "metadata"],
    true,
)];

/// Where pods are selected.
const SELECTORS: &[Field] = &[
    ("Service", &["spec", "selector"], true),
    ("ReplicationController", &["spec", "selector"], true),
    ("Deployment", &["spec", "selector", "matchLabels"], true),
    ("ReplicaSet", &["spec", "selector", "matchLabels"], true),
    ("DaemonSet", &["spec", "selector", "matchLabels"], true),
    ("StatefulSet", &["spec", "selector", "matchLabels"], true),
    ("Job", &["spec", "selector", "matchLabels"], false),
    (
        "CronJob",
        &["spec", "jobTemplate", "spec", "selector", "matchLabels"],
        false,
    ),
    (
        "PodDisruptionBudget",
        &["spec", "selector", "matchLabels"],
        false,
    ),
    (
        "NetworkPolicy",
        &["spec", "podSelector", "matchLabels"],
        false,
    ),
    (
        "NetworkPolicy",
        &["spec", "ingress", "from", "podSelector", "matchLabels"],
        false,
    ),
    (
        "NetworkPolicy",
        &["spec", "egress", "to", "podSelector", "matchLabels"],
        false,
    ),
];

/// How many labels and annotations a kustomization gives to each object.
pub(super) fn count(of: &Kustomization<'_>) -> usize {
    let listed = of.items("labels").map(|item| 1 + width(item.get("pairs")));
    let common = ["commonLabels", "commonAnnotations"].into_iter();
    let common = common.map(|key| width(of.root().get(key)));
    listed.chain(common).sum()
}

fn width(pairs: Option<View<'_>>) -> usize {
    pairs.map_or(0, |pairs| pairs.entries().count())
}

/// Gives objects the labels of a kustomization: of `labels`, as far as each says, and of `commonLabels`, everywhere.
pub(super) fn labels(of: &Kustomization<'_>, objects: &mut [Object]) {
    for item in of.items("labels") {
        let Some(pairs) = item.get("pairs") else {
            continue;
        };
        let says = |key| item.get(key).and_then(View::bool) == Some(true);
        let selectors = says("includeSelectors");
        put_all(
            objects,
            pairs,
            selectors || says("includeTemplates"),
            selectors,
        );
    }
    if let Some(pairs) = of.root().get("commonLabels") {
        put_all(objects, pairs, true, true);
    }
}

fn put_all(objects: &mut [Object], pairs: View<'_>, templates: bool, selectors: bool) {
    for object in objects {
        put(
            &mut object.draft,
            &["metadata"],
            true,
            Some("labels"),
            pairs,
        );
        if templates {
            put_fields(object, TEMPLATES, Some("labels"), pairs);
            put_fields(object, CLAIMS, Some("labels"), pairs);
        }
        if selectors {
            put_fields(object, SELECTORS, None, pairs);
        }
    }
}

/// Gives objects the annotations of a kustomization.
pub(super) fn annotations(of: &Kustomization<'_>, objects: &mut [Object]) {
    let Some(pairs) = of.root().get("commonAnnotations") else {
        return;
    };
    for object in objects {
        let key = Some("annotations");
        put(&mut object.draft, &["metadata"], true, key, pairs);
        put_fields(object, TEMPLATES, key, pairs);
    }
}

fn put_fields(object: &mut Object, fields: &[Field], key: Option<&str>, pairs: View<'_>) {
    if !object.is_built_in() {
        return;
    }
    let of_kind = |(kind, ..): &&Field| *kind == object.kind();
    let fields: Vec<&Field> = fields.iter().filter(of_kind).collect();
    for (_, path, made) in fields {
        put(&mut object.draft, path, *made, key, pairs);
    }
}

/// Puts pairs at the end of a way, and there under a key if one is given. What is made stands where the pairs do.
pub(super) fn put(
    draft: &mut Draft,
    path: &[&str],
    made: bool,
    key: Option<&str>,
    pairs: View<'_>,
) {
    let path: Vec<&str> = path.iter().copied().chain(key).collect();
    let made = made.then(|| (pairs.origin(), pairs.key_span()));
    let mut set = |draft: &mut Draft| {
        for (key, value) in pairs.entries() {
            draft.set(Entry {
                key: key.to_owned(),
                place: value.key_span(),
                value: Draft::scalar(value),
            });
        }
    };
    draft.visit(&path, made, &mut set);
}
