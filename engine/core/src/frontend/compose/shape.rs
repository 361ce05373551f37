//! What Compose refuses of a service as it is written, before anything is laid over it.

use super::port;
use crate::frontend::Reading;
use crate::parse::Document;
use crate::problem::Problem;
use crate::tree::View;

/// What must stand under a key.
#[derive(Debug, Clone, Copy)]
enum Shape {
    List,
    Mapping,
    /// A list, or its only item.
    ListOrText,
    /// A mapping of names to scalars, or a list of texts such as `name=value`.
    Named,
}

/// Keys of a service that the model reads.
const KEYS: &[(&str, Shape)] = &[
    ("cap_add", Shape::List),
    ("cap_drop", Shape::List),
    ("configs", Shape::List),
    ("deploy", Shape::Mapping),
    ("env_file", Shape::ListOrText),
    ("environment", Shape::Named),
    ("healthcheck", Shape::Mapping),
    ("labels", Shape::Named),
    ("ports", Shape::List),
    ("secrets", Shape::List),
    ("security_opt", Shape::List),
    ("sysctls", Shape::Named),
    ("tmpfs", Shape::ListOrText),
    ("volumes", Shape::List),
];

pub(super) fn refuse(document: &Document, service: View<'_>, reading: &mut Reading) {
    let mut report = Report { document, reading };
    if !service.is_mapping() {
        report.refuse(
            service,
            "a service that is no mapping",
            "every service must say what it runs: `image`, `build` or `extends`",
        );
    }
    for (key, shape) in KEYS {
        if let Some(written) = service.get(key) {
            report.check(key, *shape, written);
        }
    }
    for item in port::refused(service) {
        report.refuse(
            item,
            "a port that Compose cannot read",
            "write it as `\"8080:80\"`, or as a mapping with `target` and `published`",
        );
    }
}

struct Report<'a, 'r> {
    document: &'a Document,
    reading: &'r mut Reading,
}

impl Report<'_, '_> {
    fn check(&mut self, key: &str, shape: Shape, written: View<'_>) {
        // What is taken away may be written in any shape.
        if written.is_null() || written.tag() == Some("!reset") {
            return;
        }
        let (is_right, expected) = match shape {
            Shape::List => (written.is_sequence(), "list"),
            Shape::Mapping => (written.is_mapping(), "mapping"),
            Shape::ListOrText => (!written.is_mapping(), "list"),
            Shape::Named => (written.is_sequence() || written.is_mapping(), "mapping"),
        };
        let help = "it was not judged: Compose refuses the file as it is";
        if !is_right {
            self.refuse(
                written,
                &format!("`{key}` of a service is no {expected}"),
                help,
            );
            return;
        }
        if let Shape::Named = shape {
            let is_scalar = |view: &View<'_>| !view.is_mapping() && !view.is_sequence();
            let entries = written.entries().map(|(_, value)| value);
            for value in entries
                .chain(written.items())
                .filter(|view| !is_scalar(view))
            {
                let message = format!("an item of `{key}` that is no pair of a name and a value");
                self.refuse(value, &message, help);
            }
        }
    }

    fn refuse(&mut self, written: View<'_>, message: &str, help: &str) {
        let place = self.document.tree.place(written.id());
        let problem = place.map(|place| Problem::error(place, message).help(help));
        self.reading.problems.extend(problem);
    }
}
