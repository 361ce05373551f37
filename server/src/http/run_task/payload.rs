//! What Terraform sends when it reaches a run task.

use axum::http::{HeaderValue, Uri};
use serde::Deserialize;

use super::Reason;
use super::hosts::{Elsewhere, Hosts};

/// The version of the payload that is read.
const VERSION: u64 = 1;
/// The token of the request that is sent when a task is set up: there is no run behind it.
const TEST_TOKEN: &str = "test-token";
/// The stages at which there is a plan that can still be stopped.
const JUDGED: [&str; 2] = ["post_plan", "pre_apply"];

/// A run to judge.
pub(super) struct Task {
    /// The header that opens what it may ask. It never leaves here but in a request.
    pub(super) token: HeaderValue,
    /// Where the result is told.
    pub(super) callback: Uri,
    /// Where the plan is, or why there is none to judge.
    pub(super) plan: Result<Uri, Reason>,
    /// The stage of the run.
    pub(super) stage: String,
    /// What Terraform calls the result.
    pub(super) result: Option<String>,
    /// `ORGANISATION/WORKSPACE`.
    pub(super) workspace: String,
    /// The run.
    pub(super) run: Option<String>,
    /// Whether nothing will be applied.
    pub(super) is_speculative: bool,
    /// Whether outcomes are understood.
    pub(super) takes_outcomes: bool,
}

/// Why a request is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unusable {
    /// It is no payload.
    #[error("no payload of a run task: it is not so at {0}:{1}")]
    Shape(usize, usize),
    /// It is one of another version.
    #[error("a payload of version {0}, and only version 1 is known")]
    Version(u64),
    /// An address in it is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// An address in it is not asked.
    #[error("`{0}`: {1}")]
    Elsewhere(&'static str, Elsewhere),
    /// The token cannot be sent.
    #[error("`access_token` is no token")]
    Token,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "payload_version")]
    version: u64,
    stage: String,
    access_token: String,
    capabilities: Option<Capabilities>,
    is_speculative: Option<bool>,
    task_result_id: Option<String>,
    task_result_callback_url: Option<String>,
    plan_json_api_url: Option<String>,
    organization_name: Option<String>,
    workspace_name: Option<String>,
    run_id: Option<String>,
}

#[derive(Deserialize)]
struct Capabilities {
    outcomes: Option<bool>,
}

impl Task {
    /// Reads a request; none if it only asks whether somebody is here. No address in it is taken that may not be asked.
    pub(super) fn read(body: &[u8], hosts: &Hosts) -> Result<Option<Self>, Unusable> {
        let payload: Payload = serde_json::from_slice(body)
            .map_err(|error| Unusable::Shape(error.line(), error.column()))?;
        if payload.version != VERSION {
            return Err(Unusable::Version(payload.version));
        }
        if payload.access_token == TEST_TOKEN {
            return Ok(None);
        }
        let address = |key, address: Option<&str>| {
            let address = address.ok_or(Unusable::Missing(key))?;
            let asked = hosts.asked(address);
            asked.map_err(|elsewhere| Unusable::Elsewhere(key, elsewhere))
        };
        let callback = address(
            "task_result_callback_url",
            payload.task_result_callback_url.as_deref(),
        )?;
        // Older releases write the stages with a hyphen.
        let stage = payload.stage.replace('-', "_");
        let plan = if JUDGED.contains(&stage.as_str()) {
            Ok(address(
                "plan_json_api_url",
                payload.plan_json_api_url.as_deref(),
            )?)
        } else {
            Err(Reason::Stage(stage.clone()))
        };
        let names = [payload.organization_name, payload.workspace_name];
        Ok(Some(Self {
            token: bearer(&payload.access_token).ok_or(Unusable::Token)?,
            callback,
            plan,
            stage,
            result: payload.task_result_id,
            workspace: names.map(Option::unwrap_or_default).join("/"),
            run: payload.run_id,
            is_speculative: payload.is_speculative.unwrap_or_default(),
            takes_outcomes: payload
                .capabilities
                .and_then(|capabilities| capabilities.outcomes)
                .unwrap_or(true),
        }))
    }
}

fn bearer(token: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Hosts, Reason, Task, Unusable};

    /// A payload in which some keys are others.
    fn read(changes: &[(&str, Value)]) -> Result<Option<Task>, Unusable> {
        let mut payload = json!({
            "payload_version": 1,
            "stage": "post_plan",
            "access_token": "s3cret",
            "task_result_callback_url": "https://app.terraform.io/api/v2/task-results/1/callback",
            "plan_json_api_url": "https://app.terraform.io/api/v2/plans/plan-1/json-output",
            "organization_name": "acme",
            "workspace_name": "shop",
        });
        for (key, value) in changes {
            payload[*key] = value.clone();
        }
        let hosts = Hosts::new(&["app.terraform.io".to_owned()], false).unwrap();
        Task::read(payload.to_string().as_bytes(), &hosts)
    }

    #[track_caller]
    fn task(changes: &[(&str, Value)]) -> Task {
        read(changes).ok().flatten().unwrap()
    }

    #[track_caller]
    fn check(changes: &[(&str, Value)], expected: &str) {
        let error = read(changes).err().unwrap();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_run_with_a_plan_is_judged() {
        for stage in ["post_plan", "pre_apply", "post-plan"] {
            let task = task(&[("stage", json!(stage))]);
            assert!(task.plan.is_ok(), "{stage}");
            assert_eq!(task.workspace, "acme/shop");
        }
    }

    #[test]
    fn at_other_stages_there_is_nothing_to_judge() {
        for stage in ["pre_plan", "post_apply", "test"] {
            let changes = [("stage", json!(stage)), ("plan_json_api_url", Value::Null)];
            let plan = task(&changes).plan;
            assert_eq!(plan, Err(Reason::Stage(stage.to_owned())));
        }
    }

    #[test]
    fn the_request_of_a_new_task_asks_for_nothing() {
        let asked = read(&[
            ("access_token", json!("test-token")),
            ("stage", json!("test")),
        ]);
        assert!(matches!(asked, Ok(None)));
    }

    #[test]
    fn a_token_is_not_shown() {
        assert_eq!(format!("{:?}", task(&[]).token), "Sensitive");
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        check(
            &[("payload_version", json!(2))],
            "a payload of version 2, and only version 1 is known",
        );
        check(
            &[("plan_json_api_url", Value::Null)],
            "`plan_json_api_url` is missing",
        );
        check(
            &[("task_result_callback_url", json!("https://example.com/x"))],
            "`task_result_callback_url`: `example.com` is none of the hosts that may be asked",
        );
        check(
            &[("plan_json_api_url", json!("http://app.terraform.io/x"))],
            "`plan_json_api_url`: an address is expected that begins with `https://` and a host",
        );
        check(
            &[("access_token", json!("a\nb"))],
            "`access_token` is no token",
        );
    }
}
