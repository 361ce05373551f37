//! Writing Go values: widths, padding, lists and maps, and what a verb cannot print.
//!
//! Every byte is charged before it is written.

use std::iter;

use super::item::Item;
use crate::builtins::operand::size;
use crate::builtins::{BuiltinError, Meter};
use crate::value::{Object, Value};

/// Whether the budget was enough.
pub(super) type Printed = Result<(), BuiltinError>;

/// What stands between `%` and the verb.
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are the flags of Go's verbs and as independent of each other"
)]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`, for which `plus` is not set.
    pub(super) plus_v: bool,
    /// `%#v`, for which `sharp` is not set.
    pub(super) sharp_v: bool,
}

/// Text that is being printed.
#[derive(Debug)]
pub(super) struct Printer<'m> {
    meter: &'m Meter,
    out: String,
    /// Inside of what is printed instead of a verb, where Go calls no methods.
    erroring: bool,
    pub(super) flags: Flags,
}

/// Go's `fmt.Sprint`: spaces only between operands that are not strings.
pub(in crate::builtins) fn print(meter: &Meter, items: &[Item]) -> Result<String, BuiltinError> {
    let mut printer = Printer::new(meter);
    let mut after_text = true;
    for item in items {
        if !after_text && !item.is_text() {
            printer.write(" ")?;
        }
        printer.argument(item, 'v')?;
        after_text = item.is_text();
    }
    Ok(printer.finish())
}

/// Go's `fmt.Sprintln`.
pub(in crate::builtins) fn print_line(
    meter: &Meter,
    items: &[Item],
) -> Result<String, BuiltinError> {
    let mut printer = Printer::new(meter);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            printer.write(" ")?;
        }
        printer.argument(item, 'v')?;
    }
    printer.write("\n")?;
    Ok(printer.finish())
}

