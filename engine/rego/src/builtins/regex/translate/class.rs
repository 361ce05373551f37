//! Classes of characters: in brackets, by letter, by POSIX name and by Unicode name.

use super::{NEVER, Parser, escape, problem, span};
use crate::builtins::golang::tail;

/// About how many states a class of Unicode takes.
pub(super) const UNICODE_WEIGHT: u64 = 500;

impl<'text> Parser<'text> {
    /// Reads a class in brackets.
    pub(super) fn class(&mut self, whole: &'text str) -> Result<&'text str, String> {
        let inner = tail(whole, 1);
        let (negated, mut rest) = match inner.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, inner),
        };
        let mut members = String::new();
        let mut weight: u64 = 2;
        let mut first = true;
        while first || !rest.starts_with(']') {
            first = false;
            let (member, after) = member(rest, whole)?;
            if member.starts_with("\\p") || member.starts_with("\\P") {
                weight = weight.saturating_add(UNICODE_WEIGHT);
            }
            members.push_str(&member);
            rest = after;
        }
        let text = match (members.is_empty(), negated) {
            (true, false) => NEVER.to_owned(),
            (true, true) => r"[\x{0}-\x{10FFFF}]".to_owned(),
            (false, false) => self.folded(&format!("[{members}]")),
            (false, true) => self.folded(&format!("[^{members}]")),
        };
        self.push_weighing(text, weight);
        Ok(tail(rest, 1))
    }
}

/// One member of a class, and what follows it.
fn member<'text>(text: &'text str, whole: &str) -> Result<(String, &'text str), String> {
    if text.len() > 2
        && text.starts_with("[:")
        && let Some((name, after)) = posix_name(text)
    {
        return Ok((posix(name)?, after));
    }
    if text.starts_with("\\p") || text.starts_with("\\P") {
        return unicode(text);
    }
    if let Some((negated, members)) = text
        .strip_prefix('\\')
        .and_then(|rest| perl(*rest.as_bytes().first()?))
    {
        return Ok((nested(negated, members), tail(text, 2)));
    }
    range(text, whole)
}

fn nested(negated: bool, members: &str) -> String {
    if negated {
        format!("[^{members}]")
    } else {
        members.to_owned()
    }
}

/// One character, or two with a dash between them.
fn range<'text>(text: &'text str, whole: &str) -> Result<(String, &'text str), String> {
    let (low, rest) = character(text, whole)?;
    let Some(after_dash) = rest
        .strip_prefix('-')
        .filter(|after| !after.is_empty() && !after.starts_with(']'))
    else {
        return Ok((code_range(low, low), rest));
    };
    let (high, after) = character(after_dash, whole)?;
    if high < low {
        return Err(problem("invalid character class range", span(text, after)));
    }
    Ok((code_range(low, high), after))
}

fn character<'text>(text: &'text str, whole: &str) -> Result<(u32, &'text str), String> {
    match text.chars().next() {
        None => Err(problem("missing closing ]", whole)),
        Some('\\') => escape::character(text),
        Some(character) => Ok((u32::from(character), tail(text, character.len_utf8()))),
    }
}

/// A range without the halves of surrogate pairs, which are in no text.
fn code_range(low: u32, high: u32) -> String {
    let low = if (0xd800..0xe000).contains(&low) {
        0xe000
    } else {
        low
    };
    let high = if (0xd800..0xe000).contains(&high) {
        0xd7ff
    } else {
        high
    };
    if high < low {
        String::new()
    } else {
        format!("\\x{{{low:X}}}-\\x{{{high:X}}}")
    }
}

/// The class of `\d`, `\s`, `\w` or their opposites: ASCII only.
pub(super) fn perl(letter: u8) -> Option<(bool, &'static str)> {
    let members = match letter.to_ascii_lowercase() {
        b'd' => "0-9",
        b's' => r"\t\n\x0C\r\x20",
        b'w' => "0-9A-Za-z_",
        _ => return None,
    };
    Some((letter.is_ascii_uppercase(), members))
}

/// `[:name:]` and what follows it.
fn posix_name(text: &str) -> Option<(&str, &str)> {
    let end = tail(text, 2).find(":]")? + 4;
    Some((text.get(..end)?, tail(text, end)))
}

