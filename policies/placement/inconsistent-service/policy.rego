# METADATA
# scope: package
# title: Services that say two things
# description: A service that is spread over functions, containers and machines is one service, with one owner and one kind of data.
# custom:
#   id: placement/inconsistent-service
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["*"]
#   unknown: pass
#   on-error: open
#   controls: { nist-800-53: ["CM-2", "CM-8"] }
#   remediation: Declare the same of all workloads of the service, or give the one that differs a service of its own.
package plumbline.placement.inconsistent_service

import data.plumbline.lib.placement

# The first workload of a service, in the order of nodes, says how the others are to be.
deny contains {"msg": msg} if {
	some service in placement.services
	first := first_of(service)
	theirs := {value | some key in placement.classification_keys; value := first.declared[key]}
	count(theirs) > 0
	some ours in placement.classifications
	not ours in theirs
	msg := sprintf("service `%s` holds `%v` data here, and `%s` data in `%s`", [
		service,
		ours,
		concat("`, `", theirs),
		first.name,
	])
}

deny contains {"msg": msg} if {
	some service in placement.services
	first := first_of(service)
	some key in data.estate["cost-tags"]
	not key in stages
	theirs := first.declared[key]
	some [declared, ours] in placement.declared
	declared == key
	ours != theirs
	msg := sprintf("service `%s` has the %s `%v` here, and `%s` in `%s`", [service, key, ours, theirs, first.name])
}

# Environments may differ, so only those of one are compared.
first_of(service) := first if {
	members := data.world.services[service]
	here := {stage_of(member) | some member in members; member.node == input.node}
	[node, first] := min({[member.node, member] | some member in members; stage_of(member) in here})
	node < input.node
}

stage_of(member) := {member.declared[key] | some key in stages}

stages := {"env", "environment", "stage"}
