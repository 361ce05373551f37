package plumbline.placement.near_time_limit_test

import data.plumbline.placement.near_time_limit

test_function_at_the_limit_is_denied if {
	near_time_limit.deny == {{"msg": "function `import` may run for 900 seconds, at or above 80 percent of the 900 that its platform grants"}} with input as function(900)
		with data.params as params
}

test_function_at_the_share_is_denied if {
	count(near_time_limit.deny) == 1 with input as function(720) with data.params as params
}

test_function_below_the_share_passes if {
	every seconds in [719, 719.9, 30, 3, 0] {
		count(near_time_limit.deny) == 0 with input as function(seconds) with data.params as params
	}
}

test_service_at_the_share_is_denied if {
	near_time_limit.deny == {{"msg": "Knative workload `report` may run for 480 seconds, at or above 80 percent of the 600 that its platform grants"}} with input as knative(480)
		with data.params as params
}

test_service_below_the_share_passes if {
	every seconds in [479, 300] {
		count(near_time_limit.deny) == 0 with input as knative(seconds) with data.params as params
	}
}

test_service_of_cloud_run_has_an_hour if {
	every seconds, found in {"300": 0, "2879": 0, "2880": 1, "3600": 1} {
		count(near_time_limit.deny) == found with data.params as params with input as {
			"platform": "gcp",
			"kind": "google_cloud_run_v2_service",
			"workload": {
				"name": "report",
				"runtime": {"form": "container"},
				"lifetime": {"max_seconds": to_number(seconds)},
			},
		}
	}
}

test_job_of_cloud_run_passes if {
	count(near_time_limit.deny) == 0 with data.params as params with input as {
		"platform": "gcp",
		"kind": "google_cloud_run_v2_job",
		"workload": {"name": "report", "runtime": {"form": "job"}, "lifetime": {"max_seconds": 3600}},
	}
}

test_limit_of_knative_is_a_parameter if {
	count(near_time_limit.deny) == 0 with input as knative(480) with data.params as {"knative-limit-seconds": 1200}
	count(near_time_limit.deny) == 1 with input as knative(960) with data.params as {"knative-limit-seconds": 1200}
}

test_limit_of_functions_is_no_parameter if {
	count(near_time_limit.deny) == 1 with input as function(720) with data.params as {"knative-limit-seconds": 1200}
}

test_decided_share_comes_first if {
	messages == {"function `import` may run for 450 seconds, at or above 50 percent of the 900 that its platform grants"} with input as function(450)
		with data.params as params
		with data.estate as {"version": 1, "limits": {"timeout-percent-of-platform": 50}}
}

test_decided_share_passes_what_is_below if {
	count(near_time_limit.deny) == 0 with input as function(899)
		with data.params as params
		with data.estate as {"version": 1, "limits": {"timeout-percent-of-platform": 100}}
}

test_estate_without_the_decision_leaves_the_default if {
	count(near_time_limit.deny) == 1 with input as function(720)
		with data.params as params
		with data.estate as {"version": 1, "limits": {"max-instances": 200}}
}

test_each_cloud_has_its_limit if {
	every platform, found in {"aws": [719, 720], "gcp": [431, 432], "azure": [479, 480]} {
		count(near_time_limit.deny) == 0 with input as at(platform, "", found[0]) with data.params as params
		count(near_time_limit.deny) == 1 with input as at(platform, "", found[1]) with data.params as params
	}
}

test_second_generation_of_google_has_an_hour_for_requests if {
	count(near_time_limit.deny) == 0 with input as at("gcp", "google_cloudfunctions2_function", 2879)
		with data.params as params
	count(near_time_limit.deny) == 1 with input as at("gcp", "google_cloudfunctions2_function", 2880)
		with data.params as params
}

test_second_generation_of_google_has_nine_minutes_for_events if {
	count(near_time_limit.deny) == 1 with data.params as params with input as object.union(
		at("gcp", "google_cloudfunctions2_function", 432),
		{"workload": {"invoked_asynchronously": true}},
	)
}

test_limit_of_azure_is_a_parameter if {
	count(near_time_limit.deny) == 0 with input as at("azure", "", 1439)
		with data.params as object.union(params, {"azure-limit-seconds": 1800})
	count(near_time_limit.deny) == 1 with input as at("azure", "", 1440)
		with data.params as object.union(params, {"azure-limit-seconds": 1800})
}

test_workload_that_is_no_function_passes if {
	count(near_time_limit.deny) == 0 with data.params as params with input as object.union(
		function(900),
		{"workload": {"runtime": {"form": "container"}}},
	)
}

test_whatever_is_no_number_passes if {
	every seconds in ["900", null, true, [900], {}] {
		count(near_time_limit.deny) == 0 with input as function(seconds) with data.params as params
	}
}

test_workload_without_a_lifetime_passes if {
	count(near_time_limit.deny) == 0 with data.params as params with input as {
		"platform": "aws",
		"kind": "AWS::Lambda::Function",
		"workload": {"name": "import", "runtime": {"form": "function"}},
	}
}

params := {"knative-limit-seconds": 600, "azure-limit-seconds": 600}

messages contains finding.msg if some finding in near_time_limit.deny

function(seconds) := {
	"platform": "aws",
	"kind": "AWS::Serverless::Function",
	"workload": {"name": "import", "runtime": {"form": "function"}, "lifetime": {"max_seconds": seconds}},
}

at(platform, kind, seconds) := object.union(function(seconds), {"platform": platform, "kind": kind})

knative(seconds) := {
	"platform": "kubernetes",
	"kind": "serving.knative.dev/Service",
	"workload": {"name": "report", "runtime": {"form": "container"}, "lifetime": {"max_seconds": seconds}},
}
