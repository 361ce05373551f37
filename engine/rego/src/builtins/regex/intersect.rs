//! Whether two glob-like expressions match a common text, as `gintersect` decides it.
//!
//! Only `.`, `*`, `+`, `[`, `-`, `]` and `\` are special. The walk is that of OPA's library, whose answers it keeps
//! where they are not those of set theory; what was decided once is remembered, so that it cannot run on.

mod tokens;

use std::collections::HashMap;

use tokens::{Flag, Token};

use crate::builtins::golang::units;
use crate::builtins::{BuiltinError, Meter};

/// How deep the walk may go; it goes one deeper per repetition.
const MAX_DEPTH: usize = 400;

/// Whether a text matches both expressions.
pub(super) fn intersects(meter: &Meter, left: &str, right: &str) -> Result<bool, BuiltinError> {
    let left = tokens::read(left).map_err(BuiltinError::Failed)?;
    let right = tokens::read(right).map_err(BuiltinError::Failed)?;
    let Some((left, right)) = trim(&left, &right) else {
        return Ok(false);
    };
    let mut walk = Walk {
        meter,
        decided: HashMap::new(),
        depth: 0,
    };
    walk.normal(left, right)
}

fn plain(token: &Token) -> bool {
    token.flag == Flag::None
}

/// Without the beginnings and ends that match token by token; nothing if they cannot match.
fn trim<'tokens>(
    left: &'tokens [Token],
    right: &'tokens [Token],
) -> Option<(&'tokens [Token], &'tokens [Token])> {
    let mut front = 0;
    while let (Some(a), Some(b)) = (left.get(front), right.get(front)) {
        if !plain(a) || !plain(b) {
            break;
        }
        if !a.meets(b) {
            return None;
        }
        front += 1;
    }
    // One token stays, because the walk needs something to begin with.
    let front = front.saturating_sub(1);
    let (left, right) = (left.get(front..)?, right.get(front..)?);
    let mut back = 0_usize;
    for (a, b) in left.iter().rev().zip(right.iter().rev()) {
        if !plain(a) || !plain(b) {
            break;
        }
        if !a.meets(b) {
            return None;
        }
        back += 1;
    }
    let back = back.saturating_sub(1);
    Some((
        left.get(..left.len() - back)?,
        right.get(..right.len() - back)?,
    ))
}

/// Which question was asked of which rests: the rests are known by their lengths.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Question {
    /// Whether the expressions have changed places.
    swapped: bool,
    first: usize,
    second: usize,
}

struct Walk<'meter> {
    meter: &'meter Meter,
    decided: HashMap<Question, bool>,
    depth: usize,
}

impl Walk<'_> {
    fn normal(&mut self, first: &[Token], second: &[Token]) -> Result<bool, BuiltinError> {
        self.ask(false, first, second)
    }

    /// Walks both while neither repeats; then decides by the one that does.
    fn ask(
        &mut self,
        swapped: bool,
        first: &[Token],
        second: &[Token],
    ) -> Result<bool, BuiltinError> {
        let question = Question {
            swapped,
            first: first.len(),
            second: second.len(),
        };
        if let Some(answer) = self.decided.get(&question) {
            return Ok(*answer);
        }
        if self.depth >= MAX_DEPTH {
            return Err(BuiltinError::Failed(
                "the expressions repeat too often".to_owned(),
            ));
        }
        self.depth += 1;
        let answer = self.decide(swapped, first, second)?;
        self.depth -= 1;
        self.meter.alloc(48)?;
        self.decided.insert(question, answer);
        Ok(answer)
    }

    fn decide(
        &mut self,
        swapped: bool,
        first: &[Token],
        second: &[Token],
    ) -> Result<bool, BuiltinError> {
        let (mut first, mut second) = (first, second);
        while let ([a, first_rest @ ..], [b, second_rest @ ..]) = (first, second) {
            self.meter.step(1)?;
            if !plain(a) {
                return self.special(swapped, first, second);
            }
            if !plain(b) {
                return self.special(!swapped, second, first);
            }
            if !a.meets(b) {
                return Ok(false);
            }
            (first, second) = (first_rest, second_rest);
        }
        Ok(first.is_empty() && second.is_empty())
    }

    /// Decides when the first token of `repeating` repeats.
    fn special(
        &mut self,
        swapped: bool,
        repeating: &[Token],
        other: &[Token],
    ) -> Result<bool, BuiltinError> {
        match (repeating, other) {
            ([token, ..], [_, ..]) if token.flag == Flag::Plus => {
                self.plus(swapped, repeating, other)
            }
            _ => self.star(swapped, repeating, other),
        }
    }

    fn plus(
        &mut self,
        swapped: bool,
        repeating: &[Token],
        other: &[Token],
    ) -> Result<bool, BuiltinError> {
        let ([token, after_token @ ..], [taken, after_taken @ ..]) = (repeating, other) else {
            return Ok(false);
        };
        if !token.meets(taken) {
            return Ok(false);
        }
        if self.star(swapped, repeating, after_taken)? {
            return Ok(true);
        }
        Ok(!plain(taken) && self.ask(swapped, after_token, other)?)
    }

    /// Takes tokens of the other expression until the rests meet.
    fn star(
        &mut self,
        swapped: bool,
        repeating: &[Token],
        other: &[Token],
    ) -> Result<bool, BuiltinError> {
        let Some((token, after)) = repeating.split_first() else {
            return Ok(false);
        };
        self.meter.step(units(other.len()))?;
        for (index, taken) in other.iter().enumerate() {
            let next_meets = after.first().is_some_and(|next| taken.meets(next));
            let rest = other.get(index..).unwrap_or_default();
            if next_meets && self.ask(swapped, after, rest)? {
                return Ok(true);
            }
            if !taken.meets(token) {
                return Ok(false);
            }
        }
        Ok(after.is_empty())
    }
}
