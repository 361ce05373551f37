package plumbline.placement.cold_latency_critical_test

import data.plumbline.placement.cold_latency_critical

test_function_that_keeps_nothing_warm_is_denied if {
	cold_latency_critical.deny == {{"msg": "function `orders` is of the class `checkout`, which keeps at least 2 warm, and keeps 0"}} with input as function("checkout", 0)
		with data.estate as estate
}

test_function_that_keeps_too_few_warm_is_denied if {
	count(cold_latency_critical.deny) == 1 with input as function("checkout", 1) with data.estate as estate
}

test_function_that_keeps_enough_warm_passes if {
	every warm in [2, 20] {
		count(cold_latency_critical.deny) == 0 with input as function("checkout", warm) with data.estate as estate
	}
}

test_service_that_keeps_nothing_warm_is_denied if {
	messages == {"Knative workload `web` is of the class `checkout`, which keeps at least 2 warm, and keeps 0"} with input as knative("checkout", 0)
		with data.estate as estate
}

test_service_that_keeps_enough_warm_passes if {
	count(cold_latency_critical.deny) == 0 with input as knative("checkout", 2) with data.estate as estate
}

test_class_that_may_start_cold_passes if {
	every class in ["batch", "free", "unheard-of"] {
		count(cold_latency_critical.deny) == 0 with input as function(class, 0) with data.estate as estate
	}
}

test_whatever_is_no_number_is_denied if {
	every warm in ["2", null, true, [2], {}] {
		count(cold_latency_critical.deny) == 1 with input as function("checkout", warm) with data.estate as estate
	}
}

# A number that only a deployment can resolve is absent.
test_number_that_is_not_known_passes if {
	count(cold_latency_critical.deny) == 0 with data.estate as estate with input as {
		"platform": "aws",
		"kind": "aws_lambda_function",
		"workload": {"name": "orders", "runtime": {"form": "function"}, "tags": {"governance/class": "checkout"}},
	}
}

test_service_of_cloud_run_that_keeps_nothing_warm_is_denied if {
	messages == {"Cloud Run service `web` is of the class `checkout`, which keeps at least 2 warm, and keeps 0"} with data.estate as estate
		with input as {
			"platform": "gcp",
			"kind": "google_cloud_run_v2_service",
			"workload": {
				"name": "web",
				"runtime": {"form": "container"},
				"lifetime": {"min_instances": 0},
				"tags": {"governance_class": "checkout"},
			},
		}
}

test_other_workloads_pass if {
	count(cold_latency_critical.deny) == 0 with data.estate as estate with input as object.union(
		function("checkout", 0),
		{"workload": {"runtime": {"form": "container"}}},
	)
}

messages contains finding.msg if some finding in cold_latency_critical.deny

estate := {"version": 1, "classes": {
	"batch": {"min-warm": 0},
	"checkout": {"targets": ["function", "knative"], "min-warm": 2},
	"free": {},
}}

function(class, warm) := {
	"platform": "aws",
	"kind": "aws_lambda_function",
	"workload": {
		"name": "orders",
		"runtime": {"form": "function"},
		"tags": {"governance/class": class},
		"lifetime": {"min_instances": warm},
	},
}

knative(class, warm) := {
	"platform": "kubernetes",
	"kind": "serving.knative.dev/Service",
	"workload": {
		"name": "web",
		"runtime": {"form": "container"},
		"labels": {"governance/class": class},
		"lifetime": {"min_instances": warm},
	},
}
