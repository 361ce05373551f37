//! The endpoints that SAM makes of the events of a function, and of an API as a whole.

use super::WHY;
use super::declared::{Declared, truth};
use super::endpoint::{exposure, methods, word_of};
use crate::estate::{Entity, EntityKind, Model};
use crate::tree::{Origin, View};

/// Types of events that are requests: the type of the API, the key that names it, and what a template calls the globals
/// of the API that SAM makes where none is named.
const EVENTS: &[(&str, &str, &str, &str)] = &[
    ("Api", "AWS::Serverless::Api", "RestApiId", "Globals/Api"),
    (
        "HttpApi",
        "AWS::Serverless::HttpApi",
        "ApiId",
        "Globals/HttpApi",
    ),
];

/// The endpoints of a function: its events that are requests, and its own address.
pub(in crate::frontend) fn of_function(declared: &Declared<'_>) -> Vec<Entity> {
    let mut entities: Vec<Entity> = declared
        .at(&["Events"])
        .into_iter()
        .flat_map(View::entries)
        .filter_map(|(name, event)| of_event(declared, name, event))
        .collect();
    entities.extend(declared.at(&["FunctionUrlConfig"]).map(|url| {
        let name = format!("{}/FunctionUrlConfig", declared.resource.name);
        Declared::entity_of(EntityKind::Endpoint, &name, url.id(), |model| {
            let default = Origin::Default { under: url.id() };
            model.text("form", "url", default);
            model.text("exposure", "public", default);
            if let Some(kind) = super::dig(url, &["AuthType"]) {
                authorization(model, declared, kind);
            }
            common(model, declared, false, default);
        })
    }));
    entities
}

fn of_event(declared: &Declared<'_>, name: &str, event: View<'_>) -> Option<Entity> {
    let kind = event.get("Type").and_then(View::raw)?;
    let (_, of, key, implicit) = EVENTS.iter().find(|(event, ..)| *event == kind)?;
    let at = event.get("Properties").unwrap_or(event);
    let named = super::dig(at, &[*key]);
    let api = match named {
        Some(named) => declared.followed(of, named),
        None => (declared.dialect.named)(declared.resource, of, implicit),
    };
    let event = Event {
        declared,
        at,
        named,
        api,
        is_rest: *of == "AWS::Serverless::Api",
    };
    let name = format!("{}/{name}", declared.resource.name);
    Some(Declared::entity_of(
        EntityKind::Endpoint,
        &name,
        at.id(),
        |model| {
            event.fill(model);
        },
    ))
}

/// An event that is a request.
struct Event<'d, 'a> {
    declared: &'d Declared<'a>,
    at: View<'d>,
    /// What names the API, if anything does.
    named: Option<View<'d>>,
    /// What the API says of itself, if it is one of the template.
    api: Option<View<'a>>,
    is_rest: bool,
}

impl Event<'_, '_> {
    fn default(&self) -> Origin {
        Origin::Default {
            under: self.at.id(),
        }
    }

    fn fill(&self, model: &mut Model) {
        model.text("form", "route", self.default());
        let path = super::dig(self.at, &["Path"]);
        self.declared.known(model, "path", path, Model::copy);
        if let Some(method) = super::dig(self.at, &["Method"]) {
            methods(model, self.declared, method);
        }
        self.exposure(model);
        self.authentication(model);
        common(model, self.declared, self.is_limited(), self.default());
    }

    fn exposure(&self, model: &mut Model) {
        let kinds = self.api.and_then(endpoint_types);
        match (kinds, self.named, self.api) {
            (Some(kinds), ..) => exposure(model, self.declared, kinds),
            (None, Some(named), None) if self.is_rest => {
                model.unknown("exposure", WHY, named.id());
            }
            _ => model.text("exposure", "public", self.default()),
        }
    }

    /// What the event asks for, or else what its API does.
    fn authentication(&self, model: &mut Model) {
        let auth = |path: &[&str]| {
            let own = super::dig(self.at, path);
            own.or_else(|| super::dig(self.api?, path))
        };
        let own = super::dig(self.at, &["Auth", "Authorizer"]);
        let named = own.or_else(|| super::dig(self.api?, &["Auth", "DefaultAuthorizer"]));
        let key = auth(&["Auth", "ApiKeyRequired"]).filter(|key| truth(*key) == Some(true));
        match (named, key) {
            (Some(named), None) => self.authorizer(model, named),
            (Some(named), Some(_)) if named.raw() != Some("NONE") => self.authorizer(model, named),
            (_, Some(key)) => {
                let from = key.id();
                model.text("authentication", "api_key", Origin::Derived { from });
            }
            (None, None) => match self.named.filter(|_| self.api.is_none()) {
                Some(elsewhere) => model.unknown("authentication", WHY, elsewhere.id()),
                None => model.text("authentication", "none", self.default()),
            },
        }
    }

