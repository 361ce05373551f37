# METADATA
# scope: package
# title: Root group
# description: Files of root are often readable, and some writable, for root's group.
# custom:
#   id: deployment/root-group
#   severity: low
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { cis-kubernetes: ["5.7.3"], nist-800-53: ["AC-6"] }
#   remediation: Set `runAsGroup`, `fsGroup` and `supplementalGroups` to groups above 0.
package plumbline.deployment.root_group

deny contains {"msg": msg} if {
	input.workload.isolation.run_as_group == 0
	msg := sprintf("the pod of `%s` runs as group 0, which is root's", [input.workload.name])
}

deny contains {"msg": msg} if {
	some container in input.workload.containers
	not inherited
	container.isolation.run_as_group == 0
	msg := sprintf("container `%s` runs as group 0, which is root's", [container.name])
}

deny contains {"msg": msg} if {
	input.workload.isolation.fs_group == 0
	msg := sprintf("the volumes of `%s` belong to group 0, which is root's", [input.workload.name])
}

deny contains {"msg": msg} if {
	some group in input.workload.isolation.supplemental_groups
	group in zero
	msg := sprintf("the pod of `%s` is in group 0, which is root's", [input.workload.name])
}

# The finding at the pod covers its containers too.
inherited if input.workload.isolation.run_as_group == 0

# The list is handed on as written, so the number may be text, which the API server refuses.
zero := {0, "0"}
