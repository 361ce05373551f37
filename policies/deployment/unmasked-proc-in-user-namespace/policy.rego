# METADATA
# scope: package
# title: Unmasked /proc in a user namespace
# description: A user namespace takes root's power over the node away, and leaves what an unmasked `/proc` tells of the kernel.
# custom:
#   id: deployment/unmasked-proc-in-user-namespace
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { pss: [restricted], nist-800-53: ["AC-6"] }
#   remediation: "Remove `procMount`, or set it to `Default`."
package plumbline.deployment.unmasked_proc_in_user_namespace

# Every other value, and every pod in the user namespace of its node, is judged by
# deployment/unmasked-proc.
deny contains {"msg": msg} if {
	input.workload.isolation.host_users == false
	some container in input.workload.containers
	container.isolation.proc_mount == "Unmasked"
	msg := sprintf("container `%v` mounts `/proc` as `Unmasked`, although in a user namespace", [container.name])
}
