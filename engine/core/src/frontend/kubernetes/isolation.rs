//! What keeps a pod and its containers apart from their node: `isolation` of the workload and of each container.

use crate::estate::Model;
use crate::tree::View;

/// The keys of a security context that a pod and a container share, and what the normalised form calls them.
const SHARED: &[(&str, &str)] = &[
    ("runAsNonRoot", "run_as_non_root"),
    ("seccompProfile", "seccomp"),
    ("seLinuxOptions", "selinux"),
    ("appArmorProfile", "apparmor"),
];

/// Users and groups: numbers that a pod and a container share.
const IDS: &[(&str, &str)] = &[("runAsUser", "run_as_user"), ("runAsGroup", "run_as_group")];

/// What the pod says of itself, as written: a container may say otherwise, and it is still there.
pub(super) fn isolation(model: &mut Model, spec: View<'_>) {
    let context = context(spec);
    let written = |key: &str| context?.get(key);
    model.object(Some("isolation"), spec.id(), |model| {
        model.flag("host_network", spec.get("hostNetwork"), spec);
        model.flag("host_pid", spec.get("hostPID"), spec);
        model.flag("host_ipc", spec.get("hostIPC"), spec);
        model.copy("host_users", spec.get("hostUsers"));
        model.flag(
            "host_process",
            host_process(context),
            context.unwrap_or(spec),
        );
        for (key, name) in SHARED {
            model.copy(name, written(key));
        }
        for (key, name) in IDS {
            model.integer(name, written(key));
        }
        model.integer("fs_group", written("fsGroup"));
        groups(model, written("supplementalGroups"));
        model.copy("sysctls", written("sysctls"));
    });
}

fn groups(model: &mut Model, written: Option<View<'_>>) {
    let Some(written) = written.filter(|groups| groups.is_sequence()) else {
        return;
    };
    model.list("supplemental_groups", written.id(), |model| {
        for group in written.items() {
            model.integer_value(group);
        }
    });
}

/// What holds for one container: what it says, and where it says nothing, the pod.
pub(super) fn of_container(model: &mut Model, container: View<'_>, spec: View<'_>) {
    let (own, of_pod) = (context(container), context(spec));
    let under = own.unwrap_or(container);
    let written = |key: &str| own?.get(key).filter(|value| !value.is_null());
    let effective = |key: &str| written(key).or_else(|| of_pod?.get(key));
    model.object(Some("isolation"), under.id(), |model| {
        model.flag("privileged", written("privileged"), under);
        model.copy(
            "allow_privilege_escalation",
            written("allowPrivilegeEscalation"),
        );
        model.copy(
            "read_only_root_filesystem",
            written("readOnlyRootFilesystem"),
        );
        model.copy("capabilities", written("capabilities"));
        model.copy("proc_mount", written("procMount"));
        model.flag(
            "host_process",
            host_process(own).or(host_process(of_pod)),
            under,
        );
        for (key, name) in SHARED {
            model.copy(name, effective(key));
        }
        for (key, name) in IDS {
            model.integer(name, effective(key));
        }
    });
}

fn context(of: View<'_>) -> Option<View<'_>> {
    of.get("securityContext")
        .filter(|context| context.is_mapping())
}

fn host_process(context: Option<View<'_>>) -> Option<View<'_>> {
    context?
        .at(&["windowsOptions", "hostProcess"])
        .filter(|value| !value.is_null())
}
