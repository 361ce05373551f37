# METADATA
# scope: package
# title: Stores in a region that is not allowed
# description: Where data rests decides whose law holds for it, so it may only rest in regions that the organisation chose.
# custom:
#   id: storage/foreign-region
#   severity: high
#   effect: deny
#   subject: store
#   targets: ["*"]
#   requires: ["estate.regions.allowed"]
#   unknown: pass
#   controls: { nist-800-53: ["AC-20", "PE-23", "SA-9(5)"] }
#   remediation: Move the store to one of `regions.allowed` of `estate.yaml`, or have the region added there.
package plumbline.storage.foreign_region

import data.plumbline.lib.placement

deny contains {"msg": msg} if {
	region := input.store.region
	not placement.is_allowed_region(region)
	msg := sprintf("`%v` rests in `%v`, which is no allowed region", [input.store.name, region])
}
