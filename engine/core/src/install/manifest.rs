//! The manifests themselves: templates, and what is filled in.

use std::collections::BTreeMap;

use super::{Name, Plan, Settings, Trust};
use crate::served::Served;

const HEAD: &str = include_str!("templates/head.txt");
const SERVER: &str = include_str!("templates/server.yaml");
const RIGHTS: &str = include_str!("templates/rights.yaml");
const WEBHOOK_RIGHTS: &str = include_str!("templates/webhook_rights.yaml");
const CERTIFICATES: &str = include_str!("templates/certificates.yaml");
const WEBHOOK: &str = include_str!("templates/webhook.yaml");

/// Namespaces that no webhook should be asked about, besides its own.
const SYSTEM: &[&str] = &["kube-system", "kube-public", "kube-node-lease"];
/// The namespace of cert-manager: it must come up while nobody answers for want of a certificate.
const CERT_MANAGER: &str = "cert-manager";
/// The annotation of a webhook into which the server writes who vouches for it.
pub(crate) const OWN_AUTHORITY: &str = "plumbline.dev/inject-ca-from";
/// The Secret that cert-manager writes the certificate into.
const ISSUED: &str = "plumbline-tls";

/// What makes the pods find the server's policies, where a `ConfigMap` has them.
const MOUNT: &str =
    "            - {name: policies, mountPath: /etc/plumbline/policies, readOnly: true}\n";
/// How the pods show who they are by a Secret.
const IDENTITY: &str = "            - --tls-cert=/etc/plumbline/tls/tls.crt
            - --tls-key=/etc/plumbline/tls/tls.key
";
/// The same by an authority of their own.
const OWN_IDENTITY: &str = "            - --self-signed=plumbline.{{namespace}}.svc
            - --self-signed=plumbline.{{namespace}}.svc.cluster.local
";
const TLS_MOUNT: &str =
    "            - {name: tls, mountPath: /etc/plumbline/tls, readOnly: true}\n";
/// Ways out to API servers, and to whoever knows their names.
const TO_API: &str = "  egress:
    - ports: [{port: 443}, {port: 6443}]
    - ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
      to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system";

/// A webhook, and what it is asked about.
struct Asked<'a> {
    name: &'a str,
    failure: &'a str,
    seconds: &'a str,
    kinds: &'a [Served<String>],
    /// What targets call those of which deletions count.
    deleted: &'a [String],
}

/// Every manifest, in the order in which they are applied. A webhook without a kind is left out.
pub fn render(settings: &Settings, plan: &Plan) -> String {
    let spared = spared(settings).join(", ");
    let head: [(&str, &str); 2] = [
        ("namespace", settings.namespace.0.as_str()),
        ("spared", &spared),
    ];
    let webhooks = [
        Asked {
            name: "deny",
            failure: "Fail",
            seconds: "3",
            kinds: &plan.closed,
            deleted: &plan.deleted,
        },
        Asked {
            name: "warn",
            failure: "Ignore",
            seconds: "2",
            kinds: &plan.open,
            deleted: &plan.deleted,
        },
    ];
    let asked: Vec<&Asked<'_>> = webhooks
        .iter()
        .filter(|asked| !asked.kinds.is_empty())
        .collect();
    let names: Vec<String> = asked
        .iter()
        .map(|asked| format!("plumbline-{}", asked.name))
        .collect();
    let mut out = fill(HEAD, &head);
    out.push_str(&server(settings, plan, &names.join(", ")));
    for asked in asked {
        out.push_str(&webhook(settings, asked));
    }
    out
}

/// Who answers. The configurations are those of the webhooks by which it is asked.
fn server(settings: &Settings, plan: &Plan, configurations: &str) -> String {
    let namespace = settings.namespace.0.as_str();
    let reads = !plan.read.is_empty();
    let is_own = settings.trust == Trust::Own;
    let secret = secret(settings);
    let certificates = match settings.trust {
        Trust::CertManager => {
            let named: [(&str, &str); 2] = [("namespace", namespace), ("secret", ISSUED)];
            fill(CERTIFICATES, &named)
        }
        Trust::Own | Trust::Secret { .. } => String::new(),
    };
    let mut rights = if reads {
        let rules = rights(&plan.read);
        fill(RIGHTS, &[("namespace", namespace), ("rules", &rules)])
    } else {
        String::new()
    };
    if is_own {
        let values: [(&str, &str); 2] =
            [("namespace", namespace), ("configurations", configurations)];
        rights.push_str(&fill(WEBHOOK_RIGHTS, &values));
    }
    let webhooks = if is_own {
        format!("    webhooks: {{from: in-cluster, validating: [{configurations}]}}\n")
    } else {
        String::new()
    };
    let (identity, mut mounts, mut volumes) = match secret {
        Some(secret) => (
            IDENTITY.to_owned(),
            TLS_MOUNT.to_owned(),
            format!("        - name: tls\n          secret: {{secretName: \"{secret}\"}}\n"),
        ),
        None => (
            fill(OWN_IDENTITY, &[("namespace", namespace)]),
            String::new(),
            String::new(),
        ),
    };
    let configuration = match &settings.policies {
        Some(policies) => {
            mounts.push_str(MOUNT);
            volumes.push_str(&format!(
                "        - name: policies\n          configMap: {{name: \"{policies}\"}}\n"
            ));
            "--config=/etc/plumbline/policies/plumbline.yaml"
        }
        None => "--no-config",
    };
    let priority = if settings.critical {
        "      priorityClassName: system-cluster-critical\n"
    } else {
        ""
    };
    let inventory = if reads {
        "    inventory: {from: in-cluster}\n"
    } else {
        ""
    };
    let (token, egress) = if reads || is_own {
        ("true", TO_API)
    } else {
        ("false", "  egress: []")
    };
    let values: [(&str, &str); 14] = [
        ("namespace", namespace),
        ("identity", &identity),
        ("webhooks", &webhooks),
        ("certificates", &certificates),
        ("rights", &rights),
        ("replicas", &settings.replicas.to_string()),
        ("image", &quoted(&settings.image)),
        ("configuration", configuration),
        ("mounts", &mounts),
        ("volumes", &volumes),
        ("priority", priority),
        ("token", token),
        ("inventory", inventory),
        ("egress", egress),
    ];
    fill(SERVER, &values)
}

