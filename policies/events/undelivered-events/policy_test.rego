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
	count(undelivered_events.deny) == 0 with input as trigger({"namespace": "shop"}) with data.world as world("shop", {})
	count(undelivered_events.deny) == 0 with input as trigger({}) with data.world as world("_", {})
	count(undelivered_events.deny) == 0 with input as trigger({"namespace": null}) with data.world as world("_", {})
}

test_trigger_of_a_broker_that_keeps_none_is_denied if {
	every channel in [{"redrive": false}, {"name": "other"}] {
		count(undelivered_events.deny) == 1 with input as trigger({"namespace": "shop"})
			with data.world as world("shop", channel)
	}
}

test_broker_of_another_namespace_does_not_speak_for_a_trigger if {
	count(undelivered_events.deny) == 1 with input as trigger({"namespace": "shop"}) with data.world as world("mail", {})
	count(undelivered_events.deny) == 1 with input as trigger({}) with data.world as world("mail", {})
}

# A queue, a bus or a topic of this name is another thing.
test_broker_speaks_for_triggers_only if {
	every form in ["bus", "topic", "schedule"] {
		count(undelivered_events.deny) == 1 with data.world as world("_", {}) with input as subscription(form, {
			"dead_letter": false,
			"channel": {"name": "default"},
		})
	}
}

test_channel_of_a_cloud_does_not_speak_for_a_trigger if {
	count(undelivered_events.deny) == 1 with input as trigger({}) with data.world as {"channels": [{
		"id": "aws/template.yaml/default",
		"value": {"name": "default", "redrive": true},
	}]}
}

trigger(metadata) := {
	"platform": "kubernetes",
	"kind": "eventing.knative.dev/Trigger",
	"resource": {"metadata": metadata},
	"subscription": {"name": "paid", "form": "trigger", "dead_letter": false, "channel": {"name": "default"}},
}

world(namespace, more) := {"channels": [{
	"id": sprintf("kubernetes/eventing.knative.dev/Broker/%s/default", [namespace]),
	"value": object.union({"name": "default", "redrive": true}, more),
}]}
