# METADATA
# scope: package
# title: Privilege escalation
# description: Where privileges may be escalated, one setuid program in the image is enough to become root in the container.
# custom:
#   id: deployment/privilege-escalation
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*"]
#   controls: { pss: [restricted], cis-kubernetes: ["5.2.6"], nist-800-53: ["AC-6", "AC-6(10)"] }
#   remediation: "Set `allowPrivilegeEscalation: false` in the `securityContext` of the container; in a compose file, `no-new-privileges:true` in `security_opt`."
package plumbline.deployment.privilege_escalation

import data.plumbline.lib.fixes
import data.plumbline.lib.pods

deny contains {"msg": msg, "fix": fix(index, container)} if {
	not pods.is_windows
	some index, container in input.workload.containers
	not container.isolation.allow_privilege_escalation == false
	msg := sprintf("container `%s` may escalate its privileges", [container.name])
}

# The API server refuses the key beside what escalates all the same.
fix(index, container) := [] if container.isolation.privileged != false

else := [] if "CAP_SYS_ADMIN" in container.isolation.capabilities.add

else := fixes.in_container(index, ["securityContext", "allowPrivilegeEscalation"], false)
