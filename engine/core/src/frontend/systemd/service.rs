//! The workload of a service, in normalised form.
//!
//! A service has one container, which is itself: what it runs, with which environment, and how far apart from the rest
//! of its machine.

use super::isolation::{BOOLEANS, isolation, sandbox, truth};
use super::value;
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::environment::{Variable, environment};
use crate::frontend::words::words;
use crate::problem::Problem;
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

/// The section that says what a service is.
pub(super) const SECTION: &str = "Service";

pub(super) fn workload(resource: &Resource) -> Option<Entity> {
    let service = resource.view().get(SECTION)?;
    let mut model = Model::default();
    model.object(None, resource.root, |model| fill(model, resource, service));
    Some(Entity::new(
        EntityKind::Workload,
        resource.name.clone(),
        model.finish(),
    ))
}

fn fill(model: &mut Model, resource: &Resource, service: View<'_>) {
    let from = service.id();
    let account = Account::of(resource, service);
    model.text(
        "name",
        &resource.name,
        Origin::Derived {
            from: resource.root,
        },
    );
    tags(model, resource);
    model.object(Some("runtime"), from, |model| {
        model.text("form", "service", Origin::Derived { from });
    });
    lifetime(model, service);
    identity(model, service, account);
    model.object(Some("observability"), from, |model| {
        model.copy("log", last(service, "StandardOutput"));
    });
    failure(model, service);
    resources(model, service);
    model.list("containers", from, |model| {
        model.object(None, from, |model| {
            model.text("name", &resource.name, Origin::Derived { from });
            model.text("role", "container", Origin::Derived { from });
            model.copy("command", service.get("ExecStart"));
            environment(model, &variables(service), service.id());
            environment_from(model, service);
            isolation(model, service, account);
            sandbox(model, service);
        });
    });
}

/// `tags`: the settings of any section that begin with `X-`, which are for other programs than systemd.
fn tags(model: &mut Model, resource: &Resource) {
    let sections = resource.view().entries();
    let settings = sections.flat_map(|(_, section)| section.entries());
    let foreign = settings.filter(|(key, _)| key.starts_with("X-"));
    let tags: Vec<(&str, View<'_>)> = foreign
        .filter_map(|(key, values)| Some((key, values.items().last()?)))
        .collect();
    if tags.is_empty() {
        return;
    }
    model.object(Some("tags"), resource.root, |model| {
        for (key, value) in tags {
            if let Some(text) = value.raw() {
                model.text(key, text, Origin::Derived { from: value.id() });
            }
        }
    });
}

/// The last value of a setting: of one that is no list, the one that counts.
pub(super) fn last<'a>(service: View<'a>, key: &str) -> Option<View<'a>> {
    service.get(key)?.items().last()
}

/// Every value of a setting, with its node.
pub(super) fn texts<'a>(service: View<'a>, key: &str) -> Vec<(&'a str, NodeId)> {
    let written = service.get(key).into_iter().flat_map(View::items);
    written
        .filter_map(|value| Some((value.str()?, value.id())))
        .collect()
}

/// Whom a service runs as.
#[derive(Debug, Clone, Copy)]
pub(super) enum Account<'a> {
    /// As it says.
    Named(View<'a>),
    /// As a user that is made for it and ends with it; where it says so.
    Dynamic(NodeId),
    /// As the user whose own manager starts it.
    Owner,
    /// As root, since it says nothing.
    Root,
}

/// Why nobody knows whom a service runs as.
pub(super) const OWNER: &str = "the service runs as the user whose manager starts it";

impl<'a> Account<'a> {
    fn of(resource: &Resource, service: View<'a>) -> Self {
        if let Some(user) = last(service, "User") {
            return Self::Named(user);
        }
        match truth(service, "DynamicUser") {
            Some((true, from)) => Self::Dynamic(from),
            _ if is_of_a_user(resource) => Self::Owner,
            _ => Self::Root,
        }
    }
}

/// The units of users' managers lie in folders of their own, such as `/etc/systemd/user`.
fn is_of_a_user(resource: &Resource) -> bool {
    let source = resource.tree.source();
    source.is_some_and(|source| source.name().contains("systemd/user/"))
}

