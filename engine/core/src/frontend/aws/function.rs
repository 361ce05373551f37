//! Functions, whatever template declares them.

use super::{Dialect, WHY, dig};
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared;
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

type Path = &'static [&'static str];

/// Where a type of function says what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) name: Path,
    pub(in crate::frontend) runtime: Path,
    pub(in crate::frontend) package: Path,
    pub(in crate::frontend) image: Path,
    pub(in crate::frontend) timeout: Path,
    pub(in crate::frontend) memory: Path,
    pub(in crate::frontend) reserved: Path,
    pub(in crate::frontend) warm: Path,
    /// Resources beside the function that keep instances of it ready: their types, the function, how many.
    pub(in crate::frontend) warm_beside: &'static [(&'static str, Path, Path)],
    pub(in crate::frontend) role: Path,
    pub(in crate::frontend) subnets: Path,
    pub(in crate::frontend) files: Path,
    pub(in crate::frontend) mount_path: Path,
    pub(in crate::frontend) variables: Path,
    pub(in crate::frontend) tracing: Path,
    pub(in crate::frontend) log_retention: Path,
    pub(in crate::frontend) dead_letter: Path,
    pub(in crate::frontend) on_failure: Path,
    pub(in crate::frontend) retries: Path,
    pub(in crate::frontend) max_age: Path,
    pub(in crate::frontend) events: Path,
    /// What hands events to a function and does not wait for an answer, where its events are no mapping by name.
    pub(in crate::frontend) asynchronous: fn(View<'_>) -> Option<View<'_>>,
    pub(in crate::frontend) tags: Path,
    /// A resource beside the function that configures what happens to events: its type, the function it is for, and
    /// the destination of what fails.
    pub(in crate::frontend) beside: (&'static str, Path, Path),
    /// A resource beside the function that lets a service call it: its type, the function, the service.
    pub(in crate::frontend) permission: (&'static str, Path, Path),
    /// Types of resources that hand events to the functions that they speak of, and do not wait for an answer.
    pub(in crate::frontend) sources: &'static [&'static str],
}

/// The workload that a function is.
pub(in crate::frontend) fn function(
    resource: &Resource,
    dialect: &Dialect,
    spelling: &Spelling,
) -> Entity {
    let properties = (dialect.properties)(resource);
    let function = Function {
        resource,
        dialect,
        spelling,
        under: properties.map_or(resource.root, View::id),
        properties,
    };
    let mut model = Model::default();
    model.object(None, function.under, |model| function.fill(model));
    Entity::new(EntityKind::Workload, resource.name.clone(), model.finish())
}

struct Function<'a> {
    resource: &'a Resource,
    dialect: &'a Dialect,
    spelling: &'a Spelling,
    properties: Option<View<'a>>,
    /// Where a property would stand that is not written.
    under: NodeId,
}

