//! Names and values in both spellings, `NAME: value` and `- NAME=value`: environment, labels, parameters of the kernel.

use super::interpolate::{Interpolated, interpolate, known, text, why};
use super::service::Service;
use crate::estate::Model;
use crate::tree::{NodeId, Origin, View};

/// A name and what it is given.
struct Pair<'a> {
    name: &'a str,
    /// None where nothing is given.
    value: Option<Interpolated<'a>>,
    written: &'a str,
    from: NodeId,
}

impl<'a> Pair<'a> {
    fn new(name: &'a str, value: Option<Interpolated<'a>>, written: &'a str, from: NodeId) -> Self {
        Self {
            name,
            value,
            written,
            from,
        }
    }

    fn origin(&self) -> Origin {
        Origin::Derived { from: self.from }
    }

    /// The value under a key; nothing where nothing is given.
    fn put(&self, model: &mut Model, key: &str) {
        match &self.value {
            Some(Interpolated::Known(text)) => model.text(key, text, self.origin()),
            Some(Interpolated::Unknown(variable)) => model.unknown(key, &why(variable), self.from),
            Some(Interpolated::Invalid) | None => {}
        }
    }
}

/// The names that a mapping or a list gives values to.
fn pairs(written: View<'_>) -> impl Iterator<Item = Pair<'_>> {
    let entries = written
        .entries()
        .filter(|(_, value)| !value.is_mapping() && !value.is_sequence())
        .map(|(name, value)| {
            let characters = value.raw().unwrap_or_default();
            Pair::new(name, text(value), characters, value.id())
        });
    let items = written.items().filter_map(|item| {
        let characters = item.raw()?;
        Some(match characters.split_once('=') {
            Some((name, value)) => Pair::new(name, Some(interpolate(value)), value, item.id()),
            None => Pair::new(characters, None, "", item.id()),
        })
    });
    entries.chain(items)
}

/// `$NAME`, or `${NAME}` with whatever stands in the braces.
fn is_one_variable(text: &str) -> bool {
    let inside = |rest: &str| !rest.contains(['$', '{', '}']);
    match text.strip_prefix('$') {
        Some(rest) => match rest.strip_prefix('{') {
            Some(rest) => rest.strip_suffix('}').is_some_and(inside),
            None => rest
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || character == '_'),
        },
        None => false,
    }
}

/// `tags`: the labels of the service.
pub(super) fn labels(model: &mut Model, service: &Service<'_>) {
    let Some(written) = service.collection("labels") else {
        return;
    };
    model.object(Some("tags"), written.id(), |model| {
        for label in pairs(written) {
            match label.value {
                Some(_) => label.put(model, label.name),
                None => model.text(label.name, "", label.origin()),
            }
        }
    });
}

/// `sysctls[]` of the isolation.
pub(super) fn sysctls(model: &mut Model, service: &Service<'_>) {
    let Some(written) = service.collection("sysctls") else {
        return;
    };
    model.list("sysctls", written.id(), |model| {
        for parameter in pairs(written) {
            model.object(None, parameter.from, |model| {
                model.text("name", parameter.name, parameter.origin());
                parameter.put(model, "value");
            });
        }
    });
}

/// `env[]` and `env_from[]` of the container.
pub(super) fn environment(model: &mut Model, service: &Service<'_>) {
    if let Some(written) = service.collection("environment") {
        model.list("env", written.id(), |model| {
            for variable in pairs(written) {
                model.object(None, variable.from, |model| fill(model, &variable));
            }
        });
    }
    sources(model, service);
}

/// A name alone, and a variable alone that has no default, hand on what the shell has. Where such a variable is a part
/// of the value, the rest of it is a literal all the same.
fn fill(model: &mut Model, variable: &Pair<'_>) {
    model.text("name", variable.name, variable.origin());
    let unknown = matches!(variable.value, Some(Interpolated::Unknown(_)));
    if variable.value.is_none() || (unknown && is_one_variable(variable.written)) {
        model.text("kind", "other_ref", variable.origin());
        return;
    }
    model.text("kind", "literal", variable.origin());
    if unknown {
        model.text("value", variable.written, variable.origin());
    } else {
        variable.put(model, "value");
    }
}

/// Keys under which a service names what it takes from elsewhere, the kind of each, and the key of a name in the long
/// spelling.
const SOURCES: &[(&str, &str, &str)] = &[
    ("env_file", "file_ref", "path"),
    ("secrets", "secret_ref", "source"),
    ("configs", "config_ref", "source"),
];

fn sources(model: &mut Model, service: &Service<'_>) {
    if !SOURCES
        .iter()
        .any(|(key, ..)| service.at(&[*key]).is_some())
    {
        return;
    }
    model.list("env_from", service.view.id(), |model| {
        for (key, kind, long) in SOURCES {
            for item in service.items(key) {
                let name = item.get(long).or((!item.is_mapping()).then_some(item));
                let from = item.id();
                model.object(None, from, |model| {
                    model.text("kind", kind, Origin::Derived { from });
                    known(model, "name", name, |model, text, origin| {
                        model.text("name", text, origin);
                    });
                });
            }
        }
    });
}
