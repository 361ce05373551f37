//! Resolving a template: what can be known without deploying it.

use std::collections::BTreeMap;

use super::intrinsic::{Argument, Call, unknown_tag};
use crate::problem::Problem;
use crate::resource::Format;
use crate::source::Span;
use crate::tree::{Builder, Kind, Origin, Tree, View};

/// How deep functions may nest in each other, and conditions ask for each other.
const MAX_DEPTH: usize = 64;
/// The longest text that is put together, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// The longest value of a parameter, in bytes.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const MAX_PARAMETER: usize = 4096;

/// The resources of a template by name, resolved.
pub(super) fn resources(template: View<'_>, format: Format, problems: &mut Vec<Problem>) -> Tree {
    let mut resolver = Resolver {
        template,
        globals: (format == Format::Sam)
            .then(|| template.get("Globals"))
            .flatten(),
        builder: Builder::computed(),
        conditions: BTreeMap::new(),
        is_cut: false,
        problems,
    };
    let origin = template
        .get("Resources")
        .map_or(template.origin(), View::origin);
    resolver.builder.open(Kind::Mapping, origin);
    for (name, resource) in template
        .get("Resources")
        .into_iter()
        .flat_map(View::entries)
    {
        // What a front end adds itself has such a name, and no place of it.
        if let Some(place) = resource.key_span().filter(|_| name.contains('/')) {
            resolver.refuse(name, place);
            continue;
        }
        resolver.builder.key_of(resource);
        resolver.resource(resource);
    }
    resolver.implicit();
    resolver.builder.close();
    resolver.builder.finish()
}

struct Resolver<'a, 'p> {
    template: View<'a>,
    globals: Option<View<'a>>,
    builder: Builder,
    /// Conditions that were asked for; none while one is being found, so that one that asks for itself is not known.
    conditions: BTreeMap<&'a str, Option<bool>>,
    /// Whether it was said that functions stand deeper than they are read.
    is_cut: bool,
    problems: &'p mut Vec<Problem>,
}

