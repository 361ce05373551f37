//! What keeps a service apart from its machine: `isolation` as containers have it too, and systemd's own `sandbox`.

use super::service::{Account, OWNER, last, texts};
use super::value;
use crate::estate::Model;
use crate::frontend::words::words;
use crate::tree::{NodeId, Origin, View};

pub(super) fn isolation(model: &mut Model, service: View<'_>, account: Account<'_>) {
    model.object(Some("isolation"), service.id(), |model| {
        user(model, service, account);
        // A dynamic user comes with both, and neither can be switched off.
        let dynamic = truth(service, "DynamicUser").filter(|(dynamic, _)| *dynamic);
        if let Some((kept, from)) = dynamic.or_else(|| truth(service, "NoNewPrivileges")) {
            let origin = Origin::Derived { from };
            model.truth("allow_privilege_escalation", !kept, origin);
        }
        if let Some((strict, from)) = dynamic.or_else(|| strict(service)) {
            let origin = Origin::Derived { from };
            model.truth("read_only_root_filesystem", strict, origin);
        }
        capabilities(model, service);
    });
}

/// The last value of a setting that is a boolean, with its node. systemd ignores the values that are none.
pub(super) fn truth(service: View<'_>, key: &str) -> Option<(bool, NodeId)> {
    let mut values = texts(service, key).into_iter().rev();
    values.find_map(|(text, from)| Some((value::boolean(text)?, from)))
}

fn strict(service: View<'_>) -> Option<(bool, NodeId)> {
    let written = last(service, "ProtectSystem")?;
    Some((written.str() == Some("strict"), written.id()))
}

/// A command that begins with `+` or `!` runs as root, whatever the service's user.
fn user(model: &mut Model, service: View<'_>, account: Account<'_>) {
    const KEY: &str = "run_as_user";
    let under = service.id();
    match (elevated(service), account) {
        (Some(from), _) => model.number(KEY, 0, from),
        (None, Account::Root) => model.number_at(KEY, 0, Origin::Default { under }),
        (None, Account::Owner) => model.unknown(KEY, OWNER, under),
        (None, Account::Dynamic(from)) => {
            model.truth("run_as_non_root", true, Origin::Derived { from });
        }
        (None, Account::Named(user)) => named(model, user),
    }
}

fn named(model: &mut Model, user: View<'_>) {
    let from = user.id();
    let name = user.str().unwrap_or_default();
    let number = if name == "root" {
        Some(0)
    } else {
        name.parse().ok()
    };
    if let Some(number) = number {
        model.number("run_as_user", number, from);
    }
    if number != Some(0) && !value::has_specifier(name) {
        model.truth("run_as_non_root", true, Origin::Derived { from });
    }
}

/// What may stand before the path of a command.
const PREFIXES: [char; 6] = ['@', '-', ':', '+', '!', '|'];

fn elevated(service: View<'_>) -> Option<NodeId> {
    let is_elevated = |command: &str| {
        let path = command.trim_start_matches(PREFIXES);
        let prefix = command.strip_suffix(path).unwrap_or_default();
        // Two exclamation marks count on old kernels only.
        prefix.contains('+') || (prefix.contains('!') && !prefix.contains("!!"))
    };
    let mut commands = texts(service, "ExecStart").into_iter();
    commands
        .find(|(command, _)| is_elevated(command))
        .map(|(_, node)| node)
}

/// The bounding set of capabilities, each with the node that names it.
enum Bounds {
    /// These and no others.
    Only(Vec<(String, NodeId)>),
    /// All but these.
    AllBut(Vec<(String, NodeId)>),
}

impl Bounds {
    /// Capabilities without `~` are let in, those after `~` are shut out; the first assignment says which of the two
    /// the set begins with, and `~` alone lets in all.
    fn with(self, inverted: bool, names: Vec<(String, NodeId)>) -> Self {
        match (self, inverted) {
            (_, true) if names.is_empty() => Self::AllBut(names),
            (Self::AllBut(out), false) if out.is_empty() => Self::Only(names),
            (Self::Only(kept), false) => Self::Only(joined(kept, names)),
            (Self::AllBut(out), true) => Self::AllBut(joined(out, names)),
            (Self::Only(kept), true) => Self::Only(without(kept, &names)),
            (Self::AllBut(out), false) => Self::AllBut(without(out, &names)),
        }
    }
}

fn joined(mut names: Vec<(String, NodeId)>, more: Vec<(String, NodeId)>) -> Vec<(String, NodeId)> {
    names.extend(more);
    names
}

fn without(names: Vec<(String, NodeId)>, less: &[(String, NodeId)]) -> Vec<(String, NodeId)> {
    let keeps = |name: &str| less.iter().all(|(other, _)| other != name);
    names.into_iter().filter(|(name, _)| keeps(name)).collect()
}

/// `capabilities`: what is listed is all that is left, so that `ALL` is dropped and the list added; what is listed after
/// `~` is dropped.
fn capabilities(model: &mut Model, service: View<'_>) {
    let Some(written) = service.get("CapabilityBoundingSet") else {
        return;
    };
    let from = written.id();
    model.object(Some("capabilities"), from, |model| match bounds(service) {
        Bounds::Only(names) => {
            let origin = Origin::Derived { from };
            model.list("drop", from, |model| element(model, "ALL", origin));
            capability_list(model, "add", from, &names);
        }
        Bounds::AllBut(names) => capability_list(model, "drop", from, &names),
    });
}

