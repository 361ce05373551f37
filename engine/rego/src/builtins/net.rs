//! IP addresses and networks. Nothing here talks to anyone.

mod address;
mod merge;
mod network;
#[cfg(test)]
mod tests;

pub(super) use address::{check_address, parse_ip};

use network::Network;

use super::golang::{builtin, deprecated, failed, units};
use super::operand::{operand_error, string, type_error};
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::{Array, Set, Value};

const ELEMENT: Type = Type::OneOf(&[Type::String, Type::Array(&Type::Any)]);

const MATCHED: Type = Type::OneOf(&[
    Type::String,
    Type::Array(&ELEMENT),
    Type::Object,
    Type::Set(&ELEMENT),
]);

const STRINGS: Type = Type::OneOf(&[Type::Array(&Type::String), Type::Set(&Type::String)]);

const PAIRS: Type = Type::Set(&Type::Array(&Type::Any));

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(
        "net.cidr_contains",
        &[Type::String, Type::String],
        Type::Boolean,
        contains,
    ),
    builtin(
        "net.cidr_contains_matches",
        &[MATCHED, MATCHED],
        PAIRS,
        contains_matches,
    ),
    builtin(
        "net.cidr_expand",
        &[Type::String],
        Type::Set(&Type::String),
        expand,
    ),
    builtin(
        "net.cidr_intersects",
        &[Type::String, Type::String],
        Type::Boolean,
        intersects,
    ),
    builtin(
        "net.cidr_is_valid",
        &[Type::String],
        Type::Boolean,
        is_valid,
    ),
    builtin(
        "net.cidr_merge",
        &[STRINGS],
        Type::Set(&Type::String),
        merge_networks,
    ),
    deprecated(
        "net.cidr_overlap",
        &[Type::String, Type::String],
        Type::Boolean,
        contains,
    ),
];

/// A text among the operands. OPA calls every one of them operand 1.
fn text<'v>(call: &Call<'_>, value: &'v Value) -> Result<&'v str, BuiltinError> {
    value
        .as_str()
        .ok_or_else(|| type_error(call, 1, value, &["string"]))
}

fn network(call: &Call<'_>, value: &Value) -> Result<Network, BuiltinError> {
    let text = text(call, value)?;
    Network::parse(text).ok_or_else(|| failed(call, format!("invalid CIDR address: {text}")))
}

fn pair<'v>(call: &Call<'_>, args: &'v [Value]) -> Result<(&'v Value, &'v Value), BuiltinError> {
    match args {
        [first, second, ..] => Ok((first, second)),
        _ => Err(operand_error(call, 2, "is missing")),
    }
}

fn contains(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let (outer, inner) = pair(call, args)?;
    Ok(Some(Value::Bool(network_contains(call, outer, inner)?)))
}

/// Whether a network contains an address or another network.
fn network_contains(call: &Call<'_>, outer: &Value, inner: &Value) -> Result<bool, BuiltinError> {
    call.meter.step(4)?;
    let outer = network(call, outer)?;
    let inner = text(call, inner)?;
    if let Some(address) = parse_ip(inner) {
        return Ok(outer.contains(address));
    }
    let Some(inner) = Network::parse(inner) else {
        let message =
            format!("not a valid textual representation of an IP address or CIDR: {inner}");
        return Err(failed(call, &message));
    };
    Ok(outer.contains(inner.first()) && outer.contains(inner.last()))
}

fn intersects(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let (first, second) = pair(call, args)?;
    call.meter.step(4)?;
    let first = network(call, first)?;
    let second = network(call, second)?;
    Ok(Some(Value::Bool(
        first.contains(second.first()) || second.contains(first.first()),
    )))
}

fn is_valid(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    call.meter.step(4)?;
    let valid = args
        .first()
        .and_then(Value::as_str)
        .is_some_and(|text| Network::parse(text).is_some());
    Ok(Some(Value::Bool(valid)))
}

