package plumbline.events.broker_without_sink_test

import data.plumbline.events.broker_without_sink

test_broker_without_a_sink_is_denied if {
	messages(broker(false), []) == {"broker `orders` has no place for events that cannot be delivered"}
}

test_broker_with_a_sink_passes if {
	count(messages(broker(true), [])) == 0
}

# Absent is unknown.
test_broker_of_which_that_is_not_known_passes if {
	count(messages({"channel": {"name": "orders", "form": "broker"}}, [])) == 0
}

test_broker_whose_triggers_are_there_passes if {
	count(messages(broker(false), [trigger("shop", "orders", "trigger")])) == 0
}

test_trigger_of_another_broker_or_namespace_says_nothing_of_it if {
	every other in [
		trigger("shop", "payments", "trigger"),
		trigger("payment", "orders", "trigger"),
		trigger("shop", "orders", "topic"),
	] {
		count(messages(broker(false), [other])) == 1
	}
}

test_broker_without_a_namespace_has_the_triggers_without_one if {
	nowhere := object.union(broker(false), {"resource": {"metadata": {"name": "orders", "namespace": null}}})
	count(messages(nowhere, [trigger("_", "orders", "trigger")])) == 0
	count(messages(nowhere, [trigger("shop", "orders", "trigger")])) == 1
}

messages(given, subscriptions) := {finding.msg |
	some finding in broker_without_sink.deny with input as given with data.world.subscriptions as subscriptions
}

broker(redrive) := {
	"platform": "kubernetes",
	"kind": "eventing.knative.dev/Broker",
	"resource": {"metadata": {"name": "orders", "namespace": "shop"}},
	"channel": {"name": "orders", "form": "broker", "redrive": redrive},
}

trigger(namespace, channel, form) := {
	"id": concat("/", ["kubernetes", "eventing.knative.dev", "Trigger", namespace, "t"]),
	"value": {"name": "t", "form": form, "channel": {"name": channel}},
}
