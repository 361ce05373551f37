//! What keeps a service apart from its machine: `isolation` of the workload and of its container.

use super::environment;
use super::interpolate::{Interpolated, known, text, why};
use super::service::Service;
use crate::estate::Model;
use crate::tree::{NodeId, Origin, View};

/// Keys that share a namespace of the machine when they say `host`, and what the normalised form calls it.
const HOST: &[(&str, &str)] = &[
    ("network_mode", "host_network"),
    ("pid", "host_pid"),
    ("ipc", "host_ipc"),
];

/// What the service shares with its machine.
pub(super) fn of_workload(model: &mut Model, service: &Service<'_>) {
    model.object(Some("isolation"), service.view.id(), |model| {
        for (key, name) in HOST {
            flag(model, name, service, key, |text| text == "host");
        }
        let users = service.at(&["userns_mode"]);
        known(model, "host_users", users, |model, text, origin| {
            if text == "host" {
                model.truth("host_users", true, origin);
            }
        });
        environment::sysctls(model, service);
    });
}

/// What holds for the container.
pub(super) fn of_container(model: &mut Model, service: &Service<'_>) {
    model.object(Some("isolation"), service.view.id(), |model| {
        flag(model, "privileged", service, "privileged", is_true);
        let read_only = service.at(&["read_only"]);
        let key = "read_only_root_filesystem";
        known(model, key, read_only, |model, text, origin| {
            model.truth(key, is_true(text), origin);
        });
        capabilities(model, service);
        options(model, service);
        user(model, service.at(&["user"]));
    });
}

/// A boolean that is dangerous when it is true, or the default `false` where nothing is written.
fn flag(
    model: &mut Model,
    name: &str,
    service: &Service<'_>,
    key: &str,
    is: impl Fn(&str) -> bool,
) {
    let written = service.at(&[key]);
    if written.is_none() {
        model.truth(name, false, service.default());
    }
    known(model, name, written, |model, text, origin| {
        model.truth(name, is(text), origin);
    });
}

