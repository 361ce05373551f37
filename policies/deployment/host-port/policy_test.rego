package plumbline.deployment.host_port_test

import data.plumbline.deployment.host_port

test_host_port_is_denied if {
	host_port.deny == {{
		"msg": "container `web` takes port `8080` of its node",
		"path": ["workload", "containers", 0, "ports", 0, "host_port"],
	}} with input as pod([{"port": 8080, "host_port": 8080}])
}

test_absent_host_port_passes if {
	count(host_port.deny) == 0 with input as pod([{"port": 8080}])
}

# Zero is what the API server writes where nothing was asked for.
test_zero_passes if {
	count(host_port.deny) == 0 with input as pod([{"port": 8080, "host_port": 0}])
}

test_container_without_ports_passes if {
	count(host_port.deny) == 0 with input as workload([{"name": "web", "role": "container"}])
}

test_smallest_and_largest_port_are_denied if {
	messages == {
		"container `web` takes port `1` of its node",
		"container `web` takes port `65535` of its node",
	} with input as pod([{"port": 80, "host_port": 1}, {"port": 81, "host_port": 65535}])
}

test_value_that_is_no_number_is_denied if {
	every value in ["http", "0", "", true, false, [], [8080], {}, null] {
		count(host_port.deny) == 1 with input as pod([{"port": 8080, "host_port": value}])
	}
}

test_negative_port_is_denied if {
	count(host_port.deny) == 1 with input as pod([{"port": 8080, "host_port": -1}])
}

test_same_port_of_two_protocols_is_two_findings if {
	count(host_port.deny) == 2 with input as pod([
		{"port": 53, "host_port": 53, "protocol": "UDP"},
		{"port": 53, "host_port": 53, "protocol": "TCP"},
	])
}

# The node has other addresses, and this one is its own too.
test_loopback_address_is_denied if {
	count(host_port.deny) == 1 with input as pod([{"port": 8080, "host_port": 8080, "host_ip": "127.0.0.1"}])
}

# With `hostNetwork` the API server fills in the port, and it is the node's all the same.
test_host_port_on_the_host_network_is_denied if {
	count(host_port.deny) == 1 with input as {
		"platform": "kubernetes",
		"kind": "core/Pod",
		"workload": {
			"name": "web",
			"isolation": {"host_network": true},
			"containers": [container("web", "container", 8080)],
		},
	}
}

test_every_role_is_denied if {
	messages == {
		"container `prepare` takes port `1001` of its node",
		"container `proxy` takes port `1002` of its node",
		"container `web` takes port `1003` of its node",
		"container `debugger` takes port `1004` of its node",
	} with input as workload([
		container("prepare", "init", 1001),
		container("proxy", "sidecar", 1002),
		container("web", "container", 1003),
		container("debugger", "ephemeral", 1004),
	])
}

test_allowed_port_passes if {
	count(host_port.deny) == 0 with input as pod([{"port": 9100, "host_port": 9100}])
		with data.params as {"allow": [9100]}
}

test_port_beside_the_allowed_one_is_denied if {
	messages == {"container `web` takes port `9101` of its node"} with input as pod([
		{"port": 9100, "host_port": 9100},
		{"port": 9101, "host_port": 9101},
	])
		with data.params as {"allow": [9100]}
}

test_allowed_port_is_the_one_of_the_node if {
	count(host_port.deny) == 1 with input as pod([{"port": 9100, "host_port": 80}])
		with data.params as {"allow": [9100]}
}

test_empty_list_allows_nothing if {
	count(host_port.deny) == 1 with input as pod([{"port": 9100, "host_port": 9100}])
		with data.params as {"allow": []}
}

messages contains finding.msg if some finding in host_port.deny

container(name, role, number) := {"name": name, "role": role, "ports": [{"port": 8080, "host_port": number}]}

pod(ports) := workload([{"name": "web", "role": "container", "ports": ports}])

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
