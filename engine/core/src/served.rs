//! The kinds that API servers serve, and what requests call them: admission is asked about resources, not kinds.
//!
//! Those of Kubernetes itself, and those of Knative, which are read as well. What else a cluster serves, its
//! definitions of custom resources say.

use crate::estate::EntityKind::{self, Channel, Endpoint, Subscription, Workload};
use crate::tree::View;

/// Where objects of a kind lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// In the cluster as a whole.
    Cluster,
}

/// A kind, and what requests call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served<T> {
    /// The group of its API; empty for the core.
    pub group: T,
    /// The version of its API.
    pub version: T,
    /// The kind: `Deployment`.
    pub kind: T,
    /// What requests call it: `deployments`.
    pub resource: T,
    /// Where its objects lie.
    pub scope: Scope,
    /// What its objects are, in normalised form; none for those that are only judged as they are written.
    pub entities: &'static [EntityKind],
    /// Parts that are changed by requests of their own, in which the whole object is judged.
    pub parts: &'static [&'static str],
}

const NOTHING: &[EntityKind] = &[];
const RUNS: &[EntityKind] = &[Workload];

const fn namespaced(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    resource: &'static str,
    entities: &'static [EntityKind],
) -> Served<&'static str> {
    Served {
        group,
        version,
        kind,
        resource,
        scope: Scope::Namespaced,
        entities,
        parts: &[],
    }
}

const fn of_cluster(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    resource: &'static str,
) -> Served<&'static str> {
    Served {
        scope: Scope::Cluster,
        ..namespaced(group, version, kind, resource, NOTHING)
    }
}

const POD: Served<&'static str> = Served {
    parts: &["ephemeralcontainers", "resize"],
    ..namespaced("", "v1", "Pod", "pods", RUNS)
};

const RBAC: &str = "rbac.authorization.k8s.io";
const KNATIVE: &str = "serving.knative.dev";
const EVENTING: &str = "eventing.knative.dev";
const MESSAGING: &str = "messaging.knative.dev";
const SOURCES: &str = "sources.knative.dev";