    /// An authorizer by its name: one of AWS, or one that the API declares.
    fn authorizer(&self, model: &mut Model, named: View<'_>) {
        let word = self.declared.text(named).and_then(word_of);
        if word.is_some() {
            return authorization(model, self.declared, named);
        }
        let authorizers = self
            .api
            .and_then(|api| super::dig(api, &["Auth", "Authorizers"]));
        let declared = authorizers.and_then(|all| all.get(named.raw()?));
        match declared {
            Some(declared) => {
                let origin = Origin::Derived { from: named.id() };
                model.text("authentication", kind_of(declared), origin);
            }
            None => model.unknown("authentication", WHY, named.id()),
        }
    }

    /// Whether the API limits every route of its stages.
    fn is_limited(&self) -> bool {
        let Some(api) = self.api else { return false };
        let of_routes = super::dig(api, &["DefaultRouteSettings", "ThrottlingRateLimit"]);
        let settings = super::dig(api, &["MethodSettings"]);
        let mut of_methods = settings.into_iter().flat_map(View::items).filter(|at| {
            let is_any = |key: &str| {
                let text = at.get(key).and_then(View::raw);
                text.is_none_or(|text| text.chars().all(|part| matches!(part, '*' | '/')))
            };
            is_any("HttpMethod") && is_any("ResourcePath")
        });
        of_routes.is_some() || of_methods.any(|at| at.get("ThrottlingRateLimit").is_some())
    }
}

/// `"PRIVATE"`, or the same under `Type`.
fn endpoint_types(api: View<'_>) -> Option<View<'_>> {
    let written = super::dig(api, &["EndpointConfiguration"])?;
    Some(super::dig(written, &["Type"]).unwrap_or(written))
}

/// What an authorizer is that an API declares: a function of one's own, or one that checks tokens.
fn kind_of(authorizer: View<'_>) -> &'static str {
    let of_function = ["FunctionArn", "AuthorizerPayloadFormatVersion"];
    if of_function.iter().any(|key| authorizer.get(key).is_some()) {
        "custom"
    } else {
        "jwt"
    }
}

fn authorization(model: &mut Model, declared: &Declared<'_>, written: View<'_>) {
    match declared.text(written) {
        None => model.unknown("authentication", WHY, written.id()),
        Some(text) => {
            if let Some(word) = word_of(text) {
                let from = written.id();
                model.text("authentication", word, Origin::Derived { from });
            }
        }
    }
}

/// What every endpoint of a function has.
fn common(model: &mut Model, declared: &Declared<'_>, is_limited: bool, default: Origin) {
    model.truth("rate_limit", is_limited, default);
    model.truth("tls", true, default);
    model.text("target", &declared.resource.name, default);
}

/// An API as a whole. Without a default, each of its routes says who may call it, and nothing is said here.
pub(in crate::frontend) fn api(declared: &Declared<'_>) -> Entity {
    declared.entity(EntityKind::Endpoint, |model| {
        let default = declared.default();
        model.text("form", "api", default);
        match declared.properties.and_then(endpoint_types) {
            Some(types) => exposure(model, declared, types),
            None => model.text("exposure", "public", default),
        }
        let event = Event {
            declared,
            at: declared.resource.view(),
            named: None,
            api: declared.properties,
            is_rest: false,
        };
        let named = declared.at(&["Auth", "DefaultAuthorizer"]);
        let key = declared.at(&["Auth", "ApiKeyRequired"]);
        match (named, key.filter(|key| truth(*key) == Some(true))) {
            (Some(named), _) => event.authorizer(model, named),
            (None, Some(key)) => {
                let from = key.id();
                model.text("authentication", "api_key", Origin::Derived { from });
            }
            (None, None) => {}
        }
        model.truth("rate_limit", event.is_limited(), default);
        model.truth("tls", true, default);
    })
}