/// Compose reads the words of YAML 1.1 as booleans where it expects one.
fn is_true(text: &str) -> bool {
    ["true", "yes", "on", "y", "t", "1"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

/// The truth value that is written, or why nobody can know it.
pub(super) fn truth(view: View<'_>) -> Result<bool, String> {
    match (text(view), view.unknown()) {
        (Some(Interpolated::Known(text)), _) => Ok(is_true(&text)),
        (Some(Interpolated::Unknown(variable)), _) => Err(why(variable)),
        (None, Some(why)) => Err(why.to_owned()),
        (Some(Interpolated::Invalid), _) | (None, None) => Ok(false),
    }
}

/// Keys that give and take capabilities, and what the normalised form calls them.
const CAPABILITIES: &[(&str, &str)] = &[("cap_add", "add"), ("cap_drop", "drop")];

/// The capabilities as they are written: Docker takes any case, and the prefix `CAP_`.
fn capabilities(model: &mut Model, service: &Service<'_>) {
    let written = |key: &str| service.at(&[key]).filter(|list| list.is_sequence());
    let Some(first) = CAPABILITIES.iter().find_map(|(key, _)| written(key)) else {
        return;
    };
    model.object(Some("capabilities"), first.id(), |model| {
        for (key, name) in CAPABILITIES {
            if let Some(list) = written(key) {
                names(model, name, list);
            }
        }
    });
}

/// A list of names; unknown as a whole where only a variable can tell one of them.
fn names(model: &mut Model, key: &str, list: View<'_>) {
    match list.items().find_map(unknown_item) {
        Some((from, why)) => model.unknown(key, &why, from),
        None => model.list(key, list.id(), |model| {
            for item in list.items() {
                // An element of a list has no key.
                known(model, "", Some(item), |model, name, origin| {
                    model.text("", name, origin);
                });
            }
        }),
    }
}

/// An option of `security_opt`: `seccomp:unconfined`, `seccomp=unconfined`.
struct SecurityOption {
    name: String,
    value: String,
    from: NodeId,
}

impl SecurityOption {
    fn read(item: View<'_>) -> Option<Self> {
        let Interpolated::Known(text) = text(item)? else {
            return None;
        };
        let text: &str = &text;
        // Docker looks for `=` first: `seccomp=C:\profile.json`.
        let split = text.split_once('=').or_else(|| text.split_once(':'));
        let (name, value) = split.unwrap_or((text, "true"));
        Some(Self {
            name: name.to_owned(),
            value: value.to_owned(),
            from: item.id(),
        })
    }
}

fn options(model: &mut Model, service: &Service<'_>) {
    let options: Vec<SecurityOption> = service
        .items("security_opt")
        .filter_map(SecurityOption::read)
        .collect();
    let option = |name: &str| options.iter().rfind(|option| option.name == name);
    if let Some(option) = option("no-new-privileges") {
        let from = option.from;
        let key = "allow_privilege_escalation";
        model.truth(key, !is_true(&option.value), Origin::Derived { from });
    }
    let paths = option("systempaths").filter(|option| option.value == "unconfined");
    if let Some(from) = paths.map(|option| option.from) {
        model.text("proc_mount", "Unmasked", Origin::Derived { from });
    }
    for name in ["seccomp", "apparmor"] {
        if let Some(option) = option(name) {
            profile(model, option);
        }
    }
    match service.items("security_opt").find_map(unknown_item) {
        Some((from, why)) => {
            let absent = KEYS.iter().filter(|(name, _)| option(name).is_none());
            absent.for_each(|(_, key)| model.unknown(key, &why, from));
        }
        None if option("seccomp").is_none() => default_seccomp(model, service),
        None => {}
    }
}

/// Options, and what the normalised form calls them: any of them might be the one that a variable stands for.
const KEYS: &[(&str, &str)] = &[
    ("no-new-privileges", "allow_privilege_escalation"),
    ("seccomp", "seccomp"),
    ("apparmor", "apparmor"),
];

fn unknown_item(item: View<'_>) -> Option<(NodeId, String)> {
    match text(item)? {
        Interpolated::Unknown(variable) => Some((item.id(), why(variable))),
        Interpolated::Known(_) | Interpolated::Invalid => None,
    }
}

/// A profile by the name that Kubernetes has for its kind.
fn profile(model: &mut Model, option: &SecurityOption) {
    let kind = match option.value.as_str() {
        "unconfined" => "Unconfined",
        "builtin" | "docker-default" => "RuntimeDefault",
        _ => "Localhost",
    };
    let from = option.from;
    model.object(Some(&option.name), from, |model| {
        model.text("type", kind, Origin::Derived { from });
        if kind == "Localhost" {
            model.text("localhostProfile", &option.value, Origin::Derived { from });
        }
    });
}

/// Docker filters the system calls of every container but the privileged ones.
fn default_seccomp(model: &mut Model, service: &Service<'_>) {
    let privileged = service.at(&["privileged"]).and_then(text);
    let filtered = match &privileged {
        None => true,
        Some(Interpolated::Known(text)) => !is_true(text),
        Some(Interpolated::Unknown(_) | Interpolated::Invalid) => false,
    };
    if filtered {
        model.object(Some("seccomp"), service.view.id(), |model| {
            model.text("type", "RuntimeDefault", service.default());
        });
    }
}

/// `user` and `user:group`. What number a name other than root's has only the image knows.
fn user(model: &mut Model, written: Option<View<'_>>) {
    known(model, "run_as_user", written, |model, text, origin| {
        let (user, group) = text.split_once(':').unwrap_or((text, ""));
        for (key, name) in [("run_as_user", user), ("run_as_group", group)] {
            if let Some(number) = number(name) {
                model.number_at(key, number, origin);
            }
        }
    });
}

fn number(name: &str) -> Option<i64> {
    if name == "root" {
        Some(0)
    } else {
        name.parse().ok()
    }
}
