package plumbline.events.queue_without_redrive_test

import data.plumbline.events.queue_without_redrive

test_queue_without_a_redrive_is_denied if {
	queue_without_redrive.deny == {{"msg": "queue `jobs` feeds a function, and has no place for messages that fail"}} with input as queue({"redrive": false})
}

test_queue_with_a_redrive_passes if {
	count(queue_without_redrive.deny) == 0 with input as queue({"redrive": true})
}

test_queue_that_feeds_no_function_passes if {
	every value in [false, null, "true"] {
		count(queue_without_redrive.deny) == 0 with input as queue({"redrive": false, "consumed_by_function": value})
	}
}

test_dead_letter_queue_passes if {
	count(queue_without_redrive.deny) == 0 with input as queue({"redrive": false, "dead_letters": true})
}

test_queue_of_which_that_is_not_known_is_denied if {
	count(queue_without_redrive.deny) == 1 with input as {"channel": {
		"name": "jobs",
		"form": "queue",
		"consumed_by_function": true,
		"redrive": false,
	}}
}

test_other_channels_pass if {
	every form in ["topic", "bus", "stream", "broker"] {
		count(queue_without_redrive.deny) == 0 with input as queue({"redrive": false, "form": form})
	}
}

test_whatever_is_not_true_is_denied if {
	every value in ["true", 1, null, {}, ""] {
		count(queue_without_redrive.deny) == 1 with input as queue({"redrive": value})
	}
}

# A value that only a deployment can resolve is absent.
test_redrive_that_is_not_known_passes if {
	count(queue_without_redrive.deny) == 0 with input as queue({})
}

queue(more) := {
	"platform": "aws",
	"kind": "AWS::SQS::Queue",
	"channel": object.union({"name": "jobs", "form": "queue", "consumed_by_function": true, "dead_letters": false}, more),
}
