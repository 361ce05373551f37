//! A webhook as an API server reads it, with its defaults.

use super::selector::{Labels, NAME, keys, selects};
use crate::resource::Resource;
use crate::served::Scope;
use crate::source::Span;
use crate::tree::View;

/// Seconds that an API server waits where nothing is said.
const DEFAULT_TIMEOUT: i64 = 10;
/// The port of a service where nothing is said.
const DEFAULT_PORT: i64 = 443;

/// One webhook of a configuration.
#[derive(Debug)]
pub(super) struct Webhook<'a> {
    /// The configuration.
    pub(super) resource: &'a Resource,
    /// Its index in the estate.
    pub(super) index: usize,
    /// What it says of this webhook.
    pub(super) view: View<'a>,
    /// What the webhook is called.
    pub(super) name: &'a str,
    /// Whether it may change what it is sent.
    pub(super) mutates: bool,
    /// What it is sent.
    pub(super) rules: Vec<Rule<'a>>,
}

/// What a webhook is sent.
#[derive(Debug)]
pub(super) struct Rule<'a> {
    pub(super) view: View<'a>,
    pub(super) operations: Vec<&'a str>,
    pub(super) groups: Vec<&'a str>,
    pub(super) versions: Vec<&'a str>,
    pub(super) resources: Vec<&'a str>,
    pub(super) scope: Option<&'a str>,
}

/// What somebody asks of an API server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) operation: &'a str,
    pub(super) group: &'a str,
    /// The resource, with its part if it is about one: `pods/exec`.
    pub(super) resource: &'a str,
    pub(super) scope: Scope,
}

impl<'a> Request<'a> {
    pub(super) const fn new(operation: &'a str, group: &'a str, resource: &'a str) -> Self {
        Self {
            operation,
            group,
            resource,
            scope: Scope::Namespaced,
        }
    }

    /// The same of what lies in no namespace.
    pub(super) const fn of_cluster(operation: &'a str, group: &'a str, resource: &'a str) -> Self {
        Self {
            scope: Scope::Cluster,
            ..Self::new(operation, group, resource)
        }
    }

    /// `leases.coordination.k8s.io`, as `kubectl` spells it.
    pub(super) fn spelt(self) -> String {
        match self.group {
            "" => self.resource.to_owned(),
            group => format!("{}.{group}", self.resource),
        }
    }
}

/// The service that answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service<'a> {
    pub(super) view: View<'a>,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) port: i64,
}

impl<'a> Webhook<'a> {
    pub(super) fn new(resource: &'a Resource, index: usize, view: View<'a>) -> Self {
        let rules = view.get("rules").into_iter().flat_map(View::items);
        Self {
            resource,
            index,
            view,
            name: view.get("name").and_then(View::raw).unwrap_or("_"),
            mutates: resource.kind.ends_with("/MutatingWebhookConfiguration"),
            rules: rules.map(Rule::new).collect(),
        }
    }

    /// What messages call it.
    pub(super) fn spelt(&self) -> String {
        format!("webhook `{}`", self.name.escape_debug())
    }

    /// The bytes of a part of it.
    pub(super) fn place(&self, part: View<'_>) -> Option<Span> {
        self.resource.tree.place(part.id())
    }

