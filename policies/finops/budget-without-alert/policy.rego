# METADATA
# scope: package
# title: Budgets that tell nobody in time
# description: A budget limits nothing by itself; it is worth what it says, to whom, and how early.
# custom:
#   id: finops/budget-without-alert
#   severity: medium
#   effect: deny
#   subject: budget
#   targets: ["*"]
#   unknown: pass
#   controls: { nist-800-53: ["SI-4", "PM-3"] }
#   remediation: Give the budget an alert, with somebody who hears it, before all of it is spent.
package plumbline.finops.budget_without_alert

deny contains {"msg": msg} if {
	not alerts
	msg := sprintf("budget `%v` has no alert", [input.budget.name])
}

# An alert whose share only a deployment can tell may be in time.
deny contains {"msg": msg} if {
	alerts
	not timely
	msg := sprintf("budget `%v` has no alert at or below %v percent", [input.budget.name, limit])
}

alerts if {
	some _ in input.budget.alerts
}

timely if {
	some alert in input.budget.alerts
	is_timely(alert)
}

is_timely(alert) if not alert.percent

is_timely(alert) if {
	is_number(alert.percent)
	alert.percent <= limit
}

limit := data.estate.limits["budget-alert-percent"]

limit := 100 if not data.estate.limits["budget-alert-percent"]