impl<'m> Printer<'m> {
    pub(super) fn new(meter: &'m Meter) -> Self {
        Self {
            meter,
            out: String::new(),
            erroring: false,
            flags: Flags::default(),
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Charges for bytes that are not written here.
    pub(super) fn charge(&self, bytes: usize) -> Printed {
        self.meter.step(size(bytes) / 64)?;
        self.meter.alloc(size(bytes))
    }

    pub(super) fn write(&mut self, text: &str) -> Printed {
        self.charge(text.len())?;
        self.out.push_str(text);
        Ok(())
    }

    pub(super) fn write_char(&mut self, character: char) -> Printed {
        self.write(character.encode_utf8(&mut [0; 4]))
    }

    /// Fills up with spaces, or with zeros if they are asked for and go to the left.
    pub(super) fn padding(&mut self, count: usize) -> Printed {
        self.charge(count)?;
        let fill = if self.flags.zero && !self.flags.minus {
            '0'
        } else {
            ' '
        };
        self.out.extend(iter::repeat_n(fill, count));
        Ok(())
    }

    /// Writes a text with as much padding as the width asks for.
    pub(super) fn pad(&mut self, text: &str) -> Printed {
        let Some(width) = self.flags.width else {
            return self.write(text);
        };
        let missing = width.saturating_sub(text.chars().count());
        if self.flags.minus {
            self.write(text)?;
            self.padding(missing)
        } else {
            self.padding(missing)?;
            self.write(text)
        }
    }

    /// As [`Self::pad`], but never with zeros.
    pub(super) fn pad_with_spaces(&mut self, text: &str) -> Printed {
        let zero = std::mem::replace(&mut self.flags.zero, false);
        let printed = self.pad(text);
        self.flags.zero = zero;
        printed
    }

    /// Prints an operand for a verb.
    pub(super) fn argument(&mut self, item: &Item, verb: char) -> Printed {
        match verb {
            'T' | 'v' if item.is_nil() => self.pad("<nil>"),
            _ if item.is_nil() => self.bad_verb(item, verb),
            'T' => self.text(item.type_name()),
            'p' => self.pointer(item),
            _ => self.value(item, verb),
        }
    }

    fn value(&mut self, item: &Item, verb: char) -> Printed {
        match item {
            Item::Data(data) => self.data(item, data, verb),
            Item::Int64(value) | Item::Int(value) => self.signed(item, *value, verb),
            Item::Byte(value) => self.unsigned(item, u64::from(*value), verb),
            Item::Float(value) => self.float(item, *value, verb),
            Item::Complex(real, imaginary) => self.complex(item, *real, *imaginary, verb),
            Item::Big(value) if self.erroring => self.big_words(value),
            Item::Big(_) if verb == 'w' => self.bad_verb(item, verb),
            Item::Big(value) => self.big(value, verb),
        }
    }

    /// Prints what came from JSON.
    fn data(&mut self, item: &Item, data: &Value, verb: char) -> Printed {
        match data {
            Value::Null if self.flags.sharp_v => self.write("interface {}(nil)"),
            Value::Null => self.write("<nil>"),
            Value::Bool(value) if matches!(verb, 't' | 'v') => {
                self.pad(if *value { "true" } else { "false" })
            }
            Value::Bool(_) => self.bad_verb(item, verb),
            Value::Number(number) => self.string(item, &number.to_string(), verb),
            Value::String(text) => self.string(item, text, verb),
            _ if verb == 'w' && !self.erroring => self.bad_verb(item, verb),
            Value::Array(items) => self.list(items.as_slice(), verb),
            Value::Set(members) => self.list(members.as_slice(), verb),
            Value::Object(object) => self.map(object, verb),
        }
    }

    fn nested(&mut self, value: &Value, verb: char) -> Printed {
        self.meter.step(1)?;
        self.data(&Item::Data(value.clone()), value, verb)
    }

    fn list(&mut self, items: &[Value], verb: char) -> Printed {
        let sharp = self.flags.sharp_v;
        self.write(if sharp { "[]interface {}{" } else { "[" })?;
        for (index, item) in items.iter().enumerate() {
            self.separator(index)?;
            self.nested(item, verb)?;
        }
        self.write(if sharp { "}" } else { "]" })
    }

    fn map(&mut self, object: &Object, verb: char) -> Printed {
        let sharp = self.flags.sharp_v;
        self.write(if sharp {
            "map[string]interface {}{"
        } else {
            "map["
        })?;
        for (index, (key, value)) in object.iter().enumerate() {
            self.separator(index)?;
            self.nested(key, verb)?;
            self.write(":")?;
            self.nested(value, verb)?;
        }
        self.write(if sharp { "}" } else { "]" })
    }

    fn separator(&mut self, index: usize) -> Printed {
        match index {
            0 => Ok(()),
            _ if self.flags.sharp_v => self.write(", "),
            _ => self.write(" "),
        }
    }

    /// `%!verb(type=value)`.
    pub(super) fn bad_verb(&mut self, item: &Item, verb: char) -> Printed {
        self.write("%!")?;
        self.write_char(verb)?;
        self.write("(")?;
        if item.is_nil() {
            self.write("<nil>")?;
        } else {
            self.typed(item)?;
        }
        self.write(")")
    }

    /// `type=value`.
    fn typed(&mut self, item: &Item) -> Printed {
        self.write(item.type_name())?;
        self.write("=")?;
        self.erroring = true;
        let printed = self.value(item, 'v');
        self.erroring = false;
        printed
    }

    /// An operand that no verb asked for.
    pub(super) fn extra(&mut self, item: &Item) -> Printed {
        if item.is_nil() {
            return self.write("<nil>");
        }
        self.write(item.type_name())?;
        self.write("=")?;
        self.argument(item, 'v')
    }

    /// Addresses differ from run to run in Go; here they are all the same.
    fn pointer(&mut self, item: &Item) -> Printed {
        const ADDRESS: u64 = 0xc0_0000_0000;
        match item {
            Item::Data(Value::Array(_) | Value::Set(_) | Value::Object(_)) | Item::Big(_) => {
                let leading = !self.flags.sharp;
                self.hexadecimal(ADDRESS, leading)
            }
            _ => self.bad_verb(item, 'p'),
        }
    }
}
