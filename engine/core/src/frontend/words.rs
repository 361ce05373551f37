//! Words of a line, as systemd separates and quotes them.
//!
//! A shell does nearly the same to the assignments that a command begins with.

use std::str::Chars;

/// The words, and whether every quote among them is closed. Words are separated by whitespace; `"` and `'` quote, also
/// within a word; a backslash begins one of C's escapes.
pub(super) fn words(text: &str) -> (Vec<String>, bool) {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (_, '\\') => {
                let unescaped = unescape(&mut characters);
                word.get_or_insert_default().push_str(&unescaped);
            }
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, _) if character.is_ascii_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    (words, quote.is_none())
}

/// What a backslash and the characters after it stand for. What is no escape stays as it is written.
fn unescape(characters: &mut Chars<'_>) -> String {
    let Some(next) = characters.next() else {
        return "\\".to_owned();
    };
    let unescaped = match next {
        'a' => Some('\u{7}'),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        's' => Some(' '),
        't' => Some('\t'),
        'v' => Some('\u{b}'),
        '\\' | '"' | '\'' => Some(next),
        'x' => coded(characters, 2),
        'u' => coded(characters, 4),
        'U' => coded(characters, 8),
        '0'..='7' => octal(characters, next),
        _ => None,
    };
    unescaped.map_or_else(|| format!("\\{next}"), String::from)
}

/// The character with a number of that many hexadecimal digits.
fn coded(characters: &mut Chars<'_>, digits: usize) -> Option<char> {
    let rest = characters.as_str();
    let code = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
    let character = char::from_u32(code)?;
    *characters = rest.get(digits..)?.chars();
    Some(character)
}

/// The character with a number of three octal digits, of which the first one is read already.
fn octal(characters: &mut Chars<'_>, first: char) -> Option<char> {
    let rest = characters.as_str();
    let low = u32::from_str_radix(rest.get(..2)?, 8).ok()?;
    let character = char::from_u32(first.to_digit(8)? * 64 + low)?;
    *characters = rest.get(2..)?.chars();
    Some(character)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[track_caller]
    fn check(text: &str, expected: &[&str], closed: bool) {
        let (found, all_closed) = words(text);
        assert_eq!(found, expected, "{text}");
        assert_eq!(all_closed, closed, "{text}");
    }

    #[test]
    fn whitespace_separates_and_quotes_keep_together() {
        check("a  b\tc", &["a", "b", "c"], true);
        check(r#""a b" 'c d'"#, &["a b", "c d"], true);
        check("", &[], true);
        check("''", &[""], true);
    }

    #[test]
    fn a_quote_within_a_word_is_removed() {
        check(r#"A="b c" D='e'f"#, &["A=b c", "D=ef"], true);
        check(r#"A='"'"#, &[r#"A=""#], true);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_said() {
        check(r#"a "b c"#, &["a", "b c"], false);
    }

    #[test]
    fn escapes_are_those_of_c() {
        check(
            r#"a\sb \"c\" \x41\102\u0043"#,
            &["a b", "\"c\"", "ABC"],
            true,
        );
    }

    #[test]
    fn what_is_no_escape_stays() {
        check(r"\d \x4 \", &[r"\d", r"\x4", r"\"], true);
    }
}
