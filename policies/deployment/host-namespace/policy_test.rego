package plumbline.deployment.host_namespace_test

import data.plumbline.deployment.host_namespace

test_host_network_is_denied if {
	host_namespace.deny == {{"msg": "workload `web` may share the network namespace of its node", "fix": [{"op": "remove", "path": ["workload", "isolation", "host_network"]}]}} with input as pod({"host_network": true})
}

test_host_pid_is_denied if {
	host_namespace.deny == {{"msg": "workload `web` may share the process namespace of its node", "fix": [{"op": "remove", "path": ["workload", "isolation", "host_pid"]}]}} with input as pod({"host_pid": true})
}

test_host_ipc_is_denied if {
	host_namespace.deny == {{"msg": "workload `web` may share the IPC namespace of its node", "fix": [{"op": "remove", "path": ["workload", "isolation", "host_ipc"]}]}} with input as pod({"host_ipc": true})
}

test_own_namespaces_pass if {
	count(host_namespace.deny) == 0 with input as pod({})
}

test_isolation_that_says_nothing_passes if {
	count(host_namespace.deny) == 0 with input as workload({})
}

test_each_namespace_is_a_finding if {
	messages == {
		"workload `web` may share the network namespace of its node",
		"workload `web` may share the process namespace of its node",
		"workload `web` may share the IPC namespace of its node",
	} with input as pod({"host_network": true, "host_pid": true, "host_ipc": true})
}

test_one_namespace_does_not_speak_for_another if {
	messages == {"workload `web` may share the IPC namespace of its node"} with input as pod({
		"host_network": false,
		"host_pid": false,
		"host_ipc": true,
	})
}

# No type but the boolean keeps a namespace apart, not even the text that looks like it.
test_value_of_another_type_is_denied if {
	every value in ["true", "True", "yes", "false", "", 1, 0, [], {}, null] {
		count(host_namespace.deny) == 1 with input as pod({"host_network": value})
		count(host_namespace.deny) == 1 with input as pod({"host_pid": value})
		count(host_namespace.deny) == 1 with input as pod({"host_ipc": value})
	}
}

# The user namespace is another control's.
test_host_users_pass if {
	count(host_namespace.deny) == 0 with input as pod({"host_users": true})
}

messages contains finding.msg if some finding in host_namespace.deny

pod(isolation) := workload(object.union(
	{"host_network": false, "host_pid": false, "host_ipc": false},
	isolation,
))

workload(isolation) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "isolation": isolation, "containers": []},
}
