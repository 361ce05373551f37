//! The containers of a pod, in normalised form: image, environment, resources, isolation.

use std::borrow::Cow;

use super::isolation;
use super::quantity;
use super::workload::CONTAINER_LISTS;
use crate::estate::Model;
use crate::frontend::shared;
use crate::tree::typing::Scalar;
use crate::tree::{Origin, View};

/// `containers[]`: init, main and ephemeral containers in one list, each with its role.
pub(super) fn containers(model: &mut Model, spec: View<'_>) {
    model.list("containers", spec.id(), |model| {
        for list in CONTAINER_LISTS {
            for container in spec
                .get(list)
                .into_iter()
                .flat_map(View::items)
                .filter(|container| container.is_mapping())
            {
                model.object(None, container.id(), |model| {
                    fill(model, list, container, spec);
                });
            }
        }
    });
}

fn fill(model: &mut Model, list: &str, container: View<'_>, spec: View<'_>) {
    match container.get("name").and_then(View::raw) {
        Some(name) => model.text(
            "name",
            name,
            Origin::Derived {
                from: container.id(),
            },
        ),
        // Knative lets the only container go without a name.
        None => model.text(
            "name",
            "_",
            Origin::Default {
                under: container.id(),
            },
        ),
    }
    model.text(
        "role",
        role(list, container),
        Origin::Derived {
            from: container.id(),
        },
    );
    shared::image(model, container.get("image"));
    environment(model, container);
    resources(model, container);
    isolation::of_container(model, container, spec);
    ports(model, container);
    health(model, container);
}

