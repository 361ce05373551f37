package plumbline.finops.unbounded_scale_test

import data.plumbline.finops.unbounded_scale

test_function_without_a_limit_is_denied if {
	unbounded_scale.deny == {{"msg": "function `orders` may scale without a limit"}} with input as function({"max_seconds": 30})
}

test_function_with_a_limit_passes if {
	count(unbounded_scale.deny) == 0 with input as function({"max_instances": 20})
}

# Such a function does not run at all.
test_function_that_is_limited_to_nothing_passes if {
	count(unbounded_scale.deny) == 0 with input as function({"max_instances": 0})
}

test_function_of_which_no_lifetime_is_read_is_denied if {
	count(unbounded_scale.deny) == 1 with input as {
		"platform": "aws",
		"kind": "AWS::Lambda::Function",
		"workload": {"name": "orders", "runtime": {"form": "function"}},
	}
}

# Whatever it comes to, it is a limit.
test_limit_that_only_a_deployment_can_resolve_passes if {
	every resource in [
		{"Properties": {"ReservedConcurrentExecutions": {"Ref": "Concurrency"}}},
		{"reserved_concurrent_executions": "${var.concurrency}"},
		{"reservedConcurrency": "${param:concurrency}"},
		{"max_instances": "${var.instances}"},
		{"maximum_instance_count": "${var.instances}"},
		{"service_config": [{"max_instance_count": "${var.instances}"}]},
		{"site_config": [{"app_scale_limit": "${var.instances}"}]},
	] {
		count(unbounded_scale.deny) == 0 with input as object.union(function({"max_seconds": 30}), {"resource": resource})
	}
}

test_whatever_is_no_limit_there_is_denied if {
	every resource in [
		{"Properties": {"ReservedConcurrentExecutions": "many"}},
		{"reserved_concurrent_executions": "many"},
		{"reserved_concurrent_executions": -1},
		{"max_instances": null},
		{"maximum_instance_count": "many"},
		{"service_config": [{"max_instance_count": true}, null, "${x}"]},
		{"site_config": [{"always_on": "${var.on}"}]},
	] {
		count(unbounded_scale.deny) == 1 with input as object.union(function({"max_seconds": 30}), {"resource": resource})
	}
}

# Google and Azure take it for no limit.
test_function_of_other_clouds_that_is_limited_to_zero_is_denied if {
	every platform in ["gcp", "azure"] {
		count(unbounded_scale.deny) == 1 with input as object.union(function({"max_instances": 0}), {"platform": platform})
	}
}

test_workload_that_is_no_function_passes if {
	count(unbounded_scale.deny) == 0 with input as object.union(
		function({"max_seconds": 30}),
		{"workload": {"runtime": {"form": "container"}}},
	)
}

test_service_without_a_limit_is_denied if {
	unbounded_scale.deny == {{
		"msg": "Knative workload `checkout` may scale without a limit",
		"path": ["resource", "spec", "template", "metadata", "annotations", "autoscaling.knative.dev/max-scale"],
	}} with input as knative("Service", {"max_seconds": 300})
}

test_configuration_without_a_limit_is_denied_in_its_template if {
	paths == {["resource", "spec", "template", "metadata", "annotations", "autoscaling.knative.dev/max-scale"]} with input as knative("Configuration", {})
}

test_revision_without_a_limit_is_denied_in_its_own_metadata if {
	paths == {["resource", "metadata", "annotations", "autoscaling.knative.dev/max-scale"]} with input as knative("Revision", {})
}

test_service_with_a_limit_passes if {
	count(unbounded_scale.deny) == 0 with input as knative("Service", {"max_instances": 80})
}

test_smallest_limit_passes if {
	count(unbounded_scale.deny) == 0 with input as knative("Service", {"max_instances": 1})
}

# To Knative, 0 means no limit.
test_service_that_is_limited_to_zero_is_denied if {
	count(unbounded_scale.deny) == 1 with input as knative("Service", {"max_instances": 0})
}

test_whatever_is_no_number_is_denied if {
	every value in ["80", "", true, null, [80], {}] {
		count(unbounded_scale.deny) == 1 with input as knative("Service", {"max_instances": value})
		count(unbounded_scale.deny) == 1 with input as function({"max_instances": value})
	}
}

test_negative_limit_is_denied if {
	count(unbounded_scale.deny) == 1 with input as knative("Service", {"max_instances": -1})
}

# --- What the organisation asks for.

test_limit_above_that_of_the_organisation_is_denied if {
	unbounded_scale.deny == {{"msg": "function `orders` may scale to 201, and at most 200 are asked for"}} with input as function({"max_instances": 201})
		with data.estate as {"limits": {"max-instances": 200}}
	unbounded_scale.deny == {{"msg": "Knative workload `checkout` may scale to 300, and at most 200 are asked for"}} with input as knative("Service", {"max_instances": 300})
		with data.estate as {"limits": {"max-instances": 200}}
}

test_limit_at_that_of_the_organisation_passes if {
	count(unbounded_scale.deny) == 0 with input as function({"max_instances": 200})
		with data.estate as {"limits": {"max-instances": 200}}
}

test_limit_of_an_organisation_that_asks_for_none_passes if {
	count(unbounded_scale.deny) == 0 with input as function({"max_instances": 1000})
		with data.estate as {"version": 1, "limits": {"visibility-timeout-factor": 6}}
}

paths contains finding.path if some finding in unbounded_scale.deny

function(lifetime) := {
	"platform": "aws",
	"kind": "AWS::Lambda::Function",
	"resource": {"Type": "AWS::Lambda::Function", "Properties": {}},
	"workload": {"name": "orders", "runtime": {"form": "function"}, "lifetime": lifetime},
}

knative(kind, lifetime) := {
	"platform": "kubernetes",
	"kind": concat("/", ["serving.knative.dev", kind]),
	"workload": {"name": "checkout", "runtime": {"form": "container"}, "lifetime": lifetime},
}
