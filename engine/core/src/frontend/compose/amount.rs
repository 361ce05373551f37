//! What a container asks for and may use: `deploy.resources`, and the older keys beside it.

use super::interpolate::known;
use super::service::Service;
use crate::estate::Model;
use crate::tree::View;

/// A side of the normalised form, the key below `deploy.resources`, and the older keys of memory and processors.
const SIDES: &[(&str, &str, &str, Option<&str>)] = &[
    ("requests", "reservations", "mem_reservation", None),
    ("limits", "limits", "mem_limit", Some("cpus")),
];

/// `resources.requests` and `resources.limits`.
pub(super) fn resources(model: &mut Model, service: &Service<'_>) {
    let sides: Vec<Side<'_>> = SIDES
        .iter()
        .map(|(name, side, memory, cpus)| {
            let deployed = |key: &str| service.at(&["deploy", "resources", *side, key]);
            Side {
                name,
                memory: deployed("memory").or_else(|| service.at(&[*memory])),
                cpus: deployed("cpus").or_else(|| service.at(&[(*cpus)?])),
            }
        })
        .collect();
    let Some(first) = sides.iter().find_map(Side::written) else {
        return;
    };
    model.object(Some("resources"), first.id(), |model| {
        sides.iter().for_each(|side| side.put(model));
    });
}

/// What is written of one side.
struct Side<'a> {
    name: &'static str,
    memory: Option<View<'a>>,
    cpus: Option<View<'a>>,
}

impl<'a> Side<'a> {
    fn written(&self) -> Option<View<'a>> {
        self.memory.or(self.cpus)
    }

    fn put(&self, model: &mut Model) {
        let Some(written) = self.written() else {
            return;
        };
        model.object(Some(self.name), written.id(), |model| {
            amount(model, "cpu_m", self.cpus, milli);
            amount(model, "memory_bytes", self.memory, bytes);
        });
    }
}

fn amount(model: &mut Model, key: &str, written: Option<View<'_>>, read: fn(&str) -> Option<i64>) {
    known(model, key, written, |model, text, origin| {
        if let Some(number) = read(text) {
            model.number_at(key, number, origin);
        }
    });
}

/// Processors in thousandths, rounded up.
fn milli(text: &str) -> Option<i64> {
    let (digits, scale) = decimal(text)?;
    i64::try_from(digits.checked_mul(1000)?.checked_add(scale - 1)? / scale).ok()
}

/// Units of memory and what they multiply by.
const UNITS: &[(char, i128)] = &[
    ('k', 1 << 10),
    ('m', 1 << 20),
    ('g', 1 << 30),
    ('t', 1 << 40),
    ('p', 1 << 50),
];

/// Bytes, in the grammar of `go-units`: `512m`, `1.5 GiB`, `64kb`. All units are binary, and fractions are cut off.
fn bytes(text: &str) -> Option<i64> {
    let text = text.to_ascii_lowercase();
    let text = text.strip_suffix('b').unwrap_or(&text);
    let text = text.strip_suffix('i').unwrap_or(text);
    let unit = UNITS.iter().find(|(unit, _)| text.ends_with(*unit));
    let (number, multiplier) = match unit {
        Some((unit, multiplier)) => (text.strip_suffix(*unit)?, *multiplier),
        None => (text, 1),
    };
    let (digits, scale) = decimal(number.strip_suffix(' ').unwrap_or(number))?;
    i64::try_from(digits.checked_mul(multiplier)? / scale).ok()
}

/// A decimal number as its digits and the power of ten that divides them.
fn decimal(text: &str) -> Option<(i128, i128)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let valid = !(whole.is_empty() && fraction.is_empty())
        && whole.len() + fraction.len() <= 20
        && is_number(whole)
        && is_number(fraction);
    let digits: i128 = valid
        .then(|| format!("0{whole}{fraction}").parse().ok())
        .flatten()?;
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    Some((digits, scale))
}

#[cfg(test)]
mod tests {
    use super::{bytes, milli};

    #[test]
    fn processors_are_counted_in_thousandths() {
        for (text, expected) in [
            ("0.5", Some(500)),
            ("2", Some(2000)),
            (".25", Some(250)),
            ("0.0001", Some(1)),
            ("one", None),
            ("", None),
        ] {
            assert_eq!(milli(text), expected, "{text}");
        }
    }

    #[test]
    fn memory_is_counted_in_bytes() {
        for (text, expected) in [
            ("64", Some(64)),
            ("64b", Some(64)),
            ("1k", Some(1024)),
            ("1kb", Some(1024)),
            ("512M", Some(536_870_912)),
            ("1.5 GiB", Some(1_610_612_736)),
            ("1q", None),
            ("b", None),
            ("-1m", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }
}
