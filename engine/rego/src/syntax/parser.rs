//! Tokens to syntax trees.
//!
//! The grammar is OPA's, including its surprises: where white space separates, what a brace after `if` opens, when a
//! keyword is a name. Every error is reported where it is found; reading goes on at the next statement. Nothing is read
//! more than twice, and nesting is limited, so that time is linear and the stack is bounded.

mod body;
mod bodyless;
mod collection;
mod defaults;
mod expression;
mod head;
mod hints;
mod logic;
mod number;
mod recovery;
mod rule;
mod statement;
mod template;
mod term;

pub(super) use expression::leads_with_union;

use super::ast::{Body, Module, Package};
use super::keywords::{Keywords, Word};
use super::lexer::{self, Gap, Kind, Token};
use super::reports::Reports;
use super::{Diagnostic, Span, Version};

/// So many brackets may be open at once; those around conditions count twice.
const MAX_DEPTH: u32 = 200;

/// So many infix operators may stand on top of each other.
const MAX_CHAIN: u32 = 1_000;

/// Reads a module. What could be read comes back together with all that is wrong; if nothing is wrong, the module is
/// complete.
pub fn parse(text: &str, version: Version) -> (Module, Vec<Diagnostic>) {
    let mut module = Module {
        version,
        package: Package {
            path: Vec::new(),
            span: Span::default(),
        },
        imports: Vec::new(),
        rules: Vec::new(),
        comments: Vec::new(),
        line_starts: Vec::new(),
    };
    if is_too_long(text) {
        return (module, too_long());
    }
    let lexed = lexer::lex(text);
    module.comments = lexed.comments;
    module.line_starts = lexed.line_starts;
    let mut parser = Parser::new(text, version, lexed.tokens, lexed.reports);
    parser.statements(&mut module);
    if parser.is_v1 {
        module.version = Version::V1;
        parser.reports.extend(parser.strict);
    }
    (module, parser.reports.into_sorted())
}

/// Reads a query: conditions separated by `;` or line breaks, as in a rule's body.
pub fn parse_query(text: &str, version: Version) -> (Body, Vec<Diagnostic>) {
    let mut body = Body {
        literals: Vec::new(),
        span: Span::default(),
    };
    if is_too_long(text) {
        return (body, too_long());
    }
    let lexed = lexer::lex(text);
    let mut parser = Parser::new(text, version, lexed.tokens, lexed.reports);
    let start = parser.start();
    // The error has been reported, and a query has no next statement.
    let _ = parser.query(&mut body.literals);
    body.span = parser.since(start);
    (body, parser.reports.into_sorted())
}

fn is_too_long(text: &str) -> bool {
    u32::try_from(text.len()).is_err()
}

fn too_long() -> Vec<Diagnostic> {
    let mut reports = Reports::default();
    reports.error(Span::default(), "text longer than 4 GiB");
    reports.into_sorted()
}

/// The error has been reported; reading can only go on at the next statement.
#[derive(Debug, Clone, Copy)]
struct Stop;

type Parsed<T> = Result<T, Stop>;

