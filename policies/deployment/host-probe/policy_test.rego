package plumbline.deployment.host_probe_test

import data.plumbline.deployment.host_probe

test_host_of_an_http_probe_is_denied if {
	host_probe.deny == {{"msg": "the liveness probe of container `web` sends its request to `10.0.0.1` instead of its pod"}} with input as pod([asked("liveness", "http", "10.0.0.1")])
}

test_host_of_a_tcp_probe_is_denied if {
	host_probe.deny == {{"msg": "the readiness probe of container `web` connects to `10.0.0.1` instead of its pod"}} with input as pod([asked("readiness", "tcp", "10.0.0.1")])
}

test_absent_host_passes if {
	count(host_probe.deny) == 0 with input as pod([
		{"kind": "liveness", "action": "http", "path": "/healthz", "port": 8080},
		{"kind": "readiness", "action": "tcp", "port": 8080},
	])
}

test_empty_host_passes if {
	count(host_probe.deny) == 0 with input as pod([
		asked("liveness", "http", ""),
		asked("readiness", "tcp", ""),
	])
}

test_probe_without_a_host_to_give_passes if {
	count(host_probe.deny) == 0 with input as pod([
		{"kind": "liveness", "action": "grpc", "port": 8080},
		{"kind": "readiness", "action": "exec", "command": ["true"]},
		{"kind": "pre_stop", "action": "sleep"},
	])
}

test_container_without_probes_passes if {
	count(host_probe.deny) == 0 with input as workload([{"name": "web", "role": "container"}])
}

test_every_probe_and_hook_is_denied if {
	messages == {
		"the liveness probe of container `web` sends its request to `db` instead of its pod",
		"the readiness probe of container `web` sends its request to `db` instead of its pod",
		"the startup probe of container `web` sends its request to `db` instead of its pod",
		"the `postStart` hook of container `web` sends its request to `db` instead of its pod",
		"the `preStop` hook of container `web` sends its request to `db` instead of its pod",
	} with input as pod([
		asked("liveness", "http", "db"),
		asked("readiness", "http", "db"),
		asked("startup", "http", "db"),
		asked("post_start", "http", "db"),
		asked("pre_stop", "http", "db"),
	])
}

# A hook that connects is deprecated, and judged all the same.
test_every_probe_and_hook_over_tcp_is_denied if {
	every kind in ["liveness", "readiness", "startup", "post_start", "pre_stop"] {
		count(host_probe.deny) == 1 with input as pod([asked(kind, "tcp", "db")])
	}
}

test_kind_of_tomorrow_is_denied if {
	messages == {"later of container `web` connects to `db` instead of its pod"} with input as pod([asked("later", "tcp", "db")])
}

# For the node, which asks, these are the node and not the pod.
test_loopback_is_denied if {
	every host in ["localhost", "127.0.0.1", "::1", "0.0.0.0"] {
		count(host_probe.deny) == 1 with input as pod([asked("liveness", "http", host)])
	}
}

test_value_that_is_no_text_is_denied if {
	every host in [0, 1, true, false, [], {}, null, " "] {
		count(host_probe.deny) == 1 with input as pod([asked("liveness", "http", host)])
	}
}

test_every_role_is_denied if {
	messages == {
		"the startup probe of container `prepare` connects to `db` instead of its pod",
		"the startup probe of container `proxy` connects to `db` instead of its pod",
		"the startup probe of container `web` connects to `db` instead of its pod",
		"the startup probe of container `debugger` connects to `db` instead of its pod",
	} with input as workload([
		container("prepare", "init"),
		container("proxy", "sidecar"),
		container("web", "container"),
		container("debugger", "ephemeral"),
	])
}

messages contains finding.msg if some finding in host_probe.deny

asked(kind, action, host) := {"kind": kind, "action": action, "host": host, "port": 8080}

container(name, role) := {"name": name, "role": role, "health": [asked("startup", "tcp", "db")]}

pod(health) := workload([{"name": "web", "role": "container", "health": health}])

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
