package plumbline.resilience.missing_dead_letter_test

import data.plumbline.resilience.missing_dead_letter

test_asynchronous_function_without_a_dead_letter_queue_is_denied if {
	missing_dead_letter.deny == {{"msg": "function `thumbnails` is invoked asynchronously, and has no place for what fails"}} with input as function({"invoked_asynchronously": true, "failure": {"dead_letter": false}})
}

test_function_of_every_dialect_is_denied if {
	every kind in ["AWS::Serverless::Function", "aws_lambda_function", "google_cloudfunctions2_function"] {
		count(missing_dead_letter.deny) == 1 with input as object.union(
			function({"invoked_asynchronously": true, "failure": {"dead_letter": false}}),
			{"kind": kind},
		)
	}
}

test_asynchronous_function_with_a_dead_letter_queue_passes if {
	count(missing_dead_letter.deny) == 0 with input as function({"invoked_asynchronously": true, "failure": {"dead_letter": true}})
}

test_synchronous_function_passes if {
	count(missing_dead_letter.deny) == 0 with input as function({"invoked_asynchronously": false, "failure": {"dead_letter": false}})
}

test_function_that_nothing_is_attached_to_passes if {
	count(missing_dead_letter.deny) == 0 with input as function({"failure": {"dead_letter": false}})
}

test_function_of_which_no_failure_is_read_is_denied if {
	count(missing_dead_letter.deny) == 1 with input as function({"invoked_asynchronously": true})
}

test_whatever_is_not_true_is_denied if {
	every value in ["true", "", 1, null, {}, []] {
		count(missing_dead_letter.deny) == 1 with input as function({"invoked_asynchronously": true, "failure": {"dead_letter": value}})
	}
}

# A value that only a deployment can resolve is absent; whether the rule can be decided is not its own to say.
test_unknown_dead_letter_queue_is_no_finding if {
	count(missing_dead_letter.deny) == 0 with input as function({"invoked_asynchronously": true, "failure": {"retries": 2}})
}

test_workload_that_is_no_function_passes if {
	count(missing_dead_letter.deny) == 0 with input as function({
		"runtime": {"form": "container"},
		"invoked_asynchronously": true,
		"failure": {"dead_letter": false},
	})
}

function(more) := {
	"platform": "aws",
	"kind": "AWS::Lambda::Function",
	"workload": object.union({"name": "thumbnails", "runtime": {"form": "function"}, "containers": []}, more),
}
