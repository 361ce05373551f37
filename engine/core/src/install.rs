//! Manifests that put the admission webhook into a cluster: what policies judge decides what it is asked about.
//!
//! Pure: the same policies and settings give the same bytes.

mod manifest;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::finding::{Effect, RuleId};
use crate::policy::PolicySet;
use crate::served::{SERVED, Served};

pub(crate) use manifest::OWN_AUTHORITY;
pub use manifest::render;

/// The name of an object or a namespace, as Kubernetes takes it: up to 63 lowercase letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// Reads a name; none for what Kubernetes refuses.
    pub fn new(text: &str) -> Option<Self> {
        let is_letter = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let is_name = (1..=63).contains(&text.len())
            && text.bytes().all(is_letter)
            && !text.starts_with('-')
            && !text.ends_with('-');
        is_name.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How API servers come to trust who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// cert-manager issues the certificate, and writes its authority into the webhooks.
    CertManager,
    /// Each pod has an authority of its own, and writes it into the webhooks.
    Own,
    /// The certificate and its key are in a Secret that is there already.
    Secret {
        /// The Secret.
        name: Name,
        /// The authority that signed the certificate.
        authority: Authority,
    },
}

/// Certificates in PEM, and no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority(String);

impl Authority {
    /// Reads certificates; none where there is no certificate, or a key beside it.
    pub fn new(pem: &str) -> Option<Self> {
        let is_public = pem.contains("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE KEY");
        is_public.then(|| Self(pem.to_owned()))
    }

    /// As webhooks have it.
    fn encoded(&self) -> String {
        STANDARD.encode(&self.0)
    }
}

/// How it is installed.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The namespace.
    pub namespace: Name,
    /// The image of this program.
    pub image: String,
    /// How many pods answer.
    pub replicas: u16,
    /// Namespaces that are left out, besides its own and those of the cluster.
    pub exempt: Vec<Name>,
    /// Whom API servers trust.
    pub trust: Trust,
    /// A `ConfigMap` with `plumbline.yaml` and what it names; without, the built-in policies judge.
    pub policies: Option<Name>,
    /// Whether its pods come before others where nodes are full.
    pub critical: bool,
}

/// What a webhook is asked about, and what it has to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Kinds that some rule denies.
    pub closed: Vec<Served<String>>,
    /// Kinds about which rules only warn, or take something down.
    pub open: Vec<Served<String>>,
    /// What targets call those of these kinds of which rules judge deletions too.
    pub deleted: Vec<String>,
    /// Kinds that rules read beside what they judge.
    pub read: Vec<Served<String>>,
    /// Rules that judge kinds of which nobody says what requests call them, and what they name.
    pub unsent: Vec<(RuleId, String)>,
}

/// Written by every node all the time: no webhook should be asked about them.
const NEVER_ASKED: &[&str] = &["nodes"];

impl Plan {
    /// What the rules of a set ask for, where a cluster serves these kinds besides the usual ones.
    pub fn of(policies: &PolicySet, custom: Vec<Served<String>>) -> Self {
        let mut kinds: Vec<Served<String>> = SERVED.iter().map(Served::<&str>::owned).collect();
        for other in custom {
            let is_same = |known: &Served<String>| {
                (&known.group, &known.resource) == (&other.group, &other.resource)
            };
            if !kinds.iter().any(is_same) {
                kinds.push(other);
            }
        }
        kinds.sort_by(|left, right| {
            (&left.group, &left.resource).cmp(&(&right.group, &right.resource))
        });
        let targets: Vec<String> = kinds.iter().map(Served::target).collect();
        let unsent = policies.beyond(&targets).into_iter();
        let mut plan = Self {
            read: read(policies, &kinds),
            unsent: unsent
                .map(|(rule, target)| (rule.clone(), target.to_owned()))
                .collect(),
            ..Self::default()
        };
        kinds.retain(|kind| !NEVER_ASKED.contains(&kind.resource.as_str()));
        for kind in kinds {
            if policies.judges_deletion(&kind.target(), kind.entities) {
                plan.deleted.push(kind.target());
            }
            match policies.effect_on(&kind.target(), kind.entities) {
                Some(Effect::Deny) => plan.closed.push(kind),
                Some(Effect::Warn | Effect::Audit) => plan.open.push(kind),
                None => {}
            }
        }
        plan
    }
}

/// The kinds that rules read of the rest, and namespaces where they read any. Secrets are never read.
fn read(policies: &PolicySet, kinds: &[Served<String>]) -> Vec<Served<String>> {
    let seen = policies.seen_in_cluster();
    let is_seen = |kind: &str| {
        let of_group = |seen: &&str| {
            seen.strip_suffix('*')
                .is_some_and(|group| kind.starts_with(group))
        };
        seen.contains(kind) || seen.iter().any(of_group)
    };
    let is_read = |served: &&Served<String>| {
        let kind = served.kind();
        kind != "core/Secret" && (kind == "core/Namespace" || is_seen(&kind))
    };
    if seen.is_empty() {
        return Vec::new();
    }
    kinds.iter().filter(is_read).cloned().collect()
}
