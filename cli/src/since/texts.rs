//! Texts of one side, read once and parsed.

use std::collections::{BTreeMap, BTreeSet};

use plumbline_core::problem::Problem;
use plumbline_core::source::Sources;
use plumbline_sources::fs::Candidate;

use crate::manifests;
use plumbline_core::manifests::{Parsed, folder};

/// Texts of one side, by the names of their files.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) parsed: BTreeMap<String, Parsed>,
    failed: BTreeMap<String, Problem>,
}

impl Texts {
    /// Reads files of the work tree that were not read yet.
    pub(super) fn load(&mut self, candidates: Vec<Candidate>, max: u64, sources: &mut Sources) {
        let is_unknown = |candidate: &Candidate| {
            let name = &candidate.name;
            !self.parsed.contains_key(name) && !self.failed.contains_key(name)
        };
        let unknown = candidates.into_iter().filter(is_unknown).collect();
        self.take(
            manifests::texts(unknown, max, &manifests::Edited::default()),
            sources,
        );
    }

    pub(super) fn take(
        &mut self,
        texts: Vec<(Candidate, Result<String, Problem>)>,
        sources: &mut Sources,
    ) {
        let mut taken = Vec::new();
        for (candidate, text) in texts {
            match text {
                Ok(text) => manifests::take(candidate, text, sources, &mut taken),
                Err(problem) => {
                    self.failed.insert(candidate.name, problem);
                }
            }
        }
        for parsed in manifests::parse_all(taken, sources) {
            self.parsed.insert(parsed.name.clone(), parsed);
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.parsed.keys().chain(self.failed.keys())
    }

    pub(super) fn parsed(&self, names: &BTreeSet<String>) -> Vec<Parsed> {
        let parsed = names.iter().filter_map(|name| self.parsed.get(name));
        parsed.cloned().collect()
    }

    /// The same, of texts that nobody asks for again.
    pub(super) fn remove(&mut self, names: &BTreeSet<String>) -> Vec<Parsed> {
        let parsed = names.iter().filter_map(|name| self.parsed.remove(name));
        parsed.collect()
    }

    pub(super) fn problems(&self, names: &BTreeSet<String>) -> Vec<Problem> {
        let failed = names.iter().filter_map(|name| self.failed.get(name));
        failed.cloned().collect()
    }

    /// The folders of files that could not be read.
    pub(super) fn gaps(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        let failed = names.iter().filter(|name| self.failed.contains_key(*name));
        failed.map(|name| folder(name).to_owned()).collect()
    }
}
