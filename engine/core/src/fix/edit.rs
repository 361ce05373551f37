//! From operations to edits: which bytes of a text become which, so that comments and layout stay.
//!
//! JSON is what YAML calls flow style: what stands between braces and brackets is edited in one way, what stands on lines
//! of its own in another one.

use std::ops::Range;

use plumbline_rego::{Step, Value};

use super::lines::Lines;
use super::patch::{index_of, key_of, nested};
use super::write::{Writer, fits_a_line};
use super::{Act, Operation};
use crate::parse::Notation;
use crate::problem::spell;
use crate::source::{FileId, Source, Span};
use crate::tree::{Kind, NodeId, Tree, Typing};

/// New text in place of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

impl Edit {
    pub(super) fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Self {
            start: range.start,
            end: range.end,
            text: text.into(),
        }
    }

    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::new(at..at, text)
    }
}

/// Edits, or why there are none.
pub(super) type Edits = Result<Vec<Edit>, String>;

/// Why the text around a place is not edited.
pub(super) const UNUSUAL: &str = "what stands there is written in a way that is not edited";

/// Makes edits of one text, given what was read of one of its documents.
pub(super) struct Editor<'a> {
    tree: &'a Tree,
    lines: Lines<'a>,
    file: FileId,
    typing: Typing,
    writer: Writer,
}

impl<'a> Editor<'a> {
    /// An error says why the text is not edited at all.
    pub(super) fn new(
        tree: &'a Tree,
        source: &'a Source,
        file: FileId,
        typing: Typing,
    ) -> Result<Self, String> {
        if !matches!(super::notation_of(source), Notation::Yaml | Notation::Json) {
            return Err("only YAML, JSON and resources of Terraform are edited".to_owned());
        }
        let lines = Lines(source.text());
        let writer = Writer {
            is_json: false,
            line_end: lines.ending(),
        };
        let mut editor = Self {
            tree,
            lines,
            file,
            typing,
            writer,
        };
        editor.writer.is_json = editor.is_json();
        Ok(editor)
    }

    /// What an operation changes.
    pub(super) fn edits(&self, operation: &Operation) -> Edits {
        let path = &operation.path;
        let reached = self.tree.follow(NodeId::ROOT, path, self.typing);
        let node = reached.node;
        let missing = path.steps().get(reached.steps..).unwrap_or_default();
        match (&operation.act, missing) {
            (Act::Remove, []) => self.remove(node),
            (Act::Replace(value), []) => self.replace(node, value),
            (Act::Add(value), []) => match self.list_of(node) {
                Some(_) => self.insert_before(node, value),
                None => self.replace(node, value),
            },
            (Act::Add(value), missing) => self.add(node, missing, value),
            (Act::Remove | Act::Replace(_), _) => {
                Err(format!("nothing is written at `{}`", spell(path)))
            }
        }
    }

    /// Adds what is missing to the nearest node that is there.
    fn add(&self, node: NodeId, missing: &[Step], value: &Value) -> Edits {
        let below = |steps: &[Step]| nested(steps, value).ok_or_else(|| UNUSUAL.to_owned());
        let Some((step, rest)) = missing.split_first() else {
            return self.replace(node, value);
        };
        match self.tree.kind(node) {
            Kind::Mapping => self.add_key(node, &key_of(step), &below(rest)?),
            Kind::Sequence => {
                let length = self.tree.children(node).len();
                if rest.is_empty() && index_of(step, length) == Some(length) {
                    self.append(node, value)
                } else {
                    Err(format!(
                        "the list has no item `{}`",
                        key_of(step).escape_debug()
                    ))
                }
            }
            _ if self.tree.view(node, self.typing).is_null() => {
                self.replace(node, &below(missing)?)
            }
            _ => Err("what it would stand in is no mapping".to_owned()),
        }
    }

    fn replace(&self, node: NodeId, value: &Value) -> Edits {
        self.check_whole(node)?;
        let end = self.end(node)?;
        if self.is_in_flow(node) {
            let new = self.writer.line(value);
            return Ok(vec![if self.is_empty(node) {
                Edit::insert(end, format!(" {new}"))
            } else {
                Edit::new(self.start(node)?..end, new)
            }]);
        }
        if self.tree.key(node).is_some() {
            return self.replace_entry(node, end, value);
        }
        // An item, or a whole document.
        let start = self.start(node)?;
        let indent = self.column(start)?;
        let text = self.writer.block(value, indent);
        Ok(vec![Edit::new(start..end, text.trim_start())])
    }

