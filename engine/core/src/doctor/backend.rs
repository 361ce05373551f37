//! Who answers for a webhook: a service that is there, with enough pods, in enough places.

use super::cluster::Cluster;
use super::webhook::{Service, Webhook};
use super::{Check, Sign};
use crate::finding::Severity;
use crate::resource::Resource;
use crate::tree::View;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "no-service",
        severity: Severity::High,
        title: "a service that is not there",
        remedy: "deploy the service before the webhook, and remove the webhook before the service",
        look: no_service,
    },
    Check {
        name: "no-endpoints",
        severity: Severity::High,
        title: "a service that no pod answers for",
        remedy: "let the selector of the service take the labels of the pods, and run some",
        look: no_endpoints,
    },
    Check {
        name: "one-replica",
        severity: Severity::High,
        title: "fails closed and has one pod",
        remedy: "run two or more replicas",
        look: one_replica,
    },
    Check {
        name: "no-disruption-budget",
        severity: Severity::Medium,
        title: "fails closed and all its pods may be evicted at once",
        remedy: "add a `PodDisruptionBudget` that selects the pods, with `minAvailable: 1`",
        look: no_disruption_budget,
    },
    Check {
        name: "not-spread",
        severity: Severity::Medium,
        title: "fails closed and all its pods may run on one node",
        remedy: "add `topologySpreadConstraints` on `kubernetes.io/hostname`, or an anti-affinity of the pods",
        look: not_spread,
    },
    Check {
        name: "service-port",
        severity: Severity::High,
        title: "a port that the service does not have",
        remedy: "name a `port` of the service, not of its pods; without one it is 443",
        look: service_port,
    },
    Check {
        name: "odd-path",
        severity: Severity::Low,
        title: "a path that no server has",
        remedy: "begin `path` with `/`, and leave a query out of it",
        look: odd_path,
    },
    Check {
        name: "odd-url",
        severity: Severity::High,
        title: "a URL that means something else on each API server",
        remedy: "use `clientConfig.service` for what runs in the cluster, and a name that everyone resolves for the rest",
        look: odd_url,
    },
];

/// Hosts that are the machine of whoever asks.
const LOOPBACK: &[&str] = &["localhost", "127.", "[::1]", "0.0.0.0"];

fn no_service(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let service = webhook.service().filter(|_| cluster.knows_services());
    match service.filter(|service| cluster.declared(*service).is_none()) {
        Some(service) => {
            let message = format!(
                "{} is answered by {}, which is not there: {}",
                webhook.spelt(),
                spelt(service),
                without_answer(webhook)
            );
            vec![Sign::under(service.view, "name", message)]
        }
        None => Vec::new(),
    }
}

fn no_endpoints(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let service = webhook.service().filter(|_| cluster.knows_workloads());
    let Some((service, declared)) = service
        .and_then(|service| Some((service, cluster.declared(service)?)))
        .filter(|(_, declared)| declared.view().at(&["spec", "selector"]).is_some())
    else {
        return Vec::new();
    };
    let backing = cluster.backing(service);
    if backing.iter().any(|resource| replicas(resource) != Some(0)) {
        return Vec::new();
    }
    let message = format!(
        "no pod answers for {}: {}",
        spelt(service),
        without_answer(webhook)
    );
    let mut sign = Sign::under(service.view, "name", message)
        .related(declared.place(), "its selector takes the labels of no pods");
    for resource in backing {
        sign = sign.related(resource.place(), "this has no replicas");
    }
    vec![sign]
}

fn one_replica(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let lone = alone(webhook, cluster);
    let lone = lone.filter(|resource| replicas(resource) == Some(1));
    let said = lone.map(|resource| {
        let message = format!(
            "{} fails closed and has one replica: each restart of it is an outage of the API",
            webhook.spelt()
        );
        at_service(webhook, message).related(resource.place(), "this runs one pod")
    });
    said.into_iter().collect()
}

fn no_disruption_budget(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let lone = alone(webhook, cluster).filter(|resource| has_several(resource));
    let bare = lone.filter(|resource| !cluster.has_budget(resource));
    let said = bare.map(|resource| {
        let message = format!(
            "{} fails closed and no budget keeps its pods: draining nodes may evict all of them at once",
            webhook.spelt()
        );
        at_service(webhook, message).related(resource.place(), "this runs them")
    });
    said.into_iter().collect()
}

