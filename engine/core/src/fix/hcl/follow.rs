//! From paths to what is written: steps through blocks, attributes, lists and objects.

use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Block};
use plumbline_rego::Step;

use crate::fix::edit::UNUSUAL;
use crate::fix::patch::key_of;

/// Why an expression is not edited.
pub(super) const COMPUTED: &str = "an expression computes it";

/// Why blocks are not edited that are not written one by one.
const GENERATED: &str = "a `dynamic` block makes it";

/// What a path leads to.
#[derive(Clone, Copy)]
pub(super) enum Spot<'b> {
    /// The block of the resource itself.
    Resource(&'b Block),
    /// A block within another one.
    Block { block: &'b Block, within: &'b Block },
    /// All blocks of one name.
    Blocks { name: &'b str, within: &'b Block },
    Attribute {
        attribute: &'b Attribute,
        within: &'b Block,
    },
    /// An item of a list, or an entry of an object.
    Element { at: usize, of: &'b Expression },
}

/// Follows a path from a block as far as it is written. What is left of it is missing. An error says why nobody can
/// tell.
pub(super) fn follow<'b>(
    block: &'b Block,
    steps: &'b [Step],
) -> Result<(Spot<'b>, &'b [Step]), String> {
    let (mut spot, mut missing) = (Spot::Resource(block), steps);
    while let Some((step, rest)) = missing.split_first() {
        let Some(next) = spot.below(step)? else {
            break;
        };
        (spot, missing) = (next, rest);
    }
    Ok((spot, missing))
}

impl<'b> Spot<'b> {
    /// The expression that is written there; none for blocks.
    pub(super) fn value(self) -> Option<&'b Expression> {
        let written = match self {
            Self::Attribute { attribute, .. } => &attribute.value,
            Self::Element { at, of } => match of {
                Expression::Array(items) => items.get(at)?,
                Expression::Object(object) => object.iter().nth(at)?.1.expr(),
                _ => return None,
            },
            Self::Resource(_) | Self::Block { .. } | Self::Blocks { .. } => return None,
        };
        Some(bare(written))
    }

    fn below(self, step: &'b Step) -> Result<Option<Self>, String> {
        match (self, step) {
            (Self::Resource(block) | Self::Block { block, .. }, Step::Key(name)) => {
                entry(block, name.as_str())
            }
            (Self::Blocks { name, within }, Step::Index(at)) => nth(name, within, *at),
            (Self::Attribute { .. } | Self::Element { .. }, _) => match self.value() {
                Some(of) => element(of, step),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }
}

fn entry<'b>(within: &'b Block, name: &'b str) -> Result<Option<Spot<'b>>, String> {
    if let Some(attribute) = within.body.get_attribute(name) {
        Ok(Some(Spot::Attribute { attribute, within }))
    } else if within.body.has_blocks(name) {
        Ok(Some(Spot::Blocks { name, within }))
    } else if is_generated(name, within) {
        Err(GENERATED.to_owned())
    } else {
        Ok(None)
    }
}

fn nth<'b>(name: &'b str, within: &'b Block, at: usize) -> Result<Option<Spot<'b>>, String> {
    match within.body.get_blocks(name).nth(at) {
        Some(block) if block.is_labeled() => Err(UNUSUAL.to_owned()),
        Some(block) => Ok(Some(Spot::Block { block, within })),
        // Those that are made follow those that are written.
        None if is_generated(name, within) => Err(GENERATED.to_owned()),
        None => Ok(None),
    }
}

/// Whether `dynamic "setting" { ... }` makes blocks of a name.
fn is_generated(name: &str, within: &Block) -> bool {
    let mut dynamic = within.body.get_blocks("dynamic");
    let is_of = |block: &Block| block.labels.iter().any(|label| label.as_str() == name);
    dynamic.any(is_of)
}

fn element<'b>(of: &'b Expression, step: &Step) -> Result<Option<Spot<'b>>, String> {
    let at = match (of, step) {
        (Expression::Array(items), Step::Index(at)) => Some(*at).filter(|at| *at < items.len()),
        // The end of a list is not there yet.
        (Expression::Array(_), Step::Key(_)) => None,
        (Expression::Object(object), step) => {
            let keys: Option<Vec<&str>> = object.iter().map(|(key, _)| literal(key)).collect();
            let wanted = key_of(step);
            let keys = keys.ok_or(COMPUTED)?;
            keys.iter().rposition(|key| *key == wanted)
        }
        (written, _) if is_literal(written) => None,
        _ => return Err(COMPUTED.to_owned()),
    };
    Ok(at.map(|at| Spot::Element { at, of }))
}

/// Whether what is written is the value itself.
pub(super) fn is_literal(written: &Expression) -> bool {
    match bare(written) {
        Expression::Null(_)
        | Expression::Bool(_)
        | Expression::Number(_)
        | Expression::String(_) => true,
        Expression::Array(items) => items.iter().all(is_literal),
        Expression::Object(object) => object
            .iter()
            .all(|(key, value)| literal(key).is_some() && is_literal(value.expr())),
        _ => false,
    }
}

fn literal(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(ident) => Some(ident.as_str()),
        ObjectKey::Expression(Expression::String(text)) => Some(text.value().as_str()),
        ObjectKey::Expression(_) => None,
    }
}

/// An expression without the brackets around it.
fn bare(mut written: &Expression) -> &Expression {
    while let Expression::Parenthesis(inner) = written {
        written = inner.inner();
    }
    written
}
