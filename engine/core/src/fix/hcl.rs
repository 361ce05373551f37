//! Edits of resources of Terraform: which bytes of a block become which, so that comments and layout stay.
//!
//! What is known of a resource was computed from its block, so an operation is followed through the block as it is
//! written. What an expression, `dynamic` or another block comes to is not edited.

mod body;
mod element;
mod follow;
mod write;

use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, BlockLabel};
use plumbline_rego::{Path, Step, Value};

use super::edit::{Edit, Edits, UNUSUAL};
use super::lines::Lines;
use super::patch::{index_of, key_of, nested};
use super::{Act, Fix, Operation};
use crate::parse::hcl;
use crate::problem::spell;
use crate::source::small;
use crate::tree::{NodeId, Tree, Typing};
use body::Addition;
use follow::{COMPUTED, Spot, follow, is_literal};
use write::{Writer, is_name, is_template, line};

/// Why a tree that was put together is not edited.
const SEVERAL: &str = "it is put together of several places";

/// The fix that makes operations of a resource in the block that declares it. An error says why it cannot be made.
pub(super) fn fix(tree: &Tree, typing: Typing, operations: &[Operation]) -> Result<Fix, String> {
    let several = || SEVERAL.to_owned();
    let mut addresses = operations.iter().map(|operation| operation.path.steps());
    let address = addresses.next().and_then(<[Step]>::first);
    let address = address.ok_or_else(several)?;
    if addresses.any(|steps| steps.first() != Some(address)) {
        return Err("it changes several resources".to_owned());
    }
    let root: Path = std::iter::once(address.clone()).collect();
    let reached = tree.follow(NodeId::ROOT, &root, typing);
    let span = tree.span(reached.node).filter(|_| reached.steps == 1);
    let span = span.ok_or_else(several)?;
    let source = tree.source_in(span.file).ok_or_else(several)?;
    let lines = Lines(source.text());
    let parsed = hcl::body(lines.part(span.range())).ok();
    let block = parsed.as_ref().and_then(|body| body.blocks().next());
    let block = block.ok_or_else(several)?;
    let editor = Editor {
        lines,
        offset: span.start as usize,
        writer: Writer {
            ending: lines.ending(),
        },
    };
    let (operations, edits) = editor.changes(block, operations)?;
    Ok(Fix {
        file: span.file,
        document: Some(small(hcl::mark(source.text()))),
        typing,
        operations,
        edits,
    })
}

/// Makes edits of one block.
struct Editor<'a> {
    lines: Lines<'a>,
    /// Where the block begins.
    offset: usize,
    writer: Writer,
}

