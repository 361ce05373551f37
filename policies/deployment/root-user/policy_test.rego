package plumbline.deployment.root_user_test

import data.plumbline.deployment.root_user

test_container_of_user_0_is_denied if {
	root_user.deny == {{"msg": "container `web` runs as user 0, which is root"}} with input as workload({}, [container("web", "container", {"run_as_user": 0})])
}

test_container_of_another_user_passes if {
	every user in [1, 1000, 65534] {
		count(root_user.deny) == 0 with input as workload({}, [container("web", "container", {"run_as_user": user})])
	}
}

# The image decides then; that it decides against root is what deployment/root-allowed asks for.
test_isolation_that_says_nothing_passes if {
	count(root_user.deny) == 0 with input as workload({}, [container("web", "container", {})])
}

# A container says what holds for it, so it repeats what it inherits.
test_pod_of_user_0_is_denied_once if {
	root_user.deny == {{"msg": "the pod of `web` runs as user 0, which is root"}} with input as workload({"run_as_user": 0}, [
		container("prepare", "init", {"run_as_user": 0}),
		container("web", "container", {"run_as_user": 0}),
	])
}

test_pod_of_user_0_is_denied_though_every_container_is_another if {
	messages == {"the pod of `web` runs as user 0, which is root"} with input as workload({"run_as_user": 0}, [container("web", "container", {"run_as_user": 1000})])
}

test_pod_of_another_user_passes if {
	count(root_user.deny) == 0 with input as workload({"run_as_user": 1000}, [container("web", "container", {"run_as_user": 1000})])
}

test_container_of_user_0_is_denied_in_a_pod_of_another if {
	messages == {"container `web` runs as user 0, which is root"} with input as workload({"run_as_user": 1000}, [container("web", "container", {"run_as_user": 0})])
}

test_every_role_is_denied if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(root_user.deny) == 1 with input as workload({}, [container("web", role, {"run_as_user": 0})])
	}
}

test_each_container_is_a_finding if {
	messages == {
		"container `prepare` runs as user 0, which is root",
		"container `debugger` runs as user 0, which is root",
	} with input as workload({}, [
		container("prepare", "init", {"run_as_user": 0}),
		container("web", "container", {"run_as_user": 1000}),
		container("debugger", "ephemeral", {"run_as_user": 0}),
	])
}

# `runAsNonRoot` beside it only makes the kubelet refuse to start it.
test_promise_of_the_container_does_not_excuse_it if {
	count(root_user.deny) == 1 with input as workload({}, [container("web", "container", {"run_as_user": 0, "run_as_non_root": true})])
}

# Text that is a number arrives as one; what else stands there is no user that a pod can have.
test_values_that_are_no_number_pass if {
	every value in ["root", false, [], {}] {
		count(root_user.deny) == 0 with input as workload({"run_as_user": value}, [container("web", "container", {"run_as_user": value})])
	}
}

test_workload_without_containers_passes if {
	count(root_user.deny) == 0 with input as workload({}, [])
}

test_user_0_of_a_compose_service_is_denied if {
	messages == {"container `web` runs as user 0, which is root"} with input as service({"run_as_user": 0})
}

service(isolation) := {
	"platform": "docker",
	"kind": "compose/service",
	"workload": {
		"name": "web",
		"containers": [container("web", "container", isolation)],
	},
}

messages contains finding.msg if some finding in root_user.deny

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(isolation, containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "isolation": isolation, "containers": containers},
}
