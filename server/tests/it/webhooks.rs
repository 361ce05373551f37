//! A server with an authority of its own has the API server trust it, and sees who changes its webhook.

use std::sync::Arc;

use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use plumbline_server::shutdown::{Readiness, Shutdown};
use plumbline_server::tls::{Certificates, Identity, Managed};
use plumbline_server::webhooks::Webhooks;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::cluster::Cluster;
use crate::wire::{LONG, SHORT, clock, metrics};

const NAME: &str = "plumbline-deny";

type Configurations = Api<ValidatingWebhookConfiguration>;

async fn create(configurations: &Configurations) {
    let webhook = json!({
        "name": "deny.plumbline.dev",
        "clientConfig": {"url": "https://127.0.0.1:1/v1/admit"},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"], "operations": ["CREATE"]}],
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    });
    let object = json!({"metadata": {"name": NAME}, "webhooks": [webhook]});
    let object = serde_json::from_value(object).unwrap();
    let parameters = PostParams::default();
    configurations.create(&parameters, &object).await.unwrap();
}

/// The bundle in the configuration, once it is so.
async fn until(configurations: &Configurations, is_so: impl Fn(&str) -> bool) -> String {
    let begun = Instant::now();
    loop {
        let found = configurations.get(NAME).await.unwrap();
        let webhook = &found.webhooks.unwrap()[0];
        let bundle = webhook.client_config.ca_bundle.clone();
        let bundle = bundle.map_or_else(String::new, |bundle| String::from_utf8(bundle.0).unwrap());
        if is_so(&bundle) {
            return bundle;
        }
        assert!(begun.elapsed() < LONG, "{bundle}");
        sleep(SHORT).await;
    }
}

fn replica() -> Arc<Certificates> {
    let managed = Managed::new(vec!["127.0.0.1".to_owned()], None);
    let identity = Identity::Managed(managed);
    let loaded = Certificates::load("admission", identity, None, clock, metrics());
    Arc::new(loaded.unwrap())
}

fn count(bundle: &str) -> usize {
    bundle.matches("BEGIN CERTIFICATE").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_replica_writes_itself_into_the_webhook_and_an_edit_is_seen() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let configurations: Configurations = Api::all(cluster.client.clone());
    create(&configurations).await;
    let shutdown = Shutdown::default();
    let watched = metrics();
    let readiness = Readiness::new(shutdown.clone());
    let (one, other) = (replica(), replica());
    let own = one.ca_bundle().unwrap();
    for (certificates, metrics) in [(one, watched.clone()), (other, metrics())] {
        let names = vec![NAME.to_owned()];
        let webhooks = Webhooks::new(names, Some(certificates), metrics, readiness.clone());
        assert!(readiness.reasons().contains_key("webhooks"));
        tokio::spawn(webhooks.keep(cluster.client.clone(), shutdown.clone()));
    }
    let both = until(&configurations, |bundle| count(bundle) == 2).await;
    assert!(both.contains(own.trim()), "{both}");
    let says = |line: &str| watched.encode().contains(line);
    let is_well = r#"plumbline_webhook_ok{configuration="plumbline-deny"} 1.0"#;
    let is_ill = r#"plumbline_webhook_ok{configuration="plumbline-deny"} 0.0"#;
    let become_so = async |line: &str| {
        let begun = Instant::now();
        while !says(line) {
            assert!(begun.elapsed() < LONG, "{}", watched.encode());
            sleep(SHORT).await;
        }
    };
    become_so(is_well).await;
    assert!(!readiness.reasons().contains_key("webhooks"));

    let open = json!({"webhooks": [{"name": "deny.plumbline.dev", "failurePolicy": "Ignore"}]});
    let parameters = PatchParams::default();
    let open = Patch::Strategic(&open);
    let patched = configurations.patch(NAME, &parameters, &open).await;
    patched.unwrap();
    become_so(is_ill).await;
    let closed = json!({"webhooks": [{"name": "deny.plumbline.dev", "failurePolicy": "Fail"}]});
    let closed = Patch::Strategic(&closed);
    let patched = configurations.patch(NAME, &parameters, &closed).await;
    patched.unwrap();
    become_so(is_well).await;

    let parameters = DeleteParams::default();
    configurations.delete(NAME, &parameters).await.unwrap();
    become_so(is_ill).await;
    shutdown.begin();
}
