//! What front ends read in the same way.

use super::aws::WHY;
use crate::estate::Model;
use crate::estate::image::Image;
use crate::tree::{NodeId, Origin, View};

/// `image`: a reference taken apart. Nothing where nothing is written.
pub(super) fn image(model: &mut Model, written: Option<View<'_>>) {
    if let Some((written, text)) = written.and_then(|written| Some((written, written.raw()?))) {
        reference(model, text, written.id());
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
