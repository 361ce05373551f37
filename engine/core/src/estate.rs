//! The world of one side: every resource, and the normalised model of what runs.

mod edge;
mod entity;
pub(crate) mod graph;
pub mod image;
mod laid;
mod model;
mod names;
mod surroundings;
mod world;

use std::collections::{BTreeMap, HashMap, HashSet};

pub use edge::{Edge, EdgeKind};
pub use entity::{Entity, EntityKind};
pub(crate) use model::Model;
use rayon::prelude::*;
pub use surroundings::Surroundings;
pub(crate) use world::{kinds_at, world_keys};

use crate::cache::Memory;
use crate::frontend;
use crate::problem::Problem;
use crate::resource::{Format, Resource, ResourceId};
use crate::source::FileId;

/// All that one side declares, or all that runs.
#[derive(Debug, Default)]
pub struct Estate {
    /// Resources in order of files and appearance.
    pub resources: Vec<Resource>,
    /// Workloads, channels and so on, in the order of their resources.
    pub entities: Vec<Entity>,
}

/// Resources by platform, then by format, in numbers.
pub type Formats = BTreeMap<&'static str, BTreeMap<&'static str, usize>>;

/// As many are modelled one after the other: handing them to other threads takes longer.
const FEW: usize = 4;

impl Estate {
    /// Takes resources in and models what they declare. Two declarations of one id are both kept and said.
    pub fn new(resources: Vec<Resource>) -> (Self, Vec<Problem>) {
        Self::recalling(resources, &Memory::default())
    }

    /// The same, where some files were not read: of what their resources are, only kinds and names are known.
    pub fn recalling(resources: Vec<Resource>, memory: &Memory) -> (Self, Vec<Problem>) {
        let problems = duplicates(&resources);
        let is_read =
            |(_, resource): &(usize, &Resource)| !memory.unread.contains_key(&resource.file);
        let mut entities: Vec<Entity> = if resources.len() <= FEW {
            let resources = resources.iter().enumerate();
            resources.filter(is_read).flat_map(modelled).collect()
        } else {
            let resources = resources.par_iter().enumerate();
            resources.filter(is_read).flat_map_iter(modelled).collect()
        };
        if !memory.unread.is_empty() {
            entities.extend(recalled(&resources, memory));
            entities.sort_by_key(|entity| entity.resource);
        }
        (
            Self {
                resources,
                entities,
            },
            problems,
        )
    }

    /// This estate and, behind it, what another one declares.
    #[must_use]
    pub fn beside(mut self, other: &Self) -> Self {
        let before = self.resources.len();
        let moved = |entity: &Entity| Entity {
            resource: entity.resource + before,
            ..entity.clone()
        };
        self.entities.extend(other.entities.iter().map(moved));
        self.resources.extend(other.resources.iter().cloned());
        self
    }

    /// This estate with no more of what its resources declare than others find them by. That is enough for an inventory:
    /// nothing of it is judged, and no place in it is named.
    #[must_use]
    pub fn thinned(self) -> Self {
        Self {
            resources: self.resources.into_iter().map(names::thin).collect(),
            entities: self.entities,
        }
    }

    /// This estate but for the resources of these ids.
    fn without(&self, ids: &HashSet<&ResourceId>) -> Self {
        let mut rest = Self::default();
        let mut moved = HashMap::new();
        for (before, resource) in self.resources.iter().enumerate() {
            if !ids.contains(&resource.id) {
                moved.insert(before, rest.resources.len());
                rest.resources.push(resource.clone());
            }
        }
        for entity in &self.entities {
            if let Some(resource) = moved.get(&entity.resource) {
                rest.entities.push(Entity {
                    resource: *resource,
                    ..entity.clone()
                });
            }
        }
        rest
    }

    /// How many resources there are, by platform and then by format.
    pub fn formats(&self) -> Formats {
        let mut formats = Formats::new();
        for resource in &self.resources {
            let of_platform = formats.entry(resource.platform.as_str()).or_default();
            *of_platform.entry(resource.format.as_str()).or_default() += 1;
        }
        formats
    }

    /// The entities of one kind.
    pub fn of_kind(&self, kind: EntityKind) -> impl Iterator<Item = &Entity> {
        self.entities
            .iter()
            .filter(move |entity| entity.kind == kind)
    }
}

/// The entities of files that were not read.
fn recalled(resources: &[Resource], memory: &Memory) -> Vec<Entity> {
    let mut first: HashMap<FileId, usize> = HashMap::new();
    for (index, resource) in resources.iter().enumerate() {
        first.entry(resource.file).or_insert(index);
    }
    let mut entities = Vec::new();
    for (file, entry) in &memory.unread {
        let Some(first) = first.get(file) else {
            continue;
        };
        entities.extend(entry.entities.iter().map(|entity| Entity {
            resource: first + entity.resource,
            ..entity.clone()
        }));
    }
    entities
}

/// What the resource at an index is and has.
fn modelled((index, resource): (usize, &Resource)) -> impl Iterator<Item = Entity> + use<> {
    let entities = frontend::entities(resource).into_iter();
    entities.map(move |entity| Entity {
        resource: index,
        ..entity
    })
}

fn duplicates(resources: &[Resource]) -> Vec<Problem> {
    let mut first: HashMap<&ResourceId, &Resource> = HashMap::new();
    let mut problems = Vec::new();
    for resource in resources {
        // A server makes another name of each `generateName`, and overlays of one base have its objects in common.
        // Of Terraform, it is a matter of a module.
        let is_apart = matches!(resource.format, Format::Kustomize | Format::Terraform);
        if resource.name.ends_with('*') || is_apart {
            continue;
        }
        let Some(earlier) = first.insert(&resource.id, resource) else {
            continue;
        };
        if let (Some(again), Some(before)) = (resource.place(), earlier.place()) {
            let message = format!("`{}` is declared twice", resource.id);
            let problem = Problem::warning(again, message).related(before, "first declared here");
            problems.push(
                problem.help("both were judged; which one runs depends on the order of deployment"),
            );
        }
    }
    problems
}
