# METADATA
# scope: package
# title: Wildcards in actions
# description: A wildcard grants what a service can do today and whatever it learns tomorrow, far beyond what anybody has looked at.
# custom:
#   id: iam/wildcard-action
#   severity: critical
#   effect: deny
#   subject: grant
#   targets: ["aws/*"]
#   unknown: pass
#   controls: { nist-800-53: ["AC-6", "AC-6(1)"], cis-aws: ["1.16"] }
#   remediation: List the actions that the identity needs, on the resources where it needs them.
package plumbline.iam.wildcard_action

deny contains {"msg": msg} if {
	input.grant.effect == "allow"
	some action in input.grant.actions
	is_wildcard(action)
	msg := sprintf("%s may do `%s`", [who, action])
}

# `NotAction` grants everything else.
deny contains {"msg": msg} if {
	input.grant.effect == "allow"
	nearly_everywhere

	# The last condition, so that a finding points at the list.
	input.grant.not_actions != null
	msg := sprintf("%s may do everything to everything but what is listed", [who])
}

nearly_everywhere if {
	some resource in input.grant.resources
	is_every(resource)
}

# `NotResource` is everywhere else.
nearly_everywhere if input.grant.not_resources != null

who := sprintf("`%v`", [input.grant.identity]) if input.grant.identity

else := sprintf("whoever holds `%v`", [input.grant.name])

# `*`, `s3:*`, and what matches as much: `s3:**`, `*:*`, `s3:?*`.
is_wildcard(action) if is_every(action)

is_wildcard(action) if {
	is_string(action)
	[_, name] := split(action, ":")
	is_every(name)
}

is_every(pattern) if {
	is_string(pattern)
	contains(pattern, "*")
	trim(pattern, "*?") == ""
}
