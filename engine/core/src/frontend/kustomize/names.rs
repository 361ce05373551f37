//! What objects are called: the namespace, the prefix and the suffix that a kustomization gives them, and the other
//! objects that speak of them.

use std::collections::HashMap;

use super::draft::{Content, Draft, Entry};
use super::files::Kustomization;
use super::object::{Name, Object};

/// Kinds that no namespace holds.
const CLUSTER_WIDE: &[&str] = &[
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "CustomResourceDefinition",
    "FlowSchema",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PodSecurityPolicy",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
];

/// Kinds whose name stays as it is.
const UNPREFIXED: &[&str] = &["APIService", "CustomResourceDefinition", "Namespace"];

/// Gives every object the namespace of a kustomization. A Namespace is called like it, and accounts called `default`
/// are those of it.
pub(super) fn namespace(of: &Kustomization<'_>, objects: &mut [Object]) {
    let Some((_, view)) = of.text("namespace") else {
        return;
    };
    let written = |key: &str| Entry {
        key: key.to_owned(),
        place: view.key_span(),
        value: Draft::scalar(view),
    };
    for object in objects {
        let is_namespace = object.kind() == "Namespace" && object.is_built_in();
        let is_cluster_wide = object.is_built_in() && CLUSTER_WIDE.contains(&object.kind());
        let key = if is_namespace { "name" } else { "namespace" };
        if is_namespace || !is_cluster_wide {
            let made = Some((view.origin(), view.key_span()));
            let mut set = |metadata: &mut Draft| metadata.set(written(key));
            object.draft.visit(&["metadata"], made, &mut set);
        }
        if matches!(object.kind(), "RoleBinding" | "ClusterRoleBinding") {
            let mut default = |subject: &mut Draft| {
                let says = |key, word| subject.get(key).and_then(Draft::raw) == Some(word);
                if says("kind", "ServiceAccount") && says("name", "default") {
                    subject.set(written("namespace"));
                }
            };
            object.draft.visit(&["subjects"], None, &mut default);
        }
    }
}

/// Puts the prefix and the suffix of a kustomization on every name. A name keeps the bytes of what it is made from.
pub(super) fn affixes(of: &Kustomization<'_>, objects: &mut [Object]) {
    let affix = |key| of.text(key).map_or("", |(text, _)| text);
    let (prefix, suffix) = (affix("namePrefix"), affix("nameSuffix"));
    if prefix.is_empty() && suffix.is_empty() {
        return;
    }
    for object in objects {
        if object.is_built_in() && UNPREFIXED.contains(&object.kind()) {
            continue;
        }
        let mut rename = |name: &mut Draft| {
            if let Some(text) = name.raw().filter(|text| !text.is_empty()) {
                *name = Draft::text(&format!("{prefix}{text}{suffix}"), name.origin);
            }
        };
        object.draft.visit(&["metadata", "name"], None, &mut rename);
    }
}

/// Where objects of Kubernetes' own kinds name others: the key above, the key of the name, and the kind that is named.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("configMap", "name", "ConfigMap"),
    ("configMapKeyRef", "name", "ConfigMap"),
    ("configMapRef", "name", "ConfigMap"),
    ("secret", "name", "Secret"),
    ("secret", "secretName", "Secret"),
    ("secretKeyRef", "name", "Secret"),
    ("secretRef", "name", "Secret"),
    ("imagePullSecrets", "name", "Secret"),
    ("tls", "secretName", "Secret"),
    (
        "persistentVolumeClaim",
        "claimName",
        "PersistentVolumeClaim",
    ),
    ("service", "name", "Service"),
    ("backend", "serviceName", "Service"),
    ("spec", "serviceName", "Service"),
    ("spec", "serviceAccountName", "ServiceAccount"),
    ("spec", "priorityClassName", "PriorityClass"),
    ("spec", "storageClassName", "StorageClass"),
    ("spec", "volumeName", "PersistentVolume"),
    ("spec", "ingressClassName", "IngressClass"),
];

