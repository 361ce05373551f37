//! Bodies: what can be known is filled in, and a dynamic block is a block per element.

use std::collections::BTreeSet;

use super::instances::{MAX_INSTANCES, pairs};
use super::scope::{MAX_DEPTH, Names, known};
use super::{MAX_VALUES, Reader};
use crate::frontend::terraform::{evaluate, functions, partial};
use crate::parse::hcl::TEMPLATE;
use crate::tree::{Kind, View};

impl<'a> Reader<'a, '_> {
    /// A body with what can be known filled in.
    pub(super) fn put(&mut self, view: View<'a>, scope: &Names<'_, 'a>, depth: usize) {
        if depth > MAX_DEPTH {
            return self.builder.graft(view);
        }
        if view.is_mapping() {
            self.builder.open(Kind::Mapping, view.origin());
            self.entries(view, scope, depth, None);
            self.builder.close();
        } else if view.is_sequence() {
            self.builder.open(Kind::Sequence, view.origin());
            view.items()
                .for_each(|item| self.put(item, scope, depth + 1));
            self.builder.close();
        } else if view.tag() == Some(TEMPLATE) {
            self.computed(view, scope);
        } else {
            self.builder.graft(view);
        }
    }

    /// What a text with `${...}` in it comes to.
    fn computed(&mut self, view: View<'a>, scope: &Names<'_, 'a>) {
        if let Some(said) = self.document(view, scope) {
            return self.put_document(&said, view);
        }
        let Some(value) = evaluate::text(view.raw().unwrap_or_default(), scope) else {
            return self.builder.graft(view);
        };
        match partial::merged(view, scope) {
            Some(said) => said.write(&mut self.builder),
            None => self.builder.value(&value, view.origin()),
        }
    }

    /// The entries of a mapping but for one. Dynamic blocks follow the blocks of the same name that are written.
    pub(super) fn entries(
        &mut self,
        view: View<'a>,
        scope: &Names<'_, 'a>,
        depth: usize,
        except: Option<&str>,
    ) {
        let dynamic = view.get("dynamic").filter(|blocks| blocks.is_sequence());
        let dynamic: Vec<(&str, View<'a>)> = dynamic
            .into_iter()
            .flat_map(View::items)
            .flat_map(View::entries)
            .collect();
        let mut written = BTreeSet::new();
        let is_dynamic = |key: &str| dynamic.iter().any(|(label, _)| *label == key);
        for (key, value) in view.entries().filter(|(key, _)| Some(*key) != except) {
            if key == "dynamic" && value.is_sequence() {
                continue;
            }
            if value.is_sequence() && is_dynamic(key) {
                written.insert(key);
                self.builder.key_of(value);
                self.builder.open(Kind::Sequence, value.origin());
                for item in value.items() {
                    self.put(item, scope, depth + 1);
                }
                for (content, names) in self.generated(&dynamic, key, scope) {
                    self.put(content, &names, depth + 1);
                }
                self.builder.close();
            } else {
                self.key(value, scope);
                self.put(value, scope, depth + 1);
            }
        }
        for (label, block) in &dynamic {
            if !written.insert(*label) {
                continue;
            }
            let generated = self.generated(&dynamic, label, scope);
            if generated.is_empty() {
                continue;
            }
            self.builder.key_as(label, block.key_span());
            self.builder.open(Kind::Sequence, block.origin());
            for (content, names) in generated {
                self.put(content, &names, depth + 1);
            }
            self.builder.close();
        }
    }

    /// The key of an entry, which may have to be computed itself: `(var.name) = "value"`.
    fn key(&mut self, entry: View<'a>, scope: &Names<'_, 'a>) {
        let key = entry.key().filter(|key| key.starts_with("${"));
        let known = key.and_then(|key| functions::as_text(&evaluate::text(key, scope)?));
        match known {
            Some(text) => self.builder.key_as(&text, entry.key_span()),
            None => self.builder.key_of(entry),
        };
    }

    /// `dynamic "setting" { for_each = ..., content { ... } }`: a block per element; where the elements are not known,
    /// one block in which they are not. The content of each block, and the names within it.
    fn generated<'i>(
        &mut self,
        dynamic: &[(&str, View<'a>)],
        label: &str,
        scope: &Names<'i, 'a>,
    ) -> Vec<(View<'a>, Names<'i, 'a>)> {
        let mut generated = Vec::new();
        for (_, body) in dynamic.iter().filter(|(own, _)| *own == label) {
            // Blocks within blocks multiply.
            if self.builder.tree().len() > MAX_VALUES {
                self.full(*body, MAX_VALUES, "values");
                break;
            }
            let content = body.get("content");
            let Some(content) = content.and_then(|content| content.items().next()) else {
                continue;
            };
            let iterator = body.get("iterator").and_then(View::raw).unwrap_or(label);
            let iterator = iterator.trim_start_matches("${").trim_end_matches('}');
            let each = body.get("for_each").and_then(|each| known(each, scope, 0));
            let Some(elements) = each.as_ref().and_then(pairs) else {
                generated.push((content, scope.with(iterator, None)));
                continue;
            };
            self.bounded(*body, elements.len());
            for element in elements.into_iter().take(MAX_INSTANCES) {
                generated.push((content, scope.with(iterator, Some(element))));
            }
        }
        generated
    }
}
