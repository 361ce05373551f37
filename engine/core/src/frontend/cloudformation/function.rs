//! Functions: `AWS::Lambda::Function`, and SAM's `AWS::Serverless::Function`.

use super::intrinsic::{Call, referred};
use super::queue;
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared;
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

/// Where the two types of function say the same.
struct Spelling {
    name: &'static str,
    image: &'static [&'static str],
    dead_letter: &'static [&'static str],
    tracing: &'static [&'static str],
}

const LAMBDA: Spelling = Spelling {
    name: "FunctionName",
    image: &["Code", "ImageUri"],
    dead_letter: &["DeadLetterConfig", "TargetArn"],
    tracing: &["TracingConfig", "Mode"],
};

const SERVERLESS: Spelling = Spelling {
    name: "FunctionName",
    image: &["ImageUri"],
    dead_letter: &["DeadLetterQueue", "TargetArn"],
    tracing: &["Tracing"],
};

pub(super) fn lambda(resource: &Resource) -> Vec<Entity> {
    vec![function(resource, &LAMBDA)]
}

pub(super) fn serverless(resource: &Resource) -> Vec<Entity> {
    let mut entities = vec![function(resource, &SERVERLESS)];
    entities.extend(queue::of_events(resource));
    entities
}

fn function(resource: &Resource, spelling: &Spelling) -> Entity {
    let root = resource.view();
    let function = Function {
        resource,
        spelling,
        under: root.get("Properties").map_or(root.id(), View::id),
        properties: root.get("Properties"),
    };
    let mut model = Model::default();
    model.object(None, function.under, |model| function.fill(model));
    Entity::new(EntityKind::Workload, resource.name.clone(), model.finish())
}

struct Function<'a> {
    resource: &'a Resource,
    spelling: &'a Spelling,
    properties: Option<View<'a>>,
    /// Where a property would stand that is not written.
    under: NodeId,
}

