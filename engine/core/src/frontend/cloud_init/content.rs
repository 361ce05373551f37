//! What stands in the files that user data writes, decoded as cloud-init does.

use std::borrow::Cow;

use crate::frontend::shared;
use crate::tree::{Origin, View};

/// The content of a file.
pub(super) enum Content<'a> {
    Text(Cow<'a, str>),
    /// It could not be read: what says that it is encoded.
    Unread(View<'a>),
}

/// Encodings that are base64 of what is written to the file.
const BASE64: &[&str] = &["b64", "base64"];

/// Encodings that are compressed. Any other word than these and those of base64 cloud-init takes for text.
const COMPRESSED: &[&str] = &[
    "gz",
    "gzip",
    "gz+b64",
    "gz+base64",
    "gzip+b64",
    "gzip+base64",
];

/// The content of an item of `write_files` that stands in a text; none where nothing is written.
pub(super) fn of_file<'a>(file: View<'a>, source: &str) -> Option<Content<'a>> {
    let written = file.get("content")?;
    let mut text = Cow::Borrowed(written.raw()?);
    if is_binary(written, source) {
        match shared::base64(&text) {
            Some(decoded) => text = Cow::Owned(decoded),
            None => return Some(Content::Unread(written)),
        }
    }
    let Some(encoding) = file.get("encoding") else {
        return Some(Content::Text(text));
    };
    let word = encoding.raw().unwrap_or_default();
    let word = word.trim().to_ascii_lowercase();
    if COMPRESSED.contains(&word.as_str()) {
        return Some(Content::Unread(encoding));
    }
    if BASE64.contains(&word.as_str()) {
        let decoded = shared::base64(&text).map(|decoded| Content::Text(Cow::Owned(decoded)));
        return Some(decoded.unwrap_or(Content::Unread(encoding)));
    }
    Some(Content::Text(text))
}

/// Whether YAML's tag for bytes stands before a scalar: it is no part of the tree. Behind the tag may stand an anchor,
/// and how a block begins.
fn is_binary(scalar: View<'_>, source: &str) -> bool {
    let Origin::Span(span) = scalar.origin() else {
        return false;
    };
    let before = source.get(..span.start as usize).unwrap_or_default();
    let line = before.trim_end().rsplit('\n').next().unwrap_or_default();
    let mut words = line.split_whitespace().rev();
    let tag = words.find(|word| !word.starts_with(['&', '|', '>']));
    tag.is_some_and(|tag| matches!(tag, "!!binary" | "!<tag:yaml.org,2002:binary>"))
}
