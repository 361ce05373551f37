package plumbline.placement.inconsistent_service_test

import data.plumbline.placement.inconsistent_service

test_another_classification_is_denied if {
	inconsistent_service.deny == {{"msg": "service `orders` holds `personal` data here, and `internal` data in `first`"}} with input as workload({"data-classification": "personal"})
		with data.world.services as services({"data-classification": "internal"}, {"data-classification": "personal"})
}

test_another_owner_is_denied if {
	inconsistent_service.deny == {{"msg": "service `orders` has the owner `b` here, and `a` in `first`"}} with input as workload({"owner": "b"})
		with data.world.services as services({"owner": "a"}, {"owner": "b"})
		with data.estate as {"cost-tags": ["owner"]}
}

test_the_same_everywhere_passes if {
	says := {"owner": "a", "data-classification": "internal"}
	count(inconsistent_service.deny) == 0 with input as workload(says)
		with data.world.services as services(says, says)
		with data.estate as {"cost-tags": ["owner"]}
}

# Which tags matter is for the organisation to say.
test_a_tag_that_nobody_asks_for_passes if {
	count(inconsistent_service.deny) == 0 with input as workload({"owner": "b"})
		with data.world.services as services({"owner": "a"}, {"owner": "b"})
		with data.estate as {"cost-tags": ["cost-centre"]}
}

test_what_one_leaves_open_passes if {
	every case in [
		[{}, {"owner": "a", "data-classification": "internal"}],
		[{"owner": "a", "data-classification": "internal"}, {}],
	] {
		count(inconsistent_service.deny) == 0 with input as workload(case[1])
			with data.world.services as services(case[0], case[1])
			with data.estate as {"cost-tags": ["owner"]}
	}
}

test_workloads_of_two_environments_are_not_compared if {
	every key in ["env", "environment", "stage"] {
		test := {key: "test", "owner": "b", "data-classification": "public"}
		count(inconsistent_service.deny) == 0 with input as workload(test)
			with data.world.services as services({key: "live", "owner": "a", "data-classification": "internal"}, test)
			with data.estate as {"cost-tags": ["owner", key]}
		count(inconsistent_service.deny) == 2 with input as workload(test)
			with data.world.services as services({key: "test", "owner": "a", "data-classification": "internal"}, test)
			with data.estate as {"cost-tags": ["owner", key]}
	}
}

test_the_first_is_not_blamed_for_the_others if {
	first := object.union(workload({"owner": "a"}), {"node": "workload:t/a"})
	count(inconsistent_service.deny) == 0 with input as first
		with data.world.services as services({"owner": "a"}, {"owner": "b"})
		with data.estate as {"cost-tags": ["owner"]}
}

# Overlays of one base declare one object several times.
test_several_declarations_of_one_workload_are_not_compared if {
	count(inconsistent_service.deny) == 0 with input as workload({"owner": "b"})
		with data.world.services as {"orders": [
			{"node": "workload:t/b", "name": "second", "declared": {"owner": "a"}},
			{"node": "workload:t/b", "name": "second", "declared": {"owner": "b"}},
		]}
		with data.estate as {"cost-tags": ["owner"]}
}

test_another_service_is_not_compared if {
	count(inconsistent_service.deny) == 0 with input as {"node": "workload:t/b", "workload": {"tags": {
		"governance/service": "mail",
		"owner": "b",
	}}}
		with data.world.services as {
			"mail": [{"node": "workload:t/b", "name": "second", "declared": {"owner": "b"}}],
			"orders": [{"node": "workload:t/a", "name": "first", "declared": {"owner": "a"}}],
		}
		with data.estate as {"cost-tags": ["owner"]}
}

workload(says) := {
	"platform": "aws",
	"kind": "AWS::Lambda::Function",
	"node": "workload:t/b",
	"workload": {"name": "second", "tags": object.union(says, {"governance/service": "orders"})},
}

services(first, second) := {"orders": [
	{"node": "workload:t/a", "name": "first", "declared": first},
	{"node": "workload:t/b", "name": "second", "declared": second},
]}
