# METADATA
# scope: package
# title: Custom SELinux options
# description: An SELinux type that is not made for containers, or another user or role, can take a container out of the policy that keeps it from its node.
# custom:
#   id: deployment/custom-selinux
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { pss: [baseline], nist-800-53: ["AC-3(3)", "SC-39"] }
#   remediation: Remove `type`, `user` and `role` from `seLinuxOptions`, or set a type that is made for containers, such as `container_t`.
package plumbline.deployment.custom_selinux

deny contains {"msg": msg} if {
	options := input.workload.isolation.selinux
	some field, values in allowed
	value := options[field]
	not value in values
	msg := sprintf("the pod of `%s` sets the SELinux %s `%v`", [input.workload.name, field, value])
}

deny contains {"msg": msg} if {
	some container in input.workload.containers
	not inherited(container)
	options := container.isolation.selinux
	some field, values in allowed
	value := options[field]
	not value in values
	msg := sprintf("container `%s` sets the SELinux %s `%v`", [container.name, field, value])
}

# What is no object names nothing, so nothing says that it is harmless.
deny contains {"msg": msg} if {
	options := input.workload.isolation.selinux
	not is_object(options)
	msg := sprintf("the pod of `%s` sets SELinux options that cannot be read", [input.workload.name])
}

deny contains {"msg": msg} if {
	some container in input.workload.containers
	not inherited(container)
	options := container.isolation.selinux
	not is_object(options)
	msg := sprintf("container `%s` sets SELinux options that cannot be read", [container.name])
}

# The finding at the pod covers the containers that say nothing of their own.
inherited(container) if container.isolation.selinux == input.workload.isolation.selinux

# The level is free: it only sets containers apart from each other.
allowed := {
	"type": {null, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"},
	"user": {null, ""},
	"role": {null, ""},
}
