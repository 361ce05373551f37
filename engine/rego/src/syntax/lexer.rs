//! Text to tokens.
//!
//! Scanning never fails: what is no token of Rego is reported, and becomes a token that the parser takes for a name.
//! Which words are keywords is not decided here, since imports decide it.

mod strings;
mod token;

pub(super) use strings::{Quotes, unescape};
pub(super) use token::{Gap, Kind, Token, offset};

use super::keywords::Word;
use super::reports::Reports;
use super::{Comment, Span};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// What scanning yields.
#[derive(Debug)]
pub(super) struct Lexed {
    /// In order; the last one is `Kind::End`.
    pub(super) tokens: Vec<Token>,
    /// In order.
    pub(super) comments: Vec<Comment>,
    /// The byte at which each line begins.
    pub(super) line_starts: Vec<u32>,
    /// What is wrong.
    pub(super) reports: Reports,
}

/// Scans a text of less than 4 GiB.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer::new(text);
    lexer.report_forbidden();
    while let Some(byte) = lexer.peek() {
        lexer.scan(byte);
    }
    lexer.finish()
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// What stands between the last token and `at`.
    gap: Gap,
    /// The template strings one of whose expressions is being read, outermost first.
    templates: Vec<Template>,
    /// How many braces are open in the innermost of them, or outside of any.
    braces: usize,
    lexed: Lexed,
}

