//! Functions of a service, each with what the provider sets for all of them, as the framework merges it.
//!
//! The merge is that of `lib/plugins/aws/package/compile/functions.js`.

use std::collections::HashSet;

use super::call;
use super::evaluate::Found;
use super::resolve::Resolver;
use super::role::{self, ROLE};
use super::template::Neighbour;
use crate::tree::{Kind, Origin, View};

/// What a function says itself, or the provider for it, or else the framework.
const INHERITED: &[(&str, Option<&str>)] = &[
    ("architecture", None),
    ("kmsKeyArn", None),
    ("layers", None),
    ("logRetentionInDays", None),
    ("memorySize", Some("1024")),
    ("region", None),
    ("runtime", None),
    ("timeout", Some("6")),
];

/// What of a function is put together rather than copied.
const MERGED: &[&str] = &[
    "destinations",
    "environment",
    "fileSystemConfig",
    "image",
    "role",
    "tags",
    "tracing",
    "vpc",
];

/// What the provider sets for every function.
struct Settings<'a> {
    provider: Option<View<'a>>,
    environment: Vec<View<'a>>,
    tags: Vec<View<'a>>,
    network: Option<View<'a>>,
    tracing: Option<View<'a>>,
    role: Option<View<'a>>,
}

/// A function that is being written.
#[derive(Clone, Copy)]
struct Function<'a> {
    name: &'a str,
    view: View<'a>,
    /// Where the framework's defaults stand.
    here: Origin,
}

