//! `POST /v1/admit`: the webhook of an API server.
//!
//! An answer is given before the API server stops waiting. What cannot be read, or is too much, is no answer: then the
//! failure policy of the webhook decides, and nothing is let through by mistake.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{Query, Request, State};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use plumbline_core::estate::Surroundings;
use plumbline_core::policy::metadata::OnError;
use serde::Deserialize;
use tokio::time::timeout_at;

use super::error::{Error, Fault, json};
use super::{access, body, duration, id, stamped};
use crate::admission::{
    Decision, Door, Head, Known, Operation, Review, Share, Stamp, Unreadable, answer, decide,
    decide_late,
};
use crate::clock;
use crate::decision::{self, Asked, Outcome};
use crate::policies::Active;
use crate::pool::Refusal;
use crate::state::App;

/// How long an API server waits if it does not say so.
const USUAL: Duration = Duration::from_secs(10);
/// No API server waits longer.
const LONGEST: Duration = Duration::from_secs(30);
/// What is kept at least for the way of the answer.
const SHORTEST_WAY: Duration = Duration::from_millis(100);

/// Answers a review.
pub(super) async fn admit(State(app): State<Arc<App>>, request: Request) -> Response {
    let arrived = clock::instant();
    let answered = answered(&app, request, arrived).await;
    answered.unwrap_or_else(Error::into_response)
}

/// A request that is being answered.
struct Call {
    app: Arc<App>,
    active: Arc<Active>,
    head: Head,
    body: Bytes,
    requested_by: Option<String>,
    arrived: Instant,
    times: Times,
}

/// When a request has to be judged, and when to be answered.
#[derive(Clone, Copy)]
struct Times {
    judged: Instant,
    answered: Instant,
}

async fn answered(app: &Arc<App>, request: Request, arrived: Instant) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let Parts { uri, headers, .. } = &parts;
    if body::media_type(headers).as_deref() != Some("application/json") {
        let message = "expected a body of the type `application/json`";
        return Err(Error::new(Fault::MediaType, message));
    }
    let times = Times::of(arrived, timeout(uri)?);
    let most = app.config.limits.body_bytes;
    let body = body::read(headers, body, most, times.judged).await?;
    let call = Call {
        active: app.policies.current(),
        app: Arc::clone(app),
        head: Head::read(&body).map_err(|error| unreadable(&error))?,
        body,
        requested_by: access::requester(&parts.extensions),
        arrived,
        times,
    };
    let decision = call.decide().await?;
    call.close(decision).await
}

fn unreadable(error: &Unreadable) -> Error {
    Error::new(Fault::Unreadable, "the body is no review that is answered")
        .because(error.to_string())
}

#[derive(Deserialize)]
struct Parameters {
    timeout: Option<String>,
}

/// How long the API server waits.
fn timeout(uri: &Uri) -> Result<Duration, Error> {
    let message = "`timeout` is expected once, as a duration: `2s`, `500ms`";
    let wrong = || Error::new(Fault::Unreadable, message);
    let Ok(Query(Parameters { timeout })) = Query::try_from_uri(uri) else {
        return Err(wrong());
    };
    match timeout {
        None => Ok(USUAL),
        Some(text) => duration::parse(&text).ok_or_else(wrong),
    }
}

impl Times {
    fn of(arrived: Instant, timeout: Duration) -> Self {
        let timeout = timeout.min(LONGEST);
        let way = (timeout / 10).max(SHORTEST_WAY);
        Self {
            judged: arrived + timeout.saturating_sub(way),
            answered: arrived + timeout.saturating_sub(way / 2),
        }
    }

    /// What rules may take: they end early enough for what they found to be told.
    fn for_rules(self) -> Duration {
        let left = self.judged.saturating_duration_since(clock::instant());
        left * 9 / 10
    }
}

/// What is known of the cluster, as it is when a request comes.
#[derive(Default)]
struct Cluster {
    surroundings: Option<Arc<Surroundings>>,
    labels: Option<BTreeMap<String, String>>,
}

