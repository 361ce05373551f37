//! Where reading goes on after an error.
//!
//! Statements begin in the first column, and the lines of a bracket that is still open usually do not. So a name in the
//! first column is the next statement if every bracket is closed, or if the open ones hold indented lines.

use super::{Kind, Parser, Word};
use crate::syntax::lexer::{Gap, Token};

/// What has been seen of a broken statement.
#[derive(Default)]
struct Broken {
    /// The indices of the open brackets.
    open: Vec<usize>,
    layout: Layout,
}

/// How the lines within brackets begin.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Layout {
    #[default]
    Unknown,
    Indented,
    Flush,
}

impl Parser<'_> {
    /// Moves to the statement after the one that began with the token at `first`, since which there are more than
    /// `reported` reports.
    pub(super) fn recover(&mut self, first: usize, reported: usize) {
        let failed = self.at;
        let mut broken = Broken::default();
        let mut index = first;
        loop {
            let token = self.token_at(index);
            if token.kind == Kind::End
                || (index > first && self.resumes(index, failed, &mut broken))
            {
                break;
            }
            broken.read(index, token);
            index += 1;
        }
        if index <= failed && self.token_at(index).kind != Kind::End {
            self.blame_bracket(index, reported, &broken);
        }
        self.at = index;
        self.last_end = self.token_at(index.saturating_sub(1)).end;
        self.depth = 0;
    }

    /// Whether the statements go on at a token.
    fn resumes(&self, index: usize, failed: usize, broken: &mut Broken) -> bool {
        let token = self.token_at(index);
        if token.gap != Gap::Line {
            return false;
        }
        let inside = !broken.open.is_empty();
        if !self.is_flush(token) {
            broken.see(Layout::Indented);
            return false;
        }
        if !self.begins_statement(index) {
            return false;
        }
        broken.see(Layout::Flush);
        if inside {
            broken.layout == Layout::Indented
        } else {
            index >= failed
        }
    }

    /// The statement was left although a bracket is open: that is the error, not what was found later.
    fn blame_bracket(&mut self, resumed: usize, reported: usize, broken: &Broken) {
        let Some(open) = broken.open.last() else {
            return;
        };
        self.reports.retract(reported, self.token_at(resumed).start);
        self.unclosed(self.token_at(*open));
    }

    /// Whether a token is the first one of its line, in the first column.
    fn is_flush(&self, token: Token) -> bool {
        let before = token
            .start
            .checked_sub(1)
            .and_then(|place| self.text.as_bytes().get(place as usize));
        before.is_none_or(|byte| *byte == b'\n')
    }

    /// Whether rules, imports or packages begin with a token.
    fn begins_statement(&self, index: usize) -> bool {
        match self.token_at(index).kind {
            Kind::Name | Kind::Word(Word::Package | Word::Import | Word::Default) => true,
            Kind::Word(word) => !self.keywords.has(word) || self.is_dotted(index),
            _ => false,
        }
    }
}

impl Broken {
    fn read(&mut self, index: usize, token: Token) {
        if token.kind.opens().is_some() {
            self.open.push(index);
        } else if let Some(opener) = token.mate() {
            while self.open.pop_if(|open| *open >= opener).is_some() {}
        }
        if self.open.is_empty() {
            self.layout = Layout::Unknown;
        }
    }

    /// The first line within brackets decides.
    fn see(&mut self, layout: Layout) {
        if !self.open.is_empty() && self.layout == Layout::Unknown {
            self.layout = layout;
        }
    }
}
