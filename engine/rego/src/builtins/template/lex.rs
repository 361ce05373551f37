//! The tokens of a template, as Go's `text/template/parse` finds them.

use std::borrow::Cow;

use crate::builtins::sprintf::quote::{is_print, quoted};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The text says what is wrong; nothing follows.
    Error,
    Bool,
    /// A printable ASCII character that has no meaning of its own.
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelimiter,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelimiter,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    Block,
    Break,
    Continue,
    Define,
    Dot,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl Kind {
    fn is_keyword(self) -> bool {
        matches!(
            self,
            Self::Block
                | Self::Break
                | Self::Continue
                | Self::Define
                | Self::Dot
                | Self::Else
                | Self::End
                | Self::If
                | Self::Nil
                | Self::Range
                | Self::Template
                | Self::With
        )
    }
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    /// The first byte.
    pub(super) position: usize,
    pub(super) text: Cow<'t, str>,
    /// The line of the first byte, from one.
    pub(super) line: usize,
}

impl Token<'_> {
    /// The token as messages show it.
    pub(super) fn shown(&self) -> String {
        match self.kind {
            Kind::Eof => "EOF".to_owned(),
            Kind::Error => self.text.to_string(),
            kind if kind.is_keyword() => format!("<{}>", self.text),
            _ if self.text.len() > 10 => {
                let start: String = self.text.chars().take(10).collect();
                format!("{}...", quoted(&start))
            }
            _ => quoted(&self.text),
        }
    }
}

/// Reads a template from token to token.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    input: &'t str,
    at: usize,
    /// Where the token begins that is being read.
    start: usize,
    /// Whether the end has been looked at: from there nothing is put back.
    ended: bool,
    parens: usize,
    line: usize,
    start_line: usize,
    inside: bool,
}

const LEFT: &str = "{{";
const RIGHT: &str = "}}";
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

impl<'t> Lexer<'t> {
    pub(super) fn new(input: &'t str) -> Self {
        Self {
            input,
            at: 0,
            start: 0,
            ended: false,
            parens: 0,
            line: 1,
            start_line: 1,
            inside: false,
        }
    }

