//! What one file declares, and what was found in it by rules that look at nothing else: as it is known, and as it is
//! written.
//!
//! Nothing of a file is written but the names of its resources, the places of findings and what these say. What is found
//! by a sensitive rule is not written at all.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::estate::{Entity, EntityKind};
use crate::finding::{Finding, Fingerprint, Location};
use crate::fix::Fix;
use crate::policy::PolicySet;
use crate::resource::{Format, Platform, Resource, ResourceId};
use crate::source::{FileId, Span};
use crate::tree::{Builder, Kind, NodeId, Origin, Typing};

/// What is known of a file of Kubernetes manifests that stands for itself.
#[derive(Debug)]
pub struct Entry {
    /// What it declares: all but the trees, which hold a place and nothing else.
    pub(crate) resources: Vec<Resource>,
    /// What its resources are: kinds and names. They count resources from the first one of the file.
    pub(crate) entities: Vec<Entity>,
    /// How many times a rule was evaluated.
    pub(crate) evaluations: usize,
    /// What was found. They count resources from the first one of the file.
    pub(crate) findings: Vec<Finding>,
}

#[derive(Serialize, Deserialize)]
struct EntryV1 {
    resources: Vec<ResourceV1>,
    entities: Vec<EntityV1>,
    evaluations: usize,
    findings: Vec<FindingV1>,
}

/// The bytes of a place in the file, end exclusive.
type PlaceV1 = (u32, u32);

/// The index of a resource, the word of a kind, and a name.
type EntityV1 = (usize, String, String);

#[derive(Serialize, Deserialize)]
struct ResourceV1 {
    id: String,
    kind: String,
    namespace: Option<String>,
    name: String,
    place: PlaceV1,
}

#[derive(Serialize, Deserialize)]
struct FindingV1 {
    rule: String,
    resource: usize,
    message: String,
    place: PlaceV1,
    pointer: String,
    missing: Option<String>,
    related: Vec<(PlaceV1, String)>,
    fingerprint: String,
    fix: Option<FixV1>,
}

#[derive(Serialize, Deserialize)]
enum FixV1 {
    /// Bytes, and the text that takes their place.
    Edits(Vec<(u32, u32, String)>),
    /// Why there is none.
    Refused(String),
}

impl Entry {
    /// What the file declares.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The entry as one line; none if a part of it does not lie in its file.
    pub fn encode(&self) -> Option<String> {
        let file = self.resources.first()?.file;
        let entity = |entity: &Entity| {
            let kind = entity.kind.as_str().to_owned();
            (entity.resource, kind, entity.name.clone())
        };
        let resources = self.resources.iter().map(resource_shape);
        let findings = self.findings.iter();
        let findings = findings.map(|finding| finding_shape(finding, file));
        let shape = EntryV1 {
            resources: resources.collect::<Option<_>>()?,
            entities: self.entities.iter().map(entity).collect(),
            evaluations: self.evaluations,
            findings: findings.collect::<Option<_>>()?,
        };
        serde_json::to_string(&shape).ok()
    }

    /// Reads the entry of a file, given the rules that it is of; none if it is not one.
    pub fn decode(text: &str, file: FileId, policies: &PolicySet) -> Option<Self> {
        let EntryV1 {
            resources,
            entities,
            evaluations,
            findings,
        } = serde_json::from_str(text).ok()?;
        let resources: Vec<Resource> = resources
            .into_iter()
            .map(|shape| resource(shape, file))
            .collect();
        let there = |index: usize| (index < resources.len()).then_some(index);
        let entity = |(resource, kind, name): EntityV1| {
            let kind = EntityKind::parse(&kind)?;
            Some(Entity::known(kind, name, there(resource)?))
        };
        let entities = entities.into_iter().map(entity);
        let finding = |shape: FindingV1| {
            there(shape.resource)?;
            finding(shape, file, policies)
        };
        let findings = findings.into_iter().map(finding);
        Some(Self {
            entities: entities.collect::<Option<_>>()?,
            evaluations,
            findings: findings.collect::<Option<_>>()?,
            resources,
        })
    }

