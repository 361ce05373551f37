//! Documents of JSON that a text stands for, with a place for each of their parts: what `jsonencode` is given, and what
//! `data.aws_iam_policy_document.name.json` comes to.

use std::sync::Arc;

use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use plumbline_rego::value::json;

use super::Reader;
use super::instances::instances;
use super::scope::{Instance, Iterators, MAX_DEPTH, Names, STACK, STACK_LEFT};
use crate::frontend::terraform::partial::{self, Places};
use crate::frontend::terraform::said::Said;
use crate::frontend::terraform::{evaluate, functions, policy_document};
use crate::parse::hcl::TEMPLATE;
use crate::tree::{Builder, NodeId, Typing, View};

/// What a text has in it that may stand for a document.
const MARKS: &[&str] = &["jsonencode(", policy_document::KIND, "local.", "var."];

/// The longest document of a data source, in bytes: documents stand on others, and those as well.
const MAX_DOCUMENT: usize = 64 * 1024;
/// The most bytes that the documents of one root come to, each as often as it is used.
const MAX_DOCUMENTS: usize = 64 * 1024 * 1024;

impl<'a> Reader<'a, '_> {
    /// The document that a text stands for, if it does for one.
    pub(super) fn document(&mut self, view: View<'a>, scope: &Names<'_, 'a>) -> Option<Arc<Said>> {
        let text = view.raw().filter(|_| view.tag() == Some(TEMPLATE))?;
        if !text.starts_with("${") || !MARKS.iter().any(|mark| text.contains(mark)) {
            return None;
        }
        if self.documents > MAX_DOCUMENTS {
            self.full(view, MAX_DOCUMENTS, "bytes of documents");
            return None;
        }
        let template = partial::template(text)?;
        self.of_expression(partial::only(&template)?, Places::of(view), scope)
    }

    /// A text of JSON, and what it says, under the key that was set.
    pub(super) fn put_document(&mut self, said: &Said, view: View<'a>) {
        let text = self.encode(said);
        let node = self.builder.string(&text, view.origin());
        self.builder.open_text(node);
        said.write(&mut self.builder);
        self.builder.close();
    }

    /// A document as a text of JSON.
    pub(super) fn encode(&mut self, said: &Said) -> String {
        let text = json::to_string(&said.value());
        self.documents += text.len();
        text
    }

    fn of_expression(
        &mut self,
        written: &Expression,
        places: Places,
        scope: &Names<'_, 'a>,
    ) -> Option<Arc<Said>> {
        match written {
            Expression::Parenthesis(inner) => self.of_expression(inner.inner(), places, scope),
            Expression::FuncCall(call) => partial::encoded(call, places, scope).map(Arc::new),
            Expression::Conditional(conditional) => {
                self.of_expression(partial::chosen(conditional, scope)?, places, scope)
            }
            Expression::Traversal(traversal) => self.of_reference(traversal, scope),
            _ => None,
        }
    }

    /// `local.policy`, `var.policy`, `data.aws_iam_policy_document.policy.json`.
    fn of_reference(&mut self, traversal: &Traversal, scope: &Names<'_, 'a>) -> Option<Arc<Said>> {
        let Expression::Variable(root) = &traversal.expr else {
            return None;
        };
        let operators: Vec<&TraversalOperator> =
            traversal.operators.iter().map(Decorated::value).collect();
        let instance = scope.instance;
        match (root.as_str(), operators.as_slice()) {
            ("var", [TraversalOperator::GetAttr(name)]) => {
                let given = instance.documents.borrow();
                given.get(&format!("var.{}", name.as_str())).cloned()?
            }
            ("local", [TraversalOperator::GetAttr(name)]) => {
                let local = *instance.folder.locals.get(name.as_str())?;
                let key = format!("local.{}", name.as_str());
                self.remembered(instance, key, |reader| {
                    let names = Iterators::new();
                    reader.document(local, &Names { instance, names })
                })
            }
            (
                "data",
                [
                    TraversalOperator::GetAttr(kind),
                    TraversalOperator::GetAttr(name),
                    index @ ..,
                    TraversalOperator::GetAttr(what),
                ],
            ) if kind.as_str() == policy_document::KIND
                && matches!(what.as_str(), "json" | "minified_json") =>
            {
                let suffix = match index {
                    [] => String::new(),
                    [TraversalOperator::Index(index)] => suffix(index, scope)?,
                    _ => return None,
                };
                self.policy(instance, name.as_str(), &suffix)
            }
            _ => None,
        }
    }

    /// The document of one instance of a data source.
    fn policy(&mut self, instance: &Instance<'a>, name: &str, suffix: &str) -> Option<Arc<Said>> {
        let block = *instance.folder.policies.get(name)?;
        let key = format!("data.{name}{suffix}");
        self.remembered(instance, key, |reader| {
            let (mut all, _) = instances(instance, block);
            // Where nobody can know how many there are, they are read as one.
            let is_one = all.len() == 1 && all.iter().all(|(own, _)| own.is_empty());
            let at = all.iter().position(|(own, _)| own == suffix || is_one)?;
            let (_, names) = all.swap_remove(at);
            let outer = std::mem::replace(&mut reader.builder, Builder::computed());
            reader.put(block, &Names { instance, names }, 0);
            let tree = std::mem::replace(&mut reader.builder, outer).finish();
            let block = tree.view(NodeId::ROOT, Typing::Json);
            let said = policy_document::document(block);
            (reader.encode(&said).len() <= MAX_DOCUMENT).then(|| Arc::new(said))
        })
    }

    /// What is found under a name, which is found once. What asks for itself is not known.
    fn remembered(
        &mut self,
        instance: &Instance<'a>,
        name: String,
        find: impl FnOnce(&mut Self) -> Option<Arc<Said>>,
    ) -> Option<Arc<Said>> {
        if let Some(found) = instance.documents.borrow().get(&name) {
            return found.clone();
        }
        let depth = instance.depth.get();
        if depth >= MAX_DEPTH {
            return None;
        }
        instance.depth.set(depth + 1);
        instance.documents.borrow_mut().insert(name.clone(), None);
        let found = stacker::maybe_grow(STACK_LEFT, STACK, || find(self));
        instance.depth.set(depth);
        instance.documents.borrow_mut().insert(name, found.clone());
        found
    }
}

/// The end of the address of an instance: `[0]`, `["a"]`.
fn suffix(index: &Expression, scope: &Names<'_, '_>) -> Option<String> {
    let index = evaluate::known(index, scope)?;
    let text = functions::as_text(&index)?;
    Some(match index.as_str() {
        Some(_) => format!("[\"{text}\"]"),
        None => format!("[{text}]"),
    })
}
