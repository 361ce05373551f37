//! What a body is evaluated in: input, base data, replaced functions, and the rules that were evaluated already.

use std::collections::{BTreeMap, HashMap};

use super::EvalError;
use crate::compile::ir::{NodeId, Target};
use crate::value::{ArcStr, Object, Value};

/// Where a reference begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Root {
    Input,
    Data,
}

/// The world of one evaluation, or of one `with`.
#[derive(Debug, Clone)]
pub(super) struct World<O> {
    pub(super) input: Option<Value>,
    pub(super) input_origin: O,
    pub(super) base: Value,
    /// Paths below `data` where base data stands for rules.
    pub(super) replaced: Vec<Vec<ArcStr>>,
    pub(super) functions: Vec<(Target, Mock)>,
    pub(super) extents: HashMap<NodeId, Extent<O>>,
    /// Of documents of rules, the keys that have more than one value.
    pub(super) conflicts: HashMap<NodeId, BTreeMap<Value, EvalError>>,
    /// What functions answered.
    pub(super) calls: HashMap<CallKey, Called>,
}

/// What stands for a function.
#[derive(Debug, Clone)]
pub(super) enum Mock {
    Value(Value),
    Function(Target),
}

/// A call: the function, and its operands by value or by where they lie.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CallKey {
    pub(super) node: NodeId,
    pub(super) args: Vec<ArgKey>,
}

/// Collections are compared by where they lie: equal ones elsewhere are only computed once more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum ArgKey {
    Scalar(Value),
    Collection(usize),
}

impl CallKey {
    pub(super) fn new(node: NodeId, args: &[Value]) -> Self {
        let key = |arg: &Value| {
            arg.address()
                .map_or_else(|| ArgKey::Scalar(arg.clone()), ArgKey::Collection)
        };
        Self {
            node,
            args: args.iter().map(key).collect(),
        }
    }
}

/// What a call answered, with its operands.
#[derive(Debug, Clone)]
pub(super) struct Called {
    pub(super) answer: Option<Value>,
    #[expect(
        dead_code,
        reason = "held so that no other collection comes to lie where these do"
    )]
    pub(super) args: Vec<Value>,
}

/// What a node came to.
#[derive(Debug, Clone)]
pub(super) enum Extent<O> {
    /// It is being evaluated.
    Open,
    /// With where it came from, and what was read for it.
    Done(Option<(Value, O)>, Vec<O>),
}

impl<O: Clone> World<O> {
    /// Another world with nothing evaluated yet.
    pub(super) fn changed(&self) -> Self {
        Self {
            input: self.input.clone(),
            input_origin: self.input_origin.clone(),
            base: self.base.clone(),
            replaced: self.replaced.clone(),
            functions: self.functions.clone(),
            extents: HashMap::new(),
            conflicts: HashMap::new(),
            calls: HashMap::new(),
        }
    }

    /// Whether base data stands for the rules at a path.
    pub(super) fn is_replaced(&self, path: &[ArcStr]) -> bool {
        self.replaced
            .iter()
            .any(|replaced| path.starts_with(replaced))
    }
}

/// A document with another value at a path. What is no object on the way becomes one.
pub(super) fn put(document: Option<&Value>, path: &[ArcStr], value: Value) -> Value {
    let Some((first, rest)) = path.split_first() else {
        return value;
    };
    let object = document
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_else(Object::default);
    let inner = put(object.get_str(first), rest, value);
    Value::Object(object.with(Value::String(first.clone()), inner))
}

/// Two documents as one: objects key by key, and of anything else the first one.
pub(super) fn merge(over: &Value, under: &Value) -> Value {
    let (Value::Object(left), Value::Object(right)) = (over, under) else {
        return over.clone();
    };
    if right.is_empty() {
        return over.clone();
    }
    if left.is_empty() {
        return under.clone();
    }
    let mut entries: Vec<(Value, Value)> = Vec::with_capacity(left.len() + right.len());
    for (key, value) in left.iter() {
        let merged = right
            .get(key)
            .map_or_else(|| value.clone(), |under| merge(value, under));
        entries.push((key.clone(), merged));
    }
    entries.extend(
        right
            .iter()
            .filter(|(key, _)| left.get(key).is_none())
            .map(|(key, value)| (key.clone(), value.clone())),
    );
    Value::Object(entries.into_iter().collect())
}