struct Template {
    raw: bool,
    /// The open braces around it.
    braces: usize,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str) -> Self {
        let at = if text.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len_utf8()
        } else {
            0
        };
        let line_starts = std::iter::once(offset(at))
            .chain(text.match_indices('\n').map(|(place, _)| offset(place + 1)))
            .collect();
        let lexed = Lexed {
            tokens: Vec::new(),
            comments: Vec::new(),
            line_starts,
            reports: Reports::default(),
        };
        Self {
            text,
            at,
            gap: Gap::Line,
            templates: Vec::new(),
            braces: 0,
            lexed,
        }
    }

    /// Characters that may stand nowhere, not even in strings and comments.
    fn report_forbidden(&mut self) {
        let begin = self.at;
        for (place, found) in self
            .text
            .match_indices(['\0', BYTE_ORDER_MARK])
            .filter(|(place, _)| *place >= begin)
        {
            let name = if found == "\0" {
                "null character"
            } else {
                "byte-order mark"
            };
            let span = Span {
                start: offset(place),
                end: offset(place + found.len()),
            };
            self.lexed.reports.error(span, format!("illegal {name}"));
        }
    }

    fn scan(&mut self, byte: u8) {
        match byte {
            b' ' | b'\t' | b'\r' | 0 => self.skip(1, Gap::Space),
            b'\n' => self.skip(1, Gap::Line),
            b'#' => self.comment(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b'`' => self.raw_string(),
            b'$' => self.template(),
            b'{' => {
                self.braces += 1;
                self.push(Kind::LeftBrace, 1);
            }
            b'}' => self.right_brace(),
            _ if byte.is_ascii() => self.symbol(byte),
            _ => self.foreign(),
        }
    }

    fn finish(mut self) -> Lexed {
        self.push(Kind::End, 0);
        token::pair(&mut self.lexed.tokens);
        self.lexed
    }

    fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    fn peek_at(&self, distance: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + distance).copied()
    }

    fn char(&self) -> Option<char> {
        self.text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
    }

    fn skip(&mut self, length: usize, gap: Gap) {
        self.at += length;
        self.gap = self.gap.max(gap);
    }

    /// A token of the next bytes.
    fn push(&mut self, kind: Kind, length: usize) {
        let start = self.at;
        self.at += length;
        self.push_since(kind, start);
    }

    /// A token of the bytes since `start`.
    fn push_since(&mut self, kind: Kind, start: usize) {
        self.lexed
            .tokens
            .push(Token::new(kind, self.gap, start, self.at));
        self.gap = Gap::None;
    }

    fn report(&mut self, start: usize, message: impl Into<String>, hint: Option<&str>) {
        let span = Span {
            start: offset(start),
            end: offset(self.at),
        };
        match hint {
            Some(hint) => self.lexed.reports.hinted(span, message, hint),
            None => self.lexed.reports.error(span, message),
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.find('\n').unwrap_or(rest.len());
        let text = rest
            .get(1..length)
            .unwrap_or_default()
            .trim_end_matches('\r');
        let (line, column) = self.place(start);
        let span = Span {
            start: offset(start),
            end: offset(start + 1 + text.len()),
        };
        self.lexed.comments.push(Comment {
            text: text.to_owned(),
            span,
            line,
            column,
        });
        self.skip(length, Gap::Space);
    }

    /// Line and column, from 1.
    fn place(&self, at: usize) -> (u32, u32) {
        let lines = &self.lexed.line_starts;
        let line = lines.partition_point(|start| *start <= offset(at));
        let start = line
            .checked_sub(1)
            .and_then(|index| lines.get(index))
            .copied()
            .unwrap_or_default();
        let before = self.text.get(start as usize..at).unwrap_or_default();
        (offset(line), offset(before.chars().count() + 1))
    }

    fn word(&mut self) {
        let start = self.at;
        self.skip_word();
        let text = self.text.get(start..self.at).unwrap_or_default();
        if text.is_ascii() {
            self.push_since(Word::of(text).map_or(Kind::Name, Kind::Word), start);
        } else {
            let hint = "names consist of ASCII letters, digits and `_`";
            self.report(
                start,
                format!("illegal characters in the name `{text}`"),
                Some(hint),
            );
            self.push_since(Kind::Name, start);
        }
    }

    fn skip_word(&mut self) {
        while let Some(next) = self.char().filter(|next| is_word(*next)) {
            self.at += next.len_utf8();
        }
    }

    fn number(&mut self) {
        let start = self.at;
        let problem = self.skip_number();
        match problem {
            None => self.push_since(Kind::Number, start),
            Some(problem) => {
                let text = self.text.get(start..self.at).unwrap_or_default();
                self.report(start, format!("malformed number `{text}`: {problem}"), None);
                self.push_since(Kind::Invalid, start);
            }
        }
    }

    fn skip_number(&mut self) -> Option<&'static str> {
        let mut problem = None;
        self.skip_digits();
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !self.skip_digits() {
                problem = Some("a digit must follow the point");
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !self.skip_digits() {
                problem = problem.or(Some("the exponent has no digits"));
            }
        }
        if self.char().is_some_and(is_word) {
            self.skip_word();
            problem = problem.or(Some("letters follow the digits"));
        }
        problem
    }

    /// Whether there were any.
    fn skip_digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at > start
    }

    fn symbol(&mut self, byte: u8) {
        match Kind::of_symbol(byte, self.peek_at(1)) {
            Some((kind, length)) => self.push(kind, length),
            None => self.foreign(),
        }
    }

    /// What no token begins with.
    fn foreign(&mut self) {
        match self.char() {
            Some(BYTE_ORDER_MARK) => self.skip(BYTE_ORDER_MARK.len_utf8(), Gap::Space),
            Some(space) if space.is_whitespace() => self.foreign_space(space),
            Some(letter) if letter.is_alphanumeric() => self.word(),
            Some(other) => self.illegal(other),
            None => self.skip(1, Gap::Space),
        }
    }

    fn foreign_space(&mut self, space: char) {
        let start = self.at;
        self.skip(space.len_utf8(), Gap::Space);
        let hint = Some("use a plain space");
        self.report(
            start,
            format!("illegal white space `{}`", space.escape_unicode()),
            hint,
        );
    }

    fn illegal(&mut self, first: char) {
        let start = self.at;
        self.at += first.len_utf8();
        if first != '\'' || !self.skip_quoted() {
            while let Some(next) = self
                .char()
                .filter(|next| is_word(*next) || is_foreign(*next))
            {
                self.at += next.len_utf8();
            }
        }
        let shown = if first.is_control() {
            first.escape_unicode().to_string()
        } else {
            first.to_string()
        };
        self.report(
            start,
            format!("illegal character `{shown}`"),
            instead_of(first),
        );
        self.push_since(Kind::Invalid, start);
    }

    /// The rest of `'text'`, if it ends on this line.
    fn skip_quoted(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(length) = rest
            .find(['\'', '\n'])
            .filter(|place| rest.as_bytes().get(*place) == Some(&b'\''))
        else {
            return false;
        };
        self.at += length + 1;
        true
    }
}

/// What names consist of, and letters that somebody might take for such.
fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// What is part of no token and no white space.
fn is_foreign(character: char) -> bool {
    match character {
        '\0' | '\t' | '\n' | '\r' | BYTE_ORDER_MARK => false,
        '?' | '@' | '\\' | '^' | '~' => true,
        _ if character.is_ascii() => character.is_control(),
        _ => !character.is_alphanumeric() && !character.is_whitespace(),
    }
}

fn instead_of(illegal: char) -> Option<&'static str> {
    match illegal {
        '!' => Some("write `not` to negate a condition"),
        '\'' => Some("write strings in double quotes"),
        '$' => Some("template strings begin with `$\"` or with `$` and a backtick"),
        _ => None,
    }
}