impl<'a> Function<'a> {
    fn at(&self, path: Path) -> Option<View<'a>> {
        dig(self.properties?, path)
    }

    fn default(&self) -> Origin {
        Origin::Default { under: self.under }
    }

    fn fill(&self, model: &mut Model) {
        match self
            .at(self.spelling.name)
            .filter(|name| self.is_known(*name))
        {
            Some(name) => model.copy("name", Some(name)),
            None => model.text("name", &self.resource.name, self.default()),
        }
        shared::tags(model, self.at(self.spelling.tags));
        self.runtime(model);
        self.lifetime(model);
        self.identity(model);
        self.state(model);
        model.object(Some("network"), self.under, |model| {
            // A list without subnets is as good as none.
            let subnets = self.at(self.spelling.subnets);
            let subnets =
                subnets.filter(|list| !list.is_sequence() || list.items().next().is_some());
            self.presence(model, "vpc", subnets);
        });
        if let Some(region) = (self.dialect.region)(self.resource) {
            model.object(Some("placement"), self.under, |model| {
                self.dialect
                    .known(model, "region", Some(region), Model::copy);
            });
        }
        self.observability(model);
        self.failure(model);
        self.presence(model, "invoked_asynchronously", self.asynchronous());
        self.resources(model);
        self.container(model);
    }

    fn is_known(&self, view: View<'_>) -> bool {
        view.raw().is_some() && !(self.dialect.is_unknown)(view)
    }

    /// A value as it is written, or unknown where only a deployment can tell.
    fn known(&self, model: &mut Model, key: &str, path: Path, copy: Copy) {
        self.dialect.known(model, key, self.at(path), copy);
    }

    /// A number as it is written, or a default.
    fn number_or(&self, model: &mut Model, key: &str, path: Path, default: i64) {
        match self.at(path) {
            Some(_) => self.known(model, key, path, Model::integer),
            None => model.number_at(key, default, self.default()),
        }
    }

    /// True where something is written, else the default `false`.
    fn presence(&self, model: &mut Model, key: &str, written: Option<View<'_>>) {
        super::presence(model, key, written, self.default());
    }

    fn runtime(&self, model: &mut Model) {
        let package = self.at(self.spelling.package).and_then(View::raw);
        let image = package == Some("Image") || self.at(self.spelling.image).is_some();
        model.object(Some("runtime"), self.under, |model| {
            model.text("form", "function", self.default());
            let package = if image { "image" } else { "zip" };
            model.text("package", package, self.default());
            self.known(model, "language", self.spelling.runtime, Model::copy);
        });
    }

    fn lifetime(&self, model: &mut Model) {
        model.object(Some("lifetime"), self.under, |model| {
            self.number_or(model, "max_seconds", self.spelling.timeout, 3);
            self.known(
                model,
                "max_instances",
                self.spelling.reserved,
                Model::integer,
            );
            let warm = self.at(self.spelling.warm).or_else(|| self.kept_warm());
            match warm {
                Some(_) => self
                    .dialect
                    .known(model, "min_instances", warm, Model::integer),
                None => model.number_at("min_instances", 0, self.default()),
            }
            model.truth("scale_to_zero", warm.is_none(), self.default());
            model.number_at("concurrency", 1, self.default());
        });
    }

    /// How many instances a resource beside the function keeps ready.
    fn kept_warm(&self) -> Option<View<'a>> {
        let mut beside = self.spelling.warm_beside.iter();
        beside.find_map(|(kind, function, amount)| {
            let mentioning = self.mentioning(kind).into_iter();
            mentioning
                .filter(|view| dig(*view, function).is_some_and(|name| self.is_named(name)))
                .find_map(|view| dig(view, amount))
        })
    }

    fn identity(&self, model: &mut Model) {
        let role = self.at(self.spelling.role);
        model.object(
            Some("identity"),
            role.map_or(self.under, View::id),
            |model| {
                let named = role.and_then(|role| Some((role, (self.dialect.referred)(role)?)));
                match (named, role) {
                    (Some((role, name)), _) => {
                        model.text("name", &name, Origin::Derived { from: role.id() });
                    }
                    (None, Some(_)) => self.known(model, "name", self.spelling.role, Model::copy),
                    // SAM makes a role of its own for each function.
                    (None, None) => model.text("name", &self.resource.name, self.default()),
                }
            },
        );
    }

    fn state(&self, model: &mut Model) {
        let files = self
            .at(self.spelling.files)
            .filter(|list| list.items().next().is_some() || (self.dialect.is_unknown)(*list));
        model.object(Some("state"), files.map_or(self.under, View::id), |model| {
            self.presence(model, "persistent", files);
            let Some(files) = files.filter(|files| files.is_sequence()) else {
                return;
            };
            model.list("mounts", files.id(), |model| {
                for mount in files.items().filter(|mount| mount.is_mapping()) {
                    model.object(None, mount.id(), |model| {
                        model.text("kind", "file_system", Origin::Derived { from: mount.id() });
                        let path = dig(mount, self.spelling.mount_path);
                        self.dialect.known(model, "path", path, Model::copy);
                    });
                }
            });
        });
    }

    fn observability(&self, model: &mut Model) {
        let tracing = self.at(self.spelling.tracing);
        model.object(Some("observability"), self.under, |model| {
            match tracing {
                Some(mode) if (self.dialect.is_unknown)(mode) => {
                    model.unknown("tracing", WHY, mode.id());
                }
                Some(mode) => {
                    let active = mode.raw() == Some("Active");
                    model.truth("tracing", active, Origin::Derived { from: mode.id() });
                }
                None => model.truth("tracing", false, self.default()),
            }
            self.known(
                model,
                "log_retention_days",
                self.spelling.log_retention,
                Model::integer,
            );
        });
    }

    /// A queue for what fails, or a destination for it: the function says so itself, or a configuration beside it.
    fn failure(&self, model: &mut Model) {
        let own = self
            .at(self.spelling.dead_letter)
            .or(self.at(self.spelling.on_failure));
        let (kind, function, destination) = self.spelling.beside;
        let beside = self
            .mentioning(kind)
            .into_iter()
            .filter(|config| dig(*config, function).is_some_and(|name| self.is_named(name)))
            .find_map(|config| dig(config, destination));
        model.object(Some("failure"), self.under, |model| {
            self.presence(model, "dead_letter", own.or(beside));
            self.known(model, "retries", self.spelling.retries, Model::integer);
            self.known(
                model,
                "max_age_seconds",
                self.spelling.max_age,
                Model::integer,
            );
        });
    }

    /// What hands events to the function and does not wait for an answer.
    fn asynchronous(&self) -> Option<View<'a>> {
        let own = self.at(self.spelling.events);
        let own = own.into_iter().flat_map(View::entries);
        let mut own = own.map(|(_, event)| event).filter(|event| {
            let kind = event.get("Type").and_then(View::raw);
            kind.is_some_and(|kind| ASYNCHRONOUS.contains(&kind))
        });
        let (kind, function, service) = self.spelling.permission;
        let waits_not = |permission: &View<'a>| {
            let principal = dig(*permission, service).and_then(View::raw);
            principal.is_some_and(|principal| PRINCIPALS.contains(&principal))
        };
        let of_this = |permission: &View<'a>| {
            dig(*permission, function).is_some_and(|name| self.is_named(name))
        };
        let permitted = self.mentioning(kind).into_iter();
        let mut sources = self.spelling.sources.iter();
        own.next()
            .or_else(|| (self.spelling.asynchronous)(self.properties?))
            .or_else(|| permitted.filter(waits_not).find(of_this))
            .or_else(|| sources.find_map(|kind| self.speaking(kind)))
    }

    /// The first resource of a type that speaks of this function.
    fn speaking(&self, kind: &str) -> Option<View<'a>> {
        let speaking = (self.dialect.speaking)(self.resource, kind, None);
        speaking.into_iter().next()
    }

    /// Whether a node speaks of this function: by reference, or by name.
    fn is_named(&self, view: View<'_>) -> bool {
        let name = self.at(self.spelling.name).and_then(View::raw);
        (self.dialect.is_reference)(view, self.resource)
            || view.raw().is_some_and(|text| Some(text) == name)
    }

    /// The resources of a type that may be about this function.
    fn mentioning(&self, kind: &str) -> Vec<View<'a>> {
        let name = self.at(self.spelling.name);
        self.dialect.mentioning(self.resource, kind, name)
    }

    fn resources(&self, model: &mut Model) {
        let megabytes = self.at(self.spelling.memory);
        model.object(Some("resources"), self.under, |model| {
            model.object(Some("limits"), self.under, |model| match megabytes {
                Some(written) if (self.dialect.is_unknown)(written) => {
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
                let image = self.at(self.spelling.image);
                match image {
                    Some(image) if (self.dialect.is_unknown)(image) => {
                        model.unknown("image", WHY, image.id());
                    }
                    image => shared::image(model, image),
                }
                match self.at(self.spelling.variables) {
                    Some(variables) if (self.dialect.is_unknown)(variables) => {
                        model.unknown("env", WHY, variables.id());
                    }
                    Some(variables) if variables.is_mapping() => self.environment(model, variables),
                    _ => {}
                }
                model.object(Some("isolation"), self.under, |model| {
                    model.truth("privileged", false, self.default());
                });
            });
        });
    }

    /// Variables: literals, references into a store of secrets, and what only a deployment can tell.
    fn environment(&self, model: &mut Model, variables: View<'_>) {
        model.list("env", variables.id(), |model| {
            for (name, value) in variables.entries() {
                let from = value.id();
                model.object(None, from, |model| {
                    model.text("name", name, Origin::Derived { from });
                    let text = value.raw().filter(|_| self.is_known(value));
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
}

type Copy = fn(&mut Model, &str, Option<View<'_>>);

const MEBIBYTE: i64 = 1024 * 1024;

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
