//! Lists of integers, and integers that look random.

use num_bigint::{BigInt, Sign};

use super::integer;
use crate::builtins::operand::{self, Answer, fail, size};
use crate::builtins::{BuiltinError, Call};
use crate::value::Value;

/// All integers from one to another, both included, up or down.
pub(super) fn range(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let from = integer::operand(call, args, 1)?;
    let to = integer::operand(call, args, 2)?;
    steps(call, &from, &to, &BigInt::from(1)).map(Some)
}

/// As [`range`], with a distance between them.
pub(super) fn range_step(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let from = integer::operand(call, args, 1)?;
    let to = integer::operand(call, args, 2)?;
    let step = integer::operand(call, args, 3)?;
    if step.sign() != Sign::Plus {
        return Err(fail(
            call,
            "numbers.range_step: step must be a positive integer",
        ));
    }
    steps(call, &from, &to, &step).map(Some)
}

/// The integers, after their number has been charged. Only if all of it is paid is anything computed.
fn steps(
    call: &Call<'_>,
    from: &BigInt,
    to: &BigInt,
    step: &BigInt,
) -> Result<Value, BuiltinError> {
    let distance: BigInt = to - from;
    let count = u64::try_from(distance.magnitude() / step.magnitude()).unwrap_or(u64::MAX);
    let count = count.saturating_add(1);
    call.meter.step(count)?;
    call.meter
        .alloc(count.saturating_mul(size(size_of::<Value>())))?;
    let signed = if distance.sign() == Sign::Minus {
        -step
    } else {
        step.clone()
    };
    let mut items = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    let ends = (
        i64::try_from(from),
        i64::try_from(to),
        i64::try_from(&signed),
    );
    if let (Ok(mut current), Ok(_), Ok(step)) = ends {
        for _ in 0..count {
            items.push(Value::from(current));
            // The one after the last may not exist; it is not used.
            current = current.wrapping_add(step);
        }
    } else {
        let mut current = from.clone();
        for _ in 0..count {
            items.push(integer::to_value(call, &current)?);
            current += &signed;
        }
    }
    Ok(Value::from(items))
}

/// An integer below the second operand that follows from the seed and both operands, and from nothing else.
pub(super) fn rand_intn(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let key = operand::string(call, args, 1)?;
    let limit = operand::integer(call, args, 2)?.unsigned_abs();
    call.meter.step(size(key.len()) / 16)?;
    let bytes = key.bytes().chain(limit.to_le_bytes());
    let random = scramble(call.facts.seed, bytes)
        .checked_rem(limit)
        .unwrap_or(0);
    Ok(Some(Value::from(i64::try_from(random).unwrap_or(0))))
}

/// FNV-1a over the bytes, begun at the seed and finished with the last rounds of splitmix64.
fn scramble(seed: u64, bytes: impl Iterator<Item = u8>) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed;
    let hash = bytes.fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