fn not_spread(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let lone = alone(webhook, cluster).filter(|resource| has_several(resource));
    let is_spread = |resource: &Resource| {
        let spec = resource.view().at(&["spec", "template", "spec"]);
        let spread = |path: &[&str]| spec.and_then(|spec| spec.at(path)).is_some();
        spread(&["topologySpreadConstraints"]) || spread(&["affinity", "podAntiAffinity"])
    };
    let said = lone
        .filter(|resource| !is_spread(resource))
        .map(|resource| {
            let message = format!(
                "{} fails closed and its pods may all run on one node, with which they go",
                webhook.spelt()
            );
            at_service(webhook, message).related(resource.place(), "this runs them")
        });
    said.into_iter().collect()
}

fn service_port(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let service = webhook.service();
    let Some((service, declared)) =
        service.and_then(|service| Some((service, cluster.declared(service)?)))
    else {
        return Vec::new();
    };
    let ports = declared.view().at(&["spec", "ports"]).into_iter();
    let ports = ports.flat_map(View::items);
    let ports = ports.filter_map(|port| port.get("port")?.int());
    let ports: Vec<i64> = ports.collect();
    if ports.contains(&service.port) {
        return Vec::new();
    }
    let message = format!(
        "{} asks at port {}, which {} does not have: {}",
        webhook.spelt(),
        service.port,
        spelt(service),
        without_answer(webhook)
    );
    let sign = Sign::under(service.view, "port", message);
    vec![sign.related(declared.place(), "this is the service")]
}

fn odd_path(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let path = webhook
        .service()
        .and_then(|service| service.view.get("path"));
    let text = path.and_then(|path| Some((path, path.raw()?)));
    let odd = text.filter(|(_, text)| !text.starts_with('/') || text.contains(['?', '#', ' ']));
    let said = odd.map(|(path, text)| {
        let message = format!(
            "{} asks at the path `{}`, which no server has",
            webhook.spelt(),
            text.escape_debug()
        );
        Sign::new(path, message)
    });
    said.into_iter().collect()
}

fn odd_url(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let Some((view, url)) = webhook
        .view
        .at(&["clientConfig", "url"])
        .and_then(|view| Some((view, view.raw()?)))
    else {
        return Vec::new();
    };
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let is_of_cluster = [".svc", ".cluster.local"]
        .iter()
        .any(|suffix| host.ends_with(*suffix));
    let why = if scheme != "https" {
        "API servers ask over `https://` only"
    } else if LOOPBACK.iter().any(|loopback| host.starts_with(*loopback)) {
        "it is the machine of each API server, where nobody may answer"
    } else if is_of_cluster {
        "the machines of API servers need not know the names of services"
    } else {
        return Vec::new();
    };
    let message = format!(
        "{} asks at `{}`: {why}",
        webhook.spelt(),
        url.escape_debug()
    );
    vec![Sign::new(view, message)]
}

fn at_service(webhook: &Webhook<'_>, message: String) -> Sign {
    Sign::under(webhook.view, "clientConfig", message)
}

fn spelt(service: Service<'_>) -> String {
    format!(
        "service `{}/{}`",
        service.namespace.escape_debug(),
        service.name.escape_debug()
    )
}

/// What comes of a webhook that nobody answers for.
fn without_answer(webhook: &Webhook<'_>) -> &'static str {
    if webhook.fails_closed() {
        "every request it is asked about is refused"
    } else {
        "every request it is asked about passes unjudged"
    }
}

/// What runs the pods that answer, if the webhook fails closed and one thing runs them all.
fn alone<'a>(webhook: &Webhook<'_>, cluster: &Cluster<'a>) -> Option<&'a Resource> {
    let service = webhook.service().filter(|_| webhook.fails_closed())?;
    match cluster.backing(service).as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// How many pods a resource runs; none where that depends on something else.
fn replicas(resource: &Resource) -> Option<i64> {
    match resource.kind.as_str() {
        "core/Pod" => Some(1),
        "apps/DaemonSet" => None,
        _ => {
            let written = resource.view().at(&["spec", "replicas"]);
            Some(written.and_then(View::int).unwrap_or(1))
        }
    }
}

fn has_several(resource: &Resource) -> bool {
    replicas(resource).is_some_and(|replicas| replicas > 1)
}
