//! Tags that a provider gives the resources of a root.

use plumbline_rego::Value;

use super::Reader;
use super::scope::{Instance, Iterators, Names, known};
use crate::tree::{Kind, View};

/// The tags that a root's provider of AWS gives every resource; one with an alias gives them to those that ask for it.
pub(super) fn default_tags<'a>(root: &Instance<'a>) -> Vec<(&'a str, Option<Value>, View<'a>)> {
    let scope = Names {
        instance: root,
        names: Iterators::new(),
    };
    let providers = root.folder.labelled("provider");
    let of_aws = providers.filter(|(name, _)| *name == "aws");
    let unnamed = of_aws
        .flat_map(|(_, body)| each(body))
        .filter(|body| body.get("alias").is_none());
    let blocks = unnamed
        .filter_map(|body| body.get("default_tags"))
        .flat_map(each);
    let tags = blocks.filter_map(|block| block.get("tags"));
    tags.flat_map(View::entries)
        .map(|(key, value)| (key, known(value, &scope, 0), value))
        .collect()
}

/// A block, or each of several of one name.
pub(super) fn each(view: View<'_>) -> impl Iterator<Item = View<'_>> {
    let one = (!view.is_sequence()).then_some(view);
    one.into_iter().chain(view.items())
}

impl<'a> Reader<'a, '_> {
    /// A body with the tags that its provider gives it; its own come before those.
    pub(super) fn tagged(&mut self, body: View<'a>, scope: &Names<'_, 'a>) {
        self.builder.open(Kind::Mapping, body.origin());
        self.entries(body, scope, 0, Some("tags"));
        let own = body.get("tags");
        match own {
            Some(own) => self.builder.key_of(own),
            None => self.builder.key("tags"),
        };
        match own {
            Some(own) if own.is_mapping() => {
                self.builder.open(Kind::Mapping, own.origin());
                for (_, value) in own.entries() {
                    self.builder.key_of(value);
                    self.put(value, scope, 2);
                }
                self.defaults(|key| own.get(key).is_some());
                self.builder.close();
            }
            Some(own) => match known(own, scope, 0) {
                Some(Value::Object(tags)) => {
                    self.builder.open(Kind::Mapping, own.origin());
                    for (key, value) in tags.iter() {
                        self.builder
                            .key_as(key.as_str().unwrap_or_default(), own.key_span());
                        self.builder.value(value, own.origin());
                    }
                    self.defaults(|key| tags.get_str(key).is_some());
                    self.builder.close();
                }
                _ => self.put(own, scope, 1),
            },
            None => {
                self.builder.open(Kind::Mapping, body.origin());
                self.defaults(|_| false);
                self.builder.close();
            }
        }
        self.builder.close();
    }

    /// The tags of the provider, but for those that are there.
    fn defaults(&mut self, is_there: impl Fn(&str) -> bool) {
        for (key, value, written) in &self.default_tags {
            if is_there(key) {
                continue;
            }
            self.builder.key_of(*written);
            match value {
                Some(value) => self.builder.value(value, written.origin()),
                None => self.builder.graft(*written),
            }
        }
    }
}