impl Cluster {
    /// What is not fresh counts as unknown.
    fn of(app: &App, head: &Head) -> Self {
        let Some(inventory) = &app.inventory else {
            return Self::default();
        };
        let snapshot = inventory.snapshot();
        let namespace = head.governed_by();
        Self {
            surroundings: snapshot.surroundings.filter(|_| snapshot.fresh),
            labels: namespace.and_then(|name| inventory.namespace_labels(name)),
        }
    }

    fn known(&self) -> Known<'_> {
        Known {
            surroundings: self.surroundings.as_deref(),
            labels: self.labels.as_ref(),
        }
    }
}

fn door(active: &Active) -> Door<'_> {
    Door {
        policies: &active.policies,
        waivers: &active.waivers,
        stages: &active.stages,
        overrides: &active.overrides,
        now: clock::unix_seconds(),
    }
}

impl Call {
    /// The decision of the rules, or what stands for it if they are late.
    async fn decide(&self) -> Result<Decision, Error> {
        let (pool, metrics) = (&self.app.pools.admission, &self.app.metrics);
        let cluster = Arc::new(Cluster::of(&self.app, &self.head));
        let (active, body, times) = (Arc::clone(&self.active), self.body.clone(), self.times);
        let around = Arc::clone(&cluster);
        let judge = move || {
            let settings = clock::settings(times.for_rules());
            let review = Review::read(&body)?;
            let decision = decide(&door(&active), &review, &around.known(), &settings);
            Ok::<Decision, Unreadable>(decision)
        };
        match pool.run(times.judged, judge).await {
            Ok(judged) => judged.map_err(|error| unreadable(&error)),
            Err(Refusal::Full) => {
                metrics.shed(pool.name(), "full");
                Err(Error::new(Fault::Busy, "too many requests are waiting"))
            }
            Err(Refusal::Late) => {
                metrics.shed(pool.name(), "late");
                let door = door(&self.active);
                Ok(decide_late(&door, &self.head, &cluster.known()))
            }
            Err(Refusal::Panicked) => {
                metrics.panicked(pool.name());
                Err(Error::new(Fault::Broken, "the request could not be judged"))
            }
        }
    }

    /// Records a decision and answers by it. What has to be recorded and cannot be is refused.
    async fn close(&self, mut decision: Decision) -> Result<Response, Error> {
        let id = id::fresh().ok_or_else(|| {
            let message = "the system has no randomness to name the decision by";
            Error::new(Fault::Broken, message)
        })?;
        let mut result = self.result(&id, &decision);
        if !self.head.dry_run {
            let record = self.record(&id, &decision, &result);
            let recorded = self.app.decisions.record(record);
            let recorded = timeout_at(self.times.answered.into(), recorded).await;
            if !matches!(recorded, Ok(Ok(()))) {
                decision.refuse_unrecorded();
                result = self.result(&id, &decision);
            }
        }
        self.count(&decision);
        self.expect(&decision);
        Ok(stamped(json(result.to_string()), &self.active))
    }

    /// What was admitted is going to run: the next request is judged as if it did.
    fn expect(&self, decision: &Decision) {
        let head = &self.head;
        let is_stored = matches!(head.operation, Operation::Create | Operation::Update)
            && head.share() == Share::All
            && !head.dry_run;
        if let (Some(inventory), Some(resource)) = (&self.app.inventory, &decision.resource)
            && is_stored
            && decision.is_allowed()
        {
            inventory.admitted(resource);
        }
    }

    fn result(&self, id: &str, decision: &Decision) -> serde_json::Value {
        let stamp = Stamp {
            digest: &self.active.digest,
            id,
        };
        answer(&self.head.uid, decision, stamp)
    }

