//! Tasks of ECS: containers that run together, in a document of their own.

use super::WHY;
use super::declared::{Declared, Path, each, truth};
use super::document::{Document, Part};
use super::variables::{Given, Variable, env_and};
use crate::estate::{Entity, Model};
use crate::frontend::shared;
use crate::tree::{NodeId, Origin, View};

/// Where a type of task says what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) family: Path,
    pub(in crate::frontend) tags: Path,
    /// The list of containers, or a text of it in JSON.
    pub(in crate::frontend) containers: Path,
    pub(in crate::frontend) role: Path,
    pub(in crate::frontend) network: Path,
    /// Units of CPU, of which a core has 1024.
    pub(in crate::frontend) cpu: Path,
    /// In mebibytes.
    pub(in crate::frontend) memory: Path,
    pub(in crate::frontend) volumes: Path,
    /// Within a volume: its name, and where on the machine it lies.
    pub(in crate::frontend) volume: (Path, Path),
    pub(in crate::frontend) process_namespace: Path,
}

const MEBIBYTE: i64 = 1024 * 1024;

/// The workload that a definition of a task is.
pub(in crate::frontend) fn task(declared: &Declared<'_>, spelling: &Spelling) -> Entity {
    declared.workload(declared.at(spelling.family), |model| {
        let default = declared.default();
        shared::tags(model, declared.at(spelling.tags));
        model.object(Some("runtime"), declared.under, |model| {
            model.text("form", "container", default);
        });
        if let Some(role) = declared.at(spelling.role) {
            model.object(Some("identity"), role.id(), |model| {
                declared.reference(model, "name", Some(role));
            });
        }
        if let Some(region) = declared.region(&[]) {
            model.object(Some("placement"), declared.under, |model| {
                declared.known(model, "region", Some(region), Model::copy);
            });
        }
        namespaces(model, declared, spelling);
        amounts(
            model,
            declared.at(spelling.cpu),
            declared.at(spelling.memory),
        );
        volumes(model, declared, spelling);
        if let Some(written) = declared.at(spelling.containers) {
            containers(model, declared, written);
        }
    })
}

/// `network.mode`, and what of the machine the containers share.
fn namespaces(model: &mut Model, declared: &Declared<'_>, spelling: &Spelling) {
    let mode = declared.at(spelling.network);
    let processes = declared.at(spelling.process_namespace);
    model.object(Some("network"), declared.under, |model| {
        declared.known(model, "mode", mode, Model::copy);
        is_word(model, declared, "vpc", mode, "awsvpc");
    });
    model.object(Some("isolation"), declared.under, |model| {
        for (key, written) in [("host_network", mode), ("host_pid", processes)] {
            is_word(model, declared, key, written, "host");
        }
    });
}

/// Whether a word is written; unknown where only a deployment can tell.
fn is_word(
    model: &mut Model,
    declared: &Declared<'_>,
    key: &str,
    written: Option<View<'_>>,
    word: &str,
) {
    match written {
        Some(view) if declared.is_unknown(view) => model.unknown(key, WHY, view.id()),
        written => {
            let is_so = written.and_then(View::raw) == Some(word);
            model.truth(key, is_so, declared.origin(written));
        }
    }
}

/// `resources.limits` of the task as a whole.
fn amounts(model: &mut Model, cpu: Option<View<'_>>, memory: Option<View<'_>>) {
    let number = |view: View<'_>, unit| Some((amount(view.raw()?, unit)?, view.id()));
    let cpu = cpu.and_then(|view| number(view, "vcpu"));
    let memory = memory.and_then(|view| number(view, "gb"));
    let Some((_, from)) = cpu.or(memory) else {
        return;
    };
    model.object(Some("resources"), from, |model| {
        model.object(Some("limits"), from, |model| {
            limits(model, cpu, memory);
        });
    });
}

/// A number, or one of units of 1024: `0.5 vCPU`, `2 GB`.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html>
fn amount(text: &str, unit: &str) -> Option<i64> {
    let text = text.trim().to_ascii_lowercase();
    let Some(number) = text.strip_suffix(unit) else {
        return text.parse().ok();
    };
    let (whole, rest) = number.trim().split_once('.').unwrap_or((number.trim(), ""));
    let parsed = |digits: &str| match digits {
        "" => Some(0),
        digits => digits.parse::<i64>().ok().filter(|number| *number >= 0),
    };
    let scale = 10_i64.checked_pow(u32::try_from(rest.len()).ok()?)?;
    let below = parsed(rest)?.checked_mul(1024)?.checked_div(scale)?;
    parsed(whole)?.checked_mul(1024)?.checked_add(below)
}

/// A number, and where it is written.
type Amount = Option<(i64, NodeId)>;

fn limits(model: &mut Model, cpu: Amount, memory: Amount) {
    let milli = |units: i64| units.checked_mul(1000)?.checked_div(1024);
    let cpu = cpu.and_then(|(units, from)| Some((milli(units)?, from)));
    let memory = memory.and_then(|(size, from)| Some((size.checked_mul(MEBIBYTE)?, from)));
    for (key, amount) in [("cpu_m", cpu), ("memory_bytes", memory)] {
        if let Some((amount, from)) = amount {
            model.number(key, amount, from);
        }
    }
}

/// `volumes[]`: those of the machine are folders of it.
fn volumes(model: &mut Model, declared: &Declared<'_>, spelling: &Spelling) {
    let Some(written) = declared.at(spelling.volumes) else {
        return;
    };
    let (name, host) = spelling.volume;
    model.list("volumes", written.id(), |model| {
        for volume in each(written).filter(|volume| volume.is_mapping()) {
            model.object(None, volume.id(), |model| {
                let host = super::dig(volume, host);
                model.copy("name", super::dig(volume, name));
                let kind = if host.is_some() {
                    "host_path"
                } else {
                    "volume"
                };
                let from = volume.id();
                model.text("kind", kind, Origin::Derived { from });
                if let Some(host) = host {
                    model.object(Some("source"), host.id(), |model| {
                        declared.known(model, "path", Some(host), Model::copy);
                    });
                }
            });
        }
    });
}

