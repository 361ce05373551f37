# METADATA
# scope: package
# title: Restricted data into an open channel
# description: Whoever takes messages from a channel gets the data of those who put them there, so a channel must be meant for the data.
# custom:
#   id: events/unapproved-channel
#   severity: critical
#   effect: deny
#   subject: workload
#   targets: ["*"]
#   requires: ["estate.restricted"]
#   unknown: pass
#   on-error: open
#   controls: { nist-800-53: ["AC-4", "SC-7"] }
#   remediation: Declare the channel for the data and close it to those who may not have it, or send only what is not restricted.
package plumbline.events.unapproved_channel

import data.plumbline.lib.graph
import data.plumbline.lib.placement

deny contains {"msg": msg} if {
	some way in ways
	some channel in data.world.channels
	channel.node == way[count(way) - 1]
	declared := {value | some key in placement.classification_keys; value := channel.value.tags[key]}
	count(declared) > 0
	count({value | some value in declared; value in data.estate.restricted}) == 0
	some classification in placement.classifications
	classification in data.estate.restricted
	msg := sprintf("`%v` holds `%v` data, and its messages reach `%s`, which is for `%s` data: %s", [
		input.workload.name,
		classification,
		channel.name,
		concat("`, `", declared),
		graph.way(way),
	])
}

# To each channel that it puts messages into, and to those that they are handed on to. What another workload sends on is
# that one's own message.
ways contains array.concat([input.node], way) if {
	some first in data.world.graph[input.node].publishes
	onward := plumbline.paths(data.world.graph, first, {"delivers", "delivers-some"})
	some way in object.union(onward, {first: [first]})
}
