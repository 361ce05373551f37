//! A real API server asks, and heeds the answer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::BodyExt as _;
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use plumbline_core::estate::Estate;
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{Notation, parse};
use plumbline_core::source::{FileId, Source, Sources};
use plumbline_rego::Settings;
use plumbline_server::http::admission_router;
use plumbline_server::listen::Security;
use plumbline_server::policies::Loaded;
use plumbline_server::tls::Certificates;
use plumbline_sources::bundle;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::cluster::{Authority, Cluster};
use crate::over_http::{app_of, file_of, loaded_from};
use crate::wire::{LONG, SHORT, Server, Volume, limits, serve};

#[tokio::test]
async fn the_api_server_of_the_tests_answers() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
    let default = namespaces.get("default").await.expect("it is there");
    assert_eq!(default.metadata.name.as_deref(), Some("default"));
}

/// A rule that only warns, beside those of the library.
const HINT: &str = r#"# METADATA
# scope: package
# title: Hint
# custom:
#   id: test/hint
#   severity: low
#   effect: warn
package test.hint

deny contains {"msg": "the label is odd", "path": ["resource", "metadata", "labels", "odd"]} if input.resource.metadata.labels.odd
"#;

const PRIVILEGED: &str = "[deployment/privileged-container] container `c` runs privileged";
const CONFIGURATIONS: &str =
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const PODS: &str = "/api/v1/namespaces/shop/pods";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/shop/deployments";
const KNATIVE: &str = "/apis/serving.knative.dev/v1/namespaces/shop/services";

const JSON: &str = "application/json";
const MERGE: &str = "application/merge-patch+json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";
const APPLY: &str = "application/apply-patch+yaml";

fn policies() -> Loaded {
    let mut sources = Sources::default();
    let mut modules = bundle::builtin(&mut sources);
    modules.push(file_of(HINT, &mut sources));
    loaded_from(modules, sources)
}

/// What an API server said.
#[derive(Debug)]
struct Said {
    status: u16,
    warning: String,
    body: Value,
}

impl Said {
    fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }

    #[track_caller]
    fn is_refused(&self) {
        assert_eq!(self.status, 403, "{self:?}");
        let message = self.message();
        assert!(message.contains("denied the request"), "{message}");
        assert!(message.contains(PRIVILEGED), "{message}");
    }

    #[track_caller]
    fn is(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
    }
}

/// The API server as whoever administers it asks it.
#[derive(Clone)]
struct Admin(kube::Client);

impl Admin {
    async fn ask(&self, method: &str, path: &str, kind: &str, body: &Value) -> Said {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", kind)
            .body(kube::client::Body::from(body.to_string().into_bytes()));
        let response = self.0.send(request.unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let warnings = parts.headers.get_all("warning").iter();
        let warnings: Vec<&str> = warnings.filter_map(|text| text.to_str().ok()).collect();
        Said {
            status: parts.status.as_u16(),
            warning: warnings.join(", "),
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    async fn create(&self, path: &str, object: &Value) -> Said {
        self.ask("POST", path, JSON, object).await
    }

    /// Tries to create what is not kept, again and again, until it has become so.
    async fn until(&self, pod: &Value, is_so: impl Fn(&Said) -> bool) {
        let path = format!("{PODS}?dryRun=All");
        let begun = Instant::now();
        loop {
            let said = self.create(&path, pod).await;
            if is_so(&said) {
                return;
            }
            assert!(begun.elapsed() < LONG, "{said:?}");
            sleep(SHORT).await;
        }
    }

    /// Changes the webhook by a patch of its parts.
    async fn change(&self, part: &str, value: &Value) -> Said {
        let path = format!("{CONFIGURATIONS}/plumbline");
        let patch =
            json!([{"op": "replace", "path": format!("/webhooks/0/{part}"), "value": value}]);
        let kind = "application/json-patch+json";
        self.ask("PATCH", &path, kind, &patch).await
    }
}

/// What pods are made of. A privileged container breaks some rules more.
fn spec(is_privileged: bool) -> Value {
    let context = if is_privileged {
        json!({"privileged": true})
    } else {
        json!({
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"]},
        })
    };
    json!({
        "automountServiceAccountToken": false,
        "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{
            "name": "c",
            "image": "registry.example.com/shop/web:1.4.2",
            "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}},
            "securityContext": context,
        }],
    })
}

fn pod(metadata: &Value, is_privileged: bool) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec(is_privileged)})
}

fn named(name: &str, is_privileged: bool) -> Value {
    pod(&json!({"name": name}), is_privileged)
}

/// An object that makes pods.
fn template(version: &str, kind: &str, is_privileged: bool) -> Value {
    let annotations = json!({
        "autoscaling.knative.dev/max-scale": "9",
        "sidecar.opentelemetry.io/inject": "true",
    });
    json!({
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": "web"},
        "spec": {"template": {
            "metadata": {"labels": {"app": "web"}, "annotations": annotations},
            "spec": spec(is_privileged),
        }},
    })
}

