//! Addresses of both versions, read as Go's `net/netip` does.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::builtins::golang::{quote, tail};

/// An address as 128 bits; those of version 4 lie where version 6 maps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::builtins) struct Address(pub(super) u128);

/// The beginning of the addresses of version 4.
pub(super) const VERSION_4: u128 = 0xffff_0000_0000;

impl Address {
    /// Whether the address is one of version 4, however it was written.
    pub(super) fn is_v4(self) -> bool {
        self.0 >> 32 == VERSION_4 >> 32
    }
}

/// Go's spelling.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Ipv6Addr::from(self.0).to_ipv4_mapped() {
            Some(address) => write!(f, "{address}"),
            None => write!(f, "{}", Ipv6Addr::from(self.0)),
        }
    }
}

/// The address of a text without zone.
pub(in crate::builtins) fn parse_ip(text: &str) -> Option<Address> {
    read(text)
        .ok()
        .filter(|written| written.zone.is_empty())
        .map(|written| written.address)
}

/// Whether the address of a text is written in the form of version 4; the error is in Go's words.
pub(in crate::builtins) fn check_address(text: &str) -> Result<bool, String> {
    read(text).map(|written| written.dotted)
}

/// An address and how it is written.
#[derive(Debug)]
pub(super) struct Written<'text> {
    pub(super) address: Address,
    pub(super) zone: &'text str,
    /// Whether it is four decimal numbers and nothing else.
    pub(super) dotted: bool,
}

fn problem(text: &str, message: &str, at: &str) -> String {
    let at = if at.is_empty() {
        String::new()
    } else {
        format!(" (at {})", quote(at))
    };
    format!("ParseAddr({}): {message}{at}", quote(text))
}

/// Reads an address of either version.
pub(super) fn read(text: &str) -> Result<Written<'_>, String> {
    match text.bytes().find(|byte| matches!(byte, b'.' | b':' | b'%')) {
        Some(b'.') => {
            let bits = u32::from(dotted(text, text)?);
            Ok(Written {
                address: Address(VERSION_4 | u128::from(bits)),
                zone: "",
                dotted: true,
            })
        }
        Some(b':') => version_6(text),
        Some(_) => Err(problem(text, "missing IPv6 address", "")),
        None => Err(problem(text, "unable to parse IP", "")),
    }
}

/// Four decimal numbers; `whole` is the text that they are part of.
fn dotted(whole: &str, text: &str) -> Result<Ipv4Addr, String> {
    let mut fields = [0_u8; 4];
    let mut slots = fields.iter_mut();
    let mut rest = text;
    for field in text.split('.') {
        let number = decimal(whole, rest, field)?;
        match slots.next() {
            Some(slot) => *slot = number,
            None => return Err(problem(whole, "IPv4 address too long", "")),
        }
        rest = tail(rest, field.len() + 1);
    }
    if slots.next().is_some() {
        return Err(problem(whole, "IPv4 address too short", ""));
    }
    Ok(Ipv4Addr::from(fields))
}

/// One number; `rest` is what is left of the text, beginning with it.
fn decimal(whole: &str, rest: &str, field: &str) -> Result<u8, String> {
    let mut value: u32 = 0;
    for (at, digit) in field.bytes().enumerate() {
        if !digit.is_ascii_digit() {
            return Err(problem(whole, "unexpected character", tail(rest, at)));
        }
        if at > 0 && value == 0 {
            return Err(problem(whole, "IPv4 field has octet with leading zero", ""));
        }
        value = value * 10 + u32::from(digit - b'0');
        if value > 255 {
            return Err(problem(whole, "IPv4 field has value >255", ""));
        }
    }
    if field.is_empty() {
        return Err(problem(
            whole,
            "IPv4 field must have at least one digit",
            rest,
        ));
    }
    u8::try_from(value).map_err(|error| error.to_string())
}

fn version_6(whole: &str) -> Result<Written<'_>, String> {
    let (text, zone) = match whole.split_once('%') {
        Some((_, "")) => return Err(problem(whole, "zone must be a non-empty string", "")),
        Some((text, zone)) => (text, zone),
        None => (whole, ""),
    };
    let mut reader = Reader {
        whole,
        groups: Vec::with_capacity(8),
        ellipsis: None,
    };
    let mut rest = text;
    if let Some(after) = text.strip_prefix("::") {
        reader.ellipsis = Some(0);
        rest = after;
    }
    if !(reader.ellipsis.is_some() && rest.is_empty()) {
        reader.groups(rest)?;
    }
    Ok(Written {
        address: Address(reader.address()?),
        zone,
        dotted: false,
    })
}

struct Reader<'text> {
    whole: &'text str,
    groups: Vec<u16>,
    /// How many groups stand before the `::`.
    ellipsis: Option<usize>,
}

impl Reader<'_> {
    fn problem<T>(&self, message: &str, at: &str) -> Result<T, String> {
        Err(problem(self.whole, message, at))
    }

    fn groups(&mut self, text: &str) -> Result<(), String> {
        let mut rest = text;
        while self.groups.len() < 8 {
            let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
            if digits > 4 {
                return self.problem("each group must have 4 or less digits", rest);
            }
            if digits == 0 {
                return self.problem(
                    "each colon-separated field must have at least one digit",
                    rest,
                );
            }
            if tail(rest, digits).starts_with('.') {
                return self.embedded(rest);
            }
            let group = rest
                .get(..digits)
                .and_then(|digits| u16::from_str_radix(digits, 16).ok());
            self.groups.push(group.unwrap_or_default());
            rest = tail(rest, digits);
            if rest.is_empty() {
                return Ok(());
            }
            rest = self.separator(rest)?;
            if rest.is_empty() {
                return Ok(());
            }
        }
        self.problem("trailing garbage after address", rest)
    }

    /// What follows the colon, or the two colons, after a group.
    fn separator<'text>(&mut self, rest: &'text str) -> Result<&'text str, String> {
        let Some(after) = rest.strip_prefix(':') else {
            return self.problem("unexpected character, want colon", rest);
        };
        if after.is_empty() {
            return self.problem("colon must be followed by more characters", rest);
        }
        let Some(after_both) = after.strip_prefix(':') else {
            return Ok(after);
        };
        if self.ellipsis.is_some() {
            return self.problem("multiple :: in address", after);
        }
        self.ellipsis = Some(self.groups.len());
        Ok(after_both)
    }

    /// An address of version 4 in place of the last two groups.
    fn embedded(&mut self, rest: &str) -> Result<(), String> {
        if self.ellipsis.is_none() && self.groups.len() != 6 {
            return self.problem(
                "embedded IPv4 address must replace the final 2 fields of the address",
                rest,
            );
        }
        if self.groups.len() > 6 {
            return self.problem(
                "too many hex fields to fit an embedded IPv4 at the end of the address",
                rest,
            );
        }
        let [a, b, c, d] = dotted(self.whole, rest)?.octets();
        self.groups
            .extend([u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]);
        Ok(())
    }

    /// The groups with zeros in place of the `::`.
    fn address(mut self) -> Result<u128, String> {
        let missing = 8_usize.saturating_sub(self.groups.len());
        match self.ellipsis {
            None if missing > 0 => return self.problem("address string too short", ""),
            Some(_) if missing == 0 => {
                return self.problem("the :: must expand to at least one field of zeros", "");
            }
            Some(at) => drop(self.groups.splice(at..at, vec![0; missing])),
            None => {}
        }
        Ok(self
            .groups
            .iter()
            .fold(0, |bits, group| (bits << 16) | u128::from(*group)))
    }
}
