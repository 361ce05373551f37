//! Services, jobs and functions of Google Cloud: what runs, and who may call it.

pub(super) mod first;
pub(super) mod trigger;

use super::DIALECT;
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::aws::bus::seconds;
use crate::frontend::aws::declared::{Declared, Path, each, truth};
use crate::frontend::aws::store::may_be;
use crate::frontend::aws::variables::{Given, Variable, env, env_of};
use crate::frontend::aws::{WHY, dig};
use crate::frontend::kubernetes::quantity;
use crate::frontend::shared;
use crate::resource::Resource;
use crate::tree::{Origin, View};

/// A service of Cloud Run: its workload and its address.
pub(super) fn service(resource: &Resource) -> Vec<Entity> {
    let declared = Declared::new(resource, &DIALECT);
    vec![
        run(&declared, &SERVICE),
        endpoint(&declared, &SERVICE_ACCESS),
    ]
}

/// A job of Cloud Run, which nobody calls.
pub(super) fn job(resource: &Resource) -> Vec<Entity> {
    vec![run(&Declared::new(resource, &DIALECT), &JOB)]
}

/// A function: its workload, and its address if requests start it.
pub(super) fn function(resource: &Resource) -> Vec<Entity> {
    let declared = Declared::new(resource, &DIALECT);
    let mut entities = vec![function_workload(&declared)];
    if declared.at(&["event_trigger"]).is_none() {
        entities.push(endpoint(&declared, &FUNCTION_ACCESS));
    }
    entities
}

/// Where a type of Cloud Run says what.
struct Run {
    form: &'static str,
    labels: Path,
    /// How long a request or a task may take, and what holds where nothing is written.
    timeout: (Path, i64),
    /// How many instances there are at least and at most, and how many requests each of them takes at once.
    scaling: Option<[Path; 3]>,
    /// How often a task is tried again, and what holds where nothing is written.
    retries: Option<(Path, i64)>,
    account: Path,
    network: Path,
    containers: Path,
}

const SERVICE: Run = Run {
    form: "container",
    labels: &["labels"],
    timeout: (&["template", "timeout"], 300),
    scaling: Some([
        &["template", "scaling", "min_instance_count"],
        &["template", "scaling", "max_instance_count"],
        &["template", "max_instance_request_concurrency"],
    ]),
    retries: None,
    account: &["template", "service_account"],
    network: &["template", "vpc_access"],
    containers: &["template", "containers"],
};

/// <https://cloud.google.com/run/docs/create-jobs>
const JOB: Run = Run {
    form: "job",
    labels: &["labels"],
    timeout: (&["template", "template", "timeout"], 600),
    scaling: None,
    retries: Some((&["template", "template", "max_retries"], 3)),
    account: &["template", "template", "service_account"],
    network: &["template", "template", "vpc_access"],
    containers: &["template", "template", "containers"],
};

fn run(declared: &Declared<'_>, spelling: &Run) -> Entity {
    let at = |path: Path| declared.at(path);
    declared.workload(at(&["name"]), |model| {
        let default = declared.default();
        shared::tags(model, at(spelling.labels));
        model.object(Some("runtime"), declared.under, |model| {
            model.text("form", spelling.form, default);
        });
        model.object(Some("lifetime"), declared.under, |model| {
            let (written, otherwise) = spelling.timeout;
            timeout(model, declared, at(written), otherwise);
            if let Some([least, most, concurrency]) = spelling.scaling {
                scaling(model, declared, at(least), at(most));
                declared.number_or(model, "concurrency", at(concurrency), 80);
            }
        });
        identity(model, declared, at(spelling.account));
        model.object(Some("network"), declared.under, |model| {
            declared.presence(model, "vpc", at(spelling.network));
        });
        placement(model, declared);
        if let Some((written, otherwise)) = spelling.retries {
            model.object(Some("failure"), declared.under, |model| {
                declared.number_or(model, "retries", at(written), otherwise);
            });
        }
        let containers = at(spelling.containers);
        let from = containers.map_or(declared.under, View::id);
        model.list("containers", from, |model| {
            for container in containers.into_iter().flat_map(each) {
                model.object(None, container.id(), |model| {
                    of_service(model, declared, container);
                });
            }
        });
    })
}

