//! What Compose refuses of a service as it is written, before anything is laid over it.

use super::port;
use crate::frontend::Reading;
use crate::frontend::shape::{self, SERVICE};
use crate::parse::Document;
use crate::problem::Problem;
use crate::tree::View;

pub(super) fn refuse(document: &Document, service: View<'_>, reading: &mut Reading) {
    let mut refuse = |written: View<'_>, message: &str, help: &str| {
        let place = document.tree.place(written.id());
        let problem = place.map(|place| Problem::error(place, message).help(help));
        reading.problems.extend(problem);
    };
    if !service.is_mapping() {
        refuse(
            service,
            "a service that is no mapping",
            "every service must say what it runs: `image`, `build` or `extends`",
        );
    }
    for (key, shape) in SERVICE {
        // What is taken away may be written in any shape.
        let is_there = |written: &View<'_>| !written.is_null() && written.tag() != Some("!reset");
        let Some(written) = service.get(key).filter(is_there) else {
            continue;
        };
        for wrong in shape::of_value(key, *shape, written) {
            let help = "it was not judged: Compose refuses the file as it is";
            refuse(wrong.at, &wrong.message, help);
        }
    }
    for item in port::refused(service) {
        refuse(
            item,
            "a port that Compose cannot read",
            "write it as `\"8080:80\"`, or as a mapping with `target` and `published`",
        );
    }
}
