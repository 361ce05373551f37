# METADATA
# scope: package
# title: Added capabilities
# description: A capability beyond those that a container runtime hands out by default is a part of root's power over the node.
# custom:
#   id: deployment/added-capability
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*", "aws/AWS::ECS::TaskDefinition", "aws/aws_ecs_task_definition"]
#   controls: { pss: [baseline], cis-kubernetes: ["5.2.8", "5.2.9"], nist-800-53: ["AC-6"] }
#   remediation: Remove the capability from `capabilities.add`, and do without it or have it done by a component of the platform.
package plumbline.deployment.added_capability

deny contains {"msg": msg} if {
	some container in input.workload.containers
	is_array(container.isolation.capabilities.add)
	some capability in container.isolation.capabilities.add
	not harmless(capability)
	msg := sprintf("container `%s` adds the capability `%v`", [container.name, capability])
}

# What is no list names nothing, so nothing says that it is harmless.
deny contains {"msg": msg} if {
	some container in input.workload.containers
	added := container.isolation.capabilities.add
	added != null
	not is_array(added)
	msg := unreadable(container)
}

deny contains {"msg": msg} if {
	some container in input.workload.containers
	capabilities := container.isolation.capabilities
	not is_object(capabilities)
	msg := unreadable(container)
}

unreadable(container) := sprintf("container `%s` has capabilities that cannot be read", [container.name])

harmless(capability) if capability in allowed

# Docker takes a name in any case, and with its prefix.
harmless(capability) if {
	input.platform == "docker"
	is_string(capability)
	trim_prefix(upper(capability), "CAP_") in allowed
}

# The names as Pod Security admission compares them: `CAP_CHOWN` and `chown` are not among them.
allowed := {
	"AUDIT_WRITE",
	"CHOWN",
	"DAC_OVERRIDE",
	"FOWNER",
	"FSETID",
	"KILL",
	"MKNOD",
	"NET_BIND_SERVICE",
	"SETFCAP",
	"SETGID",
	"SETPCAP",
	"SETUID",
	"SYS_CHROOT",
}
