//! The annotation by which an object of Kubernetes points at waivers. It says nothing that the waiver does not say: who
//! writes a manifest cannot excuse it.

use crate::resource::{Platform, Resource};
use crate::tree::View;

/// The key of the annotation. Its value is the id of a waiver, or several with commas between them.
const ANNOTATION: &str = "plumbline.dev/waive";

/// The ids that an object points at, and where they are written.
pub(super) fn pointers(resource: &Resource) -> impl Iterator<Item = (&str, View<'_>)> {
    let is_object = resource.platform == Platform::Kubernetes;
    let annotation = resource.view().at(&["metadata", "annotations", ANNOTATION]);
    annotation
        .filter(|_| is_object)
        .into_iter()
        .flat_map(|view| {
            let ids = view.raw().unwrap_or_default().split(',');
            ids.map(move |id| (id.trim(), view))
        })
        .filter(|(id, _)| !id.is_empty())
}
