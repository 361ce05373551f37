package plumbline.events.unapproved_channel_test

import data.plumbline.events.unapproved_channel

test_restricted_data_in_a_channel_for_others_is_denied if {
	unapproved_channel.deny == {{"msg": "`a` holds `personal` data, and its messages reach `jobs`, which is for `internal` data: `a` -> `jobs`"}} with input as workload("personal")
		with data.world as world({"data-classification": "internal"}, {"data-classification": "internal"})
		with data.world.graph as {"workload:t/a": {"publishes": ["channel:t/jobs"]}}
		with data.estate as estate
}

test_a_channel_that_is_handed_on_to_counts_too if {
	every kind in ["delivers", "delivers-some"] {
		unapproved_channel.deny == {{"msg": "`a` holds `personal` data, and its messages reach `jobs`, which is for `internal` data: `a` -> `topic` -> `jobs`"}} with input as workload("personal")
			with data.world as world({"data-classification": "internal"}, {"data-classification": "personal"})
			with data.world.graph as {
				"workload:t/a": {"publishes": ["channel:t/topic"]},
				"channel:t/topic": {kind: ["channel:t/jobs"]},
			}
			with data.estate as estate
	}
}

test_a_channel_for_restricted_data_passes if {
	every value in ["personal", "restricted"] {
		count(unapproved_channel.deny) == 0 with input as workload("personal")
			with data.world as world({"data-classification": value}, {"data-classification": value})
			with data.world.graph as {"workload:t/a": {"publishes": ["channel:t/jobs", "channel:t/topic"]}}
			with data.estate as estate
	}
}

test_a_channel_that_declares_nothing_passes if {
	every tags in [{}, {"owner": "a"}] {
		count(unapproved_channel.deny) == 0 with input as workload("personal")
			with data.world as world(tags, tags)
			with data.world.graph as {"workload:t/a": {"publishes": ["channel:t/jobs"]}}
			with data.estate as estate
	}
}

test_data_that_is_not_restricted_passes if {
	count(unapproved_channel.deny) == 0 with input as workload("internal")
		with data.world as world({"data-classification": "public"}, {})
		with data.world.graph as {"workload:t/a": {"publishes": ["channel:t/jobs"]}}
		with data.estate as estate
}

# What the workload reads from, and what it only may reach by another workload.
test_a_channel_that_it_does_not_put_messages_into_passes if {
	every graph in [
		{"channel:t/jobs": {"delivers": ["workload:t/a"]}},
		{
			"workload:t/a": {"publishes": ["channel:t/topic"]},
			"channel:t/topic": {"delivers": ["workload:t/b"]},
			"workload:t/b": {"publishes": ["channel:t/jobs"]},
		},
	] {
		count(unapproved_channel.deny) == 0 with input as workload("personal")
			with data.world as world({"data-classification": "internal"}, {})
			with data.world.graph as graph
			with data.estate as estate
	}
}

# A shorter way by another workload hides no other one.
test_a_way_without_another_workload_is_found if {
	count(unapproved_channel.deny) == 1 with input as workload("personal")
		with data.world as world({"data-classification": "internal"}, {})
		with data.world.graph as {
			"workload:t/a": {"publishes": ["channel:t/topic"]},
			"channel:t/topic": {"delivers": ["workload:t/b", "channel:t/second"]},
			"channel:t/second": {"delivers": ["channel:t/third"]},
			"channel:t/third": {"delivers": ["channel:t/jobs"]},
			"workload:t/b": {"publishes": ["channel:t/jobs"]},
		}
		with data.estate as estate
}

test_decided_keys_are_read if {
	count(unapproved_channel.deny) == 1 with input as {"node": "workload:t/a", "workload": {"name": "a", "tags": {"data": "personal"}}}
		with data.world as world({"data": "internal"}, {})
		with data.world.graph as {"workload:t/a": {"publishes": ["channel:t/jobs"]}}
		with data.estate as {"restricted": ["personal"], "keys": {"classification": ["data"]}}
}

estate := {"restricted": ["personal", "restricted"]}

workload(classification) := {
	"platform": "aws",
	"kind": "AWS::Lambda::Function",
	"node": "workload:t/a",
	"workload": {"name": "a", "tags": {"data-classification": classification}},
}

world(jobs, topic) := {"channels": [
	{"id": "t/jobs", "name": "jobs", "node": "channel:t/jobs", "value": {"tags": jobs}},
	{"id": "t/topic", "name": "topic", "node": "channel:t/topic", "value": {"tags": topic}},
]}
