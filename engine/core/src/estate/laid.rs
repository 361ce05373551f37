//! Two estates as one: what runs, without what a request replaces, and behind it what the request declares.
//!
//! Entities keep their indexes below; those above are counted on from there. That is the order they would have in one
//! estate, so whatever goes by order comes out alike.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::names::{Index, Key, Names, host, own_name, scope};
use super::{Entity, EntityKind, Estate};
use crate::resource::{Platform, Resource};

/// An estate and where everything of it is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) estate: &'a Estate,
    pub(super) names: &'a Names,
}

/// What of the estate below is not there any more, by indexes.
#[derive(Debug, Default)]
pub(super) struct Gone {
    pub(super) resources: BTreeSet<usize>,
    pub(super) entities: BTreeSet<usize>,
}

/// What entities have asked for.
#[derive(Debug, Default)]
struct Asked {
    /// Who asks now.
    by: usize,
    /// Who asked for each key, found or not.
    index: Index,
}

/// One estate laid over another one.
#[derive(Debug)]
pub(super) struct Laid<'a> {
    below: Part<'a>,
    above: Part<'a>,
    gone: &'a Gone,
    asked: Option<RefCell<Asked>>,
}

impl<'a> Laid<'a> {
    pub(super) fn new(below: Part<'a>, above: Part<'a>, gone: &'a Gone) -> Self {
        Self {
            below,
            above,
            gone,
            asked: None,
        }
    }

    /// The same, which keeps in mind what is asked for.
    pub(super) fn asking(self) -> Self {
        Self {
            asked: Some(RefCell::default()),
            ..self
        }
    }

    /// Who asked for each key, if that was kept in mind.
    pub(super) fn into_asked(self) -> Index {
        let asked = self.asked.map(RefCell::into_inner);
        asked.map(|asked| asked.index).unwrap_or_default()
    }

    /// The index from which on entities are those above.
    pub(super) fn first_above(&self) -> usize {
        self.below.estate.entities.len()
    }

    /// The indexes of all entities, in order.
    pub(super) fn indexes(&self) -> impl Iterator<Item = usize> {
        let first = self.first_above();
        let below = (0..first).filter(move |at| !self.gone.entities.contains(at));
        below.chain(first..first + self.above.estate.entities.len())
    }

    /// An entity and its resource.
    pub(super) fn entity(&self, index: usize) -> Option<(&'a Entity, &'a Resource)> {
        let (part, index) = match index.checked_sub(self.first_above()) {
            None => (self.below, index),
            Some(index) => (self.above, index),
        };
        let entity = part.estate.entities.get(index)?;
        Some((entity, part.estate.resources.get(entity.resource)?))
    }

    /// From now on it is this entity that asks.
    pub(super) fn asks(&self, index: usize) {
        if let Some(asked) = &self.asked {
            asked.borrow_mut().by = index;
        }
    }

    /// The entity that is spoken of: the one that the same file declares, or the same scope, or the only one of its
    /// name, or the only one that is given it.
    pub(super) fn find(&self, kind: EntityKind, name: &str, from: &Resource) -> Option<usize> {
        let own = own_name(name);
        self.first(Key::InFile(kind, own, from.file))
            .or_else(|| self.first(Key::InScope(kind, own, scope(from))))
            .or_else(|| self.only(Key::Anywhere(kind, own)))
            .or_else(|| self.only(Key::Given(kind, name)))
    }

    /// The workloads that take requests to a name: those behind a Service, or the one that is called so.
    pub(super) fn behind(&self, name: &str, from: &Resource) -> Vec<usize> {
        if from.platform == Platform::Kubernetes
            && let Some(workloads) = self.selected(scope(from), name)
        {
            return workloads;
        }
        let named = self.find(EntityKind::Workload, name, from);
        named.into_iter().collect()
    }

    /// The entities that an address leads to: `http://orders.shop.svc:8080/`, or the host of an endpoint.
    pub(super) fn at_address(&self, address: &str, from: &Resource) -> Vec<usize> {
        let Some(host) = host(address) else {
            return Vec::new();
        };
        if let Some(endpoint) = self.first(Key::Host(host)) {
            return vec![endpoint];
        }
        match from.platform {
            Platform::Kubernetes => self.in_cluster(host, from),
            Platform::Docker if !host.contains('.') => {
                let beside = self.first(Key::InScope(EntityKind::Workload, host, scope(from)));
                beside.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a name of a cluster leads to: `orders`, `orders.shop`, `orders.shop.svc.cluster.local`.
    fn in_cluster(&self, host: &str, from: &Resource) -> Vec<usize> {
        let mut labels = host.split('.');
        let name = labels.next().unwrap_or(host);
        let namespace = labels.next().unwrap_or_else(|| scope(from));
        if labels.next().is_some_and(|label| label != "svc") {
            return Vec::new();
        }
        if let Some(workloads) = self.selected(namespace, name) {
            return workloads;
        }
        let named = self.first(Key::InScope(EntityKind::Workload, name, namespace));
        named.into_iter().collect()
    }

    /// What a Service of Kubernetes stands in front of, if there is one that does. Of several, the last one counts.
    fn selected(&self, namespace: &str, name: &str) -> Option<Vec<usize>> {
        let key = Key::Service(namespace, name);
        self.note(key);
        let above = self.above.names.get(key).iter().rev();
        let above = above.map(|at| self.selected_by(*at, self.above));
        let below = self.below.names.get(key).iter().rev();
        let below = below.filter(|at| !self.gone.resources.contains(*at));
        let below = below.map(|at| self.selected_by(*at, self.below));
        above.chain(below).find(|workloads| !workloads.is_empty())
    }

    /// The workloads that a Service of one part stands in front of, in both.
    fn selected_by(&self, at: usize, part: Part<'a>) -> Vec<usize> {
        let Some(service) = part.estate.resources.get(at) else {
            return Vec::new();
        };
        let is_below = std::ptr::eq(part.estate, self.below.estate);
        let below = if is_below {
            self.below.names.selected(at).to_vec()
        } else {
            self.below.names.selected_by(service, self.below.estate)
        };
        let above = self.above.names.selected_by(service, self.above.estate);
        let first = self.first_above();
        let below = below.into_iter();
        let below = below.filter(|at| !self.gone.entities.contains(at));
        below.chain(above.iter().map(|at| first + at)).collect()
    }

    fn first(&self, key: Key<&str>) -> Option<usize> {
        self.note(key);
        self.all(key).next()
    }

    /// The entity of a key that has no other one.
    fn only(&self, key: Key<&str>) -> Option<usize> {
        self.note(key);
        let mut all = self.all(key);
        let only = all.next()?;
        all.next().is_none().then_some(only)
    }

    fn all(&self, key: Key<&str>) -> impl Iterator<Item = usize> {
        let first = self.first_above();
        let below = self.below.names.get(key).iter().copied();
        let below = below.filter(move |at| !self.gone.entities.contains(at));
        let above = self.above.names.get(key).iter();
        below.chain(above.map(move |at| first + at))
    }

    fn note(&self, key: Key<&str>) {
        if let Some(asked) = &self.asked {
            let mut asked = asked.borrow_mut();
            let by = asked.by;
            asked.index.add(key, by);
        }
    }
}
