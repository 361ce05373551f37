//! `sprintf`, which is Go's `fmt.Sprintf` of the Go values that OPA makes of operands.
//!
//! Small integers are an `int64`, larger ones a `*big.Int`, fractions a `float64` and strings a `string`. Everything
//! else is the `string` of its Rego spelling, as are numbers that are written with an exponent and without a point.

mod big;
mod directive;
mod float;
mod item;
mod printer;
pub(super) mod quote;
mod rego;
#[cfg(test)]
mod tests;
mod verbs;

pub(super) use directive::format;
pub(super) use item::Item;
pub(super) use printer::{print, print_line};

use num_bigint::BigInt;

use super::golang::builtin;
use super::numbers::integer;
use super::operand::{self, Answer, size, written_integer};
use super::{Builtin, BuiltinError, Call, Meter, Type};
use crate::value::{Number, Value};

/// The builtins of this category.
pub(super) const BUILTINS: &[Builtin] = &[builtin(
    "sprintf",
    &[Type::String, Type::Array(&Type::Any)],
    Type::String,
    sprintf,
)];

fn sprintf(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = operand::string(call, args, 1)?;
    let values = operand::array(call, args, 2)?;
    call.meter.step(size(values.len()))?;
    let items: Result<Vec<_>, _> = values.iter().map(|value| item(call.meter, value)).collect();
    Ok(Some(Value::from(format(call.meter, text, &items?)?)))
}

/// The Go value of an operand.
fn item(meter: &Meter, value: &Value) -> Result<Item, BuiltinError> {
    match value {
        Value::Number(number) => number_item(meter, number),
        Value::String(_) => Ok(Item::Data(value.clone())),
        other => Ok(Item::Data(Value::from(rego::text(meter, other)?))),
    }
}

fn number_item(meter: &Meter, number: &Number) -> Result<Item, BuiltinError> {
    if let Some(small) = written_integer(number) {
        return Ok(Item::Int64(small));
    }
    let text = number.to_string();
    if text.contains('.') {
        let float = number.to_f64();
        return Ok(if float.is_finite() {
            Item::Float(float)
        } else {
            Item::Data(Value::from(text))
        });
    }
    integer::charge(meter, size(text.len()).saturating_mul(4))?;
    Ok(match BigInt::parse_bytes(text.as_bytes(), 10) {
        Some(big) => Item::Big(big),
        None => Item::Data(Value::from(text)),
    })
}
