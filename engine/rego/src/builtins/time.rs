//! Times as Go has them: instants, zones, layouts and durations. The clock is what the caller says it is.

mod civil;
mod duration;
mod format;
mod layout;
mod parse;
#[cfg(test)]
mod tests;
mod zone;

use super::golang::{builtin, failed, units};
use super::operand::{any, integer, operand_error, string, type_error};
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::{Array, Number, Value};

use civil::{Civil, Instant, days_in};
use zone::{Moment, Zone};

const TIME: Type = Type::OneOf(&[Type::Number, Type::Array(&Type::Any)]);

const NUMBERS: Type = Type::Array(&Type::Number);

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("time.now_ns", &[], Type::Number, now_ns),
    builtin(
        "time.parse_ns",
        &[Type::String, Type::String],
        Type::Number,
        parse_ns,
    ),
    builtin(
        "time.parse_rfc3339_ns",
        &[Type::String],
        Type::Number,
        parse_rfc_3339_ns,
    ),
    builtin(
        "time.parse_duration_ns",
        &[Type::String],
        Type::Number,
        parse_duration_ns,
    ),
    builtin("time.date", &[TIME], NUMBERS, date),
    builtin("time.clock", &[TIME], NUMBERS, clock),
    builtin("time.weekday", &[TIME], Type::String, weekday),
    builtin(
        "time.add_date",
        &[Type::Number, Type::Number, Type::Number, Type::Number],
        Type::Number,
        add_date,
    ),
    builtin("time.diff", &[TIME, TIME], NUMBERS, diff),
    builtin("time.format", &[TIME], Type::String, format_time),
];

/// Whether a text is a time in one of Go's layouts.
pub(super) fn parses(layout: &str, text: &str) -> bool {
    parse::instant(layout, text).is_ok()
}

fn now_ns(call: &mut Call<'_>, _: &[Value]) -> Result<Option<Value>, BuiltinError> {
    call.meter.step(1)?;
    Ok(Some(Value::from(call.facts.now_ns)))
}

fn parse_ns(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let layout = string(call, args, 1)?;
    let text = string(call, args, 2)?;
    parsed(call, layout::named(layout).unwrap_or(layout), text)
}

fn parse_rfc_3339_ns(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    parsed(call, layout::RFC_3339, text)
}

fn parsed(call: &Call<'_>, layout: &str, text: &str) -> Result<Option<Value>, BuiltinError> {
    call.meter.step(units(layout.len() + text.len()) + 1)?;
    let instant = parse::instant(layout, text).map_err(|text| failed(call, &text))?;
    nanoseconds(call, instant)
}

/// The nanoseconds since 1970, if they fit into 64 bits.
fn nanoseconds(call: &Call<'_>, instant: Instant) -> Result<Option<Value>, BuiltinError> {
    match instant.nanoseconds() {
        Some(nanoseconds) => Ok(Some(Value::from(nanoseconds))),
        None => Err(failed(call, "time outside of valid range")),
    }
}

fn parse_duration_ns(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    call.meter.step(units(text.len()) + 1)?;
    let duration = duration::parse_extended(text).map_err(|text| failed(call, &text))?;
    Ok(Some(Value::from(duration)))
}

fn date(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let civil = operand(call, args, 1)?.moment.civil();
    Ok(Some(numbers([civil.year, civil.month, civil.day])))
}

fn clock(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let civil = operand(call, args, 1)?.moment.civil();
    Ok(Some(numbers([civil.hour, civil.minute, civil.second])))
}

fn numbers<const N: usize>(numbers: [i64; N]) -> Value {
    Value::Array(numbers.into_iter().map(Value::from).collect::<Array>())
}

fn weekday(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let civil = operand(call, args, 1)?.moment.civil();
    Ok(Some(Value::string(civil.weekday())))
}

