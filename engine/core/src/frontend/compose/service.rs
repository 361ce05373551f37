//! A service as a workload with one container, in normalised form.

use super::interpolate::known;
use super::{amount, environment, isolation, port, volume};
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared;
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

pub(super) fn workloads(resource: &Resource) -> Vec<Entity> {
    let service = Service {
        resource,
        view: resource.view(),
    };
    let mut model = Model::default();
    model.object(None, service.view.id(), |model| service.fill(model));
    vec![Entity::new(
        EntityKind::Workload,
        resource.name.clone(),
        model.finish(),
    )]
}

/// A service to read from.
pub(super) struct Service<'a> {
    resource: &'a Resource,
    pub(super) view: View<'a>,
}

impl<'a> Service<'a> {
    /// What is written at a path; none for null.
    pub(super) fn at(&self, path: &[&str]) -> Option<View<'a>> {
        self.view.at(path).filter(|view| !view.is_null())
    }

    /// The mapping or the list under a key.
    pub(super) fn collection(&self, key: &str) -> Option<View<'a>> {
        self.at(&[key])
            .filter(|view| view.is_mapping() || view.is_sequence())
    }

    /// The items of the list under a key, which may also be its only item.
    pub(super) fn items(&self, key: &str) -> impl Iterator<Item = View<'a>> + use<'a> {
        let written = self.at(&[key]);
        let alone = written.filter(|view| !view.is_mapping() && !view.is_sequence());
        written.into_iter().flat_map(View::items).chain(alone)
    }

    /// What the file says beside its services.
    pub(super) fn beside(&self, path: &[&str]) -> Option<View<'a>> {
        let root = self.resource.tree.view(NodeId::ROOT, self.resource.typing);
        root.at(path).filter(|view| !view.is_null())
    }

    /// The origin of a default.
    pub(super) fn default(&self) -> Origin {
        Origin::Default {
            under: self.view.id(),
        }
    }

    /// The origin of what the service says by being there.
    fn here(&self) -> Origin {
        Origin::Derived {
            from: self.view.id(),
        }
    }

    fn fill(&self, model: &mut Model) {
        model.text("name", &self.resource.name, self.here());
        environment::labels(model, self);
        self.runtime(model);
        self.lifetime(model);
        self.section(model, "identity", &[("name", "user")]);
        self.section(model, "network", &[("mode", "network_mode")]);
        isolation::of_workload(model, self);
        volume::volumes(model, self);
        self.container(model);
    }

    fn runtime(&self, model: &mut Model) {
        model.object(Some("runtime"), self.view.id(), |model| {
            model.text("form", "container", self.here());
            known(
                model,
                "os",
                self.at(&["platform"]),
                |model, text, origin| {
                    let os = text.split_once('/').map_or(text, |(os, _)| os);
                    model.text("os", os, origin);
                },
            );
        });
    }

    /// Compose runs one container of a service, unless it is told how many.
    fn lifetime(&self, model: &mut Model) {
        let replicas = self.at(&["deploy", "replicas"]).or(self.at(&["scale"]));
        let mode = self.at(&["deploy", "mode"]).and_then(View::raw);
        model.object(Some("lifetime"), self.view.id(), |model| {
            for key in ["min_instances", "max_instances"] {
                if replicas.is_none() && mode != Some("global") {
                    model.number_at(key, 1, self.default());
                }
                known(model, key, replicas, |model, text, origin| {
                    if let Ok(number) = text.parse() {
                        model.number_at(key, number, origin);
                    }
                });
            }
            model.truth("scale_to_zero", false, self.default());
            copy(model, "restart", self.at(&["restart"]));
        });
    }

    /// An object of texts: the name of each and the key of the service that it stands under.
    fn section(&self, model: &mut Model, name: &str, texts: &[(&str, &str)]) {
        model.object(Some(name), self.view.id(), |model| {
            for (name, key) in texts {
                copy(model, name, self.at(&[*key]));
            }
        });
    }

    fn container(&self, model: &mut Model) {
        let service = self.view.id();
        model.list("containers", service, |model| {
            model.object(None, service, |model| {
                model.text("name", &self.resource.name, self.here());
                model.text("role", "container", self.here());
                self.image(model);
                environment::environment(model, self);
                amount::resources(model, self);
                isolation::of_container(model, self);
                port::ports(model, self.view);
                self.health(model);
            });
        });
    }

    fn image(&self, model: &mut Model) {
        let Some(written) = self.at(&["image"]) else {
            return;
        };
        known(model, "image", Some(written), |model, text, _| {
            shared::reference(model, text, written.id());
        });
    }

    /// `health[]`: what the service is asked from within; nothing where it says that nobody asks.
    fn health(&self, model: &mut Model) {
        let Some(check) = self.at(&["healthcheck"]).filter(|check| check.is_mapping()) else {
            return;
        };
        let test = check.get("test").filter(|test| !test.is_null());
        let first = test.and_then(|test| test.items().next().or(Some(test)));
        let from = check.id();
        match check.get("disable").map_or(Ok(false), isolation::truth) {
            Err(why) => return model.unknown("health", &why, from),
            Ok(true) => return,
            Ok(false) if first.and_then(View::raw) == Some("NONE") => return,
            Ok(false) => {}
        }
        model.list("health", from, |model| {
            model.object(None, from, |model| {
                model.text("kind", "liveness", Origin::Derived { from });
                model.text("action", "exec", Origin::Derived { from });
                model.copy("command", test);
            });
        });
    }
}

/// A text after its variables are replaced.
fn copy(model: &mut Model, key: &str, written: Option<View<'_>>) {
    known(model, key, written, |model, text, origin| {
        model.text(key, text, origin);
    });
}
