//! YAML: a real stream of documents, each recovered on its own.
//!
//! The scanner is `granit-parser`'s. Aliases are expanded and merge keys (`<<`) applied, within a budget; the copies
//! keep the places of what they were copied from.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span as Mark, StrInput, Tag};

use super::{Document, MAX_ALIAS_NODES, Notation, template};
use crate::problem::{Place, Problem};
use crate::source::{FileId, Source, Span, small};
use crate::tree::{Builder, Key, Kind, NodeId, Origin, Text, Tree};

pub(super) fn parse(source: &Arc<Source>, file: FileId) -> (Vec<Document>, Vec<Problem>) {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut stream = Stream {
        source,
        file,
        events: Parser::new_from_str_with_options(source.text(), options),
        documents: Vec::new(),
        problems: Vec::new(),
        number: 0,
        is_template: OnceCell::new(),
    };
    stream.read();
    (stream.documents, stream.problems)
}

struct Stream<'a> {
    source: &'a Arc<Source>,
    file: FileId,
    events: Parser<'a, StrInput<'a>>,
    documents: Vec<Document>,
    problems: Vec<Problem>,
    number: usize,
    is_template: OnceCell<bool>,
}

/// Why a document was given up.
enum Abandon {
    /// It is not YAML.
    Syntax(Box<ScanError>),
    /// It is YAML that is not read.
    Refused(Box<Problem>),
}

impl Stream<'_> {
    fn read(&mut self) {
        loop {
            match self.events.next_event() {
                None | Some(Ok((Event::StreamEnd, _))) => return,
                Some(Ok((Event::DocumentStart(..), _))) => {
                    self.number += 1;
                    if !self.document() {
                        return;
                    }
                }
                Some(Ok(_)) => {}
                // The prefix of a document is broken: its number has not been counted yet.
                Some(Err(error)) => {
                    self.number += 1;
                    if !self.recover(Abandon::Syntax(Box::new(error))) {
                        return;
                    }
                }
            }
        }
    }

    /// Reads one document; false when nothing can follow.
    fn document(&mut self) -> bool {
        let mut reader = Reader {
            builder: Builder::from_source(Arc::clone(self.source)),
            source: self.source,
            file: self.file,
            anchors: HashMap::new(),
            alias_budget: MAX_ALIAS_NODES,
            wide: HashMap::new(),
            problems: Vec::new(),
        };
        let outcome = loop {
            match self.events.next_event() {
                None | Some(Ok((Event::DocumentEnd | Event::StreamEnd, _))) => break Ok(()),
                Some(Ok((event, mark))) => {
                    if let Err(abandon) = reader.event(event, mark) {
                        break Err(abandon);
                    }
                }
                Some(Err(error)) => break Err(Abandon::Syntax(Box::new(error))),
            }
        };
        // Both branches of a template's `if` stand in one document: what they repeat is no mistake.
        if outcome.is_ok() || !self.is_template() {
            self.problems.append(&mut reader.problems);
        }
        match outcome {
            Ok(()) => {
                let tree = Arc::new(reader.builder.finish());
                self.documents.push(Document {
                    tree,
                    file: self.file,
                    number: self.number,
                    notation: Notation::Yaml,
                });
                true
            }
            Err(abandon) => self.recover(abandon),
        }
    }

    /// Says what is wrong with a document and goes on with the next one; false when there is none.
    fn recover(&mut self, abandon: Abandon) -> bool {
        let number = self.number;
        self.problems.push(match abandon {
            Abandon::Refused(problem) => self.advise(*problem),
            Abandon::Syntax(error) => self.syntax_problem(&error),
        });
        match self.events.proceed_next_document() {
            Ok(more) => more,
            Err(error) => {
                let problem = self.syntax_problem(&error);
                self.problems
                    .push(problem.help(format!("nothing after document {number} was read")));
                false
            }
        }
    }

    fn syntax_problem(&self, error: &ScanError) -> Problem {
        let at = error
            .marker()
            .byte_offset()
            .unwrap_or(0)
            .min(self.source.text().len());
        let rest = self.source.text().get(at..).unwrap_or_default();
        let end = rest.chars().next().map_or(at, |next| at + next.len_utf8());
        let span = Span {
            file: self.file,
            start: small(at),
            end: small(end),
        };
        let problem = Problem::error(
            span,
            format!(
                "document {} is not valid YAML: {}",
                self.number,
                error.info()
            ),
        );
        self.advise(problem)
    }

    fn advise(&self, problem: Problem) -> Problem {
        match problem.place {
            Place::Span(span) if self.is_template() => Problem::error(
                span,
                format!("document {} is a template that has to be rendered first", self.number),
            )
            .help("render it, with `helm template` or the tool that it was written for, and check what it renders to"),
            _ => problem.help(super::NOT_JUDGED),
        }
    }

    fn is_template(&self) -> bool {
        *self
            .is_template
            .get_or_init(|| template::is_template(self.source.text()))
    }
}

