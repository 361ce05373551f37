//! A policy set on an estate of which some is known: equal resources get equal answers, which need not be found twice.

use std::collections::{BTreeMap, HashMap};

use plumbline_rego::Settings;

use super::evaluate::{Around, World, entities_by_resource, joined};
use super::metadata::SubjectKind;
use super::{PolicySet, Rule, Share, conftest};
use crate::cache::{Entry, Memory};
use crate::estate::{Entity, Estate};
use crate::finding::{Evaluation, Finding};
use crate::parse::Document;
use crate::resource::{Format, Resource};
use crate::source::FileId;
use crate::waiver;

impl PolicySet {
    /// Whether rules judge resources and nothing else, so that a file need not be read of which all is known.
    pub fn judges_resources_only(&self) -> bool {
        !self.judges_documents() && !self.rules.iter().any(|rule| rule.reads_world)
    }

    /// Whether an entry says all that there is to be said of its file: no rule judges it that may answer otherwise now.
    pub fn is_settled_by(&self, entry: &Entry) -> bool {
        let mut others = self.rules.iter().filter(|rule| !rule.is_repeatable());
        let judges = |rule: &Rule| {
            let mut resources = entry.resources.iter();
            resources.any(|resource| rule.judges(&resource.target()))
        };
        !others.any(judges)
    }

    /// Judges every subject of an estate, and by the rules of Conftest packages every document that was read, but for
    /// what is known already. Returns what may be remembered of other files as well.
    pub fn evaluate_remembering(
        &self,
        estate: &Estate,
        documents: &[Document],
        memory: &Memory,
        settings: &Settings,
    ) -> (Evaluation, Vec<(FileId, Entry)>) {
        let files = by_file(estate);
        let known: HashMap<FileId, &Entry> = files
            .iter()
            .filter_map(|(file, indices)| Some((*file, known(memory, *file, indices, estate)?)))
            .collect();
        let share = |resource: &Resource| {
            if known.contains_key(&resource.file) {
                Share::Unrepeatable
            } else {
                Share::All
            }
        };
        let world = World::of(self, estate);
        let mut parts = self.parts(estate, Around::of(&world, settings), &share);
        let learnt = self.learnt(estate, &files, memory, &parts);
        for (file, indices) in &files {
            if let Some(entry) = known.get(file) {
                parts.push(recalled(entry, indices));
            }
        }
        let evaluation = self.with_documents(joined(parts), settings, || {
            conftest::documents(documents, estate)
        });
        (evaluation, learnt)
    }

    /// What may be remembered of files that stand for themselves.
    fn learnt(
        &self,
        estate: &Estate,
        files: &BTreeMap<FileId, Vec<usize>>,
        memory: &Memory,
        parts: &[Evaluation],
    ) -> Vec<(FileId, Entry)> {
        if memory.alone.is_empty() {
            return Vec::new();
        }
        let learning = Learning {
            set: self,
            estate,
            chosen: self.choose(estate, false),
            entities: entities_by_resource(estate),
            parts,
        };
        let is_unknown = |file: &&FileId| memory.get(**file).is_none();
        let alone = memory.alone.iter().filter(is_unknown);
        alone
            .filter_map(|file| Some((*file, learning.entry(files.get(file)?)?)))
            .collect()
    }
}

/// What is known of a file, if it still is what it was.
fn known<'m>(
    memory: &'m Memory,
    file: FileId,
    indices: &[usize],
    estate: &Estate,
) -> Option<&'m Entry> {
    let entry = memory.get(file)?;
    let at = |index: &usize| estate.resources.get(*index);
    let resources: Vec<&Resource> = indices.iter().filter_map(at).collect();
    entry.is_of(&resources).then_some(entry)
}

/// The indices of the resources of each file.
fn by_file(estate: &Estate) -> BTreeMap<FileId, Vec<usize>> {
    let mut files: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (index, resource) in estate.resources.iter().enumerate() {
        files.entry(resource.file).or_default().push(index);
    }
    files
}

/// What an entry says of the resources at these indices.
fn recalled(entry: &Entry, indices: &[usize]) -> Evaluation {
    let finding = |finding: &Finding| Finding {
        resource: finding.resource.and_then(|at| indices.get(at).copied()),
        ..finding.clone()
    };
    Evaluation {
        findings: entry.findings.iter().map(finding).collect(),
        evaluations: entry.evaluations,
        ..Evaluation::default()
    }
}

/// A run that has judged.
struct Learning<'a> {
    set: &'a PolicySet,
    estate: &'a Estate,
    /// The rules of every kind of resource.
    chosen: HashMap<String, Vec<&'a Rule>>,
    entities: HashMap<usize, Vec<&'a Entity>>,
    /// What was answered of each resource.
    parts: &'a [Evaluation],
}

impl Learning<'_> {
    /// What is known of a file from now on; none where something of it could not be decided, or must not be kept.
    fn entry(&self, indices: &[usize]) -> Option<Entry> {
        let mut entry = Entry {
            resources: Vec::new(),
            entities: Vec::new(),
            evaluations: 0,
            findings: Vec::new(),
        };
        let first = self.estate.resources.get(*indices.first()?)?;
        if waiver::may_stand_in(first.tree.source()?.text()) {
            return None;
        }
        for (at, index) in indices.iter().enumerate() {
            let resource = self.estate.resources.get(*index)?;
            let part = self.parts.get(*index)?;
            let is_decided = part.problems.is_empty() && part.undecided == 0 && part.unknown == 0;
            let is_plain = resource.format == Format::Kubernetes;
            if !is_decided || !is_plain || waiver::is_pointed_at_by(resource) {
                return None;
            }
            let entities = self.entities.get(index).map_or(&[][..], Vec::as_slice);
            entry.evaluations += self.repeatable(resource, entities);
            let named = |entity: &&Entity| Entity::known(entity.kind, entity.name.clone(), at);
            entry.entities.extend(entities.iter().map(named));
            for finding in &part.findings {
                let rule = self.set.rule(finding.rule.as_str())?;
                if !rule.is_repeatable() {
                    continue;
                }
                if rule.metadata.sensitive {
                    return None;
                }
                entry.findings.push(Finding {
                    resource: Some(at),
                    ..finding.clone()
                });
            }
            entry.resources.push(resource.clone());
        }
        Some(entry)
    }

    /// How many times a rule was evaluated whose answers may be remembered.
    fn repeatable(&self, resource: &Resource, entities: &[&Entity]) -> usize {
        let subjects = |rule: &Rule| match rule.metadata.subject {
            SubjectKind::Document => 0,
            SubjectKind::Resource => 1,
            SubjectKind::Entity(kind) => {
                let own = entities.iter().filter(|entity| entity.kind == kind);
                own.count()
            }
        };
        let rules = self.chosen.get(&resource.target()).into_iter().flatten();
        let rules = rules.copied().filter(|rule| rule.is_repeatable());
        rules.map(subjects).sum()
    }
}
