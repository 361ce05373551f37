//! Container apps of Azure: what runs, and where requests reach it.

use super::{DIALECT, identity};
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::aws::declared::{Declared, each, truth};
use crate::frontend::aws::variables::{Given, Variable, env};
use crate::frontend::aws::{WHY, dig};
use crate::frontend::shared;
use crate::frontend::terraform::google::limits;
use crate::resource::Resource;
use crate::tree::{Origin, View};

/// A container app: its workload, and its address if it takes requests.
pub(in crate::frontend::terraform) fn app(resource: &Resource) -> Vec<Entity> {
    let declared = Declared::new(resource, &DIALECT);
    let mut entities = vec![workload(&declared)];
    let ingress = declared.at(&["ingress"]);
    entities.extend(ingress.map(|ingress| endpoint(&declared, ingress)));
    entities
}

fn workload(declared: &Declared<'_>) -> Entity {
    declared.workload(declared.at(&["name"]), |model| {
        shared::tags(model, declared.at(&["tags"]));
        model.object(Some("runtime"), declared.under, |model| {
            model.text("form", "container", declared.default());
        });
        scaling(model, declared);
        identity(model, declared);
        model.object(Some("state"), declared.under, |model| {
            let kept = kept(declared);
            model.truth("persistent", kept.is_some(), declared.origin(kept));
        });
        model.list("containers", declared.under, |model| {
            for (block, role) in [("init_container", "init"), ("container", "container")] {
                let containers = declared.at(&["template", block]);
                for container in containers.into_iter().flat_map(each) {
                    model.object(None, container.id(), |model| {
                        of_app(model, declared, container, role);
                    });
                }
            }
        });
    })
}

/// Nothing runs where nothing is asked for, and up to 10 replicas where nothing else is said.
/// <https://learn.microsoft.com/azure/container-apps/scale-app>
fn scaling(model: &mut Model, declared: &Declared<'_>) {
    let least = declared.at(&["template", "min_replicas"]);
    let most = declared.at(&["template", "max_replicas"]);
    model.object(Some("lifetime"), declared.under, |model| {
        declared.number_or(model, "min_instances", least, 0);
        declared.number_or(model, "max_instances", most, 10);
        match least {
            Some(view) if declared.is_unknown(view) => {
                model.unknown("scale_to_zero", WHY, view.id());
            }
            least => {
                let none = least.is_none_or(|least| least.raw() == Some("0"));
                model.truth("scale_to_zero", none, declared.origin(least));
            }
        }
    });
}

/// What outlives the app: a volume of files.
fn kept<'a>(declared: &Declared<'a>) -> Option<View<'a>> {
    const FILES: &[&str] = &["AzureFile", "NfsAzureFile"];
    let volumes = declared.at(&["template", "volume"]);
    let volumes = volumes.into_iter().flat_map(each);
    let mut kinds = volumes.filter_map(|volume| dig(volume, &["storage_type"]));
    kinds.find(|kind| kind.raw().is_some_and(|kind| FILES.contains(&kind)))
}

fn of_app(model: &mut Model, declared: &Declared<'_>, container: View<'_>, role: &str) {
    let under = container.id();
    match dig(container, &["name"]) {
        None => model.text("name", &declared.resource.name, Origin::Default { under }),
        name => declared.known(model, "name", name, Model::copy),
    }
    model.text("role", role, Origin::Default { under });
    match dig(container, &["image"]) {
        Some(image) if declared.is_unknown(image) => model.unknown("image", WHY, image.id()),
        image => shared::image(model, image),
    }
    env(model, under, &variables(declared, container));
    model.object(Some("resources"), under, |model| {
        let (cpu, memory) = (dig(container, &["cpu"]), dig(container, &["memory"]));
        limits(model, declared, cpu, memory);
    });
}

fn variables<'a>(declared: &Declared<'a>, container: View<'a>) -> Vec<Variable<'a>> {
    let listed = dig(container, &["env"]).into_iter().flat_map(each);
    let read = |variable: View<'a>| {
        let name = dig(variable, &["name"])?.raw()?;
        if let Some(secret) = dig(variable, &["secret_name"]) {
            return Some(of_secret(declared, name, secret));
        }
        Some(match dig(variable, &["value"]) {
            Some(value) => Variable::written(declared, name, value, value.id()),
            None => Variable {
                name,
                given: Given::Literal(""),
                from: variable.id(),
            },
        })
    };
    listed.filter_map(read).collect()
}

/// A variable that is given a secret of the app. A secret whose value is written beside it is none.
fn of_secret<'a>(declared: &Declared<'a>, name: &'a str, named: View<'a>) -> Variable<'a> {
    let secrets = declared.at(&["secret"]).into_iter().flat_map(each);
    let is_named = |secret: &View<'a>| {
        let own = dig(*secret, &["name"]).and_then(View::raw);
        own.is_some() && own == named.raw()
    };
    let of_name = secrets.filter(is_named);
    let mut values = of_name.filter_map(|secret| dig(secret, &["value"]));
    match values.find(|value| declared.text(*value).is_some()) {
        Some(value) => Variable::written(declared, name, value, value.id()),
        None => Variable {
            name,
            given: Given::Secret,
            from: named.id(),
        },
    }
}

/// An app is reached from within its environment, and by HTTPS alone, unless it says otherwise.
/// <https://learn.microsoft.com/azure/container-apps/ingress-overview>
fn endpoint(declared: &Declared<'_>, ingress: View<'_>) -> Entity {
    declared.entity(EntityKind::Endpoint, |model| {
        let default = declared.default();
        model.text("form", "url", default);
        match dig(ingress, &["external_enabled"]) {
            Some(view) if declared.is_unknown(view) => model.unknown("exposure", WHY, view.id()),
            written => {
                let open = written.and_then(truth) == Some(true);
                let word = if open { "public" } else { "internal" };
                model.text("exposure", word, declared.origin(written));
            }
        }
        // Without a certificate, the app says in its code whom it asks, which nobody can know here.
        let clients = dig(ingress, &["client_certificate_mode"]);
        if let Some(mode) = clients.filter(|mode| mode.raw() == Some("require")) {
            model.text("authentication", "iam", Origin::Derived { from: mode.id() });
        }
        model.truth("rate_limit", false, default);
        tls(model, declared, ingress);
        model.text("target", &declared.resource.name, default);
    })
}

/// What is passed on as TCP may be encrypted by what speaks it.
fn tls(model: &mut Model, declared: &Declared<'_>, ingress: View<'_>) {
    let transport = dig(ingress, &["transport"]);
    if transport.and_then(View::raw) == Some("tcp") {
        return;
    }
    match dig(ingress, &["allow_insecure_connections"]) {
        Some(view) if declared.is_unknown(view) => model.unknown("tls", WHY, view.id()),
        written => {
            let plain = written.and_then(truth) == Some(true);
            model.truth("tls", !plain, declared.origin(written));
        }
    }
}
