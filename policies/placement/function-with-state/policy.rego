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

deny contains {"msg": msg} if {
	judged
	some volume in input.workload.volumes
	volume.kind == "persistent_volume_claim"
	msg := sprintf("%s mounts the persistent volume `%v`", [named, object.get(volume, "name", "_")])
}

# A claim is a finding of its own, at the volume.
deny contains {"msg": msg} if {
	judged
	not claims
	input.workload.state.persistent == true
	msg := sprintf("%s mounts a file system that outlives it", [named])
}

claims if {
	some volume in input.workload.volumes
	volume.kind == "persistent_volume_claim"
}

# What comes and goes with its requests, whatever declares it.
judged if is_function

judged if is_knative

named := sprintf("function `%v`", [input.workload.name]) if is_function

else := sprintf("Knative workload `%v`", [input.workload.name]) if is_knative

is_function if input.workload.runtime.form == "function"

is_knative if startswith(input.kind, "serving.knative.dev/")
