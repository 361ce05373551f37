package plumbline.events.undelivered_events_test

import data.plumbline.events.undelivered_events

test_subscription_without_a_dead_letter_queue_is_denied if {
	undelivered_events.deny == {{"msg": "subscription `uploads` has no place for events that it cannot deliver"}} with input as subscription("topic", {"dead_letter": false})
}

test_subscription_with_a_dead_letter_queue_passes if {
	every form in ["bus", "topic", "schedule", "trigger", "storage"] {
		count(undelivered_events.deny) == 0 with input as subscription(form, {"dead_letter": true})
	}
}

test_each_form_has_its_word if {
	every form, word in {
		"bus": "rule",
		"schedule": "schedule",
		"storage": "notification",
		"topic": "subscription",
		"trigger": "trigger",
	} {
		messages == {sprintf("%s `uploads` has no place for events that it cannot deliver", [word])} with input as subscription(form, {"dead_letter": false})
	}
}

test_other_forms_pass if {
	every form in ["queue", "http", "stream", null] {
		count(undelivered_events.deny) == 0 with input as subscription(form, {"dead_letter": false})
	}
}

test_subscription_without_a_form_passes if {
	count(undelivered_events.deny) == 0 with input as {"subscription": {"name": "uploads", "dead_letter": false}}
}

test_whatever_is_not_true_is_denied if {
	every value in ["true", 1, null, {}, ""] {
		count(undelivered_events.deny) == 1 with input as subscription("bus", {"dead_letter": value})
	}
}

# A value that only a deployment can resolve is absent.
test_dead_letter_queue_that_is_not_known_passes if {
	count(undelivered_events.deny) == 0 with input as subscription("bus", {})
}

messages contains finding.msg if some finding in undelivered_events.deny

subscription(form, more) := {
	"platform": "aws",
	"kind": "AWS::SNS::Subscription",
	"subscription": object.union({"name": "uploads", "form": form, "consumer": {"name": "orders"}}, more),
}

test_trigger_of_a_broker_that_keeps_dead_letters_passes if {
	count(undelivered_events.deny) == 0 with input as of_broker with data.world as {"channels": [{"value": {"name": "default", "redrive": true}}]}
}

test_trigger_of_a_broker_that_keeps_none_is_denied if {
	every channel in [{"name": "default", "redrive": false}, {"name": "other", "redrive": true}] {
		count(undelivered_events.deny) == 1 with input as of_broker with data.world as {"channels": [{"value": channel}]}
	}
}

of_broker := subscription("trigger", {"dead_letter": false, "channel": {"name": "default"}})
