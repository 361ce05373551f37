//! What lets requests in from outside: ingresses, routes, URLs of Knative, load balancers.

use std::collections::HashMap;

use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared::{origin, written};
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

/// An Ingress: one endpoint per rule and path, and one for what no rule takes.
pub(super) fn ingress(resource: &Resource) -> Vec<Entity> {
    let Some(spec) = resource.view().get("spec") else {
        return Vec::new();
    };
    let ingress = Ingress::of(resource);
    let rules = spec.get("rules").into_iter().flat_map(View::items);
    let mut endpoints: Vec<Entity> = rules.flat_map(|rule| ingress.of_rule(rule)).collect();
    let rest = written(spec.get("defaultBackend")).or_else(|| written(spec.get("backend")));
    endpoints.extend(rest.map(|backend| ingress.of_path(None, backend, Some(backend))));
    endpoints
}

/// What an Ingress says of all its endpoints.
struct Ingress<'a> {
    resource: &'a Resource,
    internal: Option<View<'a>>,
    asking: Option<Asking<'a>>,
    limit: Option<View<'a>>,
    certificates: Certificates<'a>,
}

impl<'a> Ingress<'a> {
    fn of(resource: &'a Resource) -> Self {
        let marks = Marks::of(resource);
        let class = resource.view().at(&["spec", "ingressClassName"]);
        Self {
            resource,
            internal: internal_by_name(class).or_else(|| marks.internal()),
            asking: marks.asking(),
            limit: marks.any(RATE_LIMITS),
            certificates: Certificates::of(resource),
        }
    }

    /// A rule without paths takes all of its host.
    fn of_rule(&self, rule: View<'_>) -> Vec<Entity> {
        let host = rule.get("host");
        let paths = rule.at(&["http", "paths"]).into_iter();
        let endpoints: Vec<Entity> = paths
            .flat_map(View::items)
            .map(|path| self.of_path(host, path, path.get("backend")))
            .collect();
        if endpoints.is_empty() {
            return vec![self.of_path(host, rule, None)];
        }
        endpoints
    }

    fn of_path(&self, host: Option<View<'_>>, at: View<'_>, backend: Option<View<'_>>) -> Entity {
        let path = written(at.get("path"));
        let name = name(self.resource, host, path);
        let service = backend.and_then(|backend| {
            written(backend.at(&["service", "name"]))
                .or_else(|| written(backend.get("serviceName")))
        });
        let under = at.id();
        endpoint(name, "ingress", under, |model| {
            model.copy("host", host);
            model.copy("path", path);
            exposure(model, self.internal, under);
            authentication(model, self.asking, under);
            model.truth(
                "rate_limit",
                self.limit.is_some(),
                origin(self.limit, under),
            );
            let secured = self.certificates.serving(host.and_then(View::raw));
            model.truth("tls", secured.is_some(), origin(secured, under));
            model.copy("target", service);
        })
    }
}

/// A certificate, and which one of its Ingress it is.
type Certificate<'a> = (usize, View<'a>);

/// What encrypts the requests to the hosts of an Ingress.
struct Certificates<'a> {
    /// By the names that they are for, in lower case.
    named: HashMap<String, Certificate<'a>>,
    /// The first one for any host.
    open: Option<Certificate<'a>>,
    /// The first one of all.
    first: Option<Certificate<'a>>,
    /// An annotation that says so of all hosts.
    annotated: Option<View<'a>>,
}

impl<'a> Certificates<'a> {
    fn of(resource: &'a Resource) -> Self {
        let mut certificates = Self {
            named: HashMap::new(),
            open: None,
            first: None,
            annotated: Marks::of(resource).secured(),
        };
        let written = resource.view().at(&["spec", "tls"]);
        for certificate in written.into_iter().flat_map(View::items).enumerate() {
            let Some(hosts) = certificate.1.get("hosts") else {
                certificates.open.get_or_insert(certificate);
                certificates.first.get_or_insert(certificate);
                continue;
            };
            for host in hosts.items() {
                let host = host.raw().unwrap_or_default().to_ascii_lowercase();
                certificates.named.entry(host).or_insert(certificate);
                certificates.first.get_or_insert(certificate);
            }
        }
        certificates
    }

