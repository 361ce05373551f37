package plumbline.events.event_loop_test

import data.plumbline.events.event_loop

test_work_that_feeds_its_own_trigger_is_denied if {
	event_loop.deny == {{
		"msg": "`a` sets itself off: `a` -> `jobs` -> `a`",
		"path": ["workload"],
	}} with input as workload("a") with data.world.graph as {
		"workload:t/a": {"publishes": ["channel:t/jobs"]},
		"channel:t/jobs": {"delivers": ["workload:t/a"]},
	}
}

test_a_bucket_closes_a_loop_like_a_channel if {
	count(event_loop.deny) == 1 with input as workload("a") with data.world.graph as {
		"workload:t/a": {"writes": ["store:t/pictures"]},
		"store:t/pictures": {"delivers": ["channel:t/topic"]},
		"channel:t/topic": {"delivers": ["workload:t/a"]},
	}
}

test_work_that_writes_elsewhere_passes if {
	count(event_loop.deny) == 0 with input as workload("a") with data.world.graph as {
		"workload:t/a": {"writes": ["store:t/thumbnails"]},
		"store:t/pictures": {"delivers": ["workload:t/a"]},
	}
}

test_what_is_handed_on_by_a_filter_passes if {
	count(event_loop.deny) == 0 with input as workload("a") with data.world.graph as {
		"workload:t/a": {"writes": ["store:t/pictures"]},
		"store:t/pictures": {"delivers-some": ["workload:t/a"]},
	}
}

# Whoever only reads or calls puts nothing where it takes from.
test_other_joins_close_no_loop if {
	every kind in ["reads", "calls", "acts-as", "holds"] {
		count(event_loop.deny) == 0 with input as workload("a") with data.world.graph as {
			"workload:t/a": {kind: ["store:t/pictures"]},
			"store:t/pictures": {"delivers": ["workload:t/a"]},
		}
	}
}

test_a_loop_of_several_is_said_once if {
	graph := {
		"workload:t/a": {"publishes": ["channel:t/one"]},
		"channel:t/one": {"delivers": ["workload:t/b"]},
		"workload:t/b": {"publishes": ["channel:t/two"]},
		"channel:t/two": {"delivers": ["workload:t/a"]},
	}
	count(event_loop.deny) == 1 with input as workload("a") with data.world.graph as graph
	count(event_loop.deny) == 0 with input as workload("b") with data.world.graph as graph
}

test_who_feeds_a_loop_is_not_in_it if {
	count(event_loop.deny) == 0 with input as workload("c") with data.world.graph as {
		"workload:t/c": {"publishes": ["channel:t/jobs"]},
		"workload:t/a": {"publishes": ["channel:t/jobs"]},
		"channel:t/jobs": {"delivers": ["workload:t/a"]},
	}
}

workload(name) := {
	"platform": "aws",
	"kind": "AWS::Lambda::Function",
	"node": sprintf("workload:t/%s", [name]),
	"workload": {"name": name, "runtime": {"form": "function"}},
}
