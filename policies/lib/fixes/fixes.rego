# METADATA
# scope: package
# title: Fixes
# description: What undoes a finding in a manifest of Kubernetes or in a resource of Terraform. Elsewhere the same is said in other words, and nothing is offered.
package plumbline.lib.fixes

# A key of the pod, as a manifest spells it: `securityContext.runAsNonRoot` is `["securityContext", "runAsNonRoot"]`.
in_pod(path, value) := added(["workload", "isolation"], path, value)

# A key of the container at an index.
in_container(index, path, value) := added(["workload", "containers", index], path, value)

# What is read at a path goes away with its key.
without(path) := [{"op": "remove", "path": path}] if {
	input.platform == "kubernetes"
} else := []

added(at, path, value) := [{"op": "add", "at": at, "path": path, "value": value}] if {
	input.platform == "kubernetes"
} else := []

# An attribute of a resource of Terraform, `["encrypted"]`, or one of a block in it, `["ingress", "external_enabled"]`.
in_terraform([name], value) := [{"op": "add", "path": ["resource", name], "value": value}]

in_terraform([block, name], value) := [{"op": "add", "path": ["resource", block, 0, name], "value": value}] if {
	input.resource[block][0]
} else := [{"op": "add", "path": ["resource", block], "value": [{name: value}]}]
