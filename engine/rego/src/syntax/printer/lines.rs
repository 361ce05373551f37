//! Lines, blank lines and comments.

use super::Printer;
use crate::syntax::Comment;

/// Which blank lines of the source are kept around a line break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    /// None: within lists.
    Tight,
    /// Those after the first comment: at the beginning of a block.
    Open,
    /// All.
    Inside,
    /// Those before the last comment: at the end of a block.
    Close,
}

impl<'a> Printer<'a> {
    /// Writes text that belongs to the current line.
    pub(super) fn write(&mut self, text: &str) {
        if self.out.len() == self.line {
            self.indent_line();
        }
        self.out.push_str(text);
    }

    /// Everything of the source before `end` is written.
    pub(super) fn reach(&mut self, end: u32) {
        self.at = self.at.max(end);
    }

    /// The line of the source that a byte is in, from 1.
    pub(super) fn line_of(&self, at: u32) -> usize {
        self.module
            .line_starts
            .partition_point(|start| *start <= at)
    }

    /// Whether a byte is in a later line of the source than what was written last.
    pub(super) fn is_below(&self, at: u32) -> bool {
        self.line_of(at) > self.line_of(self.at)
    }

    /// Begins a new line for what is at `next` in the source, after the comments before it.
    pub(super) fn break_line(&mut self, next: u32, spacing: Spacing) {
        let line = self.line_of(self.at);
        self.end_line(next);
        self.comment_lines(next, line, spacing);
    }

    /// Ends the current line, if anything is in it, with its comment. Those in the middle of it are put above.
    pub(super) fn end_line(&mut self, next: u32) {
        if self.out.len() == self.line {
            return;
        }
        let line = self.line_of(self.at);
        self.lift_comments(next);
        if let Some(comment) = self
            .next_comment(next)
            .filter(|comment| comment.line as usize == line)
        {
            self.comment += 1;
            self.out.push_str(" #");
            self.out.push_str(comment.text.trim_end());
        }
        self.new_line();
    }

    /// Writes the comments before `next`, of which the last line written is `line` in the source.
    pub(super) fn comment_lines(&mut self, next: u32, line: usize, spacing: Spacing) {
        let mut line = line;
        let mut may_part = matches!(spacing, Spacing::Inside | Spacing::Close);
        while let Some(comment) = self.next_comment(next) {
            self.comment += 1;
            if may_part && comment.line as usize > line + 1 {
                self.blank();
            }
            self.comment_line(comment);
            line = comment.line as usize;
            may_part = spacing != Spacing::Tight;
        }
        if may_part && spacing != Spacing::Close && self.line_of(next) > line + 1 {
            self.blank();
        }
    }

    /// Writes the comments before everything else.
    pub(super) fn comment_lines_at_start(&mut self, next: u32) {
        self.comment_lines(next, 0, Spacing::Open);
    }

    /// Writes the comments after everything else.
    pub(super) fn finish(&mut self) {
        let line = self.line_of(self.at);
        self.end_line(u32::MAX);
        if self.has_comment_before(u32::MAX) {
            self.blank();
            self.comment_lines(u32::MAX, line, Spacing::Close);
        }
    }

    /// Whether comments before `next` are still to be written.
    pub(super) fn has_comment_before(&self, next: u32) -> bool {
        self.next_comment(next).is_some()
    }

    /// Writes a blank line, unless there is one or nothing is written yet.
    pub(super) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.new_line();
        }
    }

    /// Writes a blank line at an earlier place.
    pub(super) fn insert_blank(&mut self, place: usize) {
        self.out.insert(place, '\n');
        self.line += 1;
    }

    fn next_comment(&self, next: u32) -> Option<&'a Comment> {
        let module = self.module;
        module
            .comments
            .get(self.comment)
            .filter(|comment| comment.span.start < next)
    }

    /// Puts the comments that stand before what is written above the current line.
    fn lift_comments(&mut self, next: u32) {
        let written = self.out.get(self.line..).unwrap_or_default();
        let tabs = written.bytes().take_while(|byte| *byte == b'\t').count();
        let mut above = String::new();
        while let Some(comment) = self.next_comment(next.min(self.at)) {
            self.comment += 1;
            above.extend(std::iter::repeat_n('\t', tabs));
            above.push('#');
            above.push_str(comment.text.trim_end());
            above.push('\n');
        }
        self.out.insert_str(self.line, &above);
        self.line += above.len();
    }

    fn comment_line(&mut self, comment: &Comment) {
        self.write("#");
        self.write(comment.text.trim_end());
        self.new_line();
    }

    fn indent_line(&mut self) {
        self.out.extend(std::iter::repeat_n('\t', self.indent));
    }

    fn new_line(&mut self) {
        self.out.push('\n');
        self.line = self.out.len();
    }
}
