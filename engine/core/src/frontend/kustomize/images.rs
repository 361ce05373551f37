//! Images and numbers of replicas that a kustomization changes, wherever they are written.

use super::draft::{Content, Draft, Entry};
use super::files::Kustomization;
use super::object::Object;
use crate::source::Span;
use crate::tree::{NodeId, Origin, View};

/// The lists whose items have images.
const CONTAINERS: &[&str] = &["containers", "initContainers"];

/// Changes the images of every container. The items that name no image of any object are returned.
pub(super) fn images(of: &Kustomization<'_>, objects: &mut [Object]) -> Vec<NodeId> {
    let mut unused = Vec::new();
    for item in of.items("images") {
        let Some(change) = Change::of(item) else {
            continue;
        };
        let found = objects
            .iter_mut()
            .map(|object| change.apply(&mut object.draft, false))
            .sum::<usize>();
        if found == 0 {
            unused.push(item.id());
        }
    }
    unused
}

/// What becomes of the images of one name.
struct Change<'a> {
    name: &'a str,
    new_name: Option<&'a str>,
    new_tag: Option<&'a str>,
    tag_suffix: Option<&'a str>,
    digest: Option<&'a str>,
    /// The bytes of the first key, and of all that is written.
    place: Option<(Span, Span)>,
    origin: Origin,
}

impl<'a> Change<'a> {
    fn of(item: View<'a>) -> Option<Self> {
        let word = |key: &str| item.get(key).and_then(View::raw);
        let mut written: Vec<(Span, Span)> = ["newName", "newTag", "tagSuffix", "digest"]
            .iter()
            .filter_map(|key| item.get(key))
            .filter_map(|view| match view.origin() {
                Origin::Span(span) => Some((view.key_span()?, span)),
                Origin::Default { .. } | Origin::Derived { .. } => None,
            })
            .collect();
        written.sort();
        let first = written.first().map(|(key, _)| *key);
        let last = written.last().map(|(_, value)| *value);
        Some(Self {
            name: word("name")?,
            new_name: word("newName"),
            new_tag: word("newTag"),
            tag_suffix: word("tagSuffix"),
            digest: word("digest"),
            place: first.zip(last),
            origin: item.origin(),
        })
    }

    /// Changes what lies below, and says how many images were of that name.
    fn apply(&self, draft: &mut Draft, is_list: bool) -> usize {
        match &mut draft.content {
            Content::Scalar(_) => 0,
            Content::List(items) => items
                .iter_mut()
                .map(|item| {
                    let found = usize::from(is_list && self.container(item));
                    found + self.apply(item, false)
                })
                .sum(),
            Content::Map(entries) => entries
                .iter_mut()
                .map(|entry| {
                    let is_list = CONTAINERS.contains(&entry.key.as_str());
                    self.apply(&mut entry.value, is_list)
                })
                .sum(),
        }
    }

    /// Changes the image of a container, if it is of that name. What is new stands in the kustomization.
    fn container(&self, container: &mut Draft) -> bool {
        let image = container.get("image").and_then(Draft::raw);
        let Some((name, tag, digest)) = image.map(split).filter(|(name, ..)| *name == self.name)
        else {
            return false;
        };
        let (tag, digest) = match (self.new_tag, self.digest) {
            (Some(tag), digest) => (Some(tag.to_owned()), digest),
            (None, Some(digest)) => (None, Some(digest)),
            (None, None) => match self.tag_suffix {
                Some(suffix) => (Some(format!("{}{suffix}", tag.unwrap_or_default())), None),
                None => (tag.map(str::to_owned), digest),
            },
        };
        let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
        let digest = digest
            .map(|digest| format!("@{digest}"))
            .unwrap_or_default();
        let text = format!("{}{tag}{digest}", self.new_name.unwrap_or(name));
        let (place, origin) = match self.place {
            Some((key, value)) => (Some(key), Origin::Span(value)),
            None => (None, self.origin),
        };
        container.set(Entry {
            key: "image".to_owned(),
            place,
            value: Draft::text(&text, origin),
        });
        true
    }
}

/// Name, tag and digest of an image. A colon before the last `/` belongs to a port.
fn split(image: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, digest) = match image.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (image, None),
    };
    match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag), digest),
        _ => (rest, None, digest),
    }
}

/// Kinds that have a number of replicas.
const SCALED: &[&str] = &[
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];

/// Changes numbers of replicas. The items that name no object are returned.
pub(super) fn replicas(of: &Kustomization<'_>, objects: &mut [Object]) -> Vec<NodeId> {
    let mut unused = Vec::new();
    for item in of.items("replicas") {
        let name = item.get("name").and_then(View::raw).unwrap_or_default();
        let Some(count) = item.get("count").filter(|count| !count.is_null()) else {
            continue;
        };
        let is_named = |object: &&mut Object| {
            SCALED.contains(&object.kind()) && object.names().any(|one| one.name == name)
        };
        let mut found = false;
        for object in objects.iter_mut().filter(is_named) {
            found = true;
            let mut set = |spec: &mut Draft| {
                spec.set(Entry {
                    key: "replicas".to_owned(),
                    place: count.key_span(),
                    value: Draft::scalar(count),
                });
            };
            let made = Some((count.origin(), count.key_span()));
            object.draft.visit(&["spec"], made, &mut set);
        }
        if !found {
            unused.push(item.id());
        }
    }
    unused
}
