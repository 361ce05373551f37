//! From Go's regular expression syntax to that of the `regex` crate.
//!
//! The pattern is read just as `regexp/syntax` of Go reads it in Perl mode, so that both accept and refuse the same
//! patterns for the same reasons. What comes out says explicitly what Go implies: ASCII classes and word boundaries,
//! flags on every atom, names of groups that are always valid and distinct.

mod class;
mod escape;

use super::tail;

/// A pattern for the `regex` crate and a measure of how large its program will be.
#[derive(Debug)]
pub(super) struct Translation {
    pub(super) pattern: String,
    pub(super) weight: u64,
}

/// Reads a pattern in Go's syntax. The error is what Go says.
pub(super) fn translate(pattern: &str) -> Result<Translation, String> {
    let mut parser = Parser::new(pattern);
    parser.parse()?;
    parser.finish()
}

/// The name that a group has in the pattern, from the name it has in the translation.
pub(super) fn original_name(name: &str) -> Option<&str> {
    name.split_once('_').map(|(_, original)| original)
}

const FOLD: u8 = 1;
const MULTI_LINE: u8 = 2;
const DOT_ALL: u8 = 4;
const UNGREEDY: u8 = 8;

/// What no character matches.
const NEVER: &str = r"[^\x{0}-\x{10FFFF}]";

/// The most copies that counted repetitions may make of one atom.
const MAX_COPIES: u64 = 1000;

/// The deepest nesting of groups.
const MAX_DEPTH: usize = 1000;

#[derive(Debug)]
struct Parser<'text> {
    whole: &'text str,
    flags: u8,
    level: Level,
    open: Vec<Group>,
    groups: usize,
}

/// What has been read since the last parenthesis.
#[derive(Debug, Default)]
struct Level {
    /// Finished alternatives, each with its bar.
    alternatives: String,
    weight: u64,
    copies: u64,
    atoms: Vec<Atom>,
}

/// What a repetition operator would repeat.
#[derive(Debug)]
struct Atom {
    text: String,
    weight: u64,
    /// How many copies counted repetitions make of what is innermost.
    copies: u64,
    repeated: bool,
}

#[derive(Debug)]
struct Group {
    opening: String,
    flags: u8,
    outside: Level,
}

/// How often an atom repeats; without `most` there is no upper bound.
#[derive(Debug, Clone, Copy)]
struct Count {
    least: u64,
    most: Option<u64>,
    counted: bool,
}

fn problem(code: &str, at: &str) -> String {
    format!("error parsing regexp: {code}: `{at}`")
}

/// The text between a place and a later one.
fn span<'text>(from: &'text str, after: &str) -> &'text str {
    from.get(..from.len().saturating_sub(after.len()))
        .unwrap_or_default()
}

