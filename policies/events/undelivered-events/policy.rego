# METADATA
# scope: package
# title: Undelivered events
# description: An event that its target does not take is tried for a while and dropped, and nobody learns that it was there.
# custom:
#   id: events/undelivered-events
#   severity: high
#   effect: deny
#   subject: subscription
#   targets: ["aws/*", "gcp/*", "azure/*", "kubernetes/*"]
#   unknown: pass
#   on-error: open
#   controls: { nist-800-53: ["CP-10", "SI-11"] }
#   remediation: "Give the subscription, rule, schedule or trigger a dead-letter queue or sink, and put an alarm on what arrives there."
package plumbline.events.undelivered_events

deny contains {"msg": msg} if {
	form := forms[input.subscription.form]
	not keeps_dead_letters

	# An absent value is one that nobody can know yet.
	input.subscription.dead_letter != true
	msg := sprintf("%s `%v` has no place for events that it cannot deliver", [form, input.subscription.name])
}

# Queues keep what is not taken, and have a rule of their own; a request has somebody who waits for its answer.
forms := {
	"bus": "rule",
	"schedule": "schedule",
	"storage": "notification",
	"topic": "subscription",
	"trigger": "trigger",
}

# What a trigger does not say of its failures, its broker or channel may say for all of them. That stands in the
# namespace of the trigger; another one often has a broker of the same name.
keeps_dead_letters if {
	input.subscription.form == "trigger"
	some channel in data.world.channels
	channel.value.name == input.subscription.channel.name
	["kubernetes", _, _, in_namespace, _] := split(channel.id, "/")
	in_namespace == namespace
	channel.value.redrive == true
}

# As ids have it.
default namespace := "_"

namespace := input.resource.metadata.namespace if input.resource.metadata.namespace != null
