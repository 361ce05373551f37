//! Objects of Knative Eventing to channels and subscriptions; ingresses, routes and load balancers to endpoints.

use plumbline_core::estate::{EntityKind, Estate};
use plumbline_rego::{Path, Value, value::json};

use super::reading;

/// The value at a pointer into the only entity of a kind that a text declares.
#[track_caller]
fn check(text: &str, kind: EntityKind, pointer: &str, expected: Option<&str>) {
    let (estate, _) = Estate::new(reading(text).resources);
    let entity = estate
        .of_kind(kind)
        .next()
        .map(plumbline_core::estate::Entity::value);
    let found = entity
        .as_ref()
        .and_then(|value: &Value| value.at(&Path::from_pointer(pointer).unwrap()))
        .map(json::to_string);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

/// The names of the entities of a kind.
#[track_caller]
fn names(text: &str, kind: EntityKind, expected: &[&str]) {
    let (estate, _) = Estate::new(reading(text).resources);
    let names: Vec<&str> = estate
        .of_kind(kind)
        .map(|entity| entity.name.as_str())
        .collect();
    assert_eq!(names, expected, "{text}");
}

fn object(version: &str, kind: &str, metadata: &str, spec: &str) -> String {
    format!(
        "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a, {metadata}}}\nspec: {spec}\n"
    )
}

#[track_caller]
fn broker(spec: &str, pointer: &str, expected: Option<&str>) {
    let text = object("eventing.knative.dev/v1", "Broker", "", spec);
    check(&text, EntityKind::Channel, pointer, expected);
}

#[track_caller]
fn trigger(spec: &str, pointer: &str, expected: Option<&str>) {
    let text = object("eventing.knative.dev/v1", "Trigger", "", spec);
    check(&text, EntityKind::Subscription, pointer, expected);
}

#[test]
fn a_broker_is_a_channel_that_may_keep_what_fails() {
    broker(
        "{delivery: {deadLetterSink: {ref: {kind: Service, name: dead}}, retry: 3}}",
        "",
        Some(r#"{"form":"broker","max_receives":3,"name":"a","redrive":true}"#),
    );
    broker(
        "{}",
        "",
        Some(r#"{"form":"broker","name":"a","redrive":false}"#),
    );
}

#[test]
fn an_empty_sink_keeps_nothing() {
    broker(
        "{delivery: {deadLetterSink: {}}}",
        "/redrive",
        Some("false"),
    );
    broker(
        "{delivery: {deadLetterSink: {uri: http://dead}}}",
        "/redrive",
        Some("true"),
    );
}

#[test]
fn a_channel_is_a_topic() {
    let text = object("messaging.knative.dev/v1", "Channel", "", "{}");
    check(&text, EntityKind::Channel, "/form", Some(r#""topic""#));
}

#[test]
fn a_trigger_says_whom_it_hands_events_to() {
    let spec = "{broker: b, subscriber: {ref: {kind: Service, name: web}}, delivery: {deadLetterSink: {uri: http://dead}, retry: 5, backoffPolicy: linear}}";
    trigger(
        spec,
        "",
        Some(
            r#"{"backoff":"linear","channel":{"name":"b"},"consumer":{"name":"web"},"dead_letter":true,"filtered":false,"form":"trigger","name":"a","retries":5}"#,
        ),
    );
    trigger("{}", "/dead_letter", Some("false"));
    trigger("{}", "/channel/name", Some(r#""default""#));
    trigger(
        "{subscriber: {uri: http://web}}",
        "/consumer/name",
        Some(r#""http://web""#),
    );
}

#[test]
fn a_subscription_takes_from_its_channel() {
    let spec = "{channel: {kind: Channel, name: c}, subscriber: {ref: {name: web}}}";
    let text = object("messaging.knative.dev/v1", "Subscription", "", spec);
    check(
        &text,
        EntityKind::Subscription,
        "",
        Some(
            r#"{"channel":{"name":"c"},"consumer":{"name":"web"},"dead_letter":false,"form":"trigger","name":"a"}"#,
        ),
    );
}

#[test]
fn a_source_is_a_subscription_of_its_own_form() {
    let source = |kind: &str, spec: &str, pointer: &str, expected: Option<&str>| {
        let text = object("sources.knative.dev/v1", kind, "", spec);
        check(&text, EntityKind::Subscription, pointer, expected);
    };
    let ping = "{schedule: '* * * * *', sink: {ref: {name: web}}}";
    source(
        "PingSource",
        ping,
        "",
        Some(r#"{"consumer":{"name":"web"},"form":"schedule","name":"a","schedule":"* * * * *"}"#),
    );
    let kafka = "{topics: [t], sink: {ref: {name: web}}}";
    source("KafkaSource", kafka, "/form", Some(r#""stream""#));
    source("KafkaSource", kafka, "/channel/name", Some(r#""t""#));
    source("KafkaSource", kafka, "/dead_letter", Some("false"));
    source("ContainerSource", "{}", "/form", Some(r#""trigger""#));
    source("SinkBinding", "{}", "/form", None);
}

const RULES: &str = "rules: [{host: shop.example.com, http: {paths: [{path: /, backend: {service: {name: web}}}, {path: /api, backend: {service: {name: api}}}]}}]";

#[track_caller]
fn ingress(metadata: &str, spec: &str, pointer: &str, expected: Option<&str>) {
    let text = object("networking.k8s.io/v1", "Ingress", metadata, spec);
    check(&text, EntityKind::Endpoint, pointer, expected);
}

#[test]
fn an_ingress_is_an_endpoint_per_rule_and_path() {
    let text = object(
        "networking.k8s.io/v1",
        "Ingress",
        "",
        &format!("{{{RULES}, defaultBackend: {{service: {{name: rest}}}}}}"),
    );
    names(
        &text,
        EntityKind::Endpoint,
        &["a/shop.example.com/", "a/shop.example.com/api", "a/*"],
    );
    check(
        &text,
        EntityKind::Endpoint,
        "",
        Some(
            r#"{"exposure":"public","form":"ingress","host":"shop.example.com","name":"a/shop.example.com/","path":"/","rate_limit":false,"target":"web","tls":false}"#,
        ),
    );
}

#[test]
fn an_ingress_is_internal_by_its_class_or_an_annotation() {
    let internal = Some(r#""internal""#);
    let spec = format!("{{ingressClassName: nginx-internal, {RULES}}}");
    ingress("", &spec, "/exposure", internal);
    let spec = format!("{{ingressClassName: nginx, {RULES}}}");
    ingress("", &spec, "/exposure", Some(r#""public""#));
    for (name, value) in [
        ("alb.ingress.kubernetes.io/scheme", "internal"),
        ("networking.gke.io/load-balancer-type", "Internal"),
        ("kubernetes.io/ingress.class", "gce-internal"),
    ] {
        let metadata = format!("annotations: {{{name}: {value}}}");
        ingress(&metadata, &spec, "/exposure", internal);
    }
    let facing = "annotations: {alb.ingress.kubernetes.io/scheme: internet-facing}";
    ingress(facing, &spec, "/exposure", Some(r#""public""#));
}

#[test]
fn a_certificate_is_for_the_hosts_that_it_names() {
    let tls = |tls: &str, expected: &str| {
        let spec = format!("{{{RULES}, tls: {tls}}}");
        ingress("", &spec, "/tls", Some(expected));
    };
    tls("[{hosts: [shop.example.com], secretName: s}]", "true");
    tls("[{hosts: ['*.example.com'], secretName: s}]", "true");
    tls("[{secretName: s}]", "true");
    tls("[{hosts: [other.example.com], secretName: s}]", "false");
    tls("[{hosts: ['*.shop.example.com'], secretName: s}]", "false");
}

#[test]
fn annotations_say_who_may_call_and_how_often() {
    let spec = format!("{{{RULES}}}");
    let annotated = |annotation: &str, pointer: &str, expected: &str| {
        let metadata = format!("annotations: {{{annotation}}}");
        ingress(&metadata, &spec, pointer, Some(expected));
    };
    annotated(
        "nginx.ingress.kubernetes.io/auth-url: http://auth",
        "/authentication",
        r#""custom""#,
    );
    annotated(
        "alb.ingress.kubernetes.io/auth-type: oidc",
        "/authentication",
        r#""jwt""#,
    );
    let open = "annotations: {alb.ingress.kubernetes.io/auth-type: none}";
    ingress(open, &spec, "/authentication", None);
    annotated(
        "nginx.ingress.kubernetes.io/limit-rps: '5'",
        "/rate_limit",
        "true",
    );
    annotated(
        "traefik.ingress.kubernetes.io/router.middlewares: shop-ratelimit@kubernetescrd",
        "/rate_limit",
        "true",
    );
    annotated(
        "traefik.ingress.kubernetes.io/router.middlewares: shop-strip@kubernetescrd",
        "/rate_limit",
        "false",
    );
}

#[test]
fn a_route_is_an_endpoint_per_rule_and_match() {
    let spec = "{hostnames: [shop.example.com], parentRefs: [{name: gateway}], rules: [{matches: [{path: {value: /a}, method: GET}, {path: {value: /b}}], backendRefs: [{name: web}]}, {backendRefs: [{name: rest}]}]}";
    let text = object("gateway.networking.k8s.io/v1", "HTTPRoute", "", spec);
    names(
        &text,
        EntityKind::Endpoint,
        &[
            "a/shop.example.com/a:GET",
            "a/shop.example.com/b",
            "a/shop.example.com",
        ],
    );
    check(
        &text,
        EntityKind::Endpoint,
        "",
        Some(
            r#"{"exposure":"public","form":"ingress","host":"shop.example.com","methods":["GET"],"name":"a/shop.example.com/a:GET","path":"/a","target":"web"}"#,
        ),
    );
}

#[test]
fn a_service_of_knative_has_a_url_that_may_be_local() {
    let service = |metadata: &str, expected: &str| {
        let text = object("serving.knative.dev/v1", "Service", metadata, "{}");
        check(&text, EntityKind::Endpoint, "/exposure", Some(expected));
    };
    service("", r#""public""#);
    service(
        "labels: {networking.knative.dev/visibility: cluster-local}",
        r#""internal""#,
    );
}

#[test]
fn a_load_balancer_is_an_endpoint_and_other_services_are_none() {
    let service = |metadata: &str, spec: &str, expected: Option<&str>| {
        let text = object("v1", "Service", metadata, spec);
        check(&text, EntityKind::Endpoint, "/exposure", expected);
    };
    service("", "{type: LoadBalancer}", Some(r#""public""#));
    service("", "{type: ClusterIP}", None);
    for annotation in [
        "service.beta.kubernetes.io/aws-load-balancer-internal: 'true'",
        "service.beta.kubernetes.io/aws-load-balancer-scheme: internal",
        "service.beta.kubernetes.io/azure-load-balancer-internal: 'true'",
        "networking.gke.io/load-balancer-type: Internal",
    ] {
        let metadata = format!("annotations: {{{annotation}}}");
        service(&metadata, "{type: LoadBalancer}", Some(r#""internal""#));
    }
    service(
        "annotations: {service.beta.kubernetes.io/aws-load-balancer-internal: 'false'}",
        "{type: LoadBalancer}",
        Some(r#""public""#),
    );
}