/// An init container that restarts runs beside the main ones for as long as they do.
fn role(list: &str, container: View<'_>) -> &'static str {
    let restarts = container.get("restartPolicy").and_then(View::str) == Some("Always");
    match (list, restarts) {
        ("initContainers", true) => "sidecar",
        ("initContainers", false) => "init",
        ("ephemeralContainers", _) => "ephemeral",
        _ => "container",
    }
}

fn environment(model: &mut Model, container: View<'_>) {
    if let Some(written) = container.get("env").filter(|env| env.is_sequence()) {
        model.list("env", written.id(), |model| {
            for variable in written.items().filter(|variable| variable.is_mapping()) {
                model.object(None, variable.id(), |model| fill_variable(model, variable));
            }
        });
    }
    if let Some(written) = container.get("envFrom").filter(|env| env.is_sequence()) {
        model.list("env_from", written.id(), |model| {
            for source in written.items() {
                let secret = source
                    .get("secretRef")
                    .map(|reference| ("secret_ref", reference));
                let config = source
                    .get("configMapRef")
                    .map(|reference| ("config_ref", reference));
                let Some((kind, reference)) = secret.or(config) else {
                    continue;
                };
                model.object(None, source.id(), |model| {
                    model.text(
                        "kind",
                        kind,
                        Origin::Derived {
                            from: reference.id(),
                        },
                    );
                    model.copy("name", reference.get("name"));
                });
            }
        });
    }
}

/// Sources of a variable, their kind, and the key that the reference stands under.
const SOURCES: &[(&str, &str, &str)] = &[
    ("secretKeyRef", "secret_ref", "secret"),
    ("configMapKeyRef", "config_ref", "config"),
    ("fieldRef", "field_ref", "field"),
    ("resourceFieldRef", "resource_ref", "field"),
];

fn fill_variable(model: &mut Model, variable: View<'_>) {
    model.copy("name", variable.get("name"));
    let from = variable.get("valueFrom").filter(|from| from.is_mapping());
    let source = from.and_then(|from| {
        SOURCES
            .iter()
            .find_map(|source| Some((source, from.get(source.0)?)))
    });
    match (source, from) {
        (Some(((_, kind, key), reference)), _) => {
            let from = reference.id();
            model.text("kind", kind, Origin::Derived { from });
            model.copy(key, Some(reference));
        }
        (None, Some(from)) => {
            model.text("kind", "other_ref", Origin::Derived { from: from.id() });
            model.copy("source", Some(from));
        }
        (None, None) => literal(model, variable),
    }
}

/// A number or a boolean that was not quoted is refused by the API server, and is a literal all the same. A mapping or a
/// list is none.
fn literal(model: &mut Model, variable: View<'_>) {
    let value = variable.get("value").filter(|value| !value.is_null());
    let from = value.unwrap_or(variable).id();
    if value.is_some_and(|value| value.unknown().is_some() || is_collection(value)) {
        model.text("kind", "other_ref", Origin::Derived { from });
        return;
    }
    let text = match value.map(View::scalar) {
        Some(Scalar::Bool(value)) => Cow::Owned(value.to_string()),
        _ => Cow::Borrowed(value.and_then(View::raw).unwrap_or_default()),
    };
    model.text("kind", "literal", Origin::Derived { from });
    model.text("value", &text, Origin::Derived { from });
}

fn is_collection(value: View<'_>) -> bool {
    value.is_mapping() || value.is_sequence()
}

/// The amounts that a container, or a pod as a whole, asks for and may use.
pub(super) fn resources(model: &mut Model, of: View<'_>) {
    let Some(written) = of
        .get("resources")
        .filter(|resources| resources.is_mapping())
    else {
        return;
    };
    model.object(Some("resources"), written.id(), |model| {
        for side in ["requests", "limits"] {
            let Some(amounts) = written.get(side).filter(|amounts| amounts.is_mapping()) else {
                continue;
            };
            model.object(Some(side), amounts.id(), |model| {
                let mut amount = |key: &str, name: &str, read: fn(&str) -> Option<i64>| {
                    let Some(written) = amounts.get(name) else {
                        return;
                    };
                    if let Some(why) = written.unknown() {
                        model.unknown(key, why, written.id());
                    } else if let Some(value) = written.raw().and_then(read) {
                        model.number(key, value, written.id());
                    }
                };
                amount("cpu_m", "cpu", quantity::milli);
                amount("memory_bytes", "memory", quantity::whole);
                amount("ephemeral_bytes", "ephemeral-storage", quantity::whole);
            });
        }
    });
}

/// `ports[]`: what the container listens on, and where its node hands it on.
fn ports(model: &mut Model, container: View<'_>) {
    let Some(written) = container.get("ports").filter(|ports| ports.is_sequence()) else {
        return;
    };
    model.list("ports", written.id(), |model| {
        for port in written.items().filter(|port| port.is_mapping()) {
            model.object(None, port.id(), |model| {
                model.copy("name", port.get("name"));
                model.integer("port", port.get("containerPort"));
                model.integer("host_port", port.get("hostPort"));
                model.copy("host_ip", port.get("hostIP"));
                model.copy("protocol", port.get("protocol"));
            });
        }
    });
}

/// Where a container is asked how it is, and what it is told before it ends: the way there, and the name for it.
const HEALTH: &[(&[&str], &str)] = &[
    (&["livenessProbe"], "liveness"),
    (&["readinessProbe"], "readiness"),
    (&["startupProbe"], "startup"),
    (&["lifecycle", "postStart"], "post_start"),
    (&["lifecycle", "preStop"], "pre_stop"),
];

/// Ways of asking, and the name for each.
const ACTIONS: &[(&str, &str)] = &[
    ("httpGet", "http"),
    ("tcpSocket", "tcp"),
    ("grpc", "grpc"),
    ("exec", "exec"),
    ("sleep", "sleep"),
];

/// `health[]`: one element per probe or hook and way of asking.
fn health(model: &mut Model, container: View<'_>) {
    let found: Vec<(&str, &str, View<'_>)> = HEALTH
        .iter()
        .filter_map(|(path, kind)| Some((*kind, container.at(path)?)))
        .flat_map(|(kind, hook)| {
            let action = move |(key, action): &(&str, &'static str)| {
                Some((
                    kind,
                    *action,
                    hook.get(key).filter(|asked| asked.is_mapping())?,
                ))
            };
            ACTIONS.iter().filter_map(action)
        })
        .collect();
    if found.is_empty() {
        return;
    }
    model.list("health", container.id(), |model| {
        for (kind, action, asked) in found {
            let from = asked.id();
            model.object(None, from, |model| {
                model.text("kind", kind, Origin::Derived { from });
                model.text("action", action, Origin::Derived { from });
                model.copy("host", asked.get("host"));
                model.copy("path", asked.get("path"));
                model.copy("port", asked.get("port"));
                model.copy("command", asked.get("command"));
            });
        }
    });
}
