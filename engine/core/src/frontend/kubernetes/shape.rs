//! The shapes that the API server insists on. What has another one is seen by no model, and is said here.

use super::workload::{CONTAINER_LISTS, search, template_path};
use crate::problem::Problem;
use crate::resource::Resource;
use crate::tree::View;

/// What must stand under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A list of mappings.
    List,
    Mapping,
}

/// Keys of a pod spec that the model reads.
const OF_SPEC: &[(&str, Shape)] = &[
    ("containers", Shape::List),
    ("ephemeralContainers", Shape::List),
    ("initContainers", Shape::List),
    ("resources", Shape::Mapping),
    ("securityContext", Shape::Mapping),
    ("volumes", Shape::List),
];

/// Keys of a container that the model reads.
const OF_CONTAINER: &[(&str, Shape)] = &[
    ("env", Shape::List),
    ("envFrom", Shape::List),
    ("lifecycle", Shape::Mapping),
    ("livenessProbe", Shape::Mapping),
    ("ports", Shape::List),
    ("readinessProbe", Shape::Mapping),
    ("resources", Shape::Mapping),
    ("securityContext", Shape::Mapping),
    ("startupProbe", Shape::Mapping),
];

/// What of an object has another shape, as far as the schema of its kind is known.
pub(super) fn problems(resource: &Resource) -> Vec<Problem> {
    let mut report = Report {
        resource,
        problems: Vec::new(),
    };
    let Some(path) = template_path(&resource.kind) else {
        return report.problems;
    };
    match resource.view().at(path) {
        Some(spec) => report.spec(spec),
        None => {
            let help = format!("it was judged; write it to `{}`", path.join("."));
            for spec in search(resource.view()) {
                let message = "a pod spec where the API server looks for none";
                report.say(spec, message, &help);
            }
        }
    }
    report.problems
}

struct Report<'a> {
    resource: &'a Resource,
    problems: Vec<Problem>,
}

impl Report<'_> {
    fn spec(&mut self, spec: View<'_>) {
        if spec.is_null() {
            return;
        }
        if !spec.is_mapping() {
            self.refuse(spec, "a pod spec that is no mapping");
            return;
        }
        self.keys(spec, OF_SPEC);
        let lists = CONTAINER_LISTS.iter().filter_map(|list| spec.get(list));
        for container in lists.flat_map(View::items) {
            self.keys(container, OF_CONTAINER);
            for variable in container.get("env").into_iter().flat_map(View::items) {
                self.value(variable);
            }
        }
    }

    /// The value of a variable is a text. The API server reads no number and no truth value as one.
    fn value(&mut self, variable: View<'_>) {
        let Some(value) = variable.get("value").filter(|value| !value.is_null()) else {
            return;
        };
        if value.is_mapping() || value.is_sequence() {
            self.refuse(value, "the `value` of a variable that is no text");
        } else if value.str().is_none() && value.unknown().is_none() {
            let help =
                "it was judged as text: the API server refuses the object as it is; quote it";
            self.say(value, "the `value` of a variable that is no text", help);
        }
    }

    fn keys(&mut self, of: View<'_>, shapes: &[(&str, Shape)]) {
        for (key, shape) in shapes {
            let Some(written) = of.get(key).filter(|written| !written.is_null()) else {
                continue;
            };
            if written.unknown().is_some() {
                continue;
            }
            match shape {
                Shape::Mapping if !written.is_mapping() => {
                    self.refuse(written, &format!("`{key}` is no mapping"));
                }
                Shape::List if !written.is_sequence() => {
                    self.refuse(written, &format!("`{key}` is no list"));
                }
                Shape::List => {
                    for item in written.items().filter(|item| !item.is_mapping()) {
                        self.refuse(item, &format!("an item of `{key}` that is no mapping"));
                    }
                }
                Shape::Mapping => {}
            }
        }
    }

    fn refuse(&mut self, written: View<'_>, message: &str) {
        let help = "it was not judged: the API server refuses the object as it is";
        self.say(written, message, help);
    }

    fn say(&mut self, written: View<'_>, message: &str, help: &str) {
        let place = self.resource.tree.place(written.id());
        let problem = place.map(|place| Problem::error(place, message).help(help));
        self.problems.extend(problem);
    }
}
