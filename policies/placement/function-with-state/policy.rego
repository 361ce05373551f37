# METADATA
# scope: package
# title: State in a function
# description: A function comes and goes by the request, and what it keeps in files is shared by instances that know nothing of each other.
# custom:
#   id: placement/function-with-state
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["aws/*", "gcp/*", "azure/*", "kubernetes/serving.knative.dev/*"]
#   controls: { nist-800-53: ["CM-6", "SC-28"] }
#   remediation: Keep the state in a database, an object store or a queue, or run the workload where state belongs, as a StatefulSet or on a machine.
package plumbline.placement.function_with_state

import data.plumbline.lib.placement

deny contains {"msg": msg} if {
	some volume in input.workload.volumes
	volume.kind == "persistent_volume_claim"
	msg := sprintf("%s mounts the persistent volume `%v`", [placement.elastic, object.get(volume, "name", "_")])
}

# A claim is a finding of its own, at the volume.
deny contains {"msg": msg} if {
	not claims
	input.workload.state.persistent == true
	msg := sprintf("%s mounts a file system that outlives it", [placement.elastic])
}

claims if {
	some volume in input.workload.volumes
	volume.kind == "persistent_volume_claim"
}
