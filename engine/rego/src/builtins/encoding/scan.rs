//! The grammar of JSON as Go checks it, with Go's words for what is wrong.

use crate::builtins::golang::{quote, tail};
use crate::value::json;

/// The deepest nesting that Go reads.
const MAX_DEPTH: usize = 10_000;

/// Whether a text is one JSON value and nothing else but white space.
pub(in crate::builtins) fn is_json(text: &str) -> bool {
    first_value(text).is_ok_and(|end| tail(text, end).bytes().all(is_space))
}

/// Where the first value of a text ends.
pub(super) fn first_value(text: &str) -> Result<usize, String> {
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
    };
    if text.bytes().all(is_space) {
        return Err("EOF".to_owned());
    }
    scanner.value()?;
    Ok(scanner.at)
}

/// What OPA says of what follows the value: it reads one more token, and takes `null` for none.
pub(super) fn trailing(text: &str) -> Result<(), String> {
    let rest = text.trim_start_matches([' ', '\t', '\n', '\r']);
    let Some(first) = rest.bytes().next() else {
        return Ok(());
    };
    let token = match first {
        b'[' | b'{' => char::from(first).to_string(),
        b']' | b'}' | b':' | b',' => {
            return Err(unexpected(first, "looking for beginning of value"));
        }
        _ => {
            let end = first_value(rest)?;
            let value = rest.get(..end).unwrap_or_default();
            match first {
                b'n' => return Ok(()),
                b't' | b'f' => format!("%!s(bool={value})"),
                b'"' => json::parse(value)
                    .ok()
                    .and_then(|text| text.as_str().map(str::to_owned))
                    .unwrap_or_default(),
                _ => value.to_owned(),
            }
        }
    };
    Err(format!(
        "error: invalid character '{token}' after top-level value"
    ))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn unexpected(byte: u8, context: &str) -> String {
    let shown = match byte {
        b'\'' => r"\'".to_owned(),
        b'"' => "\"".to_owned(),
        other => quote(&char::from(other).to_string())
            .trim_matches('"')
            .to_owned(),
    };
    format!("invalid character '{shown}' {context}")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Collection {
    Array,
    Object,
}

struct Scanner<'text> {
    bytes: &'text [u8],
    at: usize,
    open: Vec<Collection>,
}

impl Scanner<'_> {
    /// Passes over one value, without recursion.
    fn value(&mut self) -> Result<(), String> {
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'[') => {
                    if self.begin(Collection::Array, b']')? {
                        continue;
                    }
                }
                Some(b'{') => {
                    if self.begin(Collection::Object, b'}')? {
                        self.key()?;
                        continue;
                    }
                }
                _ => self.scalar()?,
            }
            if self.end_collections()? {
                return Ok(());
            }
        }
    }

    /// Opens a collection; false if it is closed at once.
    fn begin(&mut self, collection: Collection, close: u8) -> Result<bool, String> {
        self.at += 1;
        if self.open.len() >= MAX_DEPTH {
            return Err("exceeded max depth".to_owned());
        }
        self.skip_space();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        self.open.push(collection);
        Ok(true)
    }

    /// After a value: closes what ends here; true if nothing is open, false if another value follows.
    fn end_collections(&mut self) -> Result<bool, String> {
        while let Some(collection) = self.open.last().copied() {
            self.skip_space();
            let byte = self.next()?;
            match (collection, byte) {
                (Collection::Array, b',') => return Ok(false),
                (Collection::Object, b',') => {
                    self.skip_space();
                    self.key()?;
                    return Ok(false);
                }
                (Collection::Array, b']') | (Collection::Object, b'}') => {
                    self.open.pop();
                }
                (Collection::Array, other) => return Err(unexpected(other, "after array element")),
                (Collection::Object, other) => {
                    return Err(unexpected(other, "after object key:value pair"));
                }
            }
        }
        Ok(true)
    }

    fn key(&mut self) -> Result<(), String> {
        match self.next()? {
            b'"' => self.string()?,
            other => {
                return Err(unexpected(
                    other,
                    "looking for beginning of object key string",
                ));
            }
        }
        self.skip_space();
        match self.next()? {
            b':' => Ok(()),
            other => Err(unexpected(other, "after object key")),
        }
    }

    fn scalar(&mut self) -> Result<(), String> {
        match self.next()? {
            b'"' => self.string(),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            b'-' => {
                let first = self.next()?;
                if !first.is_ascii_digit() {
                    return Err(unexpected(first, "in numeric literal"));
                }
                self.number(first)
            }
            digit @ b'0'..=b'9' => self.number(digit),
            other => Err(unexpected(other, "looking for beginning of value")),
        }
    }

    fn literal(&mut self, word: &str) -> Result<(), String> {
        for expected in word.bytes().skip(1) {
            let byte = self.next()?;
            if byte != expected {
                let context = format!("in literal {word} (expecting '{}')", char::from(expected));
                return Err(unexpected(byte, &context));
            }
        }
        Ok(())
    }

    /// The rest of a number after its first digit.
    fn number(&mut self, first: u8) -> Result<(), String> {
        if first != b'0' {
            self.digits();
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits("in exponent of numeric literal")?;
        }
        Ok(())
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self, context: &str) -> Result<(), String> {
        let first = self.next()?;
        if !first.is_ascii_digit() {
            return Err(unexpected(first, context));
        }
        self.digits();
        Ok(())
    }

    /// The rest of a string after its opening quote.
    fn string(&mut self) -> Result<(), String> {
        loop {
            match self.next()? {
                b'"' => return Ok(()),
                b'\\' => self.escape()?,
                control @ 0..0x20 => return Err(unexpected(control, "in string literal")),
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        match self.next()? {
            b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => Ok(()),
            b'u' => (0..4).try_for_each(|_| match self.next()? {
                digit if digit.is_ascii_hexdigit() => Ok(()),
                other => Err(unexpected(other, "in \\u hexadecimal character escape")),
            }),
            other => Err(unexpected(other, "in string escape code")),
        }
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8, String> {
        let byte = self.peek().ok_or_else(|| "unexpected EOF".to_owned())?;
        self.at += 1;
        Ok(byte)
    }
}
