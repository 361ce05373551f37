//! Documents within a resource, such as policies: written like everything else, or as a text of JSON.
//!
//! Whatever a text holds has the place of the text, but where the text was put together of parts that have their own.

use plumbline_rego::value::json;

use super::WHY;
use super::declared::{Declared, each};
use crate::estate::Model;
use crate::tree::typing::Scalar;
use crate::tree::{Builder, NodeId, Origin, Tree, Typing, View};

/// A document to read from.
#[derive(Debug)]
pub(in crate::frontend) enum Document<'a> {
    /// It is a part of the resource.
    Written(View<'a>),
    /// It is a text of it: what the text says, and its node.
    Text(Tree, NodeId),
}

impl<'a> Document<'a> {
    /// The document at a node; none where only a deployment can tell what it says, or where a text is no JSON.
    pub(in crate::frontend) fn at(declared: &Declared<'_>, written: View<'a>) -> Option<Self> {
        if written.is_mapping() || written.is_sequence() {
            return (!declared.is_unknown(written)).then_some(Self::Written(written));
        }
        Self::of_text(written)
    }

    /// The document that a text of JSON is.
    fn of_text(written: View<'a>) -> Option<Self> {
        if let Some(said) = written.said() {
            return Some(Self::Written(said));
        }
        let value = json::parse(written.raw()?).ok()?;
        let from = written.id();
        let mut builder = Builder::computed();
        builder.value(&value, Origin::Derived { from });
        Some(Self::Text(builder.finish(), from))
    }

    /// The text of JSON that the first key of a way leads to, what it says, and the rest of the way into it.
    pub(in crate::frontend) fn within<'p>(
        from: View<'a>,
        path: &'p [&'p str],
    ) -> Option<(View<'a>, Self, &'p [&'p str])> {
        let (first, rest) = path.split_first()?;
        let text = super::dig(from, &[*first])?;
        Some((text, Self::of_text(text)?, rest))
    }

    /// All of it.
    pub(in crate::frontend) fn root(&self) -> Part<'_> {
        match self {
            Self::Written(view) => Part {
                view: *view,
                within: None,
            },
            Self::Text(tree, node) => Part {
                view: tree.view(NodeId::ROOT, Typing::Json),
                within: Some(*node),
            },
        }
    }
}

/// A part of a document.
#[derive(Debug, Clone, Copy)]
pub(in crate::frontend) struct Part<'d> {
    pub(in crate::frontend) view: View<'d>,
    /// The text that it is a part of, if it is one of a text.
    within: Option<NodeId>,
}

impl<'d> Part<'d> {
    /// The node of the resource that says it.
    pub(in crate::frontend) fn from(self) -> NodeId {
        self.within.unwrap_or_else(|| self.view.id())
    }

    pub(in crate::frontend) fn origin(self) -> Origin {
        Origin::Derived { from: self.from() }
    }

    /// The value of a key; none for null.
    pub(in crate::frontend) fn get(self, key: &str) -> Option<Self> {
        let view = self.view.get(key).filter(|view| !view.is_null())?;
        Some(Self { view, ..self })
    }

    /// The value of the first key that is there: formats differ in how they write it.
    pub(in crate::frontend) fn any(self, keys: &[&str]) -> Option<Self> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// The elements of a list; what stands alone is its only element.
    pub(in crate::frontend) fn each(self) -> impl Iterator<Item = Self> {
        each(self.view).map(move |view| Self { view, ..self })
    }

    /// The characters of any scalar but null.
    pub(in crate::frontend) fn raw(self) -> Option<&'d str> {
        self.view.raw()
    }

    /// What is written, with everything below it.
    pub(in crate::frontend) fn copy(self, model: &mut Model, key: &str) {
        match self.within {
            None => model.copy(key, Some(self.view)),
            Some(from) => put(model, key, self.view, from),
        }
    }

    /// A text, with `${...}` for what only a deployment can tell; unknown where nothing else is left of it.
    pub(in crate::frontend) fn text(self, model: &mut Model, key: &str, declared: &Declared<'_>) {
        match spelt(self.view).filter(|text| !self.is_open(text, declared)) {
            Some(text) => model.text(key, &text, self.origin()),
            None => model.unknown(key, WHY, self.from()),
        }
    }

    /// Whether a text may come to anything: it is one expression, and not one that speaks of a resource.
    fn is_open(self, text: &str, declared: &Declared<'_>) -> bool {
        let Some(inner) = only_expression(text) else {
            return false;
        };
        let is_pseudo = inner.starts_with("AWS::");
        !is_pseudo && !is_variable(inner) && !self.is_of_resource(declared)
    }

    fn is_of_resource(self, declared: &Declared<'_>) -> bool {
        let root = declared
            .resource
            .tree
            .view(NodeId::ROOT, declared.resource.typing);
        let name = (declared.dialect.referred)(self.view);
        // A name with a point is an address of Terraform; any other name may also be one of a parameter.
        name.is_some_and(|name| name.contains('.') || root.get(&name).is_some())
    }
}

/// The inside of a text that is one `${...}` and nothing else.
pub(super) fn only_expression(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("${")?.strip_suffix('}')?;
    (!inner.contains("${")).then_some(inner)
}

/// Variables of policies, which AWS fills in with each request: `aws:username`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
fn is_variable(inner: &str) -> bool {
    let service = inner.split_once(':').map(|(service, _)| service);
    service.is_some_and(|service| {
        !service.is_empty() && service.bytes().all(|byte| byte.is_ascii_lowercase())
    })
}

/// A scalar, or a function of texts as one text: `${Queue.Arn}`, `arn:aws:s3:::${Bucket}/*`.
pub(super) fn spelt(view: View<'_>) -> Option<String> {
    if let Some(text) = view.raw() {
        return Some(text.to_owned());
    }
    let (name, argument) = view.entries().next()?;
    match name {
        "Ref" => Some(format!("${{{}}}", argument.raw()?)),
        "Fn::GetAtt" => {
            let parts: Vec<&str> = each(argument).filter_map(View::raw).collect();
            Some(format!("${{{}}}", parts.join(".")))
        }
        "Fn::Sub" => each(argument).next()?.raw().map(str::to_owned),
        "Fn::Join" => {
            let mut items = argument.items();
            let (between, list) = (items.next()?.raw().unwrap_or_default(), items.next()?);
            let parts: Option<Vec<String>> = list.items().map(spelt_within).collect();
            parts.map(|parts| parts.join(between))
        }
        _ => None,
    }
}

/// A part of a text that is put together, which is no such text itself.
fn spelt_within(view: View<'_>) -> Option<String> {
    let is_join = view.get("Fn::Join").is_some();
    if is_join { None } else { spelt(view) }
}

fn put(model: &mut Model, key: &str, view: View<'_>, from: NodeId) {
    let origin = Origin::Derived { from };
    if view.is_mapping() {
        model.object(Some(key), from, |model| {
            for (key, value) in view.entries() {
                put(model, key, value, from);
            }
        });
    } else if view.is_sequence() {
        model.list(key, from, |model| {
            for item in view.items() {
                put(model, "", item, from);
            }
        });
    } else {
        match view.scalar() {
            Scalar::Null => {}
            Scalar::Bool(value) => model.truth(key, value, origin),
            Scalar::Number(number) => match number.to_i64() {
                Some(number) => model.number_at(key, number, origin),
                None => model.text(key, &number.to_string(), origin),
            },
            Scalar::String(text) => model.text(key, text, origin),
        }
    }
}
