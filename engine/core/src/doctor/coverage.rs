//! What a webhook is not asked about, so that what it would refuse comes in by another door.

use super::cluster::Cluster;
use super::webhook::{Request, Rule, Webhook};
use super::{Check, Sign};
use crate::estate::EntityKind;
use crate::finding::Severity;
use crate::served::{SERVED, Scope, Served};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "exact-match",
        severity: Severity::Medium,
        title: "takes objects in some versions only",
        remedy: "set `matchPolicy: Equivalent`, which is the default",
        look: exact_match,
    },
    Check {
        name: "missing-update",
        severity: Severity::Medium,
        title: "judges what is made, and not what becomes of it",
        remedy: "add `UPDATE` to `operations`",
        look: missing_update,
    },
    Check {
        name: "missing-delete",
        severity: Severity::Info,
        title: "is not asked about deletions",
        remedy: "add `DELETE` to `operations`, if a policy judges them",
        look: missing_delete,
    },
    Check {
        name: "missing-connect",
        severity: Severity::Low,
        title: "judges pods, and not what is run in them later",
        remedy: "ask for `pods/exec` and `pods/attach` with `CONNECT`, if a policy judges them",
        look: missing_connect,
    },
    Check {
        name: "missing-ephemeral-containers",
        severity: Severity::Medium,
        title: "judges pods, and not containers that are added later",
        remedy: "add `pods/ephemeralcontainers` to `resources`, with `UPDATE`",
        look: missing_ephemeral_containers,
    },
    Check {
        name: "missing-subresource",
        severity: Severity::Low,
        title: "judges objects, and not requests about parts of them",
        remedy: "add the parts to `resources`, if a policy judges what they change",
        look: missing_subresource,
    },
    Check {
        name: "missing-pods",
        severity: Severity::Medium,
        title: "judges what makes pods, and not pods",
        remedy: "add `pods` to `resources`: what a controller makes is a pod in the end",
        look: missing_pods,
    },
    Check {
        name: "missing-controllers",
        severity: Severity::Info,
        title: "judges pods, and not what makes them",
        remedy: "add them to `resources`, so that whoever deploys is told, and not only a controller",
        look: missing_controllers,
    },
    Check {
        name: "half-scope",
        severity: Severity::Medium,
        title: "a scope that leaves out half of what it asks for",
        remedy: "set `scope: \"*\"`, which is the default",
        look: half_scope,
    },
];

const POD: Request<'_> = Request::new("CREATE", "", "pods");

/// What is changed by requests of its own, beside what it is a part of.
const PARTS: &[(Request<'_>, Request<'_>)] = &[
    (POD, Request::new("UPDATE", "", "pods/resize")),
    (POD, Request::new("CREATE", "", "pods/eviction")),
    (
        Request::new("CREATE", "", "replicationcontrollers"),
        Request::new("UPDATE", "", "replicationcontrollers/scale"),
    ),
    (
        Request::new("CREATE", "apps", "deployments"),
        Request::new("UPDATE", "apps", "deployments/scale"),
    ),
    (
        Request::new("CREATE", "apps", "replicasets"),
        Request::new("UPDATE", "apps", "replicasets/scale"),
    ),
    (
        Request::new("CREATE", "apps", "statefulsets"),
        Request::new("UPDATE", "apps", "statefulsets/scale"),
    ),
];

/// More than this many are not named.
const MOST_NAMES: usize = 5;

fn exact_match(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let mut narrow = webhook
        .rules
        .iter()
        .filter(|rule| !rule.versions.contains(&"*"));
    let is_exact = webhook.text("matchPolicy") == Some("Exact");
    match narrow.next().filter(|_| is_exact) {
        Some(rule) => {
            let versions: Vec<String> = rule.versions.iter().map(|one| quoted(one)).collect();
            let message = format!(
                "{} takes objects in {} only: in any other version the same object passes",
                webhook.spelt(),
                listed(&versions)
            );
            let sign = Sign::under(webhook.view, "matchPolicy", message);
            vec![sign.related(webhook.place(rule.view), "this rule names versions")]
        }
        None => Vec::new(),
    }
}

fn missing_update(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    missing_operation(
        webhook,
        cluster,
        "UPDATE",
        "what may not be made can be changed into",
    )
}

fn missing_delete(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    missing_operation(
        webhook,
        cluster,
        "DELETE",
        "what takes them away is not judged",
    )
}

fn missing_operation(
    webhook: &Webhook<'_>,
    cluster: &Cluster<'_>,
    operation: &str,
    so: &str,
) -> Vec<Sign> {
    let mut names = Vec::new();
    let mut first = None;
    for served in SERVED {
        let made = Request {
            operation: "CREATE",
            group: served.group,
            resource: served.resource,
            scope: served.scope,
        };
        let asked = webhook.rule_for(made).filter(|_| !webhook.mutates);
        if asked.is_some() && !is_asked(webhook, cluster, Request { operation, ..made }) {
            names.push(quoted(&made.spelt()));
            first = first.or(asked);
        }
    }
    let said = first.map(|rule| {
        let message = format!(
            "{} is asked when {} are made, and not for `{operation}`: {so}",
            webhook.spelt(),
            listed(&names)
        );
        Sign::under(rule.view, "operations", message)
    });
    said.into_iter().collect()
}

