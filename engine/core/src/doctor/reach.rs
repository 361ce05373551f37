//! What a webhook is asked about that a cluster needs to stay alive, or to come back.

use super::cluster::Cluster;
use super::selector::Labels;
use super::webhook::{Request, Rule, Webhook};
use super::{Check, Sign};
use crate::finding::Severity;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "own-namespace",
        severity: Severity::Critical,
        title: "fails closed on what runs itself",
        remedy: "exclude its namespace: `namespaceSelector` with `kubernetes.io/metadata.name` `NotIn`",
        look: own_namespace,
    },
    Check {
        name: "kube-system",
        severity: Severity::High,
        title: "fails closed on what the cluster runs on",
        remedy: "exclude `kube-system`: `namespaceSelector` with `kubernetes.io/metadata.name` `NotIn`",
        look: kube_system,
    },
    Check {
        name: "leases",
        severity: Severity::Critical,
        title: "fails closed on leases",
        remedy: "name resources instead of `*`, and exclude `kube-node-lease` and `kube-system`",
        look: leases,
    },
    Check {
        name: "control-plane",
        severity: Severity::High,
        title: "fails closed on what nodes and the control plane write",
        remedy: "name the resources that policies judge instead of `*`, or leave these out by `matchConditions`",
        look: control_plane,
    },
    Check {
        name: "wildcard",
        severity: Severity::Medium,
        title: "fails closed on everything",
        remedy: "name the groups and resources that policies judge; let the rest fail open in a webhook of its own",
        look: wildcard,
    },
    Check {
        name: "dependency-loop",
        severity: Severity::High,
        title: "fails closed on what it needs to be reached",
        remedy: "exclude the namespace: `namespaceSelector` with `kubernetes.io/metadata.name` `NotIn`",
        look: dependency_loop,
    },
    Check {
        name: "never-called",
        severity: Severity::Medium,
        title: "asks for what API servers send to no webhook",
        remedy: "take it out of the rules, and watch these objects from outside: by access control and by audit",
        look: never_called,
    },
];

/// What runs something, or makes what runs something.
const RUNNING: &[Request<'_>] = &[
    Request::new("CREATE", "", "pods"),
    Request::new("CREATE", "apps", "deployments"),
    Request::new("CREATE", "apps", "replicasets"),
    Request::new("CREATE", "apps", "daemonsets"),
    Request::new("CREATE", "apps", "statefulsets"),
    Request::new("UPDATE", "", "pods"),
    Request::new("UPDATE", "apps", "deployments"),
];

/// What else components of `kube-system` write.
const WRITTEN_BY_COMPONENTS: &[Request<'_>] = &[
    Request::new("UPDATE", "", "configmaps"),
    Request::new("UPDATE", "", "endpoints"),
    Request::new("UPDATE", "discovery.k8s.io", "endpointslices"),
];

const LEASE: Request<'_> = Request::new("UPDATE", "coordination.k8s.io", "leases");

/// Where leases lie: those of nodes, and those by which components elect a leader.
const LEASED: &[&str] = &["kube-node-lease", "kube-system"];

/// What nodes and authenticators write wherever they are.
const CONTROL: &[Request<'_>] = &[
    Request::of_cluster("UPDATE", "", "nodes"),
    Request::of_cluster("UPDATE", "", "nodes/status"),
    Request::new("CREATE", "", "events"),
    Request::new("CREATE", "events.k8s.io", "events"),
    Request::of_cluster(
        "CREATE",
        "certificates.k8s.io",
        "certificatesigningrequests",
    ),
    Request::of_cluster("CREATE", "authentication.k8s.io", "tokenreviews"),
    Request::of_cluster("CREATE", "authorization.k8s.io", "subjectaccessreviews"),
];

/// Namespaces by which components are usually installed, and what is not there without them.
const NEEDED: &[(&str, &str)] = &[
    ("calico-system", "the network of pods"),
    ("cert-manager", "certificates"),
    ("cilium", "the network of pods"),
    ("istio-system", "the mesh"),
    ("kube-flannel", "the network of pods"),
    ("linkerd", "the mesh"),
    ("longhorn-system", "volumes"),
    ("openebs", "volumes"),
    ("rook-ceph", "volumes"),
    ("tigera-operator", "the network of pods"),
];

/// Resources about which API servers ask no webhook.
const NEVER_SENT: &[&str] = &[
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
    "mutatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
];

