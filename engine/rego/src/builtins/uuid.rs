//! UUIDs: made from the seed of the evaluation, and taken apart.

#[cfg(test)]
mod tests;

use std::fmt::Write;

use super::golang::{builtin, units};
use super::operand::string;
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::{ObjectBuilder, Value};

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("uuid.rfc4122", &[Type::String], Type::String, rfc_4122),
    builtin("uuid.parse", &[Type::String], Type::Object, parse),
];

/// 100-nanosecond intervals from 15 October 1582, where the clock of UUIDs begins, to 1 January 1970.
const EPOCH: i64 = 0x01b2_1dd2_1381_4000;

/// The same UUID for the same key within an evaluation, of version 4.
fn rfc_4122(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let key = args.first().unwrap_or(&Value::Null).to_string();
    call.meter.step(units(key.len()) + 1)?;
    call.meter.alloc(64)?;
    let high = derived(call.facts.seed, &key, 1);
    let low = derived(call.facts.seed, &key, 2);
    let bits = (u128::from(high) << 64) | u128::from(low);
    let version_4 = (bits & !(0xf << 76)) | (0x4 << 76);
    let variant = (version_4 & !(0b11 << 62)) | (0b10 << 62);
    Ok(Some(Value::from(spelt(variant.to_be_bytes()))))
}

/// A number that depends on all of a seed, a key and a part: FNV-1a, mixed as in `SplitMix64`. It is no secret.
fn derived(seed: u64, key: &str, part: u64) -> u64 {
    let start = mixed(seed.wrapping_add(part.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    mixed(key.bytes().fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}

fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn spelt(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.into_iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The fields of a UUID; undefined for what is none.
fn parse(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    call.meter.step(4)?;
    call.meter.alloc(512)?;
    Ok(bytes(text).map(fields))
}

/// The bytes of a UUID: with hyphens, and braces or a URN around them, or as 32 digits.
fn bytes(text: &str) -> Option<[u8; 16]> {
    let text = match text.len() {
        36 => text,
        45 => text
            .get(..9)
            .filter(|prefix| prefix.eq_ignore_ascii_case("urn:uuid:"))
            .and(text.get(9..))?,
        // Go looks neither at what is before nor at what is after the 36 characters in the middle.
        38 => text.get(1..37)?,
        32 => return hexadecimal(text),
        _ => return None,
    };
    let mut digits = String::with_capacity(32);
    for (index, character) in text.char_indices() {
        match (index, character) {
            (8 | 13 | 18 | 23, '-') => {}
            (8 | 13 | 18 | 23, _) => return None,
            (_, digit) => digits.push(digit),
        }
    }
    hexadecimal(&digits)
}

fn hexadecimal(digits: &str) -> Option<[u8; 16]> {
    let valid = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let bits = valid
        .then(|| u128::from_str_radix(digits, 16).ok())
        .flatten()?;
    Some(bits.to_be_bytes())
}

fn fields(bytes: [u8; 16]) -> Value {
    let bits = u128::from_be_bytes(bytes);
    let version = field(bits, 76, 4);
    let mut object = ObjectBuilder::default();
    object.insert_str("version", version);
    object.insert_str("variant", variant(field(bits, 61, 3)));
    if version == 1 || version == 2 {
        object.insert_str("time", unix_nanoseconds(bits));
        object.insert_str("nodeid", node(bytes));
        object.insert_str("macvariables", node_kind(field(bits, 40, 2)));
        object.insert_str("clocksequence", field(bits, 48, 14));
    }
    if version == 2 {
        object.insert_str("id", field(bits, 96, 32));
        object.insert_str("domain", domain(field(bits, 48, 8)));
    }
    Value::Object(object.finish())
}

/// Some bits of a UUID, counted from the lowest.
fn field(bits: u128, from: u32, length: u32) -> i64 {
    i64::try_from((bits >> from) & ((1 << length) - 1)).unwrap_or_default()
}

fn variant(bits: i64) -> &'static str {
    match bits {
        0b100 | 0b101 => "RFC4122",
        0b110 => "Microsoft",
        0b111 => "Future",
        _ => "Reserved",
    }
}

fn unix_nanoseconds(bits: u128) -> i64 {
    let low = field(bits, 96, 32);
    let middle = field(bits, 80, 16);
    let high = field(bits, 64, 12);
    let intervals = low | (middle << 32) | (high << 48);
    (intervals - EPOCH).wrapping_mul(100)
}

/// The node as a MAC address is written.
fn node(bytes: [u8; 16]) -> String {
    let octets: Vec<String> = bytes
        .into_iter()
        .skip(10)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    octets.join("-")
}

/// What the lowest two bits of the first octet say of a MAC address.
fn node_kind(bits: i64) -> &'static str {
    match bits {
        0b11 => "local:multicast",
        0b01 => "global:multicast",
        0b10 => "local:unicast",
        _ => "global:unicast",
    }
}

fn domain(number: i64) -> String {
    match number {
        0 => "Person".to_owned(),
        1 => "Group".to_owned(),
        2 => "Org".to_owned(),
        other => format!("Domain{other}"),
    }
}
