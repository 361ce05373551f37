package plumbline.storage.foreign_region_test

import data.plumbline.storage.foreign_region

allowed := {"allowed": ["eu-central-1", "europe-west3"]}

test_other_region_is_denied if {
	foreign_region.deny == {{"msg": "`uploads` rests in `US`, which is no allowed region"}} with input as {"store": {
		"name": "uploads",
		"region": "US",
	}}
		with data.estate.regions as allowed
}

test_allowed_region_passes if {
	every region in ["eu-central-1", "EUROPE-WEST3"] {
		count(foreign_region.deny) == 0 with input as {"store": {"name": "uploads", "region": region}}
			with data.estate.regions as allowed
	}
}

# Absent is unknown.
test_store_of_no_region_passes if {
	count(foreign_region.deny) == 0 with input as {"store": {"name": "uploads"}} with data.estate.regions as allowed
}