impl Editor<'_> {
    /// What operations are in the file, and the edits that they come to.
    fn changes(
        &self,
        block: &Block,
        operations: &[Operation],
    ) -> Result<(Vec<Operation>, Vec<Edit>), String> {
        let mut additions: Vec<Addition<'_>> = Vec::new();
        let mut edits = Vec::new();
        let mut changed = Vec::new();
        for Operation { act, path } in operations {
            if let Act::Add(value) | Act::Replace(value) = act
                && is_template(value)
            {
                return Err("a text with `${` in it would be an expression".to_owned());
            }
            let steps = path.steps().get(1..).unwrap_or_default();
            let (spot, missing) = follow(block, steps)?;
            match (act, spot, missing) {
                (
                    Act::Add(value),
                    Spot::Resource(within) | Spot::Block { block: within, .. },
                    [step, rest @ ..],
                ) => {
                    let key = Some(key_of(step)).filter(|key| is_name(key));
                    let entry = key.zip(nested(rest, value)).ok_or(UNUSUAL)?;
                    Addition::take(&mut additions, within, entry);
                }
                _ => edits.extend(self.edits(act, spot, steps, missing)?),
            }
            changed.push(Operation {
                act: act.clone(),
                path: in_file(block, steps, spot, act),
            });
        }
        for addition in &additions {
            edits.extend(self.add_to_body(addition)?);
        }
        Ok((changed, edits))
    }

    /// What an operation changes, given what is there of its path.
    fn edits(&self, act: &Act, spot: Spot<'_>, steps: &[Step], missing: &[Step]) -> Edits {
        match (act, missing) {
            (Act::Remove, []) => self.remove(spot),
            (Act::Replace(value), []) => self.replace(spot, value),
            (Act::Add(value), []) => match spot {
                Spot::Element { at, of } if matches!(of, Expression::Array(_)) => {
                    self.insert_before(of, at, value)
                }
                _ => self.replace(spot, value),
            },
            (Act::Add(value), [step, rest @ ..]) => self.add(spot, step, rest, value),
            (Act::Remove | Act::Replace(_), _) => {
                let path: Path = steps.iter().cloned().collect();
                Err(format!("nothing is written at `{}`", spell(&path)))
            }
        }
    }

    /// Adds what is missing to the nearest place that is there.
    fn add(&self, spot: Spot<'_>, step: &Step, rest: &[Step], value: &Value) -> Edits {
        let is_end = |length: usize| rest.is_empty() && index_of(step, length) == Some(length);
        let no_item = || -> Edits {
            let key = key_of(step);
            Err(format!("the list has no item `{}`", key.escape_debug()))
        };
        if let Spot::Blocks { name, within } = spot {
            return match value {
                Value::Object(_) if is_end(within.body.get_blocks(name).count()) => {
                    self.add_blocks(within, name, std::slice::from_ref(value))
                }
                _ => no_item(),
            };
        }
        let Some(written) = spot.value() else {
            return Err(UNUSUAL.to_owned());
        };
        match written {
            Expression::Array(items) if is_end(items.len()) => self.append(written, value),
            Expression::Array(_) => no_item(),
            Expression::Object(_) => {
                let below = nested(rest, value).ok_or(UNUSUAL)?;
                self.add_entry(written, &key_of(step), &below)
            }
            Expression::Null(_) => {
                let below = nested(rest, value).ok_or(UNUSUAL)?;
                let whole = nested(std::slice::from_ref(step), &below).ok_or(UNUSUAL)?;
                self.replace(spot, &whole)
            }
            _ => Err("what it would stand in is no mapping".to_owned()),
        }
    }

    fn replace(&self, spot: Spot<'_>, value: &Value) -> Edits {
        let written = spot.value().ok_or(UNUSUAL)?;
        if !is_literal(written) {
            return Err(COMPUTED.to_owned());
        }
        Ok(vec![Edit::new(self.span(written)?, line(value))])
    }

    fn remove(&self, spot: Spot<'_>) -> Edits {
        if spot.value().is_some_and(|written| !is_literal(written)) {
            return Err(COMPUTED.to_owned());
        }
        match spot {
            Spot::Resource(_) => Err("a whole resource is not removed".to_owned()),
            Spot::Block { block, within } => Ok(vec![self.without(within, self.span(block)?)?]),
            Spot::Blocks { name, within } => {
                let blocks = within.body.get_blocks(name);
                let without = |block: &Block| self.without(within, self.span(block)?);
                blocks.map(without).collect()
            }
            Spot::Attribute { attribute, within } => {
                let end = self.span(&attribute.value)?.end;
                let range = self.span(&attribute.key)?.start..end;
                Ok(vec![self.without(within, range)?])
            }
            Spot::Element { at, of } => self.remove_element(of, at),
        }
    }

    /// The bytes of what is written.
    fn span(&self, written: &impl Span) -> Result<Range<usize>, String> {
        let span = written.span().ok_or(UNUSUAL)?;
        Ok(span.start + self.offset..span.end + self.offset)
    }
}

/// Where an operation on a block works in its file. Where the only block of a name goes, so does the list of them.
fn in_file(block: &Block, steps: &[Step], spot: Spot<'_>, act: &Act) -> Path {
    let labels = block.labels.iter().map(BlockLabel::as_str);
    let names = std::iter::once(block.ident.as_str()).chain(labels);
    let is_last = match spot {
        Spot::Block { block, within } if *act == Act::Remove => {
            within.body.get_blocks(block.ident.as_str()).count() == 1
        }
        _ => false,
    };
    let steps = match steps {
        [list @ .., _] if is_last => list,
        all => all,
    };
    let names = names.map(|name| Step::Key(name.into()));
    names.chain(steps.iter().cloned()).collect()
}
