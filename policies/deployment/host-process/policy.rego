# METADATA
# scope: package
# title: Windows HostProcess containers
# description: A HostProcess container is a process of its Windows node, with the node's files and network.
# custom:
#   id: deployment/host-process
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { pss: [baseline], cis-kubernetes: ["5.2.11"], nist-800-53: ["AC-6", "SC-39"] }
#   remediation: "Remove `windowsOptions.hostProcess`, and run as an ordinary Windows container."
package plumbline.deployment.host_process

deny contains {"msg": msg} if {
	input.workload.isolation.host_process != false
	msg := sprintf("workload `%v` may run its containers as processes of the Windows host", [input.workload.name])
}

# What a container has from its pod is the pod's finding.
deny contains {"msg": msg} if {
	some container in input.workload.containers
	container.isolation.host_process != of_pod
	container.isolation.host_process != false
	msg := sprintf("container `%v` may run as a process of the Windows host", [container.name])
}

default of_pod := false

of_pod := input.workload.isolation.host_process
