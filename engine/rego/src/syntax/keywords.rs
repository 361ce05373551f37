//! The words that Rego reserves, and from which import on.

use super::Version;
use super::ast::Name;

/// A word that is reserved in some version, or after some import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Package,
    Import,
    As,
    Default,
    Else,
    Not,
    Some,
    With,
    Null,
    True,
    False,
    If,
    Contains,
    In,
    Every,
    And,
    Or,
}

/// Whether a word is reserved in any version, so that it is better no name.
pub fn is_keyword(text: &str) -> bool {
    Word::of(text).is_some()
}

impl Word {
    /// The word that is spelt like this.
    pub(super) fn of(text: &str) -> Option<Self> {
        Some(match text {
            "package" => Self::Package,
            "import" => Self::Import,
            "as" => Self::As,
            "default" => Self::Default,
            "else" => Self::Else,
            "not" => Self::Not,
            "some" => Self::Some,
            "with" => Self::With,
            "null" => Self::Null,
            "true" => Self::True,
            "false" => Self::False,
            "if" => Self::If,
            "contains" => Self::Contains,
            "in" => Self::In,
            "every" => Self::Every,
            "and" => Self::And,
            "or" => Self::Or,
            _ => return None,
        })
    }

    /// Whether `import future.keywords` can switch it on.
    pub(super) fn is_future(self) -> bool {
        FUTURE.contains(&self)
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// What is reserved in every module.
const ALWAYS: [Word; 11] = [
    Word::Package,
    Word::Import,
    Word::As,
    Word::Default,
    Word::Else,
    Word::Not,
    Word::Some,
    Word::With,
    Word::Null,
    Word::True,
    Word::False,
];

/// What Rego v1 reserves besides.
const V1: [Word; 4] = [Word::If, Word::Contains, Word::In, Word::Every];

/// What `import future.keywords` brings.
const FUTURE: [Word; 7] = [
    Word::If,
    Word::Contains,
    Word::In,
    Word::Every,
    Word::Not,
    Word::And,
    Word::Or,
];

/// The words that are reserved at some place of a module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keywords {
    words: u32,
    not_bodies: bool,
}

impl Keywords {
    /// What is reserved before any import.
    pub(super) fn of(version: Version) -> Self {
        let mut keywords = Self {
            words: 0,
            not_bodies: false,
        };
        keywords.add(&ALWAYS);
        if version == Version::V1 {
            keywords.add(&V1);
        }
        keywords
    }

    /// Whether a word is reserved.
    pub(super) fn has(self, word: Word) -> bool {
        self.words & word.bit() != 0
    }

    /// Whether `and` or `or` connects conditions.
    pub(super) fn logical(self) -> bool {
        self.has(Word::And) || self.has(Word::Or)
    }

    /// Whether what `not` negates is a body of its own.
    pub(super) fn not_bodies(self) -> bool {
        self.not_bodies
    }

    /// What an import switches on: `rego.v1`, `future.keywords` and `future.keywords.in` do something, others nothing.
    pub(super) fn import(&mut self, path: &[Name]) {
        let mut names = path.iter().map(|name| name.text.as_str());
        match (names.next(), names.next()) {
            (Some("rego"), Some("v1")) => self.add(&V1),
            (Some("future"), Some("keywords")) => {
                match (names.next().map(Word::of), names.next()) {
                    (Some(Some(word)), None) => self.import_word(word),
                    (Some(None), None) => {}
                    // OPA reads `future.keywords.x.y` as `future.keywords`.
                    _ => self.import_all(),
                }
            }
            _ => {}
        }
    }

    fn import_all(&mut self) {
        self.add(&FUTURE);
        self.not_bodies = true;
    }

    fn import_word(&mut self, word: Word) {
        if !word.is_future() {
            return;
        }
        self.add(&[word]);
        self.not_bodies |= word == Word::Not;
        if word == Word::Every {
            self.add(&[Word::In]);
        }
    }

    fn add(&mut self, words: &[Word]) {
        for word in words {
            self.words |= word.bit();
        }
    }
}
