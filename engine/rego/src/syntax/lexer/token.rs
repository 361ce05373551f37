//! Tokens, and which bracket closes which.

use crate::syntax::Span;
use crate::syntax::ast::Infix;
use crate::syntax::keywords::Word;

/// A piece of the text.
#[derive(Debug, Clone, Copy)]
pub(in crate::syntax) struct Token {
    /// What it is.
    pub(in crate::syntax) kind: Kind,
    /// What stands before it.
    pub(in crate::syntax) gap: Gap,
    /// The first byte.
    pub(in crate::syntax) start: u32,
    /// The byte after the last.
    pub(in crate::syntax) end: u32,
    mate: u32,
}

/// It is no bracket, or has no partner.
const UNPAIRED: u32 = u32::MAX;

impl Token {
    /// What follows the last token.
    pub(in crate::syntax) const END: Self = Self {
        kind: Kind::End,
        gap: Gap::Line,
        start: 0,
        end: 0,
        mate: UNPAIRED,
    };

    pub(super) fn new(kind: Kind, gap: Gap, start: usize, end: usize) -> Self {
        Self {
            kind,
            gap,
            start: offset(start),
            end: offset(end),
            mate: UNPAIRED,
        }
    }

    /// Its bytes.
    pub(in crate::syntax) fn span(self) -> Span {
        Span {
            start: self.start,
            end: self.end,
        }
    }

    /// The index of the bracket that closes or opens this one.
    pub(in crate::syntax) fn mate(self) -> Option<usize> {
        (self.mate != UNPAIRED).then_some(self.mate as usize)
    }
}

/// A place in a text of less than 4 GiB.
pub(in crate::syntax) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// What separates two tokens. Comments separate like the white space after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::syntax) enum Gap {
    /// Nothing.
    None,
    /// Spaces.
    Space,
    /// At least the end of a line.
    Line,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum Kind {
    /// The end of the text.
    End,
    /// What has been reported already.
    Invalid,
    /// A word that is never reserved.
    Name,
    /// A word that may be reserved.
    Word(Word),
    /// A number without a sign.
    Number,
    /// `"text"`.
    String,
    /// Text in backticks.
    RawString,
    /// The `$` of a template string and the quote after it.
    TemplateStart {
        /// Whether it is a backtick.
        raw: bool,
    },
    /// Text of a template string, never empty.
    TemplateText,
    /// The `{` before an expression of a template string.
    TemplateOpen,
    /// The `}` after it.
    TemplateClose,
    /// The closing quote; empty where it is missing.
    TemplateEnd,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `;`
    Semicolon,
    /// `.`
    Dot,
    /// `+`, `:=`, `==`, ...
    Infix(Infix),
}

/// The kinds of brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum Bracket {
    Square,
    Brace,
    Round,
    Template,
}

impl Kind {
    /// What a byte and the one after it are, and how many of the two it takes.
    pub(super) fn of_symbol(byte: u8, next: Option<u8>) -> Option<(Self, usize)> {
        let two = next == Some(b'=');
        Some(match byte {
            b':' if two => (Self::Infix(Infix::Assign), 2),
            b'=' if two => (Self::Infix(Infix::Equal), 2),
            b'!' if two => (Self::Infix(Infix::NotEqual), 2),
            b'<' if two => (Self::Infix(Infix::LessEqual), 2),
            b'>' if two => (Self::Infix(Infix::GreaterEqual), 2),
            b'=' => (Self::Infix(Infix::Unify), 1),
            b'<' => (Self::Infix(Infix::Less), 1),
            b'>' => (Self::Infix(Infix::Greater), 1),
            b'+' => (Self::Infix(Infix::Plus), 1),
            b'-' => (Self::Infix(Infix::Minus), 1),
            b'*' => (Self::Infix(Infix::Times), 1),
            b'/' => (Self::Infix(Infix::Divide), 1),
            b'%' => (Self::Infix(Infix::Remainder), 1),
            b'&' => (Self::Infix(Infix::And), 1),
            b'|' => (Self::Infix(Infix::Or), 1),
            b'[' => (Self::LeftBracket, 1),
            b']' => (Self::RightBracket, 1),
            b'(' => (Self::LeftParen, 1),
            b')' => (Self::RightParen, 1),
            b',' => (Self::Comma, 1),
            b':' => (Self::Colon, 1),
            b';' => (Self::Semicolon, 1),
            b'.' => (Self::Dot, 1),
            _ => return None,
        })
    }

    /// What it opens.
    pub(in crate::syntax) fn opens(self) -> Option<Bracket> {
        match self {
            Self::LeftBracket => Some(Bracket::Square),
            Self::LeftBrace => Some(Bracket::Brace),
            Self::LeftParen => Some(Bracket::Round),
            Self::TemplateOpen => Some(Bracket::Template),
            _ => None,
        }
    }

    /// What it closes.
    pub(in crate::syntax) fn closes(self) -> Option<Bracket> {
        match self {
            Self::RightBracket => Some(Bracket::Square),
            Self::RightBrace => Some(Bracket::Brace),
            Self::RightParen => Some(Bracket::Round),
            Self::TemplateClose => Some(Bracket::Template),
            _ => None,
        }
    }
}

/// Tells every bracket where its partner is. A closing bracket closes the last one of its kind, and leaves what was
/// opened in between unpaired.
pub(super) fn pair(tokens: &mut [Token]) {
    let mut open = Open::default();
    for index in 0..tokens.len() {
        let Some(kind) = tokens.get(index).map(|token| token.kind) else {
            return;
        };
        if let Some(bracket) = kind.opens() {
            open.stack(bracket).push(index);
        }
        let Some(opener) = kind.closes().and_then(|bracket| open.stack(bracket).pop()) else {
            continue;
        };
        open.forget_after(opener);
        set_mate(tokens, opener, index);
        set_mate(tokens, index, opener);
    }
}

fn set_mate(tokens: &mut [Token], index: usize, mate: usize) {
    if let Some(token) = tokens.get_mut(index) {
        token.mate = offset(mate);
    }
}

/// The brackets that are open, by kind: one stack each keeps pairing linear.
#[derive(Default)]
struct Open {
    square: Vec<usize>,
    braces: Vec<usize>,
    round: Vec<usize>,
    templates: Vec<usize>,
}

impl Open {
    fn stack(&mut self, bracket: Bracket) -> &mut Vec<usize> {
        match bracket {
            Bracket::Square => &mut self.square,
            Bracket::Brace => &mut self.braces,
            Bracket::Round => &mut self.round,
            Bracket::Template => &mut self.templates,
        }
    }

    fn forget_after(&mut self, opener: usize) {
        for stack in [
            &mut self.square,
            &mut self.braces,
            &mut self.round,
            &mut self.templates,
        ] {
            while stack.pop_if(|open| *open > opener).is_some() {}
        }
    }
}
