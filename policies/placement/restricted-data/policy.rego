# METADATA
# scope: package
# title: Restricted data in the wrong place
# description: Data that the organisation restricts may only be where it was approved, whatever is handier for the work that needs it.
# custom:
#   id: placement/restricted-data
#   severity: critical
#   effect: deny
#   subject: workload
#   targets: ["*"]
#   requires: ["estate.approved", "estate.restricted"]
#   unknown: pass
#   controls: { nist-800-53: ["AC-4", "AC-20", "SC-7"] }
#   remediation: Move the workload to a place that is approved for the data, have the place approved in `estate.yaml`, or keep the data away from it.
package plumbline.placement.restricted_data

import data.plumbline.lib.placement

deny contains {"msg": msg} if {
	some restricted in data.estate.restricted
	not approved(restricted)

	# The last ones, so that a finding points at the declaration.
	some classification in placement.classifications
	classification == restricted
	msg := sprintf("`%v` holds `%v` data and runs as %s, which is no approved place for it", [
		input.workload.name,
		classification,
		placement.place,
	])
}

deny contains {"msg": msg} if {
	some classification in placement.classifications
	classification in data.estate.restricted
	regions := data.estate.approved[classification].regions
	region := input.workload.placement.region
	not placement.region in {placement.as_region(approved_region) | some approved_region in regions}
	msg := sprintf("`%v` holds `%v` data and runs in `%v`, which is no approved region for it", [
		input.workload.name,
		classification,
		region,
	])
}

# Data that is approved nowhere may be nowhere.
approved(classification) if {
	some target in data.estate.approved[classification].targets
	target in placement.targets
}

# Where only regions were decided, every target will do.
approved(classification) if {
	data.estate.approved[classification].regions
	not data.estate.approved[classification].targets
}
