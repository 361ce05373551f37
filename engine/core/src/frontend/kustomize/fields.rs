//! The fields of a kustomization: which are not read, which there are none of, and which are of another shape.

use super::UNREAD;
use super::build::Build;
use super::files::Kustomization;
use crate::frontend::is_empty;
use crate::frontend::shape::{self, KUSTOMIZATION, Shape};
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
            if let Some((_, shape)) = KUSTOMIZATION.iter().find(|(name, _)| *name == field) {
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
        for wrong in shape::of_value(key, shape, value) {
            let help = if wrong.lacks {
                "it changes nothing as it is"
            } else {
                REFUSED
            };
            self.refuse(of, wrong.at.id(), &wrong.message, help);
        }
    }
}

/// Whether a value says nothing.
fn is_nothing(value: View<'_>) -> bool {
    value.is_null()
        || (value.is_sequence() && value.items().next().is_none())
        || (value.is_mapping() && value.entries().next().is_none())
}
