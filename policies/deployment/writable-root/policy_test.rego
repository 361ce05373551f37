package plumbline.deployment.writable_root_test

import data.plumbline.deployment.writable_root

test_writable_root_is_denied if {
	writable_root.deny == {{"msg": "container `web` has a writable root filesystem"}} with input as workload([container("web", "container", {"read_only_root_filesystem": false})])
}

test_read_only_root_passes if {
	count(writable_root.deny) == 0 with input as workload([container("web", "container", {"read_only_root_filesystem": true})])
}

# It is writable where nothing is said.
test_isolation_that_says_nothing_is_denied if {
	messages == {"container `web` has a writable root filesystem"} with input as workload([container("web", "container", {})])
}

test_whatever_is_not_true_is_denied if {
	every value in [null, "true", "", 1, [], {}] {
		count(writable_root.deny) == 1 with input as workload([container("web", "container", {"read_only_root_filesystem": value})])
	}
}

test_every_role_is_denied if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(writable_root.deny) == 1 with input as workload([container("web", role, {})])
	}
}

test_every_role_with_a_read_only_root_passes if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(writable_root.deny) == 0 with input as workload([container("web", role, {"read_only_root_filesystem": true})])
	}
}

test_each_container_is_a_finding if {
	messages == {
		"container `prepare` has a writable root filesystem",
		"container `proxy` has a writable root filesystem",
	} with input as workload([
		container("prepare", "init", {}),
		container("web", "container", {"read_only_root_filesystem": true}),
		container("proxy", "container", {"read_only_root_filesystem": false}),
	])
}

test_windows_passes if {
	count(writable_root.deny) == 0 with input as workload([container("web", "container", {})])
		with input.workload.runtime.os as "windows"
}

test_linux_by_name_is_denied if {
	count(writable_root.deny) == 1 with input as workload([container("web", "container", {})])
		with input.workload.runtime.os as "linux"
}

test_workload_without_containers_passes if {
	count(writable_root.deny) == 0 with input as workload([])
}

messages contains finding.msg if some finding in writable_root.deny

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
