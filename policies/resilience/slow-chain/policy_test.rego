package plumbline.resilience.slow_chain_test

import data.plumbline.resilience.slow_chain

test_a_chain_that_takes_longer_than_a_gateway_waits_is_denied if {
	slow_chain.deny == {{
		"msg": "what `GET /orders` calls may take 40 seconds together, `a` -> `b`: at most 29 are asked for",
		"path": ["endpoint"],
	}} with input as route with data.world as world(20, 20)
}

test_boundary_is_exact if {
	count(slow_chain.deny) == 0 with input as route with data.world as world(20, 9)
	count(slow_chain.deny) == 1 with input as route with data.world as world(20, 10)
}

test_one_function_may_be_too_slow_by_itself if {
	graph := {"endpoint:t/e": {"calls": ["workload:t/a"]}}
	count(slow_chain.deny) == 1 with input as route with data.world as {"graph": graph, "seconds": {"workload:t/a": 31}}
	count(slow_chain.deny) == 0 with input as route with data.world as {"graph": graph, "seconds": {"workload:t/a": 30}}
}

# Behind other endpoints it takes a chain.
test_one_workload_behind_another_endpoint_passes if {
	ingress := {"platform": "kubernetes", "node": "endpoint:t/e", "endpoint": {"name": "shop", "form": "ingress"}}
	world := {"graph": {"endpoint:t/e": {"calls": ["workload:t/a"]}}, "seconds": {"workload:t/a": 300}}
	estate := {"limits": {"sync-chain-seconds": 60}}
	count(slow_chain.deny) == 0 with input as ingress with data.world as world with data.estate as estate
	count(slow_chain.deny) == 1 with input as route with data.world as world with data.estate as estate
}

test_decided_seconds_come_first if {
	estate := {"limits": {"sync-chain-seconds": 10}}
	count(slow_chain.deny) == 1 with input as route with data.world as world(6, 5) with data.estate as estate
	count(slow_chain.deny) == 0 with input as route with data.world as world(5, 5) with data.estate as estate
}

test_other_decisions_leave_the_default if {
	count(slow_chain.deny) == 1 with input as route with data.world as world(20, 20)
		with data.estate as {"limits": {"max-instances": 20}}
}

# How long others wait is for the organisation to say.
test_what_is_no_gateway_is_judged_by_a_decision_only if {
	every other in [
		{"platform": "kubernetes", "node": "endpoint:t/e", "endpoint": {"name": "shop", "form": "ingress"}},
		{"platform": "aws", "node": "endpoint:t/e", "endpoint": {"name": "A", "form": "url"}},
	] {
		count(slow_chain.deny) == 0 with input as other with data.world as world(200, 200)
		count(slow_chain.deny) == 1 with input as other with data.world as world(200, 200)
			with data.estate as {"limits": {"sync-chain-seconds": 60}}
	}
}

test_what_is_not_called_is_not_waited_for if {
	every kind in ["publishes", "delivers", "writes"] {
		count(slow_chain.deny) == 0 with input as route with data.world as {
			"graph": {"endpoint:t/e": {"calls": ["workload:t/a"]}, "workload:t/a": {kind: ["workload:t/b"]}},
			"seconds": {"workload:t/a": 20, "workload:t/b": 20},
		}
	}
}

test_the_slowest_of_several_ways_counts if {
	graph := {
		"endpoint:t/e": {"calls": ["workload:t/a"]},
		"workload:t/a": {"calls": ["workload:t/b", "workload:t/c"]},
	}
	slow_chain.deny == {{
		"msg": "what `GET /orders` calls may take 35 seconds together, `a` -> `c`: at most 29 are asked for",
		"path": ["endpoint"],
	}} with input as route with data.world as {
		"graph": graph,
		"seconds": {"workload:t/a": 10, "workload:t/b": 15, "workload:t/c": 25},
	}
}

test_workloads_that_do_not_say_how_long_they_take_add_nothing if {
	count(slow_chain.deny) == 0 with input as route with data.world as {
		"graph": {"endpoint:t/e": {"calls": ["workload:t/a"]}, "workload:t/a": {"calls": ["workload:t/b"]}},
		"seconds": {"workload:t/a": 20},
	}
}

route := {"platform": "aws", "node": "endpoint:t/e", "endpoint": {"name": "GET /orders", "form": "route"}}

world(a, b) := {
	"graph": {
		"endpoint:t/e": {"calls": ["workload:t/a"]},
		"workload:t/a": {"calls": ["workload:t/b"]},
	},
	"seconds": {"workload:t/a": a, "workload:t/b": b},
}