impl<'a> Function<'a> {
    fn at(&self, path: &[&str]) -> Option<View<'a>> {
        self.properties?.at(path).filter(|view| !view.is_null())
    }

    fn default(&self) -> Origin {
        Origin::Default { under: self.under }
    }

    fn fill(&self, model: &mut Model) {
        match self
            .at(&[self.spelling.name])
            .filter(|name| name.raw().is_some())
        {
            Some(name) => model.copy("name", Some(name)),
            None => model.text("name", &self.resource.name, self.default()),
        }
        shared::tags(model, self.at(&["Tags"]));
        self.runtime(model);
        self.lifetime(model);
        self.identity(model);
        self.state(model);
        model.object(Some("network"), self.under, |model| {
            let inside = self.at(&["VpcConfig", "SubnetIds"]);
            self.presence(model, "vpc", inside);
        });
        self.observability(model);
        self.failure(model);
        let asynchronous = self.asynchronous();
        self.presence(model, "invoked_asynchronously", asynchronous);
        self.resources(model, "MemorySize");
        self.container(model);
    }

    /// True where something is written, else the default `false`.
    fn presence(&self, model: &mut Model, key: &str, written: Option<View<'_>>) {
        match written {
            Some(written) => model.truth(key, true, Origin::Derived { from: written.id() }),
            None => model.truth(key, false, self.default()),
        }
    }

    fn runtime(&self, model: &mut Model) {
        let package = self.at(&["PackageType"]).and_then(View::raw);
        let image = package == Some("Image") || self.at(self.spelling.image).is_some();
        model.object(Some("runtime"), self.under, |model| {
            model.text("form", "function", self.default());
            model.text(
                "package",
                if image { "image" } else { "zip" },
                self.default(),
            );
            known(model, "language", self.at(&["Runtime"]), Model::copy);
        });
    }

    fn lifetime(&self, model: &mut Model) {
        model.object(Some("lifetime"), self.under, |model| {
            match self.at(&["Timeout"]) {
                Some(written) => known(model, "max_seconds", Some(written), Model::integer),
                None => model.number_at("max_seconds", 3, self.default()),
            }
            let reserved = self.at(&["ReservedConcurrentExecutions"]);
            known(model, "max_instances", reserved, Model::integer);
            let warm = self.at(&[
                "ProvisionedConcurrencyConfig",
                "ProvisionedConcurrentExecutions",
            ]);
            match warm {
                Some(written) => known(model, "min_instances", Some(written), Model::integer),
                None => model.number_at("min_instances", 0, self.default()),
            }
            model.truth("scale_to_zero", warm.is_none(), self.default());
            model.number_at("concurrency", 1, self.default());
        });
    }

    fn identity(&self, model: &mut Model) {
        let role = self.at(&["Role"]);
        model.object(
            Some("identity"),
            role.map_or(self.under, View::id),
            |model| {
                match role.map(|role| (role, referred(role))) {
                    Some((role, Some(name))) => {
                        model.text("name", name, Origin::Derived { from: role.id() });
                    }
                    Some((role, None)) => known(model, "name", Some(role), Model::copy),
                    // SAM makes a role of its own for each function.
                    None => model.text("name", &self.resource.name, self.default()),
                }
            },
        );
    }

    fn state(&self, model: &mut Model) {
        let files = self
            .at(&["FileSystemConfigs"])
            .filter(|list| list.items().next().is_some());
        model.object(Some("state"), files.map_or(self.under, View::id), |model| {
            self.presence(model, "persistent", files);
            let Some(files) = files else { return };
            model.list("mounts", files.id(), |model| {
                for mount in files.items().filter(|mount| mount.is_mapping()) {
                    model.object(None, mount.id(), |model| {
                        model.text("kind", "file_system", Origin::Derived { from: mount.id() });
                        known(model, "path", mount.get("LocalMountPath"), Model::copy);
                    });
                }
            });
        });
    }

    fn observability(&self, model: &mut Model) {
        let tracing = self.at(self.spelling.tracing);
        model.object(Some("observability"), self.under, |model| match tracing {
            Some(mode) if Call::is_at(mode) => model.unknown("tracing", WHY, mode.id()),
            Some(mode) => {
                let active = mode.raw() == Some("Active");
                model.truth("tracing", active, Origin::Derived { from: mode.id() });
            }
            None => model.truth("tracing", false, self.default()),
        });
    }

    /// A queue for what fails, or a destination for it: the function says so itself, or a configuration beside it.
    fn failure(&self, model: &mut Model) {
        let own = self.at(self.spelling.dead_letter).or(self.at(&[
            "EventInvokeConfig",
            "DestinationConfig",
            "OnFailure",
        ]));
        let beside = self
            .siblings("AWS::Lambda::EventInvokeConfig")
            .find(|config| {
                config
                    .get("FunctionName")
                    .is_some_and(|name| self.is_named(name))
            });
        let beside = beside.and_then(|config| config.at(&["DestinationConfig", "OnFailure"]));
        model.object(Some("failure"), self.under, |model| {
            self.presence(model, "dead_letter", own.or(beside));
            let retries = self.at(&["EventInvokeConfig", "MaximumRetryAttempts"]);
            known(model, "retries", retries, Model::integer);
            let age = self.at(&["EventInvokeConfig", "MaximumEventAgeInSeconds"]);
            known(model, "max_age_seconds", age, Model::integer);
        });
    }

    /// What hands events to the function and does not wait for an answer.
    fn asynchronous(&self) -> Option<View<'a>> {
        let own = self.at(&["Events"]).into_iter().flat_map(View::entries);
        let mut own = own.map(|(_, event)| event).filter(|event| {
            let kind = event.get("Type").and_then(View::raw);
            kind.is_some_and(|kind| ASYNCHRONOUS.contains(&kind))
        });
        let mut permitted = self
            .siblings("AWS::Lambda::Permission")
            .filter(|permission| {
                let principal = permission.get("Principal").and_then(View::raw);
                let waits_not = principal.is_some_and(|principal| PRINCIPALS.contains(&principal));
                waits_not
                    && permission
                        .get("FunctionName")
                        .is_some_and(|name| self.is_named(name))
            });
        own.next().or_else(|| permitted.next())
    }

    /// Whether a node speaks of this function: by reference, or by name.
    fn is_named(&self, view: View<'_>) -> bool {
        let name = self.at(&[self.spelling.name]).and_then(View::raw);
        referred(view) == Some(self.resource.name.as_str())
            || view.raw().is_some_and(|text| Some(text) == name)
    }

    /// The properties of the other resources of a type in the same template.
    fn siblings(&self, kind: &'static str) -> impl Iterator<Item = View<'a>> + use<'a> {
        let root = self.resource.tree.view(NodeId::ROOT, self.resource.typing);
        let of_kind =
            move |resource: &View<'a>| resource.get("Type").and_then(View::raw) == Some(kind);
        root.entries()
            .map(|(_, resource)| resource)
            .filter(of_kind)
            .filter_map(|resource| resource.get("Properties"))
    }

    fn resources(&self, model: &mut Model, memory: &str) {
        let megabytes = self.at(&[memory]);
        model.object(Some("resources"), self.under, |model| {
            model.object(Some("limits"), self.under, |model| match megabytes {
                Some(written) if Call::is_at(written) => {
                    model.unknown("memory_bytes", WHY, written.id());
                }
                Some(written) => {
                    let size = written.int().or_else(|| written.str()?.parse().ok());
                    if let Some(bytes) = size.and_then(|size| size.checked_mul(MEBIBYTE)) {
                        model.number("memory_bytes", bytes, written.id());
                    }
                }
                None => model.number_at("memory_bytes", 128 * MEBIBYTE, self.default()),
            });
        });
    }

    /// A function is one container, so that a rule on variables and images judges it too.
    fn container(&self, model: &mut Model) {
        model.list("containers", self.under, |model| {
            model.object(None, self.under, |model| {
                model.text("name", &self.resource.name, self.default());
                model.text("role", "container", self.default());
                shared::image(model, self.at(self.spelling.image));
                let variables = self.at(&["Environment", "Variables"]);
                if let Some(variables) = variables.filter(|variables| variables.is_mapping()) {
                    environment(model, variables);
                }
                model.object(Some("isolation"), self.under, |model| {
                    model.truth("privileged", false, self.default());
                });
            });
        });
    }
}

