//! What the organisation alone says of admission: how far rules are introduced, and who may pass them for some hours.

use plumbline_core::break_glass::{self, BreakGlass};
use plumbline_core::parse::Document;
use plumbline_core::policy::PolicySet;
use plumbline_core::problem::Problem;
use plumbline_core::stage::Stages;
use plumbline_core::waiver::Authority;

use super::{CheckConfig, Layers, Own, Resolver};
use crate::exceptions;

/// The keys that count in layers only.
pub(super) const KEYS: &[&str] = &["stages", "break-glass"];

impl CheckConfig {
    /// What stages and break-glass name that is no rule.
    pub(crate) fn unknown_rules(&self, policies: &PolicySet) -> Vec<Problem> {
        let rules = exceptions::rules(policies);
        let mut problems = self.stages.unknown_rules(&rules);
        problems.extend(break_glass::unknown_rules(&self.break_glass, &rules));
        problems
    }
}

impl Resolver<'_> {
    /// The stages and break-glass of the layers, those of the highest one first: what lies below cannot come before it.
    pub(super) fn admission(&mut self, layers: &Layers) -> (Stages, Vec<BreakGlass>) {
        let own = KEYS.iter().filter_map(|key| misplaced(layers, key));
        self.problems.extend(own);
        let (stages, problems) = Stages::of_layers(counting(layers, "stages"));
        self.problems.extend(problems);
        let (break_glass, problems) = break_glass::of_layers(counting(layers, "break-glass"));
        self.problems.extend(problems);
        (stages, break_glass)
    }
}

/// The layers of the organisation that say something of a key, the highest one first.
fn counting<'a>(layers: &'a Layers, key: &'static str) -> impl Iterator<Item = &'a Document> {
    let said = layers.said(key).rev();
    said.filter(|(own, _)| own.authority == Authority::Organisation)
        .map(|(own, _)| &own.document)
}

/// That a repository says of itself what is the organisation's to say.
fn misplaced(layers: &Layers, key: &str) -> Option<Problem> {
    let is_local = |own: &&Own| own.authority == Authority::Local;
    let own = layers.nearest().filter(is_local)?;
    let written = own.root().get(key)?;
    let message = format!("`{key}` counts in a layer of the organisation only");
    let problem = Problem::error(own.place(written), message);
    let said = |own: &Own| Some(own.place(own.root().get(key)?));
    if let Some(theirs) = layers.above().iter().find_map(said) {
        let problem = problem.related(theirs, "decided here");
        return Some(problem.help("leave it out, or have the layer changed"));
    }
    Some(match own.root().get("extends") {
        Some(extends) => problem
            .related(own.place(extends), "a layer is extended here")
            .help("leave it out, or have it written into that layer"),
        None => problem.help("write it into a layer, which this file names with `extends`"),
    })
}
