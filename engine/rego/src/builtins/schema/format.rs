//! The formats of texts, checked as `gojsonschema` checks them.

use crate::builtins::golang::tail;
use crate::builtins::net::parse_ip;
use crate::builtins::regex::is_pattern;
use crate::builtins::time::parses;
use crate::builtins::uri::Url;

const TIME: &str = "15:04:05";
const TIME_WITH_ZONE: &str = "15:04:05Z07:00";
const DATE: &str = "2006-01-02";
const DATE_TIME: &str = "2006-01-02T15:04:05Z07:00";

/// Whether a text has a format. Formats that are not known have every text.
pub(super) fn matches(format: &str, text: &str) -> bool {
    let parsed = |layouts: &[&str]| layouts.iter().any(|layout| parses(layout, text));
    match format {
        "date" => parsed(&[DATE]),
        "time" => parsed(&[TIME_WITH_ZONE, TIME]),
        "date-time" => parsed(&[TIME, TIME_WITH_ZONE, DATE, DATE_TIME]),
        "hostname" => is_hostname(text),
        "email" | "idn-email" => is_mailbox(text),
        "ipv4" => text.contains('.') && parse_ip(text).is_some(),
        "ipv6" => text.contains(':') && parse_ip(text).is_some(),
        "uri" | "iri" => uri(text).is_some_and(|uri| !uri.scheme.is_empty()),
        "uri-reference" | "iri-reference" => uri(text).is_some(),
        "uri-template" => uri(text).is_some_and(|uri| has_balanced_braces(&uri.path)),
        "uuid" => is_uuid(text),
        "regex" => is_pattern(text),
        "json-pointer" => is_pointer(text),
        "relative-json-pointer" => is_relative_pointer(text),
        _ => true,
    }
}

fn uri(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|_| !text.contains('\\'))
}

fn is_hostname(text: &str) -> bool {
    let label = |label: &str| {
        let inner = |byte: u8| byte == b'-' || byte.is_ascii_alphanumeric();
        (1..=63).contains(&label.len())
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() < 256 && text.split('.').all(label)
}

/// Every opening brace has a closing one after it.
fn has_balanced_braces(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        match after.split_once('}') {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let digits = groups
        .iter()
        .all(|group| group.bytes().all(|digit| digit.is_ascii_hexdigit()));
    lengths == [8, 4, 4, 4, 12] && digits
}

/// Nothing, or segments after slashes in which `~` stands before `0` or `1` only.
fn is_pointer(text: &str) -> bool {
    let escapes = text
        .split('~')
        .skip(1)
        .all(|rest| rest.starts_with(['0', '1']));
    (text.is_empty() || text.starts_with('/')) && escapes
}

/// How many levels up, and then a pointer or `#`.
fn is_relative_pointer(text: &str) -> bool {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let levels = text.get(..length).unwrap_or_default();
    let rest = tail(text, length);
    let number = levels == "0" || (!levels.is_empty() && !levels.starts_with('0'));
    number && (rest == "#" || is_pointer(rest))
}

/// An address, or a name with an address in angle brackets. Comments, which mail has too, are not taken.
fn is_mailbox(text: &str) -> bool {
    let text = text.trim_matches([' ', '\t']);
    let Some(bracketed) = text.strip_suffix('>') else {
        return is_address(text);
    };
    bracketed
        .rsplit_once('<')
        .is_some_and(|(name, address)| is_name(name.trim()) && is_address(address))
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let literal = domain
        .strip_prefix('[')
        .and_then(|domain| domain.strip_suffix(']'));
    let known = match literal {
        Some(address) => parse_ip(address.strip_prefix("IPv6:").unwrap_or(address)).is_some(),
        None => is_dotted(domain),
    };
    known && (is_dotted(local) || is_quoted(local))
}

/// Words with single dots between them.
fn is_dotted(text: &str) -> bool {
    text.split('.').all(is_word)
}

fn is_word(text: &str) -> bool {
    let letter = |letter: char| {
        letter.is_ascii_alphanumeric()
            || !letter.is_ascii()
            || "!#$%&'*+-/=?^_`{|}~".contains(letter)
    };
    !text.is_empty() && text.chars().all(letter)
}

fn is_quoted(text: &str) -> bool {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.is_some_and(|inner| {
        let mut characters = inner.chars();
        while let Some(character) = characters.next() {
            let valid = match character {
                '\\' => characters
                    .next()
                    .is_some_and(|escaped| !escaped.is_control()),
                '"' => false,
                other => !other.is_control(),
            };
            if !valid {
                return false;
            }
        }
        true
    })
}

/// Words and quoted texts, or nothing.
fn is_name(text: &str) -> bool {
    is_quoted(text)
        || text
            .split([' ', '\t'])
            .filter(|word| !word.is_empty())
            .all(is_dotted)
}
