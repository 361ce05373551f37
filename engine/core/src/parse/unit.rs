//! Unit files of systemd: sections of keys, each key with every value that it was given.
//!
//! The grammar is that of `systemd.syntax(7)`. The tree is a mapping of sections, a section a mapping of keys, and a
//! key a sequence of strings: which settings are lists, and what a string means, is for the front end to say.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Document, Notation};
use crate::problem::Problem;
use crate::source::{FileId, Source, Span, small};
use crate::tree::{Builder, Key, Kind, Origin, Text, Tree};

pub(super) fn parse(source: &Arc<Source>, file: FileId) -> (Vec<Document>, Vec<Problem>) {
    let mut parser = Parser {
        source,
        file,
        sections: Vec::new(),
        numbers: HashMap::new(),
        current: None,
        said_outside: false,
        problems: Vec::new(),
    };
    let tree = if is_markup(source.text()) {
        parser.markup()
    } else {
        parser.read();
        parser.build()
    };
    let document = Document {
        tree: Arc::new(tree),
        file,
        number: 1,
        notation: Notation::Unit,
    };
    (vec![document], parser.problems)
}

/// What systemd takes for whitespace.
const WHITESPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Avahi's services and Eclipse's targets are XML under the same file names.
fn is_markup(text: &str) -> bool {
    without_mark(text)
        .trim_start_matches(WHITESPACE)
        .starts_with('<')
}

/// The text without the byte order mark that it may begin with.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// A part of a line, without whitespace around it.
#[derive(Clone, Copy)]
struct Part<'a> {
    /// The first byte.
    at: usize,
    text: &'a str,
}

impl<'a> Part<'a> {
    fn trimmed(at: usize, text: &'a str) -> Self {
        let start = text.trim_start_matches(WHITESPACE);
        Self {
            at: at + (text.len() - start.len()),
            text: start.trim_end_matches(WHITESPACE),
        }
    }

    fn end(self) -> usize {
        self.at + self.text.len()
    }

    fn range(self) -> Range<usize> {
        self.at..self.end()
    }
}

/// A section, with what all headers of its name are followed by.
struct Section<'a> {
    name: Range<usize>,
    /// From the first header to the last line.
    range: Range<usize>,
    settings: Vec<Setting<'a>>,
    /// Where a key stands among the settings.
    numbers: HashMap<&'a str, usize>,
}

/// A key with the values that it was given since it was last reset.
struct Setting<'a> {
    /// Where it was given the first of them.
    key: Range<usize>,
    /// The byte after the `=` that belongs to the key.
    after: usize,
    /// Each in as many parts as it has lines with text.
    values: Vec<Vec<Part<'a>>>,
}

impl<'a> Section<'a> {
    /// An empty value takes back those before it.
    fn assign(&mut self, key: Part<'a>, after: usize, value: Vec<Part<'a>>) {
        let number = *self.numbers.entry(key.text).or_insert(self.settings.len());
        if number == self.settings.len() {
            self.settings.push(Setting {
                key: key.range(),
                after,
                values: Vec::new(),
            });
        }
        let Some(setting) = self.settings.get_mut(number) else {
            return;
        };
        if value.is_empty() || setting.values.is_empty() {
            setting.key = key.range();
            setting.after = after;
        }
        if value.is_empty() {
            setting.values.clear();
        } else {
            setting.values.push(value);
        }
    }
}

struct Parser<'a> {
    source: &'a Arc<Source>,
    file: FileId,
    sections: Vec<Section<'a>>,
    /// Where a name stands among the sections.
    numbers: HashMap<&'a str, usize>,
    current: Option<usize>,
    said_outside: bool,
    problems: Vec<Problem>,
}

impl<'a> Parser<'a> {
    /// Comments are left out also where they interrupt a line that goes on; an empty line ends it.
    fn read(&mut self) {
        let whole = self.source.text();
        let text = without_mark(whole);
        let mut at = whole.len() - text.len();
        let mut line = Vec::new();
        for written in text.split_inclusive('\n') {
            let start = at;
            at += written.len();
            let written = written.trim_end_matches(['\n', '\r']);
            if is_comment(written) {
                continue;
            }
            let (content, goes_on) = continuation(written);
            line.push(Part::trimmed(start, content));
            if !goes_on {
                self.line(&line);
                line.clear();
            }
        }
        self.line(&line);
    }

