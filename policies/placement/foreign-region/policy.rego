# METADATA
# scope: package
# title: Workloads in a region that is not allowed
# description: Where work is done decides whose law holds for it, so it may only be done in regions that the organisation chose.
# custom:
#   id: placement/foreign-region
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["*"]
#   requires: ["estate.regions.allowed"]
#   unknown: pass
#   controls: { nist-800-53: ["AC-20", "PE-23", "SA-9(5)"] }
#   remediation: Move the workload to one of `regions.allowed` of `estate.yaml`, or have the region added there.
package plumbline.placement.foreign_region

import data.plumbline.lib.placement

deny contains {"msg": msg} if {
	region := input.workload.placement.region
	not placement.is_allowed_region(region)
	msg := sprintf("`%v` runs in `%v`, which is no allowed region", [input.workload.name, region])
}
