package plumbline.deployment.end_of_life_runtime_test

import data.plumbline.deployment.end_of_life_runtime

test_runtime_past_its_support_is_denied if {
	end_of_life_runtime.deny == {{"msg": "function `orders` runs on `python3.8`, whose support ended on 2024-10-14"}} with input as function({"language": "python3.8"})
		with time.now_ns as at("2026-01-01T00:00:00Z")
}

test_runtime_passes_until_its_support_ends if {
	count(end_of_life_runtime.deny) == 0 with input as function({"language": "python3.8"})
		with time.now_ns as at("2024-10-13T23:59:59Z")
}

test_runtime_is_denied_from_the_day_on if {
	count(end_of_life_runtime.deny) == 1 with input as function({"language": "python3.8"})
		with time.now_ns as at("2024-10-14T00:00:00Z")
}

test_runtime_that_is_still_to_end_passes if {
	count(end_of_life_runtime.deny) == 0 with input as function({"language": "nodejs22.x"})
		with time.now_ns as at("2026-11-24T00:00:00Z")
}

test_the_same_runtime_is_denied_later if {
	count(end_of_life_runtime.deny) == 1 with input as function({"language": "nodejs22.x"})
		with time.now_ns as at("2027-05-01T00:00:00Z")
}

test_each_runtime_that_has_ended_is_denied if {
	every language in [
		"dotnet5.0",
		"dotnet6",
		"dotnetcore2.1",
		"dotnetcore3.1",
		"go1.x",
		"java8",
		"nodejs10.x",
		"nodejs12.x",
		"nodejs14.x",
		"nodejs16.x",
		"nodejs18.x",
		"provided",
		"python2.7",
		"python3.6",
		"python3.7",
		"python3.8",
		"python3.9",
		"ruby2.5",
		"ruby2.7",
	] {
		count(end_of_life_runtime.deny) == 1 with input as function({"language": language})
			with time.now_ns as at("2026-01-01T00:00:00Z")
	}
}

# One that is not known here may be newer than this table.
test_other_runtimes_pass if {
	every language in ["python3.14", "nodejs24.x", "java25", "provided.al2023", "Python3.8", "python3.80", "", null, 3.8, {}, []] {
		count(end_of_life_runtime.deny) == 0 with input as function({"language": language})
			with time.now_ns as at("2030-01-01T00:00:00Z")
	}
}

# One name, two dates.
test_each_cloud_has_its_dates if {
	every platform, found in {"aws": 0, "gcp": 1, "azure": 0} {
		count(end_of_life_runtime.deny) == found with time.now_ns as at("2024-12-01T00:00:00Z")
			with input as object.union(function({"language": "dotnet6"}), {"platform": platform})
	}
}

test_runtime_of_google_past_its_support_is_denied if {
	end_of_life_runtime.deny == {{"msg": "function `orders` runs on `nodejs18`, whose support ended on 2025-04-30"}} with time.now_ns as at("2026-01-01T00:00:00Z")
		with input as object.union(function({"language": "nodejs18"}), {"platform": "gcp"})
}

test_runtime_of_azure_past_its_support_is_denied if {
	every platform, found in {"aws": 0, "azure": 1} {
		count(end_of_life_runtime.deny) == found with time.now_ns as at("2026-01-01T00:00:00Z")
			with input as object.union(function({"language": "nodejs18"}), {"platform": platform})
	}
}

test_language_of_a_workload_that_is_no_function_passes if {
	count(end_of_life_runtime.deny) == 0 with input as function({"form": "vm", "language": "python3.8"})
		with time.now_ns as at("2026-01-01T00:00:00Z")
}

# The runtime of an image is in the image.
test_image_passes if {
	count(end_of_life_runtime.deny) == 0 with input as function({"package": "image"})
		with time.now_ns as at("2030-01-01T00:00:00Z")
}

at(moment) := time.parse_rfc3339_ns(moment)

function(runtime) := {
	"platform": "aws",
	"kind": "AWS::Serverless::Function",
	"workload": {"name": "orders", "runtime": object.union({"form": "function"}, runtime), "containers": []},
}
