//! What a webhook and an API server agree on: side effects, versions, and who is called after whom.

use super::cluster::Cluster;
use super::webhook::{Request, Webhook};
use super::{Check, Sign};
use crate::finding::Severity;
use crate::tree::View;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "side-effects",
        severity: Severity::Medium,
        title: "does not say that it has no side effects",
        remedy: "set `sideEffects: None`, or `NoneOnDryRun` if it writes down what it decides",
        look: side_effects,
    },
    Check {
        name: "review-version",
        severity: Severity::Medium,
        title: "does not take reviews as API servers send them",
        remedy: "set `admissionReviewVersions: [v1]`",
        look: review_version,
    },
    Check {
        name: "changed-later",
        severity: Severity::Low,
        title: "others change what it has changed",
        remedy: "set `reinvocationPolicy: IfNeeded`, and validate what comes out in the end",
        look: changed_later,
    },
];

/// What most webhooks that change something change.
const CHANGED: &[Request<'_>] = &[
    Request::new("CREATE", "", "pods"),
    Request::new("CREATE", "apps", "deployments"),
];

fn side_effects(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let said = webhook.text("sideEffects");
    if matches!(said, Some("None" | "NoneOnDryRun")) {
        return Vec::new();
    }
    let message = format!(
        "{} may have side effects: every dry run that it is asked about is refused",
        webhook.spelt()
    );
    vec![Sign::under(webhook.view, "sideEffects", message)]
}

fn review_version(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let versions = webhook.view.get("admissionReviewVersions").into_iter();
    let mut versions = versions.flat_map(View::items);
    if versions.any(|version| version.raw() == Some("v1")) {
        return Vec::new();
    }
    let message = format!(
        "{} does not take reviews in `v1`, the only version that API servers send",
        webhook.spelt()
    );
    vec![Sign::under(
        webhook.view,
        "admissionReviewVersions",
        message,
    )]
}

/// Webhooks that change something are called in order of their configurations.
fn changed_later(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let is_called_once = webhook.text("reinvocationPolicy") != Some("IfNeeded");
    if !webhook.mutates || !is_called_once {
        return Vec::new();
    }
    for request in CHANGED {
        let called = cluster.called_for(*request, "default").into_iter();
        let from = called.skip_while(|one| !std::ptr::eq(*one, webhook));
        let mut later = from.skip(1);
        let other = later.find(|other| other.mutates && other.answers() != webhook.answers());
        if let Some(other) = other {
            let message = format!(
                "{} is called once, before {}, which may undo what it does to `{}`",
                webhook.spelt(),
                other.spelt(),
                request.spelt()
            );
            let place = other.view.get("name").and_then(|name| other.place(name));
            let sign = Sign::under(webhook.view, "reinvocationPolicy", message);
            return vec![sign.related(place, "this one is called later")];
        }
    }
    Vec::new()
}
