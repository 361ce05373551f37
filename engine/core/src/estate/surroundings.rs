//! All that runs, prepared once and shared, so that a request is seen among it without computing all of it again.
//!
//! What a request changes is found from what it is found by: only the entities that asked for such a key, found or not,
//! may be joined to something else because of it. Everything else is the value that it was.

mod change;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use change::Change;
use plumbline_rego::{Object, Value};

use super::edge::{Edge, EdgeKind, Made, Maker, every};
use super::laid::{Gone, Laid, Part};
use super::names::{Index, Key, Names, is_in_front, scope};
use super::world::{Entries, GRAPH, plural, reads_edges, service_keys};
use super::{Entity, EntityKind, Estate};
use crate::resource::{Resource, ResourceId};

/// An inventory of all that runs, as rules see it below `data.world`, and what it takes to lay a request over it.
///
/// No two of its resources have one id, and each is a text of its own, which no request is.
#[derive(Debug)]
pub struct Surroundings {
    prepared: Arc<Prepared>,
    /// What was admitted and is not in the inventory yet.
    pending: Arc<Estate>,
}

#[derive(Debug)]
struct Prepared {
    inventory: Estate,
    resources: HashMap<ResourceId, Vec<usize>>,
    keys: Vec<&'static str>,
    service_keys: Vec<String>,
    world: Object,
    /// The index of each entity among those of its kind.
    places: Vec<usize>,
    names: Names,
    /// Which entities asked for what, when edges were made of what they say.
    asked: Index,
    /// Every edge with what makes it, in order.
    made: Vec<Made>,
    /// What each of these makes.
    makes: HashMap<Maker, Vec<Edge>>,
    /// The workloads that act as each identity.
    acting: HashMap<usize, Vec<usize>>,
    /// The edges once each, in order.
    edges: Vec<Edge>,
    /// The graph that they make.
    graph: Value,
}

