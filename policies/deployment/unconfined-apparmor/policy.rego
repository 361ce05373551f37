# METADATA
# scope: package
# title: AppArmor switched off
# description: Without its AppArmor profile, a container that gets out of its namespaces meets no rule on files, mounts and the kernel's interfaces.
# custom:
#   id: deployment/unconfined-apparmor
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*"]
#   controls: { pss: [baseline], nist-800-53: ["AC-3(3)", "SC-39"] }
#   remediation: "Remove the profile, which leaves the default of the container runtime, or name a profile of your own by `Localhost`; in a compose file, by `apparmor` in `security_opt`."
package plumbline.deployment.unconfined_apparmor

import data.plumbline.lib.fixes

deny contains {"msg": msg, "fix": fixes.in_pod(["securityContext", "appArmorProfile"], {"type": "RuntimeDefault"})} if {
	profile := input.workload.isolation.apparmor
	not confining(profile)
	msg := sprintf("the pod of `%s` sets %s", [input.workload.name, described(profile)])
}

deny contains {"msg": msg, "fix": fixes.in_container(index, ["securityContext", "appArmorProfile"], {"type": "RuntimeDefault"})} if {
	some index, container in input.workload.containers
	not inherited(container)
	profile := container.isolation.apparmor
	not confining(profile)
	msg := sprintf("container `%s` sets %s", [container.name, described(profile)])
}

# The older way to set a profile, which Pod Security admission judges as well.
deny contains {"msg": msg} if {
	some key, profile in input.workload.template.annotations
	is_string(key)
	startswith(key, "container.apparmor.security.beta.kubernetes.io/")
	not confining_annotation(profile)
	msg := sprintf("the annotation `%s` sets the AppArmor profile `%v`", [key, profile])
}

# The finding at the pod covers the containers that say nothing of their own.
inherited(container) if container.isolation.apparmor == input.workload.isolation.apparmor

# The API server refuses a profile without a type, so nothing says that it confines.
confining(profile) if profile.type in {"RuntimeDefault", "Localhost"}

# Pod Security admission takes an empty value for one that is not there.
confining_annotation(profile) if profile in {null, "", "runtime/default"}

confining_annotation(profile) if {
	is_string(profile)
	startswith(profile, "localhost/")
}

described(profile) := sprintf("the AppArmor profile `%v`", [profile.type]) if profile.type != null

else := "an AppArmor profile without a type" if is_object(profile)

else := "an AppArmor profile that cannot be read"
