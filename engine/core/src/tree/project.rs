//! The projection of a tree to a value: the same paths, no places.

use plumbline_rego::{Array, Number, ObjectBuilder, Value};

use super::{Kind, NodeId, Tree, Typing, typing::Scalar};

impl Tree {
    /// The value of a node and everything below it. Of repeated keys the last one stays.
    pub fn to_value(&self, node: NodeId, typing: Typing) -> Value {
        match self.kind(node) {
            Kind::Sequence => Value::Array(
                self.children(node)
                    .map(|child| self.to_value(child, typing))
                    .collect::<Array>(),
            ),
            Kind::Mapping => {
                let mut object = ObjectBuilder::default();
                let known = |child: &NodeId| !matches!(self.kind(*child), Kind::Unknown(_));
                for child in self.children(node).filter(known) {
                    object.insert(
                        Value::string(self.key_text(child, typing)),
                        self.to_value(child, typing),
                    );
                }
                Value::Object(object.finish())
            }
            _ => scalar_value(self.scalar(node, typing)),
        }
    }

    /// What a scalar means in a format. Collections mean nothing as scalars.
    pub fn scalar(&self, node: NodeId, typing: Typing) -> Scalar<'_> {
        match self.kind(node) {
            Kind::Null | Kind::Sequence | Kind::Mapping | Kind::Unknown(_) => Scalar::Null,
            Kind::Bool(value) => Scalar::Bool(value),
            Kind::Number(text) => Scalar::number(self.text(text)),
            Kind::String(text) => Scalar::String(self.text(text)),
            Kind::Plain(text) => typing.read(self.text(text)),
        }
    }

    /// A key as a format reads it: Kubernetes turns `y:` into `true:`.
    pub fn key_text(&self, node: NodeId, typing: Typing) -> &str {
        let Some(key) = self.key(node) else { return "" };
        let text = self.text(key.text);
        if key.plain {
            typing.read_key(text)
        } else {
            text
        }
    }
}

fn scalar_value(scalar: Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => Value::Bool(value),
        Scalar::Number(number) => Value::Number(number),
        Scalar::String(text) => Value::string(text),
    }
}

impl Scalar<'_> {
    pub(super) fn number(text: &str) -> Scalar<'_> {
        Number::parse(text).map_or(Scalar::String(text), Scalar::Number)
    }
}
