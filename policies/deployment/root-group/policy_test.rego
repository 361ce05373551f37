package plumbline.deployment.root_group_test

import data.plumbline.deployment.root_group

test_container_of_group_0_is_denied if {
	root_group.deny == {{"msg": "container `web` runs as group 0, which is root's"}} with input as workload({}, [container("web", "container", {"run_as_group": 0})])
}

test_container_of_another_group_passes if {
	every group in [1, 1000, 65534] {
		count(root_group.deny) == 0 with input as workload({}, [container("web", "container", {"run_as_group": group})])
	}
}

test_isolation_that_says_nothing_passes if {
	count(root_group.deny) == 0 with input as workload({}, [container("web", "container", {})])
}

# A container says what holds for it, so it repeats what it inherits.
test_pod_of_group_0_is_denied_once if {
	root_group.deny == {{"msg": "the pod of `web` runs as group 0, which is root's"}} with input as workload({"run_as_group": 0}, [
		container("prepare", "init", {"run_as_group": 0}),
		container("web", "container", {"run_as_group": 0}),
	])
}

test_pod_of_group_0_is_denied_though_every_container_is_another if {
	count(root_group.deny) == 1 with input as workload({"run_as_group": 0}, [container("web", "container", {"run_as_group": 1000})])
}

test_container_of_group_0_is_denied_in_a_pod_of_another if {
	messages == {"container `web` runs as group 0, which is root's"} with input as workload({"run_as_group": 1000}, [container("web", "container", {"run_as_group": 0})])
}

test_every_role_is_denied if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(root_group.deny) == 1 with input as workload({}, [container("web", role, {"run_as_group": 0})])
	}
}

test_volumes_of_group_0_are_denied if {
	root_group.deny == {{"msg": "the volumes of `web` belong to group 0, which is root's"}} with input as workload({"fs_group": 0}, [container("web", "container", {})])
}

test_volumes_of_another_group_pass if {
	count(root_group.deny) == 0 with input as workload({"fs_group": 2000}, [container("web", "container", {})])
}

test_supplemental_group_0_is_denied if {
	root_group.deny == {{"msg": "the pod of `web` is in group 0, which is root's"}} with input as workload({"supplemental_groups": [3000, 0]}, [])
}

test_supplemental_group_0_as_text_is_denied if {
	count(root_group.deny) == 1 with input as workload({"supplemental_groups": ["0"]}, [])
}

test_other_supplemental_groups_pass if {
	count(root_group.deny) == 0 with input as workload({"supplemental_groups": [10, 3000]}, [])
}

test_supplemental_groups_that_are_no_list_pass if {
	every value in [null, 0, "0", true, {}, []] {
		count(root_group.deny) == 0 with input as workload({"supplemental_groups": value}, [])
	}
}

test_each_field_is_a_finding if {
	count(root_group.deny) == 3 with input as workload({"run_as_group": 0, "fs_group": 0, "supplemental_groups": [0]}, [container("web", "container", {"run_as_group": 0})])
}

test_workload_without_containers_passes if {
	count(root_group.deny) == 0 with input as workload({}, [])
}

messages contains finding.msg if some finding in root_group.deny

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(isolation, containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "isolation": isolation, "containers": containers},
}