    /// The first certificate for a host, for all hosts below its domain, or for any host. A rule for every host is
    /// served by any.
    fn serving(&self, host: Option<&str>) -> Option<View<'a>> {
        let found = match host {
            None => self.first,
            Some(host) => {
                let host = host.to_ascii_lowercase();
                let domain = host
                    .split_once('.')
                    .map(|(_, parent)| format!("*.{parent}"));
                let below = domain.and_then(|domain| self.named.get(&domain));
                let all = [self.open, self.named.get(&host).copied(), below.copied()];
                all.into_iter().flatten().min_by_key(|(number, _)| *number)
            }
        };
        found.map(|(_, certificate)| certificate).or(self.annotated)
    }
}

/// A route of a gateway: one endpoint per rule and match. Whether requests are encrypted, only the Gateway says; what
/// policies attached to the route ask of requests stands in other objects, and is not seen from here.
pub(super) fn http_route(resource: &Resource) -> Vec<Entity> {
    let Some(spec) = resource.view().get("spec") else {
        return Vec::new();
    };
    let rules = spec.get("rules").into_iter().flat_map(View::items);
    rules
        .flat_map(|rule| of_matches(resource, spec, rule))
        .collect()
}

/// A rule without matches takes every request.
fn of_matches(resource: &Resource, spec: View<'_>, rule: View<'_>) -> Vec<Entity> {
    let matches = rule.get("matches").into_iter().flat_map(View::items);
    let endpoints: Vec<Entity> = matches
        .map(|one| of_match(resource, spec, rule, one))
        .collect();
    if endpoints.is_empty() {
        return vec![of_match(resource, spec, rule, rule)];
    }
    endpoints
}

fn of_match(resource: &Resource, spec: View<'_>, rule: View<'_>, one: View<'_>) -> Entity {
    let host = first(spec.get("hostnames"));
    let path = written(one.at(&["path", "value"]));
    let method = written(one.get("method"));
    let mut name = name(resource, host, path);
    if let Some(method) = method.and_then(View::raw) {
        name = format!("{name}:{method}");
    }
    let service = first(rule.get("backendRefs")).and_then(|backend| backend.get("name"));
    let filter = |word: &str| filters(rule).find(|filter| speaks_of(*filter, word));
    let under = one.id();
    endpoint(name, "ingress", under, |model| {
        model.copy("host", host);
        model.copy("path", path);
        if let Some(method) = method {
            model.list("methods", method.id(), |model| model.copy_value(method));
        }
        exposure(model, internal_gateway(spec), under);
        let checked = filter("auth");
        match checked {
            Some(checked) => model.text("authentication", CUSTOM, origin(Some(checked), under)),
            None => model.unknown("authentication", ELSEWHERE, under),
        }
        match filter("ratelimit").or_else(|| filter("rate-limit")) {
            Some(limited) => model.truth("rate_limit", true, origin(Some(limited), under)),
            None => model.unknown("rate_limit", ELSEWHERE, under),
        }
        model.copy("target", service);
    })
}

