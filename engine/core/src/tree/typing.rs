//! What a plain scalar means, per format.
//!
//! YAML 1.1 and 1.2, JSON and each tool's own reader disagree on what `yes`, `0644` or `1_000` are. A tree keeps the
//! text; here the text gets the type that the format's own tool would give it.

use plumbline_rego::Number;

/// How a format types plain scalars and plain keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// JSON, and trees that are typed already.
    Json,
    /// Kubernetes: `sigs.k8s.io/yaml` over go-yaml v2, which reads YAML 1.1.
    Kubernetes,
    /// YAML 1.2's core schema: our own files.
    Core,
}

/// A scalar with its type.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<'a> {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(&'a str),
}

impl Typing {
    /// The meaning of a plain scalar.
    pub fn read(self, text: &str) -> Scalar<'_> {
        match self {
            Self::Json => json(text),
            Self::Kubernetes => go_yaml(text),
            Self::Core => core_schema(text),
        }
    }

    /// A plain key as the format spells it once it is JSON: Kubernetes makes every key a string.
    pub fn read_key(self, text: &str) -> &str {
        match self {
            Self::Kubernetes => match go_yaml_bool(text) {
                Some(true) => "true",
                Some(false) => "false",
                None => text,
            },
            Self::Json | Self::Core => text,
        }
    }

    /// Whether the format reads the number into 64 bits and would lose digits of this one.
    pub fn loses_digits(self, text: &str) -> bool {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        self == Self::Kubernetes
            && digits.len() > 18
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'_')
            && text.replace('_', "").parse::<i64>().is_err()
            && text.replace('_', "").parse::<u64>().is_err()
    }
}

fn json(text: &str) -> Scalar<'_> {
    match text {
        "null" | "" => Scalar::Null,
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        _ => Scalar::number(text),
    }
}

fn core_schema(text: &str) -> Scalar<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        _ => {}
    }
    if !may_be_number(text) {
        return Scalar::String(text);
    }
    let radix = text
        .strip_prefix("0o")
        .map(|digits| (digits, 8))
        .or_else(|| text.strip_prefix("0x").map(|digits| (digits, 16)));
    let number = match radix {
        Some((digits, radix)) => from_radix(digits, radix, false),
        None => decimal(text),
    };
    number.map_or(Scalar::String(text), Scalar::Number)
}

/// go-yaml v2's resolver as Kubernetes' tools use it: octal `0644` is 420, `0o17` is 15, `1_000` is 1000, `1:30` and
/// dates are text.
fn go_yaml(text: &str) -> Scalar<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        _ => {}
    }
    if let Some(value) = go_yaml_bool(text) {
        return Scalar::Bool(value);
    }
    if !may_be_number(text) {
        return Scalar::String(text);
    }
    go_yaml_number(text).map_or(Scalar::String(text), Scalar::Number)
}

fn go_yaml_bool(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            Some(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            Some(false)
        }
        _ => None,
    }
}

fn may_be_number(text: &str) -> bool {
    text.as_bytes()
        .first()
        .is_some_and(|first| matches!(first, b'0'..=b'9' | b'-' | b'+' | b'.'))
}

fn go_yaml_number(text: &str) -> Option<Number> {
    let plain = text.replace('_', "");
    let (negative, unsigned) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let radix = [
        ("0x", 16),
        ("0X", 16),
        ("0o", 8),
        ("0O", 8),
        ("0b", 2),
        ("0B", 2),
    ]
    .iter()
    .find_map(|(prefix, radix)| unsigned.strip_prefix(prefix).map(|digits| (digits, *radix)));
    if let Some((digits, radix)) = radix {
        return from_radix(digits, radix, negative);
    }
    let old_octal = unsigned.len() > 1
        && unsigned.starts_with('0')
        && unsigned.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    if old_octal {
        return from_radix(unsigned, 8, negative);
    }
    decimal(&plain)
}

fn from_radix(digits: &str, radix: u32, negative: bool) -> Option<Number> {
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    Number::parse(&if negative { -magnitude } else { magnitude }.to_string()).ok()
}

/// A decimal number in any of YAML's spellings, brought into JSON's: no `+`, digits on both sides of the point.
fn decimal(text: &str) -> Option<Number> {
    if let Ok(number) = Number::parse(text) {
        return Some(number);
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => unsigned.split_at(at),
        None => (unsigned, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let significant = whole.trim_start_matches('0');
    let whole = if significant.is_empty() {
        "0"
    } else {
        significant
    };
    let point = if fraction.is_empty() { "" } else { "." };
    Number::parse(&format!("{sign}{whole}{point}{fraction}{exponent}")).ok()
}
