//! What the text of a scalar means in YAML 1.1, as `go-yaml` version 2 decides it.

use crate::builtins::encoding::base64_text;
use crate::builtins::time::parses;

/// What a scalar is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    /// An integer that fits into 64 bits, with or without a sign.
    Int(i128),
    Float(f64),
    Text(String),
    Timestamp(String),
}

const STRING: &str = "tag:yaml.org,2002:str";
const BINARY: &str = "tag:yaml.org,2002:binary";

/// The tags whose scalars are looked at, and how `go-yaml` calls them.
const RESOLVABLE: &[(&str, &str)] = &[
    ("", ""),
    (STRING, "!!str"),
    ("tag:yaml.org,2002:bool", "!!bool"),
    ("tag:yaml.org,2002:int", "!!int"),
    ("tag:yaml.org,2002:float", "!!float"),
    ("tag:yaml.org,2002:null", "!!null"),
    ("tag:yaml.org,2002:timestamp", "!!timestamp"),
];

/// What a scalar with a tag is. Scalars with unknown tags are texts.
pub(super) fn tagged(tag: &str, text: &str) -> Result<Resolved, String> {
    if tag == BINARY {
        let decoded = base64_text(text);
        return decoded
            .map(Resolved::Text)
            .ok_or_else(|| "!!binary value contains invalid base64 data".to_owned());
    }
    let Some((_, short)) = RESOLVABLE.iter().find(|(known, _)| *known == tag) else {
        return Ok(Resolved::Text(text.to_owned()));
    };
    if tag == STRING {
        return Ok(Resolved::Text(text.to_owned()));
    }
    let resolved = plain(text);
    let own = resolved.short_tag();
    match (*short, resolved) {
        ("", resolved) => Ok(resolved),
        (wanted, resolved) if wanted == own => Ok(resolved),
        ("!!float", Resolved::Int(value)) if i64::try_from(value).is_ok() => {
            Ok(Resolved::Float(nearest(value)))
        }
        (wanted, _) => Err(format!("cannot decode {own} `{text}` as a {wanted}")),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the nearest float is what is asked for"
)]
fn nearest(value: i128) -> f64 {
    value as f64
}

/// What a scalar without quotes and tag is.
pub(super) fn plain(text: &str) -> Resolved {
    let hint = text.bytes().next();
    match hint {
        None => Resolved::Null,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => {
            word(text)
        }
        Some(b'.') => float_word(text)
            .or_else(|| float(text))
            .map_or_else(|| words(text), Resolved::Float),
        Some(b'+' | b'-' | b'0'..=b'9') => number(text),
        Some(_) => words(text),
    }
}

fn words(text: &str) -> Resolved {
    Resolved::Text(text.to_owned())
}

fn word(text: &str) -> Resolved {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Resolved::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Resolved::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        other => words(other),
    }
}

fn float_word(text: &str) -> Option<f64> {
    match text {
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn number(text: &str) -> Resolved {
    if let Some(value) = float_word(text) {
        return Resolved::Float(value);
    }
    if is_timestamp(text) {
        return Resolved::Timestamp(text.to_owned());
    }
    let plain = text.replace('_', "");
    if let Some(value) = integer(&plain) {
        return Resolved::Int(value);
    }
    if let Some(value) = float(&plain) {
        return Resolved::Float(value);
    }
    words(text)
}

/// Go's `ParseInt` and `ParseUint` with base 0: `0x`, `0o`, `0b` and a leading zero choose the base.
fn integer(text: &str) -> Option<i128> {
    let (negative, signed, digits) = match text.as_bytes().first()? {
        b'-' => (true, true, text.get(1..)?),
        b'+' => (false, true, text.get(1..)?),
        _ => (false, false, text),
    };
    let magnitude = i128::from(magnitude(digits)?);
    let value = if negative { -magnitude } else { magnitude };
    (!signed || i64::try_from(value).is_ok()).then_some(value)
}

fn magnitude(digits: &str) -> Option<u64> {
    let (base, digits) = match digits.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (16, digits.get(2..)?),
        Some("0o") => (8, digits.get(2..)?),
        Some("0b") => (2, digits.get(2..)?),
        Some(octal) if octal.starts_with('0') => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    // Rust's parser takes a sign, which has been read already.
    if digits.starts_with(['+', '-']) {
        None
    } else {
        u64::from_str_radix(digits, base).ok()
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_fits
}

/// A decimal that a float can hold.
fn float(text: &str) -> Option<f64> {
    if !is_decimal(text) {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Dates and times are texts, but texts that need quotes.
fn is_timestamp(text: &str) -> bool {
    const LAYOUTS: &[&str] = &[
        "2006-1-2T15:4:5.999999999Z07:00",
        "2006-1-2t15:4:5.999999999Z07:00",
        "2006-1-2 15:4:5.999999999",
        "2006-1-2",
    ];
    let year = text.bytes().take_while(u8::is_ascii_digit).count();
    year == 4
        && text.as_bytes().get(4) == Some(&b'-')
        && LAYOUTS.iter().any(|layout| parses(layout, text))
}

impl Resolved {
    fn short_tag(&self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Bool(_) => "!!bool",
            Self::Int(_) => "!!int",
            Self::Float(_) => "!!float",
            Self::Text(_) => "!!str",
            Self::Timestamp(_) => "!!timestamp",
        }
    }
}