fn bounds(service: View<'_>) -> Bounds {
    let assignments = texts(service, "CapabilityBoundingSet");
    // An empty assignment, and nothing after it.
    if assignments.is_empty() {
        return Bounds::Only(Vec::new());
    }
    let full = Bounds::AllBut(Vec::new());
    assignments.into_iter().fold(full, |bounds, (text, node)| {
        let inverted = text.starts_with('~');
        let (words, _) = words(text.strip_prefix('~').unwrap_or(text));
        let names = words.iter().map(|word| (capability(word), node));
        bounds.with(inverted, names.collect())
    })
}

/// `CAP_NET_RAW` is `NET_RAW` to the engines of containers, and so to rules.
fn capability(name: &str) -> String {
    let name = name.to_ascii_uppercase();
    name.strip_prefix("CAP_").unwrap_or(&name).to_owned()
}

fn capability_list(model: &mut Model, key: &str, from: NodeId, names: &[(String, NodeId)]) {
    model.list(key, from, |model| {
        for (name, from) in names {
            element(model, name, Origin::Derived { from: *from });
        }
    });
}

/// The next element of a list, which has no key.
fn element(model: &mut Model, text: &str, origin: Origin) {
    model.text("", text, origin);
}

/// Settings of the sandbox, and what the normalised form calls them.
const SANDBOX: &[(&str, &str)] = &[
    ("DynamicUser", "dynamic_user"),
    ("IPAddressDeny", "ip_address_deny"),
    ("LockPersonality", "lock_personality"),
    ("MemoryDenyWriteExecute", "memory_deny_write_execute"),
    ("NoNewPrivileges", "no_new_privileges"),
    ("PrivateDevices", "private_devices"),
    ("PrivateIPC", "private_ipc"),
    ("PrivateMounts", "private_mounts"),
    ("PrivateNetwork", "private_network"),
    ("PrivatePIDs", "private_pids"),
    ("PrivateTmp", "private_tmp"),
    ("PrivateUsers", "private_users"),
    ("ProcSubset", "proc_subset"),
    ("ProtectClock", "protect_clock"),
    ("ProtectControlGroups", "protect_control_groups"),
    ("ProtectHome", "protect_home"),
    ("ProtectHostname", "protect_hostname"),
    ("ProtectKernelLogs", "protect_kernel_logs"),
    ("ProtectKernelModules", "protect_kernel_modules"),
    ("ProtectKernelTunables", "protect_kernel_tunables"),
    ("ProtectProc", "protect_proc"),
    ("ProtectSystem", "protect_system"),
    ("RemoveIPC", "remove_ipc"),
    ("RestrictAddressFamilies", "restrict_address_families"),
    ("RestrictNamespaces", "restrict_namespaces"),
    ("RestrictRealtime", "restrict_realtime"),
    ("RestrictSUIDSGID", "restrict_suid_sgid"),
    ("SystemCallArchitectures", "system_call_architectures"),
    ("SystemCallFilter", "system_call_filter"),
    ("UMask", "umask"),
];

/// Settings of the sandbox that are booleans and nothing else.
pub(super) const BOOLEANS: &[&str] = &[
    "DynamicUser",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "NoNewPrivileges",
    "PrivateDevices",
    "PrivateIPC",
    "PrivateMounts",
    "PrivateNetwork",
    "ProtectClock",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "RemoveIPC",
    "RestrictRealtime",
    "RestrictSUIDSGID",
];

/// Settings of the sandbox that are lists: every value counts.
const LISTS: &[&str] = &[
    "IPAddressDeny",
    "RestrictAddressFamilies",
    "RestrictNamespaces",
    "SystemCallArchitectures",
    "SystemCallFilter",
];

/// `sandbox`: what is written, as a boolean where it is one and else as text.
pub(super) fn sandbox(model: &mut Model, service: View<'_>) {
    model.object(Some("sandbox"), service.id(), |model| {
        for (key, name) in SANDBOX {
            if BOOLEANS.contains(key) {
                if let Some((value, from)) = truth(service, key) {
                    model.truth(name, value, Origin::Derived { from });
                }
                continue;
            }
            let values = texts(service, key);
            match values.last() {
                Some((text, from)) if values.len() == 1 || !LISTS.contains(key) => {
                    setting(model, name, text, *from);
                }
                Some((_, from)) => {
                    let whole = service.get(key).map_or(*from, View::id);
                    let texts: Vec<&str> = values.iter().map(|(text, _)| *text).collect();
                    setting(model, name, &texts.join(" "), whole);
                }
                None => {}
            }
        }
    });
}

fn setting(model: &mut Model, name: &str, text: &str, from: NodeId) {
    let origin = Origin::Derived { from };
    match value::boolean(text) {
        Some(value) => model.truth(name, value, origin),
        None => model.text(name, text, origin),
    }
}