fn missing_connect(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    const CONNECTIONS: &[(Request<'_>, Request<'_>)] = &[
        (POD, Request::new("CONNECT", "", "pods/exec")),
        (POD, Request::new("CONNECT", "", "pods/attach")),
    ];
    missing_parts(webhook, cluster, CONNECTIONS)
}

fn missing_ephemeral_containers(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    const ADDED: &[(Request<'_>, Request<'_>)] =
        &[(POD, Request::new("UPDATE", "", "pods/ephemeralcontainers"))];
    missing_parts(webhook, cluster, ADDED)
}

fn missing_subresource(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    missing_parts(webhook, cluster, PARTS)
}

/// Parts that nobody asks for, of what the webhook asks for.
fn missing_parts(
    webhook: &Webhook<'_>,
    cluster: &Cluster<'_>,
    parts: &[(Request<'_>, Request<'_>)],
) -> Vec<Sign> {
    let mut names = Vec::new();
    let mut first = None;
    for (whole, part) in parts {
        let asked = webhook.rule_for(*whole).filter(|_| !webhook.mutates);
        if asked.is_some() && !is_asked(webhook, cluster, *part) {
            names.push(format!("`{}` with `{}`", part.spelt(), part.operation));
            first = first.or(asked);
        }
    }
    let said = first.map(|rule| {
        let message = format!("{} is not asked about {}", webhook.spelt(), listed(&names));
        Sign::under(rule.view, "resources", message)
    });
    said.into_iter().collect()
}

fn missing_pods(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let mut controllers = controllers();
    let asked = controllers.find_map(|made| Some((made, webhook.rule_for(made)?)));
    let Some((made, rule)) = asked.filter(|_| !webhook.mutates) else {
        return Vec::new();
    };
    if is_asked(webhook, cluster, POD) {
        return Vec::new();
    }
    let message = format!(
        "{} is asked about `{}` and not about `pods`: a pod that is made by other means passes",
        webhook.spelt(),
        made.spelt()
    );
    vec![Sign::under(rule.view, "resources", message)]
}

fn missing_controllers(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let asked = webhook.rule_for(POD).filter(|_| !webhook.mutates);
    let missing = controllers().filter(|made| !is_asked(webhook, cluster, *made));
    let missing: Vec<String> = missing.map(|made| quoted(&made.spelt())).collect();
    match asked.filter(|_| !missing.is_empty()) {
        Some(rule) => {
            let message = format!(
                "{} is asked about `pods` and not about {}: what they make is refused later, and nobody is told",
                webhook.spelt(),
                listed(&missing)
            );
            vec![Sign::under(rule.view, "resources", message)]
        }
        None => Vec::new(),
    }
}

fn half_scope(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let rules = webhook.rules.iter().filter(|_| !webhook.mutates);
    let said = rules.filter_map(|rule| {
        let message = match (rule.scope?, out_of_scope(rule)) {
            ("Namespaced", Some(resource)) => {
                format!("`{resource}` lie in no namespace, and a rule of {} asks for those in namespaces", webhook.spelt())
            }
            ("Cluster", Some(resource)) => {
                format!("`{resource}` lie in namespaces, and a rule of {} asks for those in none", webhook.spelt())
            }
            (half @ ("Namespaced" | "Cluster"), None) if rule.is_wild() => {
                format!("a rule of {} asks for everything, and `{half}` leaves out the other half", webhook.spelt())
            }
            _ => return None,
        };
        Some(Sign::under(rule.view, "scope", message))
    });
    said.collect()
}

/// A resource of a rule that never lies where the rule asks for it.
fn out_of_scope(rule: &Rule<'_>) -> Option<&'static str> {
    let wanted = match rule.scope {
        Some("Namespaced") => Scope::Namespaced,
        Some("Cluster") => Scope::Cluster,
        _ => return None,
    };
    let is_named = |served: &&Served<&'static str>| {
        rule.groups.contains(&served.group) && rule.resources.contains(&served.resource)
    };
    let mut named = SERVED.iter().filter(is_named);
    let other = named.find(|served| served.scope != wanted);
    other.map(|served| served.resource)
}

/// Whether those who judge with the webhook are asked about a request.
fn is_asked(webhook: &Webhook<'_>, cluster: &Cluster<'_>, request: Request<'_>) -> bool {
    let mut others = cluster
        .webhooks
        .iter()
        .filter(|other| !other.mutates && other.answers() == webhook.answers());
    others.any(|other| other.rule_for(request).is_some())
}

/// What makes pods.
fn controllers() -> impl Iterator<Item = Request<'static>> {
    let makes_pods = |served: &&Served<&'static str>| {
        served.entities.contains(&EntityKind::Workload)
            && matches!(served.group, "" | "apps" | "batch")
            && !matches!(served.resource, "pods" | "podtemplates")
    };
    let made =
        |served: &Served<&'static str>| Request::new("CREATE", served.group, served.resource);
    SERVED.iter().filter(makes_pods).map(made)
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.escape_debug())
}

fn listed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(MOST_NAMES).map(String::as_str).collect();
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
