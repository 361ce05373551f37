//! Go's quoted text: `strconv.Quote` and its relatives.

/// A text in double quotes.
pub(in crate::builtins) fn quoted(text: &str) -> String {
    enclosed(text, '"', false)
}

/// A text in double quotes with nothing but ASCII.
pub(super) fn quoted_ascii(text: &str) -> String {
    enclosed(text, '"', true)
}

/// A character in single quotes.
pub(super) fn quoted_char(character: char, ascii: bool) -> String {
    enclosed(character.encode_utf8(&mut [0; 4]), '\'', ascii)
}

fn enclosed(text: &str, quote: char, ascii: bool) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    out.push(quote);
    for character in text.chars() {
        if character == quote || character == '\\' {
            out.push('\\');
            out.push(character);
        } else if is_print(character) && (!ascii || character.is_ascii()) {
            out.push(character);
        } else {
            escape(&mut out, character);
        }
    }
    out.push(quote);
    out
}

fn escape(out: &mut String, character: char) {
    let code = u32::from(character);
    let escaped = match character {
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        _ if code < 0x20 || code == 0x7f => format!("\\x{code:02x}"),
        _ if code < 0x1_0000 => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    };
    out.push_str(&escaped);
}

/// Whether a text can stand in backquotes as it is.
pub(super) fn can_backquote(text: &str) -> bool {
    text.chars().all(|character| match character {
        '\t' => true,
        '\u{feff}' | '`' | '\u{7f}' => false,
        other => other >= ' ',
    })
}

/// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the space, which are just the
/// characters that Rust's `escape_debug` leaves as they are after another one.
pub(in crate::builtins) fn is_print(character: char) -> bool {
    if character.is_ascii() {
        return (' '..='~').contains(&character);
    }
    let pair = String::from_iter(['a', character]);
    pair.escape_debug().nth(1) == Some(character)
}
