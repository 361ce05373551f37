package plumbline.placement.foreign_region_test

import data.plumbline.placement.foreign_region

allowed := {"allowed": ["eu-central-1", "westeurope"]}

in_region(region) := {"workload": {"name": "orders", "placement": {"region": region}}}

test_other_region_is_denied if {
	foreign_region.deny == {{"msg": "`orders` runs in `us-east-1`, which is no allowed region"}} with input as in_region("us-east-1")
		with data.estate.regions as allowed
}

test_allowed_region_passes if {
	every region in ["eu-central-1", "westeurope", "West Europe"] {
		count(foreign_region.deny) == 0 with input as in_region(region) with data.estate.regions as allowed
	}
}

# Absent is unknown, or a platform without regions.
test_workload_of_no_region_passes if {
	count(foreign_region.deny) == 0 with input as {"workload": {"name": "orders", "placement": {}}}
		with data.estate.regions as allowed
}

test_where_nothing_is_allowed_everything_is_denied if {
	count(foreign_region.deny) == 1 with input as in_region("eu-central-1") with data.estate.regions as {"allowed": []}
}