/// Where they say the kind beside the name.
const KINDED: &[&str] = &["roleRef", "scaleTargetRef", "subjects"];

/// A kind, and what an object of it was called.
type Called = (String, Name);

/// Has objects speak of each other by the names that they have now. Called before the objects remember them.
pub(super) fn refer(objects: &mut [Object]) {
    let renamed = renamed(objects);
    if renamed.iter().all(|((_, before), now)| before == now) {
        return;
    }
    for object in objects.iter_mut().filter(|object| object.is_built_in()) {
        let mut namespaces: Vec<String> =
            object.names().map(|name| name.namespace.clone()).collect();
        // What no namespace holds.
        namespaces.push(String::new());
        let speaker = Speaker {
            renamed: &renamed,
            namespaces,
        };
        speaker.visit(&mut object.draft, "");
    }
}

/// What every object is called now, by what it was called last, or else at any time before.
fn renamed(objects: &[Object]) -> HashMap<Called, Name> {
    let mut renamed = HashMap::new();
    for object in objects {
        let last = object.names().next().cloned();
        let called = last.map(|name| (object.kind().to_owned(), name));
        renamed.extend(called.map(|called| (called, object.current())));
    }
    for object in objects {
        for earlier in object.names().skip(1) {
            let called = (object.kind().to_owned(), earlier.clone());
            renamed.entry(called).or_insert_with(|| object.current());
        }
    }
    renamed
}

/// An object that speaks of others.
struct Speaker<'m> {
    renamed: &'m HashMap<Called, Name>,
    /// Where those that it names may be.
    namespaces: Vec<String>,
}

impl Speaker<'_> {
    fn visit(&self, draft: &mut Draft, above: &str) {
        if KINDED.contains(&above) && !draft.entries().is_empty() {
            self.kinded(draft, above);
            return;
        }
        match &mut draft.content {
            Content::Scalar(_) => {}
            Content::List(items) => items.iter_mut().for_each(|item| self.visit(item, above)),
            Content::Map(entries) => {
                for entry in entries {
                    let named = REFERENCES
                        .iter()
                        .find(|(over, key, _)| *over == above && *key == entry.key);
                    match named {
                        Some((_, _, kind)) => self.rename(kind, &mut entry.value),
                        None => self.visit(&mut entry.value, &entry.key),
                    }
                }
            }
        }
    }

    /// `kind` and `name`; an account that is bound may be one of another namespace.
    fn kinded(&self, draft: &mut Draft, above: &str) {
        let word = |key| draft.get(key).and_then(Draft::raw).unwrap_or_default();
        let kind = word("kind").to_owned();
        if above != "subjects" {
            if let Some(name) = draft.get_mut("name") {
                self.rename(&kind, name);
            }
            return;
        }
        let namespace = Some(word("namespace")).filter(|namespace| *namespace != "default");
        let before = Name {
            name: word("name").to_owned(),
            namespace: namespace.unwrap_or_default().to_owned(),
        };
        let Some(now) = self.renamed.get(&(kind, before)) else {
            return;
        };
        let origin = draft.origin;
        if let Some(name) = draft.get_mut("name") {
            *name = Draft::text(&now.name, name.origin);
        }
        if !now.namespace.is_empty() {
            let there = draft.entry("namespace");
            let entry = Entry {
                key: "namespace".to_owned(),
                place: there.and_then(|there| there.place),
                value: Draft::text(
                    &now.namespace,
                    there.map_or(origin, |there| there.value.origin),
                ),
            };
            draft.set(entry);
        }
    }

    fn rename(&self, kind: &str, name: &mut Draft) {
        let Some(written) = name.raw() else { return };
        let now = self.namespaces.iter().find_map(|namespace| {
            let before = Name {
                name: written.to_owned(),
                namespace: namespace.clone(),
            };
            self.renamed.get(&(kind.to_owned(), before))
        });
        if let Some(now) = now.filter(|now| now.name != written) {
            *name = Draft::text(&now.name, name.origin);
        }
    }
}
