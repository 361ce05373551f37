# METADATA
# scope: package
# title: Queues without a redrive
# description: A message that its function cannot take is handed over again and again, until it grows too old and is gone.
# custom:
#   id: events/queue-without-redrive
#   severity: high
#   effect: deny
#   subject: channel
#   targets: ["aws/*", "gcp/*", "azure/*"]
#   unknown: pass
#   controls: { nist-800-53: ["CP-10", "SI-11"] }
#   remediation: "Give the queue a dead-letter queue, `RedrivePolicy` or `redrive_policy` in Terraform, with a number of attempts, and put an alarm on what arrives there."
package plumbline.events.queue_without_redrive

deny contains {"msg": msg} if {
	input.channel.form == "queue"
	input.channel.consumed_by_function == true

	# A dead-letter queue is where messages end.
	not input.channel.dead_letters == true

	# An absent value is one that nobody can know yet.
	input.channel.redrive != true
	msg := sprintf("queue `%v` feeds a function, and has no place for messages that fail", [input.channel.name])
}