    /// The value of a key on lines of its own.
    fn replace_entry(&self, node: NodeId, end: usize, value: &Value) -> Edits {
        let colon = self.colon(node)?;
        let line = self.lines.line_end(colon);
        let new = if fits_a_line(value) {
            format!(" {}", self.writer.line(value))
        } else {
            let indent = self.column(self.key_start(node)?)? + 2;
            format!(
                "{}{}",
                self.writer.line_end,
                self.writer.block(value, indent)
            )
        };
        if self.is_empty(node) {
            // What follows on the line is a comment.
            let at = if fits_a_line(value) { colon } else { line };
            return Ok(vec![Edit::insert(at, new)]);
        }
        let is_block_text = self
            .lines
            .part(colon..line)
            .trim_start()
            .starts_with(['|', '>']);
        if is_block_text {
            return Ok(vec![Edit::new(colon..end, new)]);
        }
        let start = self.start(node)?;
        let is_below = start > line;
        Ok(match (is_below, fits_a_line(value)) {
            (false, true) => vec![Edit::new(start..end, new.trim_start())],
            (false, false) => vec![
                Edit::new(colon..end, ""),
                Edit::insert(self.lines.line_end(end), new),
            ],
            // What stands behind the key stays there.
            (true, true) => vec![
                Edit::insert(colon, new),
                Edit::new(line..self.lines.line_end(end), ""),
            ],
            (true, false) => vec![Edit::new(line..self.lines.line_end(end), new)],
        })
    }

    fn remove(&self, node: NodeId) -> Edits {
        self.check_whole(node)?;
        let Some(parent) = self.tree.parent(node) else {
            return Err("a whole document is not removed".to_owned());
        };
        let siblings = self.own_children(parent);
        let at = siblings.iter().position(|sibling| *sibling == node);
        let at = at.ok_or_else(|| UNUSUAL.to_owned())?;
        let next = siblings.get(at + 1).copied();
        let previous = at.checked_sub(1).and_then(|at| siblings.get(at)).copied();
        if next.is_none() && previous.is_none() {
            let empty = match self.tree.kind(parent) {
                Kind::Sequence => Value::from(Vec::new()),
                _ => Value::empty_object(),
            };
            return self.replace(parent, &empty);
        }
        if self.is_flow(parent) {
            self.remove_between(node, previous, next)
        } else {
            self.remove_lines(node, next)
        }
    }

    /// Takes an element with one of its commas out of braces or brackets.
    fn remove_between(
        &self,
        node: NodeId,
        previous: Option<NodeId>,
        next: Option<NodeId>,
    ) -> Edits {
        let start = self.head(node)?;
        if let Some(next) = next {
            return Ok(vec![Edit::new(start..self.head(next)?, "")]);
        }
        let Some(previous) = previous else {
            return Err(UNUSUAL.to_owned());
        };
        let behind = self.end(previous)?;
        let comma = behind + self.lines.blanks(behind);
        if !self.lines.rest(comma).starts_with(',') {
            return Err(UNUSUAL.to_owned());
        }
        let behind_comma = comma + 1;
        let kept = self.lines.part(behind_comma..start).trim_end().len();
        Ok(vec![
            Edit::new(comma..behind_comma, ""),
            Edit::new(behind_comma + kept..self.end(node)?, ""),
        ])
    }

    /// Takes the lines of an entry or an item away.
    fn remove_lines(&self, node: NodeId, next: Option<NodeId>) -> Edits {
        let (start, end) = (self.head(node)?, self.end(node)?);
        let line = self.lines.line_start(start);
        let after = self.lines.next_line(end);
        if self.lines.part(line..start).trim_matches(' ').is_empty() {
            // A text that ends without a line end goes on doing so.
            let is_last = after == self.lines.0.len() && !self.lines.0.ends_with('\n');
            let before = if is_last {
                self.lines.line_before(line)
            } else {
                line
            };
            return Ok(vec![Edit::new(before..after, "")]);
        }
        // The first entry of an item: the next one moves up behind the dash.
        let Some(next) = next else {
            return Err(UNUSUAL.to_owned());
        };
        let next = self.head(next)?;
        let range = if self
            .lines
            .part(self.lines.line_end(end)..next)
            .trim()
            .is_empty()
        {
            start..next
        } else {
            let dash = line + self.lines.part(line..start).trim_end().len();
            dash..self.lines.line_end(end)
        };
        Ok(vec![Edit::new(range, "")])
    }

