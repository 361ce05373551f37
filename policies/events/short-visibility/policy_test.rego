package plumbline.events.short_visibility_test

import data.plumbline.events.short_visibility

test_timeout_below_six_times_is_denied if {
	short_visibility.deny == {{"msg": "queue `jobs` hides a message for 30 seconds, and `orders` may need 30: at least 180 are asked for"}} with input as subscription(30, 30)
}

test_boundary_is_exact if {
	count(short_visibility.deny) == 1 with input as subscription(179, 30)
	count(short_visibility.deny) == 0 with input as subscription(180, 30)
}

test_decided_factor_comes_first if {
	estate := {"version": 1, "limits": {"visibility-timeout-factor": 1.5}}
	count(short_visibility.deny) == 1 with input as subscription(44, 30) with data.estate as estate
	count(short_visibility.deny) == 0 with input as subscription(45, 30) with data.estate as estate
}

test_other_decisions_leave_the_default if {
	count(short_visibility.deny) == 1 with input as subscription(179, 30)
		with data.estate as {"version": 1, "limits": {"max-instances": 20}}
}

test_visibility_that_is_no_number_is_denied if {
	every hidden in ["180", null, true, {}] {
		count(short_visibility.deny) == 1 with input as subscription(hidden, 30)
	}
}

# Of what is declared elsewhere, nothing is known.
test_function_that_is_not_known_passes if {
	every consumer in [{}, {"name": "orders"}, {"max_seconds": "30"}] {
		count(short_visibility.deny) == 0 with input as {"subscription": {
			"channel": {"name": "jobs", "visibility_seconds": 30},
			"consumer": consumer,
		}}
	}
}

test_queue_that_is_not_known_passes if {
	count(short_visibility.deny) == 0 with input as {"subscription": {
		"channel": {"name": "jobs"},
		"consumer": {"name": "orders", "max_seconds": 30},
	}}
}

subscription(hidden, seconds) := {
	"platform": "aws",
	"kind": "AWS::Lambda::EventSourceMapping",
	"subscription": {
		"name": "jobs",
		"form": "queue",
		"channel": {"name": "jobs", "visibility_seconds": hidden},
		"consumer": {"name": "orders", "max_seconds": seconds},
	},
}
