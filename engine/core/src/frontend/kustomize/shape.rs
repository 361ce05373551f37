//! The fields of a kustomization: which are not read, which there are none of, and which are of another shape.

use super::build::Build;
use super::files::Kustomization;
use super::{READ, Shape, UNREAD};
use crate::frontend::is_empty;
use crate::tree::View;

/// What is done with what kustomize does not take.
const REFUSED: &str = "kustomize refuses the file as it is";

impl<'a> Build<'a, '_> {
    /// Says what of a kustomization is not read.
    pub(super) fn check_fields(&mut self, of: &Kustomization<'a>) {
        for (field, value) in of.root().entries() {
            if is_nothing(value) {
                continue;
            }
            let shown = field.escape_debug();
            if let Some((_, shape)) = READ.iter().find(|(name, _)| *name == field) {
                self.check_shape(of, field, *shape, value);
            } else if UNREAD.contains(&field) {
                let message = format!("`{shown}` of a kustomization is not read");
                let help = "what it changes was not judged: check what kustomize builds";
                self.warn(of, value.id(), &message, help);
            } else {
                let message = format!("a kustomization has no field `{shown}`");
                self.refuse(of, value.id(), &message, REFUSED);
            }
        }
        for labels in of.items("labels") {
            if let Some(fields) = labels.get("fields").filter(|fields| !fields.is_null()) {
                let message = "`fields` of labels are not read";
                self.warn(of, fields.id(), message, "the other fields were judged");
            }
            if let Some(pairs) = labels.get("pairs") {
                self.check_shape(of, "pairs", Shape::Mapping, pairs);
            }
        }
    }

    /// Says which documents stand beside a kustomization in its file.
    pub(super) fn check_documents(&mut self, of: &Kustomization<'a>) {
        for document in of.beside.iter().filter(|document| !is_empty(document)) {
            let place = document
                .tree
                .root()
                .and_then(|root| document.tree.place(root));
            let message = "a document beside a kustomization, which kustomize does not read";
            let help = "it was not judged; write it to a file of its own";
            self.refuse_at(place, message, help);
        }
    }

    /// Says that a value is of another shape than its key has.
    pub(super) fn check_shape(
        &mut self,
        of: &Kustomization<'a>,
        key: &str,
        shape: Shape,
        value: View<'a>,
    ) {
        if is_nothing(value) {
            return;
        }
        let (is_right, expected) = match shape {
            Shape::Any => (true, ""),
            Shape::Text => (value.raw().is_some(), "text"),
            Shape::Mapping => (value.is_mapping(), "mapping"),
            Shape::Texts | Shape::Items(..) => (value.is_sequence(), "list"),
        };
        if !is_right {
            let message = format!("`{key}` is no {expected}");
            self.refuse(of, value.id(), &message, REFUSED);
            return;
        }
        for item in value.items() {
            match shape {
                Shape::Texts if item.raw().is_none() => {
                    let message = format!("an item of `{key}` that is no text");
                    self.refuse(of, item.id(), &message, REFUSED);
                }
                Shape::Items(required, allowed) => {
                    self.check_item(of, key, (required, allowed), item);
                }
                Shape::Any | Shape::Text | Shape::Mapping | Shape::Texts => {}
            }
        }
    }

    fn check_item(
        &mut self,
        of: &Kustomization<'a>,
        key: &str,
        (required, allowed): (&[&str], &[&str]),
        item: View<'a>,
    ) {
        if !item.is_mapping() {
            let message = format!("an item of `{key}` that is no mapping");
            self.refuse(of, item.id(), &message, REFUSED);
            return;
        }
        let has = |name: &str| item.get(name).is_some_and(|value| !value.is_null());
        for name in required.iter().filter(|name| !has(name)) {
            let message = format!("an item of `{key}` without `{name}`");
            self.refuse(of, item.id(), &message, "it changes nothing as it is");
        }
        for (name, value) in item.entries() {
            if !required.contains(&name) && !allowed.contains(&name) {
                let message = format!("an item of `{key}` has no field `{}`", name.escape_debug());
                self.refuse(of, value.id(), &message, REFUSED);
            }
        }
    }
}

/// Whether a value says nothing.
fn is_nothing(value: View<'_>) -> bool {
    value.is_null()
        || (value.is_sequence() && value.items().next().is_none())
        || (value.is_mapping() && value.entries().next().is_none())
}
