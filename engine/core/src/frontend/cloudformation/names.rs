//! Names of a template: whether what is spoken of is declared, and whether what needs each other can be made at all.

use std::collections::BTreeSet;

use plumbline_rego::nearest;

use super::intrinsic::Call;
use crate::frontend::cycle::{self, Needs};
use crate::problem::Problem;
use crate::source::Span;
use crate::tree::{Origin, View};

/// How many names are searched for one that may have been meant.
const MAX_NEAR: usize = 1000;

/// What is wrong with the names of a template. Where a macro makes a part of it, nobody can know what it declares.
pub(super) fn check(template: View<'_>, is_sam: bool, problems: &mut Vec<Problem>) {
    let declared = ["Parameters", "Resources", "Conditions"].map(|section| {
        let entries = template.get(section).into_iter().flat_map(View::entries);
        (section, entries.map(|(name, _)| name).collect())
    });
    let mut names = Names {
        template,
        declared,
        is_sam,
        is_open: has_macro(template),
        told: BTreeSet::new(),
        problems,
    };
    let conditions = of_each(template.get("Conditions"), |condition| {
        names.spoken(condition).conditions
    });
    let resources = of_each(template.get("Resources"), |resource| {
        names.of_resource(resource).resources
    });
    for (_, output) in template.get("Outputs").into_iter().flat_map(View::entries) {
        names.spoken(output);
        names.on_condition(output);
    }
    names.circles("Conditions", "condition", &conditions);
    names.circles("Resources", "resource", &resources);
}

/// What each entry of a section speaks of.
fn of_each<'a>(
    section: Option<View<'a>>,
    mut spoken: impl FnMut(View<'a>) -> BTreeSet<&'a str>,
) -> Needs<'a> {
    let entries = section.into_iter().flat_map(View::entries);
    entries.map(|(name, entry)| (name, spoken(entry))).collect()
}

/// Whether a transform other than SAM's, or a loop, makes a part of a template.
fn has_macro(template: View<'_>) -> bool {
    let written = template.get("Transform");
    let mut transforms = written
        .into_iter()
        .flat_map(|written| written.items().chain(Some(written)))
        .filter(|transform| !transform.is_sequence());
    let sections = ["Resources", "Conditions"].map(|section| template.get(section));
    let mut entries = sections.into_iter().flatten().flat_map(View::entries);
    transforms.any(|transform| transform.raw() != Some(super::SAM))
        || template.get("Fn::Transform").is_some()
        || entries.any(|(key, _)| key.starts_with("Fn::"))
}

/// What a part of a template speaks of.
#[derive(Default)]
struct Spoken<'a> {
    conditions: BTreeSet<&'a str>,
    /// Those that have to be there first, whatever conditions come to.
    resources: BTreeSet<&'a str>,
}

struct Names<'a, 'p> {
    template: View<'a>,
    /// The names that each section declares.
    declared: [(&'static str, BTreeSet<&'a str>); 3],
    is_sam: bool,
    /// Whether there may be more than what is written.
    is_open: bool,
    /// What was said already.
    told: BTreeSet<String>,
    problems: &'p mut Vec<Problem>,
}

/// What a name may be one of.
const ANY: &[&str] = &["Parameters", "Resources"];
const RESOURCES: &[&str] = &["Resources"];
const CONDITIONS: &[&str] = &["Conditions"];

