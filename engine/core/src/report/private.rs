//! What of a line may be shown when nobody knows which of its values is a secret: keys and punctuation.
//!
//! A text that could not be read has no model that says where its secrets are, so all that may be a value is hidden.

use std::ops::Range;

/// The bytes of a line that are hidden.
pub(super) fn hidden(line: &str) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    let mut at = 0;
    // A key stands where an entry begins: first on the line, or behind one of these.
    let mut may_be_key = true;
    while let Some(character) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let end = at + token(line.get(at..).unwrap_or_default());
        let token = line.get(at..end).unwrap_or_default();
        let rest = line.get(end..).unwrap_or_default();
        match character {
            '{' | '[' | ',' | '(' => may_be_key = true,
            '-' if token == "-" => {}
            _ if character.is_whitespace() => {}
            _ if !token.chars().any(char::is_alphanumeric) => may_be_key = false,
            _ => {
                let is_heading = line.get(..at).is_some_and(|before| before.trim() == "[")
                    && rest.trim_end() == "]";
                if !(is_heading || may_be_key && is_key(token, rest)) {
                    hidden.push(at..end);
                }
                may_be_key = false;
            }
        }
        at = end;
    }
    hidden
}

/// Whether what stands behind a token makes it a key, or the name of a block.
fn is_key(token: &str, rest: &str) -> bool {
    let quoted = token.starts_with(['"', '\'']);
    let behind = rest.trim_start();
    if let Some(value) = behind.strip_prefix(':') {
        return quoted || value.is_empty() || value.starts_with(char::is_whitespace);
    }
    if let Some(value) = behind.strip_prefix('=') {
        // Text in base64 ends in `=`.
        return !value.is_empty() && !value.starts_with('=');
    }
    !quoted && rest.starts_with(' ') && behind.starts_with(['"', '{'])
}

/// The length of what a text begins with: a quoted text, a word, one other character.
fn token(text: &str) -> usize {
    let mut characters = text.char_indices();
    let Some((_, first)) = characters.next() else {
        return 0;
    };
    if matches!(first, '"' | '\'') {
        let mut escaped = false;
        for (at, character) in characters {
            match character {
                _ if escaped => escaped = false,
                '\\' if first == '"' => escaped = true,
                _ if character == first => return at + character.len_utf8(),
                _ => {}
            }
        }
        return text.len();
    }
    if !is_of_word(first) {
        return first.len_utf8();
    }
    for (at, character) in characters {
        let ends_key = character == ':'
            && text
                .get(at + 1..)
                .is_none_or(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if !is_of_word(character) || ends_key {
            return at;
        }
    }
    text.len()
}

fn is_of_word(character: char) -> bool {
    !character.is_whitespace()
        && !matches!(
            character,
            '{' | '}' | '[' | ']' | '(' | ')' | ',' | '"' | '\'' | '='
        )
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let mut shown = line.to_owned();
        for range in hidden(line) {
            let stars = "*".repeat(range.len());
            shown.replace_range(range, &stars);
        }
        assert_eq!(shown, expected);
    }

    #[test]
    fn keys_are_shown_and_values_are_not() {
        check("  password: hunter2", "  password: *******");
        check("- name: a b", "- name: * *");
        check("{a: b, \"c\": \"d, e\"}", "{a: *, \"c\": ******}");
        check("{\"a\":\"b\",", "{\"a\":***,");
        check("DB_PASSWORD=hunter2", "DB_PASSWORD=*******");
        check(
            "  password = \"hunter2\" oops",
            "  password = ********* ****",
        );
        check("[Service]", "[Service]");
        check("resource \"a\" \"b\" {", "resource *** *** {");
    }

    #[test]
    fn what_may_be_a_value_is_hidden() {
        check("hunter2", "*******");
        check("DB_PASSWORD hunter2", "*********** *******");
        check("aHVudGVyMg==", "**********==");
        check("a: b: c", "a: *: *");
        check("url: postgres://u:p@h: x", "url: ****************: *");
        check("a: \"hunter2", "a: ********");
        check("a: !foo hunter2", "a: **** *******");
        check("password: 'it''s'", "password: *******");
    }

    #[test]
    fn structure_is_shown() {
        check("}, {", "}, {");
        check("{{- if .Values.web }}", "{{- ** *********** }}");
        check("", "");
    }
}
