//! Endpoints: URLs of functions, and routes of the gateways before them.

use super::call;
use super::event::{Event, events};
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::aws::WHY;
use crate::frontend::shared::written;
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

/// Where requests for a function come in.
pub(super) fn endpoints(resource: &Resource) -> Vec<Entity> {
    let function = resource.view();
    let url = function.get("url");
    let url = url.filter(|url| url.is_mapping() || url.bool() == Some(true));
    let routes = events(function).filter(|event| matches!(event.kind, "http" | "httpApi"));
    url.map(|url| of_url(resource, url))
        .into_iter()
        .chain(routes.map(|event| Route { resource, event }.entity()))
        .collect()
}

/// What every endpoint of a function has.
fn endpoint(
    resource: &Resource,
    name: String,
    form: &str,
    under: NodeId,
    fill: impl FnOnce(&mut Model),
) -> Entity {
    let default = Origin::Default { under };
    let mut model = Model::default();
    model.object(None, under, |model| {
        model.text("name", &name, default);
        model.text("form", form, default);
        model.text("target", &resource.name, default);
        model.truth("tls", true, default);
        fill(model);
    });
    Entity::new(EntityKind::Endpoint, name, model.finish())
}

/// `url: true`, or what is said of the URL.
fn of_url(resource: &Resource, url: View<'_>) -> Entity {
    let under = url.id();
    let name = format!("{}/url", resource.name);
    endpoint(resource, name, "url", under, |model| {
        let default = Origin::Default { under };
        model.text("exposure", "public", default);
        model.truth("rate_limit", false, default);
        match written(url.get("authorizer")) {
            Some(authorizer) => put_known(model, "authentication", authorizer, |text| {
                if is_iam(text) { "iam" } else { "none" }
            }),
            None => model.text("authentication", "none", default),
        }
    })
}

/// A route of a gateway: `http` of a REST API, `httpApi` of an HTTP API.
struct Route<'a> {
    resource: &'a Resource,
    event: Event<'a>,
}

impl<'a> Route<'a> {
    fn entity(&self) -> Entity {
        let at = self.event.at;
        let name = self.event.name(self.resource);
        endpoint(self.resource, name, "route", at.id(), |model| {
            if at.raw().is_some() && call::is_unknown(at) {
                for key in ["path", "methods", "authentication"] {
                    model.unknown(key, WHY, at.id());
                }
            } else {
                self.request(model);
                self.authentication(model);
            }
            self.exposure(model);
            self.rate_limit(model);
        })
    }

    fn default(&self) -> Origin {
        Origin::Default {
            under: self.event.at.id(),
        }
    }

