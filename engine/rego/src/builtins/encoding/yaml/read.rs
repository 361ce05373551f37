//! From the nodes of a document to the value that JSON has for it.

use std::collections::{BTreeMap, BTreeSet};

use super::nodes::{Document, Node, Scalar};
use super::resolve::{self, Resolved};
use crate::builtins::golang::{general_f32, json_f64, units};
use crate::builtins::{BuiltinError, Meter};
use crate::value::{Number, ObjectBuilder, Value, json};

/// The value of a document; `null` if it is empty.
pub(super) fn value(meter: &Meter, document: &Document) -> Result<Value, BuiltinError> {
    let Some(root) = document.root() else {
        return Ok(Value::Null);
    };
    let mut reader = Reader {
        meter,
        document,
        following: BTreeSet::new(),
        reads: 0,
        alias_reads: 0,
        depth: 0,
    };
    reader.value(root)
}

/// The entries of a mapping by the text of their keys.
type Entries = BTreeMap<String, Value>;

struct Reader<'text> {
    meter: &'text Meter,
    document: &'text Document,
    /// The aliases that are being followed.
    following: BTreeSet<usize>,
    reads: u32,
    alias_reads: u32,
    depth: usize,
}

fn failed<T>(text: &str) -> Result<T, BuiltinError> {
    Err(BuiltinError::Failed(text.to_owned()))
}

impl Reader<'_> {
    fn value(&mut self, node: usize) -> Result<Value, BuiltinError> {
        self.charge()?;
        self.depth += 1;
        if self.depth > json::MAX_DEPTH {
            return failed("yaml: exceeded max depth");
        }
        let value = match self.document.get(node) {
            None => Value::Null,
            Some(Node::Scalar(scalar)) => scalar_value(self.meter, scalar)?,
            Some(Node::Sequence(children)) => self.sequence(children)?,
            Some(Node::Mapping(children)) => self.mapping(children)?,
            Some(Node::Alias(target)) => self.alias(node, *target)?,
        };
        self.depth -= 1;
        Ok(value)
    }

    /// Every read of a node counts; a document of which too much comes from aliases is refused as `go-yaml` does.
    fn charge(&mut self) -> Result<(), BuiltinError> {
        self.meter.step(1)?;
        self.meter.alloc(units(size_of::<Value>()))?;
        self.reads = self.reads.saturating_add(1);
        if !self.following.is_empty() {
            self.alias_reads = self.alias_reads.saturating_add(1);
        }
        let share = f64::from(self.alias_reads) / f64::from(self.reads);
        if self.alias_reads > 100 && self.reads > 1000 && share > allowed_share(self.reads) {
            return failed("yaml: document contains excessive aliasing");
        }
        Ok(())
    }

    fn sequence(&mut self, children: &[usize]) -> Result<Value, BuiltinError> {
        let items: Result<Vec<Value>, BuiltinError> =
            children.iter().map(|child| self.value(*child)).collect();
        Ok(Value::from(items?))
    }

    fn mapping(&mut self, children: &[usize]) -> Result<Value, BuiltinError> {
        let mut entries = Entries::new();
        self.entries(children, &mut entries)?;
        let mut object = ObjectBuilder::with_capacity(entries.len());
        for (key, value) in entries {
            object.insert(Value::from(key), value);
        }
        Ok(Value::Object(object.finish()))
    }

    /// Adds the entries of a mapping; later ones replace earlier ones.
    fn entries(&mut self, children: &[usize], entries: &mut Entries) -> Result<(), BuiltinError> {
        for pair in children.chunks(2) {
            let (Some(key), Some(value)) = (pair.first(), pair.get(1)) else {
                continue;
            };
            if self.is_merge(*key) {
                self.merge(*value, entries)?;
                continue;
            }
            let key = self.key(*key)?;
            let value = self.value(*value)?;
            entries.insert(key, value);
        }
        Ok(())
    }

    fn is_merge(&self, key: usize) -> bool {
        match self.document.get(key) {
            Some(Node::Scalar(scalar)) => {
                scalar.text == "<<" && (scalar.implicit || scalar.tag == "tag:yaml.org,2002:merge")
            }
            _ => false,
        }
    }

    /// Adds the entries of the mapping, or of the list of mappings, that is merged in. Earlier ones of a list win.
    fn merge(&mut self, node: usize, entries: &mut Entries) -> Result<(), BuiltinError> {
        match self.document.get(node) {
            Some(Node::Sequence(children)) => children
                .iter()
                .rev()
                .try_for_each(|child| self.merge_mapping(*child, entries)),
            _ => self.merge_mapping(node, entries),
        }
    }

    fn merge_mapping(&mut self, node: usize, entries: &mut Entries) -> Result<(), BuiltinError> {
        self.charge()?;
        match self.document.get(node) {
            Some(Node::Mapping(children)) => self.nested_entries(children, entries),
            Some(Node::Alias(target)) => match self.document.get(*target) {
                Some(Node::Mapping(children)) => {
                    self.follow(node)?;
                    self.nested_entries(children, entries)?;
                    self.following.remove(&node);
                    Ok(())
                }
                _ => failed("yaml: map merge requires map or sequence of maps as the value"),
            },
            _ => failed("yaml: map merge requires map or sequence of maps as the value"),
        }
    }

    fn nested_entries(
        &mut self,
        children: &[usize],
        entries: &mut Entries,
    ) -> Result<(), BuiltinError> {
        self.depth += 1;
        if self.depth > json::MAX_DEPTH {
            return failed("yaml: exceeded max depth");
        }
        self.entries(children, entries)?;
        self.depth -= 1;
        Ok(())
    }

    fn alias(&mut self, node: usize, target: usize) -> Result<Value, BuiltinError> {
        self.follow(node)?;
        let value = self.value(target)?;
        self.following.remove(&node);
        Ok(value)
    }

    fn follow(&mut self, node: usize) -> Result<(), BuiltinError> {
        if self.following.insert(node) {
            Ok(())
        } else {
            let name = self.document.referred_name(node);
            failed(&format!("yaml: anchor '{name}' value contains itself"))
        }
    }

    /// The text of a key: JSON has no other keys.
    fn key(&mut self, node: usize) -> Result<String, BuiltinError> {
        self.charge()?;
        match self.document.get(node) {
            Some(Node::Scalar(scalar)) => {
                let resolved = resolved(scalar)?;
                self.meter.alloc(units(scalar.text.len()))?;
                key_text(resolved)
            }
            Some(Node::Alias(target)) => {
                self.follow(node)?;
                let key = self.key(*target)?;
                self.following.remove(&node);
                Ok(key)
            }
            _ => failed("yaml: invalid map key"),
        }
    }
}

