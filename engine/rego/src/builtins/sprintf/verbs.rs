//! What each verb makes of integers, strings and floats.

use super::float;
use super::item::Item;
use super::printer::{Printed, Printer};
use super::quote::{can_backquote, is_print, quoted, quoted_ascii, quoted_char};

/// An integer of 64 bits, with a sign or without.
#[derive(Debug, Clone, Copy)]
struct Integer {
    magnitude: u64,
    negative: bool,
    /// As Go converts it to an unsigned one.
    bits: u64,
}

impl Printer<'_> {
    pub(super) fn signed(&mut self, item: &Item, value: i64, verb: char) -> Printed {
        let integer = Integer {
            magnitude: value.unsigned_abs(),
            negative: value < 0,
            bits: value.cast_unsigned(),
        };
        self.integer(item, integer, verb)
    }

    pub(super) fn unsigned(&mut self, item: &Item, value: u64, verb: char) -> Printed {
        if verb == 'v' && self.flags.sharp_v {
            return self.hexadecimal(value, true);
        }
        self.integer(
            item,
            Integer {
                magnitude: value,
                negative: false,
                bits: value,
            },
            verb,
        )
    }

    fn integer(&mut self, item: &Item, integer: Integer, verb: char) -> Printed {
        match verb {
            'v' | 'd' => self.digits(integer, 10, verb),
            'b' => self.digits(integer, 2, verb),
            'o' | 'O' => self.digits(integer, 8, verb),
            'x' | 'X' => self.digits(integer, 16, verb),
            'c' => {
                let character = character(integer.bits);
                self.pad(character.encode_utf8(&mut [0; 4]))
            }
            'q' => {
                let quoted = quoted_char(character(integer.bits), self.flags.plus);
                self.pad(&quoted)
            }
            'U' => self.unicode(integer.bits),
            _ => self.bad_verb(item, verb),
        }
    }

    /// Hexadecimal digits with `0x` before them or without.
    pub(super) fn hexadecimal(&mut self, value: u64, leading: bool) -> Printed {
        let sharp = std::mem::replace(&mut self.flags.sharp, leading);
        let integer = Integer {
            magnitude: value,
            negative: false,
            bits: value,
        };
        let printed = self.digits(integer, 16, 'v');
        self.flags.sharp = sharp;
        printed
    }

    fn digits(&mut self, integer: Integer, base: u32, verb: char) -> Printed {
        let flags = self.flags;
        if flags.precision == Some(0) && integer.magnitude == 0 {
            // Nothing but padding, and that with spaces.
            return self.pad_with_spaces("");
        }
        let sign = if integer.negative {
            "-"
        } else if flags.plus {
            "+"
        } else if flags.space {
            " "
        } else {
            ""
        };
        let least = match (flags.precision, flags.width) {
            (Some(precision), _) => precision,
            (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(sign.len()),
            (None, _) => 0,
        };
        self.charge(least)?;
        let digits = in_base(integer.magnitude, base, verb == 'X');
        let zeros = "0".repeat(least.saturating_sub(digits.len()));
        let leading_zero = !zeros.is_empty() || digits.starts_with('0');
        let prefix = if flags.sharp {
            base_prefix(base, verb, leading_zero)
        } else {
            ""
        };
        let octal = if verb == 'O' { "0o" } else { "" };
        self.pad_with_spaces(&format!("{sign}{octal}{prefix}{zeros}{digits}"))
    }

    /// `U+0078`, or `U+0078 'x'`.
    fn unicode(&mut self, bits: u64) -> Printed {
        let digits = format!("{bits:X}");
        let least = self.flags.precision.unwrap_or(4).max(4);
        self.charge(least)?;
        let zeros = "0".repeat(least.saturating_sub(digits.len()));
        let shown = u32::try_from(bits)
            .ok()
            .and_then(char::from_u32)
            .filter(|shown| is_print(*shown));
        let shown = match shown {
            Some(shown) if self.flags.sharp => format!(" '{shown}'"),
            _ => String::new(),
        };
        self.pad_with_spaces(&format!("U+{zeros}{digits}{shown}"))
    }

    pub(super) fn string(&mut self, item: &Item, text: &str, verb: char) -> Printed {
        match verb {
            'v' if self.flags.sharp_v => self.quote(text),
            'v' | 's' => self.text(text),
            'x' => self.bytes(text, false),
            'X' => self.bytes(text, true),
            'q' => self.quote(text),
            _ => self.bad_verb(item, verb),
        }
    }

    /// As much of a text as the precision lets through.
    pub(super) fn text(&mut self, text: &str) -> Printed {
        let text = self.truncated(text);
        self.pad(text)
    }

    fn truncated<'t>(&self, text: &'t str) -> &'t str {
        let end = self
            .flags
            .precision
            .and_then(|precision| text.char_indices().nth(precision));
        end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
    }

    fn quote(&mut self, text: &str) -> Printed {
        let text = self.truncated(text);
        self.charge(text.len())?;
        let quoted = if self.flags.sharp && can_backquote(text) {
            format!("`{text}`")
        } else if self.flags.plus {
            quoted_ascii(text)
        } else {
            quoted(text)
        };
        self.pad(&quoted)
    }

    /// The bytes in hexadecimal: in one word, or separated by spaces.
    fn bytes(&mut self, text: &str, upper: bool) -> Printed {
        let flags = self.flags;
        let count = flags
            .precision
            .map_or(text.len(), |precision| precision.min(text.len()));
        self.charge(count.saturating_mul(5))?;
        let prefix = match (flags.sharp, upper) {
            (false, _) => "",
            (true, false) => "0x",
            (true, true) => "0X",
        };
        let mut out = String::new();
        for (index, byte) in text.bytes().take(count).enumerate() {
            if index > 0 && flags.space {
                out.push(' ');
            }
            if index == 0 || flags.space {
                out.push_str(prefix);
            }
            let digits = in_base(u64::from(byte), 16, upper);
            if digits.len() < 2 {
                out.push('0');
            }
            out.push_str(&digits);
        }
        self.pad(&out)
    }

    pub(super) fn float(&mut self, item: &Item, value: f64, verb: char) -> Printed {
        match verb {
            'v' => self.fraction(value, 'g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => self.fraction(value, verb, None),
            'e' | 'E' | 'f' => self.fraction(value, verb, Some(6)),
            'F' => self.fraction(value, 'f', Some(6)),
            _ => self.bad_verb(item, verb),
        }
    }

    /// `(real+imaginaryi)`.
    pub(super) fn complex(
        &mut self,
        item: &Item,
        real: f64,
        imaginary: f64,
        verb: char,
    ) -> Printed {
        if !matches!(
            verb,
            'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E'
        ) {
            return self.bad_verb(item, verb);
        }
        self.write("(")?;
        self.float(item, real, verb)?;
        let plus = std::mem::replace(&mut self.flags.plus, true);
        let printed = self.float(item, imaginary, verb);
        self.flags.plus = plus;
        printed?;
        self.write("i)")
    }

    /// A finite float; without precision it has the fewest digits that give it back.
    fn fraction(&mut self, value: f64, verb: char, precision: Option<usize>) -> Printed {
        let flags = self.flags;
        let precision = flags.precision.or(precision);
        // What `%f` writes before the point is more than what the precision asks for.
        self.charge(precision.unwrap_or(0).saturating_add(400))?;
        let number = float::format(value, verb, precision);
        let sign = if number.starts_with('-') {
            "-"
        } else if flags.plus {
            "+"
        } else if flags.space {
            " "
        } else {
            ""
        };
        let digits = number.strip_prefix('-').unwrap_or(&number);
        let digits = if flags.sharp && verb != 'b' {
            float::with_point(digits, verb, precision)
        } else {
            digits.to_owned()
        };
        let length = sign.len().saturating_add(digits.len());
        match flags.width {
            // The sign goes before the zeros.
            Some(width) if flags.zero && !flags.minus && !sign.is_empty() && width > length => {
                self.write(sign)?;
                self.padding(width.saturating_sub(length))?;
                self.write(&digits)
            }
            _ => self.pad(&format!("{sign}{digits}")),
        }
    }
}

/// The character that an integer stands for.
fn character(bits: u64) -> char {
    let code = u32::try_from(bits).ok();
    code.and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn in_base(magnitude: u64, base: u32, upper: bool) -> String {
    match base {
        2 => format!("{magnitude:b}"),
        8 => format!("{magnitude:o}"),
        16 if upper => format!("{magnitude:X}"),
        16 => format!("{magnitude:x}"),
        _ => magnitude.to_string(),
    }
}

/// What tells the base of the digits that follow.
fn base_prefix(base: u32, verb: char, leading_zero: bool) -> &'static str {
    match base {
        2 => "0b",
        8 if !leading_zero => "0",
        16 if verb == 'X' => "0X",
        16 => "0x",
        _ => "",
    }
}
