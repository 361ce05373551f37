package plumbline.deployment.unsafe_sysctl_test

import data.plumbline.deployment.unsafe_sysctl

test_unsafe_sysctl_is_denied if {
	unsafe_sysctl.deny == {{"msg": "the pod of `web` sets the sysctl `kernel.msgmax`"}} with input as setting(["kernel.msgmax"])
}

test_pod_that_sets_nothing_passes if {
	count(unsafe_sysctl.deny) == 0 with input as workload({})
}

test_empty_list_passes if {
	count(unsafe_sysctl.deny) == 0 with input as setting([])
}

test_each_safe_sysctl_passes if {
	count(unsafe_sysctl.deny) == 0 with input as setting([
		"kernel.shm_rmid_forced",
		"net.ipv4.ip_local_port_range",
		"net.ipv4.ip_unprivileged_port_start",
		"net.ipv4.tcp_syncookies",
		"net.ipv4.ping_group_range",
		"net.ipv4.ip_local_reserved_ports",
		"net.ipv4.tcp_keepalive_time",
		"net.ipv4.tcp_fin_timeout",
		"net.ipv4.tcp_keepalive_intvl",
		"net.ipv4.tcp_keepalive_probes",
		"net.ipv4.tcp_rmem",
		"net.ipv4.tcp_wmem",
		"net.ipv4.tcp_slow_start_after_idle",
		"net.ipv4.tcp_notsent_lowat",
	])
}

test_each_unsafe_sysctl_is_a_finding if {
	messages == {
		"the pod of `web` sets the sysctl `net.core.somaxconn`",
		"the pod of `web` sets the sysctl `kernel.shmmax`",
	} with input as setting(["net.core.somaxconn", "net.ipv4.tcp_syncookies", "kernel.shmmax"])
}

# Namespaced by the kernel, and yet not on the list.
test_sysctl_beside_the_safe_ones_is_denied if {
	messages == {"the pod of `web` sets the sysctl `net.ipv4.ip_forward`"} with input as setting(["net.ipv4.ip_forward"])
	messages == {"the pod of `web` sets the sysctl `net.ipv4.tcp_keepalive_times`"} with input as setting(["net.ipv4.tcp_keepalive_times"])
	messages == {"the pod of `web` sets the sysctl `net.ipv4.tcp_mem`"} with input as setting(["net.ipv4.tcp_mem"])
}

test_wildcard_is_denied if {
	messages == {"the pod of `web` sets the sysctl `net.ipv4.*`"} with input as setting(["net.ipv4.*"])
}

# The kubelet reads both spellings, Pod Security admission only the one with dots.
test_name_with_slashes_is_denied if {
	messages == {"the pod of `web` sets the sysctl `net/ipv4/tcp_syncookies`"} with input as setting(["net/ipv4/tcp_syncookies"])
}

test_name_in_upper_case_is_denied if {
	messages == {"the pod of `web` sets the sysctl `NET.IPV4.TCP_SYNCOOKIES`"} with input as setting(["NET.IPV4.TCP_SYNCOOKIES"])
}

test_sysctl_without_a_name_is_denied if {
	messages == {"the pod of `web` sets a sysctl without a name"} with input as workload({"sysctls": [{"value": "1"}]})
	messages == {"the pod of `web` sets a sysctl without a name"} with input as setting([null])
	messages == {"the pod of `web` sets a sysctl without a name"} with input as workload({"sysctls": ["kernel.msgmax=1"]})
	messages == {"the pod of `web` sets a sysctl without a name"} with input as workload({"sysctls": [null]})
}

test_name_of_another_type_is_denied if {
	messages == {"the pod of `web` sets the sysctl `false`"} with input as setting([false])
}

test_object_instead_of_a_list_is_denied if {
	messages == {"the pod of `web` sets sysctls that cannot be read"} with input as workload({"sysctls": {"kernel.msgmax": "1"}})
}

test_text_instead_of_a_list_is_denied if {
	messages == {"the pod of `web` sets sysctls that cannot be read"} with input as workload({"sysctls": "kernel.msgmax=1"})
}

test_false_instead_of_a_list_is_denied if {
	messages == {"the pod of `web` sets sysctls that cannot be read"} with input as workload({"sysctls": false})
}

messages contains finding.msg if some finding in unsafe_sysctl.deny

setting(names) := workload({"sysctls": [sysctl | some name in names; sysctl := {"name": name, "value": "1"}]})

workload(isolation) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "isolation": isolation, "containers": []},
}
