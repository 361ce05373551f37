# METADATA
# scope: package
# title: Unmasked /proc
# description: The masks over `/proc` keep a container from reading and changing its kernel.
# custom:
#   id: deployment/unmasked-proc
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*"]
#   controls: { pss: [baseline], nist-800-53: ["AC-6"] }
#   remediation: "Remove `procMount`, or set it to `Default`; in a compose file, remove `systempaths=unconfined` from `security_opt`."
package plumbline.deployment.unmasked_proc

import data.plumbline.lib.fixes

deny contains {"msg": msg, "fix": fixes.without(["workload", "containers", index, "isolation", "proc_mount"])} if {
	some index, container in input.workload.containers
	not relaxed(container)
	container.isolation.proc_mount != "Default"
	msg := sprintf("container `%v` mounts `/proc` as `%v`, not as `Default`", [
		container.name,
		container.isolation.proc_mount,
	])
}

# The baseline lets it pass in a user namespace, and the restricted profile does not:
# deployment/unmasked-proc-in-user-namespace.
relaxed(container) if {
	input.workload.isolation.host_users == false
	container.isolation.proc_mount == "Unmasked"
}
