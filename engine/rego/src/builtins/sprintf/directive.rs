//! Format strings: flags, widths, precisions, argument numbers and verbs.

use super::item::Item;
use super::printer::{Flags, Printed, Printer};
use crate::builtins::{BuiltinError, Meter};

/// Widths and precisions beyond this one are no numbers any more.
const TOO_LARGE: usize = 1_000_000;

/// Go's `fmt.Sprintf`.
pub(in crate::builtins) fn format(
    meter: &Meter,
    format: &str,
    items: &[Item],
) -> Result<String, BuiltinError> {
    let mut printer = Printer::new(meter);
    let mut reader = Reader {
        format,
        at: 0,
        items,
        next: 0,
        after_index: false,
        reordered: false,
        good: true,
    };
    while reader.literal(&mut printer)? {
        reader.directive(&mut printer)?;
    }
    reader.extra(&mut printer)?;
    Ok(printer.finish())
}

/// Where the format and its operands have been read up to.
#[derive(Debug)]
struct Reader<'f> {
    format: &'f str,
    at: usize,
    items: &'f [Item],
    /// The operand of the next verb.
    next: usize,
    /// Whether an argument number was the last thing read.
    after_index: bool,
    /// Whether there was any argument number.
    reordered: bool,
    /// Whether the argument numbers of this directive make sense.
    good: bool,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.format.as_bytes().get(self.at).copied()
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.byte() == Some(byte);
        if found {
            self.at = self.at.saturating_add(1);
        }
        found
    }

    /// Copies text up to the next `%` and reads that; false at the end.
    fn literal(&mut self, printer: &mut Printer<'_>) -> Result<bool, BuiltinError> {
        let rest = self.format.get(self.at..).unwrap_or_default();
        let text = rest.split('%').next().unwrap_or_default();
        printer.write(text)?;
        self.at = self.at.saturating_add(text.len());
        Ok(self.accept(b'%'))
    }

    /// What follows a `%`.
    fn directive(&mut self, printer: &mut Printer<'_>) -> Printed {
        self.good = true;
        printer.flags = self.flags();
        self.index();
        self.width(printer)?;
        self.precision(printer)?;
        if !self.after_index {
            self.index();
        }
        let Some(verb) = self
            .format
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
        else {
            return printer.write("%!(NOVERB)");
        };
        self.at = self.at.saturating_add(verb.len_utf8());
        self.verb(printer, verb)
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        while let Some(byte) = self.byte() {
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => break,
            }
            self.at = self.at.saturating_add(1);
        }
        flags
    }

    fn width(&mut self, printer: &mut Printer<'_>) -> Printed {
        if !self.accept(b'*') {
            printer.flags.width = self.number();
            if self.after_index && printer.flags.width.is_some() {
                self.good = false;
            }
            return Ok(());
        }
        let width = self.star();
        if let Some(width) = width {
            printer.flags.width = usize::try_from(width.unsigned_abs()).ok();
            if width < 0 {
                printer.flags.minus = true;
                printer.flags.zero = false;
            }
        } else {
            printer.write("%!(BADWIDTH)")?;
        }
        self.after_index = false;
        Ok(())
    }

    fn precision(&mut self, printer: &mut Printer<'_>) -> Printed {
        // A point that ends the format is a verb.
        let last = self.at.saturating_add(1) >= self.format.len();
        if last || !self.accept(b'.') {
            return Ok(());
        }
        if self.after_index {
            self.good = false;
        }
        self.index();
        if !self.accept(b'*') {
            printer.flags.precision = Some(self.number().unwrap_or(0));
            return Ok(());
        }
        printer.flags.precision = self.star().and_then(|value| usize::try_from(value).ok());
        if printer.flags.precision.is_none() {
            printer.write("%!(BADPREC)")?;
        }
        self.after_index = false;
        Ok(())
    }

    fn verb(&mut self, printer: &mut Printer<'_>, verb: char) -> Printed {
        let item = self.items.get(self.next);
        match (verb, item) {
            ('%', _) => printer.write("%"),
            _ if !self.good => Self::complain(printer, verb, "(BADINDEX)"),
            (_, None) => Self::complain(printer, verb, "(MISSING)"),
            (_, Some(item)) => {
                if matches!(verb, 'v' | 'w') {
                    let flags = &mut printer.flags;
                    flags.sharp_v = std::mem::take(&mut flags.sharp);
                    flags.plus_v = std::mem::take(&mut flags.plus);
                }
                self.next = self.next.saturating_add(1);
                printer.argument(item, verb)
            }
        }
    }

    fn complain(printer: &mut Printer<'_>, verb: char, what: &str) -> Printed {
        printer.write("%!")?;
        printer.write_char(verb)?;
        printer.write(what)
    }

    /// Digits. If they are too many, all that is left of the format is swallowed with them.
    fn number(&mut self) -> Option<usize> {
        let (value, end) = digits(self.format.as_bytes(), self.at, self.format.len());
        self.at = end;
        value
    }

    /// The operand that a `*` stands for, which must be an integer and not too large.
    fn star(&mut self) -> Option<i64> {
        let item = self.items.get(self.next)?;
        self.next = self.next.saturating_add(1);
        let value = item.as_integer()?;
        (value.unsigned_abs() <= 1_000_000).then_some(value)
    }

    /// An argument number in brackets, if one is next.
    fn index(&mut self) {
        self.after_index = false;
        let rest = self.format.as_bytes().get(self.at..).unwrap_or_default();
        if rest.first() != Some(&b'[') {
            return;
        }
        self.reordered = true;
        let (number, length) = bracketed(rest);
        self.at = self.at.saturating_add(length);
        self.after_index = number.is_some();
        let index = number.and_then(|number| number.checked_sub(1));
        match index.filter(|index| *index < self.items.len()) {
            Some(index) => self.next = index,
            None => self.good = false,
        }
    }

    /// The operands that nothing asked for, unless some were asked for out of order.
    fn extra(&self, printer: &mut Printer<'_>) -> Printed {
        let items = self.items.get(self.next..).unwrap_or_default();
        if self.reordered || items.is_empty() {
            return Ok(());
        }
        printer.flags = Flags::default();
        printer.write("%!(EXTRA ")?;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                printer.write(", ")?;
            }
            printer.extra(item)?;
        }
        printer.write(")")
    }
}

/// The number at the beginning of a text that begins with a bracket, if that is all it holds, and how many bytes
/// belong to it.
fn bracketed(text: &[u8]) -> (Option<usize>, usize) {
    let end = text
        .iter()
        .position(|byte| *byte == b']')
        .filter(|_| text.len() >= 3);
    let Some(end) = end else {
        return (None, 1);
    };
    let (number, stop) = digits(text, 1, end);
    (number.filter(|_| stop == end), end.saturating_add(1))
}

/// The digits between two bytes as a number, and where they stop.
fn digits(text: &[u8], start: usize, end: usize) -> (Option<usize>, usize) {
    let mut at = start;
    let mut number = None;
    while at < end {
        let Some(digit) = text.get(at).filter(|byte| byte.is_ascii_digit()) else {
            break;
        };
        let value = number.unwrap_or(0);
        if value > TOO_LARGE {
            return (None, end);
        }
        number = Some(value * 10 + usize::from(digit - b'0'));
        at += 1;
    }
    (number, at)
}
