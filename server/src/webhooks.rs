//! The webhook configurations by which API servers find this one: they are told whom to trust, and looked at, since who
//! edits or deletes one gets past every rule.

mod bundle;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::{
    ValidatingWebhook, ValidatingWebhookConfiguration,
};
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::clock;
use crate::shutdown::{Readiness, Shutdown};
use crate::telemetry::Metrics;
use crate::tls::Certificates;

pub use bundle::union;

/// How often configurations are looked at.
const EVERY: Duration = Duration::from_secs(10);
/// How long an API server may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// What they are called among the reasons not to be asked.
const WEBHOOKS: &str = "webhooks";

/// The configurations that name this server.
#[derive(Debug)]
pub struct Webhooks {
    names: Vec<String>,
    /// What vouches for this server, if it is an authority of its own.
    certificates: Option<Arc<Certificates>>,
    metrics: Metrics,
    readiness: Readiness,
    /// What was seen first of each.
    first: BTreeMap<String, Vec<ValidatingWebhook>>,
    /// What was said last of each.
    said: BTreeMap<String, State>,
}

/// How it is with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// It is as it was, and trusts this server.
    Well,
    /// It is not there.
    Missing,
    /// It is not what it was first.
    Changed,
    /// Nobody knows, or it does not trust this server.
    Unknown(String),
}

impl State {
    fn says(&self) -> &str {
        match self {
            Self::Well => "the webhook configuration is as it was",
            Self::Missing => "the webhook configuration is not there: nothing is judged",
            Self::Changed => "the webhook configuration was changed",
            Self::Unknown(why) => why,
        }
    }
}

impl Webhooks {
    /// Configurations by their names. Where an authority of our own vouches for the server, requests should go elsewhere
    /// until all of them that are there trust it.
    pub fn new(
        names: Vec<String>,
        certificates: Option<Arc<Certificates>>,
        metrics: Metrics,
        readiness: Readiness,
    ) -> Self {
        let own = certificates.filter(|certificates| certificates.ca_bundle().is_some());
        if own.is_some() {
            let reason = "it is not known yet whether API servers trust this one";
            readiness.block(WEBHOOKS, reason.to_owned());
        }
        Self {
            names,
            certificates: own,
            metrics,
            readiness,
            first: BTreeMap::new(),
            said: BTreeMap::new(),
        }
    }

    /// Looks at them every so often, until the end begins.
    pub async fn keep(mut self, client: kube::Client, shutdown: Shutdown) {
        let configurations: Api<ValidatingWebhookConfiguration> = Api::all(client);
        while !shutdown.is_begun() {
            self.look(&configurations).await;
            tokio::select! {
                () = shutdown.begun() => return,
                () = sleep(EVERY) => {}
            }
        }
    }

    async fn look(&mut self, configurations: &Api<ValidatingWebhookConfiguration>) {
        let mut in_the_way = None;
        for name in self.names.clone() {
            let looked = timeout(PATIENCE, self.look_at(&name, configurations)).await;
            let late = || State::Unknown("the API server does not answer".to_owned());
            let state = looked.unwrap_or_else(|_| late());
            self.metrics.webhook(&name, state == State::Well);
            if let State::Unknown(why) = &state {
                in_the_way = Some(format!("{name}: {why}"));
            }
            let is_new = self.said.get(&name) != Some(&state);
            if is_new && state == State::Well {
                tracing::info!(configuration = name, "{}", state.says());
            } else if is_new {
                tracing::warn!(configuration = name, "{}", state.says());
            }
            self.said.insert(name, state);
        }
        match in_the_way.filter(|_| self.certificates.is_some()) {
            Some(reason) => self.readiness.block(WEBHOOKS, reason),
            None => self.readiness.clear(WEBHOOKS),
        }
    }

    async fn look_at(
        &mut self,
        name: &str,
        configurations: &Api<ValidatingWebhookConfiguration>,
    ) -> State {
        let unknown = |error: kube::Error| State::Unknown(error.to_string());
        let found = match configurations.get_opt(name).await {
            Ok(Some(found)) => found,
            Ok(None) => return State::Missing,
            Err(error) => return unknown(error),
        };
        if let Err(error) = self.announce(name, &found, configurations).await {
            return unknown(error);
        }
        let webhooks = without_bundles(found.webhooks.unwrap_or_default());
        let first = self.first.entry(name.to_owned());
        if *first.or_insert_with(|| webhooks.clone()) == webhooks {
            State::Well
        } else {
            State::Changed
        }
    }

    /// Has API servers trust what vouches for this one, beside what vouches for other replicas.
    async fn announce(
        &self,
        name: &str,
        found: &ValidatingWebhookConfiguration,
        configurations: &Api<ValidatingWebhookConfiguration>,
    ) -> Result<(), kube::Error> {
        let certificates = self.certificates.as_ref();
        let Some(own) = certificates.and_then(|certificates| certificates.ca_bundle()) else {
            return Ok(());
        };
        let now = i64::try_from(clock::unix_seconds()).unwrap_or(i64::MAX);
        let missing = found.webhooks.iter().flatten().filter_map(|webhook| {
            let standing = webhook.client_config.ca_bundle.as_ref();
            let standing = standing.map_or(&[][..], |bundle| bundle.0.as_slice());
            let bundle = union(standing, &own, now)?;
            let bundle = ByteString(bundle.into_bytes());
            Some(json!({"name": webhook.name, "clientConfig": {"caBundle": bundle}}))
        });
        let missing: Vec<serde_json::Value> = missing.collect();
        if missing.is_empty() {
            return Ok(());
        }
        // Whoever changed it in between is seen the next time.
        let version = found.metadata.resource_version.as_deref();
        let patch = json!({"metadata": {"resourceVersion": version}, "webhooks": missing});
        let (parameters, patch) = (PatchParams::default(), Patch::Strategic(patch));
        let patched = configurations.patch(name, &parameters, &patch).await;
        patched.map(drop)
    }
}

/// What of webhooks nobody changes but who means to.
fn without_bundles(mut webhooks: Vec<ValidatingWebhook>) -> Vec<ValidatingWebhook> {
    for webhook in &mut webhooks {
        webhook.client_config.ca_bundle = None;
    }
    webhooks
}
