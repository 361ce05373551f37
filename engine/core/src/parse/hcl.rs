//! HCL, as Terraform writes it, in the shape of Terraform's JSON syntax: blocks are mappings by their labels, blocks
//! within blocks are lists, and what must be computed is a text such as `${var.region}` with the tag [`TEMPLATE`].

use std::ops::Range;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body, Structure};
use plumbline_rego::nearest;

use super::{Document, Notation};
use crate::problem::Problem;
use crate::source::{FileId, Source, Span, small};
use crate::tree::{Builder, Key, Kind, Origin};

/// The tag of a text that must be computed.
pub(crate) const TEMPLATE: &str = "template";

/// Blocks that a file consists of, and what each is labelled with.
/// <https://developer.hashicorp.com/terraform/language>
const BLOCKS: &[(&str, &[&str])] = &[
    ("action", &["a type", "a name"]),
    ("check", &["a name"]),
    ("data", &["a type", "a name"]),
    ("ephemeral", &["a type", "a name"]),
    ("import", &[]),
    ("locals", &[]),
    ("module", &["a name"]),
    ("moved", &[]),
    ("output", &["a name"]),
    ("provider", &["a name"]),
    ("removed", &[]),
    ("resource", &["a type", "a name"]),
    ("terraform", &[]),
    ("variable", &["a name"]),
];

/// How deep brackets may nest: the parser underneath calls itself for each.
const MAX_DEPTH: usize = 100;
/// The stack that the parser underneath may use.
const STACK: usize = 64 * 1024 * 1024;

pub(super) fn parse(source: &Arc<Source>, file: FileId) -> (Vec<Document>, Vec<Problem>) {
    let bom = mark(source.text());
    let text = source.text().get(bom..).unwrap_or_default();
    let at = |byte: usize| {
        let byte = small(byte + bom);
        Span {
            file,
            start: byte,
            end: byte,
        }
    };
    if let Some(byte) = too_deep(text) {
        let message = format!("more than {MAX_DEPTH} brackets within each other");
        return (Vec::new(), vec![Problem::error(at(byte), message)]);
    }
    match body(text) {
        Err(error) => {
            let message = format!("not valid HCL: {}", first_line(error.message()));
            // The parser underneath may stop within a character.
            let place = at(text.floor_char_boundary(error.location().offset()));
            let problem = Problem::error(place, message);
            (
                Vec::new(),
                vec![problem.help("nothing of this file was read")],
            )
        }
        Ok(body) => {
            let mut writer = Writer {
                builder: Builder::from_source(Arc::clone(source)),
                text,
                file,
                bom,
                problems: Vec::new(),
            };
            writer.top(&body);
            let document = Document {
                tree: Arc::new(writer.builder.finish()),
                file,
                number: 1,
                notation: Notation::Hcl,
            };
            (vec![document], writer.problems)
        }
    }
}

/// How long the byte order mark before a text is.
pub(crate) fn mark(text: &str) -> usize {
    if text.starts_with('\u{feff}') { 3 } else { 0 }
}

/// Reads attributes and blocks, of which none nests too deep.
pub(crate) fn body(text: &str) -> Result<Body, hcl_edit::parser::Error> {
    stacker::grow(STACK, || hcl_edit::parser::parse_body(text))
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

/// Where brackets or signs nest deeper than is read. Texts are not told apart from code, so this errs on the safe side.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut signs) = (0_usize, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        signs = match byte {
            b'!' | b'-' | b'?' => signs + 1,
            b'\n' | b'"' => 0,
            _ => signs,
        };
        if depth > MAX_DEPTH || signs > 100 * MAX_DEPTH {
            return Some(at);
        }
    }
    None
}

/// What stands under one key: an attribute, or all blocks of one name.
enum Entry<'a> {
    Attribute(&'a Expression),
    Blocks(Vec<&'a Block>),
}

struct Writer<'a> {
    builder: Builder,
    text: &'a str,
    file: FileId,
    bom: usize,
    problems: Vec<Problem>,
}

