# METADATA
# scope: package
# title: Visibility timeout too short
# description: A message that becomes visible again while its function is still at work is handed to a second one, and is done twice.
# custom:
#   id: events/short-visibility
#   severity: high
#   effect: deny
#   subject: subscription
#   targets: ["aws/*"]
#   unknown: pass
#   controls: { nist-800-53: ["SC-5", "SI-11"] }
#   remediation: "Raise the visibility timeout of the queue to six times the timeout of the function, or lower the latter."
package plumbline.events.short_visibility

deny contains {"msg": msg} if {
	is_number(input.subscription.consumer.max_seconds)
	least := factor * input.subscription.consumer.max_seconds

	# An absent value is that of a queue declared elsewhere.
	hidden := input.subscription.channel.visibility_seconds
	not suffices(hidden, least)
	msg := sprintf("queue `%v` hides a message for %v seconds, and `%v` may need %v: at least %v are asked for", [
		input.subscription.channel.name,
		hidden,
		input.subscription.consumer.name,
		input.subscription.consumer.max_seconds,
		least,
	])
}

suffices(hidden, least) if {
	is_number(hidden)
	hidden >= least
}

# The visibility timeout is that of the queue: six times the function's is what AWS advises.
factor := data.estate.limits["visibility-timeout-factor"]

factor := 6 if not data.estate.limits["visibility-timeout-factor"]