fn identity(model: &mut Model, service: View<'_>, account: Account<'_>) {
    let under = service.id();
    model.object(Some("identity"), under, |model| match account {
        Account::Named(user) if user.str().is_some_and(value::has_specifier) => {
            model.unknown("name", SPECIFIER, user.id());
        }
        Account::Named(user) => model.copy("name", Some(user)),
        Account::Dynamic(from) => model.text("name", "dynamic", Origin::Derived { from }),
        Account::Owner => model.unknown("name", OWNER, under),
        Account::Root => model.text("name", "root", Origin::Default { under }),
    });
}

/// Why nobody knows a value with a specifier.
const SPECIFIER: &str = "systemd fills in a specifier when it loads the unit";

/// What is started once has no time to run, but a time to start in.
fn lifetime(model: &mut Model, service: View<'_>) {
    let kind = last(service, "Type").and_then(View::str);
    let key = if kind == Some("oneshot") {
        "TimeoutStartSec"
    } else {
        "RuntimeMaxSec"
    };
    model.object(Some("lifetime"), service.id(), |model| {
        seconds(model, "max_seconds", last(service, key));
    });
}

fn failure(model: &mut Model, service: View<'_>) {
    model.object(Some("failure"), service.id(), |model| {
        model.copy("restart", last(service, "Restart"));
        seconds(model, "watchdog_seconds", last(service, "WatchdogSec"));
    });
}

fn seconds(model: &mut Model, key: &str, written: Option<View<'_>>) {
    amount(model, key, written, value::seconds);
}

/// An amount, where one is written that can be read. Anything else is said when the unit is read.
fn amount(model: &mut Model, key: &str, written: Option<View<'_>>, read: fn(&str) -> Option<i64>) {
    let read = written.and_then(|written| Some((read(written.str()?)?, written.id())));
    if let Some((amount, from)) = read {
        model.number(key, amount, from);
    }
}

fn resources(model: &mut Model, service: View<'_>) {
    let (cpu, memory) = (last(service, "CPUQuota"), last(service, "MemoryMax"));
    if cpu.is_none() && memory.is_none() {
        return;
    }
    model.object(Some("resources"), service.id(), |model| {
        model.object(Some("limits"), service.id(), |model| {
            amount(model, "cpu_m", cpu, value::thousandths);
            match memory.filter(|memory| is_share(*memory)) {
                Some(share) => model.unknown("memory_bytes", SHARE, share.id()),
                None => amount(model, "memory_bytes", memory, value::bytes),
            }
        });
    });
}

/// Why nobody knows a limit that is a percentage.
const SHARE: &str = "the limit is a share of the machine's memory";

fn is_share(memory: View<'_>) -> bool {
    let text = memory.str();
    text.is_some_and(|text| value::thousandths(text).is_some())
}

fn literal(name: &str, value: &str, from: NodeId) -> Variable {
    Variable {
        name: name.to_owned(),
        value: (!value::is_specifier(value)).then(|| value.replace("%%", "%")),
        from,
    }
}

/// What is set, what is passed on from the manager, and the credentials whose value the unit itself holds.
fn variables(service: View<'_>) -> Vec<Variable> {
    let mut variables = set(service);
    variables.extend(passed(service));
    variables.extend(credentials(service));
    variables
}

fn set(service: View<'_>) -> Vec<Variable> {
    let mut variables = Vec::new();
    for (text, from) in texts(service, "Environment") {
        let (words, _) = words(text);
        let assignments = words.iter().filter_map(|word| word.split_once('='));
        variables.extend(assignments.map(|(name, value)| literal(name, value, from)));
    }
    variables
}

fn passed(service: View<'_>) -> Vec<Variable> {
    let mut variables = Vec::new();
    for (text, from) in texts(service, "PassEnvironment") {
        let (words, _) = words(text);
        variables.extend(words.into_iter().map(|name| Variable {
            name,
            value: None,
            from,
        }));
    }
    variables
}

fn credentials(service: View<'_>) -> Vec<Variable> {
    texts(service, "SetCredential")
        .into_iter()
        .filter_map(|(text, from)| {
            let (name, value) = text.split_once(':')?;
            Some(literal(name, value, from))
        })
        .collect()
}