impl<'a> Resolver<'a, '_> {
    pub(super) fn functions(&mut self) {
        let written = self.root.get("functions");
        let Some(functions) = self.section(written) else {
            return;
        };
        let settings = self.settings();
        self.builder
            .key_as("functions", written.and_then(View::key_span));
        self.builder.open(Kind::Mapping, functions.origin());
        for mapping in self.mappings(functions) {
            for (name, written) in mapping.entries() {
                self.declared(name, written, &settings);
            }
        }
        self.builder.close();
    }

    fn settings(&mut self) -> Settings<'a> {
        let provider = self.known(self.root.get("provider"));
        let environment = self.dig(provider, &["environment"]);
        let tags = self.dig(provider, &["tags"]);
        let stack_tags = self.dig(provider, &["stackTags"]);
        let tracing = self.dig(provider, &["tracing"]);
        Settings {
            provider,
            environment: self.section(environment).into_iter().collect(),
            tags: [self.section(tags), self.section(stack_tags)]
                .into_iter()
                .flatten()
                .collect(),
            network: self.dig(provider, &["vpc"]),
            tracing: self.part(tracing, "lambda"),
            role: self.named_role(provider),
        }
    }

    /// An entry of `functions`.
    fn declared(&mut self, name: &'a str, written: View<'a>, settings: &Settings<'a>) {
        if self.evaluator.is_exhausted() {
            return;
        }
        let found = self.section(Some(written));
        let Some(view) = found.filter(|view| view.is_mapping()) else {
            if found.is_some() || written.is_null() {
                let name = name.escape_debug();
                self.refuse(written, format!("the function `{name}` is no mapping"));
            }
            return;
        };
        let here = written.key_span().map_or(written.origin(), Origin::Span);
        self.builder.key_of(written);
        self.function(Function { name, view, here }, settings);
        let provider = self.dig(settings.provider, &["name"]);
        let provider = provider.or(settings.provider).and_then(View::raw);
        if provider == Some("aws") && view.get("handler").or(view.get("image")).is_none() {
            let name = name.escape_debug();
            let message = format!("the function `{name}` has neither `handler` nor `image`");
            self.refuse(written, message);
        }
    }

    fn function(&mut self, function: Function<'a>, settings: &Settings<'a>) {
        let view = function.view;
        self.builder.open(Kind::Mapping, view.origin());
        let is_inherited = |key: &str| INHERITED.iter().any(|(name, _)| *name == key);
        for (key, value) in view.entries() {
            if !is_inherited(key) && !MERGED.contains(&key) {
                self.builder.key_of(value);
                self.put(value, 3);
            }
        }
        for (key, default) in INHERITED {
            self.inherited(function, key, *default, settings);
        }
        self.layered(function, "environment", &settings.environment);
        self.layered(function, "tags", &settings.tags);
        self.network(function, settings);
        self.tracing(function, settings);
        self.role(function, settings);
        self.image(function, settings);
        self.files(function);
        let destinations = self.dig(Some(view), &["destinations"]);
        self.parts("destinations", &["onSuccess", "onFailure"], &[destinations]);
        self.builder.close();
        self.note_events(function);
        self.note_failures(function);
    }

    fn inherited(
        &mut self,
        function: Function<'a>,
        key: &str,
        default: Option<&str>,
        settings: &Settings<'a>,
    ) {
        let own = self.dig(Some(function.view), &[key]);
        let value = own.or_else(|| self.dig(settings.provider, &[key]));
        if let Some(value) = value {
            self.builder.key_of(value);
            self.put(value, 3);
        } else if let Some(default) = default {
            self.builder.key(key).number(default, function.here);
        }
    }

    /// A mapping over those that the provider has for it, the first of them on top. Its values are texts.
    fn layered(&mut self, function: Function<'a>, key: &str, below: &[View<'a>]) {
        let own = self.section(function.view.get(key));
        let layers = own.into_iter().chain(below.iter().copied());
        let layers: Vec<View<'a>> = layers.filter(|layer| layer.is_mapping()).collect();
        let Some(top) = layers.first() else {
            return;
        };
        let written = function.view.get(key).filter(|_| own.is_some());
        self.builder.key_as(key, written.unwrap_or(*top).key_span());
        self.builder.open(Kind::Mapping, top.origin());
        let mut above: HashSet<&str> = HashSet::new();
        for layer in &layers {
            let visible: Vec<(&str, View<'a>)> = layer
                .entries()
                .filter(|(key, _)| !above.contains(key))
                .collect();
            above.extend(visible.iter().map(|(key, _)| *key));
            for (_, value) in visible {
                // A variable that is null is taken away.
                if !self.evaluator.node(value, 0).is_nothing() {
                    self.builder.key_of(value);
                    self.put_text(value, 4);
                }
            }
        }
        self.builder.close();
    }

    /// A private network, part by part; `vpc: ~` keeps a function out of it.
    fn network(&mut self, function: Function<'a>, settings: &Settings<'a>) {
        let own = self.dig(Some(function.view), &["vpc"]);
        if own.is_none() && function.view.get("vpc").is_some() {
            return;
        }
        self.parts(
            "vpc",
            &["securityGroupIds", "subnetIds"],
            &[own, settings.network],
        );
    }

    /// A mapping of parts, each from the first whole that has it.
    fn parts(&mut self, key: &str, parts: &[&str], wholes: &[Option<View<'a>>]) {
        let Some(top) = wholes.iter().flatten().next() else {
            return;
        };
        self.builder.key_as(key, top.key_span());
        self.builder.open(Kind::Mapping, top.origin());
        for part in parts {
            let found = wholes.iter().find_map(|whole| self.part(*whole, part));
            if let Some(value) = found {
                self.builder.key_as(part, value.key_span());
                self.put(value, 4);
            }
        }
        self.builder.close();
    }

    /// `true` is short for `Active`.
    fn tracing(&mut self, function: Function<'a>, settings: &Settings<'a>) {
        let own = self.dig(Some(function.view), &["tracing"]);
        let Some(mode) = own.or(settings.tracing) else {
            return;
        };
        self.builder.key_as("tracing", mode.key_span());
        let text = self.evaluator.node(mode, 0).characters();
        if text.as_deref() == Some("true") {
            self.builder.string("Active", mode.origin());
        } else {
            self.put(mode, 3);
        }
    }

    /// The function's own role, the provider's, or the one that the framework makes. A function with permissions of its
    /// own gets a role of its own, which has those of the provider only if it asks for them.
    fn role(&mut self, function: Function<'a>, settings: &Settings<'a>) {
        let view = Some(function.view);
        let own = self.named_role(view);
        let statements = self.dig(view, &["iamRoleStatements"]);
        let has_own = statements.or_else(|| self.dig(view, &["iam", "role"]));
        if own.is_none() && has_own.is_some() {
            let mut permissions = vec![self.permissions_of(view)];
            if self.inherits(function) {
                permissions.push(self.permissions);
            }
            let name = role::of_function(function.name);
            self.builder.key("role").string(&name, function.here);
            self.add_role(name, permissions);
            return;
        }
        match own.or(settings.role) {
            Some(role) => {
                self.builder.key_as("role", role.key_span());
                self.put(role, 3);
            }
            None => {
                self.builder.key("role").string(ROLE, function.here);
            }
        }
    }

    /// Whether a function with permissions of its own has those of the provider too.
    fn inherits(&mut self, function: Function<'a>) -> bool {
        const PATHS: [&[&str]; 2] = [&["iamRoleStatementsInherit"], &["iam", "inheritStatements"]];
        PATHS.iter().any(|path| {
            let asked = self.dig(Some(function.view), path);
            let text = asked.and_then(|asked| self.evaluator.node(asked, 0).characters());
            text.as_deref() == Some("true")
        })
    }

    /// The role that a function or a provider names: `role`, or `iam.role` where that is no list of permissions.
    pub(super) fn named_role(&mut self, of: Option<View<'a>>) -> Option<View<'a>> {
        let role = self.dig(of, &["role"]);
        let role = role.or_else(|| self.dig(of, &["iam", "role"]))?;
        match self.known(Some(role)) {
            Some(view) if view.is_mapping() && !call::is_at(view) => None,
            _ => Some(role),
        }
    }

    /// The image of a function: where it lies, if that is written.
    fn image(&mut self, function: Function<'a>, settings: &Settings<'a>) {
        let Some(image) = self.dig(Some(function.view), &["image"]) else {
            return;
        };
        self.builder
            .key("packageType")
            .string("Image", function.here);
        let uri = self.image_uri(image, settings);
        self.builder.key_of(image);
        self.builder.open(Kind::Mapping, image.origin());
        if let Some(uri) = uri {
            self.builder.key_as("uri", uri.key_span());
            self.put_text(uri, 4);
        }
        self.builder.close();
    }

    /// An image is a reference, or the name of one of the provider's. One of those that is built has no reference yet.
    fn image_uri(&mut self, image: View<'a>, settings: &Settings<'a>) -> Option<View<'a>> {
        let is_mapping = self.known(Some(image)).is_some_and(View::is_mapping);
        let name = if is_mapping {
            if let Some(uri) = self.dig(Some(image), &["uri"]) {
                return Some(uri);
            }
            self.dig(Some(image), &["name"])?
        } else {
            image
        };
        let text = self.evaluator.node(name, 0).characters();
        let Some(text) = text.filter(|text| !text.contains(['/', '$'])) else {
            return Some(name);
        };
        let declared = self.dig(settings.provider, &["ecr", "images", &text])?;
        match self.known(Some(declared)) {
            Some(view) if view.is_mapping() => self.dig(Some(declared), &["uri"]),
            _ => Some(declared),
        }
    }

    /// A function has one file system at most; in the template it is a list.
    fn files(&mut self, function: Function<'a>) {
        let Some(files) = self.dig(Some(function.view), &["fileSystemConfig"]) else {
            return;
        };
        self.builder.key_of(files);
        if self.known(Some(files)).is_some_and(View::is_sequence) {
            self.put(files, 3);
        } else {
            self.builder.open(Kind::Sequence, files.origin());
            self.put(files, 4);
            self.builder.close();
        }
    }

    /// Queues and streams that a function takes messages from. Events that nobody can know are said.
    fn note_events(&mut self, function: Function<'a>) {
        let events = self.section(function.view.get("events"));
        if let Some(events) = events.filter(|events| !events.is_sequence()) {
            let name = function.name.escape_debug();
            self.refuse(
                events,
                format!("the events of the function `{name}` are no list"),
            );
        }
        let events = events.into_iter().flat_map(View::items);
        for (index, event) in events.enumerate() {
            let Some(event) = self.section(Some(event)) else {
                continue;
            };
            let from_queue = event
                .entries()
                .find(|(kind, _)| matches!(*kind, "sqs" | "stream"));
            let Some((_, source)) = from_queue else {
                continue;
            };
            if let Some(source) = self.arn(source) {
                self.neighbours.push(Neighbour {
                    name: format!("functions/{}/events/{index}", function.name),
                    kind: "AWS::Lambda::EventSourceMapping",
                    property: &["EventSourceArn"],
                    target: source,
                });
            }
        }
    }

    /// Queues and topics that a function sends to what it could not do.
    fn note_failures(&mut self, function: Function<'a>) {
        let view = Some(function.view);
        for path in [&["onError"][..], &["destinations", "onFailure"][..]] {
            let Some(target) = self.dig(view, path) else {
                continue;
            };
            if let Some(target) = self.arn(target) {
                self.neighbours.push(Neighbour {
                    name: format!("functions/{}/{}", function.name, path.join("/")),
                    kind: "AWS::Lambda::Function",
                    property: &["DeadLetterConfig", "TargetArn"],
                    target,
                });
            }
        }
    }

    /// A name of a cloud's: written alone, or as `arn` of a mapping.
    fn arn(&mut self, written: View<'a>) -> Option<View<'a>> {
        match self.evaluator.node(written, 0) {
            Found::Node(view) if view.is_mapping() && !call::is_at(view) => {
                self.dig(Some(view), &["arn"])
            }
            found => (!found.is_nothing()).then_some(written),
        }
    }
}
