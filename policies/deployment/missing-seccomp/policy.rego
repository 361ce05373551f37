# METADATA
# scope: package
# title: No seccomp profile
# description: Without a seccomp profile a container may make every system call, also those that only an exploit of the kernel needs.
# custom:
#   id: deployment/missing-seccomp
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { pss: [restricted], cis-kubernetes: ["5.7.2"], nist-800-53: ["CM-7", "SC-39"] }
#   remediation: "Set `seccompProfile: { type: RuntimeDefault }` in the `securityContext` of the pod."
package plumbline.deployment.missing_seccomp

import data.plumbline.lib.fixes
import data.plumbline.lib.pods

deny contains {"msg": msg, "fix": fixes.in_pod(["securityContext", "seccompProfile"], {"type": "RuntimeDefault"})} if {
	not pods.is_windows
	some container in input.workload.containers
	not has_profile(container)
	msg := sprintf("container `%s` runs without a seccomp profile", [container.name])
}

# Whether the profile confines anything, deployment/unconfined-seccomp judges.
has_profile(container) if _ = container.isolation.seccomp