    /// The next token; at the end, and after an error, one that says so.
    pub(super) fn next_token(&mut self) -> Token<'t> {
        if self.inside {
            return self.inside_action();
        }
        loop {
            if let Some(token) = self.text() {
                return token;
            }
        }
    }

    fn rest(&self) -> &'t str {
        self.input.get(self.at..).unwrap_or_default()
    }

    fn between(&self, from: usize, to: usize) -> &'t str {
        self.input.get(from..to).unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let Some(character) = self.rest().chars().next() else {
            self.ended = true;
            return None;
        };
        self.at += character.len_utf8();
        self.line += usize::from(character == '\n');
        Some(character)
    }

    fn back(&mut self) {
        if self.ended {
            return;
        }
        if let Some(character) = self.between(0, self.at).chars().next_back() {
            self.at -= character.len_utf8();
            self.line -= usize::from(character == '\n');
        }
    }

    fn peek(&mut self) -> Option<char> {
        let character = self.next();
        self.back();
        character
    }

    fn accept(&mut self, valid: &str) -> bool {
        if self
            .next()
            .is_some_and(|character| valid.contains(character))
        {
            return true;
        }
        self.back();
        false
    }

    fn accept_run(&mut self, valid: &str) {
        while self
            .next()
            .is_some_and(|character| valid.contains(character))
        {}
        self.back();
    }

    fn emit(&mut self, kind: Kind) -> Token<'t> {
        let text = Cow::Borrowed(self.between(self.start, self.at));
        let token = Token {
            kind,
            position: self.start,
            text,
            line: self.start_line,
        };
        self.start = self.at;
        self.start_line = self.line;
        token
    }

    /// Passes over what has been skipped without looking at its lines.
    fn ignore(&mut self) {
        self.line += newlines(self.between(self.start, self.at));
        self.start = self.at;
        self.start_line = self.line;
    }

    fn error(&mut self, text: String) -> Token<'t> {
        let token = Token {
            kind: Kind::Error,
            position: self.start,
            text: Cow::Owned(text),
            line: self.start_line,
        };
        self.start = 0;
        self.at = 0;
        self.input = "";
        token
    }

    /// Text up to the next action, or else the beginning of that action. Nothing is a comment or text that is
    /// trimmed away.
    fn text(&mut self) -> Option<Token<'t>> {
        let Some(length) = self.rest().find(LEFT) else {
            self.at = self.input.len();
            if self.at == self.start {
                return Some(self.emit(Kind::Eof));
            }
            self.line += newlines(self.between(self.start, self.at));
            return Some(self.emit(Kind::Text));
        };
        if length == 0 {
            return self.left_delimiter();
        }
        self.at += length;
        let delimiter = self.at;
        let action = self.input.get(delimiter + LEFT.len()..).unwrap_or_default();
        if has_left_trim(action) {
            self.at = self.start
                + self
                    .between(self.start, self.at)
                    .trim_end_matches(SPACES)
                    .len();
        }
        self.line += newlines(self.between(self.start, self.at));
        let token = self.emit(Kind::Text);
        self.at = delimiter;
        self.ignore();
        if token.text.is_empty() {
            self.left_delimiter()
        } else {
            Some(token)
        }
    }

    fn left_delimiter(&mut self) -> Option<Token<'t>> {
        self.at += LEFT.len();
        let marker = if has_left_trim(self.rest()) { 2 } else { 0 };
        if self
            .rest()
            .get(marker..)
            .is_some_and(|rest| rest.starts_with("/*"))
        {
            self.at += marker;
            self.ignore();
            return self.comment();
        }
        let token = self.emit(Kind::LeftDelimiter);
        self.inside = true;
        self.at += marker;
        self.ignore();
        self.parens = 0;
        Some(token)
    }

    /// Passes over a comment; a token is an error.
    fn comment(&mut self) -> Option<Token<'t>> {
        self.at += 2;
        let Some(length) = self.rest().find("*/") else {
            return Some(self.error("unclosed comment".to_owned()));
        };
        self.at += length + 2;
        let (closed, trims) = self.at_right_delimiter();
        if !closed {
            return Some(self.error("comment ends before closing delimiter".to_owned()));
        }
        self.ignore();
        self.pass_right_delimiter(trims);
        self.ignore();
        None
    }

    /// Whether the action ends here, and whether that trims the text after it.
    fn at_right_delimiter(&self) -> (bool, bool) {
        let rest = self.rest();
        let trims =
            has_right_trim(rest) && rest.get(2..).is_some_and(|rest| rest.starts_with(RIGHT));
        (trims || rest.starts_with(RIGHT), trims)
    }

    /// Goes behind the end of an action and what it trims.
    fn pass_right_delimiter(&mut self, trims: bool) {
        if !trims {
            self.at += RIGHT.len();
            return;
        }
        self.at += 2 + RIGHT.len();
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(SPACES).len();
    }

    fn right_delimiter(&mut self) -> Token<'t> {
        let (_, trims) = self.at_right_delimiter();
        if trims {
            self.at += 2;
            self.ignore();
        }
        self.at += RIGHT.len();
        let token = self.emit(Kind::RightDelimiter);
        if trims {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches(SPACES).len();
            self.ignore();
        }
        self.inside = false;
        token
    }

    fn inside_action(&mut self) -> Token<'t> {
        if self.at_right_delimiter().0 {
            if self.parens == 0 {
                return self.right_delimiter();
            }
            return self.error("unclosed left paren".to_owned());
        }
        let Some(character) = self.next() else {
            return self.error("unclosed action".to_owned());
        };
        match character {
            ' ' | '\t' | '\r' | '\n' => self.space(),
            '=' => self.emit(Kind::Assign),
            ':' if self.next() == Some('=') => self.emit(Kind::Declare),
            ':' => self.error("expected :=".to_owned()),
            '|' => self.emit(Kind::Pipe),
            '"' => self.quoted('"', "unterminated quoted string", Kind::String),
            '\'' => self.quoted('\'', "unterminated character constant", Kind::CharConstant),
            '`' => self.raw_string(),
            '$' => self.field_or_variable(Kind::Variable),
            '.' if !self.rest().starts_with(|next: char| next.is_ascii_digit())
                && !self.rest().is_empty() =>
            {
                self.field_or_variable(Kind::Field)
            }
            '.' | '+' | '-' | '0'..='9' => {
                self.back();
                self.number()
            }
            letter if is_alphanumeric(letter) => {
                self.back();
                self.identifier()
            }
            '(' => {
                self.parens += 1;
                self.emit(Kind::LeftParen)
            }
            ')' => self.right_paren(),
            other if other.is_ascii() && is_print(other) => self.emit(Kind::Char),
            other => self.error(format!(
                "unrecognized character in action: {}",
                described(other)
            )),
        }
    }

    fn right_paren(&mut self) -> Token<'t> {
        match self.parens.checked_sub(1) {
            Some(parens) => {
                self.parens = parens;
                self.emit(Kind::RightParen)
            }
            None => self.error("unexpected right paren".to_owned()),
        }
    }

    /// Spaces, of which one has been read; the last one may belong to the end of the action.
    fn space(&mut self) -> Token<'t> {
        let mut count = 1;
        while self
            .peek()
            .is_some_and(|character| SPACES.contains(&character))
        {
            self.next();
            count += 1;
        }
        let last = self.input.get(self.at - 1..).unwrap_or_default();
        if has_right_trim(last) && last.get(2..).is_some_and(|rest| rest.starts_with(RIGHT)) {
            self.at -= 1;
            self.line -= usize::from(last.starts_with('\n'));
            if count == 1 {
                return self.right_delimiter();
            }
        }
        self.emit(Kind::Space)
    }

    fn identifier(&mut self) -> Token<'t> {
        let end = self.pass_alphanumerics();
        if !self.at_terminator() {
            return self.bad_character(end);
        }
        let word = self.between(self.start, self.at);
        self.emit(keyword(word))
    }

    /// A field or a variable, of which the first character has been read.
    fn field_or_variable(&mut self, kind: Kind) -> Token<'t> {
        if self.at_terminator() {
            return self.emit(if kind == Kind::Variable {
                kind
            } else {
                Kind::Dot
            });
        }
        let end = self.pass_alphanumerics();
        if !self.at_terminator() {
            return self.bad_character(end);
        }
        self.emit(kind)
    }

    /// Goes behind letters and digits; the answer is the character there.
    fn pass_alphanumerics(&mut self) -> Option<char> {
        loop {
            let character = self.next();
            if !character.is_some_and(is_alphanumeric) {
                self.back();
                return character;
            }
        }
    }

    fn bad_character(&mut self, character: Option<char>) -> Token<'t> {
        let shown = character.map_or_else(|| "EOF".to_owned(), described);
        self.error(format!("bad character {shown}"))
    }

    fn at_terminator(&mut self) -> bool {
        match self.peek() {
            None => true,
            Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(_) => self.rest().starts_with(RIGHT),
        }
    }

    /// A string or a character constant, of which the first quote has been read.
    fn quoted(&mut self, quote: char, unterminated: &str, kind: Kind) -> Token<'t> {
        loop {
            match self.next() {
                Some('\\') if !matches!(self.next(), None | Some('\n')) => {}
                Some('\\' | '\n') | None => return self.error(unterminated.to_owned()),
                Some(character) if character == quote => return self.emit(kind),
                Some(_) => {}
            }
        }
    }

    fn raw_string(&mut self) -> Token<'t> {
        loop {
            match self.next() {
                None => return self.error("unterminated raw quoted string".to_owned()),
                Some('`') => return self.emit(Kind::RawString),
                Some(_) => {}
            }
        }
    }

    fn number(&mut self) -> Token<'t> {
        if !self.scan_number() {
            return self.bad_number();
        }
        if !matches!(self.peek(), Some('+' | '-')) {
            return self.emit(Kind::Number);
        }
        if !self.scan_number() || !self.between(self.start, self.at).ends_with('i') {
            return self.bad_number();
        }
        self.emit(Kind::Complex)
    }

    fn bad_number(&mut self) -> Token<'t> {
        let text = quoted(self.between(self.start, self.at));
        self.error(format!("bad number syntax: {text}"))
    }

    fn scan_number(&mut self) -> bool {
        const DECIMAL: &str = "0123456789_";
        const HEXADECIMAL: &str = "0123456789abcdefABCDEF_";
        self.accept("+-");
        let mut digits = DECIMAL;
        if self.accept("0") {
            if self.accept("xX") {
                digits = HEXADECIMAL;
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits {
            DECIMAL => self.accept("eE"),
            HEXADECIMAL => self.accept("pP"),
            _ => false,
        };
        if exponent {
            self.accept("+-");
            self.accept_run(DECIMAL);
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }
}

fn keyword(word: &str) -> Kind {
    match word {
        "block" => Kind::Block,
        "break" => Kind::Break,
        "continue" => Kind::Continue,
        "define" => Kind::Define,
        "else" => Kind::Else,
        "end" => Kind::End,
        "if" => Kind::If,
        "nil" => Kind::Nil,
        "range" => Kind::Range,
        "template" => Kind::Template,
        "with" => Kind::With,
        "true" | "false" => Kind::Bool,
        _ => Kind::Identifier,
    }
}

fn is_alphanumeric(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// A minus and then a space.
fn has_left_trim(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next() == Some('-') && characters.next().is_some_and(|next| SPACES.contains(&next))
}

/// A space and then a minus.
fn has_right_trim(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|first| SPACES.contains(&first))
        && characters.next() == Some('-')
}

fn newlines(text: &str) -> usize {
    text.matches('\n').count()
}

/// `U+002D '-'`.
fn described(character: char) -> String {
    let code = u32::from(character);
    if is_print(character) {
        format!("U+{code:04X} '{character}'")
    } else {
        format!("U+{code:04X}")
    }
}
