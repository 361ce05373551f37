package plumbline.deployment.unmasked_proc_in_user_namespace_test

import data.plumbline.deployment.unmasked_proc_in_user_namespace as unmasked_proc

test_unmasked_proc_is_denied if {
	unmasked_proc.deny == {{"msg": "container `build` mounts `/proc` as `Unmasked`, although in a user namespace"}} with input as pod(
		{"host_users": false},
		[container("build", "container", "Unmasked")],
	)
}

test_default_proc_passes if {
	count(unmasked_proc.deny) == 0 with input as pod({"host_users": false}, [container("build", "container", "Default")])
}

test_isolation_that_says_nothing_passes if {
	count(unmasked_proc.deny) == 0 with input as pod(
		{"host_users": false},
		[{"name": "build", "role": "container", "isolation": {}}],
	)
}

# In the user namespace of the node it breaks the baseline, which deployment/unmasked-proc judges.
test_pod_without_a_user_namespace_is_left_to_another_rule if {
	count(unmasked_proc.deny) == 0 with input as pod({}, [container("build", "container", "Unmasked")])
	every value in [true, "false", "", 0, null, [], {}] {
		count(unmasked_proc.deny) == 0 with input as pod({"host_users": value}, [container("build", "container", "Unmasked")])
	}
}

test_any_other_value_is_left_to_another_rule if {
	every value in ["", "default", "unmasked", "Unmasked ", true, false, 0, ["Unmasked"], {}, null] {
		count(unmasked_proc.deny) == 0 with input as pod({"host_users": false}, [container("build", "container", value)])
	}
}

test_every_role_is_denied if {
	messages == {
		"container `prepare` mounts `/proc` as `Unmasked`, although in a user namespace",
		"container `proxy` mounts `/proc` as `Unmasked`, although in a user namespace",
		"container `build` mounts `/proc` as `Unmasked`, although in a user namespace",
		"container `debugger` mounts `/proc` as `Unmasked`, although in a user namespace",
	} with input as pod({"host_users": false}, [
		container("prepare", "init", "Unmasked"),
		container("proxy", "sidecar", "Unmasked"),
		container("build", "container", "Unmasked"),
		container("debugger", "ephemeral", "Unmasked"),
	])
}

test_container_beside_an_unmasked_one_passes if {
	messages == {"container `build` mounts `/proc` as `Unmasked`, although in a user namespace"} with input as pod({"host_users": false}, [
		container("build", "container", "Unmasked"),
		container("web", "container", "Default"),
	])
}

messages contains finding.msg if some finding in unmasked_proc.deny

container(name, role, value) := {"name": name, "role": role, "isolation": {"proc_mount": value}}

pod(isolation, containers) := {
	"platform": "kubernetes",
	"kind": "core/Pod",
	"workload": {"name": "build", "namespace": "ci", "isolation": isolation, "containers": containers},
}
