package plumbline.deployment.missing_limits_test

import data.plumbline.deployment.missing_limits

test_missing_limits_are_denied if {
	missing_limits.deny == {
		{"msg": "container `web` has no cpu limit"},
		{"msg": "container `web` has no memory limit"},
	} with input as workload({}, [container("web", "container", {})]) with data.params as both
}

test_limits_pass if {
	count(missing_limits.deny) == 0 with input as workload({}, [container("web", "container", {"cpu_m": 500, "memory_bytes": 268435456})])
		with data.params as both
}

test_one_limit_does_not_excuse_the_other if {
	messages == {"container `web` has no memory limit"} with input as workload({}, [container("web", "container", {"cpu_m": 500})])
		with data.params as both
}

test_container_without_resources_is_denied if {
	count(missing_limits.deny) == 2 with input as workload({}, [{"name": "web", "role": "container"}])
		with data.params as both
}

test_requests_are_no_limits if {
	count(missing_limits.deny) == 2 with input as workload({}, [{
		"name": "web",
		"role": "container",
		"resources": {"requests": {"cpu_m": 500, "memory_bytes": 268435456}},
	}])
		with data.params as both
}

test_limit_of_zero_is_denied if {
	messages == {"container `web` has no cpu limit"} with input as workload({}, [container("web", "container", {"cpu_m": 0, "memory_bytes": 268435456})])
		with data.params as both
}

test_smallest_limit_passes if {
	count(missing_limits.deny) == 0 with input as workload({}, [container("web", "container", {"cpu_m": 1, "memory_bytes": 1})])
		with data.params as both
}

test_limit_below_zero_is_denied if {
	count(missing_limits.deny) == 1 with input as workload({}, [container("web", "container", {"cpu_m": -1, "memory_bytes": 1})])
		with data.params as both
}

test_limit_of_the_pod_counts_for_its_containers if {
	count(missing_limits.deny) == 0 with input as workload({"cpu_m": 500, "memory_bytes": 268435456}, [
		container("prepare", "init", {}),
		container("web", "container", {}),
	])
		with data.params as both
}

test_limits_of_pod_and_container_add_up if {
	count(missing_limits.deny) == 0 with input as workload({"memory_bytes": 268435456}, [container("web", "container", {"cpu_m": 500})])
		with data.params as both
}

test_limit_of_zero_of_the_pod_is_denied if {
	messages == {"container `web` has no cpu limit"} with input as workload({"cpu_m": 0, "memory_bytes": 268435456}, [container("web", "container", {})])
		with data.params as both
}

test_every_role_that_can_have_limits_is_judged if {
	messages == {
		"container `prepare` has no cpu limit",
		"container `proxy` has no cpu limit",
		"container `web` has no cpu limit",
	} with input as workload({}, [
		container("prepare", "init", {}),
		container("proxy", "sidecar", {}),
		container("web", "container", {}),
	])
		with data.params as {"resources": ["cpu"]}
}

# The API server refuses limits there.
test_ephemeral_container_passes if {
	count(missing_limits.deny) == 0 with input as workload({}, [container("debugger", "ephemeral", {})])
		with data.params as both
}

test_only_the_chosen_resource_is_judged if {
	messages == {"container `web` has no memory limit"} with input as workload({}, [container("web", "container", {})])
		with data.params as {"resources": ["memory"]}
}

both := {"resources": ["cpu", "memory"]}

messages contains finding.msg if some finding in missing_limits.deny

container(name, role, limits) := {"name": name, "role": role, "resources": {"limits": limits}}

workload(limits, containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {
		"name": "web",
		"namespace": "shop",
		"resources": {"limits": limits},
		"containers": containers,
	},
}
