//! Bodies of blocks: attributes and blocks that come and go, each with its lines.

use std::ops::Range;

use hcl_edit::structure::{Block, Structure};
use plumbline_rego::{Object, Value};

use super::Editor;
use super::write::{Entries, INDENT, attribute, widest};
use crate::fix::edit::{Edit, Edits, UNUSUAL};

/// What is added to one block.
pub(super) struct Addition<'b> {
    block: &'b Block,
    content: Object,
}

impl<'b> Addition<'b> {
    /// Takes one more entry for a block.
    pub(super) fn take(additions: &mut Vec<Self>, block: &'b Block, entry: (String, Value)) {
        let (key, value) = (Value::string(&entry.0), entry.1);
        let known = additions
            .iter_mut()
            .find(|known| std::ptr::eq(known.block, block));
        match known {
            Some(known) => known.content = known.content.with(key, value),
            None => additions.push(Self {
                block,
                content: Object::default().with(key, value),
            }),
        }
    }
}

/// An attribute, or an entry of an object.
pub(super) struct Entry {
    pub(super) key: Range<usize>,
    /// The byte behind its value.
    pub(super) end: usize,
}

impl Editor<'_> {
    /// Adds attributes behind the last attribute, and blocks behind everything.
    pub(super) fn add_to_body(&self, addition: &Addition<'_>) -> Edits {
        let block = addition.block;
        let inner = self.inner(block)?;
        if !self.lines.part(inner.clone()).contains('\n') {
            return self.open(addition, inner);
        }
        let Entries { attributes, blocks } = Entries::of(&addition.content);
        let mut edits = Vec::new();
        if !attributes.is_empty() {
            edits.extend(self.add_attributes(block, &attributes)?);
        }
        for (name, blocks) in blocks {
            edits.extend(self.add_blocks(block, name, blocks)?);
        }
        Ok(edits)
    }

    /// Gives a body that stands between its braces on one line lines of its own.
    fn open(&self, addition: &Addition<'_>, inner: Range<usize>) -> Edits {
        let outer = self.indentation(self.span(addition.block)?.start);
        let margin = format!("{outer}{INDENT}");
        let ending = self.writer.ending;
        let new = self.writer.body(&addition.content, &margin);
        let below = format!("{ending}{new}{ending}{outer}");
        let text = self.lines.part(inner.clone());
        let written = text.trim();
        if written.is_empty() {
            return Ok(vec![Edit::new(inner, below)]);
        }
        let start = inner.start + text.len() - text.trim_start().len();
        Ok(vec![
            Edit::new(inner.start..start, format!("{ending}{margin}")),
            Edit::new(start + written.len()..inner.end, below),
        ])
    }

    fn add_attributes(&self, block: &Block, attributes: &[(&str, &Value)]) -> Edits {
        let written = block.body.attributes().map(|attribute| {
            Ok(Entry {
                key: self.span(&attribute.key)?,
                end: self.span(&attribute.value)?.end,
            })
        });
        let written: Vec<Entry> = written.collect::<Result<_, String>>()?;
        let (width, mut edits) = self.align(&written, widest(attributes));
        let (at, margin) = match written.last() {
            Some(last) => {
                let margin = self.lines.margin(last.key.start).ok_or(UNUSUAL)?;
                (self.lines.line_end(last.end), margin.to_owned())
            }
            None => (
                self.lines.line_end(self.inner(block)?.start),
                self.margin_within(block)?,
            ),
        };
        let ending = self.writer.ending;
        let mut text = String::new();
        for (key, value) in attributes {
            text.push_str(&format!("{ending}{margin}{}", attribute(key, value, width)));
        }
        // Blocks stand apart from the attributes above them.
        let first = block.body.iter().next().filter(|_| written.is_empty());
        if let Some(first) = first
            && !self.is_apart(at, self.span(first)?.start)
        {
            text.push_str(ending);
        }
        edits.push(Edit::insert(at, text));
        Ok(edits)
    }

    /// Adds blocks behind those of the same name, or else behind everything.
    pub(super) fn add_blocks(&self, within: &Block, name: &str, blocks: &[Value]) -> Edits {
        let same = within.body.get_blocks(name).last();
        let last = match same {
            Some(same) => Some(self.span(same)?),
            None => {
                let last = within.body.iter().last();
                last.map(|last| self.span(last)).transpose()?
            }
        };
        let inner = self.inner(within)?;
        let margin = self.margin_within(within)?;
        let is_apart = self.keeps_apart(within)?;
        let at = last.as_ref().map_or(inner.start, |last| last.end);
        let ending = self.writer.ending;
        let mut text = String::new();
        let mut is_first = last.is_none();
        for block in blocks {
            let content = block.as_object().ok_or(UNUSUAL)?;
            if is_apart && !is_first {
                text.push_str(ending);
            }
            is_first = false;
            let block = self.writer.block(name, content, &margin);
            text.push_str(&format!("{ending}{margin}{block}"));
        }
        Ok(vec![Edit::insert(self.lines.line_end(at), text)])
    }

    /// Takes an attribute or a block of a body away, with its lines.
    pub(super) fn without(&self, within: &Block, range: Range<usize>) -> Result<Edit, String> {
        let inner = self.inner(within)?;
        let body = self.lines.part(inner.clone());
        if !body.contains('\n') {
            let is_all = body.trim() == self.lines.part(range);
            return is_all
                .then(|| Edit::new(inner, ""))
                .ok_or_else(|| UNUSUAL.to_owned());
        }
        if self.lines.margin(range.start).is_none() {
            return Err(UNUSUAL.to_owned());
        }
        let line = self.lines.line_start(range.start);
        let after = self.lines.next_line(range.end);
        let above = self.lines.line_start(self.lines.line_before(line));
        let below = self
            .lines
            .part(after..self.lines.line_end(after))
            .trim_start();
        // Of two blank lines one goes along, and so does one above the brace.
        let is_loose = self.lines.part(above..line).trim().is_empty()
            && (below.is_empty() || below.starts_with('}'));
        let start = if is_loose { above } else { line };
        Ok(Edit::new(start..after, ""))
    }

    /// How wide keys are written so that their `=` stand beneath those of the lines above, which move where they must.
    pub(super) fn align(&self, written: &[Entry], widest: usize) -> (usize, Vec<Edit>) {
        let mut signs = Vec::new();
        let mut below: Option<usize> = None;
        let mut width: Option<usize> = None;
        for entry in written.iter().rev() {
            let line = self.lines.line_start(entry.key.start);
            let is_one_line = line == self.lines.line_start(entry.end);
            let is_above = below.is_none_or(|below| self.lines.next_line(line) == below);
            if !is_one_line || !is_above {
                break;
            }
            let sign = entry.key.end + self.lines.blanks(entry.key.end);
            let own = (sign - entry.key.start).saturating_sub(1);
            if width.is_some_and(|width| width != own) || sign == entry.key.end {
                return (widest, Vec::new());
            }
            signs.push(sign);
            (below, width) = (Some(line), Some(own));
        }
        match width {
            Some(width) if width < widest => {
                let blanks = " ".repeat(widest - width);
                let moved = signs
                    .iter()
                    .map(|sign| Edit::insert(*sign, blanks.as_str()));
                (widest, moved.collect())
            }
            Some(width) => (width, Vec::new()),
            None => (widest, Vec::new()),
        }
    }

    /// What stands between the braces of a block.
    fn inner(&self, block: &Block) -> Result<Range<usize>, String> {
        let head = match block.labels.last() {
            Some(label) => self.span(label)?,
            None => self.span(&block.ident)?,
        };
        let open = head.end + self.lines.blanks(head.end);
        let end = self.span(block)?.end;
        let is_open = self.lines.rest(open).starts_with('{');
        is_open
            .then(|| open + 1..end - 1)
            .ok_or_else(|| UNUSUAL.to_owned())
    }

    /// What the entries of a body are indented by.
    fn margin_within(&self, block: &Block) -> Result<String, String> {
        Ok(match block.body.iter().next() {
            Some(first) => self.indentation(self.span(first)?.start).to_owned(),
            None => format!("{}{INDENT}", self.indentation(self.span(block)?.start)),
        })
    }

    /// Whether blocks of a body have a blank line above them, as they have unless the last one shows otherwise.
    fn keeps_apart(&self, block: &Block) -> Result<bool, String> {
        let structures: Vec<&Structure> = block.body.iter().collect();
        let mut pairs = structures.iter().zip(structures.iter().skip(1));
        let Some((above, below)) = pairs.rfind(|(_, below)| below.is_block()) else {
            return Ok(true);
        };
        Ok(self.is_apart(self.span(*above)?.end, self.span(*below)?.start))
    }

    /// Whether there is more than a line end between two bytes.
    fn is_apart(&self, from: usize, to: usize) -> bool {
        self.lines.part(from..to).matches('\n').count() > 1
    }

    /// The blanks that the line of a byte begins with.
    fn indentation(&self, at: usize) -> &str {
        let line = self.lines.line_start(at);
        self.lines.part(line..line + self.lines.blanks(line))
    }
}
