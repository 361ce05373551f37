# METADATA
# scope: package
# title: No dead-letter queue
# description: Nobody waits for the answer of an asynchronous call, so an event that fails every attempt is gone without a trace.
# custom:
#   id: resilience/missing-dead-letter
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["aws/*", "gcp/*", "azure/*"]
#   controls: { nist-800-53: ["CP-10", "SI-11"] }
#   remediation: "Give the function a dead-letter queue, `DeadLetterConfig`, `DeadLetterQueue` in SAM or `dead_letter_config` in Terraform, or a destination for failures, and an alarm on what arrives there."
package plumbline.resilience.missing_dead_letter

deny contains {"msg": msg} if {
	input.workload.runtime.form == "function"
	input.workload.invoked_asynchronously == true
	lost
	msg := sprintf("function `%v` is invoked asynchronously, and has no place for what fails", [input.workload.name])
}

# Of a function that could be read, `false` is said; a value that is absent is one that nobody can know yet.
lost if input.workload.failure.dead_letter != true

lost if not input.workload.failure
