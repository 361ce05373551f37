//! Functions of Azure: what runs, and who may call it.

pub(super) mod container;
pub(super) mod subscription;

use super::DIALECT;
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::aws::declared::{Declared, Path, truth};
use crate::frontend::aws::variables::env_of;
use crate::frontend::aws::{WHY, dig};
use crate::frontend::shared;
use crate::resource::Resource;
use crate::tree::{Origin, View};

/// Where a type of app says what.
#[derive(Debug)]
pub(super) struct App {
    os: &'static str,
    /// How many instances there may be, and what holds where nothing is written.
    most: (Path, Option<i64>),
    least: Path,
    stack: fn(&mut Model, &Declared<'_>),
}

pub(super) static LINUX: App = App {
    os: "linux",
    most: (&["site_config", "app_scale_limit"], None),
    least: &["site_config", "elastic_instance_minimum"],
    stack,
};

pub(super) static WINDOWS: App = App {
    os: "windows",
    most: (&["site_config", "app_scale_limit"], None),
    least: &["site_config", "elastic_instance_minimum"],
    stack,
};

/// <https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan>
pub(super) static FLEX: App = App {
    os: "linux",
    most: (&["maximum_instance_count"], Some(100)),
    least: &["always_ready", "instance_count"],
    stack: flex_stack,
};

/// An app of functions: its workload and its address.
pub(super) fn function(resource: &Resource, app: &App) -> Vec<Entity> {
    let declared = Declared::new(resource, &DIALECT);
    vec![workload(&declared, app), endpoint(&declared)]
}

fn workload(declared: &Declared<'_>, app: &App) -> Entity {
    declared.workload(declared.at(&["name"]), |model| {
        let default = declared.default();
        shared::tags(model, declared.at(&["tags"]));
        runtime(model, declared, app);
        model.object(Some("lifetime"), declared.under, |model| {
            let (most, otherwise) = app.most;
            match (declared.at(most), otherwise) {
                (None, Some(number)) => model.number_at("max_instances", number, default),
                (most, _) => declared.known(model, "max_instances", most, Model::integer),
            }
            declared.number_or(model, "min_instances", declared.at(app.least), 0);
        });
        identity(model, declared);
        model.object(Some("network"), declared.under, |model| {
            let subnet = declared.at(&["virtual_network_subnet_id"]);
            declared.presence(model, "vpc", subnet);
        });
        model.object(Some("placement"), declared.under, |model| {
            let region = declared.region(&["location"]);
            declared.known(model, "region", region, Model::copy);
        });
        model.object(Some("observability"), declared.under, |model| {
            declared.presence(model, "tracing", traced(declared));
        });
        model.list("containers", declared.under, |model| {
            model.object(None, declared.under, |model| {
                model.text("name", &declared.resource.name, default);
                model.text("role", "container", default);
                let settings = declared.at(&["app_settings"]);
                env_of(model, declared, settings, Vec::new());
            });
        });
    })
}

/// What acts for itself is called by its own name.
fn identity(model: &mut Model, declared: &Declared<'_>) {
    if let Some(identity) = declared.at(&["identity"]) {
        model.object(Some("identity"), identity.id(), |model| {
            model.text("name", &declared.resource.name, declared.default());
        });
    }
}

fn runtime(model: &mut Model, declared: &Declared<'_>, app: &App) {
    model.object(Some("runtime"), declared.under, |model| {
        let default = declared.default();
        model.text("form", "function", default);
        model.text("os", app.os, default);
        (app.stack)(model, declared);
    });
}

/// `runtime.language`: `python3.12`, of what a stack calls `python_version = "3.12"`. On Windows, some versions begin
/// with `~` or `v`.
fn stack(model: &mut Model, declared: &Declared<'_>) {
    let stack = declared.at(&["site_config", "application_stack"]);
    let image = stack.and_then(|stack| dig(stack, &["docker"]));
    let package = if image.is_some() { "image" } else { "zip" };
    model.text("package", package, declared.origin(image));
    for (key, language) in LANGUAGES {
        let version = stack.and_then(|stack| dig(stack, &[*key]));
        let text = version.and_then(|version| declared.text(version));
        if let Some((version, text)) = version.zip(text) {
            let origin = Origin::Derived { from: version.id() };
            let number = text.trim_start_matches(['~', 'v']);
            model.text("language", &format!("{language}{number}"), origin);
            break;
        }
    }
}

/// `runtime.language`: `python3.12`, of what is called `runtime_name = "python"` and `runtime_version = "3.12"`.
fn flex_stack(model: &mut Model, declared: &Declared<'_>) {
    model.text("package", "zip", declared.default());
    let (name, version) = (
        declared.at(&["runtime_name"]),
        declared.at(&["runtime_version"]),
    );
    let text = |view: View<'_>| declared.text(view).map(str::to_owned);
    let Some((version, number)) = version.and_then(|view| Some((view, text(view)?))) else {
        return;
    };
    if let Some(name) = name.and_then(text) {
        let known = RUNTIMES.iter().find(|(of, _)| *of == name);
        let language = known.map_or(name.as_str(), |(_, language)| *language);
        let origin = Origin::Derived { from: version.id() };
        model.text("language", &format!("{language}{number}"), origin);
    }
}

/// Names of runtimes that differ from the languages.
const RUNTIMES: &[(&str, &str)] = &[("node", "nodejs"), ("dotnet-isolated", "dotnet")];

/// Versions of a stack, and the language of each.
const LANGUAGES: &[(&str, &str)] = &[
    ("python_version", "python"),
    ("node_version", "nodejs"),
    ("java_version", "java"),
    ("dotnet_version", "dotnet"),
    ("powershell_core_version", "powershell"),
];

/// What sends traces to Application Insights: a setting of its own, or the variable that it becomes.
fn traced<'a>(declared: &Declared<'a>) -> Option<View<'a>> {
    const WAYS: &[&[&str]] = &[
        &["site_config", "application_insights_connection_string"],
        &["site_config", "application_insights_key"],
        &["app_settings", "APPLICATIONINSIGHTS_CONNECTION_STRING"],
        &["app_settings", "APPINSIGHTS_INSTRUMENTATIONKEY"],
    ];
    WAYS.iter().find_map(|path| declared.at(path))
}

