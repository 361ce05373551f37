//! Go's `big.Int`, which formats itself.

use num_bigint::{BigInt, Sign};

use super::printer::{Printed, Printer};
use crate::builtins::BuiltinError;

impl Printer<'_> {
    pub(super) fn big(&mut self, value: &BigInt, verb: char) -> Printed {
        let base = match verb {
            'b' => 2,
            'o' | 'O' => 8,
            'd' | 's' | 'v' => 10,
            'x' | 'X' => 16,
            _ => return self.bad_big_verb(value, verb),
        };
        let digits = self.big_digits(value, base)?;
        let digits = if verb == 'X' {
            digits.to_ascii_uppercase()
        } else {
            digits
        };
        let flags = self.flags;
        let sign = if value.sign() == Sign::Minus {
            "-"
        } else if flags.plus || flags.plus_v {
            "+"
        } else if flags.space {
            " "
        } else {
            ""
        };
        let prefix = match verb {
            'O' => "0o",
            _ if !(flags.sharp || flags.sharp_v) => "",
            'b' => "0b",
            'o' => "0",
            'x' => "0x",
            'X' => "0X",
            _ => "",
        };
        let zeros = flags.precision.unwrap_or(0).saturating_sub(digits.len());
        let length = sign.len() + prefix.len() + digits.len();
        let missing = flags
            .width
            .unwrap_or(0)
            .saturating_sub(length.saturating_add(zeros));
        let fill = flags.zero && !flags.minus && flags.precision.is_none();
        let zeros = if fill { missing } else { zeros };
        self.charge(zeros)?;
        let text = format!("{sign}{prefix}{}{digits}", "0".repeat(zeros));
        self.pad_with_spaces(&text)
    }

    fn bad_big_verb(&mut self, value: &BigInt, verb: char) -> Printed {
        let digits = self.big_digits(value, 10)?;
        let sign = if value.sign() == Sign::Minus { "-" } else { "" };
        self.write("%!")?;
        self.write_char(verb)?;
        self.write(&format!("(big.Int={sign}{digits})"))
    }

    fn big_digits(&self, value: &BigInt, base: u32) -> Result<String, BuiltinError> {
        let bits = usize::try_from(value.bits()).unwrap_or(usize::MAX);
        self.charge(bits)?;
        Ok(value.magnitude().to_str_radix(base))
    }

    /// The fields of the structure, which is what Go prints where it calls no methods.
    pub(super) fn big_words(&mut self, value: &BigInt) -> Printed {
        let words: Vec<String> = value
            .magnitude()
            .iter_u64_digits()
            .map(|word| word.to_string())
            .collect();
        self.charge(words.len().saturating_mul(20))?;
        let negative = value.sign() == Sign::Minus;
        self.write(&format!("&{{{negative} [{}]}}", words.join(" ")))
    }
}
