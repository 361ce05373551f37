//! The first version of services of Cloud Run, and the first generation of functions.

use super::{Access, DIALECT, Run, SERVICE_ACCESS, endpoint, identity, placement, run};
use crate::estate::{Entity, Model};
use crate::frontend::aws::declared::{Declared, each};
use crate::frontend::aws::variables::{Given, Variable, env_of};
use crate::frontend::aws::{WHY, dig};
use crate::frontend::shared;
use crate::resource::Resource;

/// A service of Cloud Run: its workload and its address.
pub(in crate::frontend::terraform) fn service(resource: &Resource) -> Vec<Entity> {
    let declared = Declared::new(resource, &DIALECT);
    vec![
        run(&declared, &SERVICE),
        endpoint(&declared, &OWN_SERVICE_ACCESS),
    ]
}

/// A function: its workload, and its address if requests start it.
pub(in crate::frontend::terraform) fn function(resource: &Resource) -> Vec<Entity> {
    let declared = Declared::new(resource, &DIALECT);
    let mut entities = vec![workload(&declared)];
    if declared.at(&["event_trigger"]).is_none() {
        entities.push(endpoint(&declared, &FUNCTION_ACCESS));
    }
    entities
}

/// Most of it is written as Knative writes it.
/// <https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services>
const SERVICE: Run = Run {
    form: "container",
    labels: &["metadata", "labels"],
    timeout: (&["template", "spec", "timeout_seconds"], 300),
    scaling: Some([
        &[
            "template",
            "metadata",
            "annotations",
            "autoscaling.knative.dev/minScale",
        ],
        &[
            "template",
            "metadata",
            "annotations",
            "autoscaling.knative.dev/maxScale",
        ],
        &["template", "spec", "container_concurrency"],
    ]),
    retries: None,
    account: &["template", "spec", "service_account_name"],
    network: &[
        "template",
        "metadata",
        "annotations",
        "run.googleapis.com/vpc-access-connector",
    ],
    containers: &["template", "spec", "containers"],
};

const OWN_SERVICE_ACCESS: Access = Access {
    ingress: &["metadata", "annotations", "run.googleapis.com/ingress"],
    grants: SERVICE_ACCESS.grants,
    open: &[
        "metadata",
        "annotations",
        "run.googleapis.com/invoker-iam-disabled",
    ],
    security: &[],
};

const FUNCTION_ACCESS: Access = Access {
    ingress: &["ingress_settings"],
    grants: &[
        (
            "google_cloudfunctions_function_iam_member",
            &["cloud_function"],
        ),
        (
            "google_cloudfunctions_function_iam_binding",
            &["cloud_function"],
        ),
    ],
    open: &[],
    security: &["https_trigger_security_level"],
};

fn workload(declared: &Declared<'_>) -> Entity {
    declared.workload(declared.at(&["name"]), |model| {
        let default = declared.default();
        shared::tags(model, declared.at(&["labels"]));
        model.object(Some("runtime"), declared.under, |model| {
            model.text("form", "function", default);
            model.text("package", "zip", default);
            let language = declared.at(&["runtime"]);
            declared.known(model, "language", language, Model::copy);
        });
        lifetime(model, declared);
        identity(model, declared, declared.at(&["service_account_email"]));
        model.object(Some("network"), declared.under, |model| {
            declared.presence(model, "vpc", declared.at(&["vpc_connector"]));
        });
        placement(model, declared);
        failure(model, declared);
        model.list("containers", declared.under, |model| {
            model.object(None, declared.under, |model| {
                model.text("name", &declared.resource.name, default);
                model.text("role", "container", default);
                let written = declared.at(&["environment_variables"]);
                env_of(model, declared, written, secrets(declared));
                memory(model, declared);
            });
        });
    })
}

/// An instance takes one request at a time, and there may be any number of them.
/// <https://cloud.google.com/functions/docs/reference/rest/v1/projects.locations.functions>
fn lifetime(model: &mut Model, declared: &Declared<'_>) {
    let least = declared.at(&["min_instances"]);
    model.object(Some("lifetime"), declared.under, |model| {
        declared.number_or(model, "max_seconds", declared.at(&["timeout"]), 60);
        declared.number_or(model, "min_instances", least, 0);
        let most = declared.at(&["max_instances"]);
        declared.known(model, "max_instances", most, Model::integer);
        let warm = least.is_some_and(|least| least.raw() != Some("0"));
        model.truth("scale_to_zero", !warm, declared.origin(least));
        model.number_at("concurrency", 1, declared.default());
    });
}

fn failure(model: &mut Model, declared: &Declared<'_>) {
    let trigger = declared.at(&["event_trigger"]);
    declared.presence(model, "invoked_asynchronously", trigger);
    if trigger.is_some() {
        let retry = declared.at(&["event_trigger", "failure_policy", "retry"]);
        model.object(Some("failure"), declared.under, |model| {
            declared.truth_or(model, "retried", retry, false);
        });
    }
}

fn secrets<'a>(declared: &Declared<'a>) -> Vec<Variable<'a>> {
    let secrets = declared.at(&["secret_environment_variables"]);
    let secrets = secrets.into_iter().flat_map(each).filter_map(|secret| {
        Some(Variable {
            name: dig(secret, &["key"])?.raw()?,
            given: Given::Secret,
            from: secret.id(),
        })
    });
    secrets.collect()
}

/// `resources.limits`: 256 mebibytes where nothing is written.
fn memory(model: &mut Model, declared: &Declared<'_>) {
    const KEY: &str = "memory_bytes";
    const MEBIBYTE: i64 = 1024 * 1024;
    let written = declared.at(&["available_memory_mb"]);
    model.object(Some("resources"), declared.under, |model| {
        model.object(Some("limits"), declared.under, |model| {
            let Some(view) = written else {
                return model.number_at(KEY, 256 * MEBIBYTE, declared.default());
            };
            match declared.text(view).map(str::parse::<i64>) {
                None => model.unknown(KEY, WHY, view.id()),
                Some(Ok(size)) => model.number(KEY, size.saturating_mul(MEBIBYTE), view.id()),
                Some(Err(_)) => {}
            }
        });
    });
}
