package plumbline.deployment.host_process_test

import data.plumbline.deployment.host_process

test_host_process_of_the_pod_is_denied if {
	host_process.deny == {{"msg": "workload `agent` may run its containers as processes of the Windows host"}} with input as workload(
		{"host_process": true},
		[],
	)
}

test_host_process_of_a_container_is_denied if {
	host_process.deny == {{"msg": "container `web` may run as a process of the Windows host"}} with input as workload(
		{"host_process": false},
		[container("web", "container", true)],
	)
}

test_ordinary_container_passes if {
	count(host_process.deny) == 0 with input as workload({"host_process": false}, [container("web", "container", false)])
}

test_isolation_that_says_nothing_passes if {
	count(host_process.deny) == 0 with input as workload({}, [{"name": "web", "role": "container", "isolation": {}}])
}

test_container_is_judged_where_the_pod_says_nothing if {
	messages == {"container `web` may run as a process of the Windows host"} with input as workload(
		{},
		[container("web", "container", true)],
	)
}

test_inherited_value_is_one_finding if {
	messages == {"workload `agent` may run its containers as processes of the Windows host"} with input as workload(
		{"host_process": true},
		[container("prepare", "init", true), container("web", "container", true)],
	)
}

# The pod's value is still there, and holds for the next container.
test_container_that_says_otherwise_does_not_excuse_the_pod if {
	messages == {"workload `agent` may run its containers as processes of the Windows host"} with input as workload(
		{"host_process": true},
		[container("web", "container", false)],
	)
}

test_init_container_is_denied if {
	messages == {"container `prepare` may run as a process of the Windows host"} with input as workload(
		{"host_process": false},
		[container("prepare", "init", true), container("web", "container", false)],
	)
}

test_sidecar_is_denied if {
	messages == {"container `proxy` may run as a process of the Windows host"} with input as workload(
		{"host_process": false},
		[container("proxy", "sidecar", true), container("web", "container", false)],
	)
}

test_ephemeral_container_is_denied if {
	messages == {"container `debugger` may run as a process of the Windows host"} with input as workload(
		{"host_process": false},
		[container("web", "container", false), container("debugger", "ephemeral", true)],
	)
}

test_each_container_is_a_finding if {
	messages == {
		"container `prepare` may run as a process of the Windows host",
		"container `web` may run as a process of the Windows host",
	} with input as workload(
		{"host_process": false},
		[container("prepare", "init", true), container("web", "container", true)],
	)
}

test_value_of_another_type_is_denied_for_the_pod if {
	every value in ["true", "True", "false", "", 1, 0, [], {}, null] {
		count(host_process.deny) == 1 with input as workload({"host_process": value}, [])
	}
}

test_value_of_another_type_is_denied_for_a_container if {
	every value in ["true", "True", "false", "", 1, 0, [], {}, null] {
		count(host_process.deny) == 1 with input as workload({"host_process": false}, [container("web", "container", value)])
	}
}

test_own_value_beside_another_bad_one_of_the_pod_is_denied if {
	count(host_process.deny) == 2 with input as workload({"host_process": "yes"}, [container("web", "container", true)])
}

messages contains finding.msg if some finding in host_process.deny

container(name, role, value) := {"name": name, "role": role, "isolation": {"host_process": value}}

workload(isolation, containers) := {
	"platform": "kubernetes",
	"kind": "apps/DaemonSet",
	"workload": {"name": "agent", "namespace": "platform", "isolation": isolation, "containers": containers},
}
