//! The lines of a text, by the bytes on them.

use std::ops::Range;

/// A text that is edited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines<'a>(pub(super) &'a str);

impl<'a> Lines<'a> {
    /// What ends its lines.
    pub(super) fn ending(self) -> &'static str {
        let first_line = self.0.find('\n').and_then(|end| self.0.get(..end));
        match first_line {
            Some(line) if line.ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    /// What a byte is indented by, if it is the first one of its line.
    pub(super) fn margin(self, at: usize) -> Option<&'a str> {
        let before = self.part(self.line_start(at)..at);
        let is_first = at > 0 && self.line_start(at) > 0 && before.trim().is_empty();
        is_first.then_some(before)
    }

    /// How many blanks there are from a byte on.
    pub(super) fn blanks(self, at: usize) -> usize {
        let rest = self.rest(at);
        rest.len() - rest.trim_start_matches([' ', '\t']).len()
    }

    pub(super) fn line_start(self, at: usize) -> usize {
        self.part(0..at).rfind('\n').map_or(0, |end| end + 1)
    }

    /// The byte before the line end of the line that a byte is on.
    pub(super) fn line_end(self, at: usize) -> usize {
        let rest = self.rest(at);
        let line = rest.split('\n').next().unwrap_or_default();
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    pub(super) fn next_line(self, at: usize) -> usize {
        self.rest(at)
            .find('\n')
            .map_or(self.0.len(), |end| at + end + 1)
    }

    /// The byte before the line end above a line.
    pub(super) fn line_before(self, line: usize) -> usize {
        let before = self.part(0..line);
        let before = before.strip_suffix('\n').unwrap_or(before);
        before.strip_suffix('\r').unwrap_or(before).len()
    }

    pub(super) fn rest(self, at: usize) -> &'a str {
        self.0.get(at..).unwrap_or_default()
    }

    pub(super) fn part(self, range: Range<usize>) -> &'a str {
        self.0.get(range).unwrap_or_default()
    }
}
