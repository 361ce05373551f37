# METADATA
# scope: package
# title: Chains of calls that take too long
# description: Whoever asks at an endpoint waits for all that is called behind it, and may have given up before the last of it has answered.
# custom:
#   id: resilience/slow-chain
#   severity: high
#   effect: deny
#   subject: endpoint
#   targets: ["*"]
#   unknown: pass
#   on-error: open
#   controls: { nist-800-53: ["SC-5", "CP-10"] }
#   remediation: Lower the timeouts along the chain, answer at once and do the work behind a queue, or call fewer services one after the other.
package plumbline.resilience.slow_chain

import data.plumbline.lib.graph

deny contains {"msg": msg, "path": ["endpoint"]} if {
	chain := plumbline.chain(data.world.graph, input.node, {"calls"}, data.world.seconds)
	chain.sum > budget
	is_chain(chain)
	msg := sprintf("what `%v` calls may take %v seconds together, %s: at most %v are asked for", [
		input.endpoint.name,
		chain.sum,
		graph.way(array.slice(chain.path, 1, count(chain.path))),
		budget,
	])
}

# How long one workload takes behind an endpoint is its own affair, unless a gateway waits for it and gives up: the
# longest of them waits for 30 seconds.
is_chain(chain) if count([node | some node in chain.path; graph.is_workload(node)]) > 1

is_chain(chain) if {
	is_gateway
	chain.sum > 30
}

budget := data.estate.limits["sync-chain-seconds"]

# What API Gateway waits, unless it is asked to wait longer.
budget := 29 if {
	not data.estate.limits["sync-chain-seconds"]
	is_gateway
}

is_gateway if {
	input.platform == "aws"
	input.endpoint.form == "route"
}
