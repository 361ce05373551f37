//! A pull parser for JSON: events with the bytes they were read from.

use std::borrow::Cow;
use std::ops::Range;

/// What a JSON text consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'text> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is spelt.
    Number(&'text str),
    /// A string, unescaped.
    String(Cow<'text, str>),
    /// A key of an object; its value follows.
    Key(Cow<'text, str>),
    /// `[`.
    ArrayStart,
    /// `]`.
    ArrayEnd,
    /// `{`.
    ObjectStart,
    /// `}`.
    ObjectEnd,
    /// Nothing is left but white space.
    End,
}

/// A text is not JSON: what was expected, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// The byte where reading stopped.
    pub at: usize,
    /// What was expected and what was found.
    pub message: String,
}

impl JsonError {
    /// An error at a byte.
    pub fn at(at: usize, message: String) -> Self {
        Self { at, message }
    }
}

/// Reads one JSON text, or several after each other.
#[derive(Debug)]
pub struct Reader<'text> {
    text: &'text str,
    at: usize,
    open: Vec<Collection>,
    expect: Expect,
    max_depth: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Collection {
    Array,
    Object,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    FirstElement,
    FirstKey,
    CommaOrEnd,
}

impl<'text> Reader<'text> {
    /// A reader that refuses nesting beyond a depth. A byte order mark is passed over.
    pub fn new(text: &'text str, max_depth: usize) -> Self {
        let at = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        Self {
            text,
            at,
            open: Vec::new(),
            expect: Expect::Value,
            max_depth,
        }
    }

    /// The byte that is read next.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The next event and its bytes. After an error, reading cannot go on.
    pub fn next_event(&mut self) -> Result<(Event<'text>, Range<usize>), JsonError> {
        self.skip_white_space();
        match self.expect {
            Expect::Value => self.value(),
            Expect::FirstElement if self.peek() == Some(b']') => Ok(self.close(Collection::Array)),
            Expect::FirstElement => self.value(),
            Expect::FirstKey if self.peek() == Some(b'}') => Ok(self.close(Collection::Object)),
            Expect::FirstKey => self.key(),
            Expect::CommaOrEnd => self.comma_or_end(),
        }
    }

    /// Fails unless only white space is left.
    pub fn expect_end(&mut self) -> Result<(), JsonError> {
        self.skip_white_space();
        if self.at < self.text.len() {
            Err(self.unexpected("the end of the text"))
        } else {
            Ok(())
        }
    }

    /// Begins another text after a finished one; false if only white space is left.
    pub fn next_text(&mut self) -> bool {
        self.skip_white_space();
        self.expect = Expect::Value;
        self.at < self.text.len()
    }

    fn value(&mut self) -> Result<(Event<'text>, Range<usize>), JsonError> {
        let start = self.at;
        let event = match self.peek() {
            None if self.open.is_empty() => return Ok((Event::End, start..start)),
            Some(b'{') => return self.open(Collection::Object),
            Some(b'[') => return self.open(Collection::Array),
            Some(b'"') => Event::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Event::Number(self.number()?),
            Some(b't') => self.word("true", Event::Bool(true))?,
            Some(b'f') => self.word("false", Event::Bool(false))?,
            Some(b'n') => self.word("null", Event::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        self.expect = Expect::CommaOrEnd;
        Ok((event, start..self.at))
    }

    fn key(&mut self) -> Result<(Event<'text>, Range<usize>), JsonError> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let key = self.string()?;
        let range = start..self.at;
        self.skip_white_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:` after the key"));
        }
        self.at += 1;
        self.expect = Expect::Value;
        Ok((Event::Key(key), range))
    }

    fn comma_or_end(&mut self) -> Result<(Event<'text>, Range<usize>), JsonError> {
        let at = self.at;
        match (self.open.last().copied(), self.peek()) {
            (None, None) => Ok((Event::End, at..at)),
            (None, Some(_)) => Err(self.unexpected("the end of the text")),
            (Some(Collection::Array), Some(b']')) => Ok(self.close(Collection::Array)),
            (Some(Collection::Object), Some(b'}')) => Ok(self.close(Collection::Object)),
            (Some(collection), Some(b',')) => {
                self.at += 1;
                self.skip_white_space();
                match collection {
                    Collection::Array => self.value(),
                    Collection::Object => self.key(),
                }
            }
            (Some(Collection::Array), _) => Err(self.unexpected("`,` or `]`")),
            (Some(Collection::Object), _) => Err(self.unexpected("`,` or `}`")),
        }
    }

    fn open(&mut self, collection: Collection) -> Result<(Event<'text>, Range<usize>), JsonError> {
        if self.open.len() >= self.max_depth {
            return Err(JsonError::at(
                self.at,
                format!("nested deeper than {} levels", self.max_depth),
            ));
        }
        let start = self.at;
        self.at += 1;
        self.open.push(collection);
        let event = match collection {
            Collection::Array => {
                self.expect = Expect::FirstElement;
                Event::ArrayStart
            }
            Collection::Object => {
                self.expect = Expect::FirstKey;
                Event::ObjectStart
            }
        };
        Ok((event, start..self.at))
    }

    fn close(&mut self, collection: Collection) -> (Event<'text>, Range<usize>) {
        let start = self.at;
        self.at += 1;
        self.open.pop();
        self.expect = Expect::CommaOrEnd;
        let event = match collection {
            Collection::Array => Event::ArrayEnd,
            Collection::Object => Event::ObjectEnd,
        };
        (event, start..self.at)
    }

    fn number(&mut self) -> Result<&'text str, JsonError> {
        let rest = self.rest();
        let length = rest
            .bytes()
            .position(|byte| !matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
            .unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default();
        if !is_json_number(text) {
            return Err(JsonError::at(
                self.at,
                format!("`{}` is not a number", excerpt(text)),
            ));
        }
        self.at += length;
        Ok(text)
    }

    fn word(&mut self, word: &str, event: Event<'text>) -> Result<Event<'text>, JsonError> {
        if !self.rest().starts_with(word) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(event)
    }

    fn string(&mut self) -> Result<Cow<'text, str>, JsonError> {
        let start = self.at;
        self.at += 1;
        let mut owned: Option<String> = None;
        loop {
            let rest = self.rest();
            let Some(length) = rest
                .bytes()
                .position(|byte| byte == b'"' || byte == b'\\' || byte < 0x20)
            else {
                return Err(JsonError::at(
                    start,
                    "a string without its closing quote".to_owned(),
                ));
            };
            let run = rest.get(..length).unwrap_or_default();
            self.at += length;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(match owned {
                        None => Cow::Borrowed(run),
                        Some(mut text) => {
                            text.push_str(run);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let text = owned.get_or_insert_default();
                    text.push_str(run);
                    let escaped = self.escape()?;
                    text.push(escaped);
                }
                _ => {
                    return Err(JsonError::at(
                        self.at,
                        "a control character in a string must be escaped".to_owned(),
                    ));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        let letter = self.rest().as_bytes().get(1).copied();
        self.at += 2;
        let character = match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            _ => {
                return Err(JsonError::at(
                    start,
                    "an escape that JSON does not have".to_owned(),
                ));
            }
        };
        Ok(character)
    }

    /// A lone surrogate becomes U+FFFD, as in Go's decoder.
    fn unicode_escape(&mut self, start: usize) -> Result<char, JsonError> {
        let high = self.hex4(start)?;
        if !(0xd800..0xdc00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if !self.rest().starts_with("\\u") {
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        let before = self.at;
        self.at += 2;
        let low = self.hex4(before)?;
        if (0xdc00..0xe000).contains(&low) {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        self.at = before;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self, start: usize) -> Result<u32, JsonError> {
        let digits = self
            .rest()
            .get(..4)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let value = value.ok_or_else(|| {
            JsonError::at(start, "`\\u` takes four hexadecimal digits".to_owned())
        })?;
        self.at += 4;
        Ok(value)
    }

    fn skip_white_space(&mut self) {
        let rest = self.rest().as_bytes();
        self.at += rest
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
            .unwrap_or(rest.len());
    }

    fn unexpected(&self, expected: &str) -> JsonError {
        let found = match self.rest().chars().next() {
            None => "the text ends".to_owned(),
            Some(character) => format!("found `{}`", character.escape_debug()),
        };
        JsonError::at(self.at, format!("expected {expected}, {found}"))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'text str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

fn is_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent
            .is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

fn excerpt(text: &str) -> &str {
    text.char_indices()
        .nth(40)
        .and_then(|(end, _)| text.get(..end))
        .unwrap_or(text)
}
