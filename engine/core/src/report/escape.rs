//! Hostile text made harmless: what a manifest names must not drive whatever shows it. One function per syntax that is
//! written; all but [`json`] leave one line of what they are given.

use std::borrow::Cow;
use std::fmt::Write;

/// Text with everything that a terminal would obey or hide shown as `\u{...}`, and so the beginning of what the agents
/// of a CI obey anywhere in a line of a log: `##[`, `##vso[`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text
        .char_indices()
        .any(|(at, character)| is_spelt_out(text, at, character))
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, character) in text.char_indices() {
        if is_spelt_out(text, at, character) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// JSON with the same meaning, in which what [`visible`] would spell out is written as escapes. Line ends of the layout
/// stay; those of texts the serialiser has escaped.
pub(super) fn json(serialised: &str) -> String {
    let mut out = String::with_capacity(serialised.len());
    for (at, character) in serialised.char_indices() {
        if character != '\n' && is_spelt_out(serialised, at, character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// Text within an element, or within a quoted attribute, of XML or HTML: no element, entity or end of a section begins
/// in it, and it holds no character that XML does not have.
pub(super) fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The message of a workflow command of GitHub: it ends with its line, and no escape in it is decoded to another line.
pub(super) fn workflow_message(text: &str) -> String {
    visible(text).replace('%', "%25")
}

/// A property of a workflow command of GitHub: it does not end before its end either.
pub(super) fn workflow_property(text: &str) -> String {
    workflow_message(text)
        .replace(':', "%3A")
        .replace(',', "%2C")
}

/// The message of a logging command of Azure Pipelines.
pub(super) fn logging_message(text: &str) -> String {
    visible(text).replace('%', "%AZP25")
}

/// A property of a logging command of Azure Pipelines: neither it nor the command ends before its end.
pub(super) fn logging_property(text: &str) -> String {
    logging_message(text)
        .replace(';', "%3B")
        .replace(']', "%5D")
}

/// A cell of CSV, in quotes. No spreadsheet takes it for a formula, also none that ends cells at `;`: an apostrophe
/// stands before what would begin one.
pub(super) fn cell(text: &str) -> String {
    let mut out = String::from("\"");
    let mut begins = true;
    for character in visible(text).chars() {
        match character {
            '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' if begins => out.push('\''),
            '"' => out.push('"'),
            _ => {}
        }
        out.push(character);
        begins = matches!(character, ',' | ';' | '"') || begins && character == ' ';
    }
    out.push('"');
    out
}

/// A span of code in Markdown, outside of tables: nothing in it is a link, an element, a mention or the end of it.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    if text.is_empty() {
        return String::new();
    }
    let runs = text.split(|character: char| character != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    if text.starts_with('`') || text.ends_with('`') {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A message in Markdown, outside of tables and not at the beginning of a line. Plain words stay, and what stands in
/// backticks is code; a message with anything else in it is code as a whole.
pub(super) fn prose(text: &str) -> String {
    let text = visible(text);
    let parts: Vec<&str> = text.split('`').collect();
    let is_harmless = |(at, part): (usize, &&str)| {
        let is_code = at % 2 == 1;
        let is_between = at > 0 && at + 1 < parts.len();
        if part.trim().is_empty() {
            !is_code && (!is_between || !part.is_empty())
        } else {
            is_code || is_plain(part)
        }
    };
    if parts.len() % 2 == 1 && parts.iter().enumerate().all(is_harmless) {
        text.into_owned()
    } else {
        code(&text)
    }
}

/// Whether text is words and nothing that a renderer makes more of.
fn is_plain(text: &str) -> bool {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let ends_word = characters.peek().is_none_or(|next| *next == ' ');
        let is_plain = match character {
            ' ' | ',' | ';' | '\'' | '(' | ')' | '-' => true,
            '.' | ':' => ends_word,
            other => other.is_alphanumeric(),
        };
        if !is_plain {
            return false;
        }
    }
    true
}

/// A plain text of SARIF: no link is embedded in it.
pub(super) fn sarif(text: &str) -> String {
    let text = visible(text);
    if text.contains("](") {
        text.replace('\\', "\\\\")
            .replace('[', "\\[")
            .replace(']', "\\]")
    } else {
        text.into_owned()
    }
}

/// A path as a reference of a URI: relative, or absolute as the path is.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.strip_prefix("./").unwrap_or(path).bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

/// The beginning of a text that is too long for an output.
pub(super) fn clipped(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}...", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

fn is_spelt_out(text: &str, at: usize, character: char) -> bool {
    is_hostile(character) || character == '#' && begins_command(text, at)
}

/// Whether an agent of a CI would read a command from here on: two `#`, perhaps a word, and a bracket.
pub(super) fn begins_command(text: &str, at: usize) -> bool {
    let rest = text.get(at..).and_then(|rest| rest.strip_prefix("##"));
    rest.is_some_and(|rest| {
        let word = |character: char| character.is_ascii_alphabetic();
        rest.trim_start_matches(word).starts_with('[')
    })
}

/// Controls, line separators, direction overrides, characters without width, and what is no character.
pub(super) fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // The last one marks places in reports.
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}' | '\u{e000}'
        )
}

#[cfg(test)]
mod tests {
    use super::{cell, code, json, logging_property, markup, prose, sarif, uri, visible};
    use super::{workflow_message, workflow_property};

    #[test]
    fn what_a_terminal_obeys_is_spelt_out() {
        assert_eq!(
            visible("a\u{1b}[31mb\nc\u{202e}d"),
            "a\\u{1b}[31mb\\u{a}c\\u{202e}d"
        );
    }

    #[test]
    fn what_an_agent_obeys_anywhere_is_spelt_out() {
        assert_eq!(visible("a ##vso[x]b"), "a \\u{23}#vso[x]b");
        assert_eq!(visible("###[x]"), "#\\u{23}#[x]");
    }

    #[test]
    fn other_text_is_left_alone() {
        assert_eq!(
            visible("Grüße, 世界 `x` ## y [z]"),
            "Grüße, 世界 `x` ## y [z]"
        );
    }

    #[test]
    fn json_keeps_its_meaning() {
        let text = "\u{202e}##[x]\u{e0001}\\\n";
        let serialised = serde_json::to_string(text).unwrap();
        let escaped = json(&serialised);
        assert_eq!(
            escaped, "\"\\u202e\\u0023#[x]\\udb40\\udc01\\\\\\n\"",
            "{serialised}"
        );
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    }

    #[test]
    fn markup_begins_no_element() {
        assert_eq!(
            markup("<a b='c'>&]]>"),
            "&lt;a b=&#39;c&#39;&gt;&amp;]]&gt;"
        );
    }

    #[test]
    fn a_command_ends_where_it_should() {
        assert_eq!(workflow_message("a%0Ab: c"), "a%250Ab: c");
        assert_eq!(workflow_property("a,b::c"), "a%2Cb%3A%3Ac");
        assert_eq!(logging_property("a;b]%"), "a%3Bb%5D%AZP25");
    }

    #[test]
    fn a_cell_is_no_formula() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell(" @SUM"), "\" '@SUM\"");
        assert_eq!(cell("a;=b"), "\"a;'=b\"");
        assert_eq!(cell("a \"=b\""), "\"a \"\"'=b\"\"\"");
        assert_eq!(cell("a-b = c"), "\"a-b = c\"");
    }

    #[test]
    fn code_ends_where_it_should() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a"), "`` `a ``");
    }

    #[test]
    fn prose_is_plain_words_and_code() {
        for text in ["container `a@b` runs, as root: (uid 0).", "`a` and `b`"] {
            assert_eq!(prose(text), text);
        }
        for text in [
            "see http://e",
            "ask @team",
            "![x](y)",
            "a `b",
            "``a``",
            "www.e",
        ] {
            assert_eq!(prose(text), code(text), "{text}");
        }
    }

    #[test]
    fn a_plain_text_of_sarif_has_no_link() {
        assert_eq!(sarif("a[0]"), "a[0]");
        assert_eq!(sarif("[x](1)"), "\\[x\\](1)");
    }

    #[test]
    fn a_path_becomes_a_reference() {
        assert_eq!(uri("./a b/c:d.yaml"), "a%20b/c%3Ad.yaml");
        assert_eq!(uri("/tmp/ü"), "file:///tmp/%C3%BC");
    }
}