fn posix(name: &str) -> Result<String, String> {
    let inner = name
        .get(2..name.len().saturating_sub(2))
        .unwrap_or_default();
    let (negated, bare) = match inner.strip_prefix('^') {
        Some(bare) => (true, bare),
        None => (false, inner),
    };
    let members = POSIX.iter().find(|(known, _)| *known == bare);
    members
        .map(|(_, members)| nested(negated, members))
        .ok_or_else(|| problem("invalid character class range", name))
}

const POSIX: &[(&str, &str)] = &[
    ("alnum", "0-9A-Za-z"),
    ("alpha", "A-Za-z"),
    ("ascii", r"\x00-\x7F"),
    ("blank", r"\t\x20"),
    ("cntrl", r"\x00-\x1F\x7F"),
    ("digit", "0-9"),
    ("graph", r"\x21-\x7E"),
    ("lower", "a-z"),
    ("print", r"\x20-\x7E"),
    ("punct", r"\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E"),
    ("space", r"\t-\r\x20"),
    ("upper", "A-Z"),
    ("word", "0-9A-Za-z_"),
    ("xdigit", "0-9A-Fa-f"),
];

/// `\pL`, `\p{Greek}`, `\P{Greek}` or `\p{^Greek}`, and what follows; the empty text matches nothing.
pub(super) fn unicode(text: &str) -> Result<(String, &str), String> {
    let inner = tail(text, 2);
    let (name, after) = match inner.strip_prefix('{') {
        Some(braced) => braced
            .split_once('}')
            .ok_or_else(|| problem("invalid character class range", text))?,
        None => {
            let length = inner.chars().next().map_or(0, char::len_utf8);
            (inner.get(..length).unwrap_or_default(), tail(inner, length))
        }
    };
    let (inverted, name) = match name.strip_prefix('^') {
        Some(name) => (true, name),
        None => (false, name),
    };
    let negated = text.starts_with("\\P") != inverted;
    let canonical = canonical_name(name);
    let found = named_class(&canonical, negated);
    found
        .map(|class| (class, after))
        .ok_or_else(|| problem("invalid character class range", span(text, after)))
}

/// A leading capital, small letters, and none of the separators between words.
fn canonical_name(name: &str) -> String {
    let letters = name
        .chars()
        .filter(|character| !matches!(character, '_' | '-' | ' '));
    letters
        .enumerate()
        .map(|(index, letter)| {
            if index == 0 {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            }
        })
        .collect()
}

fn named_class(name: &str, negated: bool) -> Option<String> {
    let property = |property: &str, negated: bool| {
        let letter = if negated { 'P' } else { 'p' };
        format!("\\{letter}{{{property}}}")
    };
    match name {
        "Any" => return Some(nested_range(0, 0x0010_ffff, negated)),
        "Ascii" => return Some(nested_range(0, 0x7f, negated)),
        "Assigned" => return Some(property("gc=Cn", !negated)),
        "Cs" | "Surrogate" => return Some(nested_range(0, 0x0010_ffff, !negated)),
        _ => {}
    }
    let category = CATEGORIES
        .iter()
        .find(|(known, aliases)| *known == name || aliases.contains(&name));
    if let Some((category, _)) = category {
        return Some(property(&format!("gc={category}"), negated));
    }
    SCRIPTS
        .contains(&name)
        .then(|| property(&format!("sc={name}"), negated))
}

fn nested_range(low: u32, high: u32, negated: bool) -> String {
    match (negated, code_range(low, high)) {
        (false, range) => range,
        (true, _) if low == 0 && high == 0x0010_ffff => String::new(),
        (true, range) => format!("[^{range}]"),
    }
}

