# METADATA
# scope: package
# title: Unsafe sysctls
# description: A kernel setting that is not kept apart for each pod changes the node for all of its pods, or lets one of them starve the others.
# custom:
#   id: deployment/unsafe-sysctl
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { pss: [baseline], nist-800-53: ["CM-6", "SC-39"] }
#   remediation: Remove the sysctl, and make the setting where the node is made.
package plumbline.deployment.unsafe_sysctl

deny contains {"msg": msg} if {
	is_array(input.workload.isolation.sysctls)
	some sysctl in input.workload.isolation.sysctls
	not safe(sysctl)
	msg := sprintf("the pod of `%s` sets %s", [input.workload.name, described(sysctl)])
}

# What is no list names nothing, so nothing says that it is harmless.
deny contains {"msg": msg} if {
	sysctls := input.workload.isolation.sysctls
	not is_array(sysctls)
	msg := sprintf("the pod of `%s` sets sysctls that cannot be read", [input.workload.name])
}

safe(sysctl) if sysctl.name in allowed

described(sysctl) := sprintf("the sysctl `%v`", [sysctl.name]) if sysctl.name != null

else := "a sysctl without a name"

# Each pod has its own copy of these; the page says from which version on a cluster accepts them.
# Kubernetes takes `/` for `.` in a name, but Pod Security admission compares the name as it is written.
allowed := {
	"kernel.shm_rmid_forced",
	"net.ipv4.ip_local_port_range",
	"net.ipv4.ip_local_reserved_ports",
	"net.ipv4.ip_unprivileged_port_start",
	"net.ipv4.ping_group_range",
	"net.ipv4.tcp_fin_timeout",
	"net.ipv4.tcp_keepalive_intvl",
	"net.ipv4.tcp_keepalive_probes",
	"net.ipv4.tcp_keepalive_time",
	"net.ipv4.tcp_notsent_lowat",
	"net.ipv4.tcp_rmem",
	"net.ipv4.tcp_slow_start_after_idle",
	"net.ipv4.tcp_syncookies",
	"net.ipv4.tcp_wmem",
}
