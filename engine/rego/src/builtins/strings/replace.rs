//! Replacing texts, as Go's `strings.Replacer` does: from left to right, without looking at what was put in.

use crate::builtins::golang::lossy;
use crate::builtins::operand::{self, Answer, object, size, string};
use crate::builtins::{BuiltinError, Call};
use crate::value::Value;

/// A text and what it is replaced with.
type Pair<'v> = (&'v [u8], &'v [u8]);

/// Replaces a text everywhere.
pub(super) fn replace(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = string(call, args, 1)?;
    let old = string(call, args, 2)?;
    let new = string(call, args, 3)?;
    if old.is_empty() {
        return replaced(call, text, &[pair(old, new)]).map(Some);
    }
    call.meter.step(size(text.len()) / 16)?;
    let count = text.matches(old).count();
    if count == 0 {
        return operand::any(call, args, 1).cloned().map(Some);
    }
    let added = size(count).saturating_mul(size(new.len()));
    call.meter.step(added / 16)?;
    call.meter.alloc(size(text.len()).saturating_add(added))?;
    Ok(Some(Value::from(text.replace(old, new))))
}

/// Replaces many texts; where several match, the first in order is taken.
pub(super) fn replace_n(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let patterns = object(call, args, 1)?;
    let text = string(call, args, 2)?;
    call.meter.step(size(patterns.len()))?;
    let mut pairs = Vec::with_capacity(patterns.len());
    for (old, new) in patterns.iter() {
        let Some(old) = old.as_str() else {
            return Err(operand::operand_error(
                call,
                1,
                "non-string key found in pattern object",
            ));
        };
        let Some(new) = new.as_str() else {
            return Err(operand::operand_error(
                call,
                1,
                "non-string value found in pattern object",
            ));
        };
        pairs.push(pair(old, new));
    }
    replaced(call, text, &pairs).map(Some)
}

fn pair<'v>(old: &'v str, new: &'v str) -> Pair<'v> {
    (old.as_bytes(), new.as_bytes())
}

/// Goes through the bytes as Go does: an empty text matches before every byte, unless it has just matched there, and
/// so can tear characters apart; then their bytes become U+FFFD.
fn replaced(call: &Call<'_>, text: &str, pairs: &[Pair<'_>]) -> Result<Value, BuiltinError> {
    let bytes = text.as_bytes();
    call.meter.step(size(bytes.len()) / 4)?;
    let table = Table::new(pairs);
    let mut out = Vec::new();
    let mut at = 0;
    let mut empty_matched = false;
    while let Some(rest) = bytes.get(at..) {
        let found = table.find(call, rest, empty_matched)?;
        empty_matched = found.is_some_and(|(old, _)| old.is_empty());
        match (found, rest.first()) {
            (Some((old, new)), _) => {
                call.meter.alloc(size(new.len()))?;
                call.meter.step(size(new.len()) / 16)?;
                out.extend_from_slice(new);
                at = at.saturating_add(old.len());
            }
            (None, Some(byte)) => {
                call.meter.alloc(1)?;
                out.push(*byte);
                at = at.saturating_add(1);
            }
            (None, None) => break,
        }
    }
    Ok(Value::from(lossy(&out)))
}

/// The pairs by the first byte of what they replace, each group in the order of all pairs.
struct Table<'p> {
    empty: Option<Pair<'p>>,
    groups: Vec<Vec<Pair<'p>>>,
}

impl<'p> Table<'p> {
    fn new(pairs: &[Pair<'p>]) -> Self {
        let mut table = Self {
            empty: None,
            groups: vec![Vec::new(); 256],
        };
        for pair in pairs {
            let Some(first) = pair.0.first() else {
                table.empty = Some(*pair);
                continue;
            };
            if let Some(group) = table.groups.get_mut(usize::from(*first)) {
                group.push(*pair);
            }
        }
        table
    }

    /// The first pair that matches at the beginning. The empty text sorts before all others, so it comes first
    /// unless it is passed over.
    fn find(
        &self,
        call: &Call<'_>,
        rest: &[u8],
        pass_empty: bool,
    ) -> Result<Option<Pair<'p>>, BuiltinError> {
        if let Some(empty) = self.empty.filter(|_| !pass_empty) {
            call.meter.step(1)?;
            return Ok(Some(empty));
        }
        let group = rest
            .first()
            .and_then(|first| self.groups.get(usize::from(*first)));
        let Some(group) = group else {
            return Ok(None);
        };
        call.meter.step(size(group.len()))?;
        Ok(group.iter().find(|(old, _)| rest.starts_with(old)).copied())
    }
}
