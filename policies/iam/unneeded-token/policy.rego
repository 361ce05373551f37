# METADATA
# scope: package
# title: Service account tokens without need
# description: A mounted token lets whoever takes over the container speak to the API server, also where the program never does.
# custom:
#   id: iam/unneeded-token
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { cis-kubernetes: ["5.1.5", "5.1.6"], nist-800-53: ["AC-6"] }
#   remediation: "Set `automountServiceAccountToken: false` in the pod; where the API is called, give the workload a service account of its own and set it to true."
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       allow:
#         description: Globs on the names of service accounts whose token may be mounted.
#         type: array
#         items: { type: string, minLength: 1 }
#         default: []
package plumbline.iam.unneeded_token

import data.plumbline.lib.fixes
import data.plumbline.lib.names

deny contains {"msg": msg, "fix": fix} if {
	not allowed
	not decided
	msg := sprintf("the pod of `%s` mounts the token of the service account `%v`, and does not say that it is needed", [
		input.workload.name,
		input.workload.identity.name,
	])
}

# What is shared by every pod of the namespace is no account that was given for a need.
deny contains {"msg": msg} if {
	not allowed
	input.workload.identity.name == "default"
	input.workload.identity.mount_token == true
	msg := sprintf("the pod of `%s` mounts the token of the service account `default`", [input.workload.name])
}

# Whatever is no boolean decides nothing, and the token is mounted.
decided if is_boolean(input.workload.identity.mount_token)

# An account of its own was given for a need that nobody but its owner knows.
fix := fixes.in_pod(["automountServiceAccountToken"], false) if input.workload.identity.name == "default"

else := []

allowed if names.matches(input.workload.identity.name, data.params.allow)
