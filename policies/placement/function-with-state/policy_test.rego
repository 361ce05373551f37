package plumbline.placement.function_with_state_test

import data.plumbline.placement.function_with_state

test_function_with_a_file_system_is_denied if {
	function_with_state.deny == {{"msg": "function `thumbnails` mounts a file system that outlives it"}} with input as function({"persistent": true})
}

test_function_without_state_passes if {
	count(function_with_state.deny) == 0 with input as function({"persistent": false})
}

test_function_of_unknown_state_passes if {
	count(function_with_state.deny) == 0 with input as {
		"platform": "aws",
		"kind": "AWS::Lambda::Function",
		"workload": {"name": "thumbnails", "runtime": {"form": "function"}, "containers": []},
	}
}

test_function_of_every_dialect_is_denied if {
	every kind in ["aws_lambda_function", "google_cloudfunctions2_function", "azurerm_linux_function_app"] {
		count(function_with_state.deny) == 1 with input as object.union(function({"persistent": true}), {"kind": kind})
	}
}

test_workload_that_is_no_function_passes if {
	count(function_with_state.deny) == 0 with input as object.union(
		function({"persistent": true}),
		{"kind": "AWS::ECS::TaskDefinition", "workload": {"runtime": {"form": "container"}}},
	)
}

# The model says it with a boolean; what is none says nothing.
test_state_that_is_no_boolean_passes if {
	every value in ["true", 1, null, {}, []] {
		count(function_with_state.deny) == 0 with input as function({"persistent": value})
	}
}

test_each_function_is_one_finding if {
	count(function_with_state.deny) == 1 with input as function({
		"persistent": true,
		"mounts": [{"kind": "file_system", "path": "/mnt/a"}, {"kind": "file_system", "path": "/mnt/b"}],
	})
}

test_knative_service_with_a_claim_is_denied if {
	messages == {"Knative workload `checkout` mounts the persistent volume `data`"} with input as knative([claim("data")])
}

test_each_claim_is_a_finding if {
	messages == {
		"Knative workload `checkout` mounts the persistent volume `data`",
		"Knative workload `checkout` mounts the persistent volume `cache`",
	} with input as knative([claim("data"), claim("cache")])
}

test_claim_without_a_name_is_denied if {
	messages == {"Knative workload `checkout` mounts the persistent volume `_`"} with input as knative([{"kind": "persistent_volume_claim"}])
}

test_knative_service_with_other_volumes_passes if {
	every kind in ["empty_dir", "config_map", "secret", "projected"] {
		count(function_with_state.deny) == 0 with input as knative([{"name": "data", "kind": kind}])
	}
}

test_knative_service_without_volumes_passes if {
	count(function_with_state.deny) == 0 with input as {
		"platform": "kubernetes",
		"kind": "serving.knative.dev/Service",
		"workload": {"name": "checkout", "containers": []},
	}
}

test_state_of_a_knative_service_is_denied if {
	messages == {"Knative workload `checkout` mounts a file system that outlives it"} with input as object.union(
		knative([]),
		{"workload": {"state": {"persistent": true}}},
	)
}

# The claim is what the state comes from.
test_a_claim_that_is_state_too_is_one_finding if {
	messages == {"Knative workload `checkout` mounts the persistent volume `data`"} with input as object.union(
		knative([claim("data")]),
		{"workload": {"state": {"persistent": true}}},
	)
}

messages contains finding.msg if some finding in function_with_state.deny

claim(name) := {"name": name, "kind": "persistent_volume_claim", "source": {"claimName": name}}

function(state) := {
	"platform": "aws",
	"kind": "AWS::Serverless::Function",
	"workload": {"name": "thumbnails", "runtime": {"form": "function"}, "state": state, "containers": []},
}

knative(volumes) := {
	"platform": "kubernetes",
	"kind": "serving.knative.dev/Service",
	"workload": {"name": "checkout", "runtime": {"form": "container"}, "volumes": volumes, "containers": []},
}
