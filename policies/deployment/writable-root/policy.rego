# METADATA
# scope: package
# title: Writable root filesystem
# description: On a writable root filesystem an intruder can replace the program that runs, and leave tools beside it.
# custom:
#   id: deployment/writable-root
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*"]
#   controls: { cis-kubernetes: ["5.7.3"], nist-800-53: ["CM-7", "SI-7"] }
#   remediation: "Set `readOnlyRootFilesystem: true` in the `securityContext` of the container, and mount an `emptyDir` where it writes; in a compose file, `read_only: true` and `tmpfs`."
package plumbline.deployment.writable_root

import data.plumbline.lib.pods

deny contains {"msg": msg} if {
	not pods.is_windows
	some container in input.workload.containers
	not container.isolation.read_only_root_filesystem == true
	msg := sprintf("container `%s` has a writable root filesystem", [container.name])
}