const MEBIBYTE: i64 = 1024 * 1024;
const WHY: &str = "a function of the template that only a deployment can resolve";

/// Types of events of SAM that are handed over without waiting for an answer.
const ASYNCHRONOUS: &[&str] = &[
    "S3",
    "SNS",
    "Schedule",
    "ScheduleV2",
    "EventBridgeRule",
    "CloudWatchEvent",
    "IoTRule",
    "CloudWatchLogs",
];

/// Services that call functions without waiting for an answer.
const PRINCIPALS: &[&str] = &[
    "s3.amazonaws.com",
    "sns.amazonaws.com",
    "events.amazonaws.com",
    "scheduler.amazonaws.com",
    "iot.amazonaws.com",
    "logs.amazonaws.com",
];

/// A value as it is written, or unknown where a function stands that only a deployment can resolve.
pub(super) fn known(
    model: &mut Model,
    key: &str,
    written: Option<View<'_>>,
    copy: fn(&mut Model, &str, Option<View<'_>>),
) {
    match written {
        Some(view) if Call::is_at(view) => model.unknown(key, WHY, view.id()),
        other => copy(model, key, other),
    }
}

/// Variables: literals, references into a store of secrets, and what only a deployment can tell.
fn environment(model: &mut Model, variables: View<'_>) {
    model.list("env", variables.id(), |model| {
        for (name, value) in variables.entries() {
            let from = value.id();
            model.object(None, from, |model| {
                model.text("name", name, Origin::Derived { from });
                let text = value.raw();
                let kind = match text {
                    Some(text) if text.contains("{{resolve:") => "secret_ref",
                    Some(_) => "literal",
                    None => "other_ref",
                };
                model.text("kind", kind, Origin::Derived { from });
                if let Some(text) = text.filter(|_| kind == "literal") {
                    model.text("value", text, Origin::Derived { from });
                }
            });
        }
    });
}