/// A container of a service or a job. The two versions of a service name a secret in two ways.
fn of_service(model: &mut Model, declared: &Declared<'_>, container: View<'_>) {
    let under = container.id();
    match dig(container, &["name"]) {
        Some(name) => declared.known(model, "name", Some(name), Model::copy),
        None => model.text("name", &declared.resource.name, Origin::Default { under }),
    }
    model.text("role", "container", Origin::Default { under });
    let image = dig(container, &["image"]);
    match image {
        Some(image) if declared.is_unknown(image) => model.unknown("image", WHY, image.id()),
        image => shared::image(model, image),
    }
    let listed = dig(container, &["env"]).into_iter().flat_map(each);
    let variables: Vec<Variable<'_>> = listed
        .filter_map(|variable| {
            let name = dig(variable, &["name"])?.raw()?;
            let from = variable.id();
            Some(match dig(variable, &["value"]) {
                Some(value) => Variable::written(declared, name, value, value.id()),
                None if SOURCES.iter().any(|key| dig(variable, &[*key]).is_some()) => Variable {
                    name,
                    given: Given::Secret,
                    from,
                },
                None => Variable {
                    name,
                    given: Given::Literal(""),
                    from,
                },
            })
        })
        .collect();
    env(model, under, &variables);
    let (cpu, memory) = (
        dig(container, &["resources", "limits", "cpu"]),
        dig(container, &["resources", "limits", "memory"]),
    );
    model.object(Some("resources"), under, |model| {
        limits(model, declared, cpu, memory);
    });
}

/// Where a variable names the store that its value is from.
const SOURCES: &[&str] = &["value_source", "value_from"];

fn function_workload(declared: &Declared<'_>) -> Entity {
    let at = |path: Path| declared.at(path);
    declared.workload(at(&["name"]), |model| {
        let default = declared.default();
        shared::tags(model, at(&["labels"]));
        model.object(Some("runtime"), declared.under, |model| {
            model.text("form", "function", default);
            model.text("package", "zip", default);
            let language = at(&["build_config", "runtime"]);
            declared.known(model, "language", language, Model::copy);
        });
        model.object(Some("lifetime"), declared.under, |model| {
            timeout(
                model,
                declared,
                at(&["service_config", "timeout_seconds"]),
                60,
            );
            let (least, most) = (
                &["service_config", "min_instance_count"],
                &["service_config", "max_instance_count"],
            );
            scaling(model, declared, at(least), at(most));
            let concurrency = at(&["service_config", "max_instance_request_concurrency"]);
            declared.number_or(model, "concurrency", concurrency, 1);
        });
        identity(
            model,
            declared,
            at(&["service_config", "service_account_email"]),
        );
        model.object(Some("network"), declared.under, |model| {
            declared.presence(model, "vpc", at(&["service_config", "vpc_connector"]));
        });
        placement(model, declared);
        failure(model, declared);
        model.list("containers", declared.under, |model| {
            model.object(None, declared.under, |model| {
                model.text("name", &declared.resource.name, default);
                model.text("role", "container", default);
                let written = at(&["service_config", "environment_variables"]);
                env_of(model, declared, written, secrets(declared));
                model.object(Some("resources"), declared.under, |model| {
                    let cpu = at(&["service_config", "available_cpu"]);
                    let memory = at(&["service_config", "available_memory"]);
                    limits(model, declared, cpu, memory);
                });
            });
        });
    })
}

