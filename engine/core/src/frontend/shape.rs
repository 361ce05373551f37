//! The shapes that formats insist on, a table for each. What has another one is seen by no model, and is said.

use crate::tree::View;

/// What must stand under a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// What is not read.
    Any,
    Text,
    Mapping,
    List,
    /// A list, or its only item.
    ListOrText,
    /// A list of mappings.
    Mappings,
    /// A list of texts.
    Texts,
    /// A list of commands: texts, or lists of words.
    Commands,
    /// A mapping of names to scalars, or a list of texts such as `name=value`.
    Named,
    /// A list of mappings: the keys that each must have, and those that it may have.
    Items(&'static [&'static str], &'static [&'static str]),
}

/// Keys, and what must stand under each.
pub(super) type Keys = &'static [(&'static str, Shape)];

/// Keys of a pod spec of Kubernetes that the model reads.
pub(super) const POD_SPEC: Keys = &[
    ("containers", Shape::Mappings),
    ("ephemeralContainers", Shape::Mappings),
    ("initContainers", Shape::Mappings),
    ("resources", Shape::Mapping),
    ("securityContext", Shape::Mapping),
    ("volumes", Shape::Mappings),
];

/// Keys of a container of Kubernetes that the model reads.
pub(super) const CONTAINER: Keys = &[
    ("env", Shape::Mappings),
    ("envFrom", Shape::Mappings),
    ("lifecycle", Shape::Mapping),
    ("livenessProbe", Shape::Mapping),
    ("ports", Shape::Mappings),
    ("readinessProbe", Shape::Mapping),
    ("resources", Shape::Mapping),
    ("securityContext", Shape::Mapping),
    ("startupProbe", Shape::Mapping),
];

/// Keys of a service of Compose that the model reads.
pub(super) const SERVICE: Keys = &[
    ("cap_add", Shape::List),
    ("cap_drop", Shape::List),
    ("configs", Shape::List),
    ("deploy", Shape::Mapping),
    ("env_file", Shape::ListOrText),
    ("environment", Shape::Named),
    ("healthcheck", Shape::Mapping),
    ("labels", Shape::Named),
    ("ports", Shape::List),
    ("secrets", Shape::List),
    ("security_opt", Shape::List),
    ("sysctls", Shape::Named),
    ("tmpfs", Shape::ListOrText),
    ("volumes", Shape::List),
];

/// Fields of a kustomization that are read, or change nothing that is judged.
pub(super) const KUSTOMIZATION: Keys = &[
    ("apiVersion", Shape::Any),
    ("kind", Shape::Any),
    ("metadata", Shape::Any),
    ("resources", Shape::Texts),
    ("bases", Shape::Texts),
    ("components", Shape::Texts),
    ("namespace", Shape::Text),
    ("namePrefix", Shape::Text),
    ("nameSuffix", Shape::Text),
    (
        "labels",
        Shape::Items(
            &["pairs"],
            &["includeSelectors", "includeTemplates", "fields"],
        ),
    ),
    ("commonLabels", Shape::Mapping),
    ("commonAnnotations", Shape::Mapping),
    (
        "images",
        Shape::Items(&["name"], &["newName", "newTag", "tagSuffix", "digest"]),
    ),
    ("replicas", Shape::Items(&["name", "count"], &[])),
    ("patches", Shape::Items(&[], PATCH)),
    ("patchesStrategicMerge", Shape::Texts),
    ("patchesJson6902", Shape::Items(&[], PATCH)),
    ("configMapGenerator", Shape::Items(&[], GENERATOR)),
    ("secretGenerator", Shape::Items(&[], GENERATOR)),
    ("generatorOptions", Shape::Mapping),
    ("buildMetadata", Shape::Any),
    ("sortOptions", Shape::Any),
];

/// Keys of a patch.
const PATCH: &[&str] = &["patch", "path", "target", "options"];

/// Keys of a generator.
const GENERATOR: &[&str] = &[
    "name",
    "namespace",
    "behavior",
    "type",
    "literals",
    "env",
    "envs",
    "files",
    "options",
];