/// The share of reads that aliases may cause: most of a small document, little of a large one.
fn allowed_share(reads: u32) -> f64 {
    const LOW: u32 = 400_000;
    const HIGH: u32 = 4_000_000;
    match reads {
        0..=LOW => 0.99,
        HIGH.. => 0.10,
        _ => 0.99 - 0.89 * (f64::from(reads - LOW) / f64::from(HIGH - LOW)),
    }
}

fn resolved(scalar: &Scalar) -> Result<Resolved, BuiltinError> {
    if scalar.tag.is_empty() && !scalar.implicit {
        return Ok(Resolved::Text(scalar.text.clone()));
    }
    resolve::tagged(&scalar.tag, &scalar.text)
        .map_err(|text| BuiltinError::Failed(format!("yaml: {text}")))
}

fn scalar_value(meter: &Meter, scalar: &Scalar) -> Result<Value, BuiltinError> {
    meter.alloc(units(scalar.text.len()))?;
    match resolved(scalar)? {
        Resolved::Null => Ok(Value::Null),
        Resolved::Bool(value) => Ok(Value::Bool(value)),
        Resolved::Int(value) => number(&value.to_string()),
        Resolved::Float(value) if value.is_finite() => number(&json_f64(value)),
        Resolved::Float(value) => failed(&format!("json: unsupported value: {}", infinite(value))),
        Resolved::Text(text) | Resolved::Timestamp(text) => Ok(Value::from(text)),
    }
}

fn number(text: &str) -> Result<Value, BuiltinError> {
    let number = Number::parse(text).map_err(|error| BuiltinError::Failed(error.to_string()))?;
    Ok(Value::Number(number))
}

fn infinite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    }
}

fn key_text(key: Resolved) -> Result<String, BuiltinError> {
    match key {
        Resolved::Text(text) | Resolved::Timestamp(text) => Ok(text),
        Resolved::Bool(value) => Ok(value.to_string()),
        Resolved::Int(value) if i64::try_from(value).is_ok() => Ok(value.to_string()),
        Resolved::Int(value) => failed(&format!(
            "unsupported map key of type: uint64, key: {value:#x}"
        )),
        Resolved::Float(value) if value.is_nan() => Ok(".nan".to_owned()),
        Resolved::Float(value) if value.is_infinite() => {
            Ok(if value > 0.0 { ".inf" } else { "-.inf" }.to_owned())
        }
        Resolved::Float(value) => Ok(general_f32(value)),
        Resolved::Null => failed("unsupported map key of type: %!s(<nil>), key: <nil>"),
    }
}