fn deployment(is_privileged: bool) -> Value {
    let mut object = template("apps/v1", "Deployment", is_privileged);
    object["spec"]["selector"] = json!({"matchLabels": {"app": "web"}});
    object
}

fn configuration(server: &Server, bundle: &str) -> Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "plumbline"},
        "webhooks": [{
            "name": "plumbline.example.com",
            "clientConfig": {
                "url": format!("https://{}/v1/admit", server.address),
                "caBundle": BASE64_STANDARD.encode(bundle),
            },
            "rules": [{
                "apiGroups": ["*"],
                "apiVersions": ["*"],
                "resources": ["*/*"],
                "operations": ["*"],
                "scope": "Namespaced",
            }],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
            "matchPolicy": "Equivalent",
            "failurePolicy": "Fail",
            "sideEffects": "NoneOnDryRun",
            "timeoutSeconds": 10,
            "admissionReviewVersions": ["v1"],
        }],
    })
}

/// One API server for all of it: to start another one takes longer than to ask it everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_api_server_heeds_what_it_is_answered() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let admin = Admin(cluster.client.clone());
    let authority = Authority::new();
    let (certificate, key) = authority.server();
    let mut volume = Volume::new(&certificate, &key, "");
    let certificates = Arc::new(volume.load(None).unwrap());
    let security = Security::Tls(Arc::clone(&certificates));
    let router = admission_router(app_of(policies(), 64, |_| {}));
    let server = serve(security, router, limits()).await;
    let shop = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}});
    admin.create("/api/v1/namespaces", &shop).await.is(201);
    let registered = configuration(&server, &authority.pem);
    admin.create(CONFIGURATIONS, &registered).await.is(201);
    let privileged = named("bad", true);
    admin.until(&privileged, |said| said.status == 403).await;

    pods_are_judged(&admin).await;
    parts_of_pods_are_judged(&admin).await;
    templates_are_judged(&admin).await;
    custom_resources_are_judged(&admin).await;
    the_command_says_the_same(&admin).await;
    no_request_fails_while_authorities_change(&admin, &authority, &mut volume, &certificates).await;
    failure_policies_and_the_way_out(&admin, server).await;
}

async fn pods_are_judged(admin: &Admin) {
    admin.create(PODS, &named("bad", true)).await.is_refused();
    let good = admin.create(PODS, &named("good", false)).await;
    good.is(201);
    assert_eq!(good.warning, "");
    let odd = pod(&json!({"name": "odd", "labels": {"odd": "1"}}), false);
    let odd = admin.create(PODS, &odd).await;
    odd.is(201);
    assert!(
        odd.warning.contains("[test/hint] the label is odd"),
        "{odd:?}"
    );
    let generated = pod(&json!({"generateName": "g-"}), true);
    admin.create(PODS, &generated).await.is_refused();
    let dry = format!("{PODS}?dryRun=All");
    admin.create(&dry, &named("dry", true)).await.is_refused();
    admin.create(&dry, &named("dry", false)).await.is(201);
    let path = format!("{PODS}/dry");
    admin.ask("GET", &path, JSON, &Value::Null).await.is(404);
    let path = format!("{PODS}/applied?fieldManager=test");
    let applied = admin
        .ask("PATCH", &path, APPLY, &named("applied", true))
        .await;
    applied.is_refused();
    let applied = admin
        .ask("PATCH", &path, APPLY, &named("applied", false))
        .await;
    applied.is(201);
}

async fn parts_of_pods_are_judged(admin: &Admin) {
    let mut container = spec(true)["containers"][0].clone();
    container["name"] = json!("debug");
    container["resources"] = json!({});
    let patch = json!({"spec": {"ephemeralContainers": [container]}});
    let path = format!("{PODS}/good/ephemeralcontainers");
    let attached = admin.ask("PATCH", &path, STRATEGIC, &patch).await;
    attached.is(403);
    assert!(
        attached
            .message()
            .contains("container `debug` runs privileged")
    );
    // No node runs the pod: the API server has asked us, and then has nobody to connect to.
    let path = format!("{PODS}/good/exec?command=sh&stdout=true");
    let exec = admin.ask("POST", &path, JSON, &Value::Null).await;
    exec.is(400);
    let eviction =
        json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "good"}});
    let path = format!("{PODS}/good/eviction");
    admin.create(&path, &eviction).await.is(201);
    let path = format!("{PODS}/applied");
    admin.ask("DELETE", &path, JSON, &json!({})).await.is(200);
    admin.ask("DELETE", PODS, JSON, &json!({})).await.is(200);
}