fn first(list: Option<View<'_>>) -> Option<View<'_>> {
    list.into_iter().flat_map(View::items).next()
}

/// What the filters of a rule refer to.
fn filters(rule: View<'_>) -> impl Iterator<Item = View<'_>> {
    let filters = rule.get("filters").into_iter().flat_map(View::items);
    filters.filter_map(|filter| filter.get("extensionRef"))
}

fn speaks_of(reference: View<'_>, word: &str) -> bool {
    let keys = ["kind", "name"].into_iter();
    keys.filter_map(|key| reference.get(key)?.raw())
        .any(|text| text.to_lowercase().contains(word))
}

fn internal_gateway(spec: View<'_>) -> Option<View<'_>> {
    let mut parents = spec.get("parentRefs").into_iter().flat_map(View::items);
    parents.find_map(|parent| internal_by_name(parent.get("name")))
}

/// A service of Knative has a URL of its own, within the cluster alone where its label says so.
pub(super) fn service_of_knative(resource: &Resource) -> Vec<Entity> {
    let root = resource.view();
    let visibility = root.at(&["metadata", "labels", "networking.knative.dev/visibility"]);
    let local = visibility.filter(|visibility| visibility.raw() == Some("cluster-local"));
    let marks = Marks::of(resource);
    let under = resource.root;
    let url = endpoint(resource.name.clone(), "url", under, |model| {
        exposure(model, local, under);
        authentication(model, marks.asking(), under);
        model.unknown("rate_limit", ELSEWHERE, under);
        model.copy("target", root.at(&["metadata", "name"]));
    });
    vec![url]
}

/// A Service of the type `LoadBalancer` has an address of its own. What answers there is not seen from here, nor
/// whether it asks who calls.
pub(super) fn load_balancer(resource: &Resource) -> Vec<Entity> {
    let root = resource.view();
    let kind = root.at(&["spec", "type"]);
    let Some(kind) = kind.filter(|kind| kind.raw() == Some("LoadBalancer")) else {
        return Vec::new();
    };
    let marks = Marks::of(resource);
    let from = kind.id();
    let url = endpoint(resource.name.clone(), "url", from, |model| {
        exposure(model, marks.internal(), from);
        if let Some(secured) = marks.secured() {
            model.truth("tls", true, Origin::Derived { from: secured.id() });
        }
    });
    vec![url]
}

const CUSTOM: &str = "custom";
const JWT: &str = "jwt";
const API_KEY: &str = "api_key";

/// What an annotation must hold to count.
#[derive(Debug, Clone, Copy)]
enum Holds {
    /// Anything but nothing, `false` and `none`.
    Something,
    /// This word, in any case.
    Word(&'static str),
    /// A text with this word in it, in any case.
    Part(&'static str),
}

impl Holds {
    fn is_true_of(self, text: &str) -> bool {
        match self {
            Self::Something => !matches!(text, "" | "false" | "none"),
            Self::Word(word) => text.eq_ignore_ascii_case(word),
            Self::Part(part) => text.to_lowercase().contains(part),
        }
    }
}

/// Annotations that keep an address inside a network: of ingresses, and of load balancers in the clouds.
const INTERNAL: &[(&str, Holds)] = &[
    ("kubernetes.io/ingress.class", Holds::Part("internal")),
    ("alb.ingress.kubernetes.io/scheme", Holds::Word("internal")),
    (
        "appgw.ingress.kubernetes.io/use-private-ip",
        Holds::Word("true"),
    ),
    (
        "networking.gke.io/load-balancer-type",
        Holds::Word("internal"),
    ),
    (
        "cloud.google.com/load-balancer-type",
        Holds::Word("internal"),
    ),
    (
        "service.beta.kubernetes.io/aws-load-balancer-internal",
        Holds::Something,
    ),
    (
        "service.beta.kubernetes.io/aws-load-balancer-scheme",
        Holds::Word("internal"),
    ),
    (
        "service.beta.kubernetes.io/azure-load-balancer-internal",
        Holds::Word("true"),
    ),
    (
        "service.beta.kubernetes.io/openstack-internal-load-balancer",
        Holds::Word("true"),
    ),
    (
        "service.beta.kubernetes.io/oci-load-balancer-internal",
        Holds::Word("true"),
    ),
    (
        "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type",
        Holds::Word("intranet"),
    ),
    (
        "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type",
        Holds::Word("private"),
    ),
];

/// Annotations that make an endpoint ask who calls, and how it asks.
const AUTHENTICATION: &[(&str, Holds, &str)] = &[
    (
        "nginx.ingress.kubernetes.io/auth-url",
        Holds::Something,
        CUSTOM,
    ),
    (
        "nginx.ingress.kubernetes.io/auth-type",
        Holds::Something,
        CUSTOM,
    ),
    (
        "nginx.ingress.kubernetes.io/auth-tls-secret",
        Holds::Something,
        CUSTOM,
    ),
    ("alb.ingress.kubernetes.io/auth-type", Holds::Something, JWT),
    ("haproxy.org/auth-type", Holds::Something, CUSTOM),
    (
        "haproxy-ingress.github.io/auth-secret",
        Holds::Something,
        CUSTOM,
    ),
    (
        "traefik.ingress.kubernetes.io/router.middlewares",
        Holds::Part("auth"),
        CUSTOM,
    ),
    ("konghq.com/plugins", Holds::Part("key-auth"), API_KEY),
    ("konghq.com/plugins", Holds::Part("jwt"), JWT),
    ("konghq.com/plugins", Holds::Part("openid"), JWT),
    ("konghq.com/plugins", Holds::Part("auth"), CUSTOM),
];

/// Annotations that limit how often one may call.
const RATE_LIMITS: &[(&str, Holds)] = &[
    ("nginx.ingress.kubernetes.io/limit-rps", Holds::Something),
    ("nginx.ingress.kubernetes.io/limit-rpm", Holds::Something),
    (
        "nginx.ingress.kubernetes.io/limit-connections",
        Holds::Something,
    ),
    (
        "traefik.ingress.kubernetes.io/router.middlewares",
        Holds::Part("ratelimit"),
    ),
    (
        "traefik.ingress.kubernetes.io/router.middlewares",
        Holds::Part("rate-limit"),
    ),
    ("haproxy.org/rate-limit-requests", Holds::Something),
    ("konghq.com/plugins", Holds::Part("rate-limit")),
];

/// Annotations that give an endpoint a certificate.
const CERTIFICATES: &[(&str, Holds)] = &[
    (
        "alb.ingress.kubernetes.io/certificate-arn",
        Holds::Something,
    ),
    ("networking.gke.io/managed-certificates", Holds::Something),
    (
        "ingress.gcp.kubernetes.io/pre-shared-cert",
        Holds::Something,
    ),
    (
        "traefik.ingress.kubernetes.io/router.tls",
        Holds::Word("true"),
    ),
    (
        "service.beta.kubernetes.io/aws-load-balancer-ssl-cert",
        Holds::Something,
    ),
];

/// The annotations of an object.
#[derive(Debug, Clone, Copy)]
struct Marks<'a>(Option<View<'a>>);

impl<'a> Marks<'a> {
    fn of(resource: &'a Resource) -> Self {
        Self(resource.view().at(&["metadata", "annotations"]))
    }

    /// The value of an annotation, if it holds what makes it count.
    fn holding(self, name: &str, holds: Holds) -> Option<View<'a>> {
        let value = self.0?.get(name)?;
        holds.is_true_of(value.raw()?.trim()).then_some(value)
    }

    fn any(self, marks: &[(&str, Holds)]) -> Option<View<'a>> {
        marks
            .iter()
            .find_map(|(name, holds)| self.holding(name, *holds))
    }

    fn internal(self) -> Option<View<'a>> {
        self.any(INTERNAL)
    }

    fn secured(self) -> Option<View<'a>> {
        self.any(CERTIFICATES)
    }

    fn asking(self) -> Option<Asking<'a>> {
        let mut marks = AUTHENTICATION.iter();
        marks.find_map(|(name, holds, how)| Some((self.holding(name, *holds)?, *how)))
    }
}

