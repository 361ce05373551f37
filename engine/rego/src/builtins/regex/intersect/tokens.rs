//! The tokens of glob-like expressions.

/// How often a token repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    None,
    Plus,
    Star,
}

/// One character or class, and how often it repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) flag: Flag,
}

/// What a token matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    /// Code points from, up to and including; sorted, apart from each other. A single character is a range of one.
    Ranges(Vec<(u32, u32)>),
}

impl Token {
    /// Whether some character matches both. A class without members still meets `.`.
    pub(super) fn meets(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Any, _) | (_, Kind::Any) => true,
            (Kind::Ranges(left), Kind::Ranges(right)) => overlap(left, right),
        }
    }
}

fn overlap(mut left: &[(u32, u32)], mut right: &[(u32, u32)]) -> bool {
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        if a.1 < b.0 {
            left = left_rest;
        } else if b.1 < a.0 {
            right = right_rest;
        } else {
            return true;
        }
    }
    false
}

/// The tokens of an expression, without repetitions that add nothing. The error is what OPA says.
pub(super) fn read(text: &str) -> Result<Vec<Token>, String> {
    let mut reader = Reader {
        text,
        characters: text.chars().collect(),
        at: 0,
    };
    let mut tokens: Vec<Token> = Vec::new();
    while reader.at < reader.characters.len() {
        let kind = reader.kind()?;
        let flag = reader.flag()?;
        add(&mut tokens, Token { kind, flag });
    }
    Ok(tokens)
}

/// Of equal neighbours that both repeat one stays; `+` outweighs `*`.
fn add(tokens: &mut Vec<Token>, token: Token) {
    if let Some(last) = tokens.last_mut() {
        let both_repeat = last.flag != Flag::None && token.flag != Flag::None;
        if both_repeat && last.kind == token.kind {
            let plus = last.flag == Flag::Plus || token.flag == Flag::Plus;
            last.flag = if plus { Flag::Plus } else { Flag::Star };
            return;
        }
    }
    tokens.push(token);
}

struct Reader<'text> {
    text: &'text str,
    characters: Vec<char>,
    at: usize,
}

impl Reader<'_> {
    fn invalid<T>(&self, at: usize, message: &str) -> Result<T, String> {
        Err(format!(
            "input:{}, pos:{at}, {message}: the input provided is invalid",
            self.text
        ))
    }

    /// The next character and whether it is escaped; nothing at the end.
    fn next(&mut self) -> Result<Option<(char, bool)>, String> {
        let Some(first) = self.characters.get(self.at).copied() else {
            return Ok(None);
        };
        if first != '\\' {
            self.at += 1;
            return Ok(Some((first, false)));
        }
        let Some(escaped) = self.characters.get(self.at + 1).copied() else {
            return self.invalid(self.at, "input ends with a \\ (escape) character");
        };
        self.at += 2;
        Ok(Some((escaped, true)))
    }

    fn kind(&mut self) -> Result<Kind, String> {
        match self.next()? {
            Some(('.', false)) => Ok(Kind::Any),
            Some(('[', false)) => self.set(),
            Some((']', false)) => self.invalid(self.at, "set-close ']' with no preceding '['"),
            Some((flag @ ('*' | '+'), false)) => self.invalid(
                self.at,
                &format!("flag '{flag}' must be preceded by a non-flag"),
            ),
            Some((character, _)) => Ok(Kind::Ranges(vec![(
                u32::from(character),
                u32::from(character),
            )])),
            None => Ok(Kind::Ranges(Vec::new())),
        }
    }

    fn flag(&mut self) -> Result<Flag, String> {
        let before = self.at;
        let flag = match self.next()? {
            Some(('*', false)) => Flag::Star,
            Some(('+', false)) => Flag::Plus,
            _ => Flag::None,
        };
        if flag == Flag::None {
            self.at = before;
        }
        Ok(flag)
    }

    /// The members of a class, after its opening bracket.
    fn set(&mut self) -> Result<Kind, String> {
        let mut ranges = Vec::new();
        let mut previous = None;
        while let Some((character, escaped)) = self.next()? {
            match character {
                ']' if !escaped => return Ok(Kind::Ranges(merged(ranges))),
                '-' if !escaped => {
                    ranges.push(self.range(previous.take())?);
                }
                member => {
                    ranges.push((u32::from(member), u32::from(member)));
                    previous = Some(member);
                }
            }
        }
        self.invalid(self.at, "found [ without matching ]")
    }

    /// The range that a dash makes of the character before it and the one after it.
    fn range(&mut self, low: Option<char>) -> Result<(u32, u32), String> {
        let Some(low) = low else {
            return self.invalid(
                self.at,
                "range character '-' must be preceded by a Unicode character",
            );
        };
        let missing = "range character '-' must be followed by a Unicode character";
        if self.at + 1 >= self.characters.len() {
            return self.invalid(self.at, missing);
        }
        match self.next()? {
            None => self.invalid(self.at, missing),
            Some((']' | '-', false)) => self.invalid(
                self.at,
                "range character '-' cannot be followed by a special symbol",
            ),
            Some((high, _)) if high < low => {
                let order =
                    format!("range is out of order: '{high}' comes before '{low}' in Unicode");
                self.invalid(self.at, &order)
            }
            Some((high, _)) => Ok((u32::from(low), u32::from(high))),
        }
    }
}

/// Sorted ranges of which no two touch, so that equal classes are equal.
fn merged(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
    for (low, high) in ranges {
        match merged.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => merged.push((low, high)),
        }
    }
    merged
}
