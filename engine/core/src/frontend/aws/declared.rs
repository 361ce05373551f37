//! A resource and how its format writes it: what every model of one begins with.

use super::document::spelt;
use super::{Dialect, WHY, dig};
use crate::estate::{Entity, EntityKind, Model};
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

/// A way through keys.
pub(in crate::frontend) type Path = &'static [&'static str];

/// A resource to read from, among others that it is joined to.
#[derive(Debug, Clone, Copy)]
pub(in crate::frontend) struct Declared<'a> {
    pub(in crate::frontend) resource: &'a Resource,
    pub(in crate::frontend) dialect: &'static Dialect,
    pub(in crate::frontend) properties: Option<View<'a>>,
    /// Where a property would stand that is not written.
    pub(in crate::frontend) under: NodeId,
}

impl<'a> Declared<'a> {
    pub(in crate::frontend) fn new(resource: &'a Resource, dialect: &'static Dialect) -> Self {
        let properties = (dialect.properties)(resource);
        Self {
            resource,
            dialect,
            properties,
            under: properties.map_or(resource.root, View::id),
        }
    }

    /// What the resource says at a path.
    pub(in crate::frontend) fn at(&self, path: &[&str]) -> Option<View<'a>> {
        dig(self.properties?, path)
    }

    /// The origin of a default.
    pub(in crate::frontend) fn default(&self) -> Origin {
        Origin::Default { under: self.under }
    }

    /// The origin of what is written, or of its default.
    pub(in crate::frontend) fn origin(&self, written: Option<View<'_>>) -> Origin {
        written.map_or(self.default(), |view| Origin::Derived { from: view.id() })
    }

    /// An entity that is called by the resource's name.
    pub(in crate::frontend) fn entity(
        &self,
        kind: EntityKind,
        fill: impl FnOnce(&mut Model),
    ) -> Entity {
        Self::entity_of(kind, &self.resource.name, self.under, fill)
    }

    /// An entity that is one of several of the resource, and where it is written.
    pub(in crate::frontend) fn entity_of(
        kind: EntityKind,
        name: &str,
        from: NodeId,
        fill: impl FnOnce(&mut Model),
    ) -> Entity {
        let mut model = Model::default();
        model.object(None, from, |model| {
            model.text("name", name, Origin::Default { under: from });
            fill(model);
        });
        Entity::new(kind, name.to_owned(), model.finish())
    }

    /// A workload; a name of its own counts, where it is known.
    pub(in crate::frontend) fn workload(
        &self,
        name: Option<View<'_>>,
        fill: impl FnOnce(&mut Model),
    ) -> Entity {
        let mut model = Model::default();
        model.object(None, self.under, |model| {
            match name.filter(|name| self.text(*name).is_some()) {
                Some(name) => model.copy("name", Some(name)),
                None => model.text("name", &self.resource.name, self.default()),
            }
            fill(model);
        });
        let name = self.resource.name.clone();
        Entity::new(EntityKind::Workload, name, model.finish())
    }

    /// Whether only a deployment can tell.
    pub(in crate::frontend) fn is_unknown(&self, view: View<'_>) -> bool {
        (self.dialect.is_unknown)(view)
    }

    /// The characters of what is known.
    pub(in crate::frontend) fn text<'v>(&self, view: View<'v>) -> Option<&'v str> {
        view.raw().filter(|_| !self.is_unknown(view))
    }

    /// A value as it is written, or unknown where only a deployment can tell.
    pub(in crate::frontend) fn known(
        &self,
        model: &mut Model,
        key: &str,
        written: Option<View<'_>>,
        copy: fn(&mut Model, &str, Option<View<'_>>),
    ) {
        self.dialect.known(model, key, written, copy);
    }

    /// A number as it is written, or a default.
    pub(in crate::frontend) fn number_or(
        &self,
        model: &mut Model,
        key: &str,
        written: Option<View<'_>>,
        default: i64,
    ) {
        match written {
            Some(_) => self.known(model, key, written, Model::integer),
            None => model.number_at(key, default, self.default()),
        }
    }

    /// A truth value as it is written, or a default.
    pub(in crate::frontend) fn truth_or(
        &self,
        model: &mut Model,
        key: &str,
        written: Option<View<'_>>,
        default: bool,
    ) {
        match written {
            Some(view) if self.is_unknown(view) => model.unknown(key, WHY, view.id()),
            other => {
                let value = other.and_then(truth).unwrap_or(default);
                model.truth(key, value, self.origin(other));
            }
        }
    }

    /// True where something is written, else false; unknown where a deployment chooses whether it is.
    pub(in crate::frontend) fn presence(
        &self,
        model: &mut Model,
        key: &str,
        written: Option<View<'_>>,
    ) {
        super::presence(model, key, written, self.default());
    }

    /// What the node speaks of: the name of a resource, or else the text that is written.
    pub(in crate::frontend) fn named_by(&self, view: View<'_>) -> Option<String> {
        let referred = (self.dialect.referred)(view);
        referred.or_else(|| self.text(view).map(str::to_owned))
    }

    /// The name of what a node speaks of, or unknown where only a deployment can tell.
    pub(in crate::frontend) fn reference(
        &self,
        model: &mut Model,
        key: &str,
        written: Option<View<'_>>,
    ) {
        let Some(view) = written else { return };
        match self.named_by(view) {
            Some(name) => model.text(key, &name, Origin::Derived { from: view.id() }),
            None => model.unknown(key, WHY, view.id()),
        }
    }

    /// Whether two nodes speak of the same thing.
    pub(in crate::frontend) fn is_same(&self, left: View<'_>, right: View<'_>) -> bool {
        let name = self.named_by(left);
        name.is_some() && name == self.named_by(right)
    }

    /// Whether a node speaks of this resource: by reference, or by the name that it gives itself.
    pub(in crate::frontend) fn is_this(&self, view: View<'_>, own: Option<View<'_>>) -> bool {
        (self.dialect.is_reference)(view, self.resource)
            || own.is_some_and(|own| {
                let name = self.text(own);
                name.is_some() && name == self.text(view)
            })
    }

    /// What the other resources of a type say of themselves.
    pub(in crate::frontend) fn siblings(&self, kind: &str) -> Vec<View<'a>> {
        (self.dialect.siblings)(self.resource, kind)
    }

    /// The other resources of a type that may be about this one, in order: those that speak of it, and those with the
    /// name in them that it gives itself.
    pub(in crate::frontend) fn mentioning(
        &self,
        kind: &str,
        own: Option<View<'_>>,
    ) -> Vec<View<'a>> {
        self.dialect.mentioning(self.resource, kind, own)
    }

    /// What says in which region the resource is: itself, at a path of its own, or what it has it of.
    pub(in crate::frontend) fn region(&self, path: &[&str]) -> Option<View<'a>> {
        let own = self.at(path);
        let region = own.or_else(|| (self.dialect.region)(self.resource))?;
        Some(self.of_group(region).unwrap_or(region))
    }

    /// The place of a group of resources of Azure, where that is what a node speaks of.
    fn of_group(&self, region: View<'_>) -> Option<View<'a>> {
        let written = region.raw()?;
        let is_of_group =
            written.starts_with("${azurerm_resource_group.") && written.ends_with(".location}");
        let group = self.followed("azurerm_resource_group", region);
        dig(group.filter(|_| is_of_group)?, &["location"])
    }

    /// What the resource of a type says of itself that a node speaks of.
    pub(in crate::frontend) fn followed(&self, kind: &str, view: View<'_>) -> Option<View<'a>> {
        let name = (self.dialect.referred)(view)?;
        (self.dialect.named)(self.resource, kind, &name)
    }

    /// The first resource of a type that a node speaks of, in whatever text: its name, and what it says of itself.
    pub(in crate::frontend) fn within(
        &self,
        kind: &str,
        view: View<'_>,
    ) -> Option<(String, View<'a>)> {
        let text = spelt(view)?;
        let expressions = text.split("${").skip(1);
        let mut expressions = expressions.filter_map(|rest| Some(rest.split_once('}')?.0));
        expressions.find_map(|inner| {
            let ends = inner.match_indices('.').map(|(at, _)| at);
            let mut ends = ends.chain([inner.len()]);
            ends.find_map(|end| {
                let name = inner.get(..end)?.split('[').next()?;
                let found = (self.dialect.named)(self.resource, kind, name)?;
                Some((name.to_owned(), found))
            })
        })
    }
}

/// A truth value, also where it is written as a text.
pub(in crate::frontend) fn truth(view: View<'_>) -> Option<bool> {
    view.bool().or_else(|| match view.str()? {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        _ => None,
    })
}

/// A word: the characters of a scalar, or a truth value spelt out.
pub(in crate::frontend) fn word(view: View<'_>) -> Option<&str> {
    match view.bool() {
        Some(true) => Some("true"),
        Some(false) => Some("false"),
        None => view.raw(),
    }
}

/// The elements of a list or of blocks; what stands alone is its only element.
pub(in crate::frontend) fn each(view: View<'_>) -> impl Iterator<Item = View<'_>> {
    let alone = (!view.is_sequence() && !view.is_null()).then_some(view);
    view.items().chain(alone)
}
