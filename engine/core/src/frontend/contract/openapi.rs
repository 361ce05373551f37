//! `OpenAPI` 2.0, 3.0 and 3.1: every operation of a path is an endpoint.
//!
//! Webhooks and callbacks are none: they are requests that somebody else answers.

use super::reference::Contract;
use super::{Report, security, server};
use crate::estate::{Entity, EntityKind, Model};
use crate::tree::{NodeId, Origin, View};

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// How extensions begin that limit how often one may call.
const LIMITS: &[&str] = &[
    "x-kong-plugin-rate-limiting",
    "x-rate-limit",
    "x-ratelimit",
    "x-throttl",
];

/// How headers begin that tell callers of a limit.
const LIMIT_HEADERS: &[&str] = &["ratelimit", "x-rate-limit", "x-ratelimit"];

/// The endpoints of a document.
pub(super) fn entities(contract: Contract<'_>) -> Vec<Entity> {
    paths(contract)
        .flat_map(|(path, item)| operations(contract, path, item))
        .map(|operation| operation.endpoint())
        .collect()
}

fn paths(contract: Contract<'_>) -> impl Iterator<Item = (&str, View<'_>)> {
    let paths = contract.get(contract.root, "paths").into_iter();
    paths
        .flat_map(move |paths| contract.entries(paths))
        .filter(|(path, _)| !path.starts_with("x-"))
}

fn operations<'a>(
    contract: Contract<'a>,
    path: &'a str,
    item: View<'a>,
) -> impl Iterator<Item = Operation<'a>> {
    METHODS.iter().copied().filter_map(move |method| {
        let view = contract.get(item, method)?;
        view.is_mapping().then_some(Operation {
            contract,
            path,
            method,
            item,
            view,
        })
    })
}

/// What a path answers to one method.
struct Operation<'a> {
    contract: Contract<'a>,
    path: &'a str,
    method: &'static str,
    item: View<'a>,
    view: View<'a>,
}

impl<'a> Operation<'a> {
    fn endpoint(&self) -> Entity {
        let name = format!("{} {}", self.method.to_ascii_uppercase(), self.path);
        let from = self.view.id();
        let mut model = Model::default();
        model.object(None, from, |model| self.fill(model, &name));
        Entity::new(EntityKind::Endpoint, name, model.finish())
    }

    fn fill(&self, model: &mut Model, name: &str) {
        let from = self.view.id();
        let origin = Origin::Derived { from };
        model.text("name", name, origin);
        model.text("form", "operation", origin);
        let path = Origin::Derived {
            from: self.item.id(),
        };
        model.text("path", self.path, path);
        model.list("methods", from, |model| {
            // An element of a list has no key.
            model.text("", &self.method.to_ascii_uppercase(), origin);
        });
        let servers = server::servers(self.contract, self.view, self.item);
        server::exposure(model, self.contract, self.levels(), &servers);
        security::authentication(model, self.contract, self.view);
        self.rate_limit(model);
        server::tls(model, &servers);
        self.truth(model, "asynchronous", self.response("202"));
    }

    /// What an operation takes from, the nearest first.
    fn levels(&self) -> [View<'a>; 3] {
        [self.view, self.item, self.contract.root]
    }

    /// `rate_limit`: whether anything tells that one may not call as often as one likes.
    fn rate_limit(&self, model: &mut Model) {
        let found = self
            .response("429")
            .or_else(|| self.limit())
            .or_else(|| self.limit_header());
        match self.unread_response().filter(|_| found.is_none()) {
            Some(response) => model.unknown(
                "rate_limit",
                "a response is described in another file",
                response.id(),
            ),
            None => self.truth(model, "rate_limit", found),
        }
    }

    /// True where something is written, or the default `false`.
    fn truth(&self, model: &mut Model, key: &str, found: Option<NodeId>) {
        let under = self.view.id();
        let origin = found.map_or(Origin::Default { under }, |from| Origin::Derived { from });
        model.truth(key, found.is_some(), origin);
    }

    fn responses(&self) -> impl Iterator<Item = (&'a str, View<'a>)> {
        let contract = self.contract;
        let responses = contract.get(self.view, "responses").into_iter();
        responses.flat_map(move |responses| contract.entries(responses))
    }

    fn successes(&self) -> impl Iterator<Item = View<'a>> {
        self.responses()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(_, response)| response)
    }

    fn response(&self, status: &str) -> Option<NodeId> {
        self.responses()
            .find(|(written, _)| *written == status)
            .map(|(_, response)| response.id())
    }

    /// A response to what went well that is described in another file.
    fn unread_response(&self) -> Option<View<'a>> {
        self.successes()
            .find(|response| self.contract.resolved(*response).is_none())
    }

    /// An extension that limits, of the operation, its path or the document.
    fn limit(&self) -> Option<NodeId> {
        let levels = self.levels().into_iter();
        levels
            .flat_map(|level| self.contract.entries(level))
            .filter(|(key, _)| begins(key, LIMITS))
            .find(|(_, value)| !value.is_null() && value.bool() != Some(false))
            .map(|(_, value)| value.id())
    }

    fn limit_header(&self) -> Option<NodeId> {
        self.successes()
            .filter_map(|response| self.contract.get(response, "headers"))
            .flat_map(|headers| self.contract.entries(headers))
            .find(|(name, _)| begins(name, LIMIT_HEADERS))
            .map(|(_, header)| header.id())
    }
}

fn begins(text: &str, beginnings: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    beginnings
        .iter()
        .any(|beginning| text.starts_with(*beginning))
}

/// Says what tools refuse of what the model reads.
pub(super) fn check(contract: Contract<'_>, report: &mut Report<'_>) {
    if let Some(paths) = contract
        .root
        .get("paths")
        .filter(|paths| !paths.is_mapping())
    {
        report.error(
            paths.id(),
            "`paths` is no mapping".to_owned(),
            "write `{}`, if there are none",
        );
    }
    security::check_schemes(contract, report);
    security::check(contract, contract.root, report);
    server::check(contract, contract.root, report);
    for (path, item) in paths(contract) {
        check_path(contract, path, item, report);
        server::check(contract, item, report);
        for operation in operations(contract, path, item) {
            security::check(contract, operation.view, report);
            server::check(contract, operation.view, report);
        }
    }
}

fn check_path<'a>(contract: Contract<'a>, path: &str, item: View<'a>, report: &mut Report<'_>) {
    if !path.starts_with('/') {
        report.error(
            item.id(),
            format!("the path `{}` does not begin with `/`", path.escape_debug()),
            "a path is appended to the URL of a server",
        );
    }
    if !item.is_mapping() {
        report.error(
            item.id(),
            format!("the path `{}` is no mapping", path.escape_debug()),
            "write its operations: `get`, `post` and so on",
        );
    }
    for (key, operation) in contract.entries(item) {
        let method = key.to_ascii_lowercase();
        if !METHODS.contains(&method.as_str()) {
            continue;
        }
        if method != key {
            report.error(
                operation.id(),
                format!("unknown key `{key}` of a path"),
                "methods are written in lower case; this operation was not judged",
            );
        } else if !operation.is_mapping() {
            report.error(
                operation.id(),
                format!("the operation `{key}` is no mapping"),
                "write at least its `responses`",
            );
        }
    }
}
