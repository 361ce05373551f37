//! What front ends read in the same way.

use super::aws::WHY;
use crate::estate::Model;
use crate::estate::image::Image;
use crate::tree::{NodeId, Origin, View};

/// `image`: a reference taken apart. Nothing where nothing is written.
pub(super) fn image(model: &mut Model, written: Option<View<'_>>) {
    let Some(written) = written else { return };
    match (written.raw(), written.unknown()) {
        (Some(text), _) => reference(model, text, written.id()),
        (None, Some(why)) => model.unknown("image", why, written.id()),
        (None, None) => {}
    }
}

/// `image`: a reference that is not there as it is written, taken apart.
pub(super) fn reference(model: &mut Model, reference: &str, from: NodeId) {
    let image = Image::parse(reference);
    model.object(Some("image"), from, |model| {
        let mut part = |key: &str, text: &str| model.text(key, text, Origin::Derived { from });
        part("reference", reference);
        part("name", &image.name());
        part("registry", &image.registry);
        part("repository", &image.repository);
        image.tag.iter().for_each(|tag| part("tag", tag));
        image
            .digest
            .iter()
            .for_each(|digest| part("digest", digest));
    });
}

/// `tags`: a mapping, or a list of `Key` and `Value`. Tags that nobody can know yet are left out; all of them are unknown
/// where they are what a function or an expression comes to.
pub(super) fn tags(model: &mut Model, written: Option<View<'_>>) {
    let is_computed = |view: &View<'_>| {
        let mut entries = view.entries();
        let is_function = entries
            .next()
            .is_some_and(|(key, _)| key.starts_with("Fn::"));
        is_function || view.raw().is_some_and(|text| text.starts_with("${"))
    };
    if let Some(computed) = written.filter(is_computed) {
        return model.unknown("tags", WHY, computed.id());
    }
    let Some(written) = written.filter(|tags| tags.is_mapping() || tags.is_sequence()) else {
        return;
    };
    model.object(Some("tags"), written.id(), |model| {
        for (key, value) in written.entries() {
            tag(model, key, value);
        }
        for item in written.items() {
            let key = item.get("Key").and_then(View::raw);
            if let (Some(key), Some(value)) = (key, item.get("Value")) {
                tag(model, key, value);
            }
        }
    });
}

fn tag(model: &mut Model, key: &str, value: View<'_>) {
    if let Some(text) = value.raw() {
        model.text(key, text, Origin::Derived { from: value.id() });
    }
}

/// What base64 stands for, where that is text. Whitespace within says nothing.
pub(super) fn base64(written: &str) -> Option<String> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let is_text = |character: &char| !character.is_whitespace();
    let characters: String = written.chars().filter(is_text).collect();
    if characters.is_empty() || !characters.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for character in characters.trim_end_matches('=').chars() {
        let digit = u32::try_from(ALPHABET.find(character)?).ok()?;
        bits = ((bits << 6) | digit) & 0xF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xFF).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

/// What stands before the brace that closes one which was opened, and behind it.
pub(super) fn split_brace(text: &str) -> Option<(&str, &str)> {
    let mut open = 1_usize;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        match character {
            '{' if before == '$' => open += 1,
            '}' if open == 1 => return Some((text.get(..at)?, text.get(at + 1..)?)),
            '}' => open -= 1,
            _ => {}
        }
        before = character;
    }
    None
}

/// What is written, if it is anything.
pub(super) fn written(view: Option<View<'_>>) -> Option<View<'_>> {
    view.filter(|view| !view.is_null())
}

/// Where a value was read, or the default that holds where nothing is written.
pub(super) fn origin(view: Option<View<'_>>, under: NodeId) -> Origin {
    view.map_or(Origin::Default { under }, |view| Origin::Derived {
        from: view.id(),
    })
}
