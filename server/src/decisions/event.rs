//! A decision as it is recorded: an event in the format of OPA's decision log, and what is searched for beside it.
//!
//! Whatever leaves the process of a decision leaves it through here, masked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::SystemTime;

use plumbline_core::waiver::Date;
use serde::Serialize;
use serde_json::Value;

use super::mask::{Hidden, hide};
use super::pointer::Mask;
use crate::decision::{Decision, Fired};
use crate::store::{Record, nanoseconds, storable};

/// What is the same in every event, and what is hidden in each.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) labels: BTreeMap<String, String>,
    pub(super) masks: Vec<Mask>,
}

impl Desk {
    /// The record of a decision, the one with this number since the start.
    pub(super) fn record(&self, mut decision: Decision, number: u64) -> Arc<Record> {
        let (mut event, hidden) = self.masked(&mut decision);
        let text = self.event(&decision, &mut event, &hidden, number);
        let rules: BTreeSet<&str> = decision.findings.iter().map(|f| f.rule.as_str()).collect();
        let asked = decision.asked;
        Arc::new(Record {
            id: storable(&decision.id),
            at: nanoseconds(decision.time),
            door: decision.door.as_str().to_owned(),
            verdict: decision.verdict.as_str().to_owned(),
            uid: asked.uid.as_deref().map(storable),
            operation: asked.operation.as_deref().map(storable),
            kind: asked.kind.as_deref().map(storable),
            namespace: asked.namespace.as_deref().map(storable),
            name: asked.name.as_deref().map(storable),
            user: asked.user.as_deref().map(storable),
            rules: serde_json::to_string(&rules).unwrap_or_default(),
            event: text,
            duration: i64::try_from(decision.nanoseconds).unwrap_or(i64::MAX),
            digest: decision.digest,
            revision: decision.revision,
        })
    }

    /// Input and result, without what must not be recorded. An input that is no JSON is left out as a whole.
    fn masked(&self, decision: &mut Decision) -> (Value, Hidden) {
        let mut event = serde_json::Map::new();
        let input = decision.input.as_deref();
        let input = input.map(serde_json::from_str::<Value>);
        let is_unreadable = matches!(input, Some(Err(_)));
        if let Some(Ok(input)) = input {
            event.insert("input".to_owned(), input);
        }
        event.insert("result".to_owned(), decision.result.take());
        let mut event = Value::Object(event);
        let mut hidden = hide(&mut event, &self.masks, &decision.sensitive);
        if is_unreadable {
            hidden.erased.push("/input".to_owned());
        }
        (event, hidden)
    }

    fn event(
        &self,
        decision: &Decision,
        event: &mut Value,
        hidden: &Hidden,
        number: u64,
    ) -> String {
        let clean = |texts: &[String]| -> Vec<String> {
            let texts = texts.iter();
            texts.map(|text| hidden.without_secrets(text)).collect()
        };
        let rules = decision.findings.iter();
        let asked = &decision.asked;
        let event = Event {
            labels: &self.labels,
            decision_id: &decision.id,
            bundles: Bundles {
                plumbline: Bundle {
                    revision: decision.revision.as_deref().unwrap_or(&decision.digest),
                },
            },
            path: &decision.path,
            input: event.get_mut("input").map(Value::take),
            result: event.get_mut("result").map(Value::take),
            requested_by: decision.requested_by.as_deref(),
            timestamp: timestamp(decision.time),
            metrics: Timers {
                timer_server_handler_ns: decision.nanoseconds,
            },
            erased: &hidden.erased,
            masked: &hidden.masked,
            req_id: number,
            plumbline: Own {
                door: decision.door.as_str(),
                verdict: decision.verdict.as_str(),
                digest: &decision.digest,
                uid: asked.uid.as_deref(),
                operation: asked.operation.as_deref(),
                kind: asked.kind.as_deref(),
                resource: asked.resource.as_deref(),
                namespace: asked.namespace.as_deref(),
                name: asked.name.as_deref(),
                user: asked.user.as_deref(),
                dry_run: asked.dry_run,
                break_glass: decision.break_glass.as_deref(),
                rules: rules.map(|found| Rule::new(found, hidden)).collect(),
                refusals: clean(&decision.refusals),
                warnings: clean(&decision.warnings),
            },
        };
        serde_json::to_string(&event).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Event<'a> {
    labels: &'a BTreeMap<String, String>,
    decision_id: &'a str,
    bundles: Bundles<'a>,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_by: Option<&'a str>,
    timestamp: String,
    metrics: Timers,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    erased: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    masked: &'a [String],
    req_id: u64,
    plumbline: Own<'a>,
}

#[derive(Serialize)]
struct Bundles<'a> {
    plumbline: Bundle<'a>,
}

#[derive(Serialize)]
struct Bundle<'a> {
    revision: &'a str,
}

#[derive(Serialize)]
struct Timers {
    timer_server_handler_ns: u64,
}

/// What OPA has no word for.
#[derive(Serialize)]
struct Own<'a> {
    door: &'static str,
    verdict: &'static str,
    digest: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    break_glass: Option<&'a str>,
    rules: Vec<Rule<'a>>,
    refusals: Vec<String>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Rule<'a> {
    #[serde(rename = "rule")]
    id: &'a str,
    effect: &'static str,
    severity: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'a str>,
}

impl<'a> Rule<'a> {
    fn new(found: &'a Fired, hidden: &Hidden) -> Self {
        Self {
            id: &found.rule,
            effect: found.effect.as_str(),
            severity: found.severity.as_str(),
            message: hidden.without_secrets(&found.message),
            stage: found.stage.as_deref(),
        }
    }
}

/// RFC 3339 in UTC, to the nanosecond.
fn timestamp(time: SystemTime) -> String {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = since.as_secs();
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    format!(
        "{}T{hours:02}:{minutes:02}:{:02}.{:09}Z",
        Date::of_unix_seconds(seconds),
        seconds % 60,
        since.subsec_nanos()
    )
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::timestamp;

    #[test]
    fn a_time_is_written_to_the_nanosecond() {
        let time = SystemTime::UNIX_EPOCH + Duration::new(951_827_696, 12);
        assert_eq!(timestamp(time), "2000-02-29T12:34:56.000000012Z");
        assert_eq!(
            timestamp(SystemTime::UNIX_EPOCH),
            "1970-01-01T00:00:00.000000000Z"
        );
    }
}