/// `containers[]`: nothing is known of those in a document that only a deployment can tell.
fn containers(model: &mut Model, declared: &Declared<'_>, written: View<'_>) {
    let Some(document) = Document::at(declared, written) else {
        model.unknown("containers", WHY, written.id());
        return;
    };
    model.list("containers", written.id(), |model| {
        for container in document.root().each() {
            if declared.is_unknown(container.view) {
                model.unknown("", WHY, container.from());
                continue;
            }
            model.object(None, container.from(), |model| {
                of_container(model, declared, container);
            });
        }
    });
}

/// Keys of a container, in lower case as the API spells them and in upper case as templates do.
fn of_container(model: &mut Model, declared: &Declared<'_>, container: Part<'_>) {
    if let Some(name) = container.any(&["name", "Name"]) {
        name.text(model, "name", declared);
    }
    let from = container.from();
    model.text("role", "container", Origin::Derived { from });
    if let Some(image) = container.any(&["image", "Image"]) {
        match declared.text(image.view) {
            Some(text) => shared::reference(model, text, image.from()),
            None => model.unknown("image", WHY, image.from()),
        }
    }
    environment(model, declared, container);
    let number = |keys: &[&str]| {
        let part = container.any(keys)?;
        Some((part.raw()?.parse::<i64>().ok()?, part.from()))
    };
    let (cpu, memory) = (number(&["cpu", "Cpu"]), number(&["memory", "Memory"]));
    if cpu.is_some() || memory.is_some() {
        model.object(Some("resources"), from, |model| {
            model.object(Some("limits"), from, |model| limits(model, cpu, memory));
        });
    }
    isolation(model, declared, container);
    ports(model, container);
}

/// `env[]`: variables as written, and those that are secrets by reference.
fn environment(model: &mut Model, declared: &Declared<'_>, container: Part<'_>) {
    let written = container.any(&["environment", "Environment"]);
    let listed: Vec<Part<'_>> = written.into_iter().flat_map(Part::each).collect();
    let unknown = listed.iter().find(|part| declared.is_unknown(part.view));
    let unknown = unknown.map(|part| part.from());
    let secrets = container.any(&["secrets", "Secrets"]);
    let literal = listed.iter().filter_map(|part| {
        Variable::listed(declared, *part, &["name", "Name"], &["value", "Value"])
    });
    let secret = secrets.into_iter().flat_map(Part::each).filter_map(|part| {
        Some(Variable {
            name: part.any(&["name", "Name"])?.raw()?,
            given: Given::Secret,
            from: part.from(),
        })
    });
    let variables: Vec<Variable<'_>> = literal.chain(secret).collect();
    env_and(model, container.from(), &variables, unknown);
}

/// Flags of a container, which are off where nothing is written, and what the normalised form calls them.
const FLAGS: &[(&str, &[&str])] = &[
    ("privileged", &["privileged", "Privileged"]),
    (
        "read_only_root_filesystem",
        &["readonlyRootFilesystem", "ReadonlyRootFilesystem"],
    ),
];

fn isolation(model: &mut Model, declared: &Declared<'_>, container: Part<'_>) {
    let from = container.from();
    model.object(Some("isolation"), from, |model| {
        for (key, names) in FLAGS {
            let part = container.any(names);
            if let Some(part) = part.filter(|part| declared.is_unknown(part.view)) {
                model.unknown(key, WHY, part.from());
                continue;
            }
            let value = part.and_then(|part| truth(part.view)).unwrap_or(false);
            let origin = part.map_or(Origin::Default { under: from }, Part::origin);
            model.truth(key, value, origin);
        }
        match container.any(&["user", "User"]) {
            Some(user) if declared.is_unknown(user.view) => {
                for key in ["user", "run_as_user"] {
                    model.unknown(key, WHY, user.from());
                }
            }
            Some(user) => {
                user.copy(model, "user");
                let number = user.raw().and_then(|text| text.split(':').next());
                if let Some(number) = number.and_then(|number| number.parse().ok()) {
                    model.number("run_as_user", number, user.from());
                }
            }
            None => {}
        }
        let linux = container.any(&["linuxParameters", "LinuxParameters"]);
        let capabilities = linux.and_then(|linux| linux.any(&["capabilities", "Capabilities"]));
        if let Some(capabilities) = capabilities {
            model.object(Some("capabilities"), capabilities.from(), |model| {
                let lists: [(&str, &[&str]); 2] =
                    [("add", &["add", "Add"]), ("drop", &["drop", "Drop"])];
                for (key, names) in lists {
                    if let Some(list) = capabilities.any(names) {
                        list.copy(model, key);
                    }
                }
            });
        }
    });
}

/// Keys of a mapping of ports, and what the normalised form calls them.
const PORTS: &[(&str, &[&str])] = &[
    ("port", &["containerPort", "ContainerPort"]),
    ("host_port", &["hostPort", "HostPort"]),
    ("protocol", &["protocol", "Protocol"]),
];

fn ports(model: &mut Model, container: Part<'_>) {
    let Some(written) = container.any(&["portMappings", "PortMappings"]) else {
        return;
    };
    model.list("ports", written.from(), |model| {
        for port in written.each() {
            model.object(None, port.from(), |model| {
                for (key, names) in PORTS {
                    if let Some(part) = port.any(names) {
                        part.copy(model, key);
                    }
                }
            });
        }
    });
}
