//! What names mean: variables, locals, and the names that iterate.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use plumbline_rego::{Array, ObjectBuilder, Value};

use super::folder::Folder;
use super::region::Regions;
use crate::frontend::terraform::evaluate::{self, Scope};
use crate::frontend::terraform::functions;
use crate::frontend::terraform::said::Said;
use crate::parse::hcl::TEMPLATE;
use crate::tree::View;

/// How deep values may nest, and locals ask for each other.
pub(super) const MAX_DEPTH: usize = 64;

/// The stack that a local may use, and what has to be left of it for the next one, in bytes.
pub(super) const STACK: usize = 4 * 1024 * 1024;
pub(super) const STACK_LEFT: usize = 1024 * 1024;

/// One use of a module.
pub(super) struct Instance<'a> {
    pub(super) folder: &'a Folder<'a>,
    pub(super) path: String,
    /// `module.queue.`, or nothing for a root.
    pub(super) prefix: String,
    /// What the caller gives: none for what is not known.
    pub(super) arguments: BTreeMap<String, Option<Value>>,
    /// The folders that are being read, from the root on.
    pub(super) stack: Vec<String>,
    /// Locals that were asked for; none while one is being found, so that one that asks for itself is not known.
    pub(super) locals: RefCell<BTreeMap<String, Option<Value>>>,
    /// Documents that were asked for, by what asks: `local.name`, `data.name[0]`; and those that the caller gives, by
    /// `var.name`. None while one is being found.
    pub(super) documents: RefCell<BTreeMap<String, Option<Arc<Said>>>>,
    /// How many locals and documents are being found, each for the one before it.
    pub(super) depth: Cell<usize>,
    /// What its providers say.
    pub(super) regions: Regions<'a>,
}

/// The names that iterate, each with key and value where they are known.
pub(super) type Iterators = Vec<(String, Option<(Value, Value)>)>;

/// What names mean within one body.
pub(super) struct Names<'i, 'a> {
    pub(super) instance: &'i Instance<'a>,
    pub(super) names: Iterators,
}

impl<'i, 'a> Names<'i, 'a> {
    pub(super) fn with(&self, name: &str, value: Option<(Value, Value)>) -> Names<'i, 'a> {
        let mut names = self.names.clone();
        names.push((name.to_owned(), value));
        Names {
            instance: self.instance,
            names,
        }
    }
}

impl Names<'_, '_> {
    /// What `data.aws_iam_policy` is: the addresses of policies by name.
    fn managed(&self) -> Value {
        let mut policies = ObjectBuilder::default();
        for (name, arn) in &self.instance.folder.managed {
            let mut policy = ObjectBuilder::default();
            policy.insert(Value::string("arn"), Value::string(arn));
            policies.insert(Value::string(name), Value::Object(policy.finish()));
        }
        Value::Object(policies.finish())
    }
}

impl Scope for Names<'_, '_> {
    fn variable(&self, name: &str) -> Option<Value> {
        if let Some(given) = self.instance.arguments.get(name) {
            return given.clone();
        }
        let default = self.instance.folder.variables.get(name)?.get("default")?;
        known(default, &Nothing, 0)
    }

    fn local(&self, name: &str) -> Option<Value> {
        if let Some(found) = self.instance.locals.borrow().get(name) {
            return found.clone();
        }
        let depth = self.instance.depth.get();
        if depth >= MAX_DEPTH {
            return None;
        }
        self.instance.depth.set(depth + 1);
        self.instance
            .locals
            .borrow_mut()
            .insert(name.to_owned(), None);
        let scope = Names {
            instance: self.instance,
            names: Vec::new(),
        };
        let written = self.instance.folder.locals.get(name).copied();
        let value = written
            .and_then(|value| stacker::maybe_grow(STACK_LEFT, STACK, || known(value, &scope, 0)));
        self.instance.depth.set(depth);
        let mut locals = self.instance.locals.borrow_mut();
        locals.insert(name.to_owned(), value.clone());
        value
    }

    fn iterator(&self, name: &str, part: &str) -> Option<Value> {
        if (name, part) == ("data", "aws_iam_policy") {
            return Some(self.managed());
        }
        let (_, value) = self.names.iter().rev().find(|(known, _)| known == name)?;
        let (key, value) = value.as_ref()?;
        match part {
            "key" | "index" => Some(key.clone()),
            "value" => Some(value.clone()),
            _ => None,
        }
    }
}

/// A scope in which nothing is known.
struct Nothing;

impl Scope for Nothing {
    fn variable(&self, _: &str) -> Option<Value> {
        None
    }

    fn local(&self, _: &str) -> Option<Value> {
        None
    }

    fn iterator(&self, _: &str, _: &str) -> Option<Value> {
        None
    }
}

/// The value of what is written; none if a part of it is not known.
pub(super) fn known(view: View<'_>, scope: &dyn Scope, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    if view.tag() == Some(TEMPLATE) {
        return evaluate::text(view.raw()?, scope);
    }
    if view.is_sequence() {
        let items: Option<Array> = view
            .items()
            .map(|item| known(item, scope, depth + 1))
            .collect();
        return items.map(Value::Array);
    }
    if view.is_mapping() {
        let mut object = ObjectBuilder::default();
        for (key, value) in view.entries() {
            let key = if key.starts_with("${") {
                functions::as_text(&evaluate::text(key, scope)?)?
            } else {
                key.to_owned()
            };
            object.insert(Value::string(&key), known(value, scope, depth + 1)?);
        }
        return Some(Value::Object(object.finish()));
    }
    Some(view.value())
}

/// The value of what a module is given. Of a list or a mapping that is known in part, the rest is as it is written.
pub(super) fn given(view: View<'_>, scope: &dyn Scope, depth: usize) -> Option<Value> {
    let whole = known(view, scope, depth);
    if whole.is_some() || depth > MAX_DEPTH {
        return whole;
    }
    let part = |view: View<'_>| given(view, scope, depth + 1).or_else(|| as_written(view));
    if view.is_sequence() {
        let items: Option<Array> = view.items().map(part).collect();
        return items.map(Value::Array);
    }
    if !view.is_mapping() {
        return None;
    }
    let mut object = ObjectBuilder::default();
    for (key, value) in view.entries() {
        if key.starts_with("${") {
            return None;
        }
        object.insert(Value::string(key), part(value)?);
    }
    Some(Value::Object(object.finish()))
}

/// An expression that only a deployment can tell the value of.
fn as_written(view: View<'_>) -> Option<Value> {
    let text = view.raw().filter(|text| text.contains("${"))?;
    Some(Value::string(text))
}
