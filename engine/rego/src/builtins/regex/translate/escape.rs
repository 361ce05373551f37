//! What a backslash begins.

use super::{FOLD, NEVER, Parser, class, problem, span};
use crate::builtins::golang::tail;

impl<'text> Parser<'text> {
    /// Reads an escape outside of a class.
    pub(super) fn escape(&mut self, rest: &'text str) -> Result<&'text str, String> {
        let after = tail(rest, 2);
        match rest.as_bytes().get(1) {
            Some(b'A') => self.push(r"\A"),
            Some(b'z') => self.push(r"\z"),
            Some(b'b') => self.push(r"(?-u:\b)"),
            Some(b'B') => self.push(r"(?-u:\B)"),
            Some(b'C') => return Err(problem("invalid escape sequence", span(rest, after))),
            Some(b'Q') => return Ok(self.quoted(after)),
            Some(b'p' | b'P') => return self.unicode(rest),
            Some(letter) if class::perl(*letter).is_some() => self.perl(*letter),
            _ => {
                let (code, after) = character(rest)?;
                self.literal(code);
                return Ok(after);
            }
        }
        Ok(after)
    }

    /// Everything up to `\E` stands for itself.
    fn quoted(&mut self, text: &'text str) -> &'text str {
        let (literal, after) = text.split_once(r"\E").unwrap_or((text, ""));
        literal
            .chars()
            .for_each(|character| self.literal(u32::from(character)));
        after
    }

    fn perl(&mut self, letter: u8) {
        let Some((negated, members)) = class::perl(letter) else {
            return;
        };
        let text = format!("[{}{members}]", if negated { "^" } else { "" });
        self.push(&self.folded(&text));
    }

    fn unicode(&mut self, rest: &'text str) -> Result<&'text str, String> {
        let (text, after) = class::unicode(rest)?;
        let text = if text.is_empty() {
            NEVER.to_owned()
        } else {
            self.folded(&format!("[{text}]"))
        };
        self.push_weighing(text, class::UNICODE_WEIGHT);
        Ok(after)
    }

    pub(super) fn folded(&self, class: &str) -> String {
        if self.has(FOLD) {
            format!("(?i:{class})")
        } else {
            class.to_owned()
        }
    }
}

/// The character that an escape stands for.
pub(super) fn character(text: &str) -> Result<(u32, &str), String> {
    let inner = tail(text, 1);
    let Some(letter) = inner.chars().next() else {
        return Err(problem("trailing backslash at end of expression", ""));
    };
    let after = tail(inner, letter.len_utf8());
    let octal_follows = after.starts_with(|next: char| ('0'..='7').contains(&next));
    match letter {
        '0' => Ok(octal(inner)),
        '1'..='7' if octal_follows => Ok(octal(inner)),
        'x' => hexadecimal(text, after),
        'a' => Ok((0x07, after)),
        'f' => Ok((0x0c, after)),
        'n' => Ok((0x0a, after)),
        'r' => Ok((0x0d, after)),
        't' => Ok((0x09, after)),
        'v' => Ok((0x0b, after)),
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => {
            Ok((u32::from(other), after))
        }
        _ => Err(problem("invalid escape sequence", span(text, after))),
    }
}

/// Up to three octal digits.
fn octal(text: &str) -> (u32, &str) {
    let length = text
        .bytes()
        .take(3)
        .take_while(|byte| (b'0'..=b'7').contains(byte))
        .count();
    let code = text
        .bytes()
        .take(length)
        .fold(0, |code, byte| code * 8 + u32::from(byte - b'0'));
    (code, tail(text, length))
}

/// `\x41` or `\x{41}`; `text` begins at the backslash and `digits` after the letter.
fn hexadecimal<'text>(text: &'text str, digits: &'text str) -> Result<(u32, &'text str), String> {
    let invalid = |rest: &str| problem("invalid escape sequence", span(text, rest));
    let Some(braced) = digits.strip_prefix('{') else {
        let mut characters = digits.chars();
        let pair = (
            characters.next().and_then(digit),
            characters.next().and_then(digit),
        );
        let after = characters.as_str();
        return match pair {
            (Some(high), Some(low)) => Ok((high * 16 + low, after)),
            _ => Err(invalid(after)),
        };
    };
    let mut code: u32 = 0;
    let mut rest = braced;
    while let Some(character) = rest.chars().next() {
        let first = rest.len() == braced.len();
        rest = tail(rest, character.len_utf8());
        match digit(character) {
            Some(value) if code * 16 + value <= 0x0010_ffff => code = code * 16 + value,
            None if character == '}' && !first => return Ok((code, rest)),
            _ => break,
        }
    }
    Err(invalid(rest))
}

fn digit(character: char) -> Option<u32> {
    character.to_digit(16)
}