impl<'text> Parser<'text> {
    fn new(whole: &'text str) -> Self {
        Self {
            whole,
            flags: 0,
            level: Level::default(),
            open: Vec::new(),
            groups: 0,
        }
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    fn parse(&mut self) -> Result<(), String> {
        let mut rest = self.whole;
        let mut last_repetition = None;
        while let Some(first) = rest.chars().next() {
            let before = rest;
            let repetition = if matches!(first, '*' | '+' | '?' | '{') {
                count(rest)?
            } else {
                None
            };
            if let Some((count, after)) = repetition {
                rest = self.repeat(count, before, after, last_repetition)?;
                last_repetition = Some(before);
            } else {
                rest = self.atom(first, rest)?;
                last_repetition = None;
            }
        }
        Ok(())
    }

    fn atom(&mut self, first: char, rest: &'text str) -> Result<&'text str, String> {
        let after = tail(rest, first.len_utf8());
        match first {
            '(' => return self.parenthesis(rest),
            '[' => return self.class(rest),
            '\\' => return self.escape(rest),
            ')' => self.close()?,
            '|' => self.bar(),
            '^' => self.push(if self.has(MULTI_LINE) {
                "(?m:^)"
            } else {
                r"\A"
            }),
            '$' => self.push(if self.has(MULTI_LINE) {
                "(?m:$)"
            } else {
                r"\z"
            }),
            '.' => self.push(if self.has(DOT_ALL) { "(?s:.)" } else { "." }),
            literal => self.literal(u32::from(literal)),
        }
        Ok(after)
    }

    fn finish(mut self) -> Result<Translation, String> {
        if !self.open.is_empty() {
            return Err(problem("missing closing )", self.whole));
        }
        let all = self.level.take();
        Ok(Translation {
            pattern: all.text,
            weight: all.weight,
        })
    }

    fn push(&mut self, text: &str) {
        self.push_weighing(text.to_owned(), 1);
    }

    fn push_weighing(&mut self, text: String, weight: u64) {
        self.level.atoms.push(Atom {
            text,
            weight,
            copies: 1,
            repeated: false,
        });
    }

    /// A character that stands for itself. Halves of surrogate pairs are in no text.
    fn literal(&mut self, code: u32) {
        match char::from_u32(code) {
            None => self.push(NEVER),
            Some(character)
                if self.has(FOLD) && (character.is_alphabetic() || !character.is_ascii()) =>
            {
                self.push(&format!("(?i:{})", escaped(character)));
            }
            Some(character) => self.push(&escaped(character)),
        }
    }

    fn repeat(
        &mut self,
        count: Count,
        before: &str,
        after: &'text str,
        last_repetition: Option<&str>,
    ) -> Result<&'text str, String> {
        let (lazy, after) = match after.strip_prefix('?') {
            Some(after) => (!self.has(UNGREEDY), after),
            None => (self.has(UNGREEDY), after),
        };
        if let Some(last) = last_repetition {
            return Err(problem(
                "invalid nested repetition operator",
                span(last, after),
            ));
        }
        let operator = span(before, after);
        let Some(atom) = self.level.atoms.pop() else {
            return Err(problem("missing argument to repetition operator", operator));
        };
        let repeated = atom.repeat(count, lazy);
        if count.multiplies() && repeated.copies > MAX_COPIES {
            return Err(problem("invalid repeat count", operator));
        }
        self.level.atoms.push(repeated);
        Ok(after)
    }

    fn bar(&mut self) {
        self.level.flush();
        self.level.alternatives.push('|');
    }

    fn close(&mut self) -> Result<(), String> {
        let Some(group) = self.open.pop() else {
            return Err(problem("unexpected )", self.whole));
        };
        let mut inner = self.level.take();
        inner.text = format!("{}{})", group.opening, inner.text);
        self.level = group.outside;
        self.level.atoms.push(inner);
        self.flags = group.flags;
        Ok(())
    }

    fn begin(&mut self, opening: String, flags: u8) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err(problem("expression nests too deeply", self.whole));
        }
        let outside = std::mem::take(&mut self.level);
        self.open.push(Group {
            opening,
            flags,
            outside,
        });
        Ok(())
    }

    fn parenthesis(&mut self, rest: &'text str) -> Result<&'text str, String> {
        let Some(special) = rest.strip_prefix("(?") else {
            self.groups += 1;
            self.begin("(".to_owned(), self.flags)?;
            return Ok(tail(rest, 1));
        };
        let name = special
            .strip_prefix("P<")
            .or_else(|| special.strip_prefix('<'))
            .filter(|name| !name.is_empty());
        match name {
            Some(name) => self.named_group(rest, name),
            None => self.flag_group(rest, special),
        }
    }

    fn named_group(&mut self, rest: &'text str, name: &'text str) -> Result<&'text str, String> {
        let Some((name, after)) = name.split_once('>') else {
            return Err(problem("invalid named capture", rest));
        };
        let valid = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
        if name.is_empty() || !name.bytes().all(valid) {
            return Err(problem("invalid named capture", span(rest, after)));
        }
        self.groups += 1;
        self.begin(format!("(?P<g{}_{name}>", self.groups), self.flags)?;
        Ok(after)
    }

    /// `(?flags)`, which holds until the group ends, or `(?flags:`, which begins one.
    fn flag_group(&mut self, whole: &str, special: &'text str) -> Result<&'text str, String> {
        let mut rest = special;
        let mut flags = self.flags;
        let (mut negative, mut seen) = (false, false);
        while let Some(character) = rest.chars().next() {
            rest = tail(rest, character.len_utf8());
            let flag = match character {
                'i' => FOLD,
                'm' => MULTI_LINE,
                's' => DOT_ALL,
                'U' => UNGREEDY,
                '-' if !negative => {
                    (negative, seen) = (true, false);
                    continue;
                }
                ')' | ':' if !negative || seen => {
                    if character == ':' {
                        self.begin("(?:".to_owned(), self.flags)?;
                    }
                    self.flags = flags;
                    return Ok(rest);
                }
                _ => break,
            };
            flags = if negative {
                flags & !flag
            } else {
                flags | flag
            };
            seen = true;
        }
        Err(problem(
            "invalid or unsupported Perl syntax",
            span(whole, rest),
        ))
    }
}

