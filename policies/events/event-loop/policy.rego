# METADATA
# scope: package
# title: Event loops
# description: Work that puts messages where its own trigger takes them from sets itself off again, without end and at full speed.
# custom:
#   id: events/event-loop
#   severity: critical
#   effect: deny
#   subject: workload
#   targets: ["*"]
#   unknown: pass
#   on-error: open
#   controls: { nist-800-53: ["SC-5", "SC-6"] }
#   remediation: Let the workload write to another channel or bucket, or let its trigger take only what it does not write itself.
package plumbline.events.event_loop

import data.plumbline.lib.graph

# What is handed on by a filter may leave out what is written, and is no loop for certain.
deny contains {"msg": msg, "path": ["workload"]} if {
	loop := plumbline.cycle(data.world.graph, input.node, {"delivers", "publishes", "writes"})

	# A loop of several workloads is said once.
	input.node == min({node | some node in loop; graph.is_workload(node)})
	msg := sprintf("`%v` sets itself off: %s", [input.workload.name, graph.way(loop)])
}