fn webhook(settings: &Settings, asked: &Asked<'_>) -> String {
    let namespace = settings.namespace.0.as_str();
    let exempt: Vec<String> = spared(settings).into_iter().map(quoted).collect();
    let (injected, bundle) = match &settings.trust {
        Trust::CertManager => (
            format!(
                "  annotations:\n    cert-manager.io/inject-ca-from: \"{namespace}/{ISSUED}\"\n"
            ),
            String::new(),
        ),
        Trust::Own => (
            format!("  annotations:\n    {OWN_AUTHORITY}: \"{namespace}/plumbline\"\n"),
            String::new(),
        ),
        Trust::Secret { authority, .. } => (
            String::new(),
            format!("      caBundle: {}\n", authority.encoded()),
        ),
    };
    let values: [(&str, &str); 8] = [
        ("namespace", namespace),
        ("name", asked.name),
        ("failure", asked.failure),
        ("seconds", asked.seconds),
        ("injected", &injected),
        ("bundle", &bundle),
        ("exempt", &exempt.join(", ")),
        ("rules", &rules(asked)),
    ];
    fill(WEBHOOK, &values)
}

/// The Secret with the certificate and its key, if there is one.
fn secret(settings: &Settings) -> Option<&str> {
    match &settings.trust {
        Trust::CertManager => Some(ISSUED),
        Trust::Own => None,
        Trust::Secret { name, .. } => Some(&name.0),
    }
}

/// Namespaces that are left out: its own first, those of the cluster, and those that were asked for.
fn spared(settings: &Settings) -> Vec<&str> {
    let mut others: Vec<&Name> = settings.exempt.iter().collect();
    others.sort();
    others.dedup();
    let mut all = vec![settings.namespace.0.as_str()];
    all.extend(SYSTEM.iter().copied());
    if settings.trust == Trust::CertManager {
        all.push(CERT_MANAGER);
    }
    for other in others {
        if !all.contains(&other.0.as_str()) {
            all.push(&other.0);
        }
    }
    all
}

/// What a webhook is asked about, a rule per group, and another one for what is also asked about when it is deleted.
fn rules(asked: &Asked<'_>) -> String {
    let kinds = asked.kinds.iter().cloned();
    let (with_deletion, others): (Vec<Served<String>>, Vec<Served<String>>) =
        kinds.partition(|kind| asked.deleted.contains(&kind.target()));
    let mut out = String::new();
    for (kinds, operations) in [
        (others, "CREATE, UPDATE"),
        (with_deletion, "CREATE, UPDATE, DELETE"),
    ] {
        for (group, resources) in by_group(&kinds, true) {
            out.push_str(&format!(
                "      - apiGroups: [{}]
        apiVersions: [\"*\"]
        operations: [{operations}]
        resources: [{}]
        scope: \"*\"\n",
                quoted(group),
                resources.join(", ")
            ));
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The right to know what lies in a cluster, a rule per group.
fn rights(kinds: &[Served<String>]) -> String {
    let mut out = String::new();
    for (group, resources) in by_group(kinds, false) {
        out.push_str(&format!(
            "  - apiGroups: [{}]\n    resources: [{}]\n    verbs: [get, list, watch]\n",
            quoted(group),
            resources.join(", ")
        ));
    }
    out
}

/// What requests call some kinds, with the parts of these if they count.
fn by_group(kinds: &[Served<String>], with_parts: bool) -> BTreeMap<&str, Vec<String>> {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for kind in kinds {
        let resources = groups.entry(&kind.group).or_default();
        resources.push(quoted(&kind.resource));
        let parts = kind.parts.iter().filter(|_| with_parts);
        resources.extend(parts.map(|part| quoted(&format!("{}/{part}", kind.resource))));
    }
    groups
}

/// A text as YAML and JSON both write it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A template in which each `{{name}}` is replaced by what has that name.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut parts = template.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or(("", part));
        let value = values.iter().find(|(known, _)| *known == name);
        out.push_str(value.map_or("", |(_, value)| *value));
        out.push_str(rest);
    }
    out
}