impl<'a> Writer<'a> {
    fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or(0..0);
        Span {
            file: self.file,
            start: small(range.start + self.bom),
            end: small(range.end + self.bom),
        }
    }

    fn origin(&self, range: Option<Range<usize>>) -> Origin {
        Origin::Span(self.span(range))
    }

    fn key(&mut self, text: &str, range: Option<Range<usize>>) {
        let span = Some(self.span(range));
        let text = self.builder.keep(text);
        self.builder.set_key(Key {
            text,
            plain: false,
            span,
        });
    }

    /// The whole file: blocks by name, and by their labels below.
    fn top(&mut self, body: &'a Body) {
        let origin = self.origin(Some(0..self.text.len()));
        self.builder.open(Kind::Mapping, origin);
        for (name, range, entry) in entries(body) {
            match entry {
                Entry::Attribute(value) => {
                    self.key(&name, range);
                    self.expression(value);
                }
                Entry::Blocks(mut blocks) => {
                    blocks.retain(|block| self.is_known(block));
                    if !blocks.is_empty() {
                        self.key(&name, range.clone());
                        self.labelled(&blocks, 0, range);
                    }
                }
            }
        }
        self.builder.close();
    }

    /// Whether a block is one that a file may consist of, with the labels that it has to have. Says so if it is not.
    fn is_known(&mut self, block: &Block) -> bool {
        let name = block.ident.as_str();
        let place = self.span(block.ident.span());
        let Some((_, labels)) = BLOCKS.iter().find(|(known, _)| *known == name) else {
            let message = format!("Terraform has no block `{}`", name.escape_debug());
            let near = nearest(name, BLOCKS.iter().map(|(known, _)| *known));
            let help = near.map_or_else(
                || "what it declares was not judged".to_owned(),
                |near| format!("did you mean `{near}`? what it declares was not judged"),
            );
            self.problems
                .push(Problem::error(place, message).help(help));
            return false;
        };
        let count = block.labels.len();
        if count != labels.len() {
            let message = match labels {
                [] => format!("`{name}` has no labels, and {count} are given"),
                labels => format!(
                    "`{name}` is labelled with {}, and {count} are given",
                    labels.join(" and ")
                ),
            };
            self.problems
                .push(Problem::error(place, message).help("what it declares was not judged"));
        }
        count == labels.len()
    }

    /// Blocks of one name by their labels from one on; without labels left they are a list.
    fn labelled(&mut self, blocks: &[&'a Block], depth: usize, range: Option<Range<usize>>) {
        let origin = self.origin(range);
        let labelled = |block: &&&Block| block.labels.len() > depth;
        if blocks.iter().all(|block| !labelled(&block)) {
            if let ([block], true) = (blocks, depth > 0) {
                return self.body(&block.body, block.span());
            }
            self.builder.open(Kind::Sequence, origin);
            for block in blocks {
                self.body(&block.body, block.span());
            }
            self.builder.close();
            return;
        }
        self.builder.open(Kind::Mapping, origin);
        let mut groups: Vec<(&str, Vec<&'a Block>)> = Vec::new();
        for block in blocks.iter().filter(labelled) {
            let label = block.labels.get(depth).map_or("", |label| label.as_str());
            // The last label is the name of one thing, and is not shared.
            let shared = block.labels.len() > depth + 1;
            match groups.iter_mut().find(|(name, _)| shared && *name == label) {
                Some((_, group)) => group.push(block),
                None => groups.push((label, vec![block])),
            }
        }
        for (label, group) in groups {
            let range = group
                .first()
                .and_then(|block| block.labels.get(depth)?.span());
            self.key(label, range.clone());
            self.labelled(&group, depth + 1, range);
        }
        self.builder.close();
    }

    fn body(&mut self, body: &'a Body, range: Option<Range<usize>>) {
        let origin = self.origin(range);
        self.builder.open(Kind::Mapping, origin);
        for (name, range, entry) in entries(body) {
            self.key(&name, range.clone());
            match entry {
                Entry::Attribute(value) => self.expression(value),
                Entry::Blocks(blocks) => {
                    let origin = self.origin(range);
                    self.builder.open(Kind::Sequence, origin);
                    for block in blocks {
                        self.nested(block);
                    }
                    self.builder.close();
                }
            }
        }
        self.builder.close();
    }

    /// A block within a block; one with labels is a mapping by them, as `dynamic "setting" {}`.
    fn nested(&mut self, block: &'a Block) {
        let origin = self.origin(block.span());
        for label in &block.labels {
            self.builder.open(Kind::Mapping, origin);
            self.key(label.as_str(), label.span());
        }
        self.body(&block.body, block.span());
        for _ in &block.labels {
            self.builder.close();
        }
    }

    fn expression(&mut self, expression: &'a Expression) {
        let range = expression.span();
        let origin = self.origin(range.clone());
        match expression {
            Expression::Null(_) => {
                self.builder.scalar(Kind::Null, origin);
            }
            Expression::Bool(value) => {
                self.builder.scalar(Kind::Bool(*value.value()), origin);
            }
            Expression::Number(number) => {
                self.builder.number(&number.value().to_string(), origin);
            }
            Expression::String(text) => {
                self.builder.string(text.value(), origin);
            }
            Expression::Array(array) => {
                self.builder.open(Kind::Sequence, origin);
                array.iter().for_each(|item| self.expression(item));
                self.builder.close();
            }
            Expression::Object(object) => {
                self.builder.open(Kind::Mapping, origin);
                for (key, value) in object {
                    self.object_key(key);
                    self.expression(value.expr());
                }
                self.builder.close();
            }
            Expression::Parenthesis(inner) => self.expression(inner.inner()),
            Expression::StringTemplate(_) => {
                let text = self.source(range);
                let inner = text.strip_prefix('"').unwrap_or(text);
                self.template(inner.strip_suffix('"').unwrap_or(inner), origin);
            }
            Expression::HeredocTemplate(heredoc) => self.heredoc(heredoc, origin),
            _ => {
                let text = format!("${{{}}}", self.source(range).trim());
                self.template(&text, origin);
            }
        }
    }

    /// A heredoc without interpolations is a text.
    fn heredoc(&mut self, heredoc: &hcl_edit::template::HeredocTemplate, origin: Origin) {
        let literal: Option<String> = heredoc
            .template
            .iter()
            .map(|element| element.as_literal().map(|text| text.value().as_str()))
            .collect();
        match literal {
            Some(text) => {
                self.builder.string(&text, origin);
            }
            None => self.template(&heredoc.template.to_string(), origin),
        }
    }

    fn template(&mut self, text: &str, origin: Origin) {
        let node = self.builder.string(text, origin);
        self.builder.tag(node, TEMPLATE.to_owned());
    }

    fn object_key(&mut self, key: &'a ObjectKey) {
        match key {
            ObjectKey::Ident(ident) => self.key(ident.as_str(), ident.span()),
            ObjectKey::Expression(Expression::String(text)) => {
                self.key(text.value(), text.span());
            }
            ObjectKey::Expression(other) => {
                let text = format!("${{{}}}", self.source(other.span()).trim());
                self.key(&text, other.span());
            }
        }
    }

    fn source(&self, range: Option<Range<usize>>) -> &'a str {
        range
            .and_then(|range| self.text.get(range))
            .unwrap_or_default()
    }
}

/// The entries of a body in order of their first appearance: all blocks of one name are one entry.
fn entries(body: &Body) -> Vec<(String, Option<Range<usize>>, Entry<'_>)> {
    let mut entries: Vec<(String, Option<Range<usize>>, Entry<'_>)> = Vec::new();
    let mut blocks: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => entries.push((
                attribute.key.to_string(),
                attribute.key.span(),
                Entry::Attribute(&attribute.value),
            )),
            Structure::Block(block) => {
                let name = block.ident.as_str();
                let known = blocks.get(name).and_then(|at| entries.get_mut(*at));
                if let Some((_, _, Entry::Blocks(group))) = known {
                    group.push(block);
                } else {
                    blocks.insert(name, entries.len());
                    entries.push((
                        name.to_owned(),
                        block.ident.span(),
                        Entry::Blocks(vec![block]),
                    ));
                }
            }
        }
    }
    entries
}