fn endpoint(declared: &Declared<'_>) -> Entity {
    declared.entity(EntityKind::Endpoint, |model| {
        let default = declared.default();
        model.text("form", "url", default);
        match declared.at(&["public_network_access_enabled"]) {
            Some(view) if declared.is_unknown(view) => model.unknown("exposure", WHY, view.id()),
            written => {
                let open = written.and_then(truth) != Some(false);
                let word = if open { "public" } else { "internal" };
                model.text("exposure", word, declared.origin(written));
            }
        }
        authentication(model, declared);
        model.truth("rate_limit", false, default);
        declared.truth_or(model, "tls", declared.at(&["https_only"]), false);
        model.text("target", &declared.resource.name, default);
    })
}

/// Where a version of the settings says what: the block, whether it is on, whether those without an account are let
/// in.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("auth_settings_v2", "auth_enabled", "unauthenticated_action"),
    ("auth_settings", "enabled", "unauthenticated_client_action"),
];

/// Without settings, each function says in its code whether it asks for a key, which nobody can know here.
fn authentication(model: &mut Model, declared: &Declared<'_>) {
    for (block, enabled, action) in SETTINGS {
        let Some(written) = declared.at(&[*block]) else {
            continue;
        };
        let is_on = dig(written, &[*enabled]).and_then(truth) == Some(true);
        let action = dig(written, &[*action]);
        let lets_in = action.and_then(View::raw) == Some("AllowAnonymous");
        if is_on && !lets_in {
            let from = written.id();
            model.text("authentication", "jwt", Origin::Derived { from });
            return;
        }
    }
}
