//! Go's replacement templates: `$1`, `$name`, `${name}` and `$$`.

use ::regex::{Captures, Regex};

use super::translate;
use crate::builtins::BuiltinError;
use crate::builtins::golang::tail;

/// A replacement whose references are resolved against one expression.
#[derive(Debug)]
pub(super) struct Template<'text> {
    pieces: Vec<Piece<'text>>,
}

#[derive(Debug)]
enum Piece<'text> {
    Text(&'text str),
    /// The first of these groups that took part in the match.
    Groups(Vec<usize>),
}

impl<'text> Template<'text> {
    pub(super) fn new(text: &'text str, regex: &Regex) -> Self {
        let names: Vec<Option<&str>> = regex
            .capture_names()
            .map(|name| name.and_then(translate::original_name))
            .collect();
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            pieces.push(Piece::Text(before));
            if let Some(after) = after.strip_prefix('$') {
                pieces.push(Piece::Text("$"));
                rest = after;
            } else if let Some((name, after)) = reference(after) {
                pieces.push(Piece::Groups(groups(name, &names)));
                rest = after;
            } else {
                pieces.push(Piece::Text("$"));
                rest = after;
            }
        }
        pieces.push(Piece::Text(rest));
        Self { pieces }
    }

    /// Hands over the parts of the replacement for one match.
    pub(super) fn expand(
        &self,
        hit: &Captures<'_>,
        mut append: impl FnMut(&str) -> Result<(), BuiltinError>,
    ) -> Result<(), BuiltinError> {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => append(text),
            Piece::Groups(groups) => match groups.iter().find_map(|group| hit.get(*group)) {
                Some(group) => append(group.as_str()),
                None => Ok(()),
            },
        })
    }
}

/// The name after a `$`, in braces or not, and what follows it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (braced, text) = match text.strip_prefix('{') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let end = text
        .find(|character: char| !character.is_alphanumeric() && character != '_')
        .unwrap_or(text.len());
    let name = text.get(..end).filter(|name| !name.is_empty())?;
    let rest = tail(text, end);
    Some((
        name,
        if braced {
            rest.strip_prefix('}')?
        } else {
            rest
        },
    ))
}

fn groups(name: &str, names: &[Option<&str>]) -> Vec<usize> {
    let number =
        name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    if number && name.len() <= 9 {
        return name.parse().into_iter().collect();
    }
    let named = |index: usize| names.get(index).copied().flatten() == Some(name);
    (0..names.len()).filter(|index| named(*index)).collect()
}
