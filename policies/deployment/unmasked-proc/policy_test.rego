package plumbline.deployment.unmasked_proc_test

import data.plumbline.deployment.unmasked_proc

test_unmasked_proc_is_denied if {
	unmasked_proc.deny == {{"msg": "container `web` mounts `/proc` as `Unmasked`, not as `Default`", "fix": [{"op": "remove", "path": ["workload", "containers", 0, "isolation", "proc_mount"]}]}} with input as pod({"proc_mount": "Unmasked"})
}

test_default_proc_passes if {
	count(unmasked_proc.deny) == 0 with input as pod({"proc_mount": "Default"})
}

test_isolation_that_says_nothing_passes if {
	count(unmasked_proc.deny) == 0 with input as pod({})
}

test_any_other_text_is_denied if {
	every value in ["", "default", "DEFAULT", "Default ", "unmasked", "Masked"] {
		count(unmasked_proc.deny) == 1 with input as pod({"proc_mount": value})
	}
}

test_value_that_is_no_text_is_denied if {
	every value in [true, false, 0, [], ["Default"], {}, null] {
		count(unmasked_proc.deny) == 1 with input as pod({"proc_mount": value})
	}
}

test_unmasked_proc_in_a_user_namespace_passes if {
	count(unmasked_proc.deny) == 0 with input as with_users(false, "Unmasked")
}

test_user_namespace_of_the_node_is_denied if {
	count(unmasked_proc.deny) == 1 with input as with_users(true, "Unmasked")
}

# Only the boolean asks for a user namespace.
test_user_namespace_of_another_type_is_denied if {
	every value in ["false", "", 0, null, [], {}] {
		count(unmasked_proc.deny) == 1 with input as with_users(value, "Unmasked")
	}
}

test_any_other_value_in_a_user_namespace_is_denied if {
	every value in ["", "default", "unmasked", "Unmasked ", "Masked", true, false, 0, [], ["Unmasked"], {}, null] {
		count(unmasked_proc.deny) == 1 with input as with_users(false, value)
	}
}

test_every_role_is_denied if {
	messages == {
		"container `prepare` mounts `/proc` as `Unmasked`, not as `Default`",
		"container `proxy` mounts `/proc` as `Unmasked`, not as `Default`",
		"container `web` mounts `/proc` as `Unmasked`, not as `Default`",
		"container `debugger` mounts `/proc` as `Unmasked`, not as `Default`",
	} with input as workload([
		container("prepare", "init", "Unmasked"),
		container("proxy", "sidecar", "Unmasked"),
		container("web", "container", "Unmasked"),
		container("debugger", "ephemeral", "Unmasked"),
	])
}

test_container_beside_an_unmasked_one_passes if {
	messages == {"container `build` mounts `/proc` as `Unmasked`, not as `Default`"} with input as workload([
		container("build", "container", "Unmasked"),
		container("web", "container", "Default"),
	])
}

messages contains finding.msg if some finding in unmasked_proc.deny

container(name, role, value) := {"name": name, "role": role, "isolation": {"proc_mount": value}}

with_users(host_users, value) := {
	"platform": "kubernetes",
	"kind": "core/Pod",
	"workload": {
		"name": "build",
		"isolation": {"host_users": host_users},
		"containers": [container("build", "container", value)],
	},
}

pod(isolation) := workload([{"name": "web", "role": "container", "isolation": isolation}])

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
