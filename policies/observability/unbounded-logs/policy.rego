# METADATA
# scope: package
# title: Logs kept for ever, or not long enough
# description: Logs that are never deleted are a bill and a liability that grow, and those that are deleted at once tell nothing of last week.
# custom:
#   id: observability/unbounded-logs
#   severity: medium
#   effect: deny
#   subject: store
#   targets: ["*"]
#   unknown: pass
#   controls: { nist-800-53: ["AU-11", "SI-12"] }
#   remediation: "Say how many days the logs are kept: `RetentionInDays` of a log group, `retention_in_days` in Terraform, `retention_days` of a bucket of logs of Google."
package plumbline.observability.unbounded_logs

import data.plumbline.lib.symbolic

deny contains {"msg": msg} if {
	input.store.form == "log_group"
	not is_known_later

	# The last condition, so that a finding points at the group.
	not input.store.log_retention_days
	msg := sprintf("log group `%v` keeps its logs for ever", [input.store.name])
}

deny contains {"msg": msg} if {
	input.store.form == "log_group"
	days := input.store.log_retention_days
	not suffices(days)
	msg := sprintf("log group `%v` keeps its logs for %v days instead of %s", [input.store.name, days, bounds])
}

suffices(days) if {
	is_number(days)
	days >= least
	not exceeds(days)
}

exceeds(days) if days > limits.max

bounds := sprintf("%v to %v", [least, limits.max])

bounds := sprintf("%v or more", [least]) if not limits.max

default least := 1

least := limits.min

limits := data.estate.limits["log-retention-days"]

# What only a deployment can resolve is no part of the normalised form.
is_known_later if symbolic.is_symbolic(input.resource.Properties.RetentionInDays)

is_known_later if symbolic.is_symbolic(input.resource.retention_in_days)

is_known_later if symbolic.is_symbolic(input.resource.retention_days)