/// What makes an endpoint ask who calls, and how it asks.
type Asking<'a> = (View<'a>, &'static str);

fn authentication(model: &mut Model, asking: Option<Asking<'_>>, under: NodeId) {
    match asking {
        Some((value, how)) => model.text("authentication", how, origin(Some(value), under)),
        None => model.unknown("authentication", ELSEWHERE, under),
    }
}

/// Why nothing is known of who may call: a mesh, a policy on the route, or the application itself may ask.
const ELSEWHERE: &str = "another object or the application may say so";

fn internal_by_name(name: Option<View<'_>>) -> Option<View<'_>> {
    name.filter(|name| {
        name.raw()
            .is_some_and(|text| text.to_lowercase().contains("internal"))
    })
}

fn exposure(model: &mut Model, internal: Option<View<'_>>, under: NodeId) {
    let word = if internal.is_some() {
        "internal"
    } else {
        "public"
    };
    model.text("exposure", word, origin(internal, under));
}

/// `web/shop.example.com/cart`: what tells the endpoints of one object apart.
fn name(resource: &Resource, host: Option<View<'_>>, path: Option<View<'_>>) -> String {
    let host = host.and_then(View::raw).unwrap_or("*");
    let path = path.and_then(View::raw).unwrap_or_default();
    format!("{}/{host}{path}", resource.name)
}

fn endpoint(name: String, form: &str, from: NodeId, fill: impl FnOnce(&mut Model)) -> Entity {
    let mut model = Model::default();
    model.object(None, from, |model| {
        model.text("name", &name, Origin::Derived { from });
        model.text("form", form, Origin::Default { under: from });
        fill(model);
    });
    Entity::new(EntityKind::Endpoint, name, model.finish())
}
