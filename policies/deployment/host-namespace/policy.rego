# METADATA
# scope: package
# title: Host namespaces
# description: In a namespace of its node, a pod sees and reaches what the node does.
# custom:
#   id: deployment/host-namespace
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*", "aws/AWS::ECS::TaskDefinition", "aws/aws_ecs_task_definition"]
#   controls: { pss: [baseline], cis-kubernetes: ["5.2.3", "5.2.4", "5.2.5"], nist-800-53: ["AC-6", "SC-39"] }
#   remediation: "Remove `hostNetwork`, `hostPID` and `hostIPC`; reach the pod through a Service, and share memory within the pod; in a compose file, remove `host` from `network_mode`, `pid` and `ipc`."
package plumbline.deployment.host_namespace

import data.plumbline.lib.fixes

deny contains {"msg": msg, "fix": fixes.without(["workload", "isolation", field])} if {
	some field, namespace in namespaces

	# Whatever is not `false` counts: only that keeps the namespace apart for certain.
	input.workload.isolation[field] != false
	msg := sprintf("workload `%v` may share the %s namespace of its node", [input.workload.name, namespace])
}

namespaces := {
	"host_network": "network",
	"host_pid": "process",
	"host_ipc": "IPC",
}