    fn add_key(&self, mapping: NodeId, key: &str, value: &Value) -> Edits {
        self.check(mapping)?;
        let own = self.own_children(mapping);
        if self.is_flow(mapping) {
            return self.add_between(mapping, own.last().copied(), &self.writer.pair(key, value));
        }
        let (Some(first), Some(last)) = (own.first(), own.last()) else {
            return Err(UNUSUAL.to_owned());
        };
        let indent = self.column(self.head(*first)?)?;
        let entry = self.writer.entry(key, value, indent);
        Ok(vec![self.add_line(self.end(*last)?, indent, &entry)])
    }

    fn append(&self, list: NodeId, value: &Value) -> Edits {
        self.check(list)?;
        let last = self.tree.children(list).next_back();
        if self.is_flow(list) {
            return self.add_between(list, last, &self.writer.line(value));
        }
        let last = last.ok_or_else(|| UNUSUAL.to_owned())?;
        let indent = self.column(self.dash(last)?)?;
        let item = format!("- {}", self.writer.item(value, indent));
        Ok(vec![self.add_line(self.end(last)?, indent, &item)])
    }

    fn insert_before(&self, item: NodeId, value: &Value) -> Edits {
        self.check(item)?;
        let start = self.head(item)?;
        let line_end = self.writer.line_end;
        let text = if self.is_in_flow(item) {
            match self.lines.margin(start) {
                Some(margin) => format!("{},{line_end}{margin}", self.writer.line(value)),
                None => format!("{}, ", self.writer.line(value)),
            }
        } else {
            let indent = self.column(start)?;
            let new = self.writer.item(value, indent);
            format!("- {new}{line_end}{}", " ".repeat(indent))
        };
        Ok(vec![Edit::insert(start, text)])
    }

    /// Adds a line below the one that a byte is on.
    fn add_line(&self, end: usize, indent: usize, content: &str) -> Edit {
        let text = format!("{}{}{content}", self.writer.line_end, " ".repeat(indent));
        Edit::insert(self.lines.line_end(end), text)
    }

    /// Adds an element behind the last one within braces or brackets, on a line of its own if that one has one.
    fn add_between(&self, collection: NodeId, last: Option<NodeId>, content: &str) -> Edits {
        let Some(last) = last else {
            let start = self.own(collection)?.start;
            return Ok(vec![Edit::insert(start + 1, content)]);
        };
        let text = match self.lines.margin(self.head(last)?) {
            Some(margin) => format!(",{}{margin}{content}", self.writer.line_end),
            None => format!(", {content}"),
        };
        Ok(vec![Edit::insert(self.end(last)?, text)])
    }

    /// Whether something may be added to a node.
    fn check(&self, node: NodeId) -> Result<(), String> {
        let own = self.tree.span(node);
        // Copies of what an alias stands for have the bytes of what they were copied from.
        let is_shared = || {
            let same = |other: &NodeId| *other != node && self.tree.span(*other) == own;
            !self.is_empty(node)
                && self.lines.0.contains('*')
                && self.tree.all().any(|it| same(&it))
        };
        if own.is_none_or(|own| own.file != self.file) {
            Err("it is written in another file".to_owned())
        } else if is_shared() {
            Err("it is written once for several places".to_owned())
        } else {
            Ok(())
        }
    }

    /// Whether all of a node may be replaced or removed.
    fn check_whole(&self, node: NodeId) -> Result<(), String> {
        if matches!(self.tree.kind(node), Kind::Unknown(_)) {
            return Err("it is not known before it is deployed".to_owned());
        }
        let mut tags = self.tree.tags().iter();
        if tags.any(|(tagged, _)| self.is_within(*tagged, node)) {
            return Err("a function of the template computes it".to_owned());
        }
        self.check(node)
    }

    fn is_within(&self, node: NodeId, outer: NodeId) -> bool {
        let mut at = Some(node);
        while let Some(inner) = at {
            if inner == outer {
                return true;
            }
            at = self.tree.parent(inner);
        }
        false
    }

    /// The list that a node is an item of.
    fn list_of(&self, node: NodeId) -> Option<NodeId> {
        let parent = self.tree.parent(node)?;
        (self.tree.kind(parent) == Kind::Sequence).then_some(parent)
    }

    /// The children that are written in a collection, rather than merged into it.
    fn own_children(&self, collection: NodeId) -> Vec<NodeId> {
        let start = self.tree.span(collection).map_or(0, |span| span.start);
        let is_own = |child: &NodeId| match self.tree.key(*child).and_then(|key| key.span) {
            Some(key) => key.start >= start,
            None => true,
        };
        self.tree.children(collection).filter(is_own).collect()
    }

