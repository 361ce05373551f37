//! The volumes of a pod, each with its kind.

use crate::estate::Model;
use crate::tree::{Origin, View};

/// `volumes[]`: one element per volume and source. A volume without a source is an empty directory, as the API server
/// fills in.
pub(super) fn volumes(model: &mut Model, spec: View<'_>) {
    let Some(written) = spec.get("volumes").filter(|volumes| volumes.is_sequence()) else {
        return;
    };
    model.list("volumes", written.id(), |model| {
        for volume in written.items().filter(|volume| volume.is_mapping()) {
            let sources: Vec<(&str, View<'_>)> = volume
                .entries()
                .filter(|(key, value)| *key != "name" && !value.is_null())
                .collect();
            if sources.is_empty() {
                model.object(None, volume.id(), |model| {
                    name(model, volume);
                    model.text("kind", "empty_dir", Origin::Default { under: volume.id() });
                });
            }
            for (key, source) in sources {
                model.object(None, volume.id(), |model| {
                    name(model, volume);
                    let from = source.id();
                    model.text("kind", &snake_case(key), Origin::Derived { from });
                    model.copy("source", Some(source));
                });
            }
        }
    });
}

fn name(model: &mut Model, volume: View<'_>) {
    match volume.get("name").and_then(View::raw) {
        Some(name) => model.text("name", name, Origin::Derived { from: volume.id() }),
        None => model.text("name", "_", Origin::Default { under: volume.id() }),
    }
}

/// `downwardAPI` is `downward_api`, `persistentVolumeClaim` is `persistent_volume_claim`.
fn snake_case(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 4);
    let mut before = '_';
    for character in key.chars() {
        if character.is_uppercase() && before.is_lowercase() {
            out.push('_');
        }
        out.extend(character.to_lowercase());
        before = character;
    }
    out
}