impl Surroundings {
    /// Prepares an inventory for rules that read these keys of the world. What the organisation decided says how a
    /// workload declares its service.
    pub fn new(inventory: Estate, keys: &[&'static str], decided: Option<&Value>) -> Self {
        Self::after(None, inventory, keys, decided)
    }

    /// The same. What rules see of an entity that was in an earlier inventory, with the very same normalised form, is
    /// shared with it.
    pub fn after(
        before: Option<&Self>,
        inventory: Estate,
        keys: &[&'static str],
        decided: Option<&Value>,
    ) -> Self {
        let known = before.map(|before| before.prepared.entries());
        let known = known.unwrap_or_default();
        Self {
            prepared: Arc::new(Prepared::new(inventory, keys, decided, &known)),
            pending: Arc::default(),
        }
    }

    /// The same inventory, over which every request is laid together with what was admitted before it and does not run
    /// yet. Of that, too, each resource is a text of its own.
    #[must_use]
    pub fn with_pending(&self, pending: Arc<Estate>) -> Self {
        Self {
            prepared: Arc::clone(&self.prepared),
            pending,
        }
    }

    /// Whether they were prepared for rules that read these keys, and for these decisions.
    pub(crate) fn are_for(&self, keys: &[&'static str], decided: Option<&Value>) -> bool {
        let has = |key: &&'static str| self.prepared.keys.contains(key);
        keys.iter().all(has) && self.prepared.service_keys == service_keys(decided)
    }

    /// What rules see below `data.world` of the inventory without the resources that a request declares anew and the one
    /// that is gone, and with what the request declares behind it. Lists that hold the same are not put in that order.
    pub fn laid_over(&self, request: &Estate, gone: Option<&ResourceId>) -> Value {
        if self.pending.resources.is_empty() {
            return self.prepared.laid_over(request, gone);
        }
        let anew = request.resources.iter().map(|resource| &resource.id);
        let pending = self.pending.without(&anew.chain(gone).collect());
        self.prepared.laid_over(&pending.beside(request), gone)
    }
}

impl Prepared {
    fn new(
        inventory: Estate,
        keys: &[&'static str],
        decided: Option<&Value>,
        known: &Entries<'_>,
    ) -> Self {
        let mut resources: HashMap<ResourceId, Vec<usize>> = HashMap::new();
        for (at, resource) in inventory.resources.iter().enumerate() {
            resources.entry(resource.id.clone()).or_default().push(at);
        }
        let names = Names::of(&inventory);
        let (mut made, asked) = if reads_edges(keys) {
            joined(&inventory, &names)
        } else {
            (Vec::new(), Index::default())
        };
        made.sort_unstable();
        let (mut makes, mut acting) = (HashMap::<_, Vec<Edge>>::new(), HashMap::new());
        for (edge, maker) in &made {
            makes.entry(*maker).or_default().push(*edge);
            if edge.what == EdgeKind::ActsAs {
                let of_identity: &mut Vec<usize> = acting.entry(edge.to).or_default();
                of_identity.push(edge.from);
            }
        }
        let mut edges: Vec<Edge> = made.iter().map(|(edge, _)| *edge).collect();
        edges.dedup();
        let spelt = service_keys(decided);
        let world = inventory.world_of(keys, &edges, &spelt, known);
        let graph = world.get_str(GRAPH).cloned();
        Self {
            graph: graph.unwrap_or_else(|| inventory.graph(&edges)),
            places: places(&inventory),
            service_keys: spelt.into_iter().map(str::to_owned).collect(),
            keys: keys.to_vec(),
            inventory,
            resources,
            world,
            names,
            asked,
            made,
            makes,
            acting,
            edges,
        }
    }

    fn laid_over(&self, request: &Estate, gone: Option<&ResourceId>) -> Value {
        let gone = self.gone(request, gone);
        let change = Change {
            around: self,
            request,
            gone: &gone,
        };
        let mut world = self.world.clone();
        for (key, value) in change.of_world() {
            world = world.with(Value::string(key), value);
        }
        Value::Object(world)
    }

    /// What rules see of each entity.
    fn entries(&self) -> Entries<'_> {
        let mut entries = Entries::default();
        for (entity, place) in self.inventory.entities.iter().zip(&self.places) {
            let of_kind = self.world.get_str(plural(entity.kind));
            let of_kind = of_kind.and_then(Value::as_array);
            if let Some(entry) = of_kind.and_then(|of_kind| of_kind.get(*place)) {
                entries.add(entity, entry);
            }
        }
        entries
    }

    /// What of the inventory is not there any more.
    fn gone(&self, request: &Estate, gone: Option<&ResourceId>) -> Gone {
        let ids = request.resources.iter().map(|resource| &resource.id);
        let resources = ids.chain(gone).filter_map(|id| self.resources.get(id));
        let resources: BTreeSet<usize> = resources.flatten().copied().collect();
        let entities = &self.inventory.entities;
        let of_resource = |resource: &usize| {
            let first = entities.partition_point(|entity| entity.resource < *resource);
            let end = entities.partition_point(|entity| entity.resource <= *resource);
            first..end
        };
        Gone {
            entities: resources.iter().flat_map(of_resource).collect(),
            resources,
        }
    }

    /// The Services that stand in front of a workload.
    fn in_front<'a>(
        &'a self,
        workload: (&'a Entity, &'a Resource),
    ) -> impl Iterator<Item = &'a Resource> {
        let services = self.names.get(Key::Services(scope(workload.1))).iter();
        let services = services.filter_map(move |at| self.inventory.resources.get(*at));
        services.filter(move |service| is_in_front(service, workload))
    }
}

/// Every edge of an estate with what makes it, and who asked for what on the way.
fn joined(estate: &Estate, names: &Names) -> (Vec<Made>, Index) {
    let (nothing, no_names, gone) = (Estate::default(), Names::default(), Gone::default());
    let below = Part { estate, names };
    let above = Part {
        estate: &nothing,
        names: &no_names,
    };
    let laid = Laid::new(below, above, &gone).asking();
    let made = every(&laid);
    (made, laid.into_asked())
}

fn places(estate: &Estate) -> Vec<usize> {
    let mut counts: HashMap<EntityKind, usize> = HashMap::new();
    let place = |entity: &Entity| {
        let count = counts.entry(entity.kind).or_default();
        *count += 1;
        *count - 1
    };
    estate.entities.iter().map(place).collect()
}
