# METADATA
# scope: package
# title: Root not ruled out
# description: Without `runAsNonRoot` it is the image that decides whether a container runs as root, and the next image may decide otherwise.
# custom:
#   id: deployment/root-allowed
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { pss: [restricted], cis-kubernetes: ["5.2.7"], nist-800-53: ["AC-6"] }
#   remediation: "Set `runAsNonRoot: true` in the `securityContext` of the pod, and give the image a user by number."
package plumbline.deployment.root_allowed

import data.plumbline.lib.fixes

# Also where every container says otherwise: a container that is added later says nothing.
deny contains {"msg": msg} if {
	input.workload.isolation.run_as_non_root != true
	msg := sprintf("the pod of `%s` allows its containers to run as root", [input.workload.name])
}

deny contains {"msg": msg} if {
	some container in input.workload.containers
	not inherited(container)
	container.isolation.run_as_non_root != true
	msg := sprintf("container `%s` is allowed to run as root", [container.name])
}

deny contains {"msg": msg, "fix": fix} if {
	some container in input.workload.containers
	not decided(container)
	msg := sprintf("container `%s` may run as root: neither it nor its pod says `runAsNonRoot`", [container.name])
}

# The finding at the pod covers the container too.
inherited(container) if container.isolation.run_as_non_root == input.workload.isolation.run_as_non_root

decided(container) if _ = container.isolation.run_as_non_root

# Whoever names root as the user would not start any more.
fix := [] if 0 in {isolation.run_as_user | some isolation in isolations}

else := fixes.in_pod(["securityContext", "runAsNonRoot"], true)

isolations contains input.workload.isolation

isolations contains container.isolation if some container in input.workload.containers
