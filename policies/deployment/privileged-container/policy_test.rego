package plumbline.deployment.privileged_container_test

import data.plumbline.deployment.privileged_container

test_privileged_container_is_denied if {
	privileged_container.deny == {{"msg": "container `web` runs privileged", "fix": [{"op": "add", "at": ["workload", "containers", 0], "path": ["securityContext", "privileged"], "value": false}]}} with input as workload([container("web", "container", {"privileged": true})])
}

# Docker says it elsewhere in the file.
test_nothing_is_offered_for_docker if {
	privileged_container.deny == {{"msg": "container `web` runs privileged", "fix": []}} with input as workload([container("web", "container", {"privileged": true})])
		with input.platform as "docker"
}

test_unprivileged_container_passes if {
	count(privileged_container.deny) == 0 with input as workload([container("web", "container", {"privileged": false})])
}

test_isolation_that_says_nothing_passes if {
	count(privileged_container.deny) == 0 with input as workload([container("web", "container", {})])
}

# The API server refuses anything but a boolean. What is none is not taken for false.
test_what_is_no_boolean_is_denied if {
	count(privileged_container.deny) == 1 with input as workload([container("web", "container", {"privileged": "true"})])
}

# An init container is gone when the pod is ready, but it was root on the node all the same.
test_init_container_is_denied if {
	messages == {"container `prepare` runs privileged"} with input as workload([
		container("prepare", "init", {"privileged": true}),
		container("web", "container", {"privileged": false}),
	])
}

test_sidecar_is_denied if {
	messages == {"container `proxy` runs privileged"} with input as workload([
		container("proxy", "sidecar", {"privileged": true}),
		container("web", "container", {"privileged": false}),
	])
}

test_ephemeral_container_is_denied if {
	messages == {"container `debugger` runs privileged"} with input as workload([
		container("web", "container", {"privileged": false}),
		container("debugger", "ephemeral", {"privileged": true}),
	])
}

test_each_privileged_container_is_a_finding if {
	messages == {
		"container `prepare` runs privileged",
		"container `agent` runs privileged",
	} with input as workload([
		container("prepare", "init", {"privileged": true}),
		container("web", "container", {"privileged": false}),
		container("agent", "container", {"privileged": true}),
	])
}

# A single capability is the remedy, not the pattern.
test_added_capability_passes if {
	count(privileged_container.deny) == 0 with input as workload([container("web", "container", {
		"privileged": false,
		"capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]},
	})])
}

test_workload_without_containers_passes if {
	count(privileged_container.deny) == 0 with input as workload([])
}

messages contains finding.msg if some finding in privileged_container.deny

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
