# METADATA
# scope: package
# title: Containers without limits
# description: A container without limits may use up its node, and what runs beside it pays for it.
# custom:
#   id: deployment/missing-limits
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { nist-800-53: ["SC-5", "SC-6"] }
#   remediation: Set `resources.limits` for the container, or for its pod as a whole.
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       resources:
#         description: The resources that need a limit.
#         type: array
#         items: { enum: [cpu, memory] }
#         minItems: 1
#         default: [cpu, memory]
package plumbline.deployment.missing_limits

deny contains {"msg": msg} if {
	some container in input.workload.containers
	container.role != "ephemeral"
	some resource in data.params.resources
	field := fields[resource]
	not limits(input.workload, field)
	not limits(container, field)
	msg := sprintf("container `%s` has no %s limit", [container.name, resource])
}

fields := {"cpu": "cpu_m", "memory": "memory_bytes"}

# A limit of 0 is none.
limits(owner, field) if owner.resources.limits[field] > 0
