//! Base64 as Go reads and writes it: line breaks are passed over, bits that are not needed are not looked at.

use crate::builtins::golang::{failed, lossy, units};
use crate::builtins::operand::string;
use crate::builtins::{BuiltinError, Call};
use crate::value::Value;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) fn encode(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    encoded(call, args, STANDARD, true)
}

pub(super) fn encode_url(
    call: &mut Call<'_>,
    args: &[Value],
) -> Result<Option<Value>, BuiltinError> {
    encoded(call, args, URL, true)
}

pub(super) fn encode_url_no_pad(
    call: &mut Call<'_>,
    args: &[Value],
) -> Result<Option<Value>, BuiltinError> {
    encoded(call, args, URL, false)
}

pub(super) fn decode(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    decoded(call, text, STANDARD)
}

pub(super) fn is_valid(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let Some(text) = args.first().and_then(Value::as_str) else {
        return Ok(Some(Value::Bool(false)));
    };
    charge(call, text.len())?;
    Ok(Some(Value::Bool(bytes(text, STANDARD).is_ok())))
}

/// The padding may be left out.
pub(super) fn decode_url(
    call: &mut Call<'_>,
    args: &[Value],
) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    if text.ends_with('=') {
        return decoded(call, text, URL);
    }
    charge(call, text.len())?;
    match text.len() % 4 {
        0 => decoded(call, text, URL),
        2 => decoded(call, &format!("{text}=="), URL),
        3 => decoded(call, &format!("{text}="), URL),
        _ => Err(failed(call, format!("illegal base64url string: {text}"))),
    }
}

fn charge(call: &Call<'_>, length: usize) -> Result<(), BuiltinError> {
    call.meter.step(units(length) / 8 + 1)?;
    call.meter.alloc(units(length).saturating_mul(2))
}

fn encoded(
    call: &Call<'_>,
    args: &[Value],
    alphabet: &[u8; 64],
    padded: bool,
) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    charge(call, text.len())?;
    let mut out = String::with_capacity(text.len().div_ceil(3) * 4);
    for group in text.as_bytes().chunks(3) {
        let bits = group
            .iter()
            .fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte))
            << (8 * (3 - group.len()));
        let letters = [18, 12, 6, 0]
            .into_iter()
            .map(|shift| letter(alphabet, bits >> shift));
        out.extend(letters.take(group.len() + 1));
        if padded {
            out.extend(std::iter::repeat_n('=', 3 - group.len()));
        }
    }
    Ok(Some(Value::from(out)))
}

fn letter(alphabet: &[u8; 64], bits: u32) -> char {
    let index = usize::try_from(bits & 63).unwrap_or_default();
    char::from(alphabet.get(index).copied().unwrap_or_default())
}

fn decoded(
    call: &Call<'_>,
    text: &str,
    alphabet: &[u8; 64],
) -> Result<Option<Value>, BuiltinError> {
    charge(call, text.len())?;
    let bytes = bytes(text, alphabet)
        .map_err(|at| failed(call, format!("illegal base64 data at input byte {at}")))?;
    Ok(Some(Value::from(lossy(&bytes))))
}

/// The text that base64 stands for, if it is base64.
pub(super) fn text(encoded: &str) -> Option<String> {
    bytes(encoded, STANDARD).ok().map(|bytes| lossy(&bytes))
}

/// The bytes that a text stands for, or the place that Go complains about.
fn bytes(text: &str, alphabet: &[u8; 64]) -> Result<Vec<u8>, usize> {
    let mut reader = Reader {
        text: text.as_bytes(),
        alphabet,
        at: 0,
    };
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    while reader.at < reader.text.len() {
        let group = reader.group()?;
        let bits =
            group.iter().fold(0_u32, |bits, value| (bits << 6) | value) << (6 * (4 - group.len()));
        let [_, high, middle, low] = bits.to_be_bytes();
        out.extend(
            [high, middle, low]
                .into_iter()
                .take(group.len().saturating_sub(1)),
        );
    }
    Ok(out)
}

struct Reader<'text> {
    text: &'text [u8],
    alphabet: &'text [u8; 64],
    at: usize,
}

impl Reader<'_> {
    /// The values of up to four letters.
    fn group(&mut self) -> Result<Vec<u32>, usize> {
        let mut values = Vec::with_capacity(4);
        while values.len() < 4 {
            let Some(byte) = self.text.get(self.at).copied() else {
                let missing = self.at.saturating_sub(values.len());
                return if values.is_empty() {
                    Ok(values)
                } else {
                    Err(missing)
                };
            };
            self.at += 1;
            match self.alphabet.iter().position(|letter| *letter == byte) {
                Some(value) => values.extend(u32::try_from(value)),
                None if byte == b'\n' || byte == b'\r' => {}
                None if byte == b'=' => {
                    self.padding(values.len())?;
                    return Ok(values);
                }
                None => return Err(self.at - 1),
            }
        }
        Ok(values)
    }

    /// What may follow the first padding character after so many letters.
    fn padding(&mut self, letters: usize) -> Result<(), usize> {
        if letters < 2 {
            return Err(self.at - 1);
        }
        if letters == 2 {
            self.skip_line_breaks();
            match self.text.get(self.at) {
                None => return Err(self.text.len()),
                Some(b'=') => self.at += 1,
                Some(_) => return Err(self.at - 1),
            }
        }
        self.skip_line_breaks();
        if self.at < self.text.len() {
            Err(self.at)
        } else {
            Ok(())
        }
    }

    fn skip_line_breaks(&mut self) {
        while matches!(self.text.get(self.at), Some(b'\n' | b'\r')) {
            self.at += 1;
        }
    }
}