    /// Braces, brackets, quoted keys: a text that YAML reads as well may be JSON.
    fn is_json(&self) -> bool {
        let first = self.tree.children(NodeId::ROOT).next();
        let quoted = |child: NodeId| {
            let key = self.tree.key(child);
            key.and_then(|key| key.span)
                .is_some_and(|key| self.lines.rest(key.start as usize).starts_with('"'))
        };
        let source = self.tree.source();
        let says_so = source.is_some_and(|source| super::notation_of(source) == Notation::Json);
        says_so || (self.is_flow(NodeId::ROOT) && first.is_some_and(quoted))
    }

    fn is_flow(&self, node: NodeId) -> bool {
        let is_collection = matches!(self.tree.kind(node), Kind::Mapping | Kind::Sequence);
        let start = self.tree.span(node).map_or(0, |span| span.start as usize);
        is_collection && self.lines.rest(start).starts_with(['{', '['])
    }

    fn is_in_flow(&self, node: NodeId) -> bool {
        let parent = self.tree.parent(node);
        parent.is_some_and(|parent| self.is_flow(parent))
            || (parent.is_none() && self.is_flow(node))
    }

    /// A value of which nothing is written.
    fn is_empty(&self, node: NodeId) -> bool {
        let is_scalar = !matches!(self.tree.kind(node), Kind::Mapping | Kind::Sequence);
        let span = self.tree.span(node).filter(|_| is_scalar);
        span.is_some_and(|span| span.start == span.end)
    }

    fn own(&self, node: NodeId) -> Result<Range<usize>, String> {
        let span = self.tree.span(node);
        span.map(Span::range).ok_or_else(|| UNUSUAL.to_owned())
    }

    fn key_start(&self, node: NodeId) -> Result<usize, String> {
        let key = self.tree.key(node).and_then(|key| key.span);
        key.map(|key| key.start as usize)
            .ok_or_else(|| UNUSUAL.to_owned())
    }

    /// Where a value begins, behind its key or dash.
    fn start(&self, node: NodeId) -> Result<usize, String> {
        let is_block = matches!(self.tree.kind(node), Kind::Mapping | Kind::Sequence);
        match self.own_children(node).first() {
            Some(first) if is_block && !self.is_flow(node) => self.head(*first),
            _ => Ok(self.own(node)?.start),
        }
    }

    /// Where an entry or an item begins: with its key, its dash, or itself.
    fn head(&self, node: NodeId) -> Result<usize, String> {
        if self.tree.key(node).is_some() {
            self.key_start(node)
        } else if self.is_in_flow(node) {
            self.start(node)
        } else {
            self.dash(node)
        }
    }

    /// The byte behind a value.
    fn end(&self, node: NodeId) -> Result<usize, String> {
        if self.is_empty(node) {
            return self.colon(node);
        }
        let own = self.own(node)?;
        let key = self.tree.key(node).and_then(|key| key.span);
        // What an alias stands for is written above.
        if key.is_some_and(|key| own.start < key.end as usize) {
            return Err("an alias stands there".to_owned());
        }
        let is_block = matches!(self.tree.kind(node), Kind::Mapping | Kind::Sequence);
        match self.own_children(node).last() {
            Some(last) if is_block && !self.is_flow(node) => self.end(*last),
            _ => Ok(own.end),
        }
    }

    /// The byte behind the colon of an entry.
    fn colon(&self, node: NodeId) -> Result<usize, String> {
        let key = self.tree.key(node).and_then(|key| key.span);
        let end = key.map(|key| key.end as usize);
        let at = end.map(|end| end + self.lines.blanks(end));
        at.filter(|at| self.lines.rest(*at).starts_with(':'))
            .map(|at| at + 1)
            .ok_or_else(|| UNUSUAL.to_owned())
    }

    /// The dash of an item.
    fn dash(&self, node: NodeId) -> Result<usize, String> {
        let before = self.lines.part(0..self.start(node)?).trim_end();
        let is_dash = before.ends_with('-');
        is_dash
            .then(|| before.len() - 1)
            .ok_or_else(|| UNUSUAL.to_owned())
    }

    /// How far a byte is indented, by spaces and the dashes of items.
    fn column(&self, at: usize) -> Result<usize, String> {
        let before = self.lines.part(self.lines.line_start(at)..at);
        let before = before.trim_start_matches('\u{feff}');
        let is_indent = before.bytes().all(|byte| matches!(byte, b' ' | b'-'));
        is_indent
            .then_some(before.len())
            .ok_or_else(|| UNUSUAL.to_owned())
    }
}
