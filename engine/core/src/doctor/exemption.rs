//! Who is let past a webhook: when it does not answer, by labels, by names, and by conditions.

use super::cluster::Cluster;
use super::selector::{NAME, keys, selects};
use super::webhook::Webhook;
use super::{Check, Sign};
use crate::finding::Severity;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "fails-open",
        severity: Severity::Medium,
        title: "lets everything pass while it does not answer",
        remedy: "set `failurePolicy: Fail` for the few kinds that policies deny, in a webhook of its own, and let only the rest fail open",
        look: fails_open,
    },
    Check {
        name: "fails-open-beside",
        severity: Severity::Low,
        title: "lets pass what only it is asked about while it does not answer",
        remedy: "nothing, if all that policies deny is asked for by the one that fails closed",
        look: fails_open_beside,
    },
    Check {
        name: "namespace-label",
        severity: Severity::Medium,
        title: "a label of a namespace opts out",
        remedy: "select by `kubernetes.io/metadata.name`, which nobody can change, or judge who sets the label",
        look: namespace_label,
    },
    Check {
        name: "object-selector",
        severity: Severity::High,
        title: "a label of the object opts out",
        remedy: "remove `objectSelector`: whoever writes the object writes its labels",
        look: object_selector,
    },
    Check {
        name: "excluded-users",
        severity: Severity::Medium,
        title: "a condition lets some users past",
        remedy: "judge by what is asked, and give exceptions an owner and an end",
        look: excluded_users,
    },
    Check {
        name: "never-true",
        severity: Severity::High,
        title: "a condition that never holds",
        remedy: "remove the condition, or the webhook",
        look: never_true,
    },
    Check {
        name: "exempt-namespace",
        severity: Severity::Medium,
        title: "a namespace with workloads is left out",
        remedy: "exempt no more than the namespaces of the cluster itself, and audit those",
        look: exempt_namespace,
    },
];

/// Namespaces of the cluster itself, which are better left out.
const SYSTEM: &[&str] = &["kube-system", "kube-public", "kube-node-lease"];

fn fails_open(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    if webhook.mutates || webhook.fails_closed() || closed(webhook, cluster).is_some() {
        return Vec::new();
    }
    let message = format!(
        "{} fails open: what it would refuse passes while it does not answer",
        webhook.spelt()
    );
    vec![Sign::under(webhook.view, "failurePolicy", message)]
}

fn fails_open_beside(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    if webhook.mutates || webhook.fails_closed() {
        return Vec::new();
    }
    let beside = closed(webhook, cluster).map(|other| {
        let message = format!(
            "{} fails open: what {} is not asked about passes while nobody answers",
            webhook.spelt(),
            other.spelt()
        );
        let place = other.view.get("name").and_then(|name| other.place(name));
        Sign::under(webhook.view, "failurePolicy", message).related(place, "this one fails closed")
    });
    beside.into_iter().collect()
}

/// A webhook that fails closed and is answered by the same service.
fn closed<'c, 'a>(webhook: &Webhook<'_>, cluster: &'c Cluster<'a>) -> Option<&'c Webhook<'a>> {
    cluster.webhooks.iter().find(|other| {
        !other.mutates && other.fails_closed() && other.answers() == webhook.answers()
    })
}

fn namespace_label(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let selector = webhook.selector("namespaceSelector");
    let selector = selector.filter(|_| !webhook.mutates);
    let labels = selector.into_iter().flat_map(keys);
    let own = labels.filter(|(key, _)| *key != NAME);
    own.map(|(key, written)| {
        let message = format!(
            "whoever may label a namespace opts it out of {} by `{}`",
            webhook.spelt(),
            key.escape_debug()
        );
        Sign::new(written, message)
    })
    .collect()
}

fn object_selector(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let selector = webhook.selector("objectSelector");
    let selector = selector.filter(|_| !webhook.mutates);
    let said = selector.map(|written| {
        let message = format!(
            "whoever writes an object opts it out of {} by a label",
            webhook.spelt()
        );
        Sign::new(written, message)
    });
    said.into_iter().collect()
}

fn excluded_users(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let about_users = ["request.userInfo", "authorizer."];
    let conditions = webhook.conditions().filter(|_| !webhook.mutates);
    let about = conditions
        .filter(|(_, expression)| about_users.iter().any(|word| expression.contains(*word)));
    about
        .map(|(written, _)| {
            let message = format!(
                "whether {} is asked depends on who asks: whoever acts as one of those left out passes",
                webhook.spelt()
            );
            Sign::new(written, message)
        })
        .collect()
}

fn never_true(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let conditions = webhook.conditions();
    let never = conditions.filter(|(_, expression)| matches!(expression.trim(), "false" | "!true"));
    never
        .map(|(written, _)| {
            let message = format!(
                "this never holds, so that {} is never asked",
                webhook.spelt()
            );
            Sign::new(written, message)
        })
        .collect()
}

fn exempt_namespace(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let Some(selector) = webhook
        .selector("namespaceSelector")
        .filter(|_| !webhook.mutates)
    else {
        return Vec::new();
    };
    let own = webhook.service().map(|service| service.namespace);
    let left_out = cluster.namespaces().filter(|namespace| {
        let is_expected = SYSTEM.contains(namespace) || own == Some(*namespace);
        !is_expected
            && cluster.runs_something_in(namespace)
            && !selects(Some(selector), &cluster.labels_of(namespace))
    });
    let names: Vec<String> = left_out
        .map(|namespace| format!("`{}`", namespace.escape_debug()))
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "{} is not asked about {}, where something runs",
        webhook.spelt(),
        names.join(", ")
    );
    vec![Sign::new(selector, message)]
}
