//! The containers of a pod, in normalised form: image, environment, resources, isolation.

use super::quantity;
use super::workload::{CONTAINER_LISTS, Model};
use crate::estate::image::Image;
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
        Some(_) => model.copy("name", container.get("name")),
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
    image(model, container);
    environment(model, container);
    resources(model, container);
    isolation(model, container, spec);
    model.copy(
        "ports",
        container.get("ports").filter(|ports| ports.is_sequence()),
    );
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

fn image(model: &mut Model, container: View<'_>) {
    let Some(written) = container.get("image") else {
        return;
    };
    let Some(reference) = written.raw() else {
        return;
    };
    let image = Image::parse(reference);
    let from = written.id();
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
    match source {
        Some(((_, kind, key), reference)) => {
            model.text(
                "kind",
                kind,
                Origin::Derived {
                    from: reference.id(),
                },
            );
            model.copy(key, Some(reference));
        }
        None => {
            let value = variable
                .get("value")
                .filter(|value| value.raw().is_some() || value.bool().is_some());
            model.text(
                "kind",
                "literal",
                Origin::Derived {
                    from: value.unwrap_or(variable).id(),
                },
            );
            // A number or a boolean that was not quoted is refused by the API server, and is a literal all the same.
            let text = value.and_then(View::raw).unwrap_or_default();
            model.text(
                "value",
                text,
                Origin::Derived {
                    from: value.unwrap_or(variable).id(),
                },
            );
        }
    }
}

fn resources(model: &mut Model, container: View<'_>) {
    let Some(written) = container
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
                    if let Some(value) = written.raw().and_then(read) {
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

/// What the container says holds; what it leaves out, the pod may say.
fn isolation(model: &mut Model, container: View<'_>, spec: View<'_>) {
    let own = container
        .get("securityContext")
        .filter(|context| context.is_mapping());
    let of_pod = spec
        .get("securityContext")
        .filter(|context| context.is_mapping());
    let written = |key: &str| {
        own.and_then(|context| context.get(key))
            .filter(|value| !value.is_null())
    };
    let effective = |key: &str| written(key).or_else(|| of_pod?.get(key));
    model.object(Some("isolation"), own.unwrap_or(container).id(), |model| {
        model.flag(
            "privileged",
            written("privileged"),
            own.unwrap_or(container),
        );
        model.copy(
            "allow_privilege_escalation",
            written("allowPrivilegeEscalation"),
        );
        model.copy(
            "read_only_root_filesystem",
            written("readOnlyRootFilesystem"),
        );
        model.copy("run_as_non_root", effective("runAsNonRoot"));
        model.copy("run_as_user", effective("runAsUser"));
        model.copy("run_as_group", effective("runAsGroup"));
        model.copy("seccomp", effective("seccompProfile"));
        model.copy("capabilities", written("capabilities"));
    });
}
