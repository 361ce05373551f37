package plumbline.lib.graph_test

import data.plumbline.lib.graph

test_a_node_is_called_like_its_resource_or_by_its_own_name if {
	every node, name in {
		"workload:aws/t.yaml/Orders": "Orders",
		"channel:aws/main/aws_sqs_queue.jobs": "aws_sqs_queue.jobs",
		"workload:kubernetes/shop/apps/Deployment/a%2Fb": "a/b",
		"endpoint:aws/t.yaml/Orders#Orders/Api": "Orders/Api",
		"endpoint:contract/api.yaml#GET /orders": "GET /orders",
	} {
		graph.name(node) == name
	}
}

test_a_way_names_its_nodes_in_order if {
	graph.way(["workload:aws/t/A", "channel:aws/t/B"]) == "`A` -> `B`"
	graph.way(["workload:aws/t/A"]) == "`A`"
}

test_only_what_runs_is_a_workload if {
	graph.is_workload("workload:aws/t/A")
	not graph.is_workload("channel:aws/t/workload:A")
}
