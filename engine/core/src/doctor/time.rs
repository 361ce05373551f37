//! How long a request waits for webhooks: each has a time of its own, and their sum is what whoever asked feels.

use super::cluster::Cluster;
use super::selector::Labels;
use super::webhook::{Request, Webhook};
use super::{Check, Sign};
use crate::finding::Severity;

/// Seconds after which an API server gives a request up, whatever its webhooks say.
const REQUEST: i64 = 30;
/// Seconds within which a lease is renewed, or its holder counts as dead.
const RENEWAL: i64 = 10;
/// Seconds that a lease may wait, so that it can be tried again in time.
const LONGEST_FOR_LEASES: i64 = 4;
/// Seconds from which on a webhook that fails closed makes an outage of every delay.
const LONG: i64 = 10;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "long-timeout",
        severity: Severity::Medium,
        title: "fails closed and may be waited for long",
        remedy: "set `timeoutSeconds` to a few seconds: a policy is judged in milliseconds",
        look: long_timeout,
    },
    Check {
        name: "slow-leases",
        severity: Severity::High,
        title: "fails open on leases and nodes, but too late",
        remedy: "do not ask for leases and nodes, or set `timeoutSeconds` to 1",
        look: slow_leases,
    },
    Check {
        name: "timeouts-add-up",
        severity: Severity::High,
        title: "waits that add up to more than a request has",
        remedy: "give each webhook less time, or let fewer of them ask for the same",
        look: timeouts_add_up,
    },
];

/// What many webhooks ask for, where, and how long whoever asks has.
const ASKED: &[(Request<'_>, &str, i64)] = &[
    (Request::new("CREATE", "", "pods"), "default", REQUEST),
    (Request::new("UPDATE", "", "pods"), "default", REQUEST),
    (
        Request::new("CREATE", "apps", "deployments"),
        "default",
        REQUEST,
    ),
    (Request::new("CREATE", "", "services"), "default", REQUEST),
    (Request::new("CREATE", "", "configmaps"), "default", REQUEST),
    (RENEWED, "kube-node-lease", RENEWAL),
    (RENEWED, "kube-system", RENEWAL),
];

const RENEWED: Request<'_> = Request::new("UPDATE", "coordination.k8s.io", "leases");

/// What is written every few seconds, and where.
const FREQUENT: &[(Request<'_>, &str)] = &[
    (RENEWED, "kube-node-lease"),
    (RENEWED, "kube-system"),
    (Request::of_cluster("UPDATE", "", "nodes"), ""),
    (Request::of_cluster("UPDATE", "", "nodes/status"), ""),
];

fn long_timeout(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let seconds = webhook.timeout();
    if !webhook.fails_closed() || seconds < LONG {
        return Vec::new();
    }
    let message = format!(
        "{} fails closed after {seconds} s: while it hangs, every request waits as long before it is refused",
        webhook.spelt()
    );
    vec![Sign::under(webhook.view, "timeoutSeconds", message)]
}

fn slow_leases(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let seconds = webhook.timeout();
    if webhook.fails_closed() || seconds <= LONGEST_FOR_LEASES {
        return Vec::new();
    }
    let reached = FREQUENT.iter().find(|(request, namespace)| {
        let around = cluster.labels_of(namespace);
        let rule = webhook.reached_by(*request, &around, &Labels::new());
        rule.is_some()
    });
    let Some((request, _)) = reached else {
        return Vec::new();
    };
    let message = format!(
        "{} fails open only after {seconds} s and is asked about `{}`, which must be written every {RENEWAL} s",
        webhook.spelt(),
        request.spelt()
    );
    vec![Sign::under(webhook.view, "timeoutSeconds", message)]
}

/// API servers call the webhooks that change an object one after the other, and all others at a time. It is said of the
/// first one that is called.
fn timeouts_add_up(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let mut said: Vec<Vec<&str>> = Vec::new();
    let mut signs = Vec::new();
    for (request, namespace, limit) in ASKED {
        let called = cluster.called_for(*request, namespace);
        let is_first = called
            .first()
            .is_some_and(|first| std::ptr::eq(*first, webhook));
        let (changing, others): (Vec<&Webhook<'_>>, Vec<&Webhook<'_>>) =
            called.iter().copied().partition(|one| one.mutates);
        let slowest = others.iter().map(|one| one.timeout()).max();
        let sum: i64 = changing.iter().map(|one| one.timeout()).sum();
        let sum = sum + slowest.unwrap_or_default();
        let names: Vec<&str> = called.iter().map(|one| one.name).collect();
        if !is_first || sum <= *limit || called.len() < 2 || said.contains(&names) {
            continue;
        }
        let message = format!(
            "{} webhooks are asked about `{}` and may take {sum} s together, where there are {limit} s",
            called.len(),
            request.spelt()
        );
        let mut sign = Sign::under(webhook.view, "timeoutSeconds", message);
        for other in called.iter().skip(1) {
            let place = other.view.get("name").and_then(|name| other.place(name));
            sign = sign.related(place, format!("up to {} s more", other.timeout()));
        }
        signs.push(sign);
        said.push(names);
    }
    signs
}