fn add_date(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let moment = operand(call, args, 1)?.moment;
    let years = integer(call, args, 2)?;
    let months = integer(call, args, 3)?;
    let days = integer(call, args, 4)?;
    match moment.add_date(years, months, days) {
        Some(instant) => nanoseconds(call, instant),
        None => Err(failed(call, "time outside of valid range")),
    }
}

/// Years, months, days, hours, minutes and seconds between two times, in the zone of the first.
fn diff(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let first = operand(call, args, 1)?.moment;
    let second = operand(call, args, 2)?.moment.with_zone(first.zone.clone());
    let (earlier, later) = if first.instant > second.instant {
        (second, first)
    } else {
        (first, second)
    };
    Ok(Some(numbers(difference(&earlier.civil(), &later.civil()))))
}

fn difference(from: &Civil, to: &Civil) -> [i64; 6] {
    let mut parts = [
        to.year - from.year,
        to.month - from.month,
        to.day - from.day,
        to.hour - from.hour,
        to.minute - from.minute,
        to.second - from.second,
    ];
    let days = days_in(from.year, from.month);
    let [years, months, rest_days, hours, minutes, seconds] = &mut parts;
    borrow(seconds, minutes, 60);
    borrow(minutes, hours, 60);
    borrow(hours, rest_days, 24);
    borrow(rest_days, months, days);
    borrow(months, years, 12);
    parts
}

/// Makes a part that is negative positive, at the expense of the next larger one.
fn borrow(part: &mut i64, larger: &mut i64, size: i64) {
    if *part < 0 {
        *part += size;
        *larger -= 1;
    }
}

fn format_time(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let operand = operand(call, args, 1)?;
    let layout = match operand.layout {
        None | Some("") => layout::RFC_3339_NANO,
        Some(layout) => layout::named(layout).unwrap_or(layout),
    };
    call.meter.step(units(layout.len()) + 1)?;
    call.meter
        .alloc(units(layout.len()).saturating_mul(8).saturating_add(64))?;
    Ok(Some(Value::from(format::format(&operand.moment, layout))))
}

/// A time operand: nanoseconds, or an array of nanoseconds, zone and layout.
struct Operand<'v> {
    moment: Moment,
    layout: Option<&'v str>,
}

const EXPECTED: &str = "either number (ns) or [number (ns), string (tz)]";

/// OPA calls every time operand, and every element of one, operand 1.
fn operand<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<Operand<'v>, BuiltinError> {
    call.meter.step(4)?;
    match any(call, args, position)? {
        Value::Number(number) => Ok(Operand {
            moment: moment(call, number, Zone::Utc)?,
            layout: None,
        }),
        Value::Array(items) if !items.is_empty() => array_operand(call, items),
        other => Err(operand_error(
            call,
            1,
            format_args!("must be {EXPECTED} but got {}", other.type_name()),
        )),
    }
}

fn array_operand<'v>(call: &Call<'_>, items: &'v Array) -> Result<Operand<'v>, BuiltinError> {
    let first = items.get(0).unwrap_or(&Value::Null);
    let number = first
        .as_number()
        .ok_or_else(|| type_error(call, 1, first, &["number"]))?;
    let text = |item: &'v Value| {
        item.as_str()
            .ok_or_else(|| type_error(call, 1, item, &["string"]))
    };
    let zone = match items.get(1) {
        Some(name) => Zone::load(text(name)?).map_err(|text| failed(call, &text))?,
        None => Zone::Utc,
    };
    let layout = items.get(2).map(text).transpose()?;
    Ok(Operand {
        moment: moment(call, number, zone)?,
        layout,
    })
}

fn moment(call: &Call<'_>, number: &Number, zone: Zone) -> Result<Moment, BuiltinError> {
    let nanoseconds = number
        .to_i64()
        .ok_or_else(|| failed(call, "timestamp too big"))?;
    Ok(Moment {
        instant: Instant::from_nanoseconds(nanoseconds),
        zone,
    })
}
