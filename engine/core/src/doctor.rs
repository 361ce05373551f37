//! How webhooks of an API server can lock a cluster out, and how they can be got past.
//!
//! What is examined are configurations, among what else of the cluster was handed in. Nothing here asks a cluster, and
//! what was not handed in is not held against anyone.

mod backend;
mod certificate;
mod cluster;
mod coverage;
mod exemption;
mod reach;
mod selector;
mod terms;
mod time;
mod webhook;

use std::collections::BTreeMap;

use plumbline_rego::{Path, Step};
use sha2::{Digest, Sha256};

use crate::estate::Estate;
use crate::finding::{Effect, Evaluation, Finding, Fingerprint, RuleId, Severity, hex};
use crate::locate::Within;
use crate::source::Span;
use crate::tree::{NodeId, View};
use crate::waiver::Date;
use cluster::Cluster;
use webhook::Webhook;

/// One check.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// What stands behind `doctor/` in its id.
    pub name: &'static str,
    /// How bad what it finds is.
    pub severity: Severity,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    look: fn(&Webhook<'_>, &Cluster<'_>) -> Vec<Sign>,
}

/// Every check, by idea: what locks a cluster out, who answers, and what gets past.
const CHECKS: &[&[Check]] = &[
    reach::CHECKS,
    time::CHECKS,
    backend::CHECKS,
    certificate::CHECKS,
    coverage::CHECKS,
    exemption::CHECKS,
    terms::CHECKS,
];

/// One thing that a check saw in a webhook.
#[derive(Debug)]
struct Sign {
    /// Where it is written.
    at: NodeId,
    /// What is not written there.
    missing: Option<&'static str>,
    /// What is wrong.
    message: String,
    /// Second places, and what each has to do with it.
    related: Vec<(Span, String)>,
}

impl Sign {
    fn new(at: View<'_>, message: String) -> Self {
        Self {
            at: at.id(),
            missing: None,
            message,
            related: Vec::new(),
        }
    }

    /// At the value of a key, or where it is missing.
    fn under(view: View<'_>, key: &'static str, message: String) -> Self {
        match view.get(key) {
            Some(written) => Self::new(written, message),
            None => Self {
                missing: Some(key),
                ..Self::new(view, message)
            },
        }
    }

    fn related(mut self, place: Option<Span>, said: impl Into<String>) -> Self {
        self.related.extend(place.map(|place| (place, said.into())));
        self
    }
}

/// Every check, in the order of its table.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    CHECKS.iter().copied().flatten()
}

/// What the checks come to, as one number: it changes with what they find and how bad that is.
pub fn digest() -> String {
    let mut hash = Sha256::new();
    for check in checks() {
        hash.update(
            [
                check.name,
                check.severity.as_str(),
                check.title,
                check.remedy,
            ]
            .join("\0"),
        );
    }
    format!("sha256:{}", hex(&hash.finalize()))
}

/// What the checks find in the webhooks of an estate, on a day. Nothing was evaluated where there is no webhook.
pub fn examine(estate: &Estate, today: Date) -> Evaluation {
    let (cluster, problems) = Cluster::new(estate, today);
    let mut evaluation = Evaluation {
        problems,
        ..Evaluation::default()
    };
    for webhook in &cluster.webhooks {
        for check in checks() {
            evaluation.evaluations += 1;
            let seen = (check.look)(webhook, &cluster).into_iter();
            let findings = seen.map(|sign| finding(check, webhook, sign));
            evaluation.findings.extend(findings);
        }
    }
    evaluation.findings.sort_by(|left, right| {
        let key = |finding: &Finding| (finding.location.span, finding.rule.clone());
        let order = key(left).cmp(&key(right));
        order.then_with(|| left.message.cmp(&right.message))
    });
    evaluation
}

fn finding(check: &Check, webhook: &Webhook<'_>, sign: Sign) -> Finding {
    let resource = webhook.resource;
    let within = Within {
        tree: &resource.tree,
        root: resource.root,
        typing: resource.typing,
        file: resource.file,
    };
    let missing = sign
        .missing
        .map(|key| Path::from_iter([Step::Key(key.into())]));
    let (location, stable) = within.locate(sign.at, resource.tree.place(sign.at), missing);
    let rule = RuleId::of_webhooks(check.name);
    Finding {
        fingerprint: Fingerprint::new(&rule, resource.id.as_str(), &stable),
        rule,
        severity: check.severity,
        effect: Effect::Deny,
        message: sign.message,
        resource: Some(webhook.index),
        location,
        related: sign.related,
        controls: BTreeMap::new(),
        remediation: Some(check.remedy.to_owned()),
        fix: None,
        masked: Vec::new(),
        metadata: None,
        waiver: None,
        novelty: None,
    }
}