    fn record(
        &self,
        id: &str,
        decision: &Decision,
        result: &serde_json::Value,
    ) -> decision::Decision {
        let head = &self.head;
        let (refusals, resource) = (decision.refusals.iter(), decision.resource.as_ref());
        decision::Decision {
            id: id.to_owned(),
            time: clock::wall(),
            door: decision::Door::Admission,
            path: "plumbline/admission".to_owned(),
            verdict: decision.outcome(),
            result: result.clone(),
            input: std::str::from_utf8(&self.body).ok().map(Arc::from),
            sensitive: decision.sensitive.clone(),
            asked: Asked {
                uid: Some(head.uid.clone()),
                operation: Some(head.operation.as_str().to_owned()),
                kind: Some(head.kind.spelt()),
                resource: resource.map(|resource| resource.id.to_string()),
                namespace: head.namespace().map(str::to_owned),
                name: head.name.clone(),
                user: Some(head.user.username.clone()),
                dry_run: head.dry_run,
            },
            refusals: refusals.map(|refusal| refusal.text.clone()).collect(),
            warnings: decision.warnings.clone(),
            findings: decision.findings.clone(),
            digest: self.active.digest.clone(),
            revision: self.active.revision.clone(),
            nanoseconds: u64::try_from(self.spent().as_nanos()).unwrap_or(u64::MAX),
            break_glass: decision.break_glass().map(str::to_owned),
            requested_by: self.requested_by.clone(),
        }
    }

    fn spent(&self) -> Duration {
        clock::instant().saturating_duration_since(self.arrived)
    }

    fn count(&self, decision: &Decision) {
        let (metrics, head) = (&self.app.metrics, &self.head);
        let (outcome, operation) = (decision.outcome(), head.operation.as_str());
        let seconds = self.spent().as_secs_f64();
        metrics.admitted(outcome.as_str(), operation, head.dry_run, seconds);
        for fired in &decision.findings {
            metrics.rule_fired(&fired.rule, fired.effect.as_str());
        }
        for undecided in &decision.undecided {
            metrics.undecided(&undecided.rule, mode(undecided.on_error));
        }
        if let Some(id) = decision.break_glass() {
            metrics.break_glass(id);
        }
        if matches!(outcome, Outcome::Deny | Outcome::Undecided) {
            let (kind, name) = (head.kind.spelt(), head.name.as_deref());
            let (namespace, name) = (head.namespace(), name.unwrap_or_default());
            let verdict = outcome.as_str();
            tracing::info!(operation, kind, namespace, name, verdict, "refused");
        }
    }
}

fn mode(on_error: OnError) -> &'static str {
    match on_error {
        OnError::Closed => "closed",
        OnError::Open => "open",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Times, timeout};
    use crate::clock;

    /// Milliseconds until a request has to be judged, and to be answered.
    #[track_caller]
    fn check(query: &str, judged: u64, answered: u64) {
        let uri = format!("/v1/admit{query}").parse().unwrap();
        let arrived = clock::instant();
        let times = Times::of(arrived, timeout(&uri).unwrap());
        let after = |instant| arrived + Duration::from_millis(instant);
        assert_eq!(times.judged, after(judged), "{query}");
        assert_eq!(times.answered, after(answered), "{query}");
    }

    #[test]
    fn an_answer_has_a_tenth_of_the_time_for_its_way() {
        check("?timeout=2s", 1_800, 1_900);
        check("", 9_000, 9_500);
    }

    #[test]
    fn its_way_has_a_tenth_of_a_second_at_least() {
        check("?timeout=500ms", 400, 450);
        check("?timeout=50ms", 0, 0);
    }

    #[test]
    fn nobody_waits_longer_than_half_a_minute() {
        check("?timeout=10m", 27_000, 28_500);
    }

    #[test]
    fn a_time_that_is_none_is_an_error() {
        for query in ["?timeout=", "?timeout=2", "?timeout=2s&timeout=3s"] {
            let uri = format!("/v1/admit{query}").parse().unwrap();
            assert!(timeout(&uri).is_err(), "{query}");
        }
    }
}
