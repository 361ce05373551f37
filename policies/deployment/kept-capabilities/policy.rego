# METADATA
# scope: package
# title: Capabilities that are not dropped
# description: Capabilities that a container runtime hands out by default are parts of root's power that hardly any service uses.
# custom:
#   id: deployment/kept-capabilities
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { pss: [restricted], cis-kubernetes: ["5.2.8", "5.2.10"], nist-800-53: ["AC-6", "CM-7"] }
#   remediation: "Set `capabilities: { drop: [ALL] }` in the `securityContext` of the container, and add back `NET_BIND_SERVICE` at most."
package plumbline.deployment.kept_capabilities

import data.plumbline.lib.fixes
import data.plumbline.lib.pods

deny contains {"msg": msg, "fix": fixes.in_container(index, ["securityContext", "capabilities", "drop"], ["ALL"])} if {
	not pods.is_windows
	some index, container in input.workload.containers
	not drops_all(container)
	msg := sprintf("container `%s` does not drop `ALL` capabilities", [container.name])
}

deny contains {"msg": msg} if {
	not pods.is_windows
	some container in input.workload.containers
	is_array(container.isolation.capabilities.add)
	some capability in container.isolation.capabilities.add
	capability in given_by_default
	msg := sprintf("container `%s` adds back the capability `%s`", [container.name, capability])
}

# Only this spelling is what Pod Security admission accepts.
drops_all(container) if {
	is_array(container.isolation.capabilities.drop)
	"ALL" in container.isolation.capabilities.drop
}

# What the baseline lets a container add, without NET_BIND_SERVICE, which the restricted profile
# allows as well. Every other capability is judged by deployment/added-capability.
given_by_default := {
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
}
