//! Upper and lower case, one character for one, as Go's `unicode` package maps them.

/// Every character in lower case.
pub(in crate::builtins) fn lower(text: &str) -> String {
    text.chars().map(lower_char).collect()
}

/// Every character in upper case. `ß` has no single one and stays.
pub(super) fn upper(text: &str) -> String {
    text.chars().map(upper_char).collect()
}

fn lower_char(character: char) -> char {
    // The dotted capital I is the only one whose full mapping has two characters.
    character.to_lowercase().next().unwrap_or(character)
}

fn upper_char(character: char) -> char {
    let mut mapped = character.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(single), None) => single,
        _ => title_char(character),
    }
}

/// Greek letters with an iota below keep it in the title form that stands in for their upper case; all others with
/// a longer mapping have no single upper case.
fn title_char(character: char) -> char {
    let code = u32::from(character);
    let distance = match code {
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => 8,
        0x1fb3 | 0x1fc3 | 0x1ff3 => 9,
        _ => 0,
    };
    char::from_u32(code + distance).unwrap_or(character)
}