/// Keys of user data of cloud-init that the model reads as lists.
pub(super) const USER_DATA: Keys = &[
    ("bootcmd", Shape::Commands),
    ("runcmd", Shape::Commands),
    ("write_files", Shape::Mappings),
];

/// What is not of its shape.
pub(super) struct Wrong<'a> {
    pub(super) at: View<'a>,
    pub(super) message: String,
    /// Whether it only lacks something, and so changes nothing.
    pub(super) lacks: bool,
}

/// What of a mapping is not of its shape. Null is nothing.
pub(super) fn of_keys(of: View<'_>, keys: Keys) -> Vec<Wrong<'_>> {
    let mut wrong = Vec::new();
    for (key, shape) in keys {
        if let Some(written) = of.get(key).filter(|written| !written.is_null()) {
            wrong.extend(of_value(key, *shape, written));
        }
    }
    wrong
}

/// What of the value of a key is not of its shape. What nobody knows yet may have it.
pub(super) fn of_value<'a>(key: &str, shape: Shape, written: View<'a>) -> Vec<Wrong<'a>> {
    let mut wrong = Vec::new();
    if written.unknown().is_some() {
        return wrong;
    }
    let (is_right, expected) = match shape {
        Shape::Any => (true, ""),
        Shape::Text => (written.raw().is_some(), "text"),
        Shape::Mapping => (written.is_mapping(), "mapping"),
        Shape::Named => (is_collection(written), "mapping"),
        Shape::ListOrText => (!written.is_mapping(), "list"),
        Shape::List | Shape::Mappings | Shape::Texts | Shape::Commands | Shape::Items(..) => {
            (written.is_sequence(), "list")
        }
    };
    if !is_right {
        say(written, format!("`{key}` is no {expected}"), &mut wrong);
        return wrong;
    }
    let values = written.entries().map(|(_, value)| value);
    for value in values.filter(|value| matches!(shape, Shape::Named) && is_collection(*value)) {
        say(value, no_pair(key), &mut wrong);
    }
    for item in written.items().filter(|item| item.unknown().is_none()) {
        of_item(key, shape, item, &mut wrong);
    }
    wrong
}

fn of_item<'a>(key: &str, shape: Shape, item: View<'a>, wrong: &mut Vec<Wrong<'a>>) {
    let that_is_no = |what: &str| format!("an item of `{key}` that is no {what}");
    match shape {
        Shape::Mappings | Shape::Items(..) if !item.is_mapping() => {
            say(item, that_is_no("mapping"), wrong);
        }
        Shape::Texts if item.raw().is_none() => say(item, that_is_no("text"), wrong),
        Shape::Commands if item.is_mapping() => say(item, that_is_no("command"), wrong),
        Shape::Named if is_collection(item) => say(item, no_pair(key), wrong),
        Shape::Items(required, allowed) => of_fields(key, required, allowed, item, wrong),
        _ => {}
    }
}

/// What an item lacks, and which fields it has that there are none of.
fn of_fields<'a>(
    key: &str,
    required: &[&str],
    allowed: &[&str],
    item: View<'a>,
    wrong: &mut Vec<Wrong<'a>>,
) {
    let has = |name: &str| item.get(name).is_some_and(|value| !value.is_null());
    for name in required.iter().filter(|name| !has(name)) {
        wrong.push(Wrong {
            at: item,
            message: format!("an item of `{key}` without `{name}`"),
            lacks: true,
        });
    }
    for (name, value) in item.entries() {
        if !required.contains(&name) && !allowed.contains(&name) {
            let message = format!("an item of `{key}` has no field `{}`", name.escape_debug());
            say(value, message, wrong);
        }
    }
}

fn say<'a>(at: View<'a>, message: String, wrong: &mut Vec<Wrong<'a>>) {
    wrong.push(Wrong {
        at,
        message,
        lacks: false,
    });
}

fn no_pair(key: &str) -> String {
    format!("an item of `{key}` that is no pair of a name and a value")
}

fn is_collection(view: View<'_>) -> bool {
    view.is_mapping() || view.is_sequence()
}
