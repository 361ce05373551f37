//! How long a pod may run, how many there may be, and whether it keeps anything.

use crate::estate::Model;
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

/// `lifetime`: of Knative, which has limits and scales; of others what the pod spec says.
pub(super) fn lifetime(model: &mut Model, resource: &Resource, spec: View<'_>) {
    let under = spec.id();
    model.object(Some("lifetime"), under, |model| {
        if resource.kind.starts_with("serving.knative.dev/") {
            knative(model, resource, spec);
        } else {
            model.integer("max_seconds", spec.get("activeDeadlineSeconds"));
        }
    });
}

/// Seconds that Knative gives a request where nothing else is written.
const REQUEST_SECONDS: i64 = 300;

fn knative(model: &mut Model, resource: &Resource, spec: View<'_>) {
    let default = Origin::Default { under: spec.id() };
    match spec
        .get("timeoutSeconds")
        .filter(|written| !written.is_null())
    {
        Some(written) => model.integer("max_seconds", Some(written)),
        None => model.number_at("max_seconds", REQUEST_SECONDS, default),
    }
    model.integer("concurrency", spec.get("containerConcurrency"));
    let parent = resource.tree.parent(spec.id()).unwrap_or(resource.root);
    let parent = resource.tree.view(parent, resource.typing);
    let annotation = |names: [&str; 2]| {
        let annotations = parent.at(&["metadata", "annotations"])?;
        names.iter().find_map(|name| annotations.get(name))
    };
    let lowest = annotation([
        "autoscaling.knative.dev/min-scale",
        "autoscaling.knative.dev/minScale",
    ]);
    match lowest {
        Some(written) => model.integer("min_instances", Some(written)),
        None => model.number_at("min_instances", 0, default),
    }
    let warm = lowest.and_then(View::raw).is_some_and(|text| text != "0");
    model.truth("scale_to_zero", !warm, default);
    let highest = annotation([
        "autoscaling.knative.dev/max-scale",
        "autoscaling.knative.dev/maxScale",
    ]);
    // Zero is no limit.
    let highest = highest.filter(|written| written.raw() != Some("0"));
    model.integer("max_instances", highest);
}

/// Volumes that outlive the pod.
const PERSISTENT: &[&str] = &[
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "csi",
    "fc",
    "flexVolume",
    "gcePersistentDisk",
    "glusterfs",
    "hostPath",
    "iscsi",
    "nfs",
    "persistentVolumeClaim",
    "portworxVolume",
    "rbd",
    "vsphereVolume",
];

/// `state`: whether anything outlives the pod.
pub(super) fn state(model: &mut Model, resource: &Resource, spec: View<'_>) {
    let volumes = spec.get("volumes").into_iter().flat_map(View::items);
    let of_volumes = volumes
        .flat_map(|volume| PERSISTENT.iter().filter_map(move |kind| volume.get(kind)))
        .find(|source| !source.is_null() && !is_only_read(*source));
    let claimed = resource.view().at(&["spec", "volumeClaimTemplates"]);
    let claimed = claimed.filter(|claims| claims.items().next().is_some());
    let found: Option<NodeId> = of_volumes.or(claimed).map(View::id);
    model.object(
        Some("state"),
        found.unwrap_or(spec.id()),
        |model| match found {
            Some(from) => model.truth("persistent", true, Origin::Derived { from }),
            None => model.truth("persistent", false, Origin::Default { under: spec.id() }),
        },
    );
}

/// A volume that is only read keeps nothing of the pod: those of secrets and certificates by CSI are.
fn is_only_read(source: View<'_>) -> bool {
    source.get("readOnly").and_then(View::bool) == Some(true)
}