/// From how many entries on a mapping's keys are kept in a table.
const WIDE: usize = 32;

/// Builds the tree of one document.
struct Reader<'a> {
    builder: Builder,
    source: &'a Arc<Source>,
    file: FileId,
    anchors: HashMap<usize, NodeId>,
    alias_budget: usize,
    wide: HashMap<NodeId, HashMap<String, Span>>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, mark: Mark) -> Result<(), Abandon> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let text = self.text(&text);
                self.scalar(text, style, anchor, tag.as_deref(), mark);
                Ok(())
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.open(Kind::Sequence, anchor, tag.as_deref(), mark)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.open(Kind::Mapping, anchor, tag.as_deref(), mark)
            }
            Event::SequenceEnd => {
                self.close(mark);
                Ok(())
            }
            Event::MappingEnd => {
                self.merge()?;
                self.close(mark);
                Ok(())
            }
            Event::Alias(anchor) => self.alias(anchor, mark),
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: Text,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        mark: Mark,
    ) {
        let plain = style == ScalarStyle::Plain;
        let span = self.trimmed(mark);
        if self.builder.expects_key() {
            // A key may be anchored; its alias can only stand for a scalar, which needs a node.
            self.key(Key {
                text,
                plain,
                span: Some(span),
            });
            return;
        }
        let string = !plain || tag.is_some_and(is_string_tag);
        let kind = if string {
            Kind::String(text)
        } else {
            Kind::Plain(text)
        };
        let node = self.builder.scalar(kind, Origin::Span(span));
        self.note(node, anchor, tag);
    }

    fn key(&mut self, key: Key) {
        let text = self.builder.tree().text(key.text);
        let Some(span) = key.span else { return };
        if key.plain && text.is_empty() {
            self.problems.push(
                Problem::error(span, "a key without text")
                    .help("write the key, or quote an empty one"),
            );
        } else if !(key.plain && text == "<<") {
            self.check_duplicate(key, span);
        }
        self.builder.set_key(key);
    }

    /// Narrow mappings are searched, wide ones keep a table of their keys.
    fn check_duplicate(&mut self, key: Key, span: Span) {
        let tree = self.builder.tree();
        let text = tree.text(key.text);
        let siblings = self.builder.open_children();
        let first = if siblings.len() < WIDE {
            siblings
                .iter()
                .filter_map(|child| tree.key(*child))
                .find(|other| tree.text(other.text) == text)
                .and_then(|key| key.span)
        } else {
            let Some(mapping) = self.builder.innermost() else {
                return;
            };
            let keys = self
                .wide
                .entry(mapping)
                .or_insert_with(|| written_keys(tree, siblings));
            keys.insert(text.to_owned(), span)
        };
        if let Some(first) = first {
            let problem = super::duplicate_key(text, span, first);
            self.problems.push(problem);
        }
    }

    fn open(
        &mut self,
        kind: Kind,
        anchor: usize,
        tag: Option<&Tag>,
        mark: Mark,
    ) -> Result<(), Abandon> {
        let span = self.span(mark);
        if self.builder.expects_key() {
            let problem = Problem::error(span, "a key must be a scalar, not a collection");
            return Err(Abandon::Refused(Box::new(problem)));
        }
        let node = self.builder.open(kind, Origin::Span(span));
        self.note(node, anchor, tag);
        Ok(())
    }

    fn close(&mut self, mark: Mark) {
        if let Some(node) = self.builder.close() {
            let end = self.collection_end(node, mark);
            self.builder.end_at(node, end);
        }
    }

    /// A flow collection ends with its bracket; a block collection with its last element.
    fn collection_end(&self, node: NodeId, mark: Mark) -> u32 {
        let range = mark.byte_range().unwrap_or_default();
        if !range.is_empty() {
            return small(range.end);
        }
        let tree = self.builder.tree();
        let start = tree.span(node).map_or(0, |span| span.start);
        let last = self.builder.tree().children(node).next_back();
        let end = last
            .and_then(|last| tree.span(last).or(tree.key(last)?.span))
            .map_or(start, |span| span.end);
        end.max(start)
    }

    fn note(&mut self, node: NodeId, anchor: usize, tag: Option<&Tag>) {
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema() && !is_string_tag(tag)) {
            self.builder.tag(node, tag.original());
        }
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Result<(), Abandon> {
        let span = self.span(mark);
        let refused = |message: &str| Abandon::Refused(Box::new(Problem::error(span, message)));
        let Some(node) = self.anchors.get(&anchor).copied() else {
            return Err(refused("an alias of a key: only values can be anchored"));
        };
        if self.builder.expects_key() {
            let Some(key) = scalar_key(self.builder.tree(), node, span) else {
                return Err(refused("a key must be a scalar, not a collection"));
            };
            self.key(key);
            return Ok(());
        }
        if self.is_open(node) {
            return Err(refused("an alias of a collection that it stands in"));
        }
        match self.builder.copy(node, self.alias_budget) {
            Some(copied) => {
                self.alias_budget -= copied;
                Ok(())
            }
            None => Err(refused(&format!(
                "aliases expand to more than {MAX_ALIAS_NODES} nodes"
            ))),
        }
    }

    fn is_open(&self, node: NodeId) -> bool {
        let tree = self.builder.tree();
        let mut at = self.builder.innermost();
        while let Some(open) = at {
            if open == node {
                return true;
            }
            at = tree.parent(open);
        }
        false
    }

    /// Applies the merge keys of the mapping that ends: written keys win, then the first merged mapping.
    fn merge(&mut self) -> Result<(), Abandon> {
        let tree = self.builder.tree();
        if !self
            .builder
            .open_children()
            .iter()
            .any(|child| is_merge_key(tree, *child))
        {
            return Ok(());
        }
        let merges = self.builder.take_children(is_merge_key);
        let tree = self.builder.tree();
        let mut present: HashSet<String> = self
            .builder
            .open_children()
            .iter()
            .filter_map(|child| Some(tree.text(tree.key(*child)?.text).to_owned()))
            .collect();
        for merge in merges {
            for source in self.merged_mappings(merge)? {
                self.merge_entries(source, &mut present)?;
            }
        }
        Ok(())
    }

    fn merged_mappings(&self, merge: NodeId) -> Result<Vec<NodeId>, Abandon> {
        let tree = self.builder.tree();
        let sources: Vec<NodeId> = match tree.kind(merge) {
            Kind::Sequence => tree.children(merge).collect(),
            _ => vec![merge],
        };
        match sources
            .iter()
            .find(|source| tree.kind(**source) != Kind::Mapping)
        {
            None => Ok(sources),
            Some(_) => {
                let span = tree
                    .key(merge)
                    .and_then(|key| key.span)
                    .unwrap_or(self.span(Mark::default()));
                Err(Abandon::Refused(Box::new(Problem::error(
                    span,
                    "`<<` merges mappings, and this is none",
                ))))
            }
        }
    }

    fn merge_entries(
        &mut self,
        source: NodeId,
        present: &mut HashSet<String>,
    ) -> Result<(), Abandon> {
        let entries: Vec<NodeId> = self.builder.tree().children(source).collect();
        for entry in entries {
            let tree = self.builder.tree();
            let text = tree.key(entry).map_or("", |key| tree.text(key.text));
            if !present.insert(text.to_owned()) {
                continue;
            }
            match self.builder.copy_entry(entry, self.alias_budget) {
                Some(copied) => self.alias_budget -= copied,
                None => {
                    let span = self
                        .builder
                        .tree()
                        .span(entry)
                        .unwrap_or(self.span(Mark::default()));
                    let message = format!("aliases expand to more than {MAX_ALIAS_NODES} nodes");
                    return Err(Abandon::Refused(Box::new(Problem::error(span, message))));
                }
            }
        }
        Ok(())
    }

    /// Characters that the scanner borrowed from the source are not copied. Characters of its own lie elsewhere, and
    /// should they seem to lie within the source, then only where the source says the same.
    fn text(&mut self, text: &str) -> Text {
        let whole = self.source.text();
        let start = (text.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
        if whole.get(start..start.saturating_add(text.len())) == Some(text) {
            return self.builder.written(start, text.len());
        }
        self.builder.keep(text)
    }

    fn span(&self, mark: Mark) -> Span {
        let range = mark.byte_range().unwrap_or_default();
        Span {
            file: self.file,
            start: small(range.start),
            end: small(range.end),
        }
    }

    /// A block scalar ends with its last character, not with the lines after it.
    fn trimmed(&self, mark: Mark) -> Span {
        let span = self.span(mark);
        let text = self.source.text().get(span.range()).unwrap_or_default();
        Span {
            end: span.start + small(text.trim_end().len()),
            ..span
        }
    }
}

fn is_merge_key(tree: &Tree, node: NodeId) -> bool {
    tree.key(node)
        .is_some_and(|key| key.plain && tree.text(key.text) == "<<")
}

/// `!!str`, and the tag `!` that says no more than "not plain".
fn is_string_tag(tag: &Tag) -> bool {
    tag.is_yaml_core_schema_tag("str") || tag.original() == "!"
}

fn scalar_key(tree: &Tree, node: NodeId, span: Span) -> Option<Key> {
    match tree.kind(node) {
        Kind::Plain(text) => Some(Key {
            text,
            plain: true,
            span: Some(span),
        }),
        Kind::String(text) => Some(Key {
            text,
            plain: false,
            span: Some(span),
        }),
        _ => None,
    }
}

fn written_keys(tree: &Tree, entries: &[NodeId]) -> HashMap<String, Span> {
    let keys = entries.iter().filter_map(|entry| tree.key(*entry));
    keys.filter_map(|key| Some((tree.text(key.text).to_owned(), key.span?)))
        .collect()
}
