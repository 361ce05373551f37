package plumbline.deployment.kept_capabilities_test

import data.plumbline.deployment.kept_capabilities

test_container_that_drops_nothing_is_denied if {
	kept_capabilities.deny == {{"msg": "container `web` does not drop `ALL` capabilities", "fix": [{"op": "add", "at": ["workload", "containers", 0], "path": ["securityContext", "capabilities", "drop"], "value": ["ALL"]}]}} with input as workload([container("web", "container", {})])
}

test_container_that_drops_all_passes if {
	count(kept_capabilities.deny) == 0 with input as workload([container("web", "container", {"drop": ["ALL"]})])
}

test_all_among_others_passes if {
	count(kept_capabilities.deny) == 0 with input as workload([container("web", "container", {"drop": ["NET_RAW", "ALL"]})])
}

test_container_without_capabilities_is_denied if {
	messages == {"container `web` does not drop `ALL` capabilities"} with input as workload([{"name": "web", "role": "container", "isolation": {}}])
}

test_some_capabilities_are_not_all if {
	count(kept_capabilities.deny) == 1 with input as workload([container("web", "container", {"drop": ["NET_RAW", "SYS_CHROOT"]})])
}

test_other_spellings_are_denied if {
	every spelling in ["all", "All", "CAP_ALL", " ALL", "*"] {
		count(kept_capabilities.deny) == 1 with input as workload([container("web", "container", {"drop": [spelling]})])
	}
}

test_drop_that_is_no_list_is_denied if {
	every drop in [null, "ALL", {"all": "ALL"}, true, [["ALL"]], []] {
		count(kept_capabilities.deny) == 1 with input as workload([container("web", "container", {"drop": drop})])
	}
}

test_capabilities_that_are_no_object_are_denied if {
	every capabilities in ["ALL", ["ALL"], true, 1] {
		count(kept_capabilities.deny) == 1 with input as workload([container("web", "container", capabilities)])
	}
}

test_net_bind_service_passes if {
	count(kept_capabilities.deny) == 0 with input as workload([container("web", "container", {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})])
}

test_capability_that_is_added_back_is_denied if {
	kept_capabilities.deny == {{"msg": "container `web` adds back the capability `CHOWN`"}} with input as workload([container("web", "container", {"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "CHOWN"]})])
}

test_each_capability_of_the_baseline_is_denied if {
	every capability in {
		"AUDIT_WRITE",
		"CHOWN",
		"DAC_OVERRIDE",
		"FOWNER",
		"FSETID",
		"KILL",
		"MKNOD",
		"SETFCAP",
		"SETGID",
		"SETPCAP",
		"SETUID",
		"SYS_CHROOT",
	} {
		count(kept_capabilities.deny) == 1 with input as workload([container("web", "container", {"drop": ["ALL"], "add": [capability]})])
	}
}

# Whatever is not in the baseline's list is a finding there, other spellings included.
test_capabilities_outside_the_baseline_are_left_to_another_rule if {
	every capability in ["NET_ADMIN", "NET_RAW", "SYS_ADMIN", "ALL", "CAP_CHOWN", "chown", "", 1, null, []] {
		count(kept_capabilities.deny) == 0 with input as workload([container("web", "container", {"drop": ["ALL"], "add": [capability]})])
	}
}

test_added_capabilities_that_are_no_list_are_left_to_another_rule if {
	every add in [null, "CHOWN", {"CHOWN": "CHOWN"}, true] {
		count(kept_capabilities.deny) == 0 with input as workload([container("web", "container", {"drop": ["ALL"], "add": add})])
	}
}

test_what_is_not_dropped_and_what_is_added_are_two_findings if {
	messages == {
		"container `web` does not drop `ALL` capabilities",
		"container `web` adds back the capability `KILL`",
	} with input as workload([container("web", "container", {"add": ["KILL"]})])
}

test_every_role_is_denied if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(kept_capabilities.deny) == 2 with input as workload([container("web", role, {"add": ["CHOWN"]})])
	}
}

test_every_role_that_drops_all_passes if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(kept_capabilities.deny) == 0 with input as workload([container("web", role, {"drop": ["ALL"]})])
	}
}

test_windows_passes if {
	count(kept_capabilities.deny) == 0 with input as workload([container("web", "container", {"add": ["CHOWN"]})])
		with input.workload.runtime.os as "windows"
}

test_linux_by_name_is_denied if {
	count(kept_capabilities.deny) == 1 with input as workload([container("web", "container", {})])
		with input.workload.runtime.os as "linux"
}

test_workload_without_containers_passes if {
	count(kept_capabilities.deny) == 0 with input as workload([])
}

messages contains finding.msg if some finding in kept_capabilities.deny

container(name, role, capabilities) := {"name": name, "role": role, "isolation": {"capabilities": capabilities}}

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
