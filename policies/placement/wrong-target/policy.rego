# METADATA
# scope: package
# title: Work in the wrong place
# description: A class of work is placed once for all, so work that runs elsewhere has none of what the decision was made for.
# custom:
#   id: placement/wrong-target
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["*"]
#   requires: ["estate.classes"]
#   unknown: pass
#   controls: { nist-800-53: ["CM-2", "CM-6"] }
#   remediation: Move the workload to one of the targets of its class, or declare the class that it really is of.
package plumbline.placement.wrong_target

import data.plumbline.lib.placement

deny contains {"msg": msg} if {
	some known, decision in data.estate.classes
	allowed := decision.targets
	not runs_in(allowed)

	# The last ones, so that a finding points at the declaration.
	some class in placement.classes
	class == known
	msg := sprintf("`%v` is of the class `%v` and runs as %s, where that class may not be", [
		input.workload.name,
		class,
		placement.place,
	])
}

runs_in(allowed) if {
	some target in allowed
	target in placement.targets
}