/// All addresses of a network, which are paid for before the first is made.
fn expand(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let cidr = string(call, args, 1)?;
    let network = Network::parse(cidr)
        .ok_or_else(|| failed(call, format!("invalid CIDR address: {cidr}")))?;
    let addresses = network
        .size()
        .and_then(|size| u64::try_from(size).ok())
        .unwrap_or(u64::MAX);
    call.meter.step(addresses)?;
    call.meter.alloc(addresses.saturating_mul(64))?;
    let members: Vec<Value> = network
        .addresses()
        .map(|address| Value::from(address.to_string()))
        .collect();
    Ok(Some(Value::Set(Set::from(members))))
}

/// What one collection of networks contains of another, by the places of both.
fn contains_matches(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let (first, second) = pair(call, args)?;
    let outer = candidates(call, 1, first)?;
    if outer.is_empty() {
        return Ok(Some(Value::Set(Set::default())));
    }
    let inner = candidates(call, 2, second)?;
    let mut found = Vec::new();
    for (network, place) in &outer {
        for (address, other_place) in &inner {
            if network_contains(call, network, address)? {
                call.meter.alloc(units(size_of::<Value>()) * 4)?;
                found.push(Value::from(vec![place.clone(), other_place.clone()]));
            }
        }
    }
    Ok(Some(Value::Set(Set::from(found))))
}

/// Networks with their places: an index, a key, or the element itself.
type Candidates<'v> = Vec<(&'v Value, Value)>;

fn candidates<'v>(
    call: &Call<'_>,
    position: usize,
    operand: &'v Value,
) -> Result<Candidates<'v>, BuiltinError> {
    call.meter
        .step(units(operand.count().unwrap_or_default()) + 1)?;
    let element = |value: &'v Value| element(call, position, value);
    match operand {
        Value::String(_) => Ok(vec![(operand, operand.clone())]),
        Value::Array(items) => indexed(items, element),
        Value::Set(set) => set
            .iter()
            .map(|member| Ok((element(member)?, member.clone())))
            .collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| Ok((element(value)?, key.clone())))
            .collect(),
        _ => Ok(Vec::new()),
    }
}

fn indexed<'v>(
    items: &'v Array,
    element: impl Fn(&'v Value) -> Result<&'v Value, BuiltinError>,
) -> Result<Candidates<'v>, BuiltinError> {
    let place = |index: usize| Value::from(i64::try_from(index).unwrap_or(i64::MAX));
    items
        .iter()
        .enumerate()
        .map(|(index, item)| Ok((element(item)?, place(index))))
        .collect()
}

/// A text, or an array that begins with one.
fn element<'v>(
    call: &Call<'_>,
    position: usize,
    value: &'v Value,
) -> Result<&'v Value, BuiltinError> {
    let found = match value {
        Value::String(_) => Some(value),
        Value::Array(items) => items.get(0),
        _ => None,
    };
    found.ok_or_else(|| {
        failed(
            call,
            format!("operand {position}: element must be string or non-empty array"),
        )
    })
}

/// The fewest networks that cover the same addresses.
fn merge_networks(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let items = match args.first() {
        Some(Value::Array(items)) => items.as_slice(),
        Some(Value::Set(set)) => set.as_slice(),
        _ => return Err(failed(call, "operand must be an array")),
    };
    call.meter.step(units(items.len()).saturating_mul(4) + 1)?;
    let networks: Result<Vec<Network>, BuiltinError> = items
        .iter()
        .map(|item| merged_element(call, item))
        .collect();
    let merged = merge::merged(networks?);
    call.meter.alloc(units(merged.len()).saturating_mul(64))?;
    Ok(Some(Value::Set(
        merged
            .iter()
            .map(|network| Value::from(network.to_string()))
            .collect(),
    )))
}

/// A network, or an address of version 4, which stands for the network of its class.
fn merged_element(call: &Call<'_>, item: &Value) -> Result<Network, BuiltinError> {
    let Value::String(text) = item else {
        return Err(failed(call, "element must be string"));
    };
    match parse_ip(text) {
        Some(address) => Network::of_class(address)
            .ok_or_else(|| failed(call, "IPv6 invalid: needs prefix length")),
        None => Network::parse(text)
            .ok_or_else(|| failed(call, format!("invalid CIDR address: {text}"))),
    }
}
