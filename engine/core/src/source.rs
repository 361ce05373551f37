//! Text and where it came from: files, bytes of files, and the lines and columns that people count in.
//!
//! Nothing here reads anything: whoever has a text hands it in.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Which of the texts of one run; the index into [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// Bytes of one text, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The bytes as a range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this span to the end of another one of the same text.
    #[must_use]
    pub fn through(self, other: Self) -> Self {
        Self {
            end: other.end,
            ..self
        }
    }
}

/// One text.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: Arc<str>,
    lines: OnceLock<Vec<u32>>,
    may_hold_secrets: bool,
}

/// A place as people count: lines and columns from 1, columns in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Source {
    /// A text under the name that messages call it by: a path relative to where the user stands.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            lines: OnceLock::new(),
            may_hold_secrets: false,
        }
    }

    /// The same text, as one that may hold secrets: where it cannot be read, its values are shown in no message.
    #[must_use]
    pub fn with_secrets(self) -> Self {
        Self {
            may_hold_secrets: true,
            ..self
        }
    }

    pub(crate) fn may_hold_secrets(&self) -> bool {
        self.may_hold_secrets
    }

    /// What messages call the text.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text itself.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line and column of a byte. A byte beyond the end is the end.
    pub fn position(&self, byte: u32) -> Position {
        let lines = self.line_starts();
        let line = lines.partition_point(|start| *start <= byte).max(1);
        let start = lines.get(line - 1).copied().unwrap_or(0) as usize;
        let before = self.text.get(start..byte as usize).unwrap_or_default();
        // A byte order mark is not part of the first line.
        let columns = before
            .chars()
            .filter(|character| *character != '\u{feff}')
            .count();
        Position {
            line: small(line),
            column: small(columns + 1),
        }
    }

    /// The first byte of a line, counted from 1.
    pub fn line_start(&self, line: u32) -> u32 {
        self.line_starts()
            .get((line as usize).wrapping_sub(1))
            .copied()
            .unwrap_or(0)
    }

    /// The text of a line, counted from 1, without its line end.
    pub fn line(&self, line: u32) -> &str {
        let lines = self.line_starts();
        let start = lines
            .get((line as usize).wrapping_sub(1))
            .copied()
            .unwrap_or(0) as usize;
        let end = lines
            .get(line as usize)
            .map_or(self.text.len(), |next| *next as usize);
        self.text
            .get(start..end)
            .unwrap_or_default()
            .trim_end_matches(['\n', '\r'])
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = self
                .text
                .bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0)
                .chain(ends.map(|(at, _)| small(at + 1)))
                .collect()
        })
    }
}

/// All texts of one run. A clone shares them.
#[derive(Debug, Clone, Default)]
pub struct Sources(Vec<Arc<Source>>);

impl Sources {
    /// Takes a text in.
    pub fn add(&mut self, source: Source) -> FileId {
        self.0.push(Arc::new(source));
        FileId(small(self.0.len() - 1))
    }

    /// A text that was taken in.
    pub fn get(&self, file: FileId) -> Option<&Arc<Source>> {
        self.0.get(file.0 as usize)
    }

    /// What messages call a text.
    pub fn name(&self, file: FileId) -> &str {
        self.get(file).map_or("", |source| source.name())
    }

    /// First and last place of a span.
    pub fn positions(&self, span: Span) -> Option<(Position, Position)> {
        let source = self.get(span.file)?;
        Some((source.position(span.start), source.position(span.end)))
    }

    /// All texts with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Arc<Source>)> {
        self.0
            .iter()
            .enumerate()
            .map(|(index, source)| (FileId(small(index)), source))
    }
}

/// A count as places keep it: texts are limited to 4 GiB long before they arrive here.
pub(crate) fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