/// Settings that bring in what is kept elsewhere, and its kind.
const SOURCES: &[(&str, &str)] = &[
    ("EnvironmentFile", "file_ref"),
    ("LoadCredential", "secret_ref"),
    ("LoadCredentialEncrypted", "secret_ref"),
    ("SetCredentialEncrypted", "secret_ref"),
    ("ImportCredential", "secret_ref"),
];

/// `env_from[]`: files by their path, credentials by their id.
fn environment_from(model: &mut Model, service: View<'_>) {
    let found: Vec<(&str, &str, NodeId)> = SOURCES
        .iter()
        .flat_map(|(key, kind)| {
            let written = texts(service, key).into_iter();
            written.map(move |(text, from)| (*kind, source_name(kind, text), from))
        })
        .collect();
    if found.is_empty() {
        return;
    }
    model.list("env_from", service.id(), |model| {
        for (kind, name, from) in found {
            model.object(None, from, |model| {
                model.text("kind", kind, Origin::Derived { from });
                model.text("name", name, Origin::Derived { from });
            });
        }
    });
}

/// A file that may be missing has a `-` before its path; a credential has its source or value behind its id.
fn source_name<'a>(kind: &str, text: &'a str) -> &'a str {
    if kind == "file_ref" {
        text.strip_prefix('-').unwrap_or(text)
    } else {
        text.split_once(':').map_or(text, |(id, _)| id)
    }
}

/// Settings of one kind of value, what it is called, and whether a text is one.
type Check = (&'static str, &'static str, fn(&str) -> bool);

const CHECKS: &[Check] = &[
    ("RuntimeMaxSec", "time span", is_time),
    ("TimeoutStartSec", "time span", is_time),
    ("WatchdogSec", "time span", is_time),
    ("MemoryMax", "size", is_size),
    ("CPUQuota", "percentage", is_percentage),
];

fn is_boolean(text: &str) -> bool {
    value::boolean(text).is_some()
}

fn is_time(text: &str) -> bool {
    value::is_infinity(text) || value::seconds(text).is_some()
}

fn is_size(text: &str) -> bool {
    value::is_infinity(text) || value::bytes(text).is_some() || is_percentage(text)
}

fn is_percentage(text: &str) -> bool {
    value::thousandths(text).is_some()
}

/// What systemd ignores of a service, since it cannot read it. No message repeats a value: it may be a secret.
pub(super) fn problems(service: View<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let boolean = |key: &&'static str| -> Check { (*key, "boolean", is_boolean) };
    let checks = BOOLEANS.iter().map(boolean).chain(CHECKS.iter().copied());
    for (key, what, is_one) in checks {
        for value in values(service, key) {
            if !value.str().is_some_and(is_one) {
                let message = format!("`{key}` is given what is no {what}, and systemd ignores it");
                problems.extend(warning(value, message));
            }
        }
    }
    for value in values(service, "Environment") {
        let (words, closed) = words(value.str().unwrap_or_default());
        if !closed {
            let message = "a quote that is not closed; systemd ignores what it stands in";
            problems.extend(warning(value, message.to_owned()));
        } else if !words.iter().all(|word| is_assignment(word)) {
            let message = "expected `NAME=value`, found what systemd ignores";
            let help = "quote an assignment with whitespace in it as a whole: `\"NAME=a b\"`";
            let warning = warning(value, message.to_owned());
            problems.extend(warning.map(|warning| warning.help(help)));
        }
    }
    for value in values(service, "SetCredential") {
        if value.str().is_none_or(|text| !text.contains(':')) {
            let message = "expected `ID:VALUE`, found a credential without a value";
            problems.extend(warning(value, message.to_owned()));
        }
    }
    problems
}

fn values<'a>(service: View<'a>, key: &str) -> Vec<View<'a>> {
    let written = service.get(key).into_iter();
    written.flat_map(View::items).collect()
}

fn warning(value: View<'_>, message: String) -> Option<Problem> {
    match value.origin() {
        Origin::Span(span) => Some(Problem::warning(span, message)),
        Origin::Default { .. } | Origin::Derived { .. } => None,
    }
}

/// A name is made of letters, digits and `_`, and begins with no digit.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}