/// What a node comes to.
enum Resolved<'a> {
    /// What is written there, or elsewhere, itself to be resolved below.
    View(View<'a>),
    /// A text that was put together; the node that says so.
    Text(String, View<'a>),
    /// The default of a parameter; the node that asks for it.
    Default(View<'a>, View<'a>),
    /// A function of what nobody can know yet.
    Symbolic(Call<'a>, View<'a>),
    /// Nothing: `AWS::NoValue`.
    Nothing,
}

/// Types of SAM, and the section of its globals for each.
const GLOBALS: &[(&str, &str)] = &[
    ("AWS::Serverless::Function", "Function"),
    ("AWS::Serverless::Api", "Api"),
    ("AWS::Serverless::HttpApi", "HttpApi"),
    ("AWS::Serverless::SimpleTable", "SimpleTable"),
    ("AWS::Serverless::StateMachine", "StateMachine"),
];

impl<'a> Resolver<'a, '_> {
    /// A name with a `/` is none of a resource, and is kept for what no resource can be called.
    fn refuse(&mut self, name: &str, place: Span) {
        let message = format!("`{}` is no name of a resource", name.escape_debug());
        self.problems.push(
            Problem::error(place, message)
                .help("names of resources are letters and digits; this one was not read"),
        );
    }

    /// What the globals say of the APIs that SAM makes itself, by names that no resource can have.
    fn implicit(&mut self) {
        let apis = GLOBALS
            .iter()
            .filter(|(_, section)| section.ends_with("Api"));
        for (kind, section) in apis {
            let Some(globals) = self.globals.and_then(|globals| globals.get(section)) else {
                continue;
            };
            let name = format!("Globals/{section}");
            self.builder.key_as(&name, globals.key_span());
            self.builder.open(Kind::Mapping, globals.origin());
            self.builder.key("Type").string(kind, globals.origin());
            self.builder.key("Properties");
            self.put(globals, 0);
            self.builder.close();
        }
    }

    /// A resource; its properties are laid over the globals of its type.
    fn resource(&mut self, resource: View<'a>) {
        let kind = resource.get("Type").and_then(View::raw);
        let section = GLOBALS
            .iter()
            .find(|(of, _)| Some(*of) == kind)
            .and_then(|(_, section)| self.globals?.get(section));
        let Some(globals) = section.filter(|_| resource.is_mapping()) else {
            self.put(resource, 0);
            return;
        };
        self.builder.open(Kind::Mapping, resource.origin());
        let properties = resource.get("Properties");
        for (_, value) in resource.entries() {
            self.builder.key_of(value);
            if value.key() == Some("Properties") {
                self.merged(globals, value, 0);
            } else {
                self.put(value, 0);
            }
        }
        if properties.is_none() {
            self.builder.key("Properties");
            self.put(globals, 0);
        }
        self.builder.close();
    }

    /// Maps are merged, lists put one behind the other, and of anything else the local value counts.
    fn merged(&mut self, global: View<'a>, local: View<'a>, depth: usize) {
        let is_call = |view| Call::is_at(view);
        if depth > MAX_DEPTH || is_call(global) || is_call(local) {
            self.put(local, depth);
        } else if global.is_mapping() && local.is_mapping() {
            self.builder.open(Kind::Mapping, local.origin());
            for (key, value) in global.entries() {
                self.builder.key_of(value);
                match local.get(key) {
                    Some(over) => {
                        self.builder.key_of(over);
                        self.merged(value, over, depth + 1);
                    }
                    None => self.entry(value, depth + 1),
                }
            }
            let own = local.entries().filter(|(key, _)| global.get(key).is_none());
            for (_, value) in own {
                self.builder.key_of(value);
                self.entry(value, depth + 1);
            }
            self.builder.close();
        } else if global.is_sequence() && local.is_sequence() {
            self.builder.open(Kind::Sequence, local.origin());
            for item in global.items().chain(local.items()) {
                self.entry(item, depth + 1);
            }
            self.builder.close();
        } else {
            self.put(local, depth);
        }
    }

    /// A node under the key that was set; nothing if it comes to nothing.
    fn entry(&mut self, view: View<'a>, depth: usize) {
        match self.resolve(view, depth) {
            Resolved::Nothing => {
                self.builder.take_key();
            }
            resolved => self.put_resolved(resolved, depth),
        }
    }

    fn put(&mut self, view: View<'a>, depth: usize) {
        let resolved = self.resolve(view, depth);
        self.put_resolved(resolved, depth);
    }

    fn put_resolved(&mut self, resolved: Resolved<'a>, depth: usize) {
        match resolved {
            Resolved::Nothing => {
                self.builder.scalar(
                    Kind::Null,
                    Origin::Default {
                        under: crate::tree::NodeId::ROOT,
                    },
                );
            }
            Resolved::Text(text, from) => {
                self.builder.string(&text, from.origin());
            }
            Resolved::Default(default, from) => self.builder.graft_at(default, from.origin()),
            Resolved::Symbolic(call, from) => self.symbolic(call, from, depth),
            Resolved::View(view) if depth > MAX_DEPTH => {
                self.cut(view);
                self.builder.graft(view);
            }
            Resolved::View(view) if view.is_mapping() => {
                self.builder.open(Kind::Mapping, view.origin());
                for (_, value) in view.entries() {
                    self.builder.key_of(value);
                    self.entry(value, depth + 1);
                }
                self.builder.close();
            }
            Resolved::View(view) if view.is_sequence() => {
                self.builder.open(Kind::Sequence, view.origin());
                for item in view.items() {
                    self.entry(item, depth + 1);
                }
                self.builder.close();
            }
            Resolved::View(view) => self.builder.graft(view),
        }
    }

    /// Says once that a function below a node is not read: it stands too deep.
    fn cut(&mut self, view: View<'a>) {
        if self.is_cut {
            return;
        }
        let mut pending = vec![view];
        while let Some(view) = pending.pop() {
            if Call::is_at(view) {
                let place = match view.origin() {
                    Origin::Span(span) => Some(span),
                    _ => view.key_span(),
                };
                let message = format!("a function below more than {MAX_DEPTH} levels");
                self.problems.extend(
                    place.map(|place| Problem::error(place, message).help("it was not resolved")),
                );
                self.is_cut = true;
                return;
            }
            pending.extend(view.items());
            pending.extend(view.entries().map(|(_, value)| value));
        }
    }

    /// A function in its long spelling, whatever it was written as.
    fn symbolic(&mut self, call: Call<'a>, from: View<'a>, depth: usize) {
        self.builder.open(Kind::Mapping, from.origin());
        self.builder.key(call.name);
        match call.argument {
            Argument::Below(view) => self.put(view, depth + 1),
            Argument::Tagged(view) => {
                let attribute = view.raw().filter(|_| call.name == "Fn::GetAtt");
                match attribute.and_then(|text| text.split_once('.')) {
                    Some((resource, attribute)) => {
                        let origin = view.origin();
                        self.builder.open(Kind::Sequence, origin);
                        self.builder.string(resource, origin);
                        self.builder.string(attribute, origin);
                        self.builder.close();
                    }
                    None => self.put_plain(view, depth + 1),
                }
            }
        }
        self.builder.close();
    }

    /// A node whose own tag is spent already; what lies below it is resolved.
    fn put_plain(&mut self, view: View<'a>, depth: usize) {
        self.put_resolved(Resolved::View(view), depth);
    }

    fn resolve(&mut self, view: View<'a>, depth: usize) -> Resolved<'a> {
        if let Some(tag) = unknown_tag(view) {
            let place = view.key_span().or(match view.origin() {
                Origin::Span(span) => Some(span),
                _ => None,
            });
            let message = format!("CloudFormation has no function `{}`", tag.escape_debug());
            self.problems
                .extend(place.map(|place| Problem::error(place, message)));
        }
        let Some(call) = Call::of(view).filter(|_| depth <= MAX_DEPTH) else {
            return Resolved::View(view);
        };
        let argument = call.argument.view();
        let known = match call.name {
            "Ref" => self.reference(argument, view),
            "Fn::If" => self.choice(argument, depth),
            "Fn::FindInMap" => self.mapped(argument, depth),
            "Fn::Sub" => self.substituted(argument, view, depth),
            "Fn::Join" => self.joined(argument, view, depth),
            "Fn::Select" => self.selected(argument, depth),
            _ => None,
        };
        known.unwrap_or(Resolved::Symbolic(call, view))
    }

    fn reference(&self, name: View<'a>, at: View<'a>) -> Option<Resolved<'a>> {
        let name = name.raw()?;
        if name == "AWS::NoValue" {
            return Some(Resolved::Nothing);
        }
        Some(Resolved::Default(self.default_of(name)?, at))
    }

    /// The default of a parameter. That of one whose value is kept elsewhere is a name, and not the value.
    fn default_of(&self, parameter: &str) -> Option<View<'a>> {
        let parameter = self.template.get("Parameters")?.get(parameter)?;
        let kind = parameter.get("Type").and_then(View::raw);
        if kind.is_some_and(|kind| kind.starts_with("AWS::SSM::Parameter::Value<")) {
            return None;
        }
        let default = parameter.get("Default")?;
        let is_long = default.raw().is_some_and(|text| text.len() > MAX_PARAMETER);
        (is_plain(default) && !is_long).then_some(default)
    }

    fn choice(&mut self, arguments: View<'a>, depth: usize) -> Option<Resolved<'a>> {
        let mut items = arguments.items();
        let (condition, yes, no) = (items.next()?, items.next()?, items.next()?);
        let holds = self.holds(condition.raw()?, depth + 1)?;
        Some(self.resolve(if holds { yes } else { no }, depth + 1))
    }

    fn mapped(&mut self, arguments: View<'a>, depth: usize) -> Option<Resolved<'a>> {
        let mut keys = Vec::new();
        for item in arguments.items().take(3) {
            keys.push(self.text(item, depth + 1)?);
        }
        let mappings = self.template.get("Mappings")?;
        let found = keys
            .iter()
            .try_fold(mappings, |at, key| at.get(key))
            .filter(|_| keys.len() == 3)?;
        // Functions have no place in a mapping, and one of them could lead back to where it stands.
        (is_plain(found) || found.is_sequence() && found.items().all(is_plain))
            .then_some(Resolved::View(found))
    }

    fn joined(&mut self, arguments: View<'a>, at: View<'a>, depth: usize) -> Option<Resolved<'a>> {
        let mut items = arguments.items();
        let (between, list) = (items.next()?.raw().unwrap_or(""), items.next()?);
        let mut parts = Vec::new();
        let mut length = 0;
        for item in list.items() {
            let part = self.text(item, depth + 1)?;
            length += part.len() + between.len();
            if length > MAX_TEXT {
                return None;
            }
            parts.push(part);
        }
        list.is_sequence()
            .then(|| Resolved::Text(parts.join(between), at))
    }

    fn selected(&mut self, arguments: View<'a>, depth: usize) -> Option<Resolved<'a>> {
        let mut items = arguments.items();
        let index: usize = items.next()?.raw()?.parse().ok()?;
        let chosen = items.next()?.items().nth(index)?;
        Some(self.resolve(chosen, depth + 1))
    }

    /// `${Name}` of parameters and of the variables beside the text; a text with any other name stays a function.
    fn substituted(
        &mut self,
        argument: View<'a>,
        at: View<'a>,
        depth: usize,
    ) -> Option<Resolved<'a>> {
        let mut items = argument.items();
        let (text, variables) = match argument.raw() {
            Some(text) => (text, None),
            None => (items.next()?.raw()?, items.next()),
        };
        let mut out = String::new();
        let mut rest = text;
        let mut values: BTreeMap<&str, String> = BTreeMap::new();
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let (name, left) = after.split_once('}')?;
            rest = left;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str("${");
                out.push_str(literal);
                out.push('}');
                continue;
            }
            let name = name.trim();
            // A name that is written twice is found once: texts may stand in texts.
            if !values.contains_key(name) {
                let value = match variables.and_then(|variables| variables.get(name)) {
                    Some(variable) => self.text(variable, depth + 1)?,
                    None => self.default_of(name)?.raw()?.to_owned(),
                };
                values.insert(name, value);
            }
            out.push_str(values.get(name)?);
            if out.len() > MAX_TEXT {
                return None;
            }
        }
        out.push_str(rest);
        Some(Resolved::Text(out, at))
    }

    /// The text that a node comes to, if it is one.
    fn text(&mut self, view: View<'a>, depth: usize) -> Option<String> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.resolve(view, depth) {
            Resolved::Text(text, _) => Some(text),
            Resolved::View(view) | Resolved::Default(view, _) => view.raw().map(str::to_owned),
            Resolved::Symbolic(..) | Resolved::Nothing => None,
        }
    }

    /// Whether a condition holds by the defaults of parameters; none if nobody can know.
    fn holds(&mut self, name: &'a str, depth: usize) -> Option<bool> {
        if let Some(found) = self.conditions.get(name) {
            return *found;
        }
        self.conditions.insert(name, None);
        let condition = self.template.get("Conditions")?.get(name)?;
        let holds = self.is_true(condition, depth + 1);
        self.conditions.insert(name, holds);
        holds
    }

    fn is_true(&mut self, condition: View<'a>, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        let call = Call::of(condition)?;
        let argument = call.argument.view();
        match call.name {
            "Condition" => self.holds(argument.raw()?, depth + 1),
            "Fn::Equals" => {
                let mut items = argument.items();
                let (left, right) = (items.next()?, items.next()?);
                Some(self.text(left, depth + 1)? == self.text(right, depth + 1)?)
            }
            "Fn::Not" => Some(!self.is_true(argument.items().next()?, depth + 1)?),
            "Fn::And" => self.all(argument, depth, true),
            "Fn::Or" => self.all(argument, depth, false),
            _ => None,
        }
    }

    /// Whether every condition is `wanted`, or the first that is not decides.
    fn all(&mut self, conditions: View<'a>, depth: usize, wanted: bool) -> Option<bool> {
        let mut known = true;
        for condition in conditions.items() {
            match self.is_true(condition, depth + 1) {
                Some(holds) if holds != wanted => return Some(!wanted),
                Some(_) => {}
                None => known = false,
            }
        }
        known.then_some(wanted)
    }
}

/// Whether a node is a scalar and no function.
fn is_plain(view: View<'_>) -> bool {
    !view.is_mapping() && !view.is_sequence() && !Call::is_at(view)
}
