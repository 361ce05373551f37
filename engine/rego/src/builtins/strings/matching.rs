//! Whether any of many texts begins or ends with any of many others.

use std::collections::{BTreeSet, HashSet};

use crate::builtins::Call;
use crate::builtins::operand::{Answer, size, string_or_strings};
use crate::value::Value;

pub(super) fn any_prefix_match(call: &mut Call<'_>, args: &[Value]) -> Answer {
    any_match(call, args, |text, length| text.get(..length))
}

pub(super) fn any_suffix_match(call: &mut Call<'_>, args: &[Value]) -> Answer {
    any_match(call, args, |text, length| {
        text.get(text.len().checked_sub(length)?..)
    })
}

/// Looks up one part of every text for each length that the affixes have.
fn any_match(
    call: &Call<'_>,
    args: &[Value],
    part: for<'t> fn(&'t [u8], usize) -> Option<&'t [u8]>,
) -> Answer {
    let texts = string_or_strings(call, args, 1)?;
    let affixes = string_or_strings(call, args, 2)?;
    call.meter.step(size(affixes.len()))?;
    call.meter.alloc(size(affixes.len()).saturating_mul(48))?;
    let lengths: BTreeSet<usize> = affixes.iter().map(|affix| affix.len()).collect();
    let affixes: HashSet<&[u8]> = affixes.iter().map(|affix| affix.as_bytes()).collect();
    for text in texts {
        for length in &lengths {
            let Some(part) = part(text.as_bytes(), *length) else {
                break;
            };
            call.meter.step(size(*length) / 16 + 1)?;
            if affixes.contains(part) {
                return Ok(Some(Value::from(true)));
            }
        }
    }
    Ok(Some(Value::from(false)))
}
