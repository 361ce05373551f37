package plumbline.deployment.unmasked_proc_test

import data.plumbline.deployment.unmasked_proc

test_unmasked_proc_is_denied if {
	unmasked_proc.deny == {{"msg": "container `web` mounts `/proc` as `Unmasked`, not as `Default`"}} with input as pod({"proc_mount": "Unmasked"})
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

# The API server asks for a user namespace where `/proc` is unmasked; it lessens the harm, and is no excuse.
test_user_namespace_does_not_excuse if {
	count(unmasked_proc.deny) == 1 with input as {
		"platform": "kubernetes",
		"kind": "core/Pod",
		"workload": {
			"name": "build",
			"isolation": {"host_users": false},
			"containers": [container("build", "container", "Unmasked")],
		},
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

pod(isolation) := workload([{"name": "web", "role": "container", "isolation": isolation}])

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
