//! Arithmetic, ranges, bits, conversions between numbers and text, and units.
//!
//! Integers are exact whatever their size; where a fraction comes in, OPA computes with 64 significant bits, and so
//! does this.

mod arithmetic;
mod bits;
mod convert;
mod float_text;
pub(super) mod integer;
mod range;
#[cfg(test)]
mod tests;
mod units;

pub(super) use float_text::{parse_float, underscores_separate_digits};

use super::golang::builtin;
use super::{Builtin, Type};

const NUMBER: &[Type] = &[Type::Number];
const NUMBERS: &[Type] = &[Type::Number, Type::Number];
const NUMBER_OR_SET: Type = Type::OneOf(&[Type::Number, Type::Set(&Type::Any)]);
const SCALAR: Type = Type::OneOf(&[Type::Null, Type::Boolean, Type::Number, Type::String]);
const LIST: Type = Type::Array(&Type::Number);

/// The builtins of this category.
pub(super) const BUILTINS: &[Builtin] = &[
    builtin("plus", NUMBERS, Type::Number, arithmetic::plus),
    builtin(
        "minus",
        &[NUMBER_OR_SET, NUMBER_OR_SET],
        NUMBER_OR_SET,
        arithmetic::minus,
    ),
    builtin("mul", NUMBERS, Type::Number, arithmetic::mul),
    builtin("div", NUMBERS, Type::Number, arithmetic::div),
    builtin("rem", NUMBERS, Type::Number, arithmetic::rem),
    builtin("abs", NUMBER, Type::Number, arithmetic::abs),
    builtin("ceil", NUMBER, Type::Number, arithmetic::ceil),
    builtin("floor", NUMBER, Type::Number, arithmetic::floor),
    builtin("round", NUMBER, Type::Number, arithmetic::round),
    builtin("numbers.range", NUMBERS, LIST, range::range),
    builtin(
        "numbers.range_step",
        &[Type::Number, Type::Number, Type::Number],
        LIST,
        range::range_step,
    ),
    builtin(
        "rand.intn",
        &[Type::String, Type::Number],
        Type::Number,
        range::rand_intn,
    ),
    builtin("to_number", &[SCALAR], Type::Number, convert::to_number),
    builtin("format_int", NUMBERS, Type::String, convert::format_int),
    builtin("bits.and", NUMBERS, Type::Number, bits::and),
    builtin("bits.or", NUMBERS, Type::Number, bits::or),
    builtin("bits.xor", NUMBERS, Type::Number, bits::xor),
    builtin("bits.negate", NUMBER, Type::Number, bits::negate),
    builtin("bits.lsh", NUMBERS, Type::Number, bits::lsh),
    builtin("bits.rsh", NUMBERS, Type::Number, bits::rsh),
    builtin("units.parse", &[Type::String], Type::Number, units::parse),
    builtin(
        "units.parse_bytes",
        &[Type::String],
        Type::Number,
        units::parse_bytes,
    ),
];
