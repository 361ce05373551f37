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

deny contains {"msg": msg} if {
	not windows
	some container in input.workload.containers
	not container.isolation.read_only_root_filesystem == true
	msg := sprintf("container `%s` has a writable root filesystem", [container.name])
}

# On Windows the field has no effect, and the API server refuses it.
windows if input.workload.runtime.os == "windows"
