//! Variables in the values of a Compose file: `$NAME`, `${NAME}`, `${NAME:-default}`; `$$` is a dollar.
//!
//! What a variable is set to only the shell and the `.env` file of a deployment know. Where it has a default, the
//! default is what the file itself says.

use std::borrow::Cow;

use crate::estate::Model;
use crate::frontend::shared::split_brace;
use crate::tree::typing::Scalar;
use crate::tree::{NodeId, Origin, View};

/// How deep defaults may stand in each other.
const MAX_DEPTH: usize = 16;

/// What a text comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Interpolated<'a> {
    /// There is no variable in it, or each has a default.
    Known(Cow<'a, str>),
    /// The first variable that has none.
    Unknown(&'a str),
    /// Compose refuses it.
    Invalid,
}

/// Replaces the variables of a text by their defaults.
pub(super) fn interpolate(text: &str) -> Interpolated<'_> {
    if !text.contains('$') {
        return Interpolated::Known(Cow::Borrowed(text));
    }
    let mut substitution = Substitution::default();
    match (substitution.text(text, 0), substitution.unknown) {
        (None, _) => Interpolated::Invalid,
        (Some(()), Some(name)) => Interpolated::Unknown(name),
        (Some(()), None) => Interpolated::Known(Cow::Owned(substitution.out)),
    }
}

/// The characters of a scalar after its variables are replaced; none for null and for collections.
pub(super) fn text(view: View<'_>) -> Option<Interpolated<'_>> {
    match view.scalar() {
        Scalar::Bool(value) => {
            let spelt = if value { "true" } else { "false" };
            Some(Interpolated::Known(Cow::Borrowed(spelt)))
        }
        _ => view.raw().map(interpolate),
    }
}

/// Why a value is unknown.
pub(super) fn why(variable: &str) -> String {
    format!("the variable `{variable}` has no default")
}

/// A value that is made of what is written. Unknown where that is; nothing where nothing is written.
pub(super) fn known(
    model: &mut Model,
    key: &str,
    written: Option<View<'_>>,
    fill: impl FnOnce(&mut Model, &str, Origin),
) {
    if let Some((view, why)) = written.and_then(|view| Some((view, view.unknown()?))) {
        return model.unknown(key, why, view.id());
    }
    let Some((from, text)) = written.and_then(|view| Some((view.id(), text(view)?))) else {
        return;
    };
    match text {
        Interpolated::Known(text) => fill(model, &text, Origin::Derived { from }),
        Interpolated::Unknown(variable) => model.unknown(key, &why(variable), from),
        Interpolated::Invalid => {}
    }
}

/// A part of a text, after its variables are replaced.
pub(super) fn put(model: &mut Model, key: &str, written: &str, from: NodeId) {
    match interpolate(written) {
        Interpolated::Known(text) => model.text(key, &text, Origin::Derived { from }),
        Interpolated::Unknown(variable) => model.unknown(key, &why(variable), from),
        Interpolated::Invalid => {}
    }
}

/// Where a separator stands that is no part of a variable: the `:` of `${A:-b}` is one.
pub(super) fn separators(text: &str, separator: char) -> Vec<usize> {
    let mut found = Vec::new();
    let mut open = 0_usize;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        match character {
            '{' if before == '$' => open += 1,
            '}' => open = open.saturating_sub(1),
            _ if character == separator && open == 0 => found.push(at),
            _ => {}
        }
        before = character;
    }
    found
}

/// The grammar is that of `compose-go/template`.
#[derive(Default)]
struct Substitution<'a> {
    out: String,
    unknown: Option<&'a str>,
}

impl<'a> Substitution<'a> {
    /// None if Compose refuses the text.
    fn text(&mut self, text: &'a str, depth: usize) -> Option<()> {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            self.out.push_str(before);
            rest = if let Some(after) = after.strip_prefix('$') {
                self.out.push('$');
                after
            } else if let Some(braced) = after.strip_prefix('{') {
                let (variable, after) = split_brace(braced)?;
                self.variable(variable, depth)?;
                after
            } else {
                let (name, after) = split_name(after)?;
                self.unknown.get_or_insert(name);
                after
            };
        }
        self.out.push_str(rest);
        Some(())
    }

    /// What stands between the braces: a name, and what holds where it is not set.
    fn variable(&mut self, variable: &'a str, depth: usize) -> Option<()> {
        let (name, rest) = split_name(variable)?;
        let default = rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-'));
        match default.filter(|_| depth < MAX_DEPTH) {
            Some(default) => self.text(default, depth + 1),
            None if is_remainder(rest) => {
                self.unknown.get_or_insert(name);
                Some(())
            }
            None => None,
        }
    }
}

/// Whether something that may stand behind a name stands there: nothing, a default, a message, a replacement.
fn is_remainder(rest: &str) -> bool {
    let operator = rest.strip_prefix(':').unwrap_or(rest);
    rest.is_empty() || operator.starts_with(['-', '?', '+'])
}

/// The name that a text begins with, and what stands behind it.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let end = text
        .find(|character: char| !is_part(character))
        .unwrap_or(text.len());
    let (name, rest) = (text.get(..end)?, text.get(end..)?);
    let valid = name.starts_with(|first: char| is_part(first) && !first.is_ascii_digit());
    valid.then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::{Interpolated, interpolate, separators};

    #[track_caller]
    fn known(text: &str, expected: &str) {
        assert_eq!(
            interpolate(text),
            Interpolated::Known(expected.into()),
            "{text}"
        );
    }

    #[track_caller]
    fn unknown(text: &str, variable: &str) {
        assert_eq!(interpolate(text), Interpolated::Unknown(variable), "{text}");
    }

    #[test]
    fn a_default_stands_for_its_variable() {
        known("nginx", "nginx");
        known("nginx:${TAG:-1.27}", "nginx:1.27");
        known("${A-x}${B:-}", "x");
        known("${A:-${B:-c}}d", "cd");
    }

    #[test]
    fn a_variable_without_a_default_is_unknown() {
        unknown("$TAG", "TAG");
        unknown("a ${TAG} b", "TAG");
        unknown("${A:-x}${B}", "B");
        unknown("${A:-${B}}", "B");
        unknown("${A:?must be set}", "A");
        unknown("${A+x}", "A");
    }

    #[test]
    fn two_dollars_are_one() {
        known("$$HOME", "$HOME");
        known("a$$$${B:-c}", "a$${B:-c}");
    }

    #[test]
    fn a_dollar_that_begins_no_variable_is_refused() {
        for text in [
            "$", "a$", "$(x)", "$1", "${", "${}", "${A", "${A:x}", "$A $",
        ] {
            assert_eq!(interpolate(text), Interpolated::Invalid, "{text}");
        }
    }

    #[test]
    fn defaults_in_defaults_come_to_an_end() {
        let text = format!("{}x{}", "${A:-".repeat(10_000), "}".repeat(10_000));
        unknown(&text, "A");
    }

    #[test]
    fn a_separator_within_a_variable_separates_nothing() {
        assert_eq!(separators("${A:-b}:c:d", ':'), [7, 9]);
    }
}