fn own_namespace(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let service = webhook.service().filter(|_| webhook.fails_closed());
    let Some(service) = service else {
        return Vec::new();
    };
    let around = cluster.labels_of(service.namespace);
    let labels = cluster.own_labels(webhook);
    let Some((what, rule)) = sent(webhook, RUNNING, &around, &labels) else {
        return Vec::new();
    };
    let message = format!(
        "{} fails closed and is asked about {what} of its own namespace `{}`: once it is down, it cannot start again",
        webhook.spelt(),
        service.namespace.escape_debug()
    );
    let mut sign = Sign::under(webhook.view, "namespaceSelector", message)
        .related(webhook.place(rule.view), "this rule asks for them");
    for resource in cluster.backing(service) {
        sign = sign.related(resource.place(), "this is what answers");
    }
    vec![sign]
}

fn kube_system(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let is_own = webhook
        .service()
        .is_some_and(|service| service.namespace == "kube-system");
    if !webhook.fails_closed() || is_own {
        return Vec::new();
    }
    let around = cluster.labels_of("kube-system");
    let asked = [RUNNING, WRITTEN_BY_COMPONENTS].concat();
    let Some((what, rule)) = sent(webhook, &asked, &around, &Labels::new()) else {
        return Vec::new();
    };
    let message = format!(
        "{} fails closed and is asked about {what} of `kube-system`: while it is down, the cluster cannot mend itself",
        webhook.spelt()
    );
    let sign = Sign::under(webhook.view, "namespaceSelector", message);
    vec![sign.related(webhook.place(rule.view), "this rule asks for them")]
}

fn leases(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    if !webhook.fails_closed() {
        return Vec::new();
    }
    let reached = LEASED.iter().find_map(|namespace| {
        let around = cluster.labels_of(namespace);
        let (_, rule) = sent(webhook, &[LEASE], &around, &Labels::new())?;
        Some((*namespace, rule))
    });
    let Some((namespace, rule)) = reached else {
        return Vec::new();
    };
    let message = format!(
        "{} fails closed and is asked about leases of `{namespace}`: while it is down, nodes and leaders count as dead",
        webhook.spelt()
    );
    vec![Sign::under(rule.view, "resources", message)]
}

fn control_plane(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    if !webhook.fails_closed() {
        return Vec::new();
    }
    let around = cluster.labels_of("default");
    let Some((what, rule)) = sent(webhook, CONTROL, &around, &Labels::new()) else {
        return Vec::new();
    };
    let message = format!(
        "{} fails closed and is asked about {what}: while it is down, the control plane cannot write them",
        webhook.spelt()
    );
    vec![Sign::under(rule.view, "resources", message)]
}

fn wildcard(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let mut wild = webhook.rules.iter().filter(|rule| rule.is_wild());
    match wild.next().filter(|_| webhook.fails_closed()) {
        Some(rule) => {
            let message = format!(
                "{} fails closed and is asked about every resource of every group, also of those to come",
                webhook.spelt()
            );
            vec![Sign::under(rule.view, "resources", message)]
        }
        None => Vec::new(),
    }
}

fn dependency_loop(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let own = webhook.service().map(|service| service.namespace);
    let mut signs = Vec::new();
    for namespace in cluster.namespaces().filter(|_| webhook.fails_closed()) {
        let needed = NEEDED.iter().find(|(name, _)| *name == namespace);
        let Some((_, what)) = needed.filter(|_| own != Some(namespace)) else {
            continue;
        };
        let around = cluster.labels_of(namespace);
        if let Some((_, rule)) = sent(webhook, RUNNING, &around, &Labels::new()) {
            let message = format!(
                "{} fails closed and is asked about what runs in `{namespace}`: without {what} it may not be reached, and without it there is no {what}",
                webhook.spelt()
            );
            let sign = Sign::under(webhook.view, "namespaceSelector", message);
            signs.push(sign.related(webhook.place(rule.view), "this rule asks for them"));
        }
    }
    signs
}

fn never_called(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let mut signs = Vec::new();
    for rule in &webhook.rules {
        let mut named = rule.resources.iter();
        let named = named.find(|resource| NEVER_SENT.contains(*resource));
        if let Some(resource) = named {
            let message = format!(
                "{} asks for `{resource}`, which API servers send to no webhook",
                webhook.spelt()
            );
            signs.push(Sign::under(rule.view, "resources", message));
        }
    }
    signs
}

/// What of some requests a webhook is sent, in words, and the rule by which it is sent the first of them.
fn sent<'w, 'a>(
    webhook: &'w Webhook<'a>,
    requests: &[Request<'_>],
    around: &Labels<'_>,
    object: &Labels<'_>,
) -> Option<(String, &'w Rule<'a>)> {
    let mut names: Vec<String> = Vec::new();
    let mut first = None;
    for request in requests {
        let rule = webhook.reached_by(*request, around, object);
        let name = format!("`{}`", request.spelt());
        if rule.is_some() && !names.contains(&name) {
            names.push(name);
        }
        first = first.or(rule);
    }
    Some((names.join(", "), first?))
}
