# METADATA
# scope: package
# title: Brokers without a dead-letter sink
# description: Whoever asks a broker for events later asks without a place for what fails, unless the broker has one for all.
# custom:
#   id: events/broker-without-sink
#   severity: medium
#   effect: deny
#   subject: channel
#   targets: ["kubernetes/eventing.knative.dev/Broker"]
#   unknown: pass
#   on-error: open
#   controls: { nist-800-53: ["CP-10", "SI-11"] }
#   remediation: "Set `spec.delivery.deadLetterSink` of the broker, and put an alarm on what arrives there."
package plumbline.events.broker_without_sink

# Where its triggers are there, each of them is judged by itself.
deny contains {"msg": msg} if {
	not has_triggers

	# An absent value is one that nobody can know yet.
	input.channel.redrive == false
	msg := sprintf("broker `%v` has no place for events that cannot be delivered", [input.channel.name])
}

has_triggers if {
	some subscription in data.world.subscriptions
	subscription.value.form == "trigger"
	subscription.value.channel.name == input.channel.name
	["kubernetes", _, _, in_namespace, _] := split(subscription.id, "/")
	in_namespace == namespace
}

# As ids have it.
default namespace := "_"

namespace := input.resource.metadata.namespace if input.resource.metadata.namespace != null
