//! What the API server refuses of the pod specs of an object.

use super::workload::{CONTAINER_LISTS, search, template_path};
use crate::frontend::shape::{self, CONTAINER, Keys, POD_SPEC};
use crate::problem::Problem;
use crate::resource::Resource;
use crate::tree::View;

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
        if spec.is_null() || spec.unknown().is_some() {
            return;
        }
        if !spec.is_mapping() {
            self.refuse(spec, "a pod spec that is no mapping");
            return;
        }
        self.keys(spec, POD_SPEC);
        let lists = CONTAINER_LISTS.iter().filter_map(|list| spec.get(list));
        for container in lists.flat_map(View::items) {
            self.keys(container, CONTAINER);
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

    fn keys(&mut self, of: View<'_>, keys: Keys) {
        for wrong in shape::of_keys(of, keys) {
            self.refuse(wrong.at, &wrong.message);
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