/// What is called with an event and nobody waits for. A function that is retried loses nothing for a week.
/// <https://cloud.google.com/functions/docs/bestpractices/retries>
fn failure(model: &mut Model, declared: &Declared<'_>) {
    let trigger = declared.at(&["event_trigger"]);
    declared.presence(model, "invoked_asynchronously", trigger);
    let policy = declared.at(&["event_trigger", "retry_policy"]);
    let retried = policy.and_then(View::raw) == Some("RETRY_POLICY_RETRY");
    if trigger.is_some() {
        model.object(Some("failure"), declared.under, |model| {
            model.truth("retried", retried, declared.origin(policy));
        });
    }
}

/// The variables of a function that a store of secrets holds.
fn secrets<'a>(declared: &Declared<'a>) -> Vec<Variable<'a>> {
    let secrets = declared.at(&["service_config", "secret_environment_variables"]);
    let secrets = secrets.into_iter().flat_map(each).filter_map(|secret| {
        Some(Variable {
            name: dig(secret, &["key"])?.raw()?,
            given: Given::Secret,
            from: secret.id(),
        })
    });
    secrets.collect()
}

fn timeout(model: &mut Model, declared: &Declared<'_>, written: Option<View<'_>>, default: i64) {
    match written {
        None => model.number_at("max_seconds", default, declared.default()),
        Some(view) if declared.is_unknown(view) => model.unknown("max_seconds", WHY, view.id()),
        Some(view) => {
            if let Some(number) = view.raw().and_then(seconds) {
                model.number("max_seconds", number, view.id());
            }
        }
    }
}

/// Nothing runs where nothing is asked for, and up to 100 instances where nothing else is said.
fn scaling(
    model: &mut Model,
    declared: &Declared<'_>,
    least: Option<View<'_>>,
    most: Option<View<'_>>,
) {
    declared.number_or(model, "min_instances", least, 0);
    declared.number_or(model, "max_instances", most, 100);
    let warm = least.is_some_and(|least| least.raw() != Some("0"));
    model.truth("scale_to_zero", !warm, declared.origin(least));
}

fn identity(model: &mut Model, declared: &Declared<'_>, written: Option<View<'_>>) {
    if let Some(account) = written {
        model.object(Some("identity"), account.id(), |model| {
            declared.reference(model, "name", Some(account));
        });
    }
}

fn placement(model: &mut Model, declared: &Declared<'_>) {
    model.object(Some("placement"), declared.under, |model| {
        let region = declared.region(&["location"]);
        declared.known(model, "region", region, Model::copy);
    });
}

/// `limits`: amounts as Kubernetes writes them.
pub(super) fn limits(
    model: &mut Model,
    declared: &Declared<'_>,
    cpu: Option<View<'_>>,
    memory: Option<View<'_>>,
) {
    type Read = fn(&str) -> Option<i64>;
    let amounts: [(&str, Option<View<'_>>, Read); 2] = [
        ("cpu_m", cpu, quantity::milli),
        ("memory_bytes", memory, quantity::whole),
    ];
    let from = cpu.or(memory).map(View::id);
    let Some(from) = from else { return };
    model.object(Some("limits"), from, |model| {
        for (key, written, read) in amounts {
            let Some(view) = written else { continue };
            if declared.is_unknown(view) {
                model.unknown(key, WHY, view.id());
            } else if let Some(amount) = view.raw().and_then(read) {
                model.number(key, amount, view.id());
            }
        }
    });
}

/// Where a type says who may call it.
struct Access {
    ingress: Path,
    /// Types of resources that let somebody call it, and where each names it.
    grants: &'static [(&'static str, Path)],
    /// What lets everybody call it.
    open: Path,
    /// Whether requests in the clear are answered; no way: they are not.
    security: Path,
}

const SERVICE_ACCESS: Access = Access {
    ingress: &["ingress"],
    grants: &[
        ("google_cloud_run_v2_service_iam_member", &["name"]),
        ("google_cloud_run_v2_service_iam_binding", &["name"]),
        ("google_cloud_run_service_iam_member", &["service"]),
        ("google_cloud_run_service_iam_binding", &["service"]),
    ],
    open: &["invoker_iam_disabled"],
    security: &[],
};

