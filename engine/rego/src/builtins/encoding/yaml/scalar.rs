//! How a scalar may be written, as `libyaml` decides it.

/// The styles of scalars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// What was found out about the text of a scalar.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a finding of its own about the text"
)]
#[derive(Debug, Default)]
struct Traits {
    /// Something in it would begin another token.
    indicators: bool,
    /// It holds what cannot be printed.
    special: bool,
    breaks: bool,
    leading: bool,
    trailing: bool,
    trailing_space: bool,
    break_space: bool,
    space_break: bool,
}

/// Whether a text is written over several lines.
pub(super) fn is_multiline(text: &str) -> bool {
    text.chars().any(is_break)
}

/// The style that a text is written in, when another one is wished for.
pub(super) fn choose(text: &str, wished: Style, simple_key: bool) -> Style {
    let traits = Traits::of(text);
    let mut style = if simple_key && traits.breaks {
        Style::DoubleQuoted
    } else {
        wished
    };
    if style == Style::Plain && (!traits.plain_allowed() || (text.is_empty() && simple_key)) {
        style = Style::SingleQuoted;
    }
    if style == Style::SingleQuoted && !traits.single_quoted_allowed() {
        style = Style::DoubleQuoted;
    }
    if style == Style::Literal && (!traits.literal_allowed(text) || simple_key) {
        style = Style::DoubleQuoted;
    }
    style
}

impl Traits {
    fn of(text: &str) -> Self {
        let mut traits = Self {
            indicators: text.starts_with("---") || text.starts_with("..."),
            ..Self::default()
        };
        let mut previous = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let next = characters.peek().copied();
            traits.indicators |= is_indicator(previous, character, next);
            traits.special |= !is_printable(character);
            traits.note_white_space(previous, character, next);
            previous = Some(character);
        }
        traits
    }

    fn note_white_space(&mut self, previous: Option<char>, character: char, next: Option<char>) {
        if character == ' ' {
            self.leading |= previous.is_none();
            self.trailing |= next.is_none();
            self.trailing_space |= next.is_none();
            self.break_space |= previous.is_some_and(is_break);
        } else if is_break(character) {
            self.breaks = true;
            self.leading |= previous.is_none();
            self.trailing |= next.is_none();
            self.space_break |= previous == Some(' ');
        }
    }

    fn plain_allowed(&self) -> bool {
        let spaces = self.leading || self.trailing || self.break_space || self.space_break;
        !(spaces || self.special || self.breaks || self.indicators)
    }

    fn single_quoted_allowed(&self) -> bool {
        !(self.break_space || self.space_break || self.special)
    }

    fn literal_allowed(&self, text: &str) -> bool {
        !(text.is_empty() || self.trailing_space || self.space_break || self.special)
    }
}

/// Whether a character in a block context would begin something else than text.
fn is_indicator(previous: Option<char>, character: char, next: Option<char>) -> bool {
    let space_follows = next.is_none_or(is_blank);
    if previous.is_none() {
        return match character {
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
            | '@' | '`' => true,
            '?' | ':' | '-' => space_follows,
            _ => false,
        };
    }
    match character {
        ':' => space_follows,
        '#' => previous
            .is_some_and(|previous| is_blank(previous) || is_break(previous) || previous == '\0'),
        _ => false,
    }
}

fn is_blank(character: char) -> bool {
    character == ' ' || character == '\t'
}

/// Line breaks of YAML 1.1.
pub(super) fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What `libyaml` prints as it is: nothing beyond the basic plane.
pub(super) fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}