    fn line(&mut self, line: &[Part<'a>]) {
        let mut parts = line.iter().copied().filter(|part| !part.text.is_empty());
        let Some(first) = parts.next() else { return };
        let rest: Vec<Part<'a>> = parts.collect();
        if first.text.starts_with('[') {
            self.header(first, rest.is_empty());
        } else {
            self.assignment(first, &rest);
        }
        let end = rest.last().copied().unwrap_or(first).end();
        let current = self
            .current
            .and_then(|number| self.sections.get_mut(number));
        if let Some(section) = current {
            section.range.end = end;
        }
    }

    fn header(&mut self, line: Part<'a>, alone: bool) {
        let inside = line.text.strip_prefix('[').unwrap_or(line.text);
        let name = inside.split_once(']').map_or(inside, |(name, _)| name);
        if !alone || inside.strip_suffix(']') != Some(name) {
            let message = "a section header that does not end in `]`";
            let help = "systemd refuses the unit; it was judged as if the header were closed";
            let problem = Problem::error(self.span(&line.range()), message);
            self.problems.push(problem.help(help));
        }
        let number = *self.numbers.entry(name).or_insert(self.sections.len());
        if number == self.sections.len() {
            let start = line.at + 1;
            self.sections.push(Section {
                name: start..start + name.len(),
                range: line.range(),
                settings: Vec::new(),
                numbers: HashMap::new(),
            });
        }
        self.current = Some(number);
    }

    fn assignment(&mut self, first: Part<'a>, rest: &[Part<'a>]) {
        let Some(current) = self.current else {
            self.outside(first);
            return;
        };
        let Some((key, value)) = first.text.split_once('=') else {
            self.warn(
                first,
                "expected `Key=Value`, found a line without `=`",
                "systemd ignores the line; end the one before it in a backslash if this one belongs to it",
            );
            return;
        };
        let key = Part::trimmed(first.at, key);
        if key.text.is_empty() {
            self.warn(
                first,
                "expected `Key=Value`, found a line without a key",
                "systemd ignores the line",
            );
            return;
        }
        let after = first.end() - value.len();
        let value: Vec<Part<'a>> = std::iter::once(Part::trimmed(after, value))
            .chain(rest.iter().copied())
            .filter(|part| !part.text.is_empty())
            .collect();
        if let Some(section) = self.sections.get_mut(current) {
            section.assign(key, after, value);
        }
    }

    /// One header is missing, not one for each line.
    fn outside(&mut self, line: Part<'a>) {
        if !std::mem::replace(&mut self.said_outside, true) {
            self.warn(
                line,
                "text before the first section",
                "systemd ignores it; begin with a header such as `[Unit]` or `[Service]`",
            );
        }
    }

    /// What systemd leaves out says nothing of what it runs: what is left is judged.
    fn warn(&mut self, line: Part<'a>, message: &str, help: &str) {
        let problem = Problem::warning(self.span(&line.range()), message);
        self.problems.push(problem.help(help));
    }

    /// No format knows a document that is text alone.
    fn markup(&self) -> Tree {
        let mut builder = Builder::from_source(Arc::clone(self.source));
        let length = self.source.text().len();
        let text = builder.written(0, length);
        builder.scalar(Kind::String(text), self.origin(&(0..length)));
        builder.finish()
    }

    /// A text without a section has no node.
    fn build(&self) -> Tree {
        let mut builder = Builder::from_source(Arc::clone(self.source));
        let starts = self.sections.iter().map(|section| section.range.start);
        let ends = self.sections.iter().map(|section| section.range.end);
        let (Some(start), Some(end)) = (starts.min(), ends.max()) else {
            return builder.finish();
        };
        builder.open(Kind::Mapping, self.origin(&(start..end)));
        for section in &self.sections {
            self.build_section(&mut builder, section);
        }
        builder.close();
        builder.finish()
    }

    fn build_section(&self, builder: &mut Builder, section: &Section<'a>) {
        self.set_key(builder, &section.name);
        builder.open(Kind::Mapping, self.origin(&section.range));
        for setting in &section.settings {
            let values = &setting.values;
            let extent = match (values.first(), values.last()) {
                (Some(first), Some(last)) => extent(first).start..extent(last).end,
                _ => setting.after..setting.after,
            };
            self.set_key(builder, &setting.key);
            builder.open(Kind::Sequence, self.origin(&extent));
            for value in values {
                self.build_value(builder, value);
            }
            builder.close();
        }
        builder.close();
    }

    fn build_value(&self, builder: &mut Builder, value: &[Part<'a>]) {
        let text = text(builder, value);
        builder.scalar(Kind::String(text), self.origin(&extent(value)));
    }

    fn set_key(&self, builder: &mut Builder, key: &Range<usize>) {
        let text = builder.written(key.start, key.len());
        builder.set_key(Key {
            text,
            plain: false,
            span: Some(self.span(key)),
        });
    }

    fn origin(&self, range: &Range<usize>) -> Origin {
        Origin::Span(self.span(range))
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span {
            file: self.file,
            start: small(range.start),
            end: small(range.end),
        }
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start_matches(WHITESPACE).starts_with(['#', ';'])
}

/// A line without the backslash that makes it go on, and whether it does. Two backslashes stand for one.
fn continuation(line: &str) -> (&str, bool) {
    let backslashes = line.len() - line.trim_end_matches('\\').len();
    match line.strip_suffix('\\') {
        Some(content) if backslashes % 2 == 1 => (content, true),
        _ => (line, false),
    }
}

/// What stands on one line is not copied.
fn text(builder: &mut Builder, value: &[Part<'_>]) -> Text {
    match value {
        [only] => builder.written(only.at, only.text.len()),
        several => {
            let parts: Vec<&str> = several.iter().map(|part| part.text).collect();
            builder.keep(&parts.join(" "))
        }
    }
}

/// The bytes from the first part to the last one.
fn extent(value: &[Part<'_>]) -> Range<usize> {
    match (value.first(), value.last()) {
        (Some(first), Some(last)) => first.at..last.end(),
        _ => 0..0,
    }
}