    /// The text under a key.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.view.get(key)?.raw()
    }

    /// Whether requests are refused that it does not answer.
    pub(super) fn fails_closed(&self) -> bool {
        self.text("failurePolicy") != Some("Ignore")
    }

    /// Seconds that an API server waits for it.
    pub(super) fn timeout(&self) -> i64 {
        let written = self.view.get("timeoutSeconds").and_then(View::int);
        written.unwrap_or(DEFAULT_TIMEOUT)
    }

    /// A selector; none where it is not written, or takes everything.
    pub(super) fn selector(&self, key: &str) -> Option<View<'a>> {
        let written = self.view.get(key)?;
        keys(written).next().map(|_| written)
    }

    /// The service that answers; none where it is a URL.
    pub(super) fn service(&self) -> Option<Service<'a>> {
        let view = self.view.at(&["clientConfig", "service"])?;
        Some(Service {
            view,
            namespace: view.get("namespace")?.raw()?,
            name: view.get("name")?.raw()?,
            port: view.get("port").and_then(View::int).unwrap_or(DEFAULT_PORT),
        })
    }

    /// Who answers: a service, by its namespace and name, or a URL.
    pub(super) fn answers(&self) -> (Option<(&'a str, &'a str)>, Option<&'a str>) {
        let service = self
            .service()
            .map(|service| (service.namespace, service.name));
        let url = self.view.at(&["clientConfig", "url"]);
        (service, url.and_then(View::raw))
    }

    /// The expressions of its conditions.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (View<'a>, &'a str)> {
        let written = self.view.get("matchConditions").into_iter();
        written.flat_map(View::items).filter_map(|condition| {
            let expression = condition.get("expression")?;
            Some((expression, expression.raw()?))
        })
    }

    /// The rule that asks for a request, if there is one.
    pub(super) fn rule_for(&self, request: Request<'_>) -> Option<&Rule<'a>> {
        self.rules.iter().find(|rule| rule.covers(request))
    }

    /// The rule by which it is sent a request on an object with some labels, in a namespace with some labels.
    pub(super) fn reached_by(
        &self,
        request: Request<'_>,
        namespace: &Labels<'_>,
        object: &Labels<'_>,
    ) -> Option<&Rule<'a>> {
        let is_within = request.scope == Scope::Cluster
            || selects(self.view.get("namespaceSelector"), namespace);
        let is_taken = is_within && selects(self.view.get("objectSelector"), object);
        let (resource, _) = split(request.resource);
        let name = namespace.get(NAME).copied().unwrap_or_default();
        let names = [
            ("request.resource.resource", resource),
            ("request.resource.group", request.group),
            ("request.namespace", name),
        ];
        let is_sent = is_taken && !self.seems_to_spare(&names);
        self.rule_for(request).filter(|_| is_sent)
    }

    /// Whether a condition seems to leave out what has a name in a field of the request. Conditions are CEL, of which no
    /// more is read here than what is quoted, and whether something is negated.
    fn seems_to_spare(&self, names: &[(&str, &str)]) -> bool {
        let mut named = names.iter().filter(|(_, name)| !name.is_empty());
        named.any(|(field, name)| {
            let mut conditions = self.conditions();
            conditions.any(|(_, expression)| {
                let quoted = |mark: char| expression.contains(&format!("{mark}{name}{mark}"));
                let is_quoted = quoted('\'') || quoted('"');
                if expression.contains('!') {
                    is_quoted
                } else {
                    expression.contains(*field) && !is_quoted
                }
            })
        })
    }
}

impl<'a> Rule<'a> {
    fn new(view: View<'a>) -> Self {
        let words = |key: &str| {
            let items = view.get(key).into_iter().flat_map(View::items);
            items.filter_map(View::raw).collect()
        };
        Self {
            view,
            operations: words("operations"),
            groups: words("apiGroups"),
            versions: words("apiVersions"),
            resources: words("resources"),
            scope: view.get("scope").and_then(View::raw),
        }
    }

    /// Whether it asks for a request, as an API server decides it.
    pub(super) fn covers(&self, request: Request<'_>) -> bool {
        let (resource, part) = split(request.resource);
        let is_named = |pattern: &&str| {
            let (own, own_part) = split(pattern);
            is(own, resource) && is(own_part, part)
        };
        let lies_within = match self.scope {
            Some("Namespaced") => request.scope == Scope::Namespaced,
            Some("Cluster") => request.scope == Scope::Cluster,
            _ => true,
        };
        lies_within
            && self.resources.iter().any(is_named)
            && self.groups.iter().any(|group| is(group, request.group))
            && self.has_operation(request.operation)
    }

    /// Whether it asks for an operation.
    pub(super) fn has_operation(&self, operation: &str) -> bool {
        self.operations.iter().any(|own| is(own, operation))
    }

    /// Whether it asks for every resource of every group.
    pub(super) fn is_wild(&self) -> bool {
        self.groups.contains(&"*") && self.resources.iter().any(|own| split(own).0 == "*")
    }
}

/// Whether a pattern stands for a word.
fn is(pattern: &str, word: &str) -> bool {
    pattern == "*" || pattern == word
}

/// A resource, and the part of it that is meant; `pods/*` are pods with all their parts.
fn split(resource: &str) -> (&str, &str) {
    resource.split_once('/').unwrap_or((resource, ""))
}
