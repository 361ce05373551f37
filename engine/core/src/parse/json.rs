//! JSON: one value, or several after each other as `kubectl` and log shippers write them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use plumbline_rego::value::json::{Event, JsonError, MAX_DEPTH, Reader};

use super::{Document, Notation};
use crate::problem::Problem;
use crate::source::{FileId, Source, Span, small};
use crate::tree::{Builder, Key, Kind, NodeId, Origin, Text};

pub(super) fn parse(source: &Arc<Source>, file: FileId) -> (Vec<Document>, Vec<Problem>) {
    let mut parser = Parser {
        source,
        file,
        problems: Vec::new(),
    };
    let documents = parser.documents();
    (documents, parser.problems)
}

struct Parser<'a> {
    source: &'a Arc<Source>,
    file: FileId,
    problems: Vec<Problem>,
}

impl Parser<'_> {
    fn documents(&mut self) -> Vec<Document> {
        let source = Arc::clone(self.source);
        let mut reader = Reader::new(source.text(), MAX_DEPTH);
        let mut documents = Vec::new();
        while reader.next_text() {
            match self.document(&mut reader) {
                Ok(builder) => documents.push(Document {
                    tree: Arc::new(builder.finish()),
                    file: self.file,
                    number: documents.len() + 1,
                    notation: Notation::Json,
                }),
                Err(error) => {
                    let problem = Problem::error(
                        self.place(error.at),
                        format!("not valid JSON: {}", error.message),
                    );
                    self.problems
                        .push(problem.help("nothing after this place was read"));
                    break;
                }
            }
        }
        documents
    }

    fn document(&mut self, reader: &mut Reader<'_>) -> Result<Builder, JsonError> {
        let mut builder = Builder::from_source(Arc::clone(self.source));
        let mut keys: Vec<HashMap<String, Span>> = Vec::new();
        loop {
            let (event, range) = reader.next_event()?;
            let origin = Origin::Span(self.span(&range));
            match event {
                Event::Null => builder.scalar(Kind::Null, origin),
                Event::Bool(value) => builder.scalar(Kind::Bool(value), origin),
                Event::Number(_) => {
                    let text = builder.written(range.start, range.len());
                    builder.scalar(Kind::Number(text), origin)
                }
                Event::String(string) => {
                    let text = quoted(&mut builder, &string, &range);
                    builder.scalar(Kind::String(text), origin)
                }
                Event::Key(key) => {
                    self.check_duplicate(keys.last_mut(), &key, self.span(&range));
                    let text = quoted(&mut builder, &key, &range);
                    builder.set_key(Key {
                        text,
                        plain: false,
                        span: Some(self.span(&range)),
                    });
                    continue;
                }
                Event::ArrayStart => builder.open(Kind::Sequence, origin),
                Event::ObjectStart => {
                    keys.push(HashMap::new());
                    builder.open(Kind::Mapping, origin)
                }
                Event::ArrayEnd | Event::ObjectEnd => {
                    if event == Event::ObjectEnd {
                        keys.pop();
                    }
                    close(&mut builder, range.end)
                }
                Event::End => {
                    return Err(JsonError::at(range.start, "expected a value".to_owned()));
                }
            };
            if builder.depth() == 0 {
                return Ok(builder);
            }
        }
    }

    fn check_duplicate(&mut self, keys: Option<&mut HashMap<String, Span>>, key: &str, span: Span) {
        let Some(keys) = keys else { return };
        if let Some(first) = keys.insert(key.to_owned(), span) {
            self.problems.push(super::duplicate_key(key, span, first));
        }
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span {
            file: self.file,
            start: small(range.start),
            end: small(range.end),
        }
    }

    fn place(&self, at: usize) -> Span {
        let end = self
            .source
            .text()
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(at, |next| at + next.len_utf8());
        self.span(&(at..end))
    }
}

/// The characters between the quotes, as they stand there if nothing was escaped.
fn quoted(builder: &mut Builder, string: &str, range: &Range<usize>) -> Text {
    if string.len() + 2 == range.len() {
        builder.written(range.start + 1, string.len())
    } else {
        builder.keep(string)
    }
}

fn close(builder: &mut Builder, end: usize) -> NodeId {
    let node = builder.close().unwrap_or(NodeId::ROOT);
    builder.end_at(node, small(end));
    node
}
