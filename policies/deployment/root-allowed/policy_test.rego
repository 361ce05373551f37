package plumbline.deployment.root_allowed_test

import data.plumbline.deployment.root_allowed

test_silence_of_pod_and_container_is_denied if {
	root_allowed.deny == {{"msg": "container `web` may run as root: neither it nor its pod says `runAsNonRoot`", "fix": [{"op": "add", "at": ["workload", "isolation"], "path": ["securityContext", "runAsNonRoot"], "value": true}]}} with input as workload({}, [container("web", "container", {})])
}

# With `runAsNonRoot` it would not start any more.
test_nothing_is_offered_where_root_is_named if {
	{finding.fix | some finding in root_allowed.deny} == {[]} with input as workload({}, [container("web", "container", {"run_as_user": 0})])
	{finding.fix | some finding in root_allowed.deny} == {[]} with input as workload({"run_as_user": 0}, [container("web", "container", {})])
}

test_silence_is_a_finding_for_each_container if {
	count(root_allowed.deny) == 2 with input as workload({}, [
		container("prepare", "init", {}),
		container("web", "container", {}),
		container("proxy", "sidecar", {"run_as_non_root": true}),
	])
}

test_pod_without_root_passes if {
	count(root_allowed.deny) == 0 with input as workload({"run_as_non_root": true}, [container("web", "container", {"run_as_non_root": true})])
}

test_container_without_root_passes_where_the_pod_says_nothing if {
	count(root_allowed.deny) == 0 with input as workload({}, [container("web", "container", {"run_as_non_root": true})])
}

# A container says what holds for it, so it repeats what it inherits.
test_pod_that_allows_root_is_denied_once if {
	root_allowed.deny == {{"msg": "the pod of `web` allows its containers to run as root"}} with input as workload({"run_as_non_root": false}, [
		container("prepare", "init", {"run_as_non_root": false}),
		container("web", "container", {"run_as_non_root": false}),
	])
}

test_pod_that_allows_root_is_denied_though_every_container_refuses if {
	messages == {"the pod of `web` allows its containers to run as root"} with input as workload({"run_as_non_root": false}, [container("web", "container", {"run_as_non_root": true})])
}

test_pod_that_allows_root_is_denied_without_containers if {
	count(root_allowed.deny) == 1 with input as workload({"run_as_non_root": false}, [])
}

test_container_that_allows_root_is_denied_in_a_pod_that_refuses if {
	root_allowed.deny == {{"msg": "container `web` is allowed to run as root"}} with input as workload({"run_as_non_root": true}, [container("web", "container", {"run_as_non_root": false})])
}

test_container_that_allows_root_is_denied_in_a_silent_pod if {
	messages == {"container `web` is allowed to run as root"} with input as workload({}, [container("web", "container", {"run_as_non_root": false})])
}

test_pod_value_that_is_not_true_is_denied if {
	every value in ["true", "", 1, [], {}] {
		count(root_allowed.deny) == 1 with input as workload({"run_as_non_root": value}, [container("web", "container", {"run_as_non_root": value})])
	}
}

test_container_value_that_is_not_true_is_denied if {
	every value in ["true", "", 1, [], {}] {
		count(root_allowed.deny) == 1 with input as workload({"run_as_non_root": true}, [container("web", "container", {"run_as_non_root": value})])
	}
}

test_every_role_is_denied if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(root_allowed.deny) == 1 with input as workload({"run_as_non_root": true}, [container("web", role, {"run_as_non_root": false})])
	}
}

test_every_role_that_says_nothing_is_denied if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(root_allowed.deny) == 1 with input as workload({}, [container("web", role, {})])
	}
}

# A number is no promise that the field makes: Pod Security admission asks for the field.
test_user_by_number_is_denied_all_the_same if {
	count(root_allowed.deny) == 1 with input as workload({"run_as_user": 1000}, [container("web", "container", {"run_as_user": 1000})])
}

# Windows has an administrator instead of root, and knows the field.
test_windows_is_denied if {
	count(root_allowed.deny) == 1 with input as workload({}, [container("web", "container", {})])
		with input.workload.runtime.os as "windows"
}

test_workload_without_containers_passes if {
	count(root_allowed.deny) == 0 with input as workload({}, [])
}

messages contains finding.msg if some finding in root_allowed.deny

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(isolation, containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "isolation": isolation, "containers": containers},
}
