//! The patches of a kustomization: where they are written, and which objects they are laid over.

use super::build::Build;
use super::draft::{Content, Draft};
use super::files::{Found, Kustomization};
use super::inline;
use super::merge::{self, Schema};
use super::object::{self, Object};
use super::operation;
use super::selector::Selector;
use crate::tree::View;

/// A patch among those of a kustomization.
#[derive(Clone, Copy)]
struct Patch<'a, 'k> {
    of: &'k Kustomization<'a>,
    /// Where it is asked for.
    item: View<'a>,
}

impl<'a> Patch<'a, '_> {
    fn target(&self) -> Option<View<'a>> {
        self.item.get("target").filter(|target| !target.is_null())
    }

    /// What a patch may change that it names its object by.
    fn allows(&self, option: &str) -> bool {
        let option = self.item.at(&["options", option]);
        option.and_then(View::bool) == Some(true)
    }
}

impl<'a> Build<'a, '_> {
    /// Applies the patches that come first: `patchesStrategicMerge`, `patches`.
    pub(super) fn patches(&mut self, of: &Kustomization<'a>, objects: &mut Vec<Object>) {
        for item in of.items("patchesStrategicMerge") {
            let patch = Patch { of, item };
            for draft in self.path_or_text(patch) {
                self.apply(patch, &draft, objects);
            }
        }
        self.listed("patches", of, objects);
    }

    /// Applies the patches that come last: `patchesJson6902`.
    pub(super) fn last_patches(&mut self, of: &Kustomization<'a>, objects: &mut Vec<Object>) {
        self.listed("patchesJson6902", of, objects);
    }

    fn listed(&mut self, key: &str, of: &Kustomization<'a>, objects: &mut Vec<Object>) {
        for item in of.items(key).filter(|item| item.is_mapping()) {
            let patch = Patch { of, item };
            let written = |key: &str| item.get(key).filter(|view| !view.is_null());
            let drafts = match (written("patch"), written("path")) {
                (Some(text), _) => self.text(of, text),
                (None, Some(path)) => self.file(of, path),
                (None, None) => {
                    self.refuse(
                        of,
                        item.id(),
                        "a patch that is not written",
                        "give it a `path` or a `patch`",
                    );
                    Vec::new()
                }
            };
            for draft in drafts {
                self.apply(patch, &draft, objects);
            }
        }
    }

    /// A patch that is named by its path, or stands there itself.
    fn path_or_text(&mut self, patch: Patch<'a, '_>) -> Vec<Draft> {
        let text = patch.item.raw().unwrap_or_default();
        let is_text = text.contains('\n') || text.contains(": ") || text.starts_with('{');
        if is_text {
            self.text(patch.of, patch.item)
        } else {
            self.file(patch.of, patch.item)
        }
    }

    fn text(&mut self, of: &Kustomization<'a>, text: View<'a>) -> Vec<Draft> {
        // Every use of a base reads its patches again.
        let cost = text.raw().unwrap_or_default().len() / 16;
        if !self.spend(cost, of, text.id()) {
            return Vec::new();
        }
        let (drafts, problems) = inline::documents(of.tree(), text);
        problems.into_iter().for_each(|problem| self.say(problem));
        drafts
    }

    fn file(&mut self, of: &Kustomization<'a>, path: View<'a>) -> Vec<Draft> {
        let files = self.files();
        match files.find(&of.folder, path.raw().unwrap_or_default()) {
            Found::File(_, documents) => {
                self.consume(documents);
                let cost: usize = documents.iter().map(|document| document.tree.len()).sum();
                if !self.spend(cost, of, path.id()) {
                    return Vec::new();
                }
                let drafts = documents.iter().map(|document| &document.tree);
                drafts.filter_map(|tree| Draft::document(tree)).collect()
            }
            Found::Remote => {
                self.was_not_read(of, path);
                Vec::new()
            }
            Found::Folder(_) | Found::Missing => {
                self.is_missing(of, path);
                Vec::new()
            }
        }
    }

    fn apply(&mut self, patch: Patch<'a, '_>, draft: &Draft, objects: &mut Vec<Object>) {
        let patterns = patch.target().map_or(0, Selector::cost);
        let cost = objects.len() + patterns;
        if draft.is_null() || !self.spend(cost, patch.of, patch.item.id()) {
            return;
        }
        let target = match patch.target().map(Selector::of).transpose() {
            Ok(target) => target,
            Err((node, message)) => {
                return self.refuse(patch.of, node, &message, "the patch was not applied");
            }
        };
        match (&draft.content, target) {
            (Content::Map(_), Some(target)) => {
                let selected = self.selected(patch, &target, objects);
                self.merge(patch, draft, &selected, objects);
            }
            (Content::Map(_), None) => {
                let selected = self.named(patch, draft, objects);
                self.merge(patch, draft, &selected, objects);
            }
            (Content::List(operations), Some(target)) => {
                let selected = self.selected(patch, &target, objects);
                self.operate(patch, operations, &selected, objects);
            }
            (Content::List(_), None) => self.refuse(
                patch.of,
                patch.item.id(),
                "a JSON patch without `target`",
                "say which objects it is for",
            ),
            (Content::Scalar(_), _) => self.refuse(
                patch.of,
                patch.item.id(),
                "a patch that is neither an object nor a list of operations",
                "the patch was not applied",
            ),
        }
    }

    /// The objects that a target selects. That it selects none is said.
    fn selected(
        &mut self,
        patch: Patch<'a, '_>,
        target: &Selector,
        objects: &[Object],
    ) -> Vec<usize> {
        let selected = indices(objects, |object| target.selects(object));
        if selected.is_empty() {
            let node = patch.target().unwrap_or(patch.item).id();
            self.warn(
                patch.of,
                node,
                "a patch of nothing: no object is selected",
                "remove it, or correct the target",
            );
        }
        selected
    }

    /// The one object that a patch names: by what it is called, or else by what it was called on the way.
    fn named(&mut self, patch: Patch<'a, '_>, draft: &Draft, objects: &[Object]) -> Vec<usize> {
        let name = object::name(draft);
        let now = indices(objects, |object| {
            object.is_of_kind(draft) && object.names().next() == Some(&name)
        });
        if now.len() == 1 {
            return now;
        }
        let ever = indices(objects, |object| {
            object.is_of_kind(draft) && object.names().any(|one| *one == name)
        });
        if ever.len() == 1 {
            return ever;
        }
        let kind = draft.get("kind").and_then(Draft::raw).unwrap_or_default();
        let message = format!(
            "a patch of the {} `{}`, which {}",
            kind.escape_debug(),
            name.name.escape_debug(),
            if ever.is_empty() {
                "is not among the objects"
            } else {
                "several objects are called"
            }
        );
        let help =
            "correct what it names, with its version and its namespace, or give it a `target`";
        self.refuse(patch.of, patch.item.id(), &message, help);
        Vec::new()
    }

    fn merge(
        &mut self,
        patch: Patch<'a, '_>,
        draft: &Draft,
        selected: &[usize],
        objects: &mut Vec<Object>,
    ) {
        let draft = anonymous(draft, patch);
        let put = draft.size().saturating_mul(selected.len());
        let cost = put.saturating_add(searched(objects, selected));
        if !self.spend(cost, patch.of, patch.item.id()) {
            return;
        }
        for problem in merge::problems(&draft) {
            self.say(problem);
        }
        let mut gone = Vec::new();
        for at in selected {
            let Some(object) = objects.get_mut(*at) else {
                continue;
            };
            if Schema::of(object).merge(&mut object.draft, &draft) {
                object.remember();
            } else {
                gone.push(*at);
            }
        }
        for at in gone.into_iter().rev() {
            objects.remove(at);
        }
    }

    /// Applies the operations of a JSON patch, up to the first that cannot be applied.
    fn operate(
        &mut self,
        patch: Patch<'a, '_>,
        operations: &[Draft],
        selected: &[usize],
        objects: &mut [Object],
    ) {
        let cost = searched(objects, selected);
        if !self.spend(cost, patch.of, patch.item.id()) {
            return;
        }
        for at in selected {
            let Some(object) = objects.get_mut(*at) else {
                continue;
            };
            for one in operations {
                match operation::apply(&mut object.draft, one, self.left()) {
                    Ok(cost) => {
                        if !self.spend(cost + 1, patch.of, patch.item.id()) {
                            return;
                        }
                    }
                    Err(message) => {
                        let place = one.get("path").and_then(Draft::span).or(one.span());
                        self.refuse_at(place, &message, "the rest of the patch was not applied");
                        break;
                    }
                }
            }
            object.remember();
        }
    }
}

fn indices(objects: &[Object], is_one: impl Fn(&Object) -> bool) -> Vec<usize> {
    let found = objects.iter().enumerate();
    found
        .filter(|(_, object)| is_one(object))
        .map(|(at, _)| at)
        .collect()
}

/// What it costs to look for what a patch changes in the objects that it is laid over.
fn searched(objects: &[Object], selected: &[usize]) -> usize {
    let selected = selected.iter().filter_map(|at| objects.get(*at));
    let values: usize = selected.map(|object| object.draft.size()).sum();
    values / 16
}

/// A patch without what it names its object by: that stays as it is, and where it is written.
fn anonymous(draft: &Draft, patch: Patch<'_, '_>) -> Draft {
    let mut draft = draft.clone();
    draft.remove("apiVersion");
    if !patch.allows("allowKindChange") {
        draft.remove("kind");
    }
    if let Some(metadata) = draft.get_mut("metadata") {
        metadata.remove("namespace");
        if !patch.allows("allowNameChange") {
            metadata.remove("name");
        }
    }
    draft
}