struct Parser<'a> {
    text: &'a str,
    /// The last one is the end of the text.
    tokens: Vec<Token>,
    /// The token that is read next.
    at: usize,
    /// Where the token before it ended.
    last_end: u32,
    keywords: Keywords,
    /// What the caller asked for; decides which words are keywords in paths, and whether there are template strings.
    version: Version,
    /// Whether v1's rules hold: by version or by `import rego.v1`.
    is_v1: bool,
    has_package: bool,
    /// A keyword that is a name, since a `.` or `[` follows it.
    keyword_name: Option<usize>,
    /// How many brackets are open.
    depth: u32,
    /// How many infix operators stand on top of each other in the expression that was read last.
    height: u32,
    /// The greatest `height` within the term that is being read.
    tallest: u32,
    /// The bytes of all heads that were copied for chained bodies.
    copied: usize,
    reports: Reports,
    /// What is wrong if v1's rules hold.
    strict: Reports,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, version: Version, tokens: Vec<Token>, reports: Reports) -> Self {
        Self {
            text,
            tokens,
            at: 0,
            last_end: 0,
            keywords: Keywords::of(version),
            version,
            is_v1: version == Version::V1,
            has_package: false,
            keyword_name: None,
            depth: 0,
            height: 0,
            tallest: 0,
            copied: 0,
            reports,
            strict: Reports::default(),
        }
    }

    /// The token that is read next.
    fn token(&self) -> Token {
        self.token_at(self.at)
    }

    /// Some token; past the last one, the last one.
    fn token_at(&self, index: usize) -> Token {
        let last = self.tokens.last();
        self.tokens
            .get(index)
            .or(last)
            .copied()
            .unwrap_or(Token::END)
    }

    fn kind(&self) -> Kind {
        self.token().kind
    }

    /// Where the next token begins.
    fn start(&self) -> u32 {
        self.token().start
    }

    /// From `start` to the end of the last token that was read.
    fn since(&self, start: u32) -> Span {
        Span {
            start,
            end: self.last_end.max(start),
        }
    }

    /// How a token is spelt.
    fn source(&self, token: Token) -> &'a str {
        self.text
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default()
    }

    /// Reads a token.
    fn bump(&mut self) -> Token {
        let token = self.token();
        if token.kind != Kind::End {
            self.at += 1;
            self.last_end = token.end;
        }
        token
    }

    /// Reads a token if it is of this kind.
    fn eat(&mut self, kind: Kind) -> bool {
        let found = self.kind() == kind;
        if found {
            self.bump();
        }
        found
    }

    /// Whether the next token is a keyword, and not a name as in `not.x` or `not[x]`.
    fn is(&self, word: Word) -> bool {
        self.is_keyword(word) && !self.is_dotted(self.at)
    }

    /// Whether the next token is a keyword, whatever follows.
    fn is_keyword(&self, word: Word) -> bool {
        self.kind() == Kind::Word(word) && self.keywords.has(word)
    }

    /// Whether `.` or `[` follows a token directly.
    fn is_dotted(&self, index: usize) -> bool {
        let next = self.token_at(index + 1);
        next.gap == Gap::None && matches!(next.kind, Kind::Dot | Kind::LeftBracket)
    }

    /// Whether `.` follows a token directly, so that a keyword is the name of a rule: `if.allowed`.
    fn is_member(&self, index: usize) -> bool {
        let next = self.token_at(index + 1);
        next.gap == Gap::None && next.kind == Kind::Dot
    }

    /// Whether the next token names a variable.
    fn at_name(&self) -> bool {
        match self.kind() {
            Kind::Name | Kind::Word(Word::Contains) => true,
            Kind::Word(word) => !self.keywords.has(word) || self.keyword_name == Some(self.at),
            _ => false,
        }
    }

    /// Takes the next token for a name if it is a keyword before `.` or `[`: at the start of conditions and heads.
    fn allow_keyword_name(&mut self) {
        if matches!(self.kind(), Kind::Word(_)) && self.is_dotted(self.at) {
            self.keyword_name = Some(self.at);
        }
    }

    /// One more bracket is open, or the body in it, which takes as much of the stack again.
    fn enter(&mut self, open: Token) -> Parsed<()> {
        self.depth += 1;
        if self.kind() == Kind::End {
            return Err(self.unclosed(open));
        }
        if self.depth <= MAX_DEPTH {
            return Ok(());
        }
        self.reports.error(
            open.span(),
            format!("nested deeper than {MAX_DEPTH} levels"),
        );
        Err(Stop)
    }

    /// Reads the closing bracket.
    fn close(&mut self, open: Token, close: Kind, expected: &str) -> Parsed<()> {
        if self.kind() == Kind::End {
            return Err(self.unclosed(open));
        }
        if !self.eat(close) {
            return Err(self.unexpected(expected));
        }
        self.leave();
        Ok(())
    }

    /// One bracket or body less is open.
    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Reports a bracket that nothing closes.
    fn unclosed(&mut self, open: Token) -> Stop {
        let bracket = self.source(open);
        self.reports
            .error(open.span(), format!("`{bracket}` is never closed"));
        Stop
    }

    /// Reports the next token.
    fn unexpected(&mut self, expected: &str) -> Stop {
        let found = self.token();
        if found.kind != Kind::Invalid {
            let message = format!("expected {expected}, found {}", self.describe(found));
            match self.hint() {
                Some(hint) => self.reports.hinted(found.span(), message, hint),
                None => self.reports.error(found.span(), message),
            }
        }
        Stop
    }

    /// A token in backticks.
    fn describe(&self, token: Token) -> String {
        const SHOWN: usize = 40;
        if token.kind == Kind::End {
            return "the end of the text".to_owned();
        }
        let line = self.source(token).lines().next().unwrap_or_default();
        match line.char_indices().nth(SHOWN) {
            Some((length, _)) => format!("`{}...`", line.get(..length).unwrap_or_default()),
            None => format!("`{line}`"),
        }
    }
}
