//! The decisions of the organisation over those of a repository, which fills in what was left open.

use std::path::PathBuf;

use plumbline_core::policy::merge;
use plumbline_core::problem::Problem;
use plumbline_core::tree::View;
use plumbline_core::waiver::Authority;
use plumbline_rego::Value;
use plumbline_sources::place::Place;

use super::{ESTATE, ESTATE_NAME, Layers, Own, Resolver};
use crate::args::RuleArgs;

impl Resolver<'_> {
    /// The files of decisions, the repository's first: all of them, and what could be read of them.
    pub(super) fn estates(
        &mut self,
        args: &RuleArgs,
        roots: &[PathBuf],
        layers: &Layers,
    ) -> (Vec<Place>, Vec<Own>) {
        let nearest = self.estate_file(args, roots, layers.nearest());
        let mut places: Vec<(Place, Authority)> = Vec::new();
        places.extend(nearest.map(|place| (place, Authority::Local)));
        for own in layers.above() {
            if let Some(place) = self.estate_of(own) {
                // The folder of a layer may be among those that are checked.
                places.retain(|(other, _)| other.identity() != place.identity());
                places.push((place, own.authority));
            }
        }
        let all = places.iter().map(|(place, _)| place.clone()).collect();
        let read = |(place, authority)| self.read(place, authority, &ESTATE);
        (all, places.into_iter().filter_map(read).collect())
    }

    /// The decisions of a layer: named by it, or beside it.
    fn estate_of(&mut self, own: &Own) -> Option<Place> {
        match own.root().get("estate") {
            Some(written) => self.there(own, written, "estate"),
            None => own.relative(ESTATE_NAME).filter(Place::is_file),
        }
    }

    /// All decisions as one: of two on one thing, the one of the higher layer.
    pub(super) fn decisions(&mut self, estates: &[Own]) -> Option<Value> {
        for (index, nearer) in estates.iter().enumerate() {
            for higher in estates.iter().skip(index + 1) {
                self.overruled(nearer, higher);
            }
        }
        let values = estates.iter().map(|own| own.root().value());
        values.reduce(|nearer, higher| merge(&nearer, &higher))
    }

    /// Says which decisions do not count, since a higher layer has made them otherwise.
    fn overruled(&mut self, nearer: &Own, higher: &Own) {
        let mut pending = vec![(String::new(), nearer.root(), higher.root())];
        while let Some((path, said, decided)) = pending.pop() {
            let entries: Vec<(&str, View<'_>)> = said.entries().collect();
            for (key, said) in entries {
                let Some(decided) = decided.get(key) else {
                    continue;
                };
                let path = format!("{path}.{key}");
                if said.is_mapping() && decided.is_mapping() {
                    pending.push((path, said, decided));
                } else if said.value() != decided.value() {
                    let name = path.trim_start_matches('.').escape_debug();
                    let message = format!("`{name}` is decided by the organisation otherwise");
                    let warning = Problem::warning(nearer.place(said), message)
                        .related(higher.place(decided), "decided here");
                    self.problems.push(warning.help("this does not count"));
                }
            }
        }
    }
}