    fn provider(&self, keys: &[&str]) -> Option<View<'a>> {
        let service = self.resource.tree.view(NodeId::ROOT, self.resource.typing);
        let value = service.get("provider")?.at(keys);
        value.filter(|value| !value.is_null())
    }

    /// A method and a path: `get /carts`, or each on its own. `*` alone is whatever no other route takes.
    fn request(&self, model: &mut Model) {
        let at = self.event.at;
        if let Some(line) = at.raw() {
            let line = line.trim();
            let (method, path) = line.split_once(' ').unwrap_or((line, "*"));
            put_path(model, path, at.id());
            put_methods(model, method, at.id());
            return;
        }
        let parts: [(&str, &str, Put); 2] = [
            ("path", "path", put_path),
            ("method", "methods", put_methods),
        ];
        for (key, name, put) in parts {
            match written(at.get(key)) {
                Some(part) if call::is_unknown(part) => model.unknown(name, WHY, part.id()),
                Some(part) => put(model, part.raw().unwrap_or_default(), part.id()),
                None => {}
            }
        }
    }

    fn authentication(&self, model: &mut Model) {
        let key = "authentication";
        let at = self.event.at;
        if let Some(authorizer) = written(at.get("authorizer")) {
            let from = authorizer.id();
            if call::is_unknown(authorizer) {
                model.unknown(key, WHY, from);
            } else {
                let kind = self.authorizer(authorizer);
                model.text(key, kind, Origin::Derived { from });
            }
            return;
        }
        match written(at.get("private")).filter(|_| self.event.kind == "http") {
            Some(private) if call::is_unknown(private) => model.unknown(key, WHY, private.id()),
            Some(private) if private.bool() == Some(true) => {
                let from = private.id();
                model.text(key, "api_key", Origin::Derived { from });
            }
            _ => model.text(key, "none", self.default()),
        }
    }

    /// What an authorizer asks for. One of an HTTP API reads JSON Web Tokens unless it says otherwise; one of a REST API
    /// is a function unless it is a pool of users.
    fn authorizer(&self, authorizer: View<'a>) -> &'static str {
        let said = |key: &str| written(authorizer.get(key)).and_then(View::raw);
        let name = authorizer.raw().or(said("name")).unwrap_or_default();
        let declared = self.provider(&["httpApi", "authorizers", name, "type"]);
        let kind = said("type").or(declared.and_then(View::raw));
        let kind = kind.unwrap_or(name).to_ascii_lowercase();
        let arn = authorizer.raw().or(said("arn")).unwrap_or_default();
        let is_http_api = self.event.kind == "httpApi";
        match kind.as_str() {
            kind if is_iam(kind) => "iam",
            "jwt" | "cognito_user_pools" => "jwt",
            "request" | "token" => "custom",
            _ if is_http_api || arn.contains(":cognito-idp:") => "jwt",
            _ => "custom",
        }
    }

    /// A REST API may be one of a private network.
    fn exposure(&self, model: &mut Model) {
        let kind = self.provider(&["endpointType"]);
        match kind.filter(|_| self.event.kind == "http") {
            Some(kind) => put_known(model, "exposure", kind, |text| {
                if text.eq_ignore_ascii_case("private") {
                    "internal"
                } else {
                    "public"
                }
            }),
            None => model.text("exposure", "public", self.default()),
        }
    }

    /// A plan of usage throttles; who has a key has a plan.
    fn rate_limit(&self, model: &mut Model) {
        let plans = [&["apiGateway", "usagePlan"][..], &["usagePlan"][..]];
        let keys = [&["apiGateway", "apiKeys"][..], &["apiKeys"][..]];
        let throttled = plans.iter().find_map(|path| throttle(self.provider(path)?));
        let limit = throttled
            .or_else(|| keys.iter().find_map(|path| self.provider(path)))
            .filter(|_| self.event.kind == "http");
        match limit {
            Some(limit) if call::is_unknown(limit) => {
                model.unknown("rate_limit", WHY, limit.id());
            }
            Some(limit) => {
                let from = limit.id();
                model.truth("rate_limit", true, Origin::Derived { from });
            }
            None => model.truth("rate_limit", false, self.default()),
        }
    }
}

/// Writes a part of a request as it is spelt in the normalised form.
type Put = fn(&mut Model, &str, NodeId);

fn put_path(model: &mut Model, path: &str, from: NodeId) {
    let path = path.trim();
    let slash = if path.starts_with(['/', '*']) {
        ""
    } else {
        "/"
    };
    model.text("path", &format!("{slash}{path}"), Origin::Derived { from });
}

fn put_methods(model: &mut Model, method: &str, from: NodeId) {
    let method = match method.trim() {
        "*" => "ANY".to_owned(),
        method => method.to_ascii_uppercase(),
    };
    model.list("methods", from, |model| {
        // An element of a list has no key.
        model.text("", &method, Origin::Derived { from });
    });
}

/// What a text stands for, or unknown where only a deployment can tell.
fn put_known(model: &mut Model, key: &str, written: View<'_>, word: fn(&str) -> &'static str) {
    let from = written.id();
    match written.raw().filter(|_| !call::is_unknown(written)) {
        Some(text) => model.text(key, word(text), Origin::Derived { from }),
        None => model.unknown(key, WHY, from),
    }
}

fn is_iam(authorizer: &str) -> bool {
    authorizer.eq_ignore_ascii_case("aws_iam")
}

/// `throttle` of a plan, or of one among several that each have a name. A plan that nobody knows stands for its own.
fn throttle(plan: View<'_>) -> Option<View<'_>> {
    if call::is_unknown(plan) {
        return Some(plan);
    }
    let mut named = plan.items().flat_map(View::entries);
    written(plan.get("throttle"))
        .or_else(|| named.find_map(|(_, plan)| written(plan.get("throttle"))))
}
