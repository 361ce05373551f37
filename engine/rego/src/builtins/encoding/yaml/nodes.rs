//! The nodes of a YAML document, from the events of its text.

use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::wording::describe;

/// How deep collections may nest, as in JSON.
const MAX_NESTING: usize = 512;

/// A node; others are referred to by their places in the document.
#[derive(Debug)]
pub(super) enum Node {
    Scalar(Scalar),
    Sequence(Vec<usize>),
    /// Keys and values in turn.
    Mapping(Vec<usize>),
    Alias(usize),
}

/// A scalar as it is written.
#[derive(Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// The full tag, or nothing.
    pub(super) tag: String,
    /// Whether the text decides the type: it is plain, or its tag is `!`.
    pub(super) implicit: bool,
}

/// The nodes of one document.
#[derive(Debug, Default)]
pub(super) struct Document {
    nodes: Vec<Node>,
    root: Option<usize>,
    /// The names of the nodes that have one.
    names: HashMap<usize, String>,
}

impl Document {
    /// The outermost node; nothing for an empty text.
    pub(super) fn root(&self) -> Option<usize> {
        self.root
    }

    pub(super) fn get(&self, node: usize) -> Option<&Node> {
        self.nodes.get(node)
    }

    /// The name that an alias refers to.
    pub(super) fn referred_name(&self, alias: usize) -> &str {
        let name = match self.get(alias) {
            Some(Node::Alias(target)) => self.names.get(target),
            _ => None,
        };
        name.map_or("", String::as_str)
    }
}

/// Reads the first document; what follows it is not looked at. The error says what is wrong and where.
pub(super) fn first_document(text: &str) -> Result<Document, String> {
    if text.chars().any(is_forbidden) {
        return Err("control characters are not allowed".to_owned());
    }
    let mut builder = Builder::default();
    for next in Parser::new_from_str_with_options(text, options()) {
        let (event, _) = next.map_err(|error| describe(&error, text))?;
        if matches!(event, Event::DocumentEnd | Event::StreamEnd) {
            break;
        }
        builder.add(event)?;
    }
    Ok(builder.document)
}

/// As `libyaml` reads, as far as the parser can be told to.
fn options() -> Options {
    granit_parser::options! {
        bom_inside_document_as_content: true,
        block_scalar_eof_without_line_feed: true,
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_NESTING,
        block_nesting_limit: MAX_NESTING,
    }
}

/// Characters that YAML does not have.
fn is_forbidden(character: char) -> bool {
    let control = character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{85}');
    control || matches!(character, '\u{fffe}' | '\u{ffff}')
}

#[derive(Debug, Default)]
struct Builder {
    document: Document,
    open: Vec<usize>,
    anchors: HashMap<usize, usize>,
}

impl Builder {
    fn add(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag
                    .map(|tag| format!("{}{}", tag.handle(), tag.suffix()))
                    .unwrap_or_default();
                let implicit = (tag.is_empty() && style == ScalarStyle::Plain) || tag == "!";
                let node = Node::Scalar(Scalar {
                    text: text.into_owned(),
                    tag,
                    implicit,
                });
                self.insert(node, anchor);
            }
            Event::SequenceStart(_, anchor, _) => {
                let node = self.insert(Node::Sequence(Vec::new()), anchor);
                self.begin(node)?;
            }
            Event::MappingStart(_, anchor, _) => {
                let node = self.insert(Node::Mapping(Vec::new()), anchor);
                self.begin(node)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
            }
            Event::Anchor(anchor, name) => {
                if let Some(place) = self.anchors.get(&anchor) {
                    self.document.names.insert(*place, name.into_owned());
                }
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).copied() {
                Some(target) => {
                    self.insert(Node::Alias(target), 0);
                }
                None => return Err("unknown anchor referenced".to_owned()),
            },
            Event::UnresolvedAlias(name) => {
                return Err(format!("unknown anchor '{name}' referenced"));
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, node: usize) -> Result<(), String> {
        if self.open.len() >= MAX_NESTING {
            return Err(format!("exceeded max depth of {MAX_NESTING}"));
        }
        self.open.push(node);
        Ok(())
    }

    /// Adds a node to the collection that is open; an anchor of zero is none.
    fn insert(&mut self, node: Node, anchor: usize) -> usize {
        let place = self.document.nodes.len();
        self.document.nodes.push(node);
        if anchor != 0 {
            self.anchors.insert(anchor, place);
        }
        let parent = self
            .open
            .last()
            .and_then(|parent| self.document.nodes.get_mut(*parent));
        match parent {
            Some(Node::Sequence(children) | Node::Mapping(children)) => children.push(place),
            _ => {
                self.document.root.get_or_insert(place);
            }
        }
        place
    }
}
