//! Hexadecimal digits, two per byte.

use std::fmt::Write;

use crate::builtins::golang::{failed, is_print, lossy, units};
use crate::builtins::operand::string;
use crate::builtins::{BuiltinError, Call};
use crate::value::Value;

pub(super) fn encode(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    call.meter.step(units(text.len()) / 8 + 1)?;
    call.meter.alloc(units(text.len()).saturating_mul(2))?;
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    Ok(Some(Value::from(out)))
}

pub(super) fn decode(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    call.meter.step(units(text.len()) / 8 + 1)?;
    call.meter.alloc(units(text.len()))?;
    let bytes = bytes(text).map_err(|text| failed(call, &text))?;
    Ok(Some(Value::from(lossy(&bytes))))
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let pair = |digits: &[u8]| {
        let values = digits
            .iter()
            .map(|digit| value(*digit))
            .collect::<Result<Vec<u8>, String>>()?;
        match values.as_slice() {
            [high, low] => Ok((high << 4) | low),
            _ => Err("encoding/hex: odd length hex string".to_owned()),
        }
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

fn value(digit: u8) -> Result<u8, String> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(invalid(char::from(digit))),
    }
}

fn invalid(byte: char) -> String {
    let glyph = if is_print(byte) {
        format!(" '{byte}'")
    } else {
        String::new()
    };
    format!(
        "encoding/hex: invalid byte: U+{:04X}{glyph}",
        u32::from(byte)
    )
}
