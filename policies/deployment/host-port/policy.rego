# METADATA
# scope: package
# title: Host ports
# description: A port of the node lets in whoever reaches the node, past Services and most network policies.
# custom:
#   id: deployment/host-port
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { pss: [baseline], cis-kubernetes: ["5.2.13"], nist-800-53: ["CM-7"] }
#   remediation: "Remove `hostPort`, and publish the port through a Service; where a node agent needs it, name the port in `allow`."
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       allow:
#         description: Ports of the node that containers may take.
#         type: array
#         items: { type: integer, minimum: 1, maximum: 65535 }
#         default: []
package plumbline.deployment.host_port

# The path keeps two ports apart that differ in their address only.
deny contains {"msg": msg, "path": path} if {
	some i, container in input.workload.containers
	some j, port in container.ports
	port.host_port != 0
	not allowed(port.host_port)
	path := ["workload", "containers", i, "ports", j, "host_port"]
	msg := sprintf("container `%v` takes port `%v` of its node", [container.name, port.host_port])
}

allowed(number) if number in data.params.allow