impl Level {
    /// Ends an alternative.
    fn flush(&mut self) {
        for atom in self.atoms.drain(..) {
            self.alternatives.push_str(&atom.text);
            self.weight = self.weight.saturating_add(atom.weight);
            self.copies = self.copies.max(atom.copies);
        }
    }

    /// All that was read, as one atom.
    fn take(&mut self) -> Atom {
        self.flush();
        let level = std::mem::take(self);
        Atom {
            text: level.alternatives,
            weight: level.weight.saturating_add(1),
            copies: level.copies.max(1),
            repeated: false,
        }
    }
}

impl Atom {
    fn repeat(self, count: Count, lazy: bool) -> Self {
        let text = if self.repeated {
            format!("(?:{})", self.text)
        } else {
            self.text
        };
        let factor = count.most.unwrap_or(count.least).max(1);
        let copies = match count.most {
            Some(0) => 1,
            _ if count.counted => self.copies.saturating_mul(factor),
            _ => self.copies,
        };
        Self {
            text: format!("{text}{}{}", count.operator(), if lazy { "?" } else { "" }),
            weight: self.weight.saturating_mul(factor).saturating_add(2),
            copies,
            repeated: true,
        }
    }
}

impl Count {
    fn operator(self) -> String {
        match (self.least, self.most) {
            (0, None) if !self.counted => "*".to_owned(),
            (1, None) if !self.counted => "+".to_owned(),
            (0, Some(1)) if !self.counted => "?".to_owned(),
            (least, None) => format!("{{{least},}}"),
            (least, Some(most)) => format!("{{{least},{most}}}"),
        }
    }

    fn multiplies(self) -> bool {
        self.counted && (self.least >= 2 || self.most.is_some_and(|most| most >= 2))
    }
}

/// The repetition operator that a text begins with. A brace that does not count is a literal.
fn count(text: &str) -> Result<Option<(Count, &str)>, String> {
    let after = tail(text, 1);
    let plain = |least, most| {
        Ok(Some((
            Count {
                least,
                most,
                counted: false,
            },
            after,
        )))
    };
    match text.as_bytes().first() {
        Some(b'*') => plain(0, None),
        Some(b'+') => plain(1, None),
        Some(b'?') => plain(0, Some(1)),
        _ => braces(text),
    }
}

/// `{2}`, `{2,}` or `{2,5}`.
fn braces(text: &str) -> Result<Option<(Count, &str)>, String> {
    let Some((least, most, after)) = bounds(text) else {
        return Ok(None);
    };
    if least > MAX_COPIES || most.is_some_and(|most| most > MAX_COPIES || most < least) {
        return Err(problem("invalid repeat count", span(text, after)));
    }
    Ok(Some((
        Count {
            least,
            most,
            counted: true,
        },
        after,
    )))
}

fn bounds(text: &str) -> Option<(u64, Option<u64>, &str)> {
    let (least, rest) = decimal(text.strip_prefix('{')?)?;
    let Some(rest) = rest.strip_prefix(',') else {
        return Some((least, Some(least), rest.strip_prefix('}')?));
    };
    if let Some(after) = rest.strip_prefix('}') {
        return Some((least, None, after));
    }
    let (most, rest) = decimal(rest)?;
    Some((least, Some(most), rest.strip_prefix('}')?))
}

/// A number without leading zeros; one that is too large for the type is at any rate too large to repeat.
fn decimal(text: &str) -> Option<(u64, &str)> {
    let length = text
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let digits = text.get(..length)?;
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    Some((digits.parse().unwrap_or(u64::MAX), tail(text, length)))
}

fn escaped(character: char) -> String {
    if "\\.+*?()|[]{}^$#&-~".contains(character) {
        format!("\\{character}")
    } else {
        character.to_string()
    }
}
