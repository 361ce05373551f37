//! The configuration in force, setting by setting, with where each one comes from.

use plumbline_core::report::settings::{Origin, Setting, Shape};
use plumbline_core::tree::View;
use plumbline_core::waiver::Authority;
use plumbline_rego::Value;

use super::{Layers, Own, admission, namespaces};
use crate::args::RuleArgs;

/// The settings of layers and options. Of a list, those of the organisation come first.
pub(super) fn settings(layers: &Layers, estates: &[Own], args: &RuleArgs) -> Vec<Setting> {
    let mut all = Vec::new();
    for (own, layer) in layers.extended_by() {
        let written = own.root().get("extends");
        let origin = written.map_or(Origin::Found, |view| Origin::Written(own.place(view)));
        all.push(item("extends", &layer.at.name(), origin));
    }
    for (word, span) in layers.locks() {
        all.push(item("lock", word, Origin::Written(span)));
    }
    all.push(builtin(layers, args));
    all.extend(paths(layers, "policies"));
    let option = Origin::Option("--policy");
    let given = args.policies.iter();
    all.extend(given.map(|path| item("policies", &path.to_string_lossy(), option.clone())));
    all.extend(paths(layers, "data"));
    let option = Origin::Option("--data");
    let given = args.data.iter();
    all.extend(given.map(|path| item("data", &path.to_string_lossy(), option.clone())));
    if let Some((own, keys)) = layers.said("bundle-keys").next_back() {
        all.extend(keys.items().filter_map(|key| {
            let name = path(own, key.get("file")?)?;
            Some(item("bundle-keys", &name, Origin::Written(own.place(key))))
        }));
    }
    all.extend(namespaces(args, layers).into_iter().map(|namespace| {
        let origin = namespace.place;
        let origin = origin.map_or(Origin::Option("--namespace"), Origin::Written);
        item("conftest.namespaces", &namespace.pattern, origin)
    }));
    for own in estates.iter().rev() {
        let origin = origin_of_estate(own, layers, args);
        all.push(item("estate", &own.at.name(), origin));
    }
    all.extend(paths(layers, "waivers"));
    if let Some((own, written)) = layers.said("baseline").next() {
        all.extend(path(own, written).map(|name| Setting {
            shape: Shape::Value,
            ..item("baseline", &name, Origin::Written(own.place(written)))
        }));
    }
    all.push(fail_on(layers));
    for (own, rules) in layers.said("rules").rev() {
        all.extend(rules.entries().map(|(pattern, over)| Setting {
            key: "rules",
            shape: Shape::Rule(pattern.to_owned()),
            value: over.value(),
            origin: Origin::Written(own.place(over)),
        }));
    }
    for &key in admission::KEYS {
        for (own, list) in layers.said(key).rev() {
            // What a repository says here does not count.
            let counts = own.authority == Authority::Organisation;
            all.extend(list.items().filter(|_| counts).map(|item| Setting {
                key,
                shape: Shape::Item,
                value: item.value(),
                origin: Origin::Written(own.place(item)),
            }));
        }
    }
    for (own, globs) in layers.said("ignore").rev() {
        all.extend(globs.items().filter_map(|glob| {
            let origin = Origin::Written(own.place(glob));
            Some(item("ignore", glob.str()?, origin))
        }));
    }
    all
}

fn builtin(layers: &Layers, args: &RuleArgs) -> Setting {
    let said = layers.said("builtin").next();
    let said = said.and_then(|(own, view)| Some((view.bool()?, Origin::Written(own.place(view)))));
    let (value, origin) = if args.no_builtin {
        (false, Origin::Option("--no-builtin"))
    } else {
        said.unwrap_or((true, Origin::Default))
    };
    Setting {
        key: "builtin",
        shape: Shape::Value,
        value: Value::Bool(value),
        origin,
    }
}

fn fail_on(layers: &Layers) -> Setting {
    let said = layers.said("fail-on").next();
    let said = said.and_then(|(own, view)| Some((view.str()?, Origin::Written(own.place(view)))));
    let (word, origin) = said.unwrap_or(("info", Origin::Default));
    Setting {
        shape: Shape::Value,
        ..item("fail-on", word, origin)
    }
}

/// The paths of a list, as messages spell what they lead to.
fn paths(layers: &Layers, key: &'static str) -> Vec<Setting> {
    let lists = layers.said(key).rev();
    let items = lists.flat_map(|(own, list)| list.items().map(move |path| (own, path)));
    items
        .filter_map(|(own, written)| {
            let name = path(own, written)?;
            Some(item(key, &name, Origin::Written(own.place(written))))
        })
        .collect()
}

fn path(own: &Own, written: View<'_>) -> Option<String> {
    Some(own.relative(written.str()?)?.name())
}

fn item(key: &'static str, value: &str, origin: Origin) -> Setting {
    Setting {
        key,
        shape: Shape::Item,
        value: Value::string(value),
        origin,
    }
}

/// Who names a file of decisions.
fn origin_of_estate(estate: &Own, layers: &Layers, args: &RuleArgs) -> Origin {
    if args.estate.is_some() && estate.authority == Authority::Local {
        return Origin::Option("--estate");
    }
    let names = |(own, written): (&Own, View<'_>)| {
        let place = own.relative(written.str()?)?;
        let is_it = place.identity() == estate.at.identity();
        is_it.then(|| Origin::Written(own.place(written)))
    };
    layers
        .said("estate")
        .find_map(names)
        .unwrap_or(Origin::Found)
}
