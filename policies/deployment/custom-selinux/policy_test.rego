package plumbline.deployment.custom_selinux_test

import data.plumbline.deployment.custom_selinux

test_type_of_a_container_is_denied if {
	custom_selinux.deny == {{"msg": "container `web` sets the SELinux type `spc_t`"}} with input as own({"type": "spc_t"})
}

test_type_of_a_pod_is_denied if {
	custom_selinux.deny == {{"msg": "the pod of `web` sets the SELinux type `spc_t`"}} with input as of_pod({"type": "spc_t"})
}

test_workload_that_says_nothing_passes if {
	count(custom_selinux.deny) == 0 with input as workload({}, [container("web", "container", {})])
}

test_empty_options_pass if {
	count(custom_selinux.deny) == 0 with input as own({})
	count(custom_selinux.deny) == 0 with input as of_pod({})
}

test_each_allowed_type_passes if {
	every type in ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"] {
		count(custom_selinux.deny) == 0 with input as own({"type": type})
		count(custom_selinux.deny) == 0 with input as of_pod({"type": type})
	}
}

test_user_is_denied if {
	messages == {"container `web` sets the SELinux user `system_u`"} with input as own({"user": "system_u"})
	messages == {"the pod of `web` sets the SELinux user `system_u`"} with input as of_pod({"user": "system_u"})
}

test_role_is_denied if {
	messages == {"container `web` sets the SELinux role `system_r`"} with input as own({"role": "system_r"})
	messages == {"the pod of `web` sets the SELinux role `system_r`"} with input as of_pod({"role": "system_r"})
}

test_empty_user_and_role_pass if {
	count(custom_selinux.deny) == 0 with input as own({"user": "", "role": ""})
	count(custom_selinux.deny) == 0 with input as own({"type": null, "user": null, "role": null})
}

# The level keeps pods apart from each other; it takes none of them out of its type.
test_level_passes if {
	count(custom_selinux.deny) == 0 with input as own({"type": "container_t", "level": "s0:c123,c456"})
}

test_each_field_is_a_finding if {
	messages == {
		"container `web` sets the SELinux type `spc_t`",
		"container `web` sets the SELinux user `system_u`",
		"container `web` sets the SELinux role `system_r`",
	} with input as own({"type": "spc_t", "user": "system_u", "role": "system_r", "level": "s0"})
}

test_container_that_leaves_the_type_of_its_pod_is_denied if {
	messages == {"container `web` sets the SELinux type `spc_t`"} with input as workload(
		{"selinux": {"type": "container_t"}},
		[container("web", "container", {"selinux": {"type": "spc_t"}})],
	)
}

test_pod_is_denied_although_its_containers_say_otherwise if {
	messages == {"the pod of `web` sets the SELinux type `spc_t`"} with input as workload(
		{"selinux": {"type": "spc_t"}},
		[container("web", "container", {"selinux": {"type": "container_t"}})],
	)
}

test_init_container_is_denied if {
	messages == {"container `prepare` sets the SELinux type `spc_t`"} with input as beside_web("prepare", "init")
}

test_sidecar_is_denied if {
	messages == {"container `proxy` sets the SELinux type `spc_t`"} with input as beside_web("proxy", "sidecar")
}

test_ephemeral_container_is_denied if {
	messages == {"container `debugger` sets the SELinux type `spc_t`"} with input as beside_web("debugger", "ephemeral")
}

test_another_spelling_is_denied if {
	messages == {"container `web` sets the SELinux type `Container_t`"} with input as own({"type": "Container_t"})
	messages == {"container `web` sets the SELinux type `container_t `"} with input as own({"type": "container_t "})
	messages == {"container `web` sets the SELinux type `container_logreader_t`"} with input as own({"type": "container_logreader_t"})
}

test_type_of_another_type_is_denied if {
	messages == {"container `web` sets the SELinux type `false`"} with input as own({"type": false})
	messages == {"container `web` sets the SELinux user `0`"} with input as own({"user": 0})
}

test_text_instead_of_an_object_is_denied if {
	messages == {"container `web` sets SELinux options that cannot be read"} with input as own("spc_t")
	messages == {"the pod of `web` sets SELinux options that cannot be read"} with input as of_pod("spc_t")
}

test_list_instead_of_an_object_is_denied if {
	messages == {"container `web` sets SELinux options that cannot be read"} with input as own([{"type": "spc_t"}])
}

test_false_instead_of_an_object_is_denied if {
	messages == {"container `web` sets SELinux options that cannot be read"} with input as own(false)
	messages == {"the pod of `web` sets SELinux options that cannot be read"} with input as of_pod(false)
}

messages contains finding.msg if some finding in custom_selinux.deny

own(options) := workload({}, [container("web", "container", {"selinux": options})])

# What a container does not say of its own, the normalised form takes from its pod.
of_pod(options) := workload({"selinux": options}, [
	container("prepare", "init", {"selinux": options}),
	container("web", "container", {"selinux": options}),
])

beside_web(name, role) := workload({}, [
	container("web", "container", {}),
	container(name, role, {"selinux": {"type": "spc_t"}}),
])

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(isolation, containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "isolation": isolation, "containers": containers},
}