const FUNCTION_ACCESS: Access = Access {
    ingress: &["service_config", "ingress_settings"],
    grants: &[
        (
            "google_cloudfunctions2_function_iam_member",
            &["cloud_function"],
        ),
        (
            "google_cloudfunctions2_function_iam_binding",
            &["cloud_function"],
        ),
        ("google_cloud_run_service_iam_member", &["service"]),
        ("google_cloud_run_service_iam_binding", &["service"]),
        ("google_cloud_run_v2_service_iam_member", &["name"]),
        ("google_cloud_run_v2_service_iam_binding", &["name"]),
    ],
    open: &[],
    security: &[],
};

/// Settings of ingress that let the internet in.
const PUBLIC: &[&str] = &["INGRESS_TRAFFIC_ALL", "ALLOW_ALL", "all"];

/// Members that stand for everybody, or for whoever has an account anywhere.
const EVERYBODY: &[&str] = &["allUsers", "allAuthenticatedUsers"];

fn endpoint(declared: &Declared<'_>, access: &Access) -> Entity {
    declared.entity(EntityKind::Endpoint, |model| {
        let default = declared.default();
        model.text("form", "url", default);
        match declared.at(access.ingress) {
            Some(view) if declared.is_unknown(view) => model.unknown("exposure", WHY, view.id()),
            written => {
                let open = written.is_none_or(|view| {
                    let text = view.raw();
                    text.is_some_and(|text| PUBLIC.contains(&text))
                });
                let word = if open { "public" } else { "internal" };
                model.text("exposure", word, declared.origin(written));
            }
        }
        match opened(declared, access) {
            Some(view) if declared.is_unknown(view) => {
                model.unknown("authentication", WHY, view.id());
            }
            Some(view) => {
                let from = view.id();
                model.text("authentication", "none", Origin::Derived { from });
            }
            None => model.text("authentication", "iam", default),
        }
        model.truth("rate_limit", false, default);
        tls(model, declared, access);
        model.text("target", &declared.resource.name, default);
    })
}

/// Requests in the clear are sent on to an encrypted address. The first functions leave that to whoever deploys them,
/// so what holds for one that says nothing is not known here.
fn tls(model: &mut Model, declared: &Declared<'_>, access: &Access) {
    match declared.at(access.security) {
        Some(view) if declared.is_unknown(view) => model.unknown("tls", WHY, view.id()),
        Some(view) => {
            let secure = view.raw() == Some("SECURE_ALWAYS");
            model.truth("tls", secure, Origin::Derived { from: view.id() });
        }
        None if access.security.is_empty() => model.truth("tls", true, declared.default()),
        None => {}
    }
}

/// What lets everybody call it, or else what may.
fn opened<'a>(declared: &Declared<'a>, access: &Access) -> Option<View<'a>> {
    let own = declared.at(access.open);
    let own = own.filter(|open| truth(*open) == Some(true));
    own.or_else(|| {
        let name = declared.at(&["name"]);
        let granted = access.grants.iter().flat_map(|(kind, path)| {
            let mentioning = declared.mentioning(kind, name).into_iter();
            mentioning.filter(move |grant| {
                dig(*grant, path).is_some_and(|named| declared.is_this(named, name))
            })
        });
        let members: Vec<View<'a>> = granted.flat_map(members).collect();
        let is_everybody = |member: &&View<'a>| {
            let text = member.raw();
            text.is_some_and(|text| EVERYBODY.contains(&text))
        };
        let may_be_everybody =
            |member: &&View<'a>| declared.is_unknown(**member) && may_be(**member, EVERYBODY);
        let found = members.iter().find(is_everybody);
        found.or(members.iter().find(may_be_everybody)).copied()
    })
}

/// The members of a grant.
fn members(grant: View<'_>) -> impl Iterator<Item = View<'_>> {
    let one = dig(grant, &["member"]);
    one.into_iter()
        .chain(dig(grant, &["members"]).into_iter().flat_map(each))
}
