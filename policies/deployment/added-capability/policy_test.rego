package plumbline.deployment.added_capability_test

import data.plumbline.deployment.added_capability

test_added_capability_is_denied if {
	added_capability.deny == {{"msg": "container `web` adds the capability `NET_ADMIN`"}} with input as adding(["NET_ADMIN"])
}

test_container_that_says_nothing_passes if {
	count(added_capability.deny) == 0 with input as workload([container("web", "container", {})])
}

test_dropped_capability_passes if {
	count(added_capability.deny) == 0 with input as of_web({"drop": ["ALL", "NET_ADMIN"]})
}

# Docker gives it to every container; the standard does not count it among the harmless ones.
test_raw_sockets_are_denied if {
	messages == {"container `web` adds the capability `NET_RAW`"} with input as adding(["NET_RAW"])
}

test_all_is_denied if {
	messages == {"container `web` adds the capability `ALL`"} with input as adding(["ALL"])
}

test_each_allowed_capability_passes if {
	count(added_capability.deny) == 0 with input as adding([
		"AUDIT_WRITE",
		"CHOWN",
		"DAC_OVERRIDE",
		"FOWNER",
		"FSETID",
		"KILL",
		"MKNOD",
		"NET_BIND_SERVICE",
		"SETFCAP",
		"SETGID",
		"SETPCAP",
		"SETUID",
		"SYS_CHROOT",
	])
}

test_name_with_prefix_is_denied if {
	messages == {"container `web` adds the capability `CAP_CHOWN`"} with input as adding(["CAP_CHOWN"])
}

test_name_in_lower_case_is_denied if {
	messages == {"container `web` adds the capability `chown`"} with input as adding(["chown"])
}

test_name_with_space_is_denied if {
	messages == {"container `web` adds the capability `CHOWN `"} with input as adding(["CHOWN "])
}

test_each_added_capability_is_a_finding if {
	messages == {
		"container `web` adds the capability `SYS_ADMIN`",
		"container `web` adds the capability `SYS_PTRACE`",
	} with input as adding(["SYS_ADMIN", "CHOWN", "SYS_PTRACE"])
}

test_init_container_is_denied if {
	messages == {"container `prepare` adds the capability `NET_ADMIN`"} with input as beside_web("prepare", "init")
}

test_sidecar_is_denied if {
	messages == {"container `proxy` adds the capability `NET_ADMIN`"} with input as beside_web("proxy", "sidecar")
}

test_ephemeral_container_is_denied if {
	messages == {"container `debugger` adds the capability `NET_ADMIN`"} with input as beside_web("debugger", "ephemeral")
}

test_empty_list_passes if {
	count(added_capability.deny) == 0 with input as adding([])
}

test_null_passes if {
	count(added_capability.deny) == 0 with input as adding(null)
}

test_null_in_the_list_is_denied if {
	messages == {"container `web` adds the capability `null`"} with input as adding([null])
}

test_text_instead_of_a_list_is_denied if {
	messages == {"container `web` has capabilities that cannot be read"} with input as adding("NET_ADMIN")
}

test_object_instead_of_a_list_is_denied if {
	messages == {"container `web` has capabilities that cannot be read"} with input as adding({"NET_ADMIN": true})
}

test_false_instead_of_a_list_is_denied if {
	messages == {"container `web` has capabilities that cannot be read"} with input as adding(false)
}

test_list_instead_of_an_object_is_denied if {
	messages == {"container `web` has capabilities that cannot be read"} with input as of_web(["NET_ADMIN"])
}

test_text_instead_of_an_object_is_denied if {
	messages == {"container `web` has capabilities that cannot be read"} with input as of_web("NET_ADMIN")
}

test_any_spelling_of_an_allowed_capability_passes_on_docker if {
	count(added_capability.deny) == 0 with input as on_docker(["CHOWN", "chown", "CAP_CHOWN", "cap_chown"])
}

test_any_spelling_of_an_added_capability_is_denied_on_docker if {
	every capability in ["NET_ADMIN", "net_admin", "CAP_NET_ADMIN", "ALL", "all", "", null, 7, [], {}] {
		count(added_capability.deny) == 1 with input as on_docker([capability])
	}
}

on_docker(capabilities) := object.union(adding(capabilities), {"platform": "docker", "kind": "compose/service"})

messages contains finding.msg if some finding in added_capability.deny

adding(capabilities) := of_web({"add": capabilities})

of_web(capabilities) := workload([container("web", "container", {"capabilities": capabilities})])

beside_web(name, role) := workload([
	container("web", "container", {"capabilities": {"drop": ["ALL"]}}),
	container(name, role, {"capabilities": {"add": ["NET_ADMIN"]}}),
])

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "isolation": {}, "containers": containers},
}