    /// Whether the resources of its file, as they were read, are those that it is of.
    pub(crate) fn is_of(&self, resources: &[&Resource]) -> bool {
        let is_same = |(known, read): (&Resource, &&Resource)| {
            known.id == read.id
                && known.format == read.format
                && known.kind == read.kind
                && known.place() == read.place()
        };
        self.resources.len() == resources.len() && self.resources.iter().zip(resources).all(is_same)
    }
}

fn resource_shape(resource: &Resource) -> Option<ResourceV1> {
    let place = resource.place()?;
    let shape = ResourceV1 {
        id: resource.id.to_string(),
        kind: resource.kind.clone(),
        namespace: resource.namespace.clone(),
        name: resource.name.clone(),
        place: place_shape(place, resource.file)?,
    };
    (resource.format == Format::Kubernetes).then_some(shape)
}

/// A resource with a tree that holds its place.
fn resource(shape: ResourceV1, file: FileId) -> Resource {
    let mut builder = Builder::computed();
    builder.open(Kind::Mapping, Origin::Span(place(shape.place, file)));
    builder.close();
    Resource {
        id: ResourceId::of_text(shape.id),
        platform: Platform::Kubernetes,
        format: Format::Kubernetes,
        kind: shape.kind,
        namespace: shape.namespace,
        name: shape.name,
        file,
        tree: Arc::new(builder.finish()),
        root: NodeId::ROOT,
        typing: Typing::Json,
    }
}

fn finding_shape(finding: &Finding, file: FileId) -> Option<FindingV1> {
    let related = finding.related.iter();
    let related = related.map(|(span, said)| Some((place_shape(*span, file)?, said.clone())));
    let is_open = finding.masked.is_empty() && finding.metadata.is_none();
    let shape = FindingV1 {
        rule: finding.rule.to_string(),
        resource: finding.resource?,
        message: finding.message.clone(),
        place: place_shape(finding.location.span, file)?,
        pointer: finding.location.pointer.clone(),
        missing: finding.location.missing.clone(),
        related: related.collect::<Option<_>>()?,
        fingerprint: finding.fingerprint.as_str().to_owned(),
        fix: match &finding.fix {
            None => None,
            Some(Err(why)) => Some(FixV1::Refused(why.clone())),
            Some(Ok(fix)) => Some(FixV1::Edits(edits(fix, file)?)),
        },
    };
    is_open.then_some(shape)
}

fn edits(fix: &Fix, file: FileId) -> Option<Vec<(u32, u32, String)>> {
    let edit = |(span, text): (Span, &str)| {
        let (start, end) = place_shape(span, file)?;
        Some((start, end, text.to_owned()))
    };
    fix.changes().map(edit).collect()
}

/// A finding, with what its rule says of each. A sensitive rule has none that are known.
fn finding(shape: FindingV1, file: FileId, policies: &PolicySet) -> Option<Finding> {
    let rule = policies.rule(&shape.rule)?;
    let related = shape.related.into_iter();
    let fix = shape.fix.map(|fix| match fix {
        FixV1::Edits(edits) => Ok(Fix::of_edits(file, edits)),
        FixV1::Refused(why) => Err(why),
    });
    let finding = Finding {
        rule: rule.metadata.id.clone(),
        severity: rule.severity,
        effect: rule.effect,
        message: shape.message,
        resource: Some(shape.resource),
        location: Location {
            span: place(shape.place, file),
            pointer: shape.pointer,
            missing: shape.missing,
        },
        related: related.map(|(at, said)| (place(at, file), said)).collect(),
        fingerprint: Fingerprint::of_digits(shape.fingerprint),
        controls: rule.metadata.controls.clone(),
        remediation: rule.metadata.remediation.clone(),
        fix,
        masked: Vec::new(),
        metadata: None,
        waiver: None,
        novelty: None,
    };
    (!rule.metadata.sensitive).then_some(finding)
}

fn place_shape(span: Span, file: FileId) -> Option<PlaceV1> {
    (span.file == file).then_some((span.start, span.end))
}

fn place((start, end): PlaceV1, file: FileId) -> Span {
    Span { file, start, end }
}
