package plumbline.lib.fixes_test

import data.plumbline.lib.fixes

test_a_key_is_added_to_the_pod if {
	fixes.in_pod(["a", "b"], true) == [{"op": "add", "at": ["workload", "isolation"], "path": ["a", "b"], "value": true}] with input as {"platform": "kubernetes"}
}

test_a_key_is_added_to_a_container if {
	fixes.in_container(1, ["a"], {"b": 1}) == [{"op": "add", "at": ["workload", "containers", 1], "path": ["a"], "value": {"b": 1}}] with input as {"platform": "kubernetes"}
}

test_what_is_read_goes_away if {
	fixes.without(["workload", "a"]) == [{"op": "remove", "path": ["workload", "a"]}] with input as {"platform": "kubernetes"}
}

test_nothing_is_offered_elsewhere if {
	every platform in ["docker", "aws", "gcp", "azure", "host"] {
		fixes.in_pod(["a"], true) == [] with input as {"platform": platform}
		fixes.in_container(0, ["a"], true) == [] with input as {"platform": platform}
		fixes.without(["workload", "a"]) == [] with input as {"platform": platform}
	}
}

test_an_attribute_is_added_to_a_resource if {
	fixes.in_terraform(["a"], true) == [{"op": "add", "path": ["resource", "a"], "value": true}]
}

test_a_block_that_is_there_gets_the_attribute if {
	fixes.in_terraform(["b", "a"], true) == [{"op": "add", "path": ["resource", "b", 0, "a"], "value": true}] with input as {"resource": {"b": [{}]}}
}

test_a_block_that_is_missing_is_added_with_it if {
	every resource in [{}, {"b": []}] {
		fixes.in_terraform(["b", "a"], true) == [{"op": "add", "path": ["resource", "b"], "value": [{"a": true}]}] with input as {"resource": resource}
	}
}
