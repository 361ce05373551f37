# METADATA
# scope: package
# title: Seccomp switched off
# description: A container without a seccomp filter may make every system call, also those that only an exploit of the kernel needs.
# custom:
#   id: deployment/unconfined-seccomp
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*"]
#   controls: { pss: [baseline], cis-kubernetes: ["5.7.2"], nist-800-53: ["CM-7", "SC-39"] }
#   remediation: "Set `seccompProfile: { type: RuntimeDefault }`, or name a profile of your own by `Localhost`; in a compose file, remove `seccomp` from `security_opt`, or name the file of a profile there."
package plumbline.deployment.unconfined_seccomp

import data.plumbline.lib.fixes

deny contains {"msg": msg, "fix": fixes.in_pod(["securityContext", "seccompProfile"], {"type": "RuntimeDefault"})} if {
	profile := input.workload.isolation.seccomp
	not confining(profile)
	msg := sprintf("the pod of `%s` sets %s", [input.workload.name, described(profile)])
}

deny contains {"msg": msg, "fix": fixes.in_container(index, ["securityContext", "seccompProfile"], {"type": "RuntimeDefault"})} if {
	some index, container in input.workload.containers
	not inherited(container)
	profile := container.isolation.seccomp
	not confining(profile)
	msg := sprintf("container `%s` sets %s", [container.name, described(profile)])
}

# The finding at the pod covers the containers that say nothing of their own.
inherited(container) if container.isolation.seccomp == input.workload.isolation.seccomp

confining(profile) if profile.type in {"RuntimeDefault", "Localhost"}

described(profile) := sprintf("the seccomp profile `%v`", [profile.type]) if profile.type != null

else := "a seccomp profile without a type"
