# METADATA
# scope: package
# title: Privileged containers
# description: A privileged container is root on its node.
# custom:
#   id: deployment/privileged-container
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*", "aws/AWS::ECS::TaskDefinition", "aws/aws_ecs_task_definition"]
#   controls: { pss: [baseline], cis-kubernetes: ["5.2.2"], nist-800-53: ["AC-6"] }
#   remediation: "Remove `privileged: true`, or grant the one capability that is needed."
package plumbline.deployment.privileged_container

import data.plumbline.lib.fixes

deny contains {"msg": msg, "fix": fixes.in_container(index, ["securityContext", "privileged"], false)} if {
	some index, container in input.workload.containers
	container.isolation.privileged != false
	msg := sprintf("container `%s` runs privileged", [container.name])
}