/// Every kind that is known, by group.
#[rustfmt::skip]
pub const SERVED: &[Served<&str>] = &[
    namespaced("", "v1", "ConfigMap", "configmaps", NOTHING),
    namespaced("", "v1", "Endpoints", "endpoints", NOTHING),
    namespaced("", "v1", "LimitRange", "limitranges", NOTHING),
    of_cluster("", "v1", "Namespace", "namespaces"),
    of_cluster("", "v1", "Node", "nodes"),
    of_cluster("", "v1", "PersistentVolume", "persistentvolumes"),
    namespaced("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", NOTHING),
    POD,
    namespaced("", "v1", "PodTemplate", "podtemplates", RUNS),
    namespaced("", "v1", "ReplicationController", "replicationcontrollers", RUNS),
    namespaced("", "v1", "ResourceQuota", "resourcequotas", NOTHING),
    namespaced("", "v1", "Secret", "secrets", NOTHING),
    namespaced("", "v1", "Service", "services", &[Endpoint]),
    namespaced("", "v1", "ServiceAccount", "serviceaccounts", NOTHING),
    of_cluster("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions"),
    of_cluster("apiregistration.k8s.io", "v1", "APIService", "apiservices"),
    namespaced("apps", "v1", "DaemonSet", "daemonsets", RUNS),
    namespaced("apps", "v1", "Deployment", "deployments", RUNS),
    namespaced("apps", "v1", "ReplicaSet", "replicasets", RUNS),
    namespaced("apps", "v1", "StatefulSet", "statefulsets", RUNS),
    namespaced("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", NOTHING),
    namespaced("batch", "v1", "CronJob", "cronjobs", RUNS),
    namespaced("batch", "v1", "Job", "jobs", RUNS),
    namespaced(EVENTING, "v1", "Broker", "brokers", &[Channel]),
    namespaced(EVENTING, "v1", "Trigger", "triggers", &[Subscription]),
    namespaced("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes", &[Endpoint]),
    namespaced(MESSAGING, "v1", "Channel", "channels", &[Channel]),
    namespaced(MESSAGING, "v1", "InMemoryChannel", "inmemorychannels", &[Channel]),
    namespaced(MESSAGING, "v1beta1", "KafkaChannel", "kafkachannels", &[Channel]),
    namespaced(MESSAGING, "v1", "Subscription", "subscriptions", &[Subscription]),
    namespaced("networking.k8s.io", "v1", "Ingress", "ingresses", &[Endpoint]),
    namespaced("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", NOTHING),
    namespaced("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", NOTHING),
    of_cluster(RBAC, "v1", "ClusterRole", "clusterroles"),
    of_cluster(RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings"),
    namespaced(RBAC, "v1", "Role", "roles", NOTHING),
    namespaced(RBAC, "v1", "RoleBinding", "rolebindings", NOTHING),
    of_cluster("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses"),
    namespaced(KNATIVE, "v1", "Configuration", "configurations", RUNS),
    namespaced(KNATIVE, "v1", "Revision", "revisions", RUNS),
    namespaced(KNATIVE, "v1", "Service", "services", &[Workload, Endpoint]),
    namespaced(SOURCES, "v1", "ApiServerSource", "apiserversources", &[Subscription]),
    namespaced(SOURCES, "v1", "ContainerSource", "containersources", &[Workload, Subscription]),
    namespaced(SOURCES, "v1", "KafkaSource", "kafkasources", &[Subscription]),
    namespaced(SOURCES, "v1", "PingSource", "pingsources", &[Subscription]),
    namespaced(SOURCES, "v1", "SinkBinding", "sinkbindings", &[Subscription]),
    of_cluster("storage.k8s.io", "v1", "StorageClass", "storageclasses"),
];

impl Served<&str> {
    /// The same, on its own.
    pub fn owned(&self) -> Served<String> {
        Served {
            group: self.group.to_owned(),
            version: self.version.to_owned(),
            kind: self.kind.to_owned(),
            resource: self.resource.to_owned(),
            scope: self.scope,
            entities: self.entities,
            parts: self.parts,
        }
    }
}

impl<T: AsRef<str>> Served<T> {
    /// What resources say of their kind: `apps/Deployment`, `core/Pod`.
    pub fn kind(&self) -> String {
        let group = match self.group.as_ref() {
            "" => "core",
            group => group,
        };
        format!("{group}/{}", self.kind.as_ref())
    }

    /// What the targets of rules are matched against: `kubernetes/apps/Deployment`.
    pub fn target(&self) -> String {
        format!("kubernetes/{}", self.kind())
    }
}

/// What a definition of custom resources makes the API server serve; none for another object. Whatever it is may run
/// containers.
pub fn custom(definition: View<'_>) -> Option<Served<String>> {
    let text = |path: &[&str]| definition.at(path)?.raw().map(str::to_owned);
    if text(&["kind"]).as_deref() != Some("CustomResourceDefinition") {
        return None;
    }
    let versions = definition.at(&["spec", "versions"]);
    let is_stored = |version: &View<'_>| version.get("storage").and_then(View::bool) == Some(true);
    let version = versions?.items().find(is_stored)?.get("name")?.raw()?;
    let scope = match text(&["spec", "scope"])?.as_str() {
        "Cluster" => Scope::Cluster,
        _ => Scope::Namespaced,
    };
    Some(Served {
        group: text(&["spec", "group"])?,
        version: version.to_owned(),
        kind: text(&["spec", "names", "kind"])?,
        resource: text(&["spec", "names", "plural"])?,
        scope,
        entities: RUNS,
        parts: &[],
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::SERVED;

    #[test]
    fn a_kind_is_served_once_and_in_order() {
        let names = SERVED.iter().map(|served| (served.group, served.kind));
        let names: Vec<(&str, &str)> = names.collect();
        let sorted: BTreeSet<(&str, &str)> = names.iter().copied().collect();
        assert_eq!(names, sorted.into_iter().collect::<Vec<_>>());
    }
}