async fn templates_are_judged(admin: &Admin) {
    admin
        .create(DEPLOYMENTS, &deployment(true))
        .await
        .is_refused();
    admin.create(DEPLOYMENTS, &deployment(false)).await.is(201);
    let path = format!("{DEPLOYMENTS}/web");
    let container = json!({"name": "c", "securityContext": {"privileged": true, "allowPrivilegeEscalation": null}});
    let patch = json!({"spec": {"template": {"spec": {"containers": [container]}}}});
    admin
        .ask("PATCH", &path, STRATEGIC, &patch)
        .await
        .is_refused();
    let scale = format!("{path}/scale");
    let patch = json!({"spec": {"replicas": 2}});
    admin.ask("PATCH", &scale, MERGE, &patch).await.is(200);
    admin.ask("DELETE", &path, JSON, &json!({})).await.is(200);
}

async fn custom_resources_are_judged(admin: &Admin) {
    let schema = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "services.serving.knative.dev"},
        "spec": {
            "group": "serving.knative.dev",
            "scope": "Namespaced",
            "names": {"kind": "Service", "plural": "services", "listKind": "ServiceList"},
            "versions": [{
                "name": "v1",
                "served": true,
                "storage": true,
                "schema": {"openAPIV3Schema": schema},
            }],
        },
    });
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    admin.create(path, &definition).await.is(201);
    let served = async {
        while admin.ask("GET", KNATIVE, JSON, &Value::Null).await.status != 200 {
            sleep(SHORT).await;
        }
    };
    timeout(LONG, served).await.unwrap();
    let service = |is_privileged| template("serving.knative.dev/v1", "Service", is_privileged);
    admin.create(KNATIVE, &service(true)).await.is_refused();
    admin.create(KNATIVE, &service(false)).await.is(201);
}

/// What is found in an object by the code that judges files: a line each.
fn found(object: &Value) -> BTreeSet<String> {
    let source = Arc::new(Source::new("object.json", object.to_string()));
    let (documents, problems) = parse(&source, FileId(0), Notation::Json);
    assert_eq!(problems, []);
    let mut reading = Reading::default();
    for document in &documents {
        reading.take(document);
    }
    let (estate, _) = Estate::new(reading.resources);
    let findings = policies()
        .policies
        .evaluate(&estate, &Settings::default())
        .findings;
    let lines = findings.iter();
    lines
        .map(|finding| format!("[{}] {}", finding.rule, finding.message))
        .collect()
}

/// The lines of a refusal, without the places.
fn lines(said: &Said) -> BTreeSet<String> {
    let (_, message) = said.message().split_once("denied the request: ").unwrap();
    let lines = message.lines();
    lines
        .map(|line| {
            line.rsplit_once(" (at `")
                .map_or(line, |(line, _)| line)
                .to_owned()
        })
        .collect()
}

async fn the_command_says_the_same(admin: &Admin) {
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "everything", "namespace": "shop"},
        "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
    });
    let roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles";
    for (path, object) in [
        (PODS, named("bad", true)),
        (DEPLOYMENTS, deployment(true)),
        (roles, role),
    ] {
        let said = admin.create(path, &object).await;
        said.is(403);
        assert_eq!(lines(&said), found(&object));
    }
}

/// An authority is exchanged as one has to: trusted first, then used, then alone.
async fn no_request_fails_while_authorities_change(
    admin: &Admin,
    authority: &Authority,
    volume: &mut Volume,
    certificates: &Certificates,
) {
    let is_over = Arc::new(AtomicBool::new(false));
    let (asking, over) = (admin.clone(), Arc::clone(&is_over));
    let applying = tokio::spawn(async move {
        let path = format!("{PODS}?dryRun=All");
        let mut count = 0;
        while !over.load(Ordering::Relaxed) {
            asking.create(&path, &named("steady", false)).await.is(201);
            asking
                .create(&path, &named("steady", true))
                .await
                .is_refused();
            count += 1;
        }
        count
    });
    let trust = async |bundle: &str| {
        let bundle = json!(BASE64_STANDARD.encode(bundle));
        admin.change("clientConfig/caBundle", &bundle).await.is(200);
        // An API server learns of it a moment later.
        sleep(Duration::from_secs(1)).await;
    };
    let next = Authority::new();
    trust(&format!("{}{}", authority.pem, next.pem)).await;
    let (certificate, key) = next.server();
    volume.swap(&certificate, &key, "");
    assert!(certificates.reload().unwrap());
    trust(&next.pem).await;
    is_over.store(true, Ordering::Relaxed);
    assert!(applying.await.unwrap() > 0);
}

async fn failure_policies_and_the_way_out(admin: &Admin, server: Server) {
    server.shutdown.hurry();
    timeout(LONG, server.task).await.unwrap().unwrap();
    let good = named("late", false);
    let unanswered = admin.create(PODS, &good).await;
    unanswered.is(500);
    let message = unanswered.message();
    assert!(message.contains("failed calling webhook"), "{message}");
    admin
        .change("failurePolicy", &json!("Ignore"))
        .await
        .is(200);
    admin.until(&good, |said| said.status == 201).await;
    admin.create(PODS, &named("unseen", true)).await.is(201);
}