impl<'a> Names<'a, '_> {
    /// A resource. What SAM makes of one of its own needs less than what is written there.
    fn of_resource(&mut self, resource: View<'a>) -> Spoken<'a> {
        let mut spoken = self.spoken(resource);
        let kind = resource.get("Type").and_then(View::raw);
        if kind.is_some_and(|kind| kind.starts_with("AWS::Serverless::")) {
            spoken.resources.clear();
        }
        self.on_condition(resource);
        let after = resource.get("DependsOn");
        let after = after
            .into_iter()
            .flat_map(|after| after.items().chain(Some(after)));
        for view in after {
            if let Some(name) = view.raw() {
                self.named(name, view, RESOURCES);
                spoken.resources.insert(name);
            }
        }
        spoken
    }

    /// `Condition: Name` of a resource or an output.
    fn on_condition(&mut self, of: View<'a>) {
        if let Some((view, name)) = of
            .get("Condition")
            .and_then(|view| Some((view, view.raw()?)))
        {
            self.named(name, view, CONDITIONS);
        }
    }

    /// What the functions in a part of the template speak of.
    fn spoken(&mut self, part: View<'a>) -> Spoken<'a> {
        let mut spoken = Spoken::default();
        // Each node, and whether a condition decides about it.
        let mut pending = vec![(part, false)];
        while let Some((view, is_chosen)) = pending.pop() {
            let call = Call::of(view);
            if let Some(call) = call {
                let mut needed = BTreeSet::new();
                self.call(call, view, &mut spoken.conditions, &mut needed);
                if !is_chosen {
                    spoken.resources.append(&mut needed);
                }
            }
            let is_chosen = is_chosen || call.is_some_and(|call| call.name == "Fn::If");
            let below = view.items().chain(view.entries().map(|(_, value)| value));
            pending.extend(below.map(|below| (below, is_chosen)));
        }
        spoken
    }

    fn call(
        &mut self,
        call: Call<'a>,
        at: View<'a>,
        conditions: &mut BTreeSet<&'a str>,
        resources: &mut BTreeSet<&'a str>,
    ) {
        let argument = call.argument.view();
        match call.name {
            "Ref" => {
                if let Some(name) = argument.raw() {
                    self.named(name, at, ANY);
                    resources.insert(name);
                }
            }
            "Fn::GetAtt" => {
                let name = argument.items().next().and_then(View::raw);
                let name = name.or_else(|| argument.raw()?.split('.').next());
                if let Some(name) = name {
                    self.named(name, at, RESOURCES);
                    resources.insert(name);
                }
            }
            "Fn::Sub" => self.within(argument, at, resources),
            "Fn::If" | "Condition" => {
                let name = argument.raw().or_else(|| argument.items().next()?.raw());
                if let Some(name) = name {
                    self.named(name, at, CONDITIONS);
                    conditions.insert(name);
                }
            }
            _ => {}
        }
    }

    /// The names in a text: `${Name}`, `${Name.Attribute}`, but not `${!Literal}`, nor what stands beside the text.
    fn within(&mut self, argument: View<'a>, at: View<'a>, resources: &mut BTreeSet<&'a str>) {
        let mut items = argument.items();
        let (text, beside) = match argument.raw() {
            Some(text) => (text, None),
            None => match (items.next().and_then(View::raw), items.next()) {
                (Some(text), beside) => (text, beside),
                (None, _) => return,
            },
        };
        let parts = text.split("${").skip(1);
        let names = parts.filter_map(|part| Some(part.split_once('}')?.0.trim()));
        for name in names.filter(|name| !name.is_empty() && !name.starts_with('!')) {
            if beside.is_some_and(|beside| beside.get(name).is_some()) {
                continue;
            }
            let (own, among) = match name.split_once('.') {
                Some((own, _)) => (own, RESOURCES),
                None => (name, ANY),
            };
            self.named(own, at, among);
            resources.insert(own);
        }
    }

    /// Says a name that no section declares.
    fn named(&mut self, name: &'a str, at: View<'a>, among: &[&str]) {
        let sections = self.declared.iter();
        let sections = sections.filter(|(section, _)| among.contains(section));
        let is_declared = sections.clone().any(|(_, names)| names.contains(name));
        let is_made = among != CONDITIONS && (name.starts_with("AWS::") || self.makes(name));
        let is_name = !name.contains("${");
        if is_declared || is_made || self.is_open || !is_name {
            return;
        }
        let known = sections.flat_map(|(_, names)| names.iter().copied());
        let help = match nearest(name, known.take(MAX_NEAR)) {
            Some(near) => format!("did you mean `{}`?", near.escape_debug()),
            None => "CloudFormation refuses a template that speaks of it".to_owned(),
        };
        let what = match among {
            ["Conditions"] => "no condition",
            ["Resources"] => "no resource",
            _ => "neither a parameter nor a resource",
        };
        let message = format!("`{}` is {what} of this template", name.escape_debug());
        let span = span(at).filter(|_| self.told.insert(message.clone()));
        self.problems
            .extend(span.map(|span| Problem::error(span, message).help(help)));
    }

    /// Whether SAM may make a resource of a name: `WorkerRole` of the function `Worker`, `ServerlessRestApi`.
    fn makes(&self, name: &str) -> bool {
        let resources = self.template.get("Resources").into_iter();
        let mut own = resources.flat_map(View::entries).filter(|(_, resource)| {
            let kind = resource.get("Type").and_then(View::raw);
            kind.is_some_and(|kind| kind.starts_with("AWS::Serverless::"))
        });
        self.is_sam && (name.starts_with("Serverless") || own.any(|(own, _)| name.starts_with(own)))
    }

    /// Says the circles among the entries of a section.
    fn circles(&mut self, section: &str, what: &str, needs: &Needs<'a>) {
        for circle in cycle::circles(needs) {
            let name = circle.first().copied().unwrap_or_default();
            let entry = self.template.get(section).and_then(|at| at.get(name));
            let span = entry.and_then(View::key_span);
            let message = format!("the {what} `{}` needs itself", name.escape_debug());
            self.problems
                .extend(span.map(|span| Problem::error(span, message).help(cycle::spell(&circle))));
        }
    }
}

/// The bytes of a node: those of its key, where it is more than a text.
fn span(view: View<'_>) -> Option<Span> {
    match view.origin() {
        Origin::Span(span) if view.raw().is_some() => Some(span),
        Origin::Span(span) => Some(view.key_span().unwrap_or(span)),
        _ => view.key_span(),
    }
}
