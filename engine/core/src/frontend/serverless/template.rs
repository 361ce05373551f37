//! The `CloudFormation` of a service: `resources`, one template or several that are merged, and the roles that the
//! framework makes.

use super::resolve::Resolver;
use crate::problem::Problem;
use crate::tree::{Kind, Origin, View};

/// The sections of a template that say what its resources are.
const SECTIONS: &[&str] = &["Parameters", "Mappings", "Conditions", "Resources"];

/// What the framework makes of a function and concerns the resources beside it. Its name has a `/` in it, so that it
/// is no resource of the template.
pub(super) struct Neighbour<'a> {
    pub(super) name: String,
    pub(super) kind: &'static str,
    /// Which of its properties speaks of the resource.
    pub(super) property: &'static [&'static str],
    pub(super) target: View<'a>,
}

impl<'a> Resolver<'a, '_> {
    pub(super) fn template(&mut self) {
        let written = self.root.get("resources");
        let resources = self.section(written);
        if resources.is_none() && self.roles.is_empty() {
            return;
        }
        let templates = resources.map_or(Vec::new(), |resources| self.mappings(resources));
        self.builder
            .key_as("resources", written.and_then(View::key_span));
        self.builder
            .open(Kind::Mapping, resources.unwrap_or(self.root).origin());
        for section in SECTIONS {
            self.template_section(section, &templates);
        }
        self.builder.close();
        self.warn_of_extensions(&templates);
    }

    fn template_section(&mut self, name: &str, templates: &[View<'a>]) {
        let mut sections = Vec::new();
        for template in templates {
            let section = self.section(template.get(name));
            sections.extend(section.filter(|section| section.is_mapping()));
        }
        let first = sections.first().copied();
        let has_roles = name == "Resources" && !self.roles.is_empty();
        if first.is_none() && !has_roles {
            return;
        }
        let origin = first.unwrap_or(self.root).origin();
        self.builder.key_as(name, first.and_then(View::key_span));
        self.builder.open(Kind::Mapping, origin);
        for (_, value) in sections.iter().copied().flat_map(View::entries) {
            // A resource that nobody can know is said, and left out.
            if value.is_null() || self.section(Some(value)).is_some() {
                self.builder.key_of(value);
                self.put(value, 3);
            }
        }
        if name == "Resources" {
            self.neighbours(origin);
            self.put_roles();
        }
        self.builder.close();
    }

    fn neighbours(&mut self, origin: Origin) {
        for neighbour in std::mem::take(&mut self.neighbours) {
            self.builder.key(&neighbour.name);
            self.builder.open(Kind::Mapping, origin);
            self.builder.key("Type").string(neighbour.kind, origin);
            self.builder.key("Properties");
            for key in neighbour.property {
                self.builder.open(Kind::Mapping, origin);
                self.builder.key(key);
            }
            self.put(neighbour.target, 4);
            for _ in neighbour.property {
                self.builder.close();
            }
            self.builder.close();
        }
    }

    /// Changes to what the framework generates.
    fn warn_of_extensions(&mut self, templates: &[View<'a>]) {
        for extensions in templates.iter().filter_map(|part| part.get("extensions")) {
            let place = self.tree.place(extensions.id());
            self.problems.extend(place.map(|place| {
                let message = "`extensions` of what the framework generates are not applied";
                Problem::warning(place, message).help("functions were judged as if without them")
            }));
        }
    }
}