/// General categories and their long names, spelt canonically.
const CATEGORIES: &[(&str, &[&str])] = &[
    ("C", &["Other"]),
    ("Cc", &["Control", "Cntrl"]),
    ("Cf", &["Format"]),
    ("Cn", &["Unassigned"]),
    ("Co", &["Privateuse"]),
    ("L", &["Letter"]),
    ("LC", &["Lc", "Casedletter"]),
    ("Ll", &["Lowercaseletter"]),
    ("Lm", &["Modifierletter"]),
    ("Lo", &["Otherletter"]),
    ("Lt", &["Titlecaseletter"]),
    ("Lu", &["Uppercaseletter"]),
    ("M", &["Mark", "Combiningmark"]),
    ("Mc", &["Spacingmark"]),
    ("Me", &["Enclosingmark"]),
    ("Mn", &["Nonspacingmark"]),
    ("N", &["Number"]),
    ("Nd", &["Decimalnumber", "Digit"]),
    ("Nl", &["Letternumber"]),
    ("No", &["Othernumber"]),
    ("P", &["Punctuation", "Punct"]),
    ("Pc", &["Connectorpunctuation"]),
    ("Pd", &["Dashpunctuation"]),
    ("Pe", &["Closepunctuation"]),
    ("Pf", &["Finalpunctuation"]),
    ("Pi", &["Initialpunctuation"]),
    ("Po", &["Otherpunctuation"]),
    ("Ps", &["Openpunctuation"]),
    ("S", &["Symbol"]),
    ("Sc", &["Currencysymbol"]),
    ("Sk", &["Modifiersymbol"]),
    ("Sm", &["Mathsymbol"]),
    ("So", &["Othersymbol"]),
    ("Z", &["Separator"]),
    ("Zl", &["Lineseparator"]),
    ("Zp", &["Paragraphseparator"]),
    ("Zs", &["Spaceseparator"]),
];

/// The scripts that Go finds by name: it looks names up without their underscores, so it finds no script of two words.
const SCRIPTS: &[&str] = &[
    "Adlam",
    "Ahom",
    "Arabic",
    "Armenian",
    "Avestan",
    "Balinese",
    "Bamum",
    "Batak",
    "Bengali",
    "Bhaiksuki",
    "Bopomofo",
    "Brahmi",
    "Braille",
    "Buginese",
    "Buhid",
    "Carian",
    "Chakma",
    "Cham",
    "Cherokee",
    "Chorasmian",
    "Common",
    "Coptic",
    "Cuneiform",
    "Cypriot",
    "Cyrillic",
    "Deseret",
    "Devanagari",
    "Dogra",
    "Duployan",
    "Elbasan",
    "Elymaic",
    "Ethiopic",
    "Georgian",
    "Glagolitic",
    "Gothic",
    "Grantha",
    "Greek",
    "Gujarati",
    "Gurmukhi",
    "Han",
    "Hangul",
    "Hanunoo",
    "Hatran",
    "Hebrew",
    "Hiragana",
    "Inherited",
    "Javanese",
    "Kaithi",
    "Kannada",
    "Katakana",
    "Kawi",
    "Kharoshthi",
    "Khmer",
    "Khojki",
    "Khudawadi",
    "Lao",
    "Latin",
    "Lepcha",
    "Limbu",
    "Lisu",
    "Lycian",
    "Lydian",
    "Mahajani",
    "Makasar",
    "Malayalam",
    "Mandaic",
    "Manichaean",
    "Marchen",
    "Medefaidrin",
    "Miao",
    "Modi",
    "Mongolian",
    "Mro",
    "Multani",
    "Myanmar",
    "Nabataean",
    "Nandinagari",
    "Newa",
    "Nko",
    "Nushu",
    "Ogham",
    "Oriya",
    "Osage",
    "Osmanya",
    "Palmyrene",
    "Phoenician",
    "Rejang",
    "Runic",
    "Samaritan",
    "Saurashtra",
    "Sharada",
    "Shavian",
    "Siddham",
    "Sinhala",
    "Sogdian",
    "Soyombo",
    "Sundanese",
    "Syriac",
    "Tagalog",
    "Tagbanwa",
    "Takri",
    "Tamil",
    "Tangsa",
    "Tangut",
    "Telugu",
    "Thaana",
    "Thai",
    "Tibetan",
    "Tifinagh",
    "Tirhuta",
    "Toto",
    "Ugaritic",
    "Vai",
    "Vithkuqi",
    "Wancho",
    "Yezidi",
    "Yi",
];
