//! The `fix` of an answer: operations of JSON Patch on the subject, and what they come to in its source.

use plumbline_rego::value::json;
use plumbline_rego::{Path, Step, Value};

use super::evaluate::{path_of, rooted};
use crate::fix::{Act, Fix, Operation};
use crate::locate::{Subject, source_of};
use crate::resource::Format;
use crate::tree::{NodeId, Typing};

/// What a fix looks like.
pub(super) const FIX_HELP: &str = "an array of operations, `{\"op\": \"replace\", \"path\": \"/resource/spec/replicas\", \"value\": 2}`; `op` is `add`, `replace` or `remove`, and with `at`, which begins as a `path` does, `path` goes on from there";

/// The keys of an operation.
const KEYS: &[&str] = &["op", "at", "path", "value"];

/// What a rule would do about its finding.
#[derive(Debug)]
pub(super) struct Proposal(Vec<Change>);

/// One operation, as a rule says it.
#[derive(Debug)]
struct Change {
    act: Act,
    base: Base,
}

/// Where an operation works.
#[derive(Debug)]
enum Base {
    /// At a path of the subject.
    Subject(Path),
    /// Below what a value of the subject was read from, as it is written there.
    Below(Path, Path),
}

impl Proposal {
    /// Reads a fix; none if it has no operations. An error says what is wrong with it.
    pub(super) fn read(fix: &Value) -> Result<Option<Self>, &'static str> {
        let operations = fix.as_array().ok_or("`fix` is no array")?;
        let operations: Vec<Change> = operations.iter().map(operation).collect::<Result<_, _>>()?;
        Ok(Some(Self(operations)).filter(|fix| !fix.0.is_empty()))
    }

    /// What the operations change in the source of a subject. An error says why that cannot be done.
    pub(super) fn of(self, subject: Subject<'_>) -> Result<Fix, String> {
        let resource = subject.resource;
        match resource.format {
            Format::Helm => return Err("it is rendered from a chart".to_owned()),
            Format::Kustomize => return Err("a kustomization puts it together".to_owned()),
            _ => {}
        }
        let operations: Vec<Operation> = self
            .0
            .into_iter()
            .map(|step| step.on(subject))
            .collect::<Result<_, _>>()?;
        Fix::new(&resource.tree, resource.file, resource.typing, operations)
    }
}

fn operation(operation: &Value) -> Result<Change, &'static str> {
    let object = operation
        .as_object()
        .ok_or("an operation of `fix` is no object")?;
    let stranger = |key: &Value| key.as_str().is_none_or(|key| !KEYS.contains(&key));
    if object.keys().any(stranger) {
        return Err("an operation of `fix` has a key that is not known");
    }
    let act = match (
        object.get_str("op").and_then(Value::as_str),
        object.get_str("value"),
    ) {
        (Some("add"), Some(value)) => Act::Add(written(value)?),
        (Some("replace"), Some(value)) => Act::Replace(written(value)?),
        (Some("remove"), None) => Act::Remove,
        _ => {
            return Err(
                "an operation of `fix` is none of `add`, `replace` and `remove`, with a value but for the last",
            );
        }
    };
    let path = object
        .get_str("path")
        .ok_or("an operation of `fix` has no `path`")?;
    let base = match object.get_str("at") {
        None => rooted(path).map(Base::Subject),
        Some(at) => rooted(at)
            .zip(path_of(path))
            .map(|(at, path)| Base::Below(at, path)),
    };
    let base = base.ok_or("the `path` of an operation of `fix` leads nowhere")?;
    Ok(Change { act, base })
}

/// A value as it can be written: sets are arrays.
fn written(value: &Value) -> Result<Value, &'static str> {
    let value = json::parse(&json::to_string(value)).ok();
    value.ok_or("a `value` of `fix` is nested too deeply")
}

impl Change {
    /// The operation on the document of a subject's source.
    fn on(self, subject: Subject<'_>) -> Result<Operation, String> {
        let Self { act, base } = self;
        let resource = subject.resource;
        let (node, below) = match base {
            Base::Below(at, below) => (source_of(subject, &at)?, below),
            Base::Subject(path) => match path.steps().split_first() {
                Some((Step::Key(root), rest)) if root.as_str() == "resource" => {
                    (resource.root, rest.iter().cloned().collect())
                }
                _ => (read_as_written(subject, &path, &act)?, Path::root()),
            },
        };
        let path = resource.tree.path(NodeId::ROOT, node, resource.typing);
        let steps = path.steps().iter().chain(below.steps()).cloned();
        Ok(Operation {
            act,
            path: steps.collect(),
        })
    }
}

/// The node that a value of the normalised form stands for, if it is what is written there.
fn read_as_written(subject: Subject<'_>, path: &Path, act: &Act) -> Result<NodeId, String> {
    if matches!(act, Act::Add(_)) {
        return Err("an addition to the normalised form says `at` where its source is".to_owned());
    }
    let node = source_of(subject, path)?;
    let resource = subject.resource;
    let written = resource.tree.to_value(node, resource.typing);
    let rest: Path = path.steps().iter().skip(1).cloned().collect();
    let read = subject.entity.and_then(|entity| {
        let value = entity.tree.to_value(NodeId::ROOT, Typing::Json);
        value.at(&rest).cloned()
    });
    if read == Some(written) {
        Ok(node)
    } else {
        Err("it is computed from what is written".to_owned())
    }
}
