package plumbline.deployment.unconfined_seccomp_test

import data.plumbline.deployment.unconfined_seccomp

test_unconfined_container_is_denied if {
	unconfined_seccomp.deny == {{"msg": "container `web` sets the seccomp profile `Unconfined`", "fix": [{"op": "add", "at": ["workload", "containers", 0], "path": ["securityContext", "seccompProfile"], "value": {"type": "RuntimeDefault"}}]}} with input as own({"type": "Unconfined"})
}

test_unconfined_pod_is_denied if {
	unconfined_seccomp.deny == {{"msg": "the pod of `web` sets the seccomp profile `Unconfined`", "fix": [{"op": "add", "at": ["workload", "isolation"], "path": ["securityContext", "seccompProfile"], "value": {"type": "RuntimeDefault"}}]}} with input as of_pod({"type": "Unconfined"})
}

# Which containers have no profile, deployment/missing-seccomp judges.
test_workload_that_says_nothing_passes if {
	count(unconfined_seccomp.deny) == 0 with input as workload({}, [container("web", "container", {})])
}

test_default_of_the_runtime_passes if {
	count(unconfined_seccomp.deny) == 0 with input as own({"type": "RuntimeDefault"})
	count(unconfined_seccomp.deny) == 0 with input as of_pod({"type": "RuntimeDefault"})
}

test_own_profile_passes if {
	profile := {"type": "Localhost", "localhostProfile": "profiles/web.json"}
	count(unconfined_seccomp.deny) == 0 with input as own(profile)
	count(unconfined_seccomp.deny) == 0 with input as of_pod(profile)
}

test_container_that_leaves_the_profile_of_its_pod_is_denied if {
	messages == {"container `web` sets the seccomp profile `Unconfined`"} with input as workload(
		{"seccomp": {"type": "RuntimeDefault"}},
		[container("web", "container", {"seccomp": {"type": "Unconfined"}})],
	)
}

test_pod_is_denied_although_its_containers_say_otherwise if {
	messages == {"the pod of `web` sets the seccomp profile `Unconfined`"} with input as workload(
		{"seccomp": {"type": "Unconfined"}},
		[container("web", "container", {"seccomp": {"type": "RuntimeDefault"}})],
	)
}

test_pod_and_container_are_denied_each_for_its_own if {
	messages == {
		"the pod of `web` sets the seccomp profile `Unconfined`",
		"container `web` sets the seccomp profile `unconfined`",
	} with input as workload(
		{"seccomp": {"type": "Unconfined"}},
		[container("web", "container", {"seccomp": {"type": "unconfined"}})],
	)
}

test_pod_without_containers_is_denied if {
	count(unconfined_seccomp.deny) == 1 with input as workload({"seccomp": {"type": "Unconfined"}}, [])
}

test_init_container_is_denied if {
	messages == {"container `prepare` sets the seccomp profile `Unconfined`"} with input as beside_web("prepare", "init")
}

test_sidecar_is_denied if {
	messages == {"container `proxy` sets the seccomp profile `Unconfined`"} with input as beside_web("proxy", "sidecar")
}

test_ephemeral_container_is_denied if {
	messages == {"container `debugger` sets the seccomp profile `Unconfined`"} with input as beside_web("debugger", "ephemeral")
}

# The spelling of the older annotation is not that of the field.
test_another_spelling_is_denied if {
	messages == {"container `web` sets the seccomp profile `runtime/default`"} with input as own({"type": "runtime/default"})
	messages == {"container `web` sets the seccomp profile `runtimedefault`"} with input as own({"type": "runtimedefault"})
	messages == {"container `web` sets the seccomp profile ``"} with input as own({"type": ""})
}

test_profile_without_a_type_is_denied if {
	messages == {"container `web` sets a seccomp profile without a type"} with input as own({})
	messages == {"container `web` sets a seccomp profile without a type"} with input as own({"localhostProfile": "web.json"})
	messages == {"container `web` sets a seccomp profile without a type"} with input as own({"type": null})
	messages == {"the pod of `web` sets a seccomp profile without a type"} with input as of_pod({})
}

test_type_of_another_type_is_denied if {
	messages == {"container `web` sets the seccomp profile `false`"} with input as own({"type": false})
	messages == {"container `web` sets the seccomp profile `[\"RuntimeDefault\"]`"} with input as own({"type": ["RuntimeDefault"]})
}

test_text_instead_of_an_object_is_denied if {
	messages == {"container `web` sets a seccomp profile without a type"} with input as own("RuntimeDefault")
	messages == {"the pod of `web` sets a seccomp profile without a type"} with input as of_pod("RuntimeDefault")
}

test_list_instead_of_an_object_is_denied if {
	messages == {"container `web` sets a seccomp profile without a type"} with input as own(["RuntimeDefault"])
}

test_false_instead_of_an_object_is_denied if {
	messages == {"container `web` sets a seccomp profile without a type"} with input as own(false)
	messages == {"the pod of `web` sets a seccomp profile without a type"} with input as of_pod(false)
}

messages contains finding.msg if some finding in unconfined_seccomp.deny

own(profile) := workload({}, [container("web", "container", {"seccomp": profile})])

# What a container does not say of its own, the normalised form takes from its pod.
of_pod(profile) := workload({"seccomp": profile}, [
	container("prepare", "init", {"seccomp": profile}),
	container("web", "container", {"seccomp": profile}),
])

beside_web(name, role) := workload({"seccomp": {"type": "RuntimeDefault"}}, [
	container("web", "container", {"seccomp": {"type": "RuntimeDefault"}}),
	container(name, role, {"seccomp": {"type": "Unconfined"}}),
])

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(isolation, containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "isolation": isolation, "containers": containers},
}
