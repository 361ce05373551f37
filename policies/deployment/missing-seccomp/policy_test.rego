package plumbline.deployment.missing_seccomp_test

import data.plumbline.deployment.missing_seccomp

test_container_without_profile_is_denied if {
	missing_seccomp.deny == {{"msg": "container `web` runs without a seccomp profile", "fix": [{"op": "add", "at": ["workload", "isolation"], "path": ["securityContext", "seccompProfile"], "value": {"type": "RuntimeDefault"}}]}} with input as workload({}, [container("web", "container", {})])
}

test_profile_of_the_container_passes if {
	count(missing_seccomp.deny) == 0 with input as workload({}, [container("web", "container", runtime_default)])
}

test_profile_of_the_pod_passes if {
	count(missing_seccomp.deny) == 0 with input as workload(runtime_default, [container("web", "container", runtime_default)])
}

test_local_profile_passes if {
	count(missing_seccomp.deny) == 0 with input as workload({}, [container("web", "container", {"seccomp": {
		"type": "Localhost",
		"localhostProfile": "profiles/web.json",
	}})])
}

test_what_the_profile_says_is_left_to_another_rule if {
	every profile in [{"type": "Unconfined"}, {"type": "unconfined"}, {"type": null}, {}, "RuntimeDefault", [], false] {
		count(missing_seccomp.deny) == 0 with input as workload({"seccomp": profile}, [container("web", "container", {"seccomp": profile})])
	}
}

test_every_role_is_denied if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(missing_seccomp.deny) == 1 with input as workload({}, [container("web", role, {})])
	}
}

test_every_role_with_a_profile_passes if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(missing_seccomp.deny) == 0 with input as workload({}, [container("web", role, runtime_default)])
	}
}

test_each_container_is_a_finding if {
	messages == {
		"container `prepare` runs without a seccomp profile",
		"container `debugger` runs without a seccomp profile",
	} with input as workload({}, [
		container("prepare", "init", {}),
		container("web", "container", runtime_default),
		container("debugger", "ephemeral", {}),
	])
}

test_windows_passes if {
	count(missing_seccomp.deny) == 0 with input as workload({}, [container("web", "container", {})])
		with input.workload.runtime.os as "windows"
}

test_linux_by_name_is_denied if {
	count(missing_seccomp.deny) == 1 with input as workload({}, [container("web", "container", {})])
		with input.workload.runtime.os as "linux"
}

test_workload_without_containers_passes if {
	count(missing_seccomp.deny) == 0 with input as workload({}, [])
}

runtime_default := {"seccomp": {"type": "RuntimeDefault"}}

messages contains finding.msg if some finding in missing_seccomp.deny

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(isolation, containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "isolation": isolation, "containers": containers},
}
